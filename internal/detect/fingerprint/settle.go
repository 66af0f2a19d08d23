package fingerprint

import (
	"bytes"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// settle makes sure of the words that candidate c explains. One byte per word
// has told so far that words are equal; now the hashes of the blocks do. In
// return, words that are misspelt, joined or split are found, where the hash
// proves that they are the license's. Strictly, the words beside a word that is
// missing are proved too.
func (f *finder) settle(c *candidate, strictly bool) {
	a := &f.aligner
	t, e := f.x.entry(c.entry)
	a.begin(f, t, e)
	runs := f.runs[c.runs.from:c.runs.to]
	a.spread(runs, f.inChain[c.hits.from:c.hits.to])
	for i := 1; i < len(runs); i++ {
		a.between(runs[i-1], runs[i])
	}
	a.edges(runs)
	a.prove()
	if strictly {
		a.proveRest()
	}
	a.dropLoose()
	c.spans.from = int32(len(f.spans))
	f.collect(c)
	c.spans.to = int32(len(f.spans))
}

// begin prepares for entry e of table t.
func (a *aligner) begin(f *finder, t *table, e int) {
	a.f, a.table, a.entry = f, t, e
	a.text, a.lic = f.checks, t.checksOf(e)
	a.parts = t.partsOf(a.parts[:0], e)
	n := len(a.lic)
	a.at = slices.Grow(a.at[:0], n)[:n]
	a.proved = slices.Grow(a.proved[:0], n)[:n]
	a.guessOf = slices.Grow(a.guessOf[:0], n)[:n]
	for i := range a.at {
		a.at[i], a.guessOf[i], a.proved[i] = -1, -1, false
	}
	a.guesses = a.guesses[:0]
	a.alts = a.alts[:0]
	if a.read == nil {
		a.read = map[int32]reading{}
	}
	clear(a.read)
}

// spread puts the runs into a.at, and what the hits have proved into a.proved.
func (a *aligner) spread(runs []run, hits []hit) {
	for _, r := range runs {
		for i := range r.n {
			a.at[r.l+i] = r.t + i
		}
	}
	for _, h := range hits {
		if end := h.l + BlockWords - 1; a.at[h.l] == h.t && a.at[end] == h.t+BlockWords-1 {
			a.mark(block{start: int(h.l), size: BlockWords})
		}
	}
}

// A guess is that words of the text are a word of the license, spelt otherwise.
type guess struct {
	l, t, tn int32
	from, to int32 // its hashes in aligner.alts
}

// A reading is what a word of the license is in the text.
type reading struct {
	hash uint64 // as it would be spelt rightly
	tn   int32  // words of the text that it is
}

// Limits of the repair of a space between runs.
const (
	maxPairs  = 4  // misspelt words in a row
	maxCombos = 64 // combinations of readings that are tried for one block
	perGuess  = 8  // one word in so many may be misspelt, and perGuess words anyway
)

// between guesses at the words between two runs.
func (a *aligner) between(r, next run) {
	t, l := r.t+r.n, r.l+r.n
	dt, dl := next.t-t, next.l-l
	switch {
	case dt == dl && dt <= maxPairs:
		for i := range dt {
			a.misspelt(t+i, l+i)
		}
	case dt == 2 && dl == 1:
		a.joined(t, l)
	case dt == 1 && dl == 2:
		a.parted(t, l)
	}
}

// edges guesses at the words before the first run and after the last.
func (a *aligner) edges(runs []run) {
	first, last := runs[0], runs[len(runs)-1]
	if first.l <= maxPairs {
		for i := int32(1); i <= min(first.l, first.t); i++ {
			a.misspelt(first.t-i, first.l-i)
		}
	}
	t, l := last.t+last.n, last.l+last.n
	if left := int32(len(a.lic)) - l; left <= maxPairs {
		for i := range min(left, int32(len(a.text))-t) {
			a.misspelt(t+i, l+i)
		}
	}
}

// guess adds the reading of tn words at t as word l of the license, hash being
// one that it may have.
func (a *aligner) guess(t, tn, l int32, hash uint64) {
	if byte(hash>>56) != a.lic[l] {
		return
	}
	if n := len(a.guesses); n == 0 || a.guesses[n-1].l != l || a.guesses[n-1].t != t {
		from := int32(len(a.alts))
		a.guessOf[l] = int32(len(a.guesses))
		a.guesses = append(a.guesses, guess{l, t, tn, from, from})
	}
	a.alts = append(a.alts, hash)
	a.guesses[len(a.guesses)-1].to++
}

// misspelt guesses that word t is word l of the license with a mistake in it.
func (a *aligner) misspelt(t, l int32) {
	if a.at[l] >= 0 || len(a.guesses) > perGuess+len(a.lic)/perGuess {
		return
	}
	checks, hashes := a.f.spell.variants(a.f, t)
	for from := 0; ; {
		i := bytes.IndexByte(checks[from:], a.lic[l])
		if i < 0 {
			return
		}
		a.guess(t, 1, l, hashes[from+i])
		from += i + 1
	}
}

// joined guesses that two words of the text are one of the license.
func (a *aligner) joined(t, l int32) {
	w := a.f.spelling(a.f.spelling(nil, t), t+1)
	a.guess(t, 2, l, hashWord(lex.Canonical(w)))
}

// parted guesses that a word of the text is two of the license.
func (a *aligner) parted(t, l int32) {
	w := a.f.spelling(nil, t)
	for i := 1; i < len(w); i++ {
		// Canonical may write into what it is given.
		x, y := hashWord(lex.Canonical(bytes.Clone(w[:i]))), hashWord(lex.Canonical(bytes.Clone(w[i:])))
		if byte(x>>56) == a.lic[l] && byte(y>>56) == a.lic[l+1] {
			a.guess(t, 1, l, x)
			a.guess(t, 0, l+1, y)
			return
		}
	}
}

// width is the number of words of the text that word l of the license is.
func (a *aligner) width(l int) int32 {
	if len(a.read) > 0 {
		if r, ok := a.read[int32(l)]; ok {
			return r.tn
		}
	}
	return 1
}

// maxHeading is the number of words at the beginning of a license whose absence
// says nothing about which license it is.
const maxHeading = 12

// collect sums up what is explained and what is missing.
func (f *finder) collect(c *candidate) {
	a := &f.aligner
	c.explained, c.missing, c.swapped = 0, 0, 0
	from := len(f.spans)
	end := int32(-1) // of the words of the text so far
	lost := 0        // required words missing since
	for _, p := range a.parts {
		for l := p.start; l < p.end; l++ {
			t := a.at[l]
			if t < 0 {
				if !p.optional {
					lost++
				}
				continue
			}
			c.missing += lost
			switch {
			case end >= 0:
				c.swapped += min(lost, int(t-end))
			case lost <= maxHeading:
				c.swapped += lost
			}
			n := a.width(l)
			c.explained += int(n)
			if k := len(f.spans) - 1; k >= from && f.spans[k][1] == t {
				f.spans[k][1] = t + n
			} else if n > 0 {
				f.explain(from, t, t+n, lost == 0)
			}
			lost, end = 0, max(end, t+n)
		}
	}
	c.missing += lost
}

// explain adds words of the text to the spans of a candidate that begin at from.
// Numbers of a list that stand between them and the words before are explained
// too, unless words of the license are missing there.
func (f *finder) explain(from int, t, end int32, whole bool) {
	if k := len(f.spans) - 1; k >= from && whole {
		next := f.spans[k][1]
		for next < t && f.words[next].marker {
			next++
		}
		if next == t {
			f.spans[k][1] = end
			return
		}
	}
	f.spans = append(f.spans, [2]int32{t, end})
}
