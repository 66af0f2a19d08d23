package assess

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// judgePart says what is wrong with one component by itself.
func (j *judging) judgePart(p *part) {
	if p.Scope == inventory.Main {
		j.judgeMain(p)
		return
	}
	if p.setting == settingReferenced && p.Scope == inventory.Required {
		return // no package of it is used
	}
	if p.Scope == inventory.Referenced && len(p.choices) == 0 {
		return // only named, and nothing is known of it
	}
	if p.apart != nil {
		return // the policy takes it out, and the report says so
	}
	if p.Property(inventory.Unread) != "" {
		return // the report is not complete, and says what mends it
	}
	j.judgeStatus(p)
	for _, n := range p.nested {
		if len(n.terms) == 0 {
			j.unclear(p, unknownTerms, diag.UnknownLicense, n.expr, n.path, fmt.Sprintf("license text not recognised (%s)", n.path))
		}
	}
	for _, t := range p.terms {
		for _, r := range j.refusals(p, t) {
			p.refused = p.refused || r.severity != diag.Note
			if f := j.report(p, r.code, r.severity, t.Text, "", r.message, r.help); f != nil {
				j.said(f, r)
			}
		}
	}
}

const clarify = "state what you know under clarify in the policy, or replace it"

// judgeStatus reports a license that was not found, not recognised or is not
// agreed upon.
func (j *judging) judgeStatus(p *part) {
	l := p.License
	switch {
	case l.Status == inventory.None:
		j.unclear(p, unstated, diag.NoLicense, l.Concluded, "", because(l.Reason, "no license found (LICENSE*, COPYING*, README)"))
	case l.Status == inventory.Disagree:
		message := fmt.Sprintf("declared %s, detected %s", orNone(l.Declared), orNone(l.Detected))
		j.unclear(p, unknownTerms, diag.LicenseDisagrees, l.Concluded, "", because(l.Reason, message))
	case len(p.choices) == 0:
		message := "license text not recognised" + evidencePaths(p.Component)
		j.unclear(p, unknownTerms, diag.UnknownLicense, l.Concluded, "", because(l.Reason, message))
	}
}

func because(reason, message string) string {
	if reason != "" {
		return reason
	}
	return message
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// evidencePaths names the files that speak of a license, at most two.
func evidencePaths(c *inventory.Component) string {
	var paths []string
	for _, e := range c.Evidence {
		if e.Path != "" && !slices.Contains(paths, e.Path) && !isNotice(e) {
			paths = append(paths, e.Path)
		}
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	return " (" + strings.Join(paths[:min(2, len(paths))], ", ") + ")"
}

func (j *judging) judgeMain(p *part) {
	o := j.outboundOf(p)
	switch {
	case o.stated:
	case len(o.readings) > 0:
		what := "the license of the project itself is not clear"
		if p.License.Reason != "" {
			what += ": " + p.License.Reason
		}
		all := []string{}
		for _, r := range o.readings {
			all = append(all, r.text)
		}
		how := "judged as " + all[0]
		if len(all) > 1 {
			how = "judged under each license that it may be: " + strings.Join(all, ", ")
		}
		f := j.report(p, diag.MainUnlicensed, j.wholeSeverity(diag.Warning), p.License.Concluded, "", what, "settle the text, or state project.license in the policy")
		f.Because = append(f.Because, how)
	default:
		j.report(p, diag.MainUnlicensed, diag.Note, p.License.Concluded, "", "no license found for the project itself: judged as proprietary",
			"add a LICENSE file, or state project.license in the policy")
	}
}

// report adds a finding about a part and returns it, to be completed at once;
// without a severity there is none.
func (j *judging) report(p *part, code diag.Code, sev diag.Severity, license, subject, message, help string) *diag.Finding {
	if sev == "" {
		return nil
	}
	j.findings = append(j.findings, diag.Finding{
		Code: code, Severity: sev, Component: p.ID, License: license, Message: message, Location: location(p),
		Because: []string{}, Related: []diag.Loc{}, Paths: paths(p), Help: help,
		Fingerprint: fingerprint(code, p, license, subject),
	})
	return &j.findings[len(j.findings)-1]
}

// location is where a component comes into the tree: the first place, by file
// and line, that names it.
func location(p *part) diag.Loc {
	if len(p.Locations) == 0 {
		return diag.Loc{}
	}
	return slices.MinFunc(p.Locations, diag.Loc.Compare)
}

func paths(p *part) [][]string {
	out := [][]string{}
	for _, path := range p.Paths {
		out = append(out, slices.Clone(path))
	}
	return out
}

// fingerprint identifies a finding over runs: no line, version or message.
func fingerprint(code diag.Code, p *part, license, subject string) string {
	return fingerprintOf(code, withoutVersion(p), license, subject)
}

func fingerprintOf(code diag.Code, component, license, subject string) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{string(code), component, license, subject}, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// withoutVersion cuts the version out of a component's id.
func withoutVersion(p *part) string {
	if p.Version == "" {
		return p.ID
	}
	if before, after, ok := strings.Cut(p.ID, "@"+p.Version); ok {
		return before + after
	}
	return p.ID
}

// article puts "a" or "an" before a license or another word, as it is spoken.
func article(word string) string {
	if word == "" {
		return word
	}
	vowel := strings.ContainsRune("AEIOaeio", rune(word[0]))
	if len(word) > 1 && upper(word[0]) && upper(word[1]) {
		vowel = strings.ContainsRune("AEFHILMNORSX", rune(word[0]))
	} else if word[0] == 'U' || word[0] == 'u' {
		vowel = true
	}
	if vowel {
		return "an " + word
	}
	return "a " + word
}

func upper(b byte) bool { return 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' }
