package rulebase

import "github.com/rukhsa/rukhsa/internal/yamlpos"

// The forms of the files under rules/licenses and rules/exceptions. The order
// of fields is the order of keys in a file.

type text = yamlpos.At[string]

type licenseFile struct {
	Pos         yamlpos.Pos
	ID          text             `yaml:"id,required"`
	Name        text             `yaml:"name,required"`
	Family      text             `yaml:"family,required"`
	Category    text             `yaml:"category,required" enum:"category"`
	Openness    text             `yaml:"openness,required" enum:"openness"`
	Steward     string           `yaml:"steward"`
	DesignedFor []text           `yaml:"designed_for,required" enum:"design"`
	Aliases     []text           `yaml:"aliases"`
	Copyleft    copyleftPart     `yaml:"copyleft,required"`
	Flags       []text           `yaml:"flags" enum:"flag"`
	Grants      []grantPart      `yaml:"grants,required"`
	Obligations []obligationPart `yaml:"obligations"`
	Compat      compatPart       `yaml:"compat"`
	Patent      *statementPart   `yaml:"patent"`
	Trademark   *statementPart   `yaml:"trademark"`
	Termination *statementPart   `yaml:"termination"`
	Law         *statementPart   `yaml:"law"`
	Sources     []sourcePart     `yaml:"sources,required"`
	Review      reviewPart       `yaml:"review,required"`
}

type copyleftPart struct {
	Pos     yamlpos.Pos
	Scope   string `yaml:"scope,required" enum:"copyleft scope"`
	Network string `yaml:"network,required" enum:"network"`
	Clause  string `yaml:"clause"`
}

type grantPart struct {
	Pos    yamlpos.Pos
	Grant  string `yaml:"grant,required" enum:"grant"`
	Answer string `yaml:"answer,required" enum:"answer"`
	Clause string `yaml:"clause"`
}

type obligationPart struct {
	Pos      yamlpos.Pos
	Type     text            `yaml:"type,required"`
	Class    text            `yaml:"class,required" enum:"class"`
	Strength string          `yaml:"strength,required" enum:"strength"`
	When     []text          `yaml:"when" enum:"context or join"`
	If       []conditionPart `yaml:"if"`
	Scope    string          `yaml:"scope,required" enum:"scope"`
	How      []text          `yaml:"how"`
	Clause   text            `yaml:"clause,required"`
	Text     text            `yaml:"text,required"`
	Value    string          `yaml:"value"`
}

type conditionPart struct {
	Pos   yamlpos.Pos
	Fact  string `yaml:"fact,required" enum:"fact"`
	Op    string `yaml:"op" enum:"operator"`
	Value string `yaml:"value"`
}

type compatPart struct {
	Conditions  []text          `yaml:"conditions" enum:"condition"`
	Accepts     []text          `yaml:"accepts" enum:"condition"`
	RelicenseTo []movePart      `yaml:"relicense_to"`
	Later       *movePart       `yaml:"later"`
	Undecided   []undecidedPart `yaml:"undecided"`
	Linking     *linkingPart    `yaml:"linking"`
	Train       *trainPart      `yaml:"train"`
	Outputs     *trainPart      `yaml:"outputs"`
}

// undecidedPart: as says on which side of the combination this license stands;
// without it on either.
type undecidedPart struct {
	Pos    yamlpos.Pos
	IDs    []text `yaml:"ids,required"`
	As     string `yaml:"as" enum:"side"`
	Clause string `yaml:"clause,required"`
	Text   text   `yaml:"text,required"`
}

// linkingPart: what a copyleft over more than its own files leaves to programs
// that only link with the work.
type linkingPart struct {
	Pos     yamlpos.Pos
	Program string `yaml:"program,required" enum:"linking program"`
	Clause  string `yaml:"clause,required"`
	Text    text   `yaml:"text,required"`
}

// movePart: last says that the way ends there; the license that is named does
// not open its own ways to a work that came to it like this.
type movePart struct {
	Pos    yamlpos.Pos
	IDs    []text `yaml:"ids,required"`
	Last   bool   `yaml:"last"`
	Clause string `yaml:"clause,required"`
}

// trainPart: what the text itself says about training a model on the material, or
// about what running the work puts out.
type trainPart struct {
	Answer string `yaml:"answer,required" enum:"train answer"`
	Clause string `yaml:"clause,required"`
	Text   text   `yaml:"text,required"`
}

type statementPart struct {
	Text   string `yaml:"text,required"`
	Clause string `yaml:"clause,required"`
}

type sourcePart struct {
	What string `yaml:"what,required"`
	URL  text   `yaml:"url,required"`
	Date text   `yaml:"date,required"`
}

type reviewPart struct {
	By string `yaml:"by,required" enum:"review by"`
	On text   `yaml:"on,required"`
}

type exceptionFile struct {
	Pos       yamlpos.Pos
	ID        text             `yaml:"id,required"`
	Name      text             `yaml:"name,required"`
	Category  text             `yaml:"category,required" enum:"category"` // what a copyleft license becomes with it
	Steward   string           `yaml:"steward"`
	Aliases   []text           `yaml:"aliases"`
	AppliesTo []text           `yaml:"applies_to"` // license ids; empty: any
	Copyleft  *copyleftPart    `yaml:"copyleft"`   // how far the license reaches with it, where {copyleft: true} is removed
	Removes   []removalPart    `yaml:"removes"`
	Adds      []obligationPart `yaml:"adds"`
	Lifts     []liftPart       `yaml:"lifts"`
	Links     []linksPart      `yaml:"links"`
	Sources   []sourcePart     `yaml:"sources,required"`
	Review    reviewPart       `yaml:"review,required"`
}

