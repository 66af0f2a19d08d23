package assess

import (
	"cmp"
	"slices"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// choose settles which branch of a component's license is taken: the cheapest
// that the policy and the licenses of the programs around it allow. The nested
// licenses of linked folders are chosen the same way and hold beside it.
func (j *judging) choose(p *part) {
	if len(p.choices) > 0 {
		p.terms = j.told(p)
		if p.terms == nil {
			p.terms = j.cheapest(p, p.choices)
		}
		// Nobody has to choose for the own work: it is passed on under all branches.
		if len(p.choices) > 1 && p.Scope != inventory.Main {
			p.chosen = termsText(p.terms)
		}
	}
	for i := range p.nested {
		if b := j.know.branches(p.nested[i].expr); len(b) > 0 {
			p.nested[i].terms = j.cheapest(p, b)
		}
	}
	p.terms = slices.Clone(p.terms)
	for _, n := range p.nested {
		for _, t := range n.terms {
			if !slices.ContainsFunc(p.terms, func(u Term) bool { return u.Text == t.Text }) {
				p.terms = append(p.terms, t)
			}
		}
	}
}

// price orders the branches of a choice; the fields count in this order.
type price struct {
	severity int // of the worst that the policy says; 0 is silent
	fit      int // 0 where it fits every program around it
	burden   int // of its category
	duties   int // that ask for a deed
	branch   int // as written
}

func (a price) compare(b price) int {
	return cmp.Or(cmp.Compare(a.severity, b.severity), cmp.Compare(a.fit, b.fit), cmp.Compare(a.burden, b.burden),
		cmp.Compare(a.duties, b.duties), cmp.Compare(a.branch, b.branch))
}

func (j *judging) cheapest(p *part, branches [][]Term) []Term {
	if len(branches) == 1 {
		return branches[0]
	}
	best := 0
	var low price
	for i, b := range branches {
		if c := j.price(p, b, i); i == 0 || c.compare(low) < 0 {
			best, low = i, c
		}
	}
	return branches[best]
}

func (j *judging) price(p *part, terms []Term, branch int) price {
	c := price{branch: branch}
	for _, t := range terms {
		c.burden = max(c.burden, j.know.rank(j.know.category(t)))
		for _, r := range j.refusals(p, t) {
			c.severity = max(c.severity, len(diag.Severities())-r.severity.Rank())
		}
	}
	for _, u := range p.units {
		fit := compat.No
		for _, o := range u.outbound.branches {
			if v := j.fit(o, terms, relation(p)); v.Verdict.Better(fit) {
				fit = v.Verdict
			}
		}
		switch fit {
		case compat.Check:
			c.fit = max(c.fit, 1)
		case compat.No:
			c.fit = 2
		}
	}
	for _, it := range j.duties(p, terms).items {
		if it.Status != duty.NotDue && !j.standingIn(terms, it) {
			c.duties++
		}
	}
	return c
}

func (j *judging) standingIn(terms []Term, it duty.Item) bool {
	return slices.ContainsFunc(terms, func(t Term) bool { return t.Text == it.License && j.know.standing(it.Obligation, t.License) })
}

// category of a term: an exception may make it lighter, never heavier.
func (k *knowledge) category(t Term) string {
	if t.License == nil {
		return unknownTerms
	}
	if e := t.Exception; e != nil && e.Full && e.Category != "" && k.rank(e.Category) < k.rank(t.License.Category) {
		return e.Category
	}
	return t.License.Category
}

// setting gathers what the duties of a part depend on.
func (j *judging) setting(p *part) duty.Setting {
	return duty.Setting{Contexts: p.use, Joins: p.joins, Fact: func(name string) string { return j.fact(p, name) }}
}

// fact returns what is known: of the component by what was found, of the user
// by what the policy states.
func (j *judging) fact(p *part, name string) string {
	switch name {
	case "modified":
		return j.isModified(p)
	case "multimodal":
		return j.multimodal(p)
	case "has_notice_file":
		return yesNo(p.HasEvidence("notice") || slices.ContainsFunc(p.Evidence, isNotice))
	}
	if v, ok := j.stance.facts[name]; ok {
		return v
	}
	switch name {
	case "closed_program":
		return yesNo(len(p.units) == 0 || slices.ContainsFunc(p.units, func(u *unit) bool { return u.outbound.closed }))
	case "hosted_service_only":
		return hostedOnly(p.use)
	}
	return ""
}

// hostedOnly answers for each use by itself: where some hand over a copy and
// others do not, both kinds of duties stay open.
func hostedOnly(use []string) string {
	copies, hosted := false, false
	for _, u := range use {
		copies = copies || rulebase.HandsOver(u)
		hosted = hosted || !rulebase.HandsOver(u)
	}
	if copies && hosted {
		return ""
	}
	return yesNo(hosted)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
