package cli

import (
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

const explainSchema = "rukhsa/explain/v1"

// explainedLicense is everything that the rules say of a license.
type explainedLicense struct {
	Schema string `json:"schema"`
	Kind   string `json:"kind"`
	head
	Steward     string           `json:"steward"`
	Flags       []string         `json:"flags"`
	Grants      []rulebase.Grant `json:"grants"`
	DesignedFor []string         `json:"designed_for"`
	Copyleft    copyleft         `json:"copyleft"`
	Obligations []askedDuty      `json:"obligations"` // what has to be done (do) and what may not be (dont)
	Limits      []askedDuty      `json:"limits"`      // bounds on the grant and what ends it
	Conditions  []string         `json:"conditions"`  // what it asks beyond notices; they decide compatibility
	Later       clausedIDs       `json:"later"`       // versions that may be taken instead
	RelicenseTo []clausedIDs     `json:"relicense_to"`
	Training    training         `json:"training"` // of models on the material or its outputs
	Patent      statement        `json:"patent"`
	Trademark   statement        `json:"trademark"`
	Termination statement        `json:"termination"`
	Law         statement        `json:"law"`
	Aliases     []string         `json:"aliases"`
	Sources     []source         `json:"sources"`
	Review      review           `json:"review"`
}

type copyleft struct {
	Scope   string `json:"scope"`
	Network string `json:"network"`
	Clause  string `json:"clause"`
}

type clausedIDs struct {
	IDs    []string `json:"ids"`
	Clause string   `json:"clause"`
}

type statement struct {
	Text   string `json:"text"`
	Clause string `json:"clause"`
}

type training struct {
	Answer string `json:"answer"` // yes, no, check; silent where the text does not speak of it
	Text   string `json:"text"`
	Clause string `json:"clause"`
}

// trainingOf is what the text says of training models; where no word of the rule
// is about it, a duty that training triggers leaves it to a person.
func trainingOf(l *rulebase.License) training {
	if l.Train != nil {
		return training{l.Train.Answer, l.Train.Text, l.Train.Clause}
	}
	for _, o := range l.Obligations {
		if o.Class != "do" && o.Strength == "must" && slices.ContainsFunc(o.When, func(w string) bool { return slices.Contains(trainContexts, w) }) {
			return training{"check", o.Text, o.Clause}
		}
	}
	return training{Answer: "silent"}
}

// trainContexts are the contexts of training on the material or its outputs.
var trainContexts = []string{"train-on-data", "train-on-outputs", "distill"}

type source struct {
	What string `json:"what"`
	URL  string `json:"url"`
	Date string `json:"date"`
}

type review struct {
	By string `json:"by"`
	On string `json:"on"`
}

// explainedException is everything that the rules say of an exception.
type explainedException struct {
	Schema      string      `json:"schema"`
	Kind        string      `json:"kind"`
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	Category    string      `json:"category"` // what a license of a heavier category becomes with it
	Deprecated  bool        `json:"deprecated"`
	Replacement string      `json:"replacement"`
	Full        bool        `json:"full"`
	AppliesTo   []string    `json:"applies_to"`
	Copyleft    copyleft    `json:"copyleft"` // the reach that is left; empty where it does not change
	Removes     []removal   `json:"removes"`
	Adds        []askedDuty `json:"adds"`
	Aliases     []string    `json:"aliases"`
	Sources     []source    `json:"sources"`
	Review      review      `json:"review"`
}

type removal struct {
	Type     string `json:"type"`
	Copyleft bool   `json:"copyleft"`
	Clause   string `json:"clause"`
	Text     string `json:"text"`
}

// explainedExpression is what holds of an expression as a whole.
type explainedExpression struct {
	Schema     string            `json:"schema"`
	Kind       string            `json:"kind"`
	Expression string            `json:"expression"`
	Category   string            `json:"category"` // of an AND the heaviest, of an OR the lightest
	Branches   []explainedBranch `json:"branches"`
}

type explainedBranch struct {
	Expression  string      `json:"expression"`
	Category    string      `json:"category"`
	Licenses    []head      `json:"licenses"`
	Exceptions  []string    `json:"exceptions"`
	Obligations []askedDuty `json:"obligations"`
}

// explainedFamily is a name that says too little.
type explainedFamily struct {
	Schema  string   `json:"schema"`
	Kind    string   `json:"kind"`
	Label   string   `json:"label"`
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// explainLicense explains a license, an exception, an expression of several or
// the name of a family. It reports whether what is one of them; only then is
// something written or an error returned.
func (a *app) explainLicense(base *rulebase.Base, what, format string) (bool, error) {
	if f, ok := base.Family(what); ok {
		return true, a.answer(format, explainedFamily{explainSchema, "family", f.Label, f.Name, notNil(f.Members)}, func() string { return familyText(base, f) })
	}
	if h, ok := base.Lookup(what); ok {
		return true, a.explainHead(base, h, format)
	}
	e, err := spdx.Parse(what, base.SPDX())
	if err != nil {
		return false, nil
	}
	if l, ok := e.(spdx.License); ok && l.Exception == "" {
		h, ok := base.Lookup(l.ID)
		if !ok {
			return false, nil
		}
		return true, a.explainHead(base, h, format)
	}
	q, err := ask(base, what)
	if err != nil {
		return true, err
	}
	x := expressionOf(base, q)
	return true, a.answer(format, x, func() string { return expressionText(base, q, x) })
}

func (a *app) explainHead(base *rulebase.Base, h rulebase.Head, format string) error {
	if h.Exception {
		e, err := base.Exception(h.ID)
		if err != nil {
			return err
		}
		return a.answer(format, exceptionOf(e), func() string { return exceptionText(base, e) })
	}
	l, err := base.License(h.ID)
	if err != nil {
		return err
	}
	return a.answer(format, licenseOf(h, l), func() string { return licenseText(base, h, l) })
}

// answer writes the JSON of an answer or its text.
func (a *app) answer(format string, doc any, text func() string) error {
	if format == "json" {
		return report.EncodeJSON(a.Out, doc, true)
	}
	_, err := io.WriteString(a.Out, text())
	return err
}

func licenseOf(h rulebase.Head, l *rulebase.License) explainedLicense {
	x := explainedLicense{
		Schema: explainSchema, Kind: "license", head: headOf(h), Steward: l.Steward, Flags: notNil(l.Flags), Grants: l.Grants,
		DesignedFor: notNil(l.DesignedFor), Copyleft: copyleft(l.Copyleft), Obligations: []askedDuty{}, Limits: []askedDuty{},
		Conditions: notNil(l.Conditions), RelicenseTo: []clausedIDs{}, Training: trainingOf(l), Patent: statement(l.Patent), Trademark: statement(l.Trademark),
		Termination: statement(l.Termination), Law: statement(l.Law), Aliases: notNil(h.Aliases), Sources: sources(l.Sources), Review: review(l.Review),
	}
	for _, d := range duties(h.ID, l.Obligations) {
		if d.Class == "limit" {
			x.Limits = append(x.Limits, d)
		} else {
			x.Obligations = append(x.Obligations, d)
		}
	}
	x.Later.IDs = []string{}
	if l.LaterVersion != nil {
		x.Later = clausedIDs{IDs: l.LaterVersion.IDs, Clause: l.LaterVersion.Clause}
	}
	for _, r := range l.Moves() {
		x.RelicenseTo = append(x.RelicenseTo, clausedIDs(r))
	}
	return x
}

// duties are obligations as they stand in a rule: whether they are due hangs on
// what is done.
func duties(license string, list []rulebase.Obligation) []askedDuty {
	out := []askedDuty{}
	for _, o := range list {
		d := dutyOf(duty.Item{License: license, Obligation: o, Derived: o.Derived, If: duty.Conditions(o.If)})
		switch {
		case o.Strength == "should":
			d.Status = string(duty.NotDue)
		case o.Derived || len(o.If) > 0:
			d.Status = string(duty.Confirm)
		default:
			d.Status = string(duty.Due)
		}
		out = append(out, d)
	}
	return out
}

func sources(list []rulebase.Source) []source {
	out := []source{}
	for _, s := range list {
		out = append(out, source(s))
	}
	return out
}

func exceptionOf(e *rulebase.Exception) explainedException {
	x := explainedException{
		Schema: explainSchema, Kind: "exception", ID: e.ID, Name: e.Name, Category: e.Category, Deprecated: e.Deprecated,
		Replacement: e.Replacement, Full: e.Full, AppliesTo: notNil(e.AppliesTo), Removes: []removal{}, Adds: duties(e.ID, e.Adds),
		Aliases: notNil(e.Aliases), Sources: sources(e.Sources), Review: review(e.Review),
	}
	if e.Copyleft != nil {
		x.Copyleft = copyleft(*e.Copyleft)
	}
	for _, r := range e.Removes {
		x.Removes = append(x.Removes, removal(r))
	}
	return x
}

func expressionOf(base *rulebase.Base, q asked) explainedExpression {
	x := explainedExpression{Schema: explainSchema, Kind: "expression", Expression: q.text, Category: base.Category(q.expr), Branches: []explainedBranch{}}
	all := obligationsOf(base, q, []string{}, []string{})
	for i, terms := range q.branches {
		b := explainedBranch{Expression: termsText(terms), Licenses: []head{}, Exceptions: []string{}, Obligations: all.Obligations}
		if len(all.Branches) > 0 {
			b.Obligations = all.Branches[i].Obligations
		}
		if e, err := spdx.ParseLax(b.Expression); err == nil {
			b.Category = base.Category(e)
		}
		for _, t := range terms {
			if h, ok := base.Lookup(t.License.ID); ok && !slices.ContainsFunc(b.Licenses, func(o head) bool { return o.ID == h.ID }) {
				b.Licenses = append(b.Licenses, headOf(h))
			}
			if t.Exception != nil && !slices.Contains(b.Exceptions, t.Exception.ID) {
				b.Exceptions = append(b.Exceptions, t.Exception.ID)
			}
		}
		x.Branches = append(x.Branches, b)
	}
	return x
}

func familyText(base *rulebase.Base, f rulebase.Family) string {
	var b strings.Builder
	b.WriteString(f.Label + " · " + f.Name + ": a name that says too little to be a license\n")
	if len(f.Members) == 0 {
		b.WriteString("Ask for the license's own name or text.\n")
		return b.String()
	}
	b.WriteString("It may mean\n")
	for _, id := range f.Members {
		if h, ok := base.Lookup(id); ok {
			b.WriteString("  " + wrapped(h.ID+": "+h.Name+" · "+h.Category+" · "+h.Openness, 2, 6) + "\n")
		}
	}
	return b.String()
}
