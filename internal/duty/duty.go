// Package duty says which obligations of a license are due: in which contexts,
// for which way of joining things, with which facts. It knows no license by
// name and keeps no state.
package duty

import (
	"cmp"
	"slices"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Status says whether an obligation asks for something now.
type Status string

// The statuses of an obligation.
const (
	Due     Status = "due"     // it has to be done
	Met     Status = "met"     // what was found fulfils it
	Confirm Status = "confirm" // a fact is missing, or the duty is only usual for the category
	NotDue  Status = "not-due" // a bound or an event that asks for no deed now
)

// rank orders statuses by what they ask of the reader.
func (s Status) rank() int { return slices.Index([]Status{NotDue, Met, Confirm, Due}, s) }

// Worse returns the one of two statuses that asks for more.
func Worse(a, b Status) Status {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Setting is what a duty depends on beside the license.
type Setting struct {
	Contexts []string // what leaves the house or is served
	Joins    []string // how the component is joined: link-static, modify, …
	// Fact returns what is known of a component or the user: "yes" and "no"
	// for questions, digits for numbers, names with commas for lists; "" for
	// what nobody stated.
	Fact func(name string) string
}

// Item is an obligation that holds in a setting.
type Item struct {
	License    string // the term's text
	Obligation rulebase.Obligation
	Derived    bool // usual for the license's category: nobody wrote down its own
	Status     Status
	If         string   // the conditions, as printed; "" without
	Missing    []string // facts that its conditions need and nobody stated
}

// ID is the obligation's identity in a report, without the number that tells
// several of one type apart.
func (i Item) ID() string { return i.Obligation.Type + "/" + i.License }

// Of lists the obligations of terms that all apply (AND) in a setting, each
// (type, license, clause, value) once, in the order of license, type and clause:
// a clause that asks for one thing on several occasions is one item that names
// them all. What a fact excludes is left out; what a missing fact leaves open is
// Confirm. Recommendations (strength should) are NotDue.
func Of(terms []rulebase.Term, s Setting) []Item {
	var out []Item
	for _, t := range terms {
		for _, o := range t.Obligations() {
			if !o.Triggered(s.Contexts, s.Joins) {
				continue
			}
			holds, missing := conditions(o.If, s)
			if holds == no {
				continue
			}
			item := Item{License: t.Text, Obligation: o, Derived: o.Derived, If: Conditions(o.If), Missing: missing, Status: Due}
			switch {
			case o.Strength == should:
				item.Status, item.Missing = NotDue, nil
			case holds == unknown || item.Derived:
				item.Status = Confirm
			}
			out = append(out, item)
		}
	}
	slices.SortStableFunc(out, Item.compare)
	return unite(out)
}

const should = "should" // vocabulary: strengths

// unite makes one of the items with the same key, which stand together, the
// strongest first: it gets the occasions of all, and where it is open itself
// the facts that the others miss too.
func unite(items []Item) []Item {
	var out []Item
	for _, it := range items {
		if len(out) == 0 || out[len(out)-1].compareKey(it) != 0 {
			it.Obligation.When = slices.Clone(it.Obligation.When)
			out = append(out, it)
			continue
		}
		first := &out[len(out)-1]
		first.Obligation.When = occasions(first.Obligation.When, it.Obligation.When)
		if first.Status == Confirm && it.Status == Confirm {
			first.Missing = slices.Clone(first.Missing)
			for _, m := range it.Missing {
				if !slices.Contains(first.Missing, m) {
					first.Missing = append(first.Missing, m)
				}
			}
		}
	}
	return out
}

// occasions joins two lists of contexts and joins; an empty one is any use.
func occasions(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	for _, w := range b {
		if !slices.Contains(a, w) {
			a = append(a, w)
		}
	}
	return a
}

func (i Item) compareKey(j Item) int {
	return cmp.Or(cmp.Compare(i.License, j.License), cmp.Compare(i.Obligation.Type, j.Obligation.Type),
		cmp.Compare(i.Obligation.Clause, j.Obligation.Clause), cmp.Compare(i.Obligation.Value, j.Obligation.Value))
}

// compare puts the stronger of two items of one key first.
func (i Item) compare(j Item) int {
	return cmp.Or(i.compareKey(j), cmp.Compare(j.Status.rank(), i.Status.rank()), cmp.Compare(i.If, j.If),
		cmp.Compare(i.Obligation.Text, j.Obligation.Text))
}
