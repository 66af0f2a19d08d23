package fingerprint

import (
	"cmp"
	"slices"
)

// choose takes the candidates that together explain the text best. Those that
// explain their place as well as a chosen one are its rivals.
func (f *finder) choose() []Match {
	f.found = slices.DeleteFunc(f.found, func(c candidate) bool { return !c.enough() })
	f.owner = slices.Grow(f.owner[:0], len(f.words))[:len(f.words)]
	clear(f.owner)
	f.chosen = f.chosen[:0]
	for _, i := range f.schedule() {
		f.take(&f.found[i])
	}
	rest := f.rest[:0]
	for i := range f.found {
		c := &f.found[i]
		if c.chosen {
			continue
		}
		if _, taken := f.ownerOf(c); taken*maxShare > c.explained {
			rest = append(rest, c)
			continue
		}
		f.take(c)
	}
	f.rest = rest
	rivals := f.rivals()
	var out []Match
	for i, c := range f.chosen {
		m := f.match(c)
		m.Rivals = rivals[i]
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Match) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return out
}

// take chooses a candidate.
func (f *finder) take(c *candidate) {
	c.chosen = true
	f.chosen = append(f.chosen, c)
	for _, s := range f.spans[c.spans.from:c.spans.to] {
		for t := s[0]; t < s[1]; t++ {
			if f.owner[t] == 0 {
				f.owner[t] = int32(len(f.chosen))
			}
		}
	}
}

// schedule returns the candidates that follow each other in the text and have
// the greatest sum of scores: several licenses one after the other rather than
// one that has a little of each.
func (f *finder) schedule() []int {
	type interval struct{ from, to, i int }
	list := make([]interval, len(f.found))
	for i := range f.found {
		spans := f.spans[f.found[i].spans.from:f.found[i].spans.to]
		from, to := int(spans[0][0]), int(spans[len(spans)-1][1])
		loose := min(BlockWords, (to-from)/maxShare/2) // neighbours may share some words
		list[i] = interval{from + loose, to - loose, i}
	}
	slices.SortStableFunc(list, func(a, b interval) int { return cmp.Compare(a.to, b.to) })
	// sum[k] is the best of the first k intervals; prev[k] says how many of them
	// may stand before interval k.
	sum := make([]int, len(list)+1)
	prev := make([]int, len(list))
	for k, v := range list {
		prev[k], _ = slices.BinarySearchFunc(list[:k], v.from, func(o interval, from int) int {
			if o.to <= from {
				return -1
			}
			return 1
		})
		sum[k+1] = max(sum[k], sum[prev[k]]+f.found[v.i].score())
	}
	var out []int
	for k := len(list); k > 0; {
		if sum[k] == sum[k-1] {
			k--
			continue
		}
		out = append(out, list[k-1].i)
		k = prev[k-1]
	}
	return out
}

// ownerOf counts the words of candidate c that chosen candidates explain, and
// finds which of them explains most.
func (f *finder) ownerOf(c *candidate) (best, taken int) {
	type share struct{ owner, words int32 }
	var shares []share
	k := 0
	for _, s := range f.spans[c.spans.from:c.spans.to] {
		for t := s[0]; t < s[1]; t++ {
			o := f.owner[t]
			if o == 0 {
				continue
			}
			if k >= len(shares) || shares[k].owner != o {
				if k = slices.IndexFunc(shares, func(s share) bool { return s.owner == o }); k < 0 {
					k = len(shares)
					shares = append(shares, share{owner: o})
				}
			}
			shares[k].words++
			taken++
		}
	}
	most := share{owner: 1}
	for _, s := range shares {
		if s.words > most.words {
			most = s
		}
	}
	return int(most.owner) - 1, taken
}

// maxShare: a candidate is dropped when more than one word in maxShare of those
// it explains are explained by a better one.
const maxShare = 5

// How much of a license must be there for it to be reported. Licenses are made
// of each other: with less, it is as likely another one that nobody knows.
const (
	longWords   = 300  // from this number of words on
	minLong     = 0.85 // this fraction must be there
	minCoverage = 0.9
	shortWords  = 60 // below this number of words
	maxLost     = 2  // so many may be missing
)

// enough reports whether so much of the license is there that it can be said to
// be it, changed or not.
func (c *candidate) enough() bool {
	switch {
	case c.required >= longWords:
		return c.coverage() >= minLong
	case c.required < shortWords && c.missing > maxLost:
		return false
	}
	return c.coverage() >= minCoverage
}

// rivals lists for each chosen candidate the ids of others that fit its place as
// well. What speaks for one of two are the words that only it explains, and words
// that are missing from the other without anything in their place. Where other
// words stand in their place, the text is neither of them.
func (f *finder) rivals() [][]string {
	out := make([][]string, len(f.chosen))
	for _, c := range f.rest {
		best, taken := f.ownerOf(c)
		a, id := f.chosen[best], f.x.id(c.entry)
		if id == f.x.id(a.entry) || slices.Contains(out[best], id) {
			continue
		}
		gone := (c.missing - c.swapped) - (a.missing - a.swapped)
		forA := a.explained - f.common(a, c) + max(0, gone)
		forC := c.explained - taken + max(0, -gone)
		if forA <= forC || forC > 0 && forA-forC < max(2, forA/4) {
			out[best] = append(out[best], id)
		}
	}
	return out
}

// common counts the words that two candidates explain.
func (f *finder) common(a, b *candidate) int {
	n, i := 0, 0
	as := f.spans[a.spans.from:a.spans.to]
	for _, s := range f.spans[b.spans.from:b.spans.to] {
		for i < len(as) && as[i][1] <= s[0] {
			i++
		}
		for k := i; k < len(as) && as[k][0] < s[1]; k++ {
			n += int(min(as[k][1], s[1]) - max(as[k][0], s[0]))
		}
	}
	return n
}
