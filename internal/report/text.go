package report

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// How much the text form shows before it counts the rest; --details lifts all
// of them. A report of a large project stays within 40 lines.
const (
	maxFindings    = 7
	maxActions     = 6
	maxQuestions   = 3
	maxErrors      = 4
	maxPrograms    = 4
	maxLicenses    = 5
	maxUnexamined  = 4
	maxPathElement = 4
)

// writeText writes what a person reads first. Lines: who and what, the tally,
// problems worst first, what to do, what to answer, what was not looked at.
// Everything that comes from outside goes through Printable.
func writeText(w io.Writer, r *Report, o Options) error {
	t := &text{w: bufio.NewWriter(w), r: r, o: o}
	t.head()
	t.findings()
	t.errors()
	t.actions()
	t.questions()
	t.notExamined()
	if o.Details {
		t.details()
	}
	return t.w.Flush()
}

type text struct {
	w *bufio.Writer
	r *Report
	o Options
}

func (t *text) printf(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = Printable(s)
		}
	}
	fmt.Fprintf(t.w, format, args...)
}

const (
	bold   = "1"
	red    = "31"
	yellow = "33"
	green  = "32"
	dim    = "2"
)

func (t *text) paint(code, s string) {
	if t.o.Color {
		t.w.WriteString("\x1b[" + code + "m" + Printable(s) + "\x1b[0m")
		return
	}
	t.w.WriteString(Printable(s))
}

func (t *text) head() {
	r := t.r
	var parts []string
	license := r.Project.License
	if license == "" {
		license = "no license stated"
	}
	parts = append(parts, license)
	if n := len(r.Programs); n > 0 {
		var roots []string
		for _, p := range r.Programs {
			roots = append(roots, programName(p))
		}
		parts = append(parts, plural(n, "program")[2:]+": "+capped(roots, maxPrograms))
	}
	use := strings.Join(r.Use.Contexts, ", ")
	if r.Use.Assumed {
		use += " (assumed; --use)"
	}
	if use != "" {
		parts = append(parts, "use: "+use)
	}
	t.paint(bold, title(r))
	t.printf("  %s\n", strings.Join(parts, " · "))
	t.tally()
}

// title is the name of what was scanned.
func title(r *Report) string {
	for i := range r.Components {
		if r.Components[i].Scope == inventory.Main {
			if n := mains(r); n > 1 {
				return fmt.Sprintf("%d modules", n)
			}
			return r.Components[i].Name
		}
	}
	var names []string
	for _, t := range r.Targets {
		names = append(names, t.Path)
	}
	return capped(names, 3)
}

func mains(r *Report) int {
	n := 0
	for i := range r.Components {
		if r.Components[i].Scope == inventory.Main {
			n++
		}
	}
	return n
}

func programName(p inventory.Program) string {
	if p.Root == "." {
		return path.Base(p.Package)
	}
	return p.Root
}

func (t *text) tally() {
	r := t.r
	var parts []string
	problems := r.Summary.Findings.Error + r.Summary.Findings.Warning
	head := "no problems"
	code := green
	if problems > 0 {
		head = plural(problems, "problem")
		code = yellow
		if r.Summary.Findings.Error > 0 {
			code = red
		}
	}
	if !r.Complete && problems == 0 {
		head, code = "no problems found", yellow
	}
	t.paint(code, head)
	parts = append(parts, fmt.Sprintf(" in %s", plural(r.Summary.Components, "component")))
	others := 0
	for i, c := range r.Summary.ByLicense {
		if i < maxLicenses {
			parts = append(parts, fmt.Sprintf("%s %d", c.Name, c.Count))
		} else {
			others += c.Count
		}
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("others %d", others))
	}
	if n := r.Summary.Findings.Waived; n > 0 {
		parts = append(parts, fmt.Sprintf("%d waived", n))
	}
	if r.Complete {
		parts = append(parts, "complete")
	} else {
		parts = append(parts, "NOT COMPLETE")
	}
	if n := len(r.Go.Platforms); n > 0 {
		parts = append(parts, plural(n, "platform"))
	}
	t.printf("%s\n", strings.Join(parts, " · "))
}

