package fingerprint

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// prove compares the hashes of all blocks whose words are all there. Where one
// differs, the word is looked for that is not what it seems to be; if there is no
// such word, none of the block is taken to be there. A block with words that are
// only guessed at proves the guesses.
func (a *aligner) prove() {
	// Guesses first, so that what they prove is not held against the block.
	for i := range a.guesses {
		a.proveGuess(&a.guesses[i])
	}
	a.eachBlock(a.proveBlock)
}

// eachBlock calls do with every block of the license.
func (a *aligner) eachBlock(do func(block)) {
	for _, p := range a.parts {
		for start := p.start; start < p.end; start += BlockWords {
			b := block{start: start, size: min(BlockWords, p.end-p.start)}
			if b.start+b.size > p.end {
				b.start = p.end - b.size
			}
			do(b)
		}
	}
}

// blockAt returns the block that word l is in, the last one of its part where
// there are two.
func (a *aligner) blockAt(l int) block {
	i, _ := slices.BinarySearchFunc(a.parts, l, func(p part, l int) int {
		if p.end <= l {
			return -1
		}
		return 1
	})
	p := a.parts[i]
	b := block{start: p.start + (l-p.start)/BlockWords*BlockWords, size: min(BlockWords, p.end-p.start)}
	if b.start+b.size > p.end {
		b.start = p.end - b.size
	}
	return b
}

// hashAt returns the hash of the word that word l of the license is.
func (a *aligner) hashAt(l int) uint64 {
	if r, ok := a.read[int32(l)]; ok {
		return r.hash
	}
	return a.f.words[a.at[l]].hash
}

// proveGuess accepts a guess, and those in the same block, if the block's hash
// says so.
func (a *aligner) proveGuess(g *guess) {
	if a.at[g.l] >= 0 {
		return
	}
	b := a.blockAt(int(g.l))
	open := a.open[:0]
	var sum uint64
	for l := b.start; l < b.start+b.size; l++ {
		sum *= base
		if a.at[l] >= 0 {
			sum += a.hashAt(l)
			continue
		}
		if a.guessOf[l] < 0 {
			return
		}
		open = append(open, a.guesses[a.guessOf[l]])
	}
	a.open = open
	combos := 1
	for _, o := range open {
		if combos *= int(o.to - o.from); combos > maxCombos {
			return
		}
	}
	for n := range combos {
		s, k := sum, n
		for _, o := range open {
			alt := a.alts[int(o.from)+k%int(o.to-o.from)]
			k /= int(o.to - o.from)
			for range b.start + b.size - 1 - int(o.l) {
				alt *= base
			}
			s += alt
		}
		if a.table.holds(lex.Stir(s+uint64(b.size)), a.entry, b.start) {
			a.accept(b, n)
			return
		}
	}
}

// accept takes the readings of a.open that combination n stands for.
func (a *aligner) accept(b block, n int) {
	for _, o := range a.open {
		a.at[o.l] = o.t
		a.read[o.l] = reading{a.alts[int(o.from)+n%int(o.to-o.from)], o.tn}
		n /= int(o.to - o.from)
	}
	a.mark(b)
}

// mark notes that the words of a block are proved to be there.
func (a *aligner) mark(b block) {
	for l := b.start; l < b.start+b.size; l++ {
		a.proved[l] = a.at[l] >= 0
	}
}

// proveBlock compares the hash of a block whose words are all there.
func (a *aligner) proveBlock(b block) {
	end := b.start + b.size
	if a.provedAll(b) || slices.Contains(a.at[b.start:end], -1) {
		return
	}
	if a.agrees(b) || a.shift(b) || a.respell(b) || a.findOdd(b) {
		a.mark(b)
		return
	}
	for l := b.start; l < end; l++ {
		if !a.proved[l] {
			a.at[l] = -1
		}
	}
}

// agrees reports whether the words at a.at have the hash of block b.
func (a *aligner) agrees(b block) bool {
	var sum uint64
	for l := b.start; l < b.start+b.size; l++ {
		sum = sum*base + a.hashAt(l)
	}
	return a.table.holds(lex.Stir(sum+uint64(b.size)), a.entry, b.start)
}

