package assess

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// policyLines reports the lines of the policy that nothing needs any more. What
// an organisation writes down for all its projects is not expected to be of use
// in each: only lines of the nearest layer are reported as unused.
func (j *judging) policyLines() {
	pol := j.stance.policy
	j.clarifications()
	for _, c := range pol.Choices {
		j.unused(c.At, "choose entry for "+c.Selector.String(), string(c.Component), c.License, "choose")
	}
	for _, f := range pol.FirstParty {
		j.unused(f.At, "first_party entry "+f.Selector.String(), string(f.Component), "first_party")
	}
	for _, x := range pol.Exclusions {
		j.unused(x.At, "exclude entry for "+x.Selector.String(), string(x.Component), strings.Join(x.Versions, " "), "exclude")
	}
	for _, f := range pol.Fulfilments {
		what := cmp.Or(f.Obligation, f.Action)
		if f.Missing {
			m := j.line(diag.FulfilledMissing, diag.Warning, f.At, what, string(f.Component), f.License, f.Path)
			m.Message = fmt.Sprintf("%s is said to meet %s, and it is not there", f.Path, what)
			m.Help = "write the file, or correct the path"
			j.findings = append(j.findings, m)
			continue
		}
		j.unused(f.At, "fulfilled entry for "+what, what, string(f.Component), f.License, f.How(), "fulfilled")
	}
}

// line starts a finding about a line of the policy; key tells it from others of
// its code.
func (j *judging) line(code diag.Code, sev diag.Severity, at policy.Place, key ...string) diag.Finding {
	layer := j.stance.layer(at)
	return diag.Finding{
		Code: code, Severity: sev, Location: j.inPolicy(at), Because: []string{}, Related: []diag.Loc{}, Paths: [][]string{}, Layer: layer,
		Fingerprint: fingerprintOf(code, "", layer, strings.Join(key, "\x00")),
	}
}

// unused reports a line that matched nothing; what is how messages name it.
func (j *judging) unused(at policy.Place, what string, key ...string) {
	if j.used[at] || !j.nearest(at) {
		return
	}
	f := j.line(diag.PolicyUnused, diag.Note, at, key...)
	f.Message, f.Help = what+" matched nothing", "remove the entry, or correct what it names"
	j.findings = append(j.findings, f)
}

// nearest reports whether a place is in the file that was found or named.
func (j *judging) nearest(at policy.Place) bool { return j.stance.layer(at) == policy.Repository }

// clarifications reports those that no component needs any more: their text has
// changed, or nothing of that name is here.
func (j *judging) clarifications() {
	used := map[policy.Place]bool{}
	outdated := map[policy.Place]*part{}
	for _, p := range j.parts {
		for _, name := range []string{p.ID, p.Name} {
			if c, ok := j.stance.policy.Clarify(name, p.Version, p.Texts); ok {
				used[c.At] = true
				break
			}
		}
		for _, name := range []string{p.ID, p.Name} {
			for _, c := range j.stance.policy.Outdated(name, p.Version, p.Texts) {
				if outdated[c.At] == nil {
					outdated[c.At] = p
				}
			}
		}
	}
	for _, c := range j.stance.policy.Clarifications {
		if !used[c.At] && (j.nearest(c.At) || outdated[c.At] != nil) {
			j.outdated(c, outdated[c.At])
		}
	}
}

func (j *judging) outdated(c policy.Clarification, p *part) {
	f := diag.Finding{
		Code: diag.PolicyUnused, Severity: diag.Note, License: c.License, Location: j.inPolicy(c.At), Layer: j.stance.layer(c.At),
		Because: []string{}, Related: []diag.Loc{}, Paths: [][]string{}, Help: "remove the entry, or correct what it names",
		Fingerprint: fingerprintOf(diag.PolicyUnused, c.Component, c.License, c.Digest),
	}
	switch {
	case p == nil:
		f.Message = "clarify entry for " + cmp.Or(c.Component, c.Digest) + " matched nothing"
	case c.Digest == policy.NoText:
		f.Component = p.ID
		f.Message = fmt.Sprintf("clarify entry for %s no longer holds: a license text was found", c.Component)
		f.Help = "read the text, then remove the entry or pin it to the text's digest"
	default:
		f.Component = p.ID
		f.Message = fmt.Sprintf("clarify entry for %s no longer holds: its text is another one than %s", c.Component, c.Digest)
		f.Help = "read the text again, then change the digest or remove the entry"
		if len(p.Texts) > 0 {
			f.Because = append(f.Because, "now "+strings.Join(p.Texts, ", "))
		}
	}
	j.findings = append(j.findings, f)
}

// inPolicy is a place in a file of the policy.
func (j *judging) inPolicy(at policy.Place) diag.Loc {
	return diag.Loc{Path: j.stance.policy.LayerOf(at).Path, Line: at.Pos.Line, Column: at.Pos.Column}
}
