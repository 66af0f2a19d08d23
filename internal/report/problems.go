package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// findings writes problems worst first, as many as room lines hold.
func (t *text) findings(room int) {
	const blank, more = 1, 2
	used, shown, hidden, notes := blank, 0, 0, 0
	explained := map[diag.Code]bool{}
	groups := t.alike()
	for _, i := range t.order() {
		f := &t.r.Findings[i]
		alike := groups[i]
		if alike == nil {
			continue // told with the first one
		}
		if !t.o.Details && (f.Waived != nil || f.Known || f.Severity == diag.Note) {
			if f.Waived == nil && f.Severity == diag.Note {
				notes += len(alike)
			}
			continue
		}
		if hidden > 0 {
			hidden += len(alike)
			continue
		}
		block := t.capture(func() { t.together(f, alike, !explained[f.Code]) })
		lines := strings.Count(block, "\n")
		if !t.o.Details && shown >= minFindings && (shown >= maxFindings || used+lines > room-more) {
			hidden += len(alike)
			continue
		}
		if shown == 0 {
			t.b.WriteString("\n")
		}
		t.b.WriteString(block)
		explained[f.Code] = true
		used += lines
		shown++
	}
	if hidden > 0 {
		t.printf("  … and %s: --details shows all\n", plural(hidden, "more problem"))
	}
	if notes > 0 {
		t.printf("  %s: --details shows them\n", plural(notes, "note"))
	}
}

// order lists findings worst first. Of several that weigh the same the first of
// each code comes before the others, so that many of one kind hide no other.
func (t *text) order() []int {
	out := make([]int, len(t.r.Findings))
	again := make([]int, len(t.r.Findings))
	seen := map[diag.Code]bool{}
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		out[i] = i
		if shown := f.Waived == nil && !f.Known; shown && seen[f.Code] {
			again[i] = 1
		} else if shown {
			seen[f.Code] = true
		}
	}
	if !t.o.Details {
		slices.SortStableFunc(out, func(a, b int) int {
			return cmp.Or(cmp.Compare(t.r.Findings[a].Severity.Rank(), t.r.Findings[b].Severity.Rank()), cmp.Compare(again[a], again[b]))
		})
	}
	return out
}

// minAlike is from how many on findings that say the same are told in one.
const minAlike = 3

// alike lists for the first of findings that say the same of several components
// the names of all of them, for another finding its own, and nothing for those
// that are told with the first.
func (t *text) alike() map[int][]string {
	out := map[int][]string{}
	first := map[string]int{}
	count := map[string]int{}
	key := func(f *diag.Finding) string {
		if t.o.Details || f.Component == "" || len(f.Paths) > 0 || f.Waived != nil || f.Known {
			return ""
		}
		return strings.Join([]string{string(f.Code), string(f.Severity), f.Message, f.Help}, "\x00")
	}
	for i := range t.r.Findings {
		count[key(&t.r.Findings[i])]++
	}
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		k := key(f)
		if k == "" || count[k] < minAlike {
			out[i] = []string{t.name(f.Component)}
			continue
		}
		at, ok := first[k]
		if !ok {
			first[k], at = i, i
		}
		out[at] = append(out[at], t.name(f.Component))
	}
	return out
}

// together writes findings that say the same as one.
func (t *text) together(f *diag.Finding, names []string, explain bool) {
	if len(names) == 1 {
		t.finding(f, explain)
		return
	}
	one := *f
	one.Component, one.Location = "", diag.Loc{}
	one.Message = plural(len(names), "component") + "   " + f.Message
	one.Help = ""
	t.finding(&one, false)
	t.below(fitting(names, maxWidth-indent))
	t.below(advice(f, explain))
}

// advice is what to do about a finding; explain adds the command that says more
// of the code.
func advice(f *diag.Finding, explain bool) string {
	do := ""
	if f.Help != "" {
		do = "do: " + f.Help
	}
	if explain {
		do = strings.TrimLeft(do+"   (rukhsa explain "+string(f.Code)+")", " ")
	}
	return do
}

// indent is where the lines of a finding begin, below the name in its first one.
const indent = 11

// finding writes where, why and what to do. explain adds the command that says
// more of the code.
func (t *text) finding(f *diag.Finding, explain bool) {
	mark, code := "✗", red
	switch f.Severity {
	case diag.Warning:
		mark, code = "!", yellow
	case diag.Note:
		mark, code = "·", dim
	}
	t.paint(code, mark+" "+string(f.Code))
	t.b.WriteString("  ")
	what := f.Message
	if f.Component != "" {
		what = t.name(f.Component) + "   " + what
	}
	if !t.o.Details {
		what = clip(what, maxMessage)
	}
	t.flow(indent, indent, what)
	var where []string
	if f.Location.Path != "" {
		where = append(where, place(f.Location))
	}
	for i, p := range f.Paths {
		if len(p) > 1 && (i == 0 || t.o.Details) {
			where = append(where, t.path(p))
		}
	}
	t.below(strings.Join(where, " · "))
	if t.o.Details {
		for _, b := range f.Because {
			t.below("because: " + b)
		}
		for _, l := range f.Related {
			t.below("see also: " + place(l))
		}
	}
	t.below(advice(f, explain))
	if w := f.Waived; w != nil {
		t.below(waiver(w))
	}
	if f.Known {
		t.below(inBaseline)
	}
}

