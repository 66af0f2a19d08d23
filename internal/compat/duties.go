package compat

import (
	"slices"
	"strings"
)

// settings are the contexts and joins that a relation stands for.
var settings = map[Relation]struct{ contexts, joins []string }{
	Merge: {[]string{"distribute-source", "distribute-binary"}, []string{"link-static", "modify"}},
	Link:  {[]string{"distribute-binary"}, []string{"link-static"}},
	Embed: {[]string{"distribute-binary", "embed-model-in-binary"}, []string{"embed-asset"}},
	Train: {trainContexts, nil},
}

// ifDerived: where the text does not speak of training, the weights may be a
// work based on the data: then the duties of passing such a work on hold.
var ifDerived = []string{"publish-derived-weights"}

// duties lists what the inbound license asks of the combination: what has to be
// done, not what is forbidden. Where the answer is no there is no combination.
func duties(in, out side, v Verdict) []Duty {
	list := []Duty{}
	set := settings[v.Relation]
	if v.Verdict == No || out.Text == in.Text {
		return list
	}
	contexts := set.contexts
	open := v.Relation == Train && v.Verdict == Check
	if open && v.Cause == Unsettled {
		contexts = slices.Concat(contexts, ifDerived)
	}
	for _, o := range in.Obligations() {
		if o.Class != "do" || o.Strength != "must" || !o.Triggered(contexts, set.joins) {
			continue
		}
		status, holds := "due", true
		if open && !speaksOfTraining(o.When) {
			status = "confirm"
		}
		var conds []string
		for _, c := range o.If {
			conds = append(conds, strings.TrimSpace(c.Fact+" "+c.Op+" "+c.Value))
			switch {
			case c.Fact == "closed_program":
				holds = holds && out.closed() == (c.Op != "not")
			case c.Fact == "modified" && v.Relation == Merge:
				holds = holds && c.Op != "not"
			default:
				status = "confirm"
			}
		}
		if !holds {
			continue
		}
		d := Duty{ID: o.Type + "/" + in.Text, Type: o.Type, License: in.Text, Class: o.Class, Strength: o.Strength,
			When: slices.Clone(o.When), If: strings.Join(conds, ", "), Clause: o.Clause, Text: o.Text, Status: status}
		if d.When == nil {
			d.When = []string{}
		}
		if o.Derived {
			d.Status = "confirm"
		}
		list = append(list, d)
	}
	return list
}

// Expressions compares two expressions, each a choice (OR) of lists of terms
// that all hold (AND). Of the inbound choice the best branch is taken. Of the
// outbound one all branches must answer alike, else it is Check: the work loses
// a choice that it offered.
func (c *Comparer) Expressions(out, in [][]Term, rel Relation) Verdict {
	var first Verdict
	var under []string
	alike := true
	for i, o := range out {
		v := c.choose(o, in, rel)
		if v.Verdict == Yes {
			under = append(under, text(o))
		}
		if i == 0 {
			first = v
			continue
		}
		alike = alike && v.Verdict == first.Verdict
	}
	if !alike {
		first.Verdict, first.Cause, first.Duties = Check, Unsettled, []Duty{}
		first.Reason = "the outbound license is a choice, and only a part of it fits"
		if len(under) > 0 {
			first.Reason += ": " + strings.Join(under, ", ")
		}
	}
	first.Outbound, first.Inbound, first.Relation = expression(out), expression(in), rel
	return first
}

// choose takes the best branch of an inbound choice for one outbound branch.
func (c *Comparer) choose(out []Term, in [][]Term, rel Relation) Verdict {
	var best Verdict
	for i, branch := range in {
		v := c.all(out, branch, rel)
		if i == 0 || v.Verdict.Better(best.Verdict) {
			best = v
			if len(in) > 1 {
				best.Chosen = text(branch)
				best.Reason = "taken as " + best.Chosen + ": " + best.Reason
			}
		}
	}
	return best
}

// all compares every inbound term with every outbound one; the worst answer
// counts, and the duties of all add up.
func (c *Comparer) all(out, in []Term, rel Relation) Verdict {
	var worst Verdict
	list := []Duty{}
	for n, i := range in {
		for m, o := range out {
			v := c.Terms(o, i, rel)
			if n == 0 && m == 0 || worst.Verdict.Better(v.Verdict) {
				worst = v
			}
			for _, d := range v.Duties {
				if !slices.ContainsFunc(list, func(e Duty) bool { return e.ID == d.ID && e.Clause == d.Clause && e.Text == d.Text }) {
					list = append(list, d)
				}
			}
		}
	}
	if worst.Verdict == No {
		list = []Duty{}
	}
	worst.Duties = list
	return worst
}

func text(terms []Term) string {
	var all []string
	for _, t := range terms {
		all = append(all, t.Text)
	}
	return strings.Join(all, " AND ")
}

func expression(branches [][]Term) string {
	var all []string
	for _, b := range branches {
		s := text(b)
		if len(b) > 1 && len(branches) > 1 {
			s = "(" + s + ")"
		}
		all = append(all, s)
	}
	return strings.Join(all, " OR ")
}
