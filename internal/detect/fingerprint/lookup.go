package fingerprint

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// A finder is the scratch memory of one Find.
type finder struct {
	x      *Index
	least  int // hits that an entry must have, 0 for the usual number
	text   []byte
	words  []word
	checks []byte // of words
	lex    lex.Lexer

	hits    []hit
	byEntry []hit   // hits, those of one entry together
	count   []int32 // hits per entry, then where the next one goes; -1 for too few
	inChain []hit   // hits of chains, those of one chain together
	chains  []chain
	nodes   []node  // of the entry whose chains are looked for
	ends    []int32 // of nodes: the last ones of chains
	tried   []uint8 // per stretch of words: how many chains were aligned there
	near    []chain // that were aligned and are nearly the text
	found   []candidate
	runs    []run      // of candidates
	spans   [][2]int32 // of candidates
	marks   marks      // words that a candidate explains
	owner   []int32    // per word: the chosen candidate that explains it, from 1
	chosen  []*candidate
	rest    []*candidate // that are not chosen
	spell   speller
	aligner aligner
}

// A hit is a block of an entry found in the text.
type hit struct {
	entry int32
	t, l  int32 // its first word in the text and in the license
}

// A chain is a list of hits of one entry in the same order in text and license:
// a place where the license may be.
type chain struct {
	entry  int32
	hits   slice // of finder.inChain
	guess  int32 // estimate of explained words less missing ones
	t0, t1 int32 // words of the text from its first to its last hit
}

// A slice is a part of a list that may still grow.
type slice struct{ from, to int32 }

// look finds the candidates in a text whose words are there.
func (f *finder) look() {
	f.lookup()
	f.group()
	f.chain()
	f.alignAll()
	f.settleAll()
}

// maxKept is the number of words of a text whose scratch memory is kept for the
// next one: some 3 MB.
const maxKept = 1 << 15

// release lets go of the text.
func (f *finder) release() {
	x, big := f.x, cap(f.words) > maxKept
	f.x, f.text, f.least = nil, nil, 0
	f.lex.Reset(nil)
	f.spell.reset()
	f.aligner.f, f.aligner.table = nil, nil
	if !big {
		x.pool.Put(f)
	}
}

// read splits a text into words.
func (f *finder) read(x *Index, text []byte) {
	f.begin(x, text)
	f.words = appendWords(f.words, &f.lex, text)
}

// begin makes room for the words of a text.
func (f *finder) begin(x *Index, text []byte) {
	f.x, f.text = x, text
	f.words = slices.Grow(f.words[:0], len(text)/6+1)
}

// power is base to the number of words of a block less one.
var power = func() uint64 {
	p := uint64(1)
	for range BlockWords - 1 {
		p *= base
	}
	return p
}()

// batch is how many blocks of the text are looked up together: the table is
// larger than a processor's nearer caches, and what is read of it does not wait
// for what was read before.
const batch = 64

// usualHits is about how many hits there are for a word of a license.
const usualHits = 2

// lookup finds the blocks of all entries in the text.
func (f *finder) lookup() {
	f.checks = slices.Grow(f.checks[:0], len(f.words))[:len(f.words)]
	for i := range f.words {
		f.checks[i] = f.words[i].check()
	}
	f.hits = slices.Grow(f.hits[:0], usualHits*len(f.words))
	if len(f.words) < BlockWords {
		return
	}
	var sum uint64
	for i := range BlockWords - 1 {
		sum = sum*base + f.words[i].hash
	}
	var hashes [batch]uint64
	for t := 0; t+BlockWords <= len(f.words); t += batch {
		n := min(batch, len(f.words)-BlockWords+1-t)
		for i := range n {
			sum = sum*base + f.words[t+i+BlockWords-1].hash
			hashes[i] = lex.Stir(sum + BlockWords)
			sum -= f.words[t+i].hash * power
		}
		first := 0
		for k := range f.x.tables {
			table := &f.x.tables[k]
			f.lookupIn(table, int32(first), int32(t), hashes[:n])
			first += table.entries()
		}
	}
}

// lookupIn finds blocks of the text, the first one at word at, in a table whose
// entries are numbered from first on.
func (f *finder) lookupIn(t *table, first, at int32, hashes []uint64) {
	var from, to [batch]int32
	for i, h := range hashes {
		a, b := t.slots(h)
		from[i&(batch-1)], to[i&(batch-1)] = int32(a), int32(b)
	}
	for i, h := range hashes {
		for s := int(from[i&(batch-1)]); s < int(to[i&(batch-1)]); s++ {
			if t.restAt(s) == rest(h) {
				e, start := t.blockAt(s)
				f.hits = append(f.hits, hit{first + int32(e), at + int32(i), int32(start)})
			}
		}
	}
}

