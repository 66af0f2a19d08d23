package compat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
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
	m, moves := c.moveTo(in, out)
	// A license that names the other knows best; one that is reached over
	// others does not take back what the two themselves leave open.
	if !moves || m.steps > 1 {
		if v, ok := undecided(out, move{id: in.License.ID}, in.License); ok && !beyond(out, in) {
			return v
		}
	}
	if moves {
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
	case out.kind != free && (out.scope != scopeNone || out.kind == copyleft):
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
	if out.kind == restricted && out.scope == scopeProgram {
		return Verdict{Verdict: No, Cause: Restricted, Clauses: append(clauses, clause(out.Text, noFurther(out))...), Reason: what + fmt.Sprintf("; %s allows no further restriction", out.Text)}
	}
	if out.kind == restricted && in.scope == scopeNone && in.License.Category != noDerivatives {
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
// that it accepts; any other is a further restriction, unless the inbound
// exception takes it back.
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
	var lifted *rulebase.Lift
	for _, cond := range in.conditions {
		if slices.Contains(out.License.Accepts, cond) {
			continue
		}
		if l := in.lift(cond, out); l != nil {
			lifted = l
			continue
		}
		over = append(over, cond)
	}
	switch {
	case len(over) > 0 && out.kind == restricted && out.scope != scopeProgram:
		return Verdict{Verdict: Check, Cause: Condition, Clauses: clause(out.Text, out.License.Copyleft.Clause),
			Reason: fmt.Sprintf("%s does not say that it lets through what %s asks for (%s)", out.Text, in.Text, strings.Join(over, ", "))}
	case len(over) > 0:
		return Verdict{Verdict: No, Cause: Condition, Clauses: clause(out.Text, noFurther(out)),
			Reason: fmt.Sprintf("%s allows no further restriction, and %s adds one (%s)", out.Text, in.Text, strings.Join(over, ", "))}
	case lifted == nil:
		return Verdict{Verdict: Yes, Cause: Fits, Reason: fmt.Sprintf("%s lets all that %s asks for through", out.Text, in.Text)}
	case lifted.Compiled && !in.linked:
		return Verdict{Verdict: Check, Cause: Unsettled, Clauses: clause(in.Exception.ID, lifted.Clause), Reason: lifted.Text}
	default:
		return Verdict{Verdict: Yes, Cause: Fits, Clauses: clause(in.Exception.ID, lifted.Clause), Reason: lifted.Text}
	}
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

// beyond reports whether the inbound copyleft reaches farther than the outbound
// one: then there is nothing to leave open, for open terms that reach less far
// do not carry it on.
func beyond(out, in side) bool {
	return in.kind == copyleft && out.kind != restricted && wider(in.scope, out.scope)
}

// unsettled: the text of one of the two, or of a license that the inbound one
// may move to and on from, leaves the combination to a fact or to a person.
func (c *Comparer) unsettled(out, in side) (Verdict, bool) {
	if beyond(out, in) {
		return Verdict{}, false
	}
	for _, m := range c.movesOf(in) {
		if m.last {
			continue
		}
		if v, ok := undecided(out, m, c.licenseOf(m.id, in)); ok {
			return v, true
		}
	}
	return Verdict{}, false
}

// undecided looks for what the outbound license and one on the inbound work's
// way say of each other.
func undecided(out side, m move, l *rulebase.License) (Verdict, bool) {
	if l == nil {
		return Verdict{}, false
	}
	for _, from := range []struct {
		says, of *rulebase.License
		as       string
	}{{l, out.License, "inbound"}, {out.License, l, "outbound"}} {
		for _, u := range from.says.Undecided {
			if slices.Contains(u.IDs, from.of.ID) && (u.As == "" || u.As == from.as) {
				return Verdict{Verdict: Check, Cause: Unsettled, Reason: u.Text, Clauses: append(slices.Clone(m.clauses), clause(from.says.ID, u.Clause)...)}, true
			}
		}
	}
	return Verdict{}, false
}
