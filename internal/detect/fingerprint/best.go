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
	f.marks.reset(len(f.words))
	f.found, f.runs, f.near = f.found[:0], f.runs[:0], f.near[:0]
	for i := range f.chains {
		c := &f.chains[i]
		hits := f.inChain[c.hits.from:c.hits.to]
		middle := hits[len(hits)/2].t / stretch
		if f.tried[middle] >= maxTries || f.hopeless(c) {
			continue
		}
		f.tried[middle]++
		for _, h := range hits {
			f.marks.add(h.t, h.t+BlockWords)
		}
		x := f.align(c)
		f.found = append(f.found, x)
		if x.differences(f.runs)*nearly <= int(c.t1-c.t0) {
			f.near = append(f.near, *c)
		}
	}
}

// What tells, without aligning it, that a chain is no match for another one at
// its place.
const (
	nearly   = 12 // a candidate that differs in one word of so many is nearly the text
	hitShare = 4  // one hit in so many, and lostHits, may be missing beside what is nearly the text
	lostHits = 3
)

// hopeless reports whether what has been aligned explains the chain's place so
// much better that the chain can neither stand there nor be a rival.
func (f *finder) hopeless(c *chain) bool {
	hits := f.inChain[c.hits.from:c.hits.to]
	// A block is lost with every change, so that hits say little of how much is
	// there; half of what others have is too little.
	if 2*BlockWords*len(hits) < f.marks.count(c.t0, c.t1)-margin {
		return true
	}
	// Where a license is nearly the text, blocks of another are lost because it
	// is another, and not because the text was changed.
	for i := range f.near {
		n := &f.near[i]
		if n.t0 > c.t0 || c.t1 > n.t1 {
			continue
		}
		if own := f.hitsWithin(n, c.t0, c.t1); hitShare*(len(hits)+lostHits) < (hitShare-1)*own {
			return true
		}
	}
	most, from, to := f.most(c)
	return most < f.marks.count(from, to)-margin
}

// hitsWithin counts the hits of a chain between two words of the text.
func (f *finder) hitsWithin(c *chain, t0, t1 int32) int {
	hits := f.inChain[c.hits.from:c.hits.to]
	at := func(t int32) int {
		i, _ := slices.BinarySearchFunc(hits, t, func(h hit, t int32) int { return cmp.Compare(h.t, t) })
		return i
	}
	return at(t1) - at(t0)
}

// most is the score that a chain can have at most, and the words of the text
// between which it can explain some. Where the license has more words between
// two hits than the text, the others are missing.
func (f *finder) most(c *chain) (score int, from, to int32) {
	t, e := f.x.entry(int(c.entry))
	words, required := int32(len(t.checksOf(e))), int32(t.field(e, enRequired))
	hits := f.inChain[c.hits.from:c.hits.to]
	first, last := hits[0], hits[len(hits)-1]
	after, left := words-last.l-BlockWords, int32(len(f.words))-c.t1
	from, to = c.t0-min(first.l, c.t0), c.t1+min(after, left)
	missing := max(0, first.l-c.t0) + max(0, after-left)
	for i := 1; i < len(hits); i++ {
		missing += max(0, hits[i].l-hits[i-1].l-(hits[i].t-hits[i-1].t))
	}
	return int(to - from - max(0, missing-(words-required))), from, to
}

// settleAll settles the candidates that can be the best at their place or rivals
// of it, and forgets the others.
func (f *finder) settleAll() {
	slices.SortFunc(f.found, byScore)
	f.marks.reset(len(f.words))
	f.spans = f.spans[:0]
	kept := f.found[:0]
	for i := range f.found {
		c := f.found[i]
		runs := f.runs[c.runs.from:c.runs.to]
		last := runs[len(runs)-1]
		if c.score()+2*c.doubtful < f.marks.count(runs[0].t, last.t+last.n)-margin {
			continue
		}
		f.settle(&c, false)
		for _, s := range f.spans[c.spans.from:c.spans.to] {
			f.marks.add(s[0], s[1])
		}
		if c.spans.from < c.spans.to {
			kept = append(kept, c)
		}
	}
	f.found = kept
	slices.SortFunc(f.found, byScore)
}

// byScore compares candidates, the better first.
func byScore(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score(), a.score()), cmp.Compare(a.missing, b.missing),
		cmp.Compare(a.entry, b.entry), cmp.Compare(a.runs.from, b.runs.from))
}
