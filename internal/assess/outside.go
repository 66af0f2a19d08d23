package assess

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/views"
)

// The properties of models that outside views read.
const (
	paperNamed = "arxiv"       // a paper that a card names
	evaluated  = "evaluations" // results that a card lists
)

// architectureIs are the properties that tell the architecture of a model.
var architectureIs = []string{"architectures", "architecture", "model_type", "_class_name"}

// outside is the model in the views of others, none for what is no model.
func (v *view) outside() []View {
	all, err := views.Builtin()
	if err != nil || v.part.Kind != inventory.Model {
		return nil // a test of the rules would show it
	}
	declared := declaredIn(v.part)
	out := make([]View, 0, len(all))
	for _, o := range all {
		results := o.Evaluate(v.fact, licensesOf{v.j.know})
		x := View{View: o.ID, Name: o.Short, Date: o.Date, Source: o.Source, Criteria: make([]*Criterion, len(results))}
		for i, r := range results {
			r.Why += declared.beside(r)
			x.Criteria[i] = v.j.kept.criterion(Criterion{ID: r.Criterion.ID, Clause: r.Criterion.Clause, Answer: r.Answer, Why: r.Why})
		}
		x.Groups = v.j.kept.groups.share(standings(o.Standing(results)))
		if declared.file != "" && declared.Names(o) {
			x.Declared = v.j.kept.groups.share(standings(o.Standing(o.Declared(declared.Declared, licensesOf{v.j.know}))))
		}
		out = append(out, x)
	}
	return out
}

func standings(list []views.Standing) []Standing {
	out := make([]Standing, len(list))
	for i, s := range list {
		out[i] = Standing{Name: s.Group.Name, Of: s.Of, Met: s.Met, Missing: s.Missing, Unknown: s.Unknown}
	}
	return out
}

// declaration is what a file beside a model declares of how open it is.
type declaration struct {
	views.Declared
	file string // "" without
}

func declaredIn(p *part) declaration {
	d := declaration{file: p.Property(inventory.OpennessFile)}
	if d.file == "" {
		return d
	}
	d.Parts, d.Kinds = map[string]string{}, map[string]string{}
	for _, x := range p.Properties {
		name, license, _ := strings.Cut(x.Value, ": ")
		switch x.Name {
		case inventory.OpennessComponent:
			d.Parts[name] = license
		case inventory.OpennessLicense:
			d.Kinds[name] = license
		}
	}
	return d
}

// beside says what is declared of a criterion that is not met by what was found.
func (d declaration) beside(r views.Result) string {
	if d.file == "" || r.Answer == views.Met || r.Criterion.Kind == "" {
		return ""
	}
	license, ok := d.License(r.Criterion)
	switch {
	case !ok:
		return ""
	case license == "":
		return "; " + d.file + " declares it, without a license"
	}
	return "; " + d.file + " declares it under " + license
}

// licensesOf is what views ask of the rules, each answer kept.
type licensesOf struct{ *knowledge }

func (l licensesOf) License(id string) (*rulebase.License, error) {
	if x := l.knowledge.License(id); x != nil {
		return x, nil
	}
	return l.base.License(id)
}

// fact is what is known of the model about one thing that a view asks for. What
// no reader tells is unknown, and so is what only could be.
func (v *view) fact(name string) views.Fact {
	if freedom, ok := strings.CutPrefix(name, "grant-"); ok {
		return v.freedom(freedom)
	}
	switch name {
	case views.LicenseOpen:
		return v.freeLicense()
	case views.Code, views.TrainingCode:
		return partFact(v.c.Parts, partCode)
	case views.Datasets:
		return v.datasets()
	case views.FinalParameters:
		return v.finalParameters()
	case views.DataInformation:
		return v.dataInformation()
	case views.PublicParameters:
		return v.public(partFact(v.c.Parts, partParameters))
	case views.PublicArchitecture:
		return v.public(v.architecture())
	case views.PublicUsage:
		return v.usage()
	case views.ModelCard:
		return v.card()
	case views.DataCard:
		return v.dataCards()
	case views.EvaluationResults:
		return v.named(evaluated, "its card lists ")
	case views.ResearchPaper:
		return v.named(paperNamed, "a paper is named: arXiv ")
	}
	return views.Fact{Answer: notKnown, Why: "no file tells"}
}