// leastHits is the number of blocks of an entry that must be found for it to be
// looked at: a quarter.
func (f *finder) leastHits(e int) int {
	if f.least > 0 {
		return f.least
	}
	return max(1, f.x.blocks(e)/4)
}

// group sorts the hits by entry, the hits of one staying in the order of the
// text, and leaves out entries with so few that they cannot be there.
func (f *finder) group() {
	f.count = slices.Grow(f.count[:0], f.x.entries)[:f.x.entries]
	clear(f.count)
	for _, h := range f.hits {
		f.count[h.entry]++
	}
	next := int32(0)
	for e, n := range f.count {
		switch {
		case n == 0:
		case int(n) < f.leastHits(e):
			f.count[e] = -1
		default:
			f.count[e] = next
			next += n
		}
	}
	f.byEntry = slices.Grow(f.byEntry[:0], int(next))[:next]
	for _, h := range f.hits {
		if i := f.count[h.entry]; i >= 0 {
			f.byEntry[i] = h
			f.count[h.entry]++
		}
	}
}

// A node is a hit while chains are made.
type node struct {
	score int32
	prev  int32 // hit before it in the best chain that ends with it, or -1
	inner bool  // a chain goes on after it
	used  bool
}

// lookBack is the number of hits among which the one before a hit is looked for.
const lookBack = 24

// maxInsert is how many words may stand at one place inside a license of so many
// words without being of it.
func maxInsert(words int32) int32 { return min(1000, 64+words/2) }

// chain makes the chains of all entries.
func (f *finder) chain() {
	f.chains, f.inChain = f.chains[:0], f.inChain[:0]
	for from := 0; from < len(f.byEntry); {
		to := from + 1
		for to < len(f.byEntry) && f.byEntry[to].entry == f.byEntry[from].entry {
			to++
		}
		f.chainOne(f.byEntry[from:to])
		from = to
	}
}

// chainOne makes the chains of one entry from its hits.
func (f *finder) chainOne(hits []hit) {
	f.nodes, f.ends = f.nodes[:0], f.ends[:0]
	entry := int(hits[0].entry)
	least, required := f.leastHits(entry), int32(f.x.required(entry))
	most := maxInsert(required)
	f.nodes = slices.Grow(f.nodes, len(hits))[:len(hits)]
	for i, h := range hits {
		n := node{score: BlockWords, prev: -1}
		first := max(0, i-lookBack)
		before, nodes := hits[first:i], f.nodes[first:i]
		for j := len(nodes) - 1; j >= 0 && j < len(before); j-- {
			if nodes[j].score+BlockWords <= n.score {
				continue // no step gains more than that
			}
			gain := step(before[j], h, most)
			if s := nodes[j].score + gain; gain > -BlockWords && s > n.score {
				n.score, n.prev = s, int32(first+j)
				if gain == BlockWords {
					break
				}
			}
		}
		if n.prev >= 0 {
			f.nodes[n.prev].inner = true
		}
		f.nodes[i] = n
	}
	for i := range f.nodes {
		if !f.nodes[i].inner {
			f.ends = append(f.ends, int32(i))
		}
	}
	slices.SortFunc(f.ends, func(a, b int32) int {
		if x, y := f.nodes[a].score, f.nodes[b].score; x != y {
			return int(y - x)
		}
		return int(a - b)
	})
	for _, end := range f.ends {
		from := len(f.inChain)
		for i := end; i >= 0 && !f.nodes[i].used; i = f.nodes[i].prev {
			f.nodes[i].used = true
			f.inChain = append(f.inChain, hits[i])
		}
		list := f.inChain[from:]
		if len(list) < least {
			f.inChain = f.inChain[:from]
			continue
		}
		slices.Reverse(list)
		f.chains = append(f.chains, chain{
			entry: hits[0].entry, hits: slice{int32(from), int32(len(f.inChain))},
			guess: 2*min(BlockWords*int32(len(list)), required) - required,
			t0:    list[0].t, t1: list[len(list)-1].t + BlockWords,
		})
	}
}

// step is what hit b adds to a chain that ends with a: its words, less a little
// where something stands between; -BlockWords if b cannot follow a, as when more
// than most words were inserted between them.
func step(a, b hit, most int32) int32 {
	dt, dl := b.t-a.t, b.l-a.l
	if dt <= 0 || dl <= 0 || dt-dl > most {
		return -BlockWords
	}
	gain := min(BlockWords, dt, dl)
	if d := max(dt-dl, dl-dt); d > 0 {
		gain -= min(1+d/64, BlockWords-1)
	}
	return gain
}
