// Package delta says what differs between two reports: components, licenses,
// duties and findings, and for each new finding what made it new. It compares
// and judges nothing; who wants to tell a change of the rules from a change of
// the project hands in what the rules of today say of the old facts.
package delta

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/report"
)

// Schema names the answer and its version.
const Schema = "rukhsa/diff/v1"

// Side is one of the two things that are compared.
type Side struct {
	Name     string        `json:"name"`   // as it was asked for
	Kind     string        `json:"kind"`   // report, revision, tree
	Commit   string        `json:"commit"` // of a revision
	AsOf     string        `json:"as_of"`  // the day at which its waivers were judged
	Complete bool          `json:"complete"`
	Policy   report.Policy `json:"policy"`
	Rules    report.Rules  `json:"rules"`
	Errors   int           `json:"errors"`
}

// The causes of a finding that is new.
const (
	ByProject = "project" // the project, or what it contains, is another one
	ByPolicy  = "policy"  // the policy says something else of the same facts
	ByWaiver  = "waiver"  // a waiver has ended or is gone
	ByRules   = "rules"   // the rules of the program say something else of the same facts
)

// Delta is what differs.
type Delta struct {
	Schema        string        `json:"schema"`
	Base          Side          `json:"base"`
	Head          Side          `json:"head"`
	PolicyChanged bool          `json:"policy_changed"`
	RulesChanged  bool          `json:"rules_changed"`
	Summary       Summary       `json:"summary"`
	Added         []Component   `json:"added"`
	Removed       []Component   `json:"removed"`
	Changed       []Change      `json:"changed"`
	Obligations   Obligations   `json:"obligations"`
	New           []Finding     `json:"new"`
	Gone          []Finding     `json:"gone"`
	NotCompared   []NotCompared `json:"not_compared"`
}

// Summary counts.
type Summary struct {
	New     Counts `json:"new"`      // findings that count
	ByRules int    `json:"by_rules"` // new findings that only other rules make, and that do not count
	Gone    int    `json:"gone"`     // errors and warnings
	Known   int    `json:"known"`    // errors and warnings that both have
	Added   int    `json:"added"`
	Removed int    `json:"removed"`
	Changed int    `json:"changed"` // another license, other duties, another part in the project
	Bumped  int    `json:"bumped"`  // another version and nothing else
}

// Counts counts findings by severity.
type Counts struct {
	Error   int `json:"error"`
	Warning int `json:"warning"`
	Note    int `json:"note"`
}

// Component is a component of one side.
type Component struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	Kind        string   `json:"kind"`
	Scope       string   `json:"scope"`
	License     string   `json:"license"` // with the branch of a choice that was taken
	Category    string   `json:"category"`
	Obligations []string `json:"obligations"`
}

// Change is a component that both sides have and that is not the same.
type Change struct {
	Base        Component   `json:"base"`
	Head        Component   `json:"head"`
	What        []string    `json:"what"`   // version, license, obligations, scope, text, replaced
	Unread      bool        `json:"unread"` // the files of base's were not at hand: its license and duties are not compared
	Cause       string      `json:"cause"`
	Obligations Obligations `json:"obligations"`
}

