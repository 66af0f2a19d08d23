package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
)

// The parts of a model, and the answers to whether one is there.
const (
	partCode       = "code"
	partDataset    = "dataset"
	partParameters = "parameters"

	isThere   = "yes"
	partly    = "partly"
	isNot     = "no"
	notKnown  = "unknown"
	noSignal  = "none"    // of a group of risks: looked for, nothing found
	notLooked = "unknown" // nobody could look
)

// openAI completes the judged half of a model, dataset or service: its parts,
// how open it is as a whole, what that brings and what it risks.
func (j *judging) openAI(p *part, c *Component) {
	switch p.Kind {
	case inventory.Model, inventory.Dataset, inventory.Service:
	default:
		return
	}
	m, ok := j.self(p)
	if !ok || !m.Confidence.Sure() {
		m = models.Match{}
	}
	v := &view{j: j, part: p, c: c, family: m.Family, kin: j.ancestors(p)}
	if p.Kind != inventory.Dataset {
		c.Parts = []Part{v.code(), v.dataset(), v.parameters()}
	}
	c.Openness = v.openness()
	c.Benefits = v.benefits()
	c.Risks = v.risks()
	if a := v.drifted(); a != nil {
		c.NotOpen = append(c.NotOpen, j.notOpen(a.branches[0])...)
	}
	c.Ancestry = v.ancestry()
	c.Views = v.outside()
	c.Differs = v.differs()
	c.Service = v.service()
}

// view is a component while its openness is told.
type view struct {
	j      *judging
	part   *part
	c      *Component
	family *models.Family // that its own name surely means; nil without
	kin    []ancestor
	drift  *ancestor // kept answer of drifted
	asked  bool      // for it
}

// read is what a reader said of one of the parts.
func (v *view) read(name string) (present, why string, ok bool) {
	present, why, ok = strings.Cut(v.part.Property("part:"+name), ": ")
	return present, why, ok
}

func (v *view) hosted() bool { return v.part.Kind == inventory.Service }

// code is the part that made the model: the code that trains and runs it.
func (v *view) code() Part {
	p := Part{Part: partCode, Present: notKnown, Why: "no file and no list tells whether the code that made it is published"}
	switch present, why, ok := v.read(partCode); {
	case v.hosted():
		p.Present, p.Why = isNot, "a hosted service"
	case ok:
		p.Present, p.Why = present, why
		p.License = v.textOf("code")
	case v.family != nil && v.family.Code.Known():
		p.Present, p.Why, p.License = v.family.Code.Answer, v.family.Code.Text, v.family.Code.License
	}
	return p
}

// textOf is the license of texts that are about one part of the model.
func (v *view) textOf(role string) string {
	for _, e := range v.part.Evidence {
		if e.Role == role && e.Source == "license-file" && len(v.j.know.branches(e.Expression)) > 0 {
			return e.Expression
		}
	}
	return ""
}

// dataset is the part that it was trained on. Data that is named is data
// information; whether it is open goes by its license.
func (v *view) dataset() Part {
	p := Part{Part: partDataset, Present: notKnown, Why: "no training data is declared"}
	var names, licenses []string
	all := true
	for _, a := range v.kin {
		if wayOf(a.relation) != wayData {
			continue
		}
		names = append(names, a.name)
		if a.license == "" || a.guessed {
			all = false
		} else if !slices.Contains(licenses, a.license) {
			licenses = append(licenses, a.license)
		}
	}
	switch present, why, ok := v.read(partDataset); {
	case v.hosted():
		p.Present, p.Why = isNot, "a hosted service"
	case ok:
		p.Present, p.Why = present, why
	case len(names) > 0:
		p.Present, p.Why = isThere, "declared: "+named(names)
		if all {
			p.License = joined(licenses)
		}
	case v.family != nil && v.family.Data.Known():
		p.Present, p.Why, p.License = v.family.Data.Answer, v.family.Data.Text, v.family.Data.License
	}
	return p
}

// joined unites licenses that all hold.
func joined(licenses []string) string {
	slices.Sort(licenses)
	for i, l := range licenses {
		if len(licenses) > 1 && strings.Contains(l, " OR ") {
			licenses[i] = "(" + l + ")"
		}
	}
	return strings.Join(licenses, " AND ")
}

