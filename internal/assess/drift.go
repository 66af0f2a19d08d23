package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// judgeLineages says of every model and dataset whether the terms of what it was
// made from go on with it, and what its terms ask of its name, its files and
// those who use it.
func (j *judging) judgeLineages() {
	j.unstated = map[string][]int{}
	for i, f := range j.findings {
		if f.Code == diag.NoLicense || f.Code == diag.UnknownLicense {
			j.unstated[f.Component] = append(j.unstated[f.Component], i)
		}
	}
	j.findings = slices.Grow(j.findings, len(j.parts))
	for _, p := range j.parts {
		if p.Kind == inventory.Code || p.Kind == inventory.Asset || p.Scope == inventory.Main || p.apart != nil {
			continue
		}
		var open []ancestor
		for _, a := range j.ancestors(p) {
			switch wayOf(a.relation) {
			case wayChanged, wayAbsorbed, wayHeld:
				if !j.judgeBase(p, a) {
					open = append(open, a)
				}
			case wayLearned:
				j.judgeTeacher(p, a)
			case wayData:
				j.judgeData(p, a)
			}
		}
		j.openBases(p, open)
		j.judgeName(p)
		j.judgeModel(p)
	}
}

// judgeBase compares a part with something that it is a changed form of; false
// where nobody knows under which terms that comes.
func (j *judging) judgeBase(p *part, a ancestor) bool {
	if len(a.branches) == 0 {
		held := wayOf(a.relation) == wayHeld && a.found != nil // which has a finding of its own
		return held || a.guessed && a.family == nil            // a path on somebody's machine says nothing
	}
	text, own := j.own(p)
	if own == nil {
		if j.travels(a.branches) {
			j.withoutTerms(p, a)
		}
		return true
	}
	switch v := j.carried(own, a.branches); v.Verdict {
	case compat.No:
		j.drift(p, a, text, own, v)
	case compat.Check:
		j.lineageCheck(p, a, text, fmt.Sprintf("%s over %s of %s: to be decided", text, a.license, a.name), v)
	default:
		j.relabelled(p, a, text, own)
	}
	return true
}

// drift reports that a part claims terms which do not carry those of its base.
func (j *judging) drift(p *part, a ancestor, text string, own [][]Term, v compat.Verdict) {
	f := j.aboutBase(p, a, diag.LicenseDrift, text)
	f.Severity = j.soften(p, diag.Error)
	f.Message = fmt.Sprintf("%s over %s: the terms of %s do not travel", text, a.license, a.name)
	f.Help = fmt.Sprintf("pass it on under %s too and meet its clauses, or start from another base", a.license)
	if wayOf(a.relation) == wayHeld {
		f.Message = fmt.Sprintf("%s over the whole, %s over its component %s: the terms of %s do not travel", text, a.license, a.name, a.license)
		f.Help = fmt.Sprintf("pass the component on under %s and meet its clauses, or use another one", a.license)
	}
	switch {
	case samePublisher(p, a):
		f.Severity = diag.Note
		f.Because = append(f.Because, "by the same publisher, who may choose other terms for the own work")
	case a.guessed:
		f.Severity = j.soften(p, diag.Warning)
		f.Because = append(f.Because, "the base is only guessed: find out what it was made from")
	case a.unsure:
		f.Severity = j.soften(p, diag.Warning)
		f.Because = append(f.Because, "the license of the base may be another one: look it up")
	}
	f.Because = append(f.Because, v.Reason)
	f.Because = append(f.Because, travelling(a.branches[0])...)
	f.Because = append(f.Because, frees(own[0])...)
	j.findings = append(j.findings, f)
}

// aboutBase starts a finding on a part and one of its ancestors.
func (j *judging) aboutBase(p *part, a ancestor, code diag.Code, license string) diag.Finding {
	f := diag.Finding{
		Code: code, Component: p.ID, License: license, Location: location(p), Because: []string{}, Related: []diag.Loc{}, Paths: paths(p),
		Fingerprint: fingerprint(code, p, license, inventory.WithoutRevision(a.id)),
	}
	if len(a.via) > 0 {
		f.Because = append(f.Because, "made from "+a.name+" over "+strings.Join(a.via, ", "))
	}
	if a.reason != "" {
		f.Because = append(f.Because, a.name+": "+a.reason)
	}
	if a.found != nil && len(a.found.Locations) > 0 {
		f.Related = append(f.Related, location(a.found))
	}
	return f
}