func waiver(w *diag.Waiver) string {
	s := "waived"
	if w.Owner != "" {
		s += " by " + w.Owner
	}
	if w.Until != "" {
		s += " until " + w.Until
	}
	if w.Layer != "" {
		s += " (" + w.Layer + ")"
	}
	return s + ": " + w.Reason
}

// below writes a line of a finding under its first one.
func (t *text) below(s string) {
	if s != "" {
		t.b.WriteString(strings.Repeat(" ", indent))
		t.flow(indent, indent, s)
	}
}

// clip cuts what does not fit into most columns.
func clip(s string, most int) string {
	if width(s) <= most {
		return s
	}
	n := 0
	for i, r := range s {
		if n += width(string(r)); n >= most {
			return s[:i] + "…"
		}
	}
	return s
}

func place(l diag.Loc) string {
	if l.Line == 0 {
		return l.Path
	}
	return fmt.Sprintf("%s:%d", l.Path, l.Line)
}

// path shows an import path: packages of the one main module by their folder,
// the middle cut when it is long.
func (t *text) path(p []string) string {
	out := slices.Clone(p)
	for i := range out[:len(out)-1] {
		out[i] = t.folder(out[i])
	}
	if len(out) > maxPathElement && !t.o.Details {
		out = append(append(out[:2:2], fmt.Sprintf("… %d …", len(out)-3)), out[len(out)-1])
	}
	return strings.Join(out, " → ")
}

// folder is the folder of a package of the one main module; any other package
// stays as it is.
func (t *text) folder(pkg string) string {
	if t.own == nil {
		t.own = newOwnPackages(t.r)
	}
	return t.own.folder(pkg)
}

// ownPackages is what tells the folder of a package, looked up once per report.
type ownPackages struct {
	programs map[string]string // names by package
	main     string            // of the one main module; "" where there are none or several
	nested   map[string]bool   // components whose names begin with that of the main module
}

func newOwnPackages(r *Report) *ownPackages {
	o := &ownPackages{programs: map[string]string{}, nested: map[string]bool{}}
	for _, p := range slices.Backward(r.Programs) { // the first one of a package counts
		o.programs[p.Package] = programName(p)
	}
	if all := mains(r); len(all) == 1 {
		o.main = all[0].Name
	}
	for i := range r.Components {
		if name := r.Components[i].Name; strings.HasPrefix(name, o.main+"/") {
			o.nested[name] = true
		}
	}
	return o
}

func (o *ownPackages) folder(pkg string) string {
	if name, ok := o.programs[pkg]; ok {
		return name
	}
	rest, below := strings.CutPrefix(pkg, o.main+"/")
	switch {
	case o.main == "":
		return pkg
	case pkg == o.main:
		return path.Base(o.main)
	case !below:
		return pkg
	}
	for i := len(o.main) + 1; i <= len(pkg); i++ {
		if (i == len(pkg) || pkg[i] == '/') && o.nested[pkg[:i]] {
			return pkg
		}
	}
	return rest
}

func (t *text) errors() {
	if len(t.r.Errors) == 0 {
		return
	}
	t.b.WriteString("\n")
	groups := groupErrors(t.r)
	if t.o.Details {
		groups = eachError(t.r)
	}
	for i, g := range groups {
		if i == maxErrors && !t.o.Details {
			t.printf("  … and %d more: --details shows all\n", len(groups)-i)
			return
		}
		t.paint(yellow, "?")
		t.b.WriteString(" ")
		t.flow(2, 2, g.text())
	}
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

type errorGroup struct {
	first      diag.Problem
	count      int
	platforms  []string
	everywhere bool
}

// groupErrors unites errors of one group and one help into one line.
func groupErrors(r *Report) []errorGroup {
	var out []errorGroup
	at := map[string]int{}
	for _, p := range r.Errors {
		key := p.Group + "\x00" + p.Help
		if p.Group == "" {
			key = fmt.Sprintf("%s\x00%s\x00%d", p.Path, p.Message, p.Line)
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, errorGroup{first: p})
		}
		out[i].add(p)
	}
	return out
}

// eachError is one line per error.
func eachError(r *Report) []errorGroup {
	var out []errorGroup
	for _, p := range r.Errors {
		p.Group = ""
		g := errorGroup{first: p}
		g.add(p)
		out = append(out, g)
	}
	return out
}

func (g *errorGroup) add(p diag.Problem) {
	g.count++
	g.everywhere = g.everywhere || len(p.Platforms) == 0
	for _, x := range p.Platforms {
		if !slices.Contains(g.platforms, x) {
			g.platforms = append(g.platforms, x)
		}
	}
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
	if !g.everywhere && len(g.platforms) > 0 {
		b.WriteString(", " + capped(osOnly(g.platforms), 3) + " only")
	}
	if g.first.Help != "" {
		b.WriteString(": " + g.first.Help)
	}
	return b.String()
}

// osOnly names the operating systems of platforms.
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
