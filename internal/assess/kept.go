package assess

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// kept are answers that parts have in common: thousands of models come under the
// same few licenses. Whoever gets one shares it and changes nothing of it.
type kept struct {
	duties map[string]*duties // by terms, setting and the facts that the terms hang on
	facts  map[string][]string
	names  map[nameKey]nameMatch

	criteria map[Criterion]*Criterion
	groups   pool[Standing]
	parts    pool[Part]
	benefits pool[Answer]
	risks    pool[Risk]
	grants   pool[rulebase.Grant]
	bounds   pool[Bound]
}

func newKept() *kept {
	return &kept{
		duties: map[string]*duties{}, facts: map[string][]string{}, names: map[nameKey]nameMatch{}, criteria: map[Criterion]*Criterion{},
	}
}

// duties are what terms ask for in a setting, with the id of each in a report.
type duties struct {
	items  []duty.Item
	ids    []string // parallel to items
	sorted []string // ids
}

// duties lists what terms ask of a part.
func (j *judging) duties(p *part, terms []Term) *duties {
	key := j.dutyKey(p, terms)
	d, ok := j.kept.duties[key]
	if !ok {
		d = &duties{items: duty.Of(terms, j.setting(p))}
		for _, it := range d.items {
			d.ids = append(d.ids, it.ID()+number(termOf(terms, it.License), it.Obligation))
		}
		d.sorted = slices.Clip(slices.Sorted(slices.Values(d.ids)))
		j.kept.duties[key] = d
	}
	return d
}

// dutyKey holds all that duties depend on.
func (j *judging) dutyKey(p *part, terms []Term) string {
	var b strings.Builder
	list := func(words []string) {
		for _, w := range words {
			b.WriteString(w)
			b.WriteByte(0)
		}
		b.WriteByte(1)
	}
	for _, t := range terms {
		b.WriteString(t.Text)
		b.WriteByte(0)
	}
	facts, ok := j.kept.facts[b.String()]
	if !ok {
		facts = factsOf(terms)
		j.kept.facts[b.String()] = facts
	}
	b.WriteByte(1)
	list(p.use)
	list(p.joins)
	for _, f := range facts {
		b.WriteString(j.fact(p, f))
		b.WriteByte(0)
	}
	return b.String()
}

// factsOf names the facts that the conditions of terms hang on.
func factsOf(terms []Term) []string {
	var out []string
	for _, t := range terms {
		for _, o := range t.Obligations() {
			for _, c := range o.If {
				if !slices.Contains(out, c.Fact) {
					out = append(out, c.Fact)
				}
			}
		}
	}
	return out
}

// termOf finds a term by its text.
func termOf(terms []Term, text string) Term {
	for _, t := range terms {
		if t.Text == text {
			return t
		}
	}
	return Term{Text: text}
}

// nameKey is a name that is looked up among the families of models or datasets.
type nameKey struct {
	id      string
	dataset bool
}

type nameMatch struct {
	models.Match
	ok bool
}

// pool holds lists of which many are equal.
type pool[T comparable] struct {
	seed  maphash.Seed
	lists map[uint64][][]T
}

// share returns a list that is equal to the one given.
func (p *pool[T]) share(list []T) []T {
	if len(list) == 0 {
		return list
	}
	if p.lists == nil {
		p.seed, p.lists = maphash.MakeSeed(), map[uint64][][]T{}
	}
	var h maphash.Hash
	h.SetSeed(p.seed)
	for _, x := range list {
		maphash.WriteComparable(&h, x)
	}
	sum := h.Sum64()
	for _, have := range p.lists[sum] {
		if slices.Equal(have, list) {
			return have
		}
	}
	list = slices.Clip(list)
	p.lists[sum] = append(p.lists[sum], list)
	return list
}

// criterion returns a criterion that is equal to the one given.
func (k *kept) criterion(c Criterion) *Criterion {
	have, ok := k.criteria[c]
	if !ok {
		have = &c
		k.criteria[c] = have
	}
	return have
}
