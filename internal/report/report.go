// Package report is the one document that a scan produces, and its renderings.
// A Report holds every fact that a judgement needs; every format is a pure
// function of it, so that `convert` renders a decoded report to the same bytes.
package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// Schema names the document and its version. Inside a version the document
// only gains fields.
const Schema = "rukhsa/report/v1"

// Disclaimer stands once in every report that people read.
const Disclaimer = "Statements about texts and files, not legal advice."

// Report is the canonical document. Make one with New: it sorts every list and
// leaves none null.
type Report struct {
	Schema      string              `json:"schema"`
	Disclaimer  string              `json:"disclaimer"`
	Tool        Tool                `json:"tool"`
	Complete    bool                `json:"complete"`
	AsOf        string              `json:"as_of"`
	FailOn      FailOn              `json:"fail_on"`
	Dir         string              `json:"dir"` // the working directory, as seen from the repository's root
	Targets     []inventory.Target  `json:"targets"`
	Go          inventory.GoInfo    `json:"go"`
	Programs    []inventory.Program `json:"programs"`
	Project     assess.Project      `json:"project"`
	Use         assess.Use          `json:"use"`
	Policy      Policy              `json:"policy"`
	Summary     Summary             `json:"summary"`
	Components  []Component         `json:"components"`
	Obligations []assess.Obligation `json:"obligations"`
	Actions     []assess.Action     `json:"actions"`
	Questions   []assess.Question   `json:"questions"`
	Findings    []diag.Finding      `json:"findings"`
	Errors      []diag.Problem      `json:"errors"`
	NotExamined []diag.NotExamined  `json:"not_examined"`
	Texts       []inventory.Text    `json:"texts"`
}

// Tool says which program and which knowledge wrote the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Rules   Rules  `json:"rules"`
}

// Rules identifies the knowledge.
type Rules struct {
	Digest   string `json:"digest"`
	Date     string `json:"date"`
	SPDXList string `json:"spdx_list"`
}

// Policy identifies the policy that was applied.
type Policy struct {
	Name   string        `json:"name"`
	Path   string        `json:"path"` // "" for a built-in profile
	Digest string        `json:"digest"`
	Layers []PolicyLayer `json:"layers"`
}

// PolicyLayer is one file or profile that the policy was made of.
type PolicyLayer struct {
	Layer  string `json:"layer"` // built-in, base (what the file extends), repository (the file itself)
	Name   string `json:"name"`
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

// Facts and Judged are the two halves of a component.
type (
	Facts  = inventory.Component
	Judged = assess.Component
)

// Component is one component: what was found, and what follows.
type Component struct {
	Facts
	Judged
}

// Summary counts.
type Summary struct {
	Components int      `json:"components"`
	ByKind     []Count  `json:"by_kind"`
	ByScope    []Count  `json:"by_scope"`
	ByLicense  []Count  `json:"by_license"`
	ByCategory []Count  `json:"by_category"`
	ByOpenness []Count  `json:"by_openness"`
	Findings   Severity `json:"findings"`
	Actions    int      `json:"actions"`
	Questions  int      `json:"questions"`
	Errors     int      `json:"errors"`
}

// Count is one line of a tally.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Severity counts findings.
type Severity struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
	Waived  int `json:"waived"`
	Known   int `json:"known"` // errors and warnings that a baseline has
}

// FailOn is what makes exit code 1.
type FailOn string

// What can make it.
const (
	FailError   FailOn = "error"
	FailWarning FailOn = "warning" // errors and warnings
	FailNew     FailOn = "new"     // errors that no baseline has
	FailNever   FailOn = "never"
)

// FailOns lists what can make exit code 1, the default first.
func FailOns() []FailOn { return []FailOn{FailError, FailWarning, FailNew, FailNever} }

// Fails reports whether a finding of the report makes exit code 1. What the
// report does not say or is not known counts as the default.
func (r *Report) Fails(f *diag.Finding) bool {
	if f.Waived != nil {
		return false
	}
	isError := severity(f) == diag.Error
	switch r.FailOn {
	case FailNever:
		return false
	case FailNew:
		return isError && !f.Known
	case FailWarning:
		return isError || f.Severity == diag.Warning
	}
	return isError
}

// severity is that of a finding; a word of another version weighs most.
func severity(f *diag.Finding) diag.Severity {
	if !slices.Contains(diag.Severities(), f.Severity) {
		return diag.Error
	}
	return f.Severity
}

// settled reports whether somebody has decided about a finding already: it is
// waived, or in the baseline.
func settled(f *diag.Finding) bool { return f.Waived != nil || f.Known }

// Count makes the summary anew, after findings were marked as known.
func (r *Report) Count() { r.Summary = summarize(r) }

// Head is what a report says about its making.
type Head struct {
	Tool   Tool
	AsOf   string
	Policy Policy
	Texts  bool // carry the texts
}

