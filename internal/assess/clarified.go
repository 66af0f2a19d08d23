package assess

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// clarifications reports those of the policy that no component needs any more:
// their text has changed, or nothing of that name is here.
func (j *judging) clarifications() {
	used := map[yamlpos.Pos]bool{}
	outdated := map[yamlpos.Pos]*part{}
	for _, p := range j.parts {
		for _, name := range []string{p.ID, p.Name} {
			if c, ok := j.stance.policy.Clarify(name, p.Version, p.Texts); ok {
				used[c.Pos] = true
				break
			}
		}
		for _, name := range []string{p.ID, p.Name} {
			for _, c := range j.stance.policy.Outdated(name, p.Version, p.Texts) {
				if outdated[c.Pos] == nil {
					outdated[c.Pos] = p
				}
			}
		}
	}
	for _, c := range j.stance.policy.Clarifications {
		if !used[c.Pos] {
			j.unused(c, outdated[c.Pos])
		}
	}
}

func (j *judging) unused(c policy.Clarification, p *part) {
	f := diag.Finding{
		Code: diag.PolicyUnused, Severity: diag.Note, License: c.License, Location: j.inPolicy(c.Pos),
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

// inPolicy is a place in the policy file.
func (j *judging) inPolicy(pos yamlpos.Pos) diag.Loc {
	return diag.Loc{Path: j.stance.policy.Path, Line: pos.Line, Column: pos.Column}
}
