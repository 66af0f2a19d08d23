package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Value is one setting of a policy and where it comes from.
type Value struct {
	Key   string
	Value string // "" where nothing states it: then the scan finds it out
	At    Place
	Set   bool
}

// Values lists every setting in the order of the form. Of lists each entry is
// one, the nearest layer's first.
func (p *Policy) Values() []Value {
	var out []Value
	add := func(key, value string, at Place) { out = append(out, Value{key, value, at, true}) }
	project := func(key, value string) {
		at, set := p.origins[key]
		out = append(out, Value{key, value, at, set})
	}
	project("project.license", p.License)
	project("project.kind", p.Kind)
	project("project.use", strings.Join(p.Use, ", "))
	var facts []string
	for f := range p.Facts {
		facts = append(facts, f)
	}
	slices.Sort(facts)
	for _, f := range facts {
		project("project.facts."+f, p.Facts[f])
	}
	add("default", p.Default, p.DefaultAt)
	for _, l := range []struct {
		key  string
		list []Entry
	}{{"allow", p.Allow}, {"review", p.Review}, {"deny", p.Deny}} {
		for _, e := range l.list {
			add(l.key, e.String(), e.At)
		}
	}
	for i := range p.Clarifications {
		c := &p.Clarifications[i]
		add("components.clarify", strings.Join(append([]string{c.subject()}, c.Versions...), " ")+": "+c.License, c.At)
	}
	for _, c := range p.Choices {
		add("components.choose", c.Selector.String()+": "+c.License, c.At)
	}
	for _, f := range p.FirstParty {
		add("components.first_party", f.Selector.String(), f.At)
	}
	for _, x := range p.Exclusions {
		add("components.exclude", x.Selector.String()+": "+x.Reason, x.At)
	}
	for _, w := range p.Waivers {
		add("waivers", fmt.Sprintf("%s until %s (%s): %s", w.Subject(), w.Until, w.Owner, w.Reason), w.At)
	}
	for _, f := range p.Fulfilments {
		add("fulfilled", f.what()+": "+f.How(), f.At)
	}
	for i := range p.rows {
		add("severities", p.rows[i].String(), Place{p.rows[i].layer, p.rows[i].Pos})
	}
	return out
}

func (f Fulfilment) what() string {
	s := f.Obligation + f.Action
	if f.License != "" {
		s += " of " + f.License
	}
	if f.Component != "**" {
		s += " for " + f.Selector.String()
	}
	return s
}

// String prints a row as one line.
func (r *row) String() string {
	var out []string
	for _, c := range r.Categories {
		out = append(out, c.Value)
	}
	s := strings.Join(out, ", ")
	if len(r.Kinds) > 0 {
		s += " of kind " + strings.Join(r.Kinds, ", ")
	}
	if r.Fact != "" {
		s += " where " + r.Fact
	}
	w := r.Weights
	return s + fmt.Sprintf(": shipped %s, served %s, internal %s, test %s, tool %s, referenced %s",
		w.Shipped, w.Served, w.Internal, w.Test, w.Tool, w.Referenced)
}