// parameters is the part that the component is mostly made of.
func (v *view) parameters() Part {
	p := Part{Part: partParameters, Present: notKnown, Why: "no file with parameters was seen"}
	switch present, why, ok := v.read(partParameters); {
	case v.hosted():
		p.Present, p.Why = isNot, "a hosted service"
	case ok:
		p.Present, p.Why = present, why
	case v.family != nil:
		p.Present, p.Why = isThere, "published by "+v.family.Publisher
	}
	if p.Present != isNot && len(v.part.terms) > 0 {
		p.License = termsText(v.part.terms)
	}
	return p
}

// openness of the whole: a model is open source only where code, data and
// parameters are, each under open terms; open parameters alone are open weights.
// What claims open terms over a base that has others is no more open than its
// base.
func (v *view) openness() string {
	if v.hosted() {
		return closedSource
	}
	license := v.bounded()
	if v.part.Kind != inventory.Model || license != openSource {
		return license
	}
	for _, p := range v.c.Parts {
		if p.Part != partParameters && !v.open(p) {
			return opennesses[1]
		}
	}
	return openSource
}

// bounded is the openness of the license, bounded by that of what it was made
// from.
func (v *view) bounded() string {
	license := v.c.LicenseOpenness
	for _, a := range v.kin {
		if v.binds(a) && len(v.part.terms) > 0 {
			license = worst(opennesses, license, v.j.openness(a.branches[0]))
		}
	}
	return license
}

// open reports whether a part is there, whole and under open terms.
func (v *view) open(p Part) bool {
	if p.Present != isThere || p.License == "" {
		return false
	}
	return slices.ContainsFunc(v.j.know.branches(p.License), func(b []Term) bool { return v.j.openness(b) == openSource })
}

// benefits answers for each of the article's four, with the fact that decides.
func (v *view) benefits() []Answer {
	return []Answer{v.transparency(), v.customisation(), v.collaboration(), v.access()}
}

// transparency: can others see what it was made from, and how?
func (v *view) transparency() Answer {
	a := Answer{Name: "transparency"}
	if v.part.Kind == inventory.Dataset {
		return v.transparentData(a)
	}
	there, withheld := []string{}, []string{}
	for _, p := range v.c.Parts {
		switch p.Present {
		case isThere, partly:
			if p.Part == partCode || p.Part == partDataset {
				there = append(there, p.Part+": "+p.Why)
			}
		case isNot:
			withheld = append(withheld, p.Part+": "+p.Why)
		}
	}
	card := slices.ContainsFunc(v.part.Evidence, func(e inventory.Evidence) bool { return e.Source == "card" || e.Source == "api" })
	base := slices.ContainsFunc(v.kin, func(a ancestor) bool { return wayOf(a.relation) == wayChanged })
	switch {
	case v.hosted():
		a.Answer, a.Why = isNot, "a hosted service: neither code, data nor parameters are shown"
	case len(there) == 2 && !slices.ContainsFunc(v.c.Parts, func(p Part) bool { return p.Present == partly }):
		a.Answer, a.Why = isThere, strings.Join(there, "; ")
	case len(there) > 0:
		a.Answer, a.Why = partly, strings.Join(there, "; ")
	case len(withheld) == 2:
		a.Answer, a.Why = isNot, strings.Join(withheld, "; ")
	case base:
		a.Answer, a.Why = partly, "it says what it was made from, and not which data or code"
	case card:
		a.Answer, a.Why = partly, "a card describes it, without data or code"
	default:
		a.Answer, a.Why = notKnown, "nothing tells what it was made from"
	}
	return a
}

func (v *view) transparentData(a Answer) Answer {
	card := slices.ContainsFunc(v.part.Evidence, func(e inventory.Evidence) bool { return e.Source == "card" || e.Source == "api" })
	switch {
	case v.c.LicenseOpenness == closedSource:
		a.Answer, a.Why = isNot, "its terms do not let it be looked at freely"
	case len(v.kin) > 0:
		a.Answer, a.Why = isThere, "it says what it was made from: "+v.kin[0].name
	case card:
		a.Answer, a.Why = partly, "a card describes it, without its sources"
	default:
		a.Answer, a.Why = notKnown, "nothing tells where it comes from"
	}
	return a
}