type removalPart struct {
	Pos      yamlpos.Pos
	Type     text   `yaml:"type"`
	Copyleft bool   `yaml:"copyleft"`
	Clause   string `yaml:"clause,required"`
	Text     text   `yaml:"text,required"`
}

// linksPart: works that may be linked with one under the exception where its
// license alone does not let them.
type linksPart struct {
	Pos    yamlpos.Pos
	IDs    []text `yaml:"ids"`            // the licenses of the other work; empty: any
	Open   bool   `yaml:"open"`           // only open-source ones
	As     string `yaml:"as" enum:"side"` // the side on which the exception stands; empty: either
	Clause string `yaml:"clause,required"`
	Text   text   `yaml:"text,required"`
}

// liftPart: conditions of the license that do not stand against works under
// some other licenses.
type liftPart struct {
	Pos        yamlpos.Pos
	Conditions []text `yaml:"conditions,required" enum:"condition"`
	IDs        []text `yaml:"ids"`      // the licenses of the other work; empty: any
	Compiled   bool   `yaml:"compiled"` // for compiled forms only
	Clause     string `yaml:"clause,required"`
	Text       text   `yaml:"text,required"`
}

func (f *licenseFile) license(path string) *License {
	l := &License{
		ID: f.ID.Value, Name: f.Name.Value, Family: f.Family.Value, Category: f.Category.Value, Openness: f.Openness.Value,
		Steward: f.Steward, DesignedFor: values(f.DesignedFor), Aliases: values(f.Aliases), Flags: values(f.Flags),
		Copyleft:   Copyleft{f.Copyleft.Scope, f.Copyleft.Network, f.Copyleft.Clause},
		Conditions: values(f.Compat.Conditions), Accepts: values(f.Compat.Accepts),
		Patent: f.Patent.statement(), Trademark: f.Trademark.statement(), Termination: f.Termination.statement(), Law: f.Law.statement(),
		Sources: sources(f.Sources), Review: Review{f.Review.By, f.Review.On.Value}, Full: true, File: path,
	}
	for _, g := range f.Grants {
		l.Grants = append(l.Grants, Grant{g.Grant, g.Answer, g.Clause})
	}
	l.Obligations = obligations(f.Obligations)
	for _, r := range f.Compat.RelicenseTo {
		to := &l.RelicenseTo
		if r.Last {
			to = &l.Last
		}
		*to = append(*to, Relicense{values(r.IDs), r.Clause})
	}
	for _, u := range f.Compat.Undecided {
		l.Undecided = append(l.Undecided, Undecided{values(u.IDs), u.As, u.Clause, u.Text.Value})
	}
	if p := f.Compat.Linking; p != nil {
		l.Linking = &Linking{p.Program, p.Clause, p.Text.Value}
	}
	if v := f.Compat.Later; v != nil {
		l.LaterVersion = &Later{values(v.IDs), v.Last, v.Clause}
	}
	if t := f.Compat.Train; t != nil {
		l.Train = &Train{t.Answer, t.Clause, t.Text.Value}
	}
	if t := f.Compat.Outputs; t != nil {
		l.Outputs = &Train{t.Answer, t.Clause, t.Text.Value}
	}
	return l
}

func (f *exceptionFile) exception(path string) *Exception {
	e := &Exception{
		ID: f.ID.Value, Name: f.Name.Value, Category: f.Category.Value, Aliases: values(f.Aliases), AppliesTo: values(f.AppliesTo),
		Adds: obligations(f.Adds), Sources: sources(f.Sources), Review: Review{f.Review.By, f.Review.On.Value}, Full: true, File: path,
	}
	if f.Copyleft != nil {
		e.Copyleft = &Copyleft{f.Copyleft.Scope, f.Copyleft.Network, f.Copyleft.Clause}
	}
	for _, r := range f.Removes {
		e.Removes = append(e.Removes, Removal{Type: r.Type.Value, Copyleft: r.Copyleft, Clause: r.Clause, Text: r.Text.Value})
	}
	for _, p := range f.Lifts {
		e.Lifts = append(e.Lifts, Lift{values(p.Conditions), values(p.IDs), p.Compiled, p.Clause, p.Text.Value})
	}
	for _, p := range f.Links {
		e.Links = append(e.Links, Links{values(p.IDs), p.Open, p.As, p.Clause, p.Text.Value})
	}
	return e
}

func obligations(parts []obligationPart) []Obligation {
	var out []Obligation
	for _, p := range parts {
		o := Obligation{
			Type: p.Type.Value, Class: p.Class.Value, Strength: p.Strength, When: values(p.When), Scope: p.Scope,
			How: values(p.How), Clause: p.Clause.Value, Text: p.Text.Value, Value: p.Value, Line: p.Pos.Line,
		}
		for _, c := range p.If {
			o.If = append(o.If, Condition{Fact: c.Fact, Op: c.Op, Value: c.Value})
		}
		out = append(out, o)
	}
	return out
}

func sources(parts []sourcePart) []Source {
	var out []Source
	for _, p := range parts {
		out = append(out, Source{p.What, p.URL.Value, p.Date.Value})
	}
	return out
}

func (p *statementPart) statement() Statement {
	if p == nil {
		return Statement{}
	}
	return Statement{p.Text, p.Clause}
}

func values(ts []text) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Value)
	}
	return out
}
