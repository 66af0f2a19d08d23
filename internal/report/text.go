package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/modver"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// How much the text form shows before it counts the rest; --details lifts all
// of them. Findings take the lines that the other parts leave of maxLines, but
// minFindings are always shown.
const (
	maxLines       = 40
	minFindings    = 3
	maxFindings    = 7
	maxActions     = 6
	maxQuestions   = 3
	maxErrors      = 3
	maxLicenses    = 5
	maxNamed       = 4
	maxUnexamined  = 4
	maxPathElement = 4
	maxMessage     = 250 // columns: two lines
)

// writeText writes what a person reads first: who and what, the tally, problems
// worst first, what to do, what to answer, what was not looked at.
func writeText(w io.Writer, r *Report, o Options) error {
	t := &text{b: &strings.Builder{}, r: r, o: o}
	t.head()
	rest := t.capture(func() {
		t.errors()
		t.actions()
		t.questions()
		t.named()
		t.notExamined()
	})
	t.findings(maxLines - strings.Count(t.b.String(), "\n") - strings.Count(rest, "\n"))
	t.b.WriteString(rest)
	if o.Details {
		t.details()
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// text is a text under way. What comes from outside enters it through printf,
// paint or flow, which make it Printable.
type text struct {
	b *strings.Builder
	r *Report
	o Options
	// full lifts the bounds of an answer about one component.
	full bool
	own  *ownPackages // made when the first path is shown
}

func (t *text) printf(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = Printable(s)
		}
	}
	fmt.Fprintf(t.b, format, args...)
}

// flow writes s and ends the line; it is broken at spaces where it is too long.
// used columns of the line are taken, the lines after it begin with indent.
func (t *text) flow(used, indent int, s string) {
	t.b.WriteString(wrap(Printable(s), used, indent) + "\n")
}

// capture returns what f writes.
func (t *text) capture(f func()) string {
	old := t.b
	t.b = &strings.Builder{}
	f()
	s := t.b.String()
	t.b = old
	return s
}

// The colours, as ANSI codes.
const (
	bold   = "1"
	red    = "31"
	yellow = "33"
	green  = "32"
	dim    = "2"
)

func (t *text) paint(code, s string) {
	if t.o.Color {
		t.b.WriteString("\x1b[" + code + "m" + Printable(s) + "\x1b[0m")
		return
	}
	t.b.WriteString(Printable(s))
}

func (t *text) head() {
	r := t.r
	license := subject(r)
	use := strings.Join(r.Use.Contexts, ", ")
	if r.Use.Assumed && use != "" {
		use += " (assumed; --use)"
	}
	if use != "" {
		use = " · use: " + use
	}
	name := title(r)
	s := "  " + license
	if n := len(r.Programs); n > 0 {
		var roots []string
		for _, p := range r.Programs {
			roots = append(roots, programName(p))
		}
		s += " · program"
		if n > 1 {
			s += "s"
		}
		s += ": "
		s += t.fitting(roots, maxWidth-width(name)-width(s)-width(use))
	}
	t.paint(bold, name)
	t.flow(width(name), 2, s+use)
	t.tally()
}

func (t *text) fitting(names []string, room int) string {
	if t.o.Details {
		return strings.Join(names, ", ")
	}
	return fitting(names, room)
}

// subject says what was scanned and under which license it is: the project's;
// without a project that of the one thing there is, or how many things there are.
func subject(r *Report) string {
	switch {
	case r.Project.License == noAssertion:
		return "license not clear"
	case r.Project.License != "":
		return r.Project.License
	case len(mains(r)) > 0 || len(r.Components) == 0:
		return "no license stated"
	case len(r.Components) == 1 && licenseOf(&r.Components[0]) != "":
		return string(r.Components[0].Kind) + " under " + licenseOf(&r.Components[0])
	}
	var all []string
	for _, n := range r.Summary.ByKind {
		noun := n.Name
		if noun == string(inventory.Code) {
			noun = "component"
		}
		all = append(all, plural(n.Count, noun))
	}
	return strings.Join(all, ", ")
}

