package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

const (
	rule     = "================================================================================"
	thinRule = "--------------------------------------------------------------------------------"
)

// noticeHead begins every file of notices. One that lies in the project already
// is what is being written anew, and no notice of the project's own.
const noticeHead = "THIRD-PARTY NOTICES for "

// shipped are the scopes whose components leave the house inside a program.
var shipped = []inventory.Scope{inventory.Linked, inventory.Bundled, inventory.Embedded}

// sourceActions are the actions of the rules that the notices help to meet by
// saying where the source of a component is.
var sourceActions = []string{"point-to-source", "publish-source"}

// NoticeComponents returns the components that the notices have to name.
func NoticeComponents(r *Report) []*Component {
	var out []*Component
	for i := range r.Components {
		if slices.Contains(shipped, r.Components[i].Scope) {
			out = append(out, &r.Components[i])
		}
	}
	return out
}

// writeNotice writes third-party notices as plain text: a list of all shipped
// components, then every license text once with the components it covers, then
// the contents of NOTICE files. Texts are reproduced as they are, but for line
// ends and characters that a reader would not see; texts that differ in white
// space alone are one.
func writeNotice(w io.Writer, r *Report, _ Options) error {
	n := &notice{r: r, all: NoticeComponents(r), content: map[string]string{}}
	for _, t := range r.Texts {
		n.content[t.Digest] = t.Content
	}
	n.head()
	n.list()
	n.missing()
	n.texts("License texts", n.all, isLicenseText)
	n.texts("Notices", append(mains(r), n.all...), isNoticeText)
	_, err := io.WriteString(w, n.b.String())
	return err
}

type notice struct {
	b       strings.Builder
	r       *Report
	all     []*Component
	content map[string]string // of a text, by its digest
}

func (n *notice) printf(format string, args ...any) { fmt.Fprintf(&n.b, format, args...) }

func (n *notice) section(heading string, count int) {
	n.printf("\n%s\n%s (%d)\n%s\n", rule, heading, count, rule)
}

func (n *notice) head() {
	var names []string
	for _, c := range mains(n.r) {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		names = []string{title(n.r)}
	}
	n.printf(noticeHead+"%s\n\n", Printable(capped(names, 5)))
	if len(n.all) == 0 {
		n.printf("No third-party software was found in it.\n")
	} else {
		n.printf("The software listed here is part of it, under the licenses given. Each license\ntext stands once, with the components that it covers.\n")
	}
	if !n.r.Complete {
		n.printf("\nTHIS LIST IS NOT COMPLETE:\n")
		for _, line := range ErrorLines(n.r) {
			n.printf("    %s\n", Printable(line))
		}
	}
}

func (n *notice) list() {
	if len(n.all) == 0 {
		return
	}
	sources := map[string]bool{}
	for _, a := range n.r.Actions {
		if slices.Contains(sourceActions, a.ID) {
			for _, id := range a.Components {
				sources[id] = true
			}
		}
	}
	n.section("Components", len(n.all))
	n.printf("\n")
	for _, c := range n.all {
		n.printf("%s\n    License: %s\n", Printable(noticeName(c)), Printable(noticeLicense(c)))
		if c.ReplacedBy != "" {
			n.printf("    Replaced by: %s\n", Printable(c.ReplacedBy))
		}
		if sources[c.ID] {
			n.printf("    Source: %s\n", Printable(sourceOf(c)))
		}
		for _, line := range c.Copyrights {
			n.printf("    %s\n", Printable(line))
		}
	}
}

// noticeName names a component for readers who know no Go.
func noticeName(c *Component) string {
	if strings.HasPrefix(c.ID, "pkg:golang/std@") {
		return "Go standard library " + c.Version
	}
	return Label(&c.Facts)
}

// noticeLicense is the license with the branch that is used, or what is known
// where there is none.
func noticeLicense(c *Component) string {
	l := c.License
	switch {
	case l.Concluded == spdx.None{}.String():
		return l.Concluded + " (no license was found)"
	case l.Concluded == spdx.NoAssertion{}.String() && l.Reason != "":
		return l.Concluded + " (" + l.Reason + ")"
	case l.Choice != "" && l.Choice != l.Concluded:
		return l.Concluded + ", used under " + l.Choice
	}
	return l.Concluded
}

