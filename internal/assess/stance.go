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

// The words of a ruling, the mildest first.
const (
	notNamed = iota // no entry is about it
	allowed
	reviewed
	denied
)

// ruling is what the entries of the policy say of a term: that of those that
// cover it and are not outweighed by another which weighs most.
type ruling struct {
	word     int
	entry    policy.Entry
	severity diag.Severity // "" where it is allowed
}

func (s *stance) ruling(t Term, category string, p *part) ruling {
	var all []ruling
	for word, list := range map[int][]policy.Entry{allowed: s.policy.Allow, reviewed: s.policy.Review, denied: s.policy.Deny} {
		for _, e := range list {
			if covers(e, t, category, p, word == allowed) {
				all = append(all, ruling{word, e, ruled(p, word, e)})
			}
		}
	}
	out := ruling{}
	for _, r := range all {
		if !slices.ContainsFunc(all, func(o ruling) bool { return o.outweighs(r, t) }) && r.before(out) {
			out = r
		}
	}
	return out
}

// before orders rulings: what weighs more, then the stricter word, then the
// nearer layer, then the line above.
func (r ruling) before(o ruling) bool {
	switch {
	case worse(r.severity, o.severity) || worse(o.severity, r.severity):
		return worse(r.severity, o.severity)
	case r.word != o.word:
		return r.word > o.word
	case r.entry.At.Layer != o.entry.At.Layer:
		return r.entry.At.Layer > o.entry.At.Layer
	}
	return r.entry.At.Pos.Compare(o.entry.At.Pos) < 0
}

// ruled is the severity of an entry: one that names scopes is meant for just
// them, any other is a note where nothing leaves the house.
func ruled(p *part, word int, e policy.Entry) diag.Severity {
	s := map[int]diag.Severity{reviewed: diag.Warning, denied: diag.Error}[word]
	if s == "" || len(e.Scopes) > 0 {
		return s
	}
	return soften(p, s)
}

// soften turns a severity into a note for what does not leave the house.
func soften(p *part, s diag.Severity) diag.Severity {
	switch p.setting {
	case settingShipped, settingServed:
		return s
	}
	return diag.Note
}

// outweighs reports whether a milder ruling counts instead of a stricter one:
// one of a nearer layer that names the license itself or the same words, and an
// allowed license with its exception where the license alone is refused.
func (r ruling) outweighs(o ruling, t Term) bool {
	if r.word >= o.word {
		return false
	}
	byName := r.entry.License == t.Text
	if r.entry.At.Layer > o.entry.At.Layer {
		return byName || r.entry.Key() == o.entry.Key()
	}
	return r.entry.At.Layer == o.entry.At.Layer && r.word == allowed && byName && t.Exception != nil && o.entry.License != t.Text
}

// covers reports whether an entry is about a term of a part. What has no
// license, or one that nobody knows, is allowed only by a word for that.
func covers(e policy.Entry, t Term, category string, p *part, allow bool) bool {
	if !e.For(string(p.Kind), string(p.Scope)) {
		return false
	}
	if t.License == nil && e.Openness != "" {
		return e.Openness == unstated
	}
	if allow && e.Bare() && t.License == nil {
		return false
	}
	return e.Covers(t, category)
}

// named reports whether a term is on the allow list by its own name.
func (s *stance) named(t Term) bool {
	return slices.ContainsFunc(s.policy.Allow, func(e policy.Entry) bool { return e.License == t.Text })
}

// layer names the layer that a place of the policy is in.
func (s *stance) layer(at policy.Place) string { return s.policy.LayerOf(at).Kind }