// shift looks for another place to break the block, where words of the text
// stand between its words: a word next to them may have been taken by accident.
func (a *aligner) shift(b block) bool {
	end := b.start + b.size
	k := b.start + 1
	for k < end && a.at[k] == a.at[k-1]+1 {
		k++
	}
	if k == end || a.at[k] <= a.at[k-1] {
		return false
	}
	left, right := a.at[k-1]-int32(k-1), a.at[k]-int32(k)
	kept := slices.Clone(a.at[b.start:end])
	for i := k - 1; i >= b.start && a.same(int32(i)+right, int32(i)); i-- {
		if a.at[i] = int32(i) + right; a.agrees(b) {
			return true
		}
	}
	copy(a.at[b.start:end], kept)
	for i := k; i < end && a.same(int32(i)+left, int32(i)); i++ {
		if a.at[i] = int32(i) + left; a.agrees(b) {
			return true
		}
	}
	copy(a.at[b.start:end], kept)
	return false
}

// without returns the hash of a block without its word l, and what that word is
// to be multiplied with.
func (a *aligner) without(b block, l int) (sum, weight uint64) {
	weight = 1
	for k := b.start; k < b.start+b.size; k++ {
		sum *= base
		if k == l {
			continue
		}
		sum += a.hashAt(k)
		if k > l {
			weight *= base
		}
	}
	return sum, weight
}

// respell looks for a misspelt word in a block that is not what it seems to be.
func (a *aligner) respell(b block) bool {
	for l := b.start; l < b.start+b.size; l++ {
		t := a.at[l]
		if _, ok := a.read[int32(l)]; ok || a.proved[l] || a.f.x.isKnown(a.f.words[t].hash) {
			continue
		}
		sum, weight := a.without(b, l)
		checks, hashes := a.f.spell.variants(a.f, t)
		for i, h := range hashes {
			if checks[i] == a.lic[l] && a.table.holds(lex.Stir(sum+weight*h+uint64(b.size)), a.entry, b.start) {
				a.read[int32(l)] = reading{h, 1}
				return true
			}
		}
	}
	return false
}

// findOdd looks for the word in a block that is not what it seems to be, and
// takes it back.
func (a *aligner) findOdd(b block) bool {
	for l := b.start; l < b.start+b.size; l++ {
		if a.proved[l] {
			continue
		}
		sum, weight := a.without(b, l)
		from, to := a.table.wordsOf(a.lic[l])
		for ; from < to; from++ {
			if a.table.holds(lex.Stir(sum+weight*a.table.wordAt(from)+uint64(b.size)), a.entry, b.start) {
				a.at[l] = -1
				return true
			}
		}
	}
	return false
}

// maxSearches is how many blocks with two missing words are searched for them.
const maxSearches = 32

// proveRest proves the words of blocks from which one or two are missing: with
// some word of the vocabulary in their place the hash has to be right. Where it
// never is, one of the others is not what it seems to be, and none is taken.
func (a *aligner) proveRest() {
	if len(a.table.word) == 0 {
		return
	}
	searches := 0
	a.eachBlock(func(b block) {
		if a.provedAll(b) {
			return
		}
		var missing []int
		var sum uint64
		for l := b.start; l < b.start+b.size; l++ {
			sum *= base
			if a.at[l] >= 0 {
				sum += a.hashAt(l)
			} else {
				missing = append(missing, l)
			}
		}
		switch {
		case len(missing) == 0 || len(missing) == b.size:
			return
		case len(missing) == 2:
			searches++
		}
		if len(missing) > 2 || searches > maxSearches {
			return
		}
		if a.search(b, sum, missing) {
			a.mark(b)
			return
		}
		for l := b.start; l < b.start+b.size; l++ {
			if !a.proved[l] {
				a.at[l] = -1
			}
		}
	})
}

// search looks for the words of the vocabulary with which a block has its hash;
// sum is the hash without them.
func (a *aligner) search(b block, sum uint64, missing []int) bool {
	if len(missing) == 0 {
		return a.table.holds(lex.Stir(sum+uint64(b.size)), a.entry, b.start)
	}
	weight := uint64(1)
	for range b.start + b.size - 1 - missing[0] {
		weight *= base
	}
	from, to := a.table.wordsOf(a.lic[missing[0]])
	for ; from < to; from++ {
		if a.search(b, sum+weight*a.table.wordAt(from), missing[1:]) {
			return true
		}
	}
	return false
}

// provedAll reports whether all words of a block are proved.
func (a *aligner) provedAll(b block) bool {
	return !slices.Contains(a.proved[b.start:b.start+b.size], false)
}

// dropLoose takes the words of optional parts back of which little is there: one
// word of a title, the first of somebody else's copyright line.
func (a *aligner) dropLoose() {
	for _, p := range a.parts {
		if !p.optional {
			continue
		}
		n := 0
		for _, t := range a.at[p.start:p.end] {
			if t >= 0 {
				n++
			}
		}
		if 3*n < 2*(p.end-p.start) {
			for l := p.start; l < p.end; l++ {
				a.at[l] = -1
			}
		}
	}
}
