package assess

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Term is one license of an expression, with its exception.
type Term = rulebase.Term

// knowledge is the rule base as the judge asks it, each answer kept.
type knowledge struct {
	base       source
	licenses   map[string]*rulebase.License
	exceptions map[string]*rulebase.Exception
	parsed     map[string][][]Term
	contexts   []string
}

// source is what the judge asks of the rule base; *rulebase.Base has it.
type source interface {
	License(id string) (*rulebase.License, error)
	Exception(id string) (*rulebase.Exception, error)
	Rank(category string) int // growing burden
	ActionFor(o rulebase.Obligation) rulebase.Action
	Restricts(o rulebase.Obligation) bool
	Fact(name string) (rulebase.FactWord, bool)
	Contexts() []rulebase.Word
	// Family lists the ids of a family, sorted.
	Family(family string) []string
}

// familyOf adds to a Base the look-up that only ways out need.
type familyOf struct{ *rulebase.Base }

func (b familyOf) Family(family string) []string {
	var ids []string
	for h := range b.Heads() {
		if h.Family == family && family != "" && !h.Exception && !h.Deprecated {
			ids = append(ids, h.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

func newKnowledge(b source) *knowledge {
	k := &knowledge{
		base: b, licenses: map[string]*rulebase.License{}, exceptions: map[string]*rulebase.Exception{}, parsed: map[string][][]Term{},
	}
	for _, w := range b.Contexts() {
		k.contexts = append(k.contexts, w.Name)
	}
	return k
}

// License returns a license, nil where the rule base does not know it.
func (k *knowledge) License(id string) *rulebase.License {
	l, ok := k.licenses[id]
	if !ok {
		if found, err := k.base.License(id); err == nil {
			l = found
		}
		k.licenses[id] = l
	}
	return l
}

// exception returns an exception. One without a rule is one of which nothing is
// known, so that no answer depends on it.
func (k *knowledge) exception(id string) *rulebase.Exception {
	e, ok := k.exceptions[id]
	if !ok {
		e = &rulebase.Exception{ID: id}
		if found, err := k.base.Exception(id); err == nil {
			e = found
		}
		k.exceptions[id] = e
	}
	return e
}

// maxBranches bounds the choices of one expression; one with more is not judged.
const maxBranches = 256

// branches reads an expression as a choice (OR) of lists of terms that all hold
// (AND), in the order in which they are written; nil for what is no expression
// and for NONE and NOASSERTION.
func (k *knowledge) branches(expr string) [][]Term {
	if b, ok := k.parsed[expr]; ok {
		return b
	}
	var out [][]Term
	if e, err := spdx.ParseLax(expr); err == nil {
		all, _ := spdx.DNF(e, maxBranches)
		for _, licenses := range all {
			var terms []Term
			for _, l := range licenses {
				terms = append(terms, k.term(l))
			}
			out = append(out, terms)
		}
	}
	k.parsed[expr] = out
	return out
}

// rank is the burden of a category; what is not in the order weighs most.
func (k *knowledge) rank(category string) int { return k.base.Rank(category) }

func (k *knowledge) term(l spdx.License) Term {
	t := Term{Text: l.String(), License: k.License(l.ID)}
	if l.Exception != "" {
		t.Exception = k.exception(l.Exception)
	}
	return t
}

// sortContexts orders contexts as the vocabulary does and drops doubles.
func (k *knowledge) sortContexts(list []string) []string {
	out := []string{}
	for _, c := range k.contexts {
		if slices.Contains(list, c) {
			out = append(out, c)
		}
	}
	for _, c := range list {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// standing reports whether an obligation asks for no deed by itself.
func (k *knowledge) standing(o rulebase.Obligation, l *rulebase.License) bool {
	return k.base.ActionFor(o).Standing && l.Openness == openSource
}

const openSource = "open-source" // vocabulary: openness

// The other words of openness, by growing distance from open source.
var opennesses = []string{openSource, "open-weights", "open-restricted", closedSource, unstated}

const (
	closedSource = "closed"
	unstated     = "unstated"
	unknownTerms = "unknown"
)

// answers are the answers to a grant, the best first.
var answers = []string{"yes", "conditional", "limited", "no", "unknown"}

// worst returns the word of two that stands later in a list; a word that is not
// in it is worse than all.
func worst(order []string, a, b string) string {
	i, k := slices.Index(order, a), slices.Index(order, b)
	if i < 0 || k >= 0 && i >= k {
		return a
	}
	return b
}
