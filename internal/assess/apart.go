package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// What a component that is set apart is.
const (
	firstParty = "first-party"
	excluded   = "excluded"
)

// setApart finds the line of the policy that takes a part out of the judgement.
// The main modules are what is judged and stay in it.
func (j *judging) setApart(p *part) *Apart {
	if p.Scope == inventory.Main {
		return nil
	}
	pol := j.stance.policy
	var out *Apart
	for _, f := range pol.FirstParty {
		if j.uses(f.At, f.Selector, p) && out == nil {
			out = &Apart{As: firstParty, Layer: j.stance.layer(f.At)}
		}
	}
	for _, x := range pol.Exclusions {
		if j.uses(x.At, x.Selector, p) && out == nil {
			out = &Apart{As: excluded, Reason: x.Reason, Layer: j.stance.layer(x.At)}
		}
	}
	return out
}

// uses reports whether a selector holds for a part, and notes that its line is
// of use.
func (j *judging) uses(at policy.Place, s policy.Selector, p *part) bool {
	if !s.Holds(p.ID, p.Name, p.Version) {
		return false
	}
	j.used[at] = true
	return true
}

// told is the branch of a part's choice that the policy names, nil where it
// names none.
func (j *judging) told(p *part) []Term {
	if p.Scope == inventory.Main {
		return nil
	}
	var out []Term
	for _, c := range j.stance.policy.Choices {
		if !j.uses(c.At, c.Selector, p) {
			continue
		}
		want := j.know.branches(c.License)
		i := slices.IndexFunc(p.choices, func(b []Term) bool { return len(want) == 1 && sameTerms(b, want[0]) })
		switch {
		case i >= 0 && len(p.choices) > 1:
			if out == nil {
				out = p.choices[i]
			}
		default:
			f := j.line(diag.PolicyMismatch, diag.Warning, c.At, string(c.Component), c.License)
			f.Component, f.License = p.ID, c.License
			f.Message = fmt.Sprintf("choose entry for %s: %s is no branch of %s", c.Selector, c.License, p.License.Concluded)
			if len(p.choices) == 1 {
				f.Message = fmt.Sprintf("choose entry for %s: there is no choice, its license is %s", c.Selector, p.License.Concluded)
			}
			f.Help = "remove the entry, or name a branch"
			f.Fingerprint = fingerprintOf(f.Code, withoutVersion(p), c.License, f.Layer+"\x00"+c.Selector.String())
			j.findings = append(j.findings, f)
		}
	}
	return out
}

func sameTerms(a, b []Term) bool {
	has := func(list []Term, t Term) bool {
		return slices.ContainsFunc(list, func(o Term) bool { return o.Text == t.Text })
	}
	return !slices.ContainsFunc(a, func(t Term) bool { return !has(b, t) }) && !slices.ContainsFunc(b, func(t Term) bool { return !has(a, t) })
}

// fulfilled lists what the policy names as meeting a duty of a part.
func (j *judging) fulfilled(p *part, it duty.Item) []string {
	if it.Status != duty.Due && it.Status != duty.Confirm {
		return nil
	}
	var how []string
	for _, f := range j.stance.policy.Fulfilments {
		if f.Obligation != "" && f.Obligation != it.Obligation.Type || f.Action != "" && f.Action != j.know.base.ActionFor(it.Obligation).ID {
			continue
		}
		if f.License != "" && f.License != it.License && !strings.HasPrefix(it.License, f.License+" WITH ") {
			continue
		}
		if j.uses(f.At, f.Selector, p) && !f.Missing {
			how = append(how, f.How())
		}
	}
	return how
}
