package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// This file writes down a model, a dataset or a service: how open it is, where it
// comes from, what that brings and risks, and how others see it.

// Of what a license asks of a model, so many rows are shown: those of Llama are
// as many as a screen has lines.
const maxAsked = 8

// maxAnswer is the widest column of names before answers.
const maxAnswer = 20

// learned reports whether a component is a model or something that such are made
// with.
func learned(c *Component) bool {
	return c.Kind == inventory.Model || c.Kind == inventory.Dataset || c.Kind == inventory.Service
}

func (t *text) model(c *Component) {
	t.openness(c)
	t.lineage(c)
	t.service(c)
	t.answers("Benefits", answerRows(c.Benefits, func(a assess.Answer) [3]string { return [3]string{a.Name, a.Answer, a.Why} }))
	t.answers("Risks", answerRows(c.Risks, func(r assess.Risk) [3]string { return [3]string{r.Group, r.Signal, r.Evidence} }))
	t.views(c)
}

func answerRows[T any](list []T, row func(T) [3]string) (out [][3]string) {
	for _, x := range list {
		out = append(out, row(x))
	}
	return out
}

// pressing keeps of what is asked what has to be done or confirmed, as many rows
// as fit.
func pressing(all []assess.Obligation) []assess.Obligation {
	out := slices.DeleteFunc(slices.Clone(all), func(o assess.Obligation) bool {
		return o.Class != "do" || o.Status != string(duty.Due) && o.Status != string(duty.Confirm)
	})
	slices.SortStableFunc(out, func(a, b assess.Obligation) int { return rank(&a) - rank(&b) })
	return out[:min(len(out), maxAsked)]
}

// openness says how open the whole is and what of it is there.
func (t *text) openness(c *Component) {
	t.printf("\nHow open: ")
	t.paint(bold, c.Openness)
	if c.Openness != c.LicenseOpenness {
		t.printf(" (its license alone: %s)", c.LicenseOpenness)
	}
	t.b.WriteString("\n")
	var parts [][3]string
	for _, p := range c.Parts {
		why := p.Why
		if p.License != "" {
			why += " (" + p.License + ")"
		}
		parts = append(parts, [3]string{p.Part, p.Present, why})
	}
	t.rows(parts)
	if s := granted(c.Grants); s != "" {
		t.b.WriteString("  ")
		t.flow(2, 4, "by its license you may "+s)
	}
	if len(c.NotOpen) > 0 {
		t.b.WriteString("  ")
		t.flow(2, 4, "not open: "+bounds(c.NotOpen))
	}
	for _, d := range c.Differs {
		t.b.WriteString("  ")
		t.flow(2, 4, fmt.Sprintf("differs from %s, which says %q: %s", d.From, d.Claim, d.Why))
		for _, s := range d.Sources {
			t.b.WriteString("    ")
			t.flow(4, 6, s)
		}
	}
}

// grantTexts are the answers to a grant, behind its name.
var grantTexts = map[string]string{"yes": "", "conditional": " (with duties that anyone can meet)", "limited": " (not everyone, or not for everything)", "no": " (no)", "unknown": " (not said)"}

// granted says what the four grants are; those with one answer share it.
func granted(grants []rulebase.Grant) string {
	var out []string
	for i, g := range grants {
		if slices.ContainsFunc(grants[:i], func(o rulebase.Grant) bool { return o.Answer == g.Answer }) {
			continue
		}
		var names []string
		for _, o := range grants[i:] {
			if o.Answer == g.Answer {
				names = append(names, o.Grant)
			}
		}
		out = append(out, strings.Join(names, ", ")+grantTexts[g.Answer])
	}
	return strings.Join(out, " · ")
}

