package assess

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

func isNotice(e inventory.Evidence) bool { return e.Source == "notice-file" }

// component is the judged half of a part.
func (j *judging) component(p *part) Component {
	c := Component{
		Use: p.use, Choice: p.chosen, Apart: p.apart, Grants: []rulebase.Grant{}, Parts: []Part{}, Benefits: []Answer{}, Risks: []Risk{}, NotOpen: []Bound{}, Ancestry: []Ancestor{},
		Views: []View{}, Differs: []Difference{}, Obligations: []string{},
	}
	if len(p.terms) == 0 {
		c.Category, c.LicenseOpenness = unstated, unstated
		if p.License.Status == inventory.Unknown || p.License.Status == inventory.Disagree {
			c.Category = unknownTerms
		}
		c.Openness = c.LicenseOpenness
		j.openAI(p, &c)
		j.share(&c)
		return c
	}
	for i, t := range p.terms {
		if cat := j.know.category(t); i == 0 || j.know.rank(cat) > j.know.rank(c.Category) {
			c.Category, c.Family = cat, family(t)
		}
	}
	c.LicenseOpenness = j.openness(p.terms)
	c.Openness = openness(p.Kind, c.LicenseOpenness)
	c.Grants = grants(p.terms)
	c.NotOpen = j.notOpen(p.terms)
	j.openAI(p, &c)
	j.share(&c)
	return c
}

// share lets components have in common what is equal in them.
func (j *judging) share(c *Component) {
	k := j.kept
	c.Grants, c.Parts, c.Benefits = k.grants.share(c.Grants), k.parts.share(c.Parts), k.benefits.share(c.Benefits)
	c.Risks, c.NotOpen = k.risks.share(c.Risks), k.bounds.share(c.NotOpen)
}

func family(t Term) string {
	if t.License == nil {
		return ""
	}
	return t.License.Family
}

// openness of a component: that of its license, bounded by its kind. Parameters
// alone are open weights; what is only reached over a wire is closed.
func openness(kind inventory.Kind, license string) string {
	switch {
	case kind == inventory.Service:
		return closedSource
	case kind == inventory.Model && license == openSource:
		return opennesses[1]
	}
	return license
}

// openness of terms that all hold: the one that is least open.
func (j *judging) openness(terms []Term) string {
	out := openSource
	for _, t := range terms {
		o := unstated
		if t.License != nil && t.License.Openness != "" {
			o = t.License.Openness
		}
		out = worst(opennesses, out, o)
	}
	return out
}

// notOpen lists what in terms that all hold is unknown to open source: the
// duties and bounds that restrict, else the grants that are not whole.
func (j *judging) notOpen(terms []Term) []Bound {
	out := []Bound{}
	for _, t := range terms {
		if t.License == nil || t.License.Openness == openSource {
			continue
		}
		n := len(out)
		for _, o := range t.License.Obligations {
			b := Bound{License: t.Text, Type: o.Type, Clause: o.Clause, Text: o.Text}
			if j.know.base.Restricts(o) && !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
		for _, g := range t.License.Grants {
			if len(out) == n && (g.Answer == "limited" || g.Answer == "no") {
				out = append(out, Bound{License: t.Text, Type: g.Grant, Clause: g.Clause, Text: g.Grant + ": " + g.Answer})
			}
		}
	}
	return out
}

// grants of terms that all hold: of each freedom the answer that gives least.
func grants(terms []Term) []rulebase.Grant {
	out := []rulebase.Grant{}
	for _, t := range terms {
		if t.License == nil {
			return []rulebase.Grant{}
		}
		for _, g := range t.License.Grants {
			i := slices.IndexFunc(out, func(o rulebase.Grant) bool { return o.Grant == g.Grant })
			switch {
			case i < 0:
				out = append(out, g)
			case worst(answers, out[i].Answer, g.Answer) != out[i].Answer:
				out[i] = g
			}
		}
	}
	return out
}