// sourceOf says how the exact source of a component can be had.
func sourceOf(c *Component) string {
	name, version, folder := c.Name, c.Version, ""
	if _, dir, ok := strings.Cut(c.ID, "#"); ok {
		name, folder = strings.TrimSuffix(c.Name, "/"+dir), ", folder "+dir
	}
	module, released := name+"@"+version, version != ""
	if c.ReplacedBy != "" {
		module, released = c.ReplacedBy, strings.Contains(c.ReplacedBy, "@")
	}
	if !released {
		return "with the source of the program" + folder
	}
	return "go mod download " + module + folder
}

func isNoticeText(e *inventory.Evidence) bool { return e.Source == "notice-file" }

// isLicenseText: every text that says under which terms the component stands.
// Of a README or a file header only the whole text of a license counts; a
// statement that names one is shown by its name.
func isLicenseText(e *inventory.Evidence) bool {
	switch e.Source {
	case "notice-file":
		return false
	case "license-file", "registry":
		return true
	}
	return e.Method == "text"
}

// entry is a text and the components that it covers.
type entry struct {
	text   string
	covers []string
}

// texts prints each distinct text of the kind once, in the order of the first
// component that it covers.
func (n *notice) texts(heading string, of []*Component, want func(*inventory.Evidence) bool) {
	var entries []*entry
	by := map[string]*entry{} // by the words of the text
	for _, c := range of {
		mine := n.textsOf(c, want)
		for _, e := range mine {
			text := strings.TrimPrefix(n.content[e.Digest], "\ufeff")
			words := strings.Join(strings.Fields(text), " ")
			x := by[words]
			if x == nil {
				x = &entry{text: text}
				by[words] = x
				entries = append(entries, x)
			}
			label := noticeName(c)
			if len(mine) > 1 {
				label += " (" + e.Path + ")"
			}
			if !slices.Contains(x.covers, label) {
				x.covers = append(x.covers, label)
			}
		}
	}
	if len(entries) == 0 {
		return
	}
	n.section(heading, len(entries))
	for i, x := range entries {
		if i > 0 {
			n.printf("\n%s\n", rule)
		}
		n.printf("\n")
		for _, label := range x.covers {
			n.printf("%s\n", Printable(label))
		}
		n.printf("%s\n\n%s\n", thinRule, body(x.text))
	}
}

// textsOf lists the evidence of a component whose text is wanted and at hand.
func (n *notice) textsOf(c *Component, want func(*inventory.Evidence) bool) []*inventory.Evidence {
	var out []*inventory.Evidence
	for i := range c.Evidence {
		e := &c.Evidence[i]
		if text := n.content[e.Digest]; want(e) && text != "" && !(c.Scope == inventory.Main && strings.HasPrefix(text, noticeHead)) {
			out = append(out, e)
		}
	}
	return out
}

// missing names the components whose license text is not at hand, so that the
// notices never look more complete than they are.
func (n *notice) missing() {
	var out []*Component
	for _, c := range n.all {
		if len(n.textsOf(c, isLicenseText)) == 0 {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return
	}
	n.printf("\nNo license text was found in these components:\n")
	for _, c := range out {
		n.printf("    %s (%s)\n", Printable(noticeName(c)), Printable(c.License.Concluded))
	}
}

// body is a text with Unix line ends, each line Printable, without blank lines
// at its ends.
func body(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(printableLine(l), " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// printableLine keeps tabs, and makes form feeds spaces.
func printableLine(l string) string {
	l = strings.Map(func(r rune) rune {
		if r == '\f' || r == '\v' {
			return ' '
		}
		return r
	}, l)
	cells := strings.Split(l, "\t")
	for i, c := range cells {
		cells[i] = Printable(c)
	}
	return strings.Join(cells, "\t")
}