// freedom is one of the four grants, bounded by the terms of the base.
func (v *view) freedom(name string) views.Fact {
	for _, g := range v.c.Grants {
		if g.Grant != name {
			continue
		}
		f := views.Fact{Answer: notKnown, Why: name + ": " + g.Answer + " (" + Cite(v.part.License.Concluded, g.Clause) + ")"}
		switch g.Answer {
		case "yes", "conditional":
			f.Answer = isThere
		case "limited", "no":
			f.Answer = isNot
		}
		if base := v.drifted(); base != nil && f.Answer == isThere {
			return base.freedom(f, name)
		}
		return f
	}
	return views.Fact{Answer: notKnown, Why: "nobody knows what its terms allow"}
}

// freedom bounds a freedom that a license gives by what a base gives whose terms
// hold too.
func (a *ancestor) freedom(f views.Fact, name string) views.Fact {
	for _, g := range grants(a.branches[0]) {
		switch {
		case g.Grant != name:
		case g.Answer == "yes", g.Answer == "conditional":
			return f
		case g.Answer == "limited", g.Answer == "no":
			return views.Fact{Answer: isNot, Why: a.bounds()}
		}
	}
	return views.Fact{Answer: notKnown, Why: a.bounds()}
}

// freeLicense answers whether the model is under a free and open-source license.
func (v *view) freeLicense() views.Fact {
	terms := termsText(v.part.terms)
	switch o := v.bounded(); o {
	case openSource:
		return views.Fact{Answer: isThere, Why: terms + " gives all four freedoms to everyone"}
	case unstated, "":
		return views.Fact{Answer: notKnown, Why: "its license is not known"}
	default:
		if base := v.drifted(); base != nil {
			return views.Fact{Answer: isNot, Why: base.bounds()}
		}
		return views.Fact{Answer: isNot, Why: terms + " is " + o}
	}
}

// partFact is what is known of one of the three parts.
func partFact(parts []Part, name string) views.Fact {
	for _, p := range parts {
		if p.Part == name {
			return views.Fact{Answer: p.Present, Why: p.Why, License: p.License}
		}
	}
	return views.Fact{Answer: notKnown, Why: "no file tells"}
}

// finalParameters are under the terms of the base too, where these hold and are
// not carried on.
func (v *view) finalParameters() views.Fact {
	f := partFact(v.c.Parts, partParameters)
	if base := v.drifted(); base != nil && f.License != "" {
		f.License = joined([]string{f.License, base.license})
	}
	return f
}

// datasets: what was declared is all that it was trained on only where nothing
// else was trained before it.
func (v *view) datasets() views.Fact {
	f := partFact(v.c.Parts, partDataset)
	based := slices.ContainsFunc(v.kin, func(a ancestor) bool { return wayOf(a.relation) != wayData })
	if f.Answer == isThere && based {
		f.Answer, f.Why = notKnown, f.Why+"; what its base was trained on is not in it"
	}
	return f
}

// dataInformation: data that is published tells itself what it is; names alone
// may be enough or not.
func (v *view) dataInformation() views.Fact {
	f := partFact(v.c.Parts, partDataset)
	if f.Answer == isThere && v.family == nil {
		f.Answer, f.Why = notKnown, f.Why+"; whether that is told in enough detail is to be read"
	}
	return f
}

// public keeps what is there only where it is known that everybody can get it: a
// publisher gave it away, under terms that let everyone pass it on.
func (v *view) public(f views.Fact) views.Fact {
	f.License = ""
	if f.Answer != isThere {
		return f
	}
	switch gated := v.part.Property("gated"); {
	case gated != "" && gated != "false":
		f.Answer, f.Why = notKnown, f.Why+"; access asks for terms to be accepted (gated: "+gated+")"
	case v.family == nil || v.bounded() != openSource:
		f.Answer, f.Why = notKnown, f.Why+"; whether everybody can get it is not known"
	case !strings.Contains(f.Why, v.family.Publisher):
		f.Why += ", published by " + v.family.Publisher
	}
	return f
}