// granted answers for the freedoms that a benefit needs: of several the answer
// that gives least decides.
func (v *view) granted(name string, freedoms ...string) Answer {
	a := Answer{Name: name}
	if v.hosted() {
		a.Answer, a.Why = isNot, "a hosted service: there is no copy to change or share"
		return a
	}
	pick, license := -1, v.part.License.Concluded
	for i, g := range v.c.Grants {
		if slices.Contains(freedoms, g.Grant) && (pick < 0 || worst(answers, v.c.Grants[pick].Answer, g.Answer) != v.c.Grants[pick].Answer) {
			pick = i
		}
	}
	if pick < 0 {
		a.Answer, a.Why = notKnown, "nobody knows what its terms allow"
		return a
	}
	g := v.c.Grants[pick]
	a.Why = strings.TrimSpace(fmt.Sprintf("%s: %s (%s)", g.Grant, g.Answer, Cite(license, g.Clause)))
	switch g.Answer {
	case "yes", "conditional":
		a.Answer = isThere
	case "limited":
		a.Answer = partly
	case "no":
		a.Answer = isNot
	default:
		a.Answer = notKnown
	}
	if base := v.drifted(); base != nil && a.Answer == isThere {
		a.Answer, a.Why = partly, base.bounds()
	}
	return a
}

// drifted finds a base whose terms hold though the own license does not carry
// them on; nil without.
func (v *view) drifted() *ancestor {
	if !v.asked {
		v.drift, v.asked = v.findDrift(), true
	}
	return v.drift
}

func (v *view) findDrift() *ancestor {
	if len(v.part.choices) == 0 {
		return nil
	}
	for i := range v.kin {
		if a := &v.kin[i]; v.binds(*a) && v.j.carried(v.part.choices, a.branches).Verdict == compat.No {
			return a
		}
	}
	return nil
}

// ancestry lists what the component was made from.
func (v *view) ancestry() []Ancestor {
	out := []Ancestor{}
	for _, a := range v.kin {
		x := Ancestor{ID: a.id, Name: a.name, Relation: a.relation, License: a.license, Known: a.reason, Guessed: a.guessed || a.unsure, Via: append([]string{}, a.via...)}
		if v.binds(a) && len(v.part.choices) > 0 {
			x.Carried = string(v.j.carried(v.part.choices, a.branches).Verdict)
		}
		out = append(out, x)
	}
	return out
}

// binds reports whether the terms of an ancestor surely hold for what was made
// from it.
func (v *view) binds(a ancestor) bool {
	way := wayOf(a.relation)
	return (way == wayChanged || way == wayAbsorbed || way == wayHeld) && !a.guessed && !a.unsure && !samePublisher(v.part, a) && len(a.branches) > 0
}

// bounds says that the terms of a base hold.
func (a *ancestor) bounds() string {
	return fmt.Sprintf("the terms of its base hold too: %s of %s", a.license, a.name)
}

func (v *view) customisation() Answer { return v.granted("customisation", "modify") }
func (v *view) collaboration() Answer { return v.granted("collaboration", "share", "modify") }

// access: can anybody get and use it, without price, gate or bound?
func (v *view) access() Answer {
	a := Answer{Name: "ease of access"}
	if v.hosted() {
		switch f := v.price(); f.Answer {
		case models.Yes:
			a.Answer, a.Why = isNot, f.Text
		case models.No, models.Depends, models.Partly:
			a.Answer, a.Why = partly, f.Text
		default:
			a.Answer, a.Why = notKnown, "nothing is known of its price"
		}
		return a
	}
	a = v.granted("ease of access", "use")
	if gated := v.part.Property("gated"); gated != "" && gated != "false" && a.Answer == isThere {
		a.Answer, a.Why = partly, "access asks for terms to be accepted (gated: "+gated+")"
	}
	if a.Answer == isThere {
		for _, o := range v.bounds() {
			a.Answer, a.Why = partly, o
		}
	}
	return a
}

func (v *view) price() models.Fact {
	if v.family == nil {
		return models.Fact{}
	}
	return v.family.Price
}

// bounds lists the first of the license's bounds on who may use the work.
func (v *view) bounds() []string {
	for _, t := range v.part.terms {
		if t.License == nil {
			continue
		}
		for _, o := range t.License.Obligations {
			switch o.Type {
			case "scale-limit", "register-first", "non-commercial", "research-only", "region-exclusion":
				if o.Strength == "must" {
					return []string{Cite(t.Text, o.Clause) + ": " + o.Text}
				}
			}
		}
	}
	return nil
}
