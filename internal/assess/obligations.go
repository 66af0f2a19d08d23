package assess

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// collected is one obligation of the report while its components are gathered.
type collected struct {
	Obligation
	action  rulebase.Action
	missing []string // facts of its open conditions
}

// gather lists the obligations of all parts, each with the components that
// carry it, by id, and writes their ids into the components.
func (j *judging) gather(components []Component) []*collected {
	byID := map[string]*collected{}
	for _, p := range j.parts {
		if p.Scope == inventory.Main || len(p.use) == 0 || p.apart != nil {
			continue
		}
		due := j.duties(p, p.terms)
		for i, it := range due.items {
			if it.Status != duty.NotDue && j.know.standing(it.Obligation, termOf(p.terms, it.License).License) {
				it.Status, it.Missing = duty.NotDue, nil
			}
			met := j.fulfilled(p, it)
			if len(met) > 0 {
				it.Status, it.Missing = duty.Met, nil
			}
			o := byID[due.ids[i]]
			if o == nil {
				o = j.collect(due.ids[i], it)
				byID[o.ID] = o
			}
			o.Status = string(duty.Worse(duty.Status(o.Status), it.Status))
			for _, m := range it.Missing {
				if !slices.Contains(o.missing, m) {
					o.missing = append(o.missing, m)
				}
			}
			for _, how := range met {
				if !slices.Contains(o.MetBy, how) {
					o.MetBy = append(o.MetBy, how)
				}
			}
			o.Components = append(o.Components, p.ID)
		}
		if len(due.sorted) > 0 {
			components[p.index].Obligations = due.sorted
		}
	}
	out := make([]*collected, 0, len(byID))
	for _, o := range byID {
		slices.Sort(o.Components)
		o.Components = slices.Compact(o.Components)
		slices.Sort(o.missing)
		slices.Sort(o.MetBy)
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b *collected) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

func (j *judging) collect(id string, it duty.Item) *collected {
	o := it.Obligation
	when := o.When
	if when == nil {
		when = []string{}
	}
	return &collected{
		Obligation: Obligation{
			ID: id, Type: o.Type, License: it.License, Class: o.Class, Strength: o.Strength, Components: []string{}, When: when,
			If: it.If, Clause: o.Clause, Text: o.Text, Value: o.Value, Derived: it.Derived, MetBy: []string{}, Status: string(it.Status),
		},
		action: j.know.base.ActionFor(o),
	}
}

// number tells several obligations of one type apart, in the order of the rule;
// the first has none.
func number(t Term, o rulebase.Obligation) string {
	var keys [][2]string
	for _, x := range t.Obligations() {
		if key := [2]string{x.Clause, x.Value}; x.Type == o.Type && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	if i := slices.Index(keys, [2]string{o.Clause, o.Value}); i > 0 {
		return fmt.Sprintf("#%d", i+1)
	}
	return ""
}

// actions groups the obligations that ask for something by what has to be done,
// in the order of the rules. Every one of them is in exactly one action.
func (j *judging) actions(all []*collected) []Action {
	by := map[string]*Action{}
	order := map[string]int{}
	licenses := map[string][]string{}
	var credits = map[string][]string{}
	for _, o := range all {
		if !asks(o) {
			continue
		}
		a := by[o.action.ID]
		if a == nil {
			a = &Action{ID: o.action.ID, Do: o.action.Do, How: o.action.How, Who: o.action.Who, Satisfies: []string{}, Status: string(duty.Met)}
			by[a.ID], order[a.ID] = a, o.action.Order
		}
		a.Satisfies = append(a.Satisfies, o.ID)
		a.Components = append(a.Components, o.Components...)
		a.Status = string(duty.Worse(duty.Status(a.Status), duty.Status(o.Status)))
		licenses[a.ID] = append(licenses[a.ID], o.License)
		if o.Value != "" && o.Class == "do" {
			credits[a.ID] = append(credits[a.ID], fmt.Sprintf("%q (%s)", o.Value, Cite(o.License, o.Clause)))
		}
	}
	out := make([]Action, 0, len(by))
	for _, a := range by {
		slices.Sort(a.Components)
		a.Components = slices.Compact(a.Components)
		slices.Sort(a.Satisfies)
		a.Detail = j.detail(a.Components, licenses[a.ID])
		if c := credits[a.ID]; len(c) > 0 && len(c) == len(a.Satisfies) {
			slices.Sort(c)
			a.How = strings.Join(slices.Compact(c), ", ")
		}
		out = append(out, *a)
	}
	slices.SortFunc(out, func(a, b Action) int { return cmp.Or(cmp.Compare(order[a.ID], order[b.ID]), cmp.Compare(a.ID, b.ID)) })
	return out
}

// asks reports whether an obligation needs a deed or an answer.
func asks(o *collected) bool {
	return o.Status == string(duty.Due) || o.Status == string(duty.Confirm)
}

// detail says in few words what an action is about: the one component by name
// where it is no Go module, else how many, with the license where there is one.
func (j *judging) detail(components, licenses []string) string {
	slices.Sort(licenses)
	licenses = slices.Compact(licenses)
	if len(components) == 1 {
		if p := j.part(components[0]); p != nil && p.Kind != inventory.Code {
			return p.Name
		}
	}
	noun := "components"
	if len(components) == 1 {
		noun = "component"
	}
	if len(licenses) == 1 {
		noun = licenses[0] + " " + noun
	}
	return fmt.Sprintf("%d %s", len(components), noun)
}

func (j *judging) part(id string) *part {
	i, ok := slices.BinarySearchFunc(j.parts, id, func(p *part, id string) int { return cmp.Compare(p.ID, id) })
	if !ok {
		return nil
	}
	return j.parts[i]
}

// questions lists the facts about the user that somebody has to state, each
// once, with the clauses that ask for it.
func (j *judging) questions(all []*collected) []Question {
	by := map[string]*Question{}
	clauses := map[string][]string{}
	for _, o := range all {
		if !asks(o) {
			continue
		}
		for _, fact := range o.missing {
			q := by[fact]
			if q == nil {
				q = &Question{Fact: fact}
				if w, ok := j.know.base.Fact(fact); ok {
					q.Text = w.Question
				}
				by[fact] = q
			}
			q.Components = append(q.Components, o.Components...)
			clauses[fact] = append(clauses[fact], Cite(o.License, o.Clause))
			if q.IfYes == "" {
				q.IfYes = o.Text
			}
		}
	}
	out := make([]Question, 0, len(by))
	for fact, q := range by {
		slices.Sort(q.Components)
		q.Components = slices.Compact(q.Components)
		c := clauses[fact]
		slices.Sort(c)
		q.Why = named(slices.Compact(c))
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b Question) int { return cmp.Compare(a.Fact, b.Fact) })
	return out
}
