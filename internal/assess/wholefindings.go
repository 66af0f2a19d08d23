package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// wholeOnly notes that a unit holds together only under a choice or a later
// version of its license.
func (j *judging) wholeOnly(u *unit, terms []Term) {
	if u.main == nil {
		return
	}
	license := termsText(terms)
	f := diag.Finding{
		Code: diag.LaterVersion, Severity: diag.Note, Component: u.main.ID, License: license,
		Message:  fmt.Sprintf("%s: as a whole only under %s", u.name, license),
		Location: location(u.main), Because: []string{}, Related: []diag.Loc{}, Paths: [][]string{},
		Help:        fmt.Sprintf("ship the text of %s with it", license),
		Fingerprint: fingerprint(diag.LaterVersion, u.main, license, u.root),
	}
	for _, p := range u.parts {
		own := u.outbound.branches[0]
		if v := j.fit(own, p.terms, relation(p)); v.Verdict != compat.Yes && j.matters(own, p) {
			f.Because = append(f.Because, fmt.Sprintf("%s: %s", p.Name, v.Reason))
		}
	}
	j.findings = append(j.findings, f)
}

// misfit reports a part that the unit's license cannot carry in any version.
func (j *judging) misfit(u *unit, p *part, v compat.Verdict) {
	switch {
	case v.Cause == compat.Restricted && p.refused:
		return // said already
	case v.Cause == compat.Condition:
		j.condition(u, p, v)
		return
	}
	code, what := diag.CopyleftProgram, fmt.Sprintf("%s in %s", v.Inbound, j.work(u, true))
	switch {
	case v.Cause == compat.Restricted:
		code = diag.Incompatible
	case !j.handsOver() && j.serves():
		code = diag.NetworkCopyleft
		what = fmt.Sprintf("%s linked into a service: its users may ask for the source of all of %s", v.Inbound, u.name)
	}
	help := j.before() + "replace it"
	if way := j.wayOut(u); way != "" {
		help += fmt.Sprintf(", or license %s under %s", u.name, way)
	}
	j.whole(u, p, finding{code: code, sev: j.wholeSeverity(diag.Error), verdict: v, message: what, help: help})
}

// work describes a unit: "a distributed binary of an Apache-2.0 program".
func (j *judging) work(u *unit, article_ bool) string {
	kind := "program"
	if u.library {
		kind = "library"
	}
	s := article(u.outbound.text + " " + kind)
	if len(u.outbound.readings) > 0 {
		s = "a " + kind + " whose license is not clear"
	}
	switch {
	case !article_:
		return s
	case slices.Contains(j.use.Contexts, distributeBinary) && !u.library:
		return "a distributed binary of " + s
	case !j.handsOver() && !j.serves():
		return s + " that is only used internally"
	}
	return s
}

// wholeSeverity is that of a whole that does not hold together: a note where
// nothing leaves the house.
func (j *judging) wholeSeverity(s diag.Severity) diag.Severity {
	if j.handsOver() || j.serves() {
		return s
	}
	return diag.Note
}

// before starts the advice on what stays in the house.
func (j *judging) before() string {
	if j.handsOver() || j.serves() {
		return ""
	}
	return "before it is shipped or served: "
}

// doubt reports a part of which a person must decide.
func (j *judging) doubt(u *unit, p *part, v compat.Verdict) {
	if p.refused || j.decided(p, v) {
		return
	}
	f := finding{code: diag.Undecided, sev: j.wholeSeverity(diag.Warning), verdict: v,
		message: fmt.Sprintf("%s in %s: to be decided", v.Inbound, j.work(u, true)),
		help:    "read the clauses named and decide"}
	if v.Cause == compat.Relinking {
		f.code = diag.LibraryCopyleft
		f.message = fmt.Sprintf("%s in %s: recipients must be able to relink it", v.Inbound, j.work(u, true))
		f.help = fmt.Sprintf("publish the source of %s, give recipients what relinking needs, or replace it", u.name)
	}
	j.whole(u, p, f)
}

// decided reports whether the policy allows by name a license whose own terms
// are what is in doubt.
func (j *judging) decided(p *part, v compat.Verdict) bool {
	if v.Cause != compat.Restricted && v.Cause != compat.NotKnown {
		return false
	}
	i := slices.IndexFunc(p.terms, func(t Term) bool { return t.Text == v.Inbound })
	return i >= 0 && j.stance.named(p.terms[i])
}

// finding is a finding about a part of a whole, before it is written down.
type finding struct {
	code    diag.Code
	sev     diag.Severity
	verdict compat.Verdict
	message string
	help    string
}