// bounds names the terms that open source does not know, each kind once with its
// clauses.
func bounds(list []assess.Bound) string {
	var order []string
	clauses := map[string][]string{}
	for _, b := range list {
		key := b.Type
		if _, ok := clauses[key]; !ok {
			order = append(order, key)
		}
		if c := strings.TrimSpace(assess.Cite("", b.Clause)); c != "" && !slices.Contains(clauses[key], c) {
			clauses[key] = append(clauses[key], c)
		}
	}
	var out []string
	for _, key := range order {
		s := key
		if len(clauses[key]) > 0 {
			s += " (" + strings.Join(clauses[key], "; ") + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " · ")
}

// rows writes lines of name, answer and why, in columns.
func (t *text) rows(list [][3]string) {
	var names, answers []string
	for _, r := range list {
		names, answers = append(names, Printable(r[0])), append(answers, Printable(r[1]))
	}
	w0, w1 := widest(maxAnswer, names...), widest(maxLicense, answers...)
	for i, r := range list {
		name := names[i]
		if i > 0 && name == names[i-1] {
			name = ""
		}
		line := "  " + pad(name, w0) + "  " + pad(answers[i], w1) + "  "
		t.b.WriteString(line)
		t.flow(width(line), 4+w0+2, r[2])
	}
}

func (t *text) answers(title string, list [][3]string) {
	if len(list) > 0 {
		t.printf("\n%s\n", title)
		t.rows(list)
	}
}

// lineage draws what the component was made from as a tree, the component at its
// root.
func (t *text) lineage(c *Component) {
	if len(c.Ancestry) == 0 {
		return
	}
	t.printf("\nMade from\n  %s  %s\n", Label(&c.Facts), licenseOf(c))
	var open []bool // by depth: does a sibling follow?
	for i, a := range c.Ancestry {
		depth := len(a.Via)
		more := false
		for _, b := range c.Ancestry[i+1:] {
			if len(b.Via) <= depth {
				more = len(b.Via) == depth
				break
			}
		}
		open = append(open[:min(depth, len(open))], more)
		line := "  "
		for _, o := range open[:len(open)-1] {
			line += map[bool]string{true: "│  ", false: "   "}[o]
		}
		line += map[bool]string{true: "├─ ", false: "└─ "}[more]
		t.b.WriteString(line)
		t.flow(width(line), width(line)+2, step(&a))
	}
}

// step is one line of a lineage.
func step(a *assess.Ancestor) string {
	s := a.Relation
	if s == "" {
		s = "base"
	}
	s += ": " + a.Name + "  " + orUnknown(a.License)
	if a.Guessed {
		s += ", guessed"
	}
	switch a.Carried {
	case "no":
		s += "  ✗ its terms are not carried on"
	case "check":
		s += "  ? whether its terms are carried on is to be checked"
	}
	if a.Known != "" {
		s += "  (" + a.Known + ")"
	}
	return s
}

func orUnknown(license string) string {
	if license == "" {
		return "license not known"
	}
	return license
}

// service says what becomes of what users send, as of when.
func (t *text) service(c *Component) {
	s := c.Service
	if s == nil {
		return
	}
	t.printf("\nHosted")
	if s.Provider != "" {
		t.printf(" by %s", s.Provider)
	}
	if s.Terms != "" {
		t.printf(", terms: %s", s.Terms)
	}
	t.b.WriteString("\n")
	var rows [][3]string
	for _, x := range []struct {
		name string
		assess.ServiceFact
	}{{"trains on inputs", s.Inputs}, {"keeps inputs", s.Retention}, {"binds outputs", s.Outputs}, {"costs", s.Price}} {
		why := x.Text
		switch {
		case x.AsOf != "":
			why += " (as of " + x.AsOf + ", " + x.Source + ")"
		case x.Source != "":
			why += " (" + x.Source + ")"
		}
		rows = append(rows, [3]string{x.name, x.Answer, why})
	}
	t.rows(rows)
}

// views counts the criteria of every outside view and names those that are
// missing; a view has no verdict.
func (t *text) views(c *Component) {
	if len(c.Views) == 0 {
		return
	}
	var ids, names []string
	for _, v := range c.Views {
		ids, names = append(ids, v.View), append(names, Printable(v.Name))
	}
	t.printf("\nCriteria of others: facts, no verdict  (rukhsa explain %s)\n", strings.Join(ids, " | "))
	w := widest(maxLabel, names...)
	for i, v := range c.Views {
		s := strings.Join(standings(v.Groups), " · ")
		if list := answered(v.Criteria, "missing"); len(list) > 0 {
			s += "; missing: " + capped(list, maxCriteria)
		}
		if list := answered(v.Criteria, "unknown"); len(list) > 0 {
			s += fmt.Sprintf("; %d unknown", len(list))
		}
		if len(v.Declared) > 0 {
			s += "; its publisher declares " + strings.Join(standings(v.Declared), " · ")
		}
		line := "  " + pad(names[i], w) + "  "
		t.b.WriteString(line)
		t.flow(width(line), 4+w, s)
	}
}

func standings(list []assess.Standing) (out []string) {
	for _, g := range list {
		s := fmt.Sprintf("%d of %d met", g.Met, g.Of)
		if len(list) > 1 {
			s = g.Name + ": " + s
		}
		out = append(out, s)
	}
	return out
}

// maxCriteria is how many criteria that are missing are named.
const maxCriteria = 7

func answered(list []*assess.Criterion, answer string) (out []string) {
	for _, c := range list {
		if c.Answer == answer {
			out = append(out, strings.ReplaceAll(c.ID, "-", " "))
		}
	}
	return out
}
