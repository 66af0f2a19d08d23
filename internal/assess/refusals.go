package assess

import (
	"fmt"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// refusal is what the policy says against one term of a part.
type refusal struct {
	code     diag.Code
	severity diag.Severity
	message  string
	help     string
	at       policy.Place // the line that says so
	written  bool         // it stands in a file of the user's
}

// refusals lists what the policy says against a term where the part ends up.
func (j *judging) refusals(p *part, t Term) []refusal {
	cat := j.know.category(t)
	r := j.stance.ruling(t, cat, p)
	entry := refusal{at: r.entry.At, written: true}
	switch r.word {
	case denied:
		entry.code, entry.severity = diag.LicenseDenied, r.severity
		entry.message, entry.help = t.Text+" is denied by the policy"+by(r.entry), "replace it, or change deny in the policy"
		return []refusal{entry}
	case reviewed:
		entry.code, entry.severity = diag.LicenseReview, r.severity
		entry.message, entry.help = t.Text+" is to be reviewed"+by(r.entry), reviewHelp
		if !r.entry.Replaces() {
			return append([]refusal{entry}, j.weighed(p, t, cat)...)
		}
		return []refusal{entry}
	case allowed:
		return nil
	}
	word := j.stance.policy.Default
	entry.at, entry.written = j.stance.policy.DefaultAt, true
	switch word {
	case policy.DefaultDeny:
		entry.code, entry.severity = diag.LicenseNotListed, soften(p, diag.Error)
		entry.message, entry.help = t.Text+" is not on the allow list of the policy", "replace it, or add it to allow in the policy"
		return []refusal{entry}
	case policy.DefaultReview:
		if w := j.weighed(p, t, cat); len(w) > 0 {
			return w
		}
		entry.code, entry.severity = diag.LicenseReview, soften(p, diag.Warning)
		entry.message, entry.help = t.Text+" is not named by the policy", reviewHelp
		return []refusal{entry}
	}
	return j.weighed(p, t, cat)
}

const reviewHelp = "read its terms, then allow it in the policy, or waive it for this component"

// by says what an entry is about where that is more than the license or its
// category.
func by(e policy.Entry) string {
	if e.License != "" || e.Category != "" && len(e.Kinds)+len(e.Scopes) == 0 {
		return ""
	}
	return " (" + e.String() + ")"
}

// weighed is what the weights of the profile say against a term.
func (j *judging) weighed(p *part, t Term, category string) []refusal {
	known := t.License != nil && category != unknownTerms
	if !known {
		category = unknownTerms
	}
	sev, at := j.stance.policy.Weigh(category, string(p.Kind), p.setting)
	switch {
	case sev == "":
		return nil
	case !known:
		return []refusal{{
			code: diag.NoRule, severity: sev, message: t.Text + " is not known to the rules",
			help: "read its text and state what it is under clarify in the policy", at: at,
		}}
	}
	return []refusal{{
		code: diag.CategoryRefused, severity: sev, message: fmt.Sprintf("%s is %s%s", t.Text, category, where(p.setting)), help: advice(p.setting, t), at: at,
	}}
}

// advice says what to do about terms that a policy does not accept as they are.
func advice(setting string, t Term) string {
	switch setting {
	case settingShipped, settingServed:
		return fmt.Sprintf("replace it, or allow it in the policy after reading its terms (rukhsa explain %s)", t.Text)
	}
	return fmt.Sprintf("read its terms before it is shipped or served (rukhsa explain %s)", t.Text)
}

func (j *judging) soften(p *part, s diag.Severity) diag.Severity { return soften(p, s) }

func where(setting string) string {
	switch setting {
	case settingTest:
		return ", only in tests"
	case settingTool:
		return ", only in tools"
	case settingInternal:
		return ", only used internally"
	case settingReferenced:
		return ", only named"
	}
	return ""
}

// unclear reports a license that is not known, as the policy weighs that: such
// parts are refused unless it says otherwise.
func (j *judging) unclear(p *part, category string, code diag.Code, license, subject, message string) {
	sev, at := j.stance.policy.Weigh(category, string(p.Kind), p.setting)
	r := refusal{severity: sev, at: at}
	entry := j.stance.ruling(Term{Text: license}, category, p)
	switch entry.word {
	case allowed:
		return
	case reviewed:
		w := refusal{severity: entry.severity, at: entry.entry.At, written: true}
		if entry.entry.Replaces() || worse(w.severity, sev) {
			r = w
		}
	case denied:
		r = refusal{severity: entry.severity, at: entry.entry.At, written: true}
	default:
		least := map[string]diag.Severity{policy.DefaultDeny: diag.Error, policy.DefaultReview: diag.Warning}[j.stance.policy.Default]
		if least == "" {
			break
		}
		if least = soften(p, least); worse(least, sev) {
			r = refusal{severity: least, at: j.stance.policy.DefaultAt, written: true}
		}
	}
	if f := j.report(p, code, r.severity, license, subject, message, clarify); f != nil {
		j.said(f, r)
	}
}

// worse reports whether a severity weighs more than another one; "" is none.
func worse(a, b diag.Severity) bool { return a != "" && (b == "" || a.Rank() < b.Rank()) }

// said writes which layer of the policy says a finding, and where.
func (j *judging) said(f *diag.Finding, r refusal) {
	f.Layer = j.stance.layer(r.at)
	if r.written && r.at.Pos != (yamlpos.Pos{}) {
		f.Related = append(f.Related, j.inPolicy(r.at))
	}
}