// whole writes a finding about a part of a unit, or adds the unit to the same
// finding of another one.
func (j *judging) whole(u *unit, p *part, f finding) {
	if f.sev == "" {
		return
	}
	fp := fingerprint(f.code, p, f.verdict.Inbound, f.verdict.Outbound)
	for i := range j.findings {
		if old := &j.findings[i]; old.Fingerprint == fp {
			old.Because = append(old.Because, "also in "+u.name)
			if strings.Contains(old.Help, " license ") && !strings.Contains(old.Help, u.name) {
				old.Help = strings.Replace(old.Help, " under ", ", "+u.name+" under ", 1)
			}
			return
		}
	}
	out := diag.Finding{
		Code: f.code, Severity: f.sev, Component: p.ID, License: f.verdict.Inbound, Message: f.message, Location: location(p),
		Because: reasons(f.verdict), Related: []diag.Loc{}, Paths: paths(p), Help: f.help, Fingerprint: fp,
	}
	for _, n := range p.nested {
		if slices.ContainsFunc(n.terms, func(t Term) bool { return t.Text == f.verdict.Inbound }) {
			out.Because = append(out.Because, "stated in "+n.path)
		}
	}
	j.findings = append(j.findings, out)
}

func reasons(v compat.Verdict) []string {
	out := []string{v.Reason}
	if len(v.Clauses) > 0 {
		out = append(out, strings.Join(v.Clauses, "; "))
	}
	return out
}

// maxNamed bounds the components that a message names.
const maxNamed = 3

// condition reports parts whose terms add a restriction that the copyleft of
// the unit does not let through: it is one finding per license, at the main
// module, for the unit's license is what has to change.
func (j *judging) condition(u *unit, p *part, v compat.Verdict) {
	at := u.main
	if at == nil {
		at = p
	}
	fp := fingerprint(diag.Incompatible, at, v.Inbound, u.root)
	if slices.ContainsFunc(j.findings, func(f diag.Finding) bool { return f.Fingerprint == fp }) {
		return
	}
	var names []string
	f := diag.Finding{
		Code: diag.Incompatible, Severity: j.wholeSeverity(diag.Error), Component: at.ID, License: v.Inbound, Location: location(p),
		Because: reasons(v), Related: []diag.Loc{}, Paths: [][]string{}, Fingerprint: fp,
	}
	for _, q := range u.parts {
		if !slices.ContainsFunc(q.terms, func(t Term) bool { return t.Text == v.Inbound }) {
			continue
		}
		names = append(names, q.Name)
		if len(q.Locations) > 0 {
			f.Related = append(f.Related, location(q))
		}
		if len(f.Paths) < maxNamed {
			f.Paths = append(f.Paths, paths(q)...)
		}
	}
	f.Message = fmt.Sprintf("%s cannot be part of %s: %s", v.Inbound, j.work(u, false), named(names))
	f.Help = j.before() + "replace " + named(names)
	if way := j.wayOut(u); way != "" {
		f.Help += fmt.Sprintf(", or license %s under %s", u.name, way)
	}
	j.findings = append(j.findings, f)
}

func named(names []string) string {
	if len(names) > maxNamed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxNamed], ", "), len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}

// against says why a part does not fit where the others of a set do: under one
// of the licenses that the unit may take.
func (j *judging) against(u *unit, p *part, set []*part) []string {
	asIs, later := j.trials(u)
	why := ""
	for _, t := range slices.Concat(asIs, later) {
		v := j.fit(t.terms, p.terms, relation(p))
		if v.Verdict != compat.No {
			continue
		}
		othersFit := !slices.ContainsFunc(set, func(q *part) bool {
			return q != p && j.fit(t.terms, q.terms, relation(q)).Verdict == compat.No
		})
		if why == "" || othersFit {
			why = fmt.Sprintf("%s: %s", p.Name, v.Reason)
		}
		if othersFit {
			break
		}
	}
	if why == "" {
		return nil
	}
	return []string{why}
}

// pair reports parts that do not hold together though each of them would by
// itself.
func (j *judging) pair(u *unit, set []*part) {
	if len(set) == 0 {
		return
	}
	var licenses, names []string
	p := set[0]
	f := diag.Finding{
		Code: diag.Incompatible, Severity: j.wholeSeverity(diag.Error), Component: p.ID, Location: location(p),
		Because: []string{}, Related: []diag.Loc{}, Paths: [][]string{}, Help: "replace one of them",
	}
	for _, q := range set {
		text := termsText(q.terms)
		licenses = append(licenses, text)
		names = append(names, fmt.Sprintf("%s (%s)", q.Name, text))
		f.Paths = append(f.Paths, paths(q)...)
		if q != p && len(q.Locations) > 0 {
			f.Related = append(f.Related, location(q))
		}
		f.Because = append(f.Because, j.against(u, q, set)...)
	}
	f.License = termsText(p.terms)
	f.Message = fmt.Sprintf("cannot be passed on together in %s: %s", u.name, strings.Join(names, ", "))
	if way := j.wayOut(u); way != "" {
		f.Help += fmt.Sprintf(", or license %s under %s", u.name, way)
	}
	slices.Sort(licenses)
	f.Fingerprint = fingerprint(f.Code, p, f.License, u.root+"\x00"+strings.Join(licenses, "\x00"))
	j.findings = append(j.findings, f)
}