func (t *text) findings() {
	shown, hidden, notes := 0, 0, 0
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		switch {
		case f.Waived != nil && !t.o.Details:
			continue
		case f.Severity == diag.Note && !t.o.Details:
			notes++
			continue
		case shown >= maxFindings && !t.o.Details:
			hidden++
			continue
		}
		if shown == 0 {
			t.printf("\n")
		}
		t.finding(f)
		shown++
	}
	if hidden > 0 {
		t.printf("  … and %s more: --details shows all\n", plural(hidden, "problem"))
	}
	if notes > 0 {
		t.printf("  %s: --details shows them\n", plural(notes, "note"))
	}
}

func (t *text) finding(f *diag.Finding) {
	mark, code := "✗", red
	switch f.Severity {
	case diag.Warning:
		mark, code = "!", yellow
	case diag.Note:
		mark, code = "·", dim
	}
	t.paint(code, mark+" "+string(f.Code))
	t.printf("  %s   %s\n", t.name(f.Component), f.Message)
	const indent = "           "
	var where []string
	if f.Location.Path != "" {
		where = append(where, place(f.Location))
	}
	if len(f.Paths) > 0 && len(f.Paths[0]) > 1 {
		where = append(where, t.path(f.Paths[0]))
	}
	if len(where) > 0 {
		t.printf(indent+"%s\n", strings.Join(where, " · "))
	}
	if t.o.Details {
		for _, b := range f.Because {
			t.printf(indent+"because: %s\n", b)
		}
	}
	if f.Help != "" {
		t.printf(indent+"do: %s   (rukhsa explain %s)\n", f.Help, string(f.Code))
	}
	if f.Waived != nil {
		t.printf(indent+"waived by %s until %s: %s\n", f.Waived.Owner, f.Waived.Until, f.Waived.Reason)
	}
}

func place(l diag.Loc) string {
	if l.Line == 0 {
		return l.Path
	}
	return fmt.Sprintf("%s:%d", l.Path, l.Line)
}

// path shows an import path: the program by its folder, the middle cut when it
// is long.
func (t *text) path(p []string) string {
	out := slices.Clone(p)
	for _, prog := range t.r.Programs {
		if prog.Package == out[0] {
			out[0] = programName(prog)
		}
	}
	if len(out) > maxPathElement && !t.o.Details {
		out = append(append(out[:2:2], fmt.Sprintf("… %d …", len(out)-3)), out[len(out)-1])
	}
	return strings.Join(out, " → ")
}

// name is how a component is called in text: its name and version.
func (t *text) name(id string) string {
	i, ok := slices.BinarySearchFunc(t.r.Components, id, func(c Component, id string) int { return strings.Compare(c.ID, id) })
	if !ok {
		return id
	}
	return Label(&t.r.Components[i].Facts)
}

// Label is how text names a component.
func Label(c *inventory.Component) string {
	if c.Version == "" {
		return c.Name
	}
	return c.Name + " " + c.Version
}

func (t *text) errors() {
	if len(t.r.Errors) == 0 {
		return
	}
	t.printf("\n")
	groups := groupErrors(t.r)
	for i, g := range groups {
		if i == maxErrors && !t.o.Details {
			t.printf("  … and %s more: -o json\n", plural(len(groups)-i, "kind of error"))
			return
		}
		t.paint(yellow, "? "+g.text())
		t.printf("\n")
	}
}

type errorGroup struct {
	first     diag.Problem
	count     int
	platforms []string
	everwhere bool
}

// groupErrors unites errors of one group and one help into one line.
func groupErrors(r *Report) []errorGroup {
	var out []errorGroup
	at := map[string]int{}
	for _, p := range r.Errors {
		key := p.Group + "\x00" + p.Help
		if p.Group == "" {
			key = p.Path + "\x00" + p.Message
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, errorGroup{first: p})
		}
		g := &out[i]
		g.count++
		g.everwhere = g.everwhere || len(p.Platforms) == 0
		for _, x := range p.Platforms {
			if !slices.Contains(g.platforms, x) {
				g.platforms = append(g.platforms, x)
			}
		}
	}
	return out
}

