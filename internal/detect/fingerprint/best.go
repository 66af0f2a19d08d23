package fingerprint

import (
	"cmp"
	"slices"
)

// Limits of what is looked at closely. Chains are taken in the order of their
// guesses.
const (
	stretch  = 32 // words that share a limit
	maxTries = 16 // chains that are aligned at one stretch
	margin   = 24 // a candidate that can only be so much worse than another is no rival to it
)

// alignAll aligns the chains that may be the best at their place.
func (f *finder) alignAll() {
	slices.SortFunc(f.chains, func(a, b chain) int {
		return cmp.Or(cmp.Compare(b.guess, a.guess), cmp.Compare(a.entry, b.entry), cmp.Compare(a.t0, b.t0))
	})
	n := len(f.words)/stretch + 1
	f.tried = slices.Grow(f.tried[:0], n)[:n]
	clear(f.tried)
	f.clearMarks()
	f.found, f.runs = f.found[:0], f.runs[:0]
	for i := range f.chains {
		c := &f.chains[i]
		hits := f.inChain[c.hits.from:c.hits.to]
		middle := hits[len(hits)/2].t / stretch
		// A block is lost with every change, so that hits say little of how much
		// is there; half of what others have is too little.
		if f.tried[middle] >= maxTries || 2*BlockWords*len(hits) < f.marked(c.t0, c.t1)-margin {
			continue
		}
		f.tried[middle]++
		for _, h := range hits {
			f.mark(h.t, h.t+BlockWords)
		}
		f.found = append(f.found, f.align(c))
	}
}

// settleAll settles the candidates that can be the best at their place or rivals
// of it, and forgets the others.
func (f *finder) settleAll() {
	slices.SortFunc(f.found, byScore)
	f.clearMarks()
	f.spans = f.spans[:0]
	kept := f.found[:0]
	for i := range f.found {
		c := f.found[i]
		runs := f.runs[c.runs.from:c.runs.to]
		last := runs[len(runs)-1]
		if c.score()+2*c.doubtful < f.marked(runs[0].t, last.t+last.n)-margin {
			continue
		}
		f.settle(&c, false)
		for _, s := range f.spans[c.spans.from:c.spans.to] {
			f.mark(s[0], s[1])
		}
		if c.spans.from < c.spans.to {
			kept = append(kept, c)
		}
	}
	f.found = kept
	slices.SortFunc(f.found, byScore)
}

// clearMarks takes the marks of all words away.
func (f *finder) clearMarks() {
	n := len(f.words)
	f.owner = slices.Grow(f.owner[:0], n)[:n]
	clear(f.owner)
}

// mark marks words: a candidate explains them.
func (f *finder) mark(from, to int32) {
	for t := from; t < to; t++ {
		f.owner[t] = 1
	}
}

// marked counts the marked words between two words.
func (f *finder) marked(from, to int32) int {
	n := 0
	for _, o := range f.owner[from:to] {
		n += int(o)
	}
	return n
}

// byScore compares candidates, the better first.
func byScore(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score(), a.score()), cmp.Compare(a.missing, b.missing),
		cmp.Compare(a.entry, b.entry), cmp.Compare(a.runs.from, b.runs.from))
}