// travelTypes are the duties and limits that a base hands on to what is made
// from it, in the order in which findings show them.
var travelTypes = []string{
	"same-license", "pass-on-use-restrictions", "bind-recipients", "include-license-text", "attribution-display", "display-on-ui", "name-prefix",
	"include-notice-file", "use-policy", "use-restrictions", "non-commercial", "research-only", "no-production-use", "no-redistribution",
	"no-derivatives", "scale-limit", "region-exclusion", "register-first", "no-train-other-models",
}

// maxClauses bounds the clauses that a finding shows of one license.
const maxClauses = 6

// travelling lists the clauses of a license that have to go on with what is
// made from the work, each type once.
func travelling(terms []Term) []string {
	var out []string
	for _, t := range terms {
		if t.License == nil {
			continue
		}
		for _, kind := range travelTypes {
			i := slices.IndexFunc(t.License.Obligations, func(o rulebase.Obligation) bool {
				return o.Type == kind && o.Strength == "must" && (len(o.When) == 0 || slices.ContainsFunc(o.When, rulebase.HandsOver))
			})
			if i < 0 || len(out) == maxClauses {
				continue
			}
			o := t.License.Obligations[i]
			s := Cite(t.Text, o.Clause) + ": " + o.Text
			if o.Value != "" && o.Class == "do" && len(o.Value) < 60 {
				s += fmt.Sprintf(" (%q)", o.Value)
			}
			out = append(out, s)
		}
	}
	return out
}

// frees says which freedoms the own terms hand on without that.
func frees(own []Term) []string {
	for _, t := range own {
		if t.License == nil {
			continue
		}
		var names, clauses []string
		for _, g := range t.License.Grants {
			if g.Answer == "yes" || g.Answer == "conditional" {
				names = append(names, g.Grant)
				if g.Clause != "" && !slices.Contains(clauses, g.Clause) {
					clauses = append(clauses, g.Clause)
				}
			}
		}
		if len(names) > 0 {
			return []string{fmt.Sprintf("%s: lets everybody %s it without that", Cite(t.Text, strings.Join(clauses, ", ")), strings.Join(names, ", "))}
		}
	}
	return nil
}

// travels reports whether some term of every branch hands duties or limits on
// that a permissive license would not carry.
func (j *judging) travels(branches [][]Term) bool {
	return !slices.ContainsFunc(branches, func(b []Term) bool {
		return !slices.ContainsFunc(b, func(t Term) bool { return !j.free(t) })
	})
}

// free reports whether terms ask for nothing beyond notices and conditions.
func (j *judging) free(t Term) bool {
	switch j.know.category(t) {
	case "public-domain", "permissive", "data-permissive":
		return true
	}
	return false
}

// withoutTerms reports a part without terms of its own over a base whose terms
// have to go on.
func (j *judging) withoutTerms(p *part, a ancestor) {
	f := j.aboutBase(p, a, diag.LineageCheck, p.License.Concluded)
	f.Severity = j.soften(p, diag.Warning)
	f.Message = fmt.Sprintf("no known license of its own over %s of %s: to be decided", a.license, a.name)
	f.Help = fmt.Sprintf("meet the terms of %s, and ask the publisher under which terms the work itself comes", a.license)
	f.Because = append(f.Because, travelling(a.branches[0])...)
	j.findings = append(j.findings, f)
}

// lineageCheck reports a step of a lineage that a person must decide.
func (j *judging) lineageCheck(p *part, a ancestor, license, message string, v compat.Verdict) {
	f := j.aboutBase(p, a, diag.LineageCheck, license)
	f.Severity, f.Message, f.Help = j.soften(p, diag.Warning), message, "read the clauses named and decide"
	if samePublisher(p, a) {
		f.Severity = diag.Note
	}
	f.Because = append(f.Because, reasons(v)...)
	j.findings = append(j.findings, f)
}