// architecture is what files tell of the architecture.
func (v *view) architecture() views.Fact {
	for _, name := range architectureIs {
		if s := v.part.Property(name); s != "" {
			return views.Fact{Answer: isThere, Why: name + ": " + s}
		}
	}
	return views.Fact{Answer: notKnown, Why: "no file that was read tells it"}
}

// usage: a card may tell how the model is used; no reader understands it.
func (v *view) usage() views.Fact {
	f := v.card()
	if f.Answer == isThere {
		f.Answer, f.Why = notKnown, f.Why+" describes it; whether it tells the usage is to be read"
	}
	return f
}

// card is the model card; it is under the license of the repository.
func (v *view) card() views.Fact {
	for _, e := range v.part.Evidence {
		if e.Source == "card" {
			f := views.Fact{Answer: isThere, Why: e.Path}
			if len(v.part.choices) > 0 {
				f.License = v.part.License.Concluded
			}
			return f
		}
	}
	return views.Fact{Answer: notKnown, Why: "no card was read"}
}

// dataCards are the cards of the datasets that are components of the scan.
func (v *view) dataCards() views.Fact {
	var names, licenses []string
	for _, a := range v.kin {
		if wayOf(a.relation) != wayData {
			continue
		}
		if a.found == nil || !slices.ContainsFunc(a.found.Evidence, func(e inventory.Evidence) bool { return e.Source == "card" }) {
			return views.Fact{Answer: notKnown, Why: "the card of " + a.name + " was not read"}
		}
		names = append(names, a.name)
		if a.license != "" && !slices.Contains(licenses, a.license) {
			licenses = append(licenses, a.license)
		}
	}
	if len(names) == 0 {
		return views.Fact{Answer: notKnown, Why: "no training data is declared"}
	}
	return views.Fact{Answer: isThere, Why: "cards of " + named(names), License: joined(licenses)}
}

// named is a thing that the card only names.
func (v *view) named(property, why string) views.Fact {
	if s := v.part.Property(property); s != "" {
		return views.Fact{Answer: isThere, Why: why + s}
	}
	return views.Fact{Answer: notKnown, Why: "no file tells"}
}

// differs lists claims on what the component surely is that come to another
// openness.
func (v *view) differs() []Difference {
	out := []Difference{}
	claims, err := views.BuiltinClaims()
	if err != nil || v.family == nil {
		return out
	}
	for _, c := range claims.About(v.family.ID) {
		if c.Says == v.c.Openness || v.c.Openness == unstated {
			continue
		}
		d := Difference{From: claims.From, Claim: c.Claim, Says: c.Says, Here: v.c.Openness, Why: c.Because, Sources: []string{}}
		for _, s := range c.Sources {
			d.Sources = append(d.Sources, s.What+": "+s.URL)
		}
		out = append(out, d)
	}
	return out
}

// service is what the rules know of a hosted service; nil for what is none.
func (v *view) service() *Service {
	if !v.hosted() {
		return nil
	}
	s := &Service{}
	f := v.family
	if f == nil {
		f = &models.Family{}
	}
	s.Provider, s.Terms = f.Publisher, f.Terms
	s.Outputs, s.Inputs, s.Retention, s.Price = serviceFact(f.Outputs), serviceFact(f.Inputs), serviceFact(f.Retention), serviceFact(f.Price)
	return s
}

func serviceFact(f models.Fact) ServiceFact {
	if !f.Known() {
		text := f.Text
		if text == "" {
			text = "not known: read the terms"
		}
		return ServiceFact{Answer: notKnown, Text: text, AsOf: f.AsOf, Source: f.Source}
	}
	return ServiceFact{Answer: f.Answer, Text: f.Text, AsOf: f.AsOf, Source: f.Source}
}
