package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
)

const (
	rule     = "================================================================================"
	thinRule = "--------------------------------------------------------------------------------"
)

// shipped are the scopes whose components leave the house inside a program.
var shipped = []inventory.Scope{inventory.Linked, inventory.Bundled, inventory.Embedded}

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
// the contents of their NOTICE files. Texts are reproduced as they are, but for
// line ends and characters that a reader would not see.
func writeNotice(w io.Writer, r *Report, _ Options) error {
	n := &notice{w: bufio.NewWriter(w), r: r, all: NoticeComponents(r), content: map[string]string{}}
	for _, t := range r.Texts {
		n.content[t.Digest] = t.Content
	}
	n.head()
	n.list()
	n.texts("License texts", isLicenseText)
	n.texts("Notices", isNoticeText)
	n.missing()
	return n.w.Flush()
}

type notice struct {
	w       *bufio.Writer
	r       *Report
	all     []*Component
	content map[string]string
}

func (n *notice) head() {
	fmt.Fprintf(n.w, "THIRD-PARTY NOTICES\n\n")
	fmt.Fprintf(n.w, "%s contains the third-party software listed here, under the licenses given.\n", Printable(title(n.r)))
	if !n.r.Complete {
		fmt.Fprintf(n.w, "\nTHIS LIST IS NOT COMPLETE: %s could not be read.\n", plural(len(n.r.Errors), "thing"))
	}
	// The main modules' own notices travel with their programs.
	for i := range n.r.Components {
		c := &n.r.Components[i]
		if c.Scope != inventory.Main {
			continue
		}
		for _, e := range c.Evidence {
			if isNoticeText(e) && n.content[e.Digest] != "" {
				fmt.Fprintf(n.w, "\n%s\n", body(n.content[e.Digest]))
			}
		}
	}
}

func (n *notice) list() {
	fmt.Fprintf(n.w, "\n%s\nComponents (%d)\n%s\n\n", rule, len(n.all), rule)
	for _, c := range n.all {
		fmt.Fprintf(n.w, "%s\n    License: %s\n", Printable(Label(&c.Facts)), Printable(c.License.Concluded))
		if c.License.Choice != "" {
			fmt.Fprintf(n.w, "    Taken: %s\n", Printable(c.License.Choice))
		}
		if c.ReplacedBy != "" {
			fmt.Fprintf(n.w, "    Replaced by: %s\n", Printable(c.ReplacedBy))
		}
		for _, line := range c.Copyrights {
			fmt.Fprintf(n.w, "    %s\n", Printable(line))
		}
	}
}

func isNoticeText(e inventory.Evidence) bool { return e.Source == "notice-file" }

// isLicenseText: every text that says under which terms the component stands,
// but for a README, whose statement is shown by the license's name.
func isLicenseText(e inventory.Evidence) bool {
	return e.Digest != "" && !isNoticeText(e) && e.Source != "readme" && e.Source != "header"
}

// texts prints each distinct text of the kind once, in the order of the first
// component it covers.
func (n *notice) texts(heading string, want func(inventory.Evidence) bool) {
	type entry struct {
		covers []string
		paths  []string
	}
	var order []string
	by := map[string]*entry{}
	for _, c := range n.all {
		for _, e := range c.Evidence {
			if !want(e) || n.content[e.Digest] == "" {
				continue
			}
			x := by[e.Digest]
			if x == nil {
				x = &entry{}
				by[e.Digest] = x
				order = append(order, e.Digest)
			}
			label := Label(&c.Facts)
			if e.Path != "" && !strings.EqualFold(e.Path, "LICENSE") {
				label += " (" + e.Path + ")"
			}
			if !slices.Contains(x.covers, label) {
				x.covers = append(x.covers, label)
			}
		}
	}
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(n.w, "\n%s\n%s (%d)\n%s\n", rule, heading, len(order), rule)
	for _, d := range order {
		fmt.Fprintln(n.w)
		for _, label := range by[d].covers {
			fmt.Fprintf(n.w, "%s\n", Printable(label))
		}
		fmt.Fprintf(n.w, "%s\n\n%s\n\n%s\n", thinRule, body(n.content[d]), rule)
	}
}

// missing names the components whose license text is not at hand, so that the
// notices never look more complete than they are.
func (n *notice) missing() {
	var out []*Component
	for _, c := range n.all {
		if !slices.ContainsFunc(c.Evidence, func(e inventory.Evidence) bool {
			return isLicenseText(e) && n.content[e.Digest] != ""
		}) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return
	}
	slices.SortFunc(out, func(a, b *Component) int { return cmp.Compare(a.ID, b.ID) })
	fmt.Fprintf(n.w, "\nNo license text was found in these components:\n")
	for _, c := range out {
		fmt.Fprintf(n.w, "    %s (%s)\n", Printable(Label(&c.Facts)), Printable(c.License.Concluded))
	}
}

// body is a text with Unix line ends, each line Printable, without blank lines
// at its ends.
func body(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.ReplaceAll(s, "\r", "\n")
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(printableLine(l), " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// printableLine keeps tabs and form feeds out of Printable's way.
func printableLine(l string) string {
	if !strings.ContainsAny(l, "\t\f\v") {
		return Printable(l)
	}
	parts := strings.FieldsFunc(l, func(r rune) bool { return r == '\f' || r == '\v' })
	l = strings.Join(parts, " ")
	cells := strings.Split(l, "\t")
	for i, c := range cells {
		cells[i] = Printable(c)
	}
	return strings.Join(cells, "\t")
}
