package assess

import (
	"cmp"
	"slices"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// judging is one judgement under way.
type judging struct {
	inv    *inventory.Inventory
	know   *knowledge
	stance *stance
	asOf   string
	cmp    *compat.Comparer
	kept   *kept

	use      Use
	kind     string
	parts    []*part // by id
	at       []*part // by index in the inventory
	steps    *inventory.Steps
	units    []*unit // by root
	findings []diag.Finding
	unstated map[string][]int      // component → findings on a license that nobody states or knows
	used     map[policy.Place]bool // lines of the policy that something matched
}

// part is a component as the judge sees it.
type part struct {
	*inventory.Component
	index   int         // in the inventory
	choices [][]Term    // the branches of its license; none where it has no usable license
	terms   []Term      // the branch taken, and its nested licenses
	chosen  string      // the branch, where there was a choice
	nested  []nestedUse // nested licenses of linked folders
	use     []string
	joins   []string
	setting string
	units   []*unit
	refused bool // a finding already says that its terms or their absence are not accepted
	apart   *Apart
	kin     []ancestor // kept answer of ancestors, where walked
	walked  bool
	match   *nameMatch // kept answer of self
}

// nestedUse is a license statement of a folder that is linked.
type nestedUse struct {
	path  string
	expr  string
	terms []Term // the branch taken; none where it is not usable
}

func judge(in Input, know *knowledge) *Judgement {
	inv := in.Inventory
	j := &judging{inv: inv, know: know, stance: newStance(in.Policy), asOf: in.AsOf, cmp: compat.New(know), kept: newKept(), used: map[policy.Place]bool{}}
	j.context(in.Use)
	j.prepare()
	j.wholes()
	for _, p := range j.parts {
		j.choose(p)
	}
	for _, p := range j.parts {
		j.judgePart(p)
	}
	for _, u := range j.units {
		j.judgeWhole(u)
	}
	j.judgeBills()
	j.judgeLineages()
	out := &Judgement{Project: j.project(), Use: j.use, Components: make([]Component, len(inv.Components))}
	for _, p := range j.parts {
		out.Components[p.index] = j.component(p)
	}
	all := j.gather(out.Components)
	out.Obligations = make([]Obligation, len(all))
	for i, o := range all {
		out.Obligations[i] = o.Obligation
	}
	out.Actions = j.actions(all)
	out.Questions = j.questions(all)
	j.waive()
	j.policyLines()
	out.Findings = j.sorted()
	return out
}

// prepare makes the parts, in the order of their ids.
func (j *judging) prepare() {
	into := map[string][]string{} // id → joins of the edges that lead to it
	for i := range j.inv.Components {
		for _, e := range j.inv.Components[i].Edges {
			if e.Join != "" {
				into[e.To] = append(into[e.To], e.Join)
			}
		}
	}
	for i := range j.inv.Components {
		c := &j.inv.Components[i]
		p := &part{Component: c, index: i}
		p.use, p.setting = j.useOf(c)
		p.apart = j.setApart(p)
		p.joins = joinsOf(c, into[c.ID])
		if usable(c.License) {
			p.choices = j.know.branches(c.License.Concluded)
		}
		for _, n := range c.Nested {
			if n.Linked {
				p.nested = append(p.nested, nestedUse{path: n.Path, expr: n.Expression})
			}
		}
		slices.SortFunc(p.nested, func(a, b nestedUse) int { return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.expr, b.expr)) })
		j.parts = append(j.parts, p)
	}
	j.at, j.steps = slices.Clone(j.parts), inventory.NewSteps(j.inv.Components)
	slices.SortStableFunc(j.parts, func(a, b *part) int { return a.Compare(b.Component) })
}

// usable reports whether a license is one that can be judged.
func usable(l inventory.License) bool {
	return l.Status == inventory.OK || l.Status == inventory.Assumed
}

// joinsOf says how a component is joined: what its edges say, and what its
// scope implies. A Go module is linked statically.
func joinsOf(c *inventory.Component, edges []string) []string {
	joins := slices.Clone(edges)
	switch c.Scope {
	case inventory.Linked, inventory.Bundled, inventory.Test, inventory.Tool:
		joins = append(joins, "link-static")
	case inventory.Embedded:
		joins = append(joins, "embed-asset")
	}
	if c.Modified {
		joins = append(joins, "modify")
	}
	joins = append(joins, lineageJoins(c)...)
	slices.Sort(joins)
	return slices.Compact(joins)
}

func (j *judging) sorted() []diag.Finding {
	for i := range j.findings {
		if j.findings[i].Layer == "" {
			j.findings[i].Layer = policy.BuiltIn
		}
	}
	slices.SortFunc(j.findings, diag.Finding.Compare)
	return j.findings
}
