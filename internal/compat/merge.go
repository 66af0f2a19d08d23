package compat

import (
	"fmt"
	"slices"
	"strings"
)

// merge: the code of the inbound work goes under the outbound license.
func (c *Comparer) merge(out, in side) Verdict {
	switch {
	case out.Text == in.Text:
		return same(in)
	case !in.known():
		return notKnown(in)
	case !out.known():
		return notKnown(out)
	}
	if m, ok := c.moveTo(in, out); ok {
		return Verdict{Verdict: Yes, Cause: Fits, Clauses: m.clauses,
			Reason: fmt.Sprintf("%s lets the work be passed on under %s", in.Text, out.Text)}
	}
	if v, ok := c.unsettled(out, in); ok {
		return v
	}
	switch {
	case in.kind == restricted:
		return mergeRestricted(out, in)
	case in.scope != scopeNone || in.kind == copyleft:
		return mergeCopyleft(out, in)
	case out.scope != scopeNone || out.kind == copyleft:
		return intoCopyleft(out, in)
	default:
		return Verdict{Verdict: Yes, Cause: Fits, Reason: fmt.Sprintf("%s asks for notices, which any terms can keep", in.Text)}
	}
}

// same: a work under the very same terms. Where sharing changes is excluded, or
// where the terms are somebody's own, even that is a question.
func same(in side) Verdict {
	switch {
	case !in.known():
		return notKnown(in)
	case in.License.Category == proprietary, in.License.Category == noDerivatives:
		return Verdict{Verdict: Check, Cause: Restricted, Reason: fmt.Sprintf("%s does not let changed or combined versions be shared without asking", in.Text)}
	default:
		return Verdict{Verdict: Yes, Cause: Fits, Reason: "the same terms"}
	}
}

func notKnown(s side) Verdict {
	return Verdict{Verdict: Check, Cause: NotKnown, Reason: fmt.Sprintf("what %s asks for is not known", s.Text)}
}

// mergeRestricted: terms with limits never go under other terms that do not
// carry the same limits.
func mergeRestricted(out, in side) Verdict {
	what := fmt.Sprintf("%s limits who may use the work, for what, or how it may be changed", in.Text)
	clauses := clause(in.Text, in.grant("share").Clause)
	if out.kind == restricted && (in.scope == scopeNone) && in.License.Category != noDerivatives {
		return Verdict{Verdict: Check, Cause: Restricted, Clauses: clauses, Reason: what + fmt.Sprintf("; compare the limits with those of %s", out.Text)}
	}
	return Verdict{Verdict: No, Cause: Restricted, Clauses: clauses, Reason: what + fmt.Sprintf("; %s does not carry these limits on", out.Text)}
}

func mergeCopyleft(out, in side) Verdict {
	if !in.full() && (out.scope != scopeNone || out.kind == copyleft) {
		return notKnown(in)
	}
	return Verdict{Verdict: No, Cause: Copyleft, Clauses: clause(in.Text, in.License.Copyleft.Clause),
		Reason: fmt.Sprintf("%s keeps changes under its own terms and does not name %s", in.Text, out.Text)}
}

// intoCopyleft: the outbound copyleft lets through notices and the conditions
// that it accepts; any other is a further restriction.
func intoCopyleft(out, in side) Verdict {
	switch {
	case in.License.Category == publicDomain && len(in.conditions) == 0:
		return Verdict{Verdict: Yes, Cause: Fits, Reason: fmt.Sprintf("%s asks for nothing", in.Text)}
	case !in.full():
		return notKnown(in)
	case !out.full():
		return notKnown(out)
	}
	var over []string
	for _, cond := range in.conditions {
		if !slices.Contains(out.License.Accepts, cond) {
			over = append(over, cond)
		}
	}
	if len(over) == 0 {
		return Verdict{Verdict: Yes, Cause: Fits, Reason: fmt.Sprintf("%s lets all that %s asks for through", out.Text, in.Text)}
	}
	return Verdict{Verdict: No, Cause: Condition, Clauses: clause(out.Text, noFurther(out)),
		Reason: fmt.Sprintf("%s allows no further restriction, and %s adds one (%s)", out.Text, in.Text, strings.Join(over, ", "))}
}

// noFurther finds the clause that forbids further restrictions.
func noFurther(s side) string {
	for _, o := range s.License.Obligations {
		if o.Type == "no-further-restrictions" {
			return o.Clause
		}
	}
	return s.License.Copyleft.Clause
}

// wider reports whether one reach goes beyond another.
func wider(a, b string) bool {
	reaches := []string{scopeNone, scopeFile, scopeLibrary, scopeProgram}
	i, k := slices.Index(reaches, a), slices.Index(reaches, b)
	return b == scopeNone && a != scopeNone || i >= 0 && k >= 0 && i > k
}

// unsettled: the text of one of the two, or of a license that the inbound one
// may move to, leaves the combination to a fact or to a person. Where the
// inbound copyleft reaches farther than the outbound one there is nothing to
// leave: open terms that reach less far do not carry it on.
func (c *Comparer) unsettled(out, in side) (Verdict, bool) {
	if in.kind == copyleft && out.kind != restricted && wider(in.scope, out.scope) {
		return Verdict{}, false
	}
	for _, m := range c.movesOf(in) {
		l := c.rules.License(m.id)
		if m.id == in.License.ID {
			l = in.License
		}
		if l == nil {
			continue
		}
		for _, u := range l.Undecided {
			if slices.Contains(u.IDs, out.License.ID) {
				return Verdict{Verdict: Check, Cause: Unsettled, Reason: u.Text, Clauses: append(slices.Clone(m.clauses), clause(l.ID, u.Clause)...)}, true
			}
		}
		for _, u := range out.License.Undecided {
			if slices.Contains(u.IDs, l.ID) {
				return Verdict{Verdict: Check, Cause: Unsettled, Reason: u.Text, Clauses: append(slices.Clone(m.clauses), clause(out.License.ID, u.Clause)...)}, true
			}
		}
	}
	return Verdict{}, false
}
