package report

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// The widest columns of a table: what is longer pushes the rest of its line.
const (
	maxDo    = 30
	maxAbout = 48
)

// actions lists what is left to do, a line each.
func (t *text) actions() {
	var open []*assess.Action
	for i := range t.r.Actions {
		if t.r.Actions[i].Status != string(duty.Met) {
			open = append(open, &t.r.Actions[i])
		}
	}
	if len(open) == 0 {
		return
	}
	t.printf("\nTo do before you ship (%d)\n", len(open))
	shown := open
	if len(open) > maxActions && !t.o.Details {
		shown = open[:maxActions]
	}
	var do, about []string
	for _, a := range shown {
		do, about = append(do, Printable(a.Do)), append(about, Printable(t.about(a)))
	}
	w0, w1 := widest(maxDo, do...), widest(maxAbout, about...)
	for i, a := range shown {
		line := "  " + pad(do[i], w0) + "  " + pad(about[i], w1) + "  "
		t.b.WriteString(line)
		t.flow(width(line), 2+w0+2+w1+2, a.How)
		if t.o.Details {
			t.because(a, 2+w0+2)
		}
	}
	if n := len(open) - len(shown); n > 0 {
		t.printf("  … and %d more: --details shows all\n", n)
	}
}

// about says what an action is about: one component by its name and license,
// several by their number.
func (t *text) about(a *assess.Action) string {
	if len(a.Components) != 1 {
		return a.Detail
	}
	c := t.component(a.Components[0])
	if c == nil || c.Kind != inventory.Code {
		return a.Detail
	}
	var licenses []string
	for _, id := range a.Satisfies {
		if o := t.obligation(id); o != nil && !slices.Contains(licenses, o.License) {
			licenses = append(licenses, o.License)
		}
	}
	if len(licenses) != 1 {
		return c.Name
	}
	return c.Name + " (" + licenses[0] + ")"
}

// because lists the clauses that an action satisfies.
func (t *text) because(a *assess.Action, indent int) {
	var cited []string
	for _, id := range a.Satisfies {
		if o := t.obligation(id); o != nil {
			if s := assess.Cite(o.License, o.Clause); !slices.Contains(cited, s) {
				cited = append(cited, s)
			}
		}
	}
	slices.Sort(cited)
	t.b.WriteString(strings.Repeat(" ", indent))
	t.flow(indent, indent, "for: "+strings.Join(cited, ", "))
}

func (t *text) obligation(id string) *assess.Obligation {
	i, ok := slices.BinarySearchFunc(t.r.Obligations, id, func(o assess.Obligation, id string) int { return strings.Compare(o.ID, id) })
	if !ok {
		return nil
	}
	return &t.r.Obligations[i]
}

// questions puts what somebody has to state, with the clauses that ask and the
// key under which the policy takes the answer.
func (t *text) questions() {
	all := t.r.Questions
	if len(all) == 0 {
		return
	}
	file := policy.FileName
	if t.r.Policy.Path != "" {
		file = t.r.Policy.Path
	}
	t.flow(0, 2, fmt.Sprintf("Answers needed (%d), in %s under project.facts", len(all), file))
	if len(all) > maxQuestions && !t.o.Details {
		all = all[:maxQuestions]
	}
	var facts []string
	for _, q := range all {
		facts = append(facts, Printable(q.Fact))
	}
	w := widest(maxDo, facts...)
	for i, q := range all {
		line := "  " + pad(facts[i], w) + "  "
		t.b.WriteString(line)
		s := q.Text
		if q.Why != "" {
			s = strings.TrimLeft(s+"  ("+q.Why+")", " ")
		}
		t.flow(width(line), 2+w+2, s)
		if t.o.Details && q.IfYes != "" {
			t.b.WriteString(strings.Repeat(" ", 2+w+2))
			t.flow(2+w+2, 2+w+2, "if so: "+q.IfYes)
		}
	}
	if n := len(t.r.Questions) - len(all); n > 0 {
		t.printf("  … and %d more: --details shows all\n", n)
	}
}

// notExamined names what was seen and not looked at, one thing once.
func (t *text) notExamined() {
	all := unexamined(t.r)
	switch {
	case len(all) == 0:
	case t.o.Details:
		t.flow(0, 2, fmt.Sprintf("Not looked at: %s: listed at the end", strings.Join(all, ", ")))
	default:
		t.flow(0, 2, "Not looked at: "+capped(all, maxUnexamined))
	}
}

// unexamined names each kind of thing that was not looked at once.
func unexamined(r *Report) []string {
	var whats []string
	paths := map[string][]string{}
	for _, n := range r.NotExamined {
		if !slices.Contains(whats, n.What) {
			whats = append(whats, n.What)
		}
		if !slices.Contains(paths[n.What], n.Path) {
			paths[n.What] = append(paths[n.What], n.Path)
		}
	}
	var all []string
	for _, what := range whats {
		all = append(all, Printable(several(what, paths[what])))
	}
	return all
}

// several names one thing, and counts more with where they are.
func several(what string, paths []string) string {
	if len(paths) == 1 {
		return what + " " + paths[0]
	}
	n := plural(len(paths), what)
	if dir := commonFolder(paths); dir != "" {
		return n + " under " + dir
	}
	return n + " (" + fitting(paths, maxAbout) + ")"
}

// commonFolder is the folder that holds all the paths, "" where none does.
func commonFolder(paths []string) string {
	dir := path.Dir(paths[0])
	for _, p := range paths[1:] {
		for dir != "." && dir != "/" && !strings.HasPrefix(p, dir+"/") {
			dir = path.Dir(dir)
		}
	}
	if dir == "." || dir == "/" {
		return ""
	}
	return dir
}

// unexamined lists everything that was not looked at, and why.
func (t *text) unexamined() {
	if len(t.r.NotExamined) == 0 {
		return
	}
	t.printf("\nNot looked at (%d)\n", len(t.r.NotExamined))
	list := slices.Clone(t.r.NotExamined)
	slices.SortStableFunc(list, func(a, b diag.NotExamined) int { return strings.Compare(a.What, b.What) })
	for _, n := range list {
		t.b.WriteString("  ")
		t.flow(2, 4, n.What+" "+n.Path+": "+n.Why)
	}
}