// Obligations are the duties that came and went, by id.
type Obligations struct {
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// Finding is a finding of one side.
type Finding struct {
	diag.Finding
	Cause string `json:"cause"` // of a new one; "" for one that is gone
	Was   string `json:"was"`   // what base said of it: "", waived, or a milder severity
}

// NotCompared is something of base that could not be read.
type NotCompared struct {
	Path string `json:"path"`
	Why  string `json:"why"`
	Help string `json:"help"`
}

// Of compares two reports. again is what the rules and the policy of head say of
// the facts of base, nil where that is not to be had.
func Of(base, head *report.Report, again []diag.Finding) *Delta {
	d := &Delta{
		Schema: Schema, Base: side(base), Head: side(head), Added: []Component{}, Removed: []Component{}, Changed: []Change{},
		New: []Finding{}, Gone: []Finding{}, NotCompared: []NotCompared{},
	}
	d.PolicyChanged = base.Policy.Digest != head.Policy.Digest
	d.RulesChanged = base.Tool.Rules.Digest != head.Tool.Rules.Digest
	d.components(base, head)
	d.Obligations = obligationsOf(due(base), due(head))
	d.findings(base, head, again)
	for _, p := range base.Errors {
		d.NotCompared = append(d.NotCompared, NotCompared{p.Path, p.Message, p.Help})
	}
	return d
}

func side(r *report.Report) Side {
	return Side{AsOf: r.AsOf, Complete: r.Complete, Policy: r.Policy, Rules: r.Tool.Rules, Errors: len(r.Errors)}
}

// due lists the obligations that ask for something.
func due(r *report.Report) []string {
	out := []string{}
	for _, o := range r.Obligations {
		if o.Status == "due" || o.Status == "confirm" {
			out = append(out, o.ID)
		}
	}
	return out
}

func obligationsOf(base, head []string) Obligations {
	return Obligations{Added: without(head, base), Removed: without(base, head)}
}

// without lists what is in one list and not in the other.
func without(list, other []string) []string {
	out := []string{}
	for _, s := range list {
		if !slices.Contains(other, s) {
			out = append(out, s)
		}
	}
	return out
}

// known is how base and head tell a finding: its fingerprint.
type known struct {
	severity diag.Severity
	waived   bool
}

func byFingerprint(list []diag.Finding) map[string]known {
	out := map[string]known{}
	for _, f := range list {
		out[f.Fingerprint] = known{f.Severity, f.Waived != nil}
	}
	return out
}

func (d *Delta) findings(base, head *report.Report, again []diag.Finding) {
	old, now, said := byFingerprint(base.Findings), byFingerprint(head.Findings), byFingerprint(again)
	same := sameComponents(base, head)
	for _, f := range head.Findings {
		if f.Waived != nil {
			continue
		}
		was, ok := old[f.Fingerprint]
		x := Finding{Finding: f}
		switch {
		case ok && was.waived:
			x.Was, x.Cause = "waived", ByWaiver
		case ok && f.Severity.Rank() >= was.severity.Rank():
			if f.Severity != diag.Note {
				d.Summary.Known++
			}
			continue
		case ok:
			x.Was = string(was.severity)
		}
		if x.Cause == "" {
			s, again := said[f.Fingerprint]
			x.Cause = d.cause(again && !s.waived && s.severity.Rank() <= f.Severity.Rank(), same[f.Component])
		}
		d.New = append(d.New, x)
		switch {
		case x.Cause == ByRules:
			d.Summary.ByRules++
		case f.Severity == diag.Error:
			d.Summary.New.Error++
		case f.Severity == diag.Warning:
			d.Summary.New.Warning++
		default:
			d.Summary.New.Note++
		}
	}
	for _, f := range base.Findings {
		if f.Waived != nil {
			continue
		}
		n, ok := now[f.Fingerprint]
		switch {
		case !ok:
			d.Gone = append(d.Gone, Finding{Finding: f})
		case n.waived:
			d.Gone = append(d.Gone, Finding{Finding: f, Was: "waived now"})
		}
	}
	for _, f := range d.Gone {
		if f.Severity != diag.Note {
			d.Summary.Gone++
		}
	}
}

// cause says what made a finding new. again: the same is said of the old facts
// by the rules and policy of today; same: nothing is new of the component but
// what the rules read in its texts.
func (d *Delta) cause(again, same bool) string {
	switch {
	case again && d.RulesChanged && !d.PolicyChanged:
		return ByRules
	case again && !d.RulesChanged && !d.PolicyChanged:
		return ByWaiver // only the day is another one
	case again:
		return ByPolicy
	case same && d.RulesChanged && !d.PolicyChanged:
		return ByRules
	}
	return ByProject
}

// sameComponents tells, by id, which components of head are the very same things
// in base, whatever was concluded of them.
func sameComponents(base, head *report.Report) map[string]bool {
	old := map[string]*report.Component{}
	for i := range base.Components {
		old[base.Components[i].ID] = &base.Components[i]
	}
	out := map[string]bool{}
	for i := range head.Components {
		c := &head.Components[i]
		o, ok := old[c.ID]
		out[c.ID] = ok && sameThing(o, c)
	}
	return out
}

// sameThing reports whether nothing of a component is new but what is read in
// it: version and texts are the same. Of an artefact without a version that
// cannot be told: its card may say something else.
func sameThing(a, b *report.Component) bool {
	return a.Version == b.Version && sameSet(a.Texts, b.Texts) && (a.Version != "" || a.Kind == inventory.Code && len(a.Texts) > 0)
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
