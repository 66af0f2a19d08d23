package models

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// pattern is a name of a family, in words.
type pattern struct {
	family *Family
	words  []string
	base   int  // how many of the words stand before the colon
	short  bool // a name of a library without namespaces
}

// Resolve finds the family of a model or service by its name, as an SDK, a card,
// a registry or a path writes it; a name that says that it is a dataset's
// (?type=dataset, datasets/…) finds a dataset.
func (t *Table) Resolve(s string) (Match, bool) {
	n := parse(s)
	if n.dataset {
		m, _, ok := t.find(n, Dataset)
		return m, ok
	}
	m, h, ok := t.find(n, Model)
	svc, sh, found := t.find(n, Service)
	if found && (!ok || better(svc, m) || !better(m, svc) && len(sh.words) > len(h.words)) {
		return svc, true
	}
	return m, ok
}

// Dataset finds the family of a dataset by its name.
func (t *Table) Dataset(s string) (Match, bool) {
	m, _, ok := t.find(parse(s), Dataset)
	return m, ok
}

// Resolve looks a name up in the built-in table.
func Resolve(s string) (Match, bool) {
	t, err := Builtin()
	if err != nil {
		return Match{}, false
	}
	return t.Resolve(s)
}

func better(a, b Match) bool {
	return slices.Index(Confidences(), a.Confidence) < slices.Index(Confidences(), b.Confidence)
}

// hit is a pattern that fits, and how.
type hit struct {
	pattern
	lead bool // only words that may stand before a name come before it
	rest bool // only words that may follow come after it
}

// find takes the best pattern of a kind: one at the start of the name before one
// inside it, then the longest.
func (t *Table) find(n name, kind Kind) (Match, hit, bool) {
	all := slices.Concat(n.words, n.tag)
	var best hit
	for start := range all {
		lead := t.leading(all[:start])
		for _, p := range t.patterns[all[start]] {
			if p.family.Kind != kind || !slices.Equal(p.words, all[start:min(len(all), start+len(p.words))]) || !t.fits(n, p, start, lead) {
				continue
			}
			h := hit{p, lead, t.following(all[start+len(p.words):])}
			if best.family == nil || h.over(best) {
				best = h
			}
		}
	}
	if best.family == nil {
		return Match{}, best, false
	}
	m := Match{Family: best.family, Confidence: t.confidence(n, best)}
	if m.Confidence == Mirror {
		m.Mirror = n.space
	}
	return m, best, true
}

func (h hit) over(o hit) bool {
	if h.lead != o.lead {
		return h.lead
	}
	if len(h.words) != len(o.words) {
		return len(h.words) > len(o.words)
	}
	return h.short && !o.short
}

// fits reports whether a pattern may be found at that place of a name.
func (t *Table) fits(n name, p pattern, start int, lead bool) bool {
	own := slices.Contains(p.family.Orgs, n.space)
	switch {
	case p.short:
		return start == 0 && !n.local && (n.space == "" || t.catalogues[n.space]) && len(n.words) == p.base
	case p.family.Kind == Service:
		rest := slices.Concat(n.words, n.tag)[start+len(p.words):]
		return lead && !n.local && (n.space == "" || own || t.catalogues[n.space]) && (n.tuned || t.following(rest))
	case p.family.Kind == Dataset:
		return start == 0
	case !lead:
		// Inside a name only what cannot be an ordinary word: two words, with a number.
		return len(p.words) > 1 && slices.ContainsFunc(p.words[1:], func(w string) bool { return digit(w[0]) })
	}
	return true
}

func (t *Table) leading(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !t.leads[w] })
}

// sizes are words that tell variants of one family apart: sizes, quantisations,
// dates, versions.
var sizes = lazyre.New(`^([ae]?\d+(\.\d+)?[bmkt]?|\d+x\d+b|\d+e|i?q\d+|[wfu]\d+(a\d+)?|\d+[ek]\d*|r\d+|b\d+)$`)

func (t *Table) following(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !t.variants[w] && !sizes.MatchString(w) })
}

func (t *Table) confidence(n name, h hit) Confidence {
	whole := h.lead && h.rest
	switch {
	case n.local:
		return Guess
	case n.tuned:
		return Named
	case h.short, h.family.Kind == Dataset && n.space == "" && whole:
		return Exact
	case n.space != "" && slices.Contains(h.family.Orgs, n.space) && h.lead:
		return Exact
	case !whole:
		return Guess
	case t.mirrors[n.space]:
		return Mirror
	case n.space == "" || t.catalogues[n.space]:
		if h.family.Kind == Service || t.whole[strings.Join(n.words, " ")] {
			return Exact
		}
		return Named
	}
	return Named
}
