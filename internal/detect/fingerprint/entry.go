package fingerprint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// The kinds of texts.
const (
	License   = "license"
	Exception = "exception" // a permission that is added to a license
	Policy    = "policy"    // an acceptable-use policy, which a license refers to
)

// Kinds are the kinds of texts.
var Kinds = []string{License, Exception, Policy}

// BlockWords is the number of words that are hashed together. A text has to
// agree with an entry in so many consecutive words to be looked at.
const BlockWords = 8

// MaxWords is the length of the longest text that an entry can stand for.
const MaxWords = 1<<16 - 1

// An Entry is what is kept of the text of a license: numbers from which it can
// be recognised and not be rebuilt, one byte for each word and a hash for each
// BlockWords words.
type Entry struct {
	ID    string   // a license expression, or the id of an exception
	Kind  string   // License, Exception or Policy
	Of    []string // of a policy: the licenses it belongs to
	Twins []string // other ids with the same text

	sum    uint64  // hash of the words that do not number a list
	checks []byte  // a byte per word
	parts  []part  // all words, in their order
	blocks []block // all words, in their order
}

// A part is a stretch of words that all may or all must be there.
type part struct {
	start, end int // words
	optional   bool
}

// A block is the hash of some consecutive words of one part: of BlockWords, or
// of all words of a part that is shorter.
type block struct {
	start, size int // words
	hash        uint64
}

// Words returns the number of words of the text.
func (e *Entry) Words() int { return len(e.checks) }

// Required returns the number of its words that do not belong to titles,
// copyright lines, forms to fill in and instructions for use.
func (e *Entry) Required() int {
	n := 0
	for _, p := range e.parts {
		if !p.optional {
			n += p.end - p.start
		}
	}
	return n
}

// Same reports whether two entries are of the same words, but for the numbers of
// lists.
func (e *Entry) Same(o *Entry) bool { return e.sum == o.sum }

// Compute makes the entry of a license text.
func Compute(text []byte, id string) (Entry, error) {
	var l lex.Lexer
	words := appendWords(nil, &l, text)
	e := Entry{ID: id, Kind: License}
	if len(words) > MaxWords {
		return e, fmt.Errorf("the text of %s has %d words; the limit is %d", id, len(words), MaxWords)
	}
	e.sum = hashWords(slices.DeleteFunc(slices.Clone(words), func(w word) bool { return w.marker }))
	loose := optional(text)
	last := -1 // what the word before belongs to
	for i, w := range words {
		e.checks = append(e.checks, w.check())
		of := slices.IndexFunc(loose, func(r [2]int) bool { return r[0] <= int(w.lo) && int(w.hi) <= r[1] })
		if of < 0 && w.first {
			of = len(loose) + i // a part of its own
		}
		if i == 0 || of != last {
			e.parts = append(e.parts, part{i, i, of >= 0})
		}
		last = of
		e.parts[len(e.parts)-1].end = i + 1
	}
	if n := e.Required(); n < BlockWords {
		return e, fmt.Errorf("the text of %s has %d words beside titles and copyright lines; at least %d are needed", id, n, BlockWords)
	}
	for _, p := range e.parts {
		for _, b := range blocksOf(p.start, p.end) {
			b.hash = hashWords(words[b.start : b.start+b.size])
			e.blocks = append(e.blocks, b)
		}
	}
	return e, nil
}

// blocksOf cuts a part into blocks. The last one reaches back into the one
// before where words are left over.
func blocksOf(start, end int) []block {
	if end-start <= BlockWords {
		return []block{{start: start, size: end - start}}
	}
	var list []block
	i := start
	for ; i+BlockWords <= end; i += BlockWords {
		list = append(list, block{start: i, size: BlockWords})
	}
	if i < end {
		list = append(list, block{start: end - BlockWords, size: BlockWords})
	}
	return list
}

// base of the polynomial that hashes several words.
const base = 0x9e3779b97f4a7c15

// hashWords hashes consecutive words.
func hashWords(words []word) uint64 {
	var sum uint64
	for i := range words {
		sum = sum*base + words[i].hash
	}
	return lex.Stir(sum + uint64(len(words)))
}

// A Vocabulary is the words of the texts that a table is made of, as hashes.
type Vocabulary struct {
	all   []uint64 // ascending
	known []uint32 // first bits of the hashes of words that many texts have, ascending
}

// NewVocabulary makes the vocabulary of texts. Words of more than one letter that
// at least so many of them have are not taken for misspellings of others.
func NewVocabulary(texts [][]byte, least int) Vocabulary {
	var l lex.Lexer
	count := map[uint64]int{}
	for _, text := range texts {
		mine := map[uint64]bool{}
		for _, w := range appendWords(nil, &l, text) {
			mine[w.hash] = w.hi-w.lo > 1
		}
		for h, long := range mine {
			count[h] = max(count[h], 0)
			if long {
				count[h]++
			}
		}
	}
	var v Vocabulary
	v.all = slices.Sorted(maps.Keys(count))
	for _, h := range v.all {
		if count[h] >= least {
			v.known = append(v.known, uint32(h>>32))
		}
	}
	v.known = slices.Compact(v.known)
	return v
}
