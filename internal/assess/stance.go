package assess

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// stance is the policy as the judge asks it.
type stance struct {
	policy  *policy.Policy
	license string // the project's, "" where the policy does not state it
	kind    string
	use     []string
	facts   map[string]string
}

func newStance(p *policy.Policy) *stance {
	return &stance{policy: p, license: p.License, kind: p.Kind, use: p.Use, facts: p.Facts}
}

// denied reports whether a term is on the deny list. A license that is denied
// without an exception is denied with every one that is not allowed by name.
func (s *stance) denied(t Term, category string) bool {
	excepted := t.Exception != nil && s.named(t)
	return slices.ContainsFunc(s.policy.Deny, func(e policy.Entry) bool {
		return covers(e, t, category) && !(excepted && e.License != t.Text)
	})
}

// named reports whether a term is on the allow list by its own name.
func (s *stance) named(t Term) bool {
	return slices.ContainsFunc(s.policy.Allow, func(e policy.Entry) bool { return e.License == t.Text })
}

// allowed reports whether a term is on the allow list. An exception only adds
// permissions: what is allowed without it is allowed with it.
func (s *stance) allowed(t Term, category string) bool {
	return slices.ContainsFunc(s.policy.Allow, func(e policy.Entry) bool { return covers(e, t, category) })
}

func covers(e policy.Entry, t Term, category string) bool {
	switch {
	case e.Category != "":
		return e.Category == category
	case e.Openness != "":
		return t.License != nil && t.License.Openness == e.Openness
	}
	return e.License == t.Text || t.Exception != nil && t.License != nil && e.License == t.License.ID
}

// listed reports whether only what is on the allow list is accepted.
func (s *stance) listed() bool { return len(s.policy.Allow) > 0 }

// severity weighs the terms of a category where a part ends up; "" is silent.
func (s *stance) severity(category string, p *part) diag.Severity {
	return s.policy.Severity(category, string(p.Kind), p.setting)
}