// openBases reports the bases of a part of which nobody knows the terms.
func (j *judging) openBases(p *part, open []ancestor) {
	if len(open) == 0 {
		return
	}
	var names []string
	f := j.aboutBase(p, open[0], diag.LineageCheck, p.License.Concluded)
	f.Because = []string{}
	for _, a := range open {
		names = append(names, a.name)
		if a.reason != "" {
			f.Because = append(f.Because, a.name+": "+a.reason)
		}
	}
	f.Severity = j.soften(p, diag.Warning)
	f.Message = "the license of what it was made from is not known: " + named(names)
	f.Help = "look up the license of the base, and scan it together with this"
	if !slices.ContainsFunc(open, func(a ancestor) bool { return !samePublisher(p, a) }) {
		f.Severity = diag.Note
	}
	j.findings = append(j.findings, f)
}

// judgeName asks about a part whose name says that it is, or was made from,
// something under terms that its own do not carry on, where no lineage says what
// it was made from.
func (j *judging) judgeName(p *part) {
	m, ok := j.self(p)
	if !ok || m.License == "" || p.Kind != inventory.Model || slices.ContainsFunc(p.Lineage, func(l inventory.Lineage) bool { return wayOf(l.Relation) == wayChanged }) {
		return
	}
	a := ancestor{id: m.ID, name: m.Name, license: m.License, branches: j.know.branches(m.License), publisher: m.Orgs}
	if len(a.branches) == 1 && len(a.branches[0]) > 1 {
		a.publisher = nil // of several licenses some are of others
	}
	text, own := j.own(p)
	if own == nil {
		return
	}
	if v := j.carried(own, a.branches); v.Verdict == compat.No {
		j.lineageCheck(p, a, text, fmt.Sprintf("%s, and its name says %s of %s, which is under %s: to be decided", text, m.Name, m.Publisher, m.License), v)
	}
}

// relabelled reports a base under open terms whose label was exchanged for one
// that asks for less: its notices have to stay.
func (j *judging) relabelled(p *part, a ancestor, text string, own [][]Term) {
	if samePublisher(p, a) || wayOf(a.relation) == wayHeld {
		return // a component keeps its own license, and its duties stand beside those of the whole
	}
	var lost []string
	for _, b := range a.branches[0] {
		if b.License == nil || slices.ContainsFunc(own[0], func(t Term) bool { return t.Text == b.Text }) {
			continue
		}
		lost = append(lost, j.lost(b, own[0])...)
	}
	if len(lost) == 0 || len(a.branches) > 1 || len(own) > 1 {
		return
	}
	f := j.aboutBase(p, a, diag.BaseRelabelled, text)
	f.Severity = j.soften(p, diag.Warning)
	f.Message = fmt.Sprintf("%s over %s: the notices of %s have to stay", text, a.license, a.name)
	f.Help = fmt.Sprintf("ship the license and notices of %s with it, and say what was changed", a.name)
	f.Because = append(f.Because, lost...)
	j.findings = append(j.findings, f)
}

// lost lists the duties of a permissive base that the own license knows nothing
// like: those of an action that none of its own duties belongs to.
func (j *judging) lost(base Term, own []Term) []string {
	have := map[string]bool{}
	for _, t := range own {
		for _, o := range t.Obligations() {
			have[j.know.base.ActionFor(o).ID] = true
		}
	}
	var out []string
	for _, o := range base.Obligations() {
		if o.Class == "do" && o.Strength == "must" && slices.ContainsFunc(o.When, rulebase.HandsOver) && !o.Derived && !have[j.know.base.ActionFor(o).ID] && !external(o) {
			s := Cite(base.Text, o.Clause) + ": " + o.Text
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// external reports whether a duty hangs on a fact of the user alone.
func external(o rulebase.Obligation) bool {
	return slices.ContainsFunc(o.If, func(c rulebase.Condition) bool { return c.Fact != "modified" && c.Fact != "has_notice_file" })
}