func (g *errorGroup) text() string {
	var b strings.Builder
	if g.first.Group == "" {
		if g.first.Path != "" {
			b.WriteString(g.first.Path)
			if g.first.Line > 0 {
				fmt.Fprintf(&b, ":%d", g.first.Line)
			}
			b.WriteString(": ")
		}
		b.WriteString(g.first.Message)
	} else {
		b.WriteString(plural(g.count, g.first.Group))
	}
	if !g.everwhere && len(g.platforms) > 0 {
		b.WriteString(", " + capped(osOnly(g.platforms), 3) + " only")
	}
	if g.first.Help != "" {
		b.WriteString(": " + g.first.Help)
	}
	return b.String()
}

// osOnly names an operating system alone where every asked platform of it is meant.
func osOnly(platforms []string) []string {
	var out []string
	for _, p := range platforms {
		goos, _, _ := strings.Cut(p, "/")
		if !slices.Contains(out, goos) {
			out = append(out, goos)
		}
	}
	slices.Sort(out)
	return out
}

func (t *text) actions() {
	var open []assess.Action
	for _, a := range t.r.Actions {
		if a.Status != "met" {
			open = append(open, a)
		}
	}
	if len(open) == 0 {
		return
	}
	t.printf("\nTo do before you ship (%d)\n", len(open))
	rows := make([][2]string, 0, len(open))
	for _, a := range open {
		rows = append(rows, [2]string{a.Do, a.Detail})
	}
	w := widths(rows)
	for i, a := range open {
		if i == maxActions && !t.o.Details {
			t.printf("  … and %d more: --details shows all\n", len(open)-i)
			break
		}
		t.printf("  %s  %s  %s\n", pad(a.Do, w[0]), pad(a.Detail, w[1]), a.How)
	}
}

func (t *text) questions() {
	if len(t.r.Questions) == 0 {
		return
	}
	var all []string
	for _, q := range t.r.Questions {
		s := q.Fact
		if q.Why != "" {
			s += " (" + q.Why + ")"
		}
		all = append(all, s)
	}
	t.printf("Answers needed (%d): %s\n", len(all), t.cap(all, maxQuestions))
}

func (t *text) notExamined() {
	if len(t.r.NotExamined) == 0 {
		return
	}
	var order []string
	by := map[string][]string{}
	for _, n := range t.r.NotExamined {
		if _, ok := by[n.What]; !ok {
			order = append(order, n.What)
		}
		by[n.What] = append(by[n.What], n.Path)
	}
	var all []string
	for _, what := range order {
		paths := by[what]
		if len(paths) == 1 {
			all = append(all, what+" "+paths[0])
			continue
		}
		all = append(all, fmt.Sprintf("%s (%s)", plural(len(paths), what), capped(paths, 2)))
	}
	t.printf("Not looked at: %s\n", t.cap(all, maxUnexamined))
}

func (t *text) cap(all []string, n int) string {
	if t.o.Details {
		n = len(all)
	}
	return capped(all, n)
}

// capped joins at most n of the names and counts the rest.
func capped(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
}

// plural counts a noun: its first word takes the s ("2 modules not in the
// cache"), or its last where the noun is two words ("2 C libraries").
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	head, rest, _ := strings.Cut(noun, " ")
	if rest != "" && !strings.Contains(rest, " ") && !strings.HasPrefix(rest, "not") {
		return fmt.Sprintf("%d %s %s", n, head, many(rest))
	}
	if rest != "" {
		rest = " " + rest
	}
	return fmt.Sprintf("%d %s%s", n, many(head), rest)
}

func many(word string) string {
	if strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ey") {
		return strings.TrimSuffix(word, "y") + "ies"
	}
	return word + "s"
}

func widths(rows [][2]string) [2]int {
	var w [2]int
	for _, r := range rows {
		for i, s := range r {
			w[i] = max(w[i], utf8.RuneCountInString(s))
		}
	}
	return w
}

func pad(s string, n int) string {
	if k := n - utf8.RuneCountInString(s); k > 0 {
		return s + strings.Repeat(" ", k)
	}
	return s
}

// ErrorLines says in one line per group what kept the report from being
// complete.
func ErrorLines(r *Report) []string {
	var out []string
	for _, g := range groupErrors(r) {
		out = append(out, g.text())
	}
	return out
}