// New makes the canonical document of an inventory and its judgement. It takes
// both over: their lists are sorted and their strings made valid in place.
func New(h Head, inv *inventory.Inventory, j *assess.Judgement) *Report {
	r := &Report{
		Schema: Schema, FailOn: FailError, Disclaimer: Disclaimer, Tool: h.Tool, AsOf: h.AsOf, Policy: h.Policy,
		Complete: len(inv.Errors) == 0,
		Dir:      inv.Dir, Targets: inv.Targets, Go: inv.Go, Programs: inv.Programs,
		Project: j.Project, Use: j.Use,
		Obligations: j.Obligations, Actions: j.Actions, Questions: j.Questions, Findings: j.Findings,
		Errors: inv.Errors, NotExamined: inv.NotExamined,
	}
	r.Components = make([]Component, 0, len(inv.Components))
	for i := range inv.Components {
		c := Component{Facts: inv.Components[i], Judged: j.Components[i]}
		c.License.Choice = c.Choice
		r.Components = append(r.Components, c)
	}
	if h.Texts {
		for d, c := range inv.Texts {
			r.Texts = append(r.Texts, inventory.Text{Digest: d, Content: c})
		}
	}
	complete(r)
	canonical(r)
	r.Summary = summarize(r)
	return r
}

// Inventory returns the factual half of the report, to be judged again.
func (r *Report) Inventory() *inventory.Inventory {
	inv := &inventory.Inventory{
		Dir: r.Dir, Targets: r.Targets, Go: r.Go, Programs: r.Programs, Errors: r.Errors, NotExamined: r.NotExamined,
		Texts: make(map[string]string, len(r.Texts)),
	}
	for _, c := range r.Components {
		inv.Components = append(inv.Components, c.Facts)
	}
	for _, t := range r.Texts {
		inv.Texts[t.Digest] = t.Content
	}
	return inv
}

func canonical(r *Report) {
	slices.SortFunc(r.Targets, func(a, b inventory.Target) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Kind, b.Kind), strings.Compare(a.Root, b.Root))
	})
	slices.SortFunc(r.Programs, func(a, b inventory.Program) int {
		return cmp.Or(strings.Compare(a.Root, b.Root), strings.Compare(a.Package, b.Package))
	})
	slices.SortFunc(r.Components, func(a, b Component) int { return a.Facts.Compare(&b.Facts) })
	slices.SortFunc(r.Findings, diag.Finding.Compare)
	slices.SortFunc(r.Errors, diag.Problem.Compare)
	slices.SortFunc(r.NotExamined, diag.NotExamined.Compare)
	r.NotExamined = slices.Compact(r.NotExamined)
	slices.SortFunc(r.Texts, func(a, b inventory.Text) int { return strings.Compare(a.Digest, b.Digest) })
	slices.SortFunc(r.Obligations, func(a, b assess.Obligation) int { return strings.Compare(a.ID, b.ID) })
	for i := range r.Components {
		c := &r.Components[i]
		slices.SortFunc(c.Evidence, inventory.Evidence.Compare)
		slices.SortFunc(c.Nested, func(a, b inventory.Nested) int { return strings.Compare(a.Path, b.Path) })
		slices.SortFunc(c.LinkedBy, func(a, b inventory.Link) int { return strings.Compare(a.Root, b.Root) })
		slices.SortFunc(c.Locations, diag.Loc.Compare)
	}
}

func summarize(r *Report) Summary {
	s := Summary{Components: len(r.Components), Actions: len(r.Actions), Questions: len(r.Questions), Errors: len(r.Errors)}
	var kind, scope, license, category, openness = tally{}, tally{}, tally{}, tally{}, tally{}
	for i := range r.Components {
		c := &r.Components[i]
		kind[string(c.Kind)]++
		scope[string(c.Scope)]++
		license[c.License.Concluded]++
		category[c.Category]++
		openness[c.Openness]++
	}
	s.ByKind, s.ByScope, s.ByLicense, s.ByCategory, s.ByOpenness = kind.list(), scope.list(), license.list(), category.list(), openness.list()
	for _, f := range r.Findings {
		if f.Known && f.Waived == nil && f.Severity != diag.Note {
			s.Findings.Known++
		}
		switch {
		case f.Waived != nil:
			s.Findings.Waived++
		case f.Severity == diag.Error:
			s.Findings.Error++
		case f.Severity == diag.Warning:
			s.Findings.Warning++
		case f.Severity == diag.Note:
			s.Findings.Note++
		}
	}
	return s
}

type tally map[string]int

// list orders by count, most first, then by name.
func (t tally) list() []Count {
	out := make([]Count, 0, len(t))
	for n, c := range t {
		out = append(out, Count{n, c})
	}
	slices.SortFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return out
}