// title is the name of what was scanned.
func title(r *Report) string {
	mains := mains(r)
	switch len(mains) {
	case 0:
		var names []string
		for _, t := range r.Targets {
			if !slices.Contains(names, t.Path) {
				names = append(names, t.Path)
			}
		}
		return capped(names, 3)
	case 1:
		return mains[0].Name
	}
	return plural(len(mains), "module")
}

func mains(r *Report) []*Component {
	var out []*Component
	for i := range r.Components {
		if r.Components[i].Scope == inventory.Main {
			out = append(out, &r.Components[i])
		}
	}
	return out
}

func programName(p inventory.Program) string {
	if p.Root == "." && p.Package != "" {
		return modver.ProgramName(p.Package)
	}
	return p.Root
}

func (t *text) tally() {
	r := t.r
	problem := "problem"
	problems := r.Summary.Findings.Error + r.Summary.Findings.Warning - r.Summary.Findings.Known
	if r.Summary.Findings.Known > 0 {
		problem = "new problem"
	}
	head, code := "no "+problem+"s", green
	switch {
	case problems > 0 && newErrors(r):
		head, code = plural(problems, problem), red
	case problems > 0:
		head, code = plural(problems, problem), yellow
	case !r.Complete:
		head, code = "no problems found", yellow
	}
	scanned := " in " + plural(r.Summary.Components, "component")
	var end []string
	if n := len(onlyNamed(r)); n > 0 {
		end = append(end, fmt.Sprintf("only named %d", n))
	}
	if n := r.Summary.Findings.Known; n > 0 {
		end = append(end, fmt.Sprintf("%d known", n))
	}
	if n := r.Summary.Findings.Waived; n > 0 {
		end = append(end, fmt.Sprintf("%d waived%s", n, waiverLayers(r)))
	}
	end = append(end, apart(r)...)
	if r.Complete {
		end = append(end, "complete")
	} else {
		end = append(end, "NOT COMPLETE")
	}
	if n := len(r.Go.Platforms); n > 0 && slices.ContainsFunc(r.Components, func(c Component) bool { return c.Kind == inventory.Code }) {
		end = append(end, plural(n, "platform"))
	}
	line, counts := "", held(r)
	for n := maxLicenses; n > 0; n-- {
		parts := append([]string{scanned}, licenses(counts, n)...)
		line = strings.Join(append(parts, end...), " · ")
		if width(head)+width(line) <= maxWidth {
			break
		}
	}
	t.paint(code, head)
	t.flow(width(head), 2, line)
}

// licenses counts components by license: the n most frequent, the rest, and
// what has none or none that is clear.
func licenses(all []Count, n int) []string {
	var out []string
	others, none, unclear := 0, 0, 0
	for _, c := range all {
		switch {
		case c.Name == spdx.None{}.String():
			none += c.Count
		case c.Name == spdx.NoAssertion{}.String() || c.Name == "":
			unclear += c.Count
		case len(out) < n:
			out = append(out, fmt.Sprintf("%s %d", c.Name, c.Count))
		default:
			others += c.Count
		}
	}
	for _, x := range []Count{{"others", others}, {"without a license", none}, {"not clear", unclear}} {
		if x.Count > 0 {
			out = append(out, fmt.Sprintf("%s %d", x.Name, x.Count))
		}
	}
	return out
}

// name is how a component is called in text: its name and version.
func (t *text) name(id string) string {
	if c := t.component(id); c != nil {
		return Label(&c.Facts)
	}
	return id
}

// component returns the component of that id, nil where there is none.
func (t *text) component(id string) *Component {
	i, ok := slices.BinarySearchFunc(t.r.Components, id, func(c Component, id string) int { return strings.Compare(c.ID, id) })
	if !ok {
		return nil
	}
	return &t.r.Components[i]
}

// Label is how text names a component.
func Label(c *inventory.Component) string {
	if c.Version == "" {
		return c.Name
	}
	return c.Name + " " + c.Version
}
