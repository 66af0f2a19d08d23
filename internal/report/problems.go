package report

import (
	"cmp"
	"fmt"
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
