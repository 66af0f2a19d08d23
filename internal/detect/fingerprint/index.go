// Package fingerprint finds license texts in texts by numbers that were computed
// from them: the licenses of the SPDX list, exceptions, and the licenses of AI
// models, for which package engine has no pattern. The numbers do not hold the
// texts.
//
// Of each license the table has a hash of every eight consecutive words (blocks)
// and one byte for every word. Blocks that a text has in common with a license
// say where the license may be (lookup.go); between them the bytes say which words
// agree (align.go); the hashes of the blocks then prove it, or that a word is a
// misspelling (settle.go, prove.go). So for each word of the text it is known
// whether the license explains it, and for each word of the license whether it
// is missing. Of the licenses that may be at a place, the one is taken that
// explains most and misses least; where the words in which two differ do not
// settle it, both are named (choose.go).
//
// Words are those of engine/lex: case, punctuation, line ends, comment signs,
// HTML and Markdown do not count, nor do the numbers of lists and the spellings
// that SPDX's matching guidelines take as equal.
package fingerprint

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
)

//go:embed fingerprints.bin
var tableFile string

// An Index finds the texts of licenses in texts. It is safe for concurrent use.
type Index struct {
	tables  []table
	entries int
	pool    *sync.Pool // of *finder
}

// Open returns the index of the texts that rukhsa knows. It costs next to
// nothing: the table is read in place.
func Open() *Index { return open(openTable(tableFile)) }

func open(t ...table) *Index {
	x := &Index{tables: t, pool: &sync.Pool{New: func() any { return new(finder) }}}
	for i := range t {
		x.entries += t[i].entries()
	}
	return x
}

// With returns an index that also has other entries, such as users' own.
func (x *Index) With(list ...Entry) (*Index, error) {
	file, err := Build(list, Vocabulary{})
	if err != nil {
		return nil, fmt.Errorf("making an index: %w", err)
	}
	return open(append(x.tables[:len(x.tables):len(x.tables)], openTable(string(file)))...), nil
}

// Find lists the licenses in a text, in the order of the text. They have next to
// no words in common. Time and memory are linear in the length of the text.
func (x *Index) Find(text []byte) []Match {
	f := x.pool.Get().(*finder)
	f.read(x, text)
	return Search{f}.Find()
}

// A Search is a Find of a text that is split into words by somebody else. Search
// is followed by the words of the text and then by Find, which ends it.
type Search struct{ f *finder }

// Search begins a search in text.
func (x *Index) Search(text []byte) Search {
	f := x.pool.Get().(*finder)
	f.begin(x, text)
	return Search{f}
}

// Word adds the next word of the text, text[lo:hi], as package lex returns it;
// hash is lex.Hash of it. It may change w.
func (s Search) Word(w []byte, hash uint64, lo, hi int) {
	s.f.words = appendWord(s.f.words, s.f.text, w, hash, lo, hi)
}

// Find is Index.Find. The Search cannot be used after it.
func (s Search) Find() []Match {
	defer s.f.release()
	s.f.look()
	return s.f.choose()
}

// Near returns the license that a text has most of, if that is at least half of
// the license and it is not there as Find asks: what an unknown text resembles.
func (x *Index) Near(text []byte) (m Match, ok bool) {
	f := x.pool.Get().(*finder)
	defer f.release()
	f.read(x, text)
	f.look()
	for i := range f.found {
		if c := &f.found[i]; c.coverage() >= minNear && !c.enough() {
			return f.match(c), true
		}
	}
	return Match{}, false
}

// minNear is the fraction of a license that a text must have to be like it.
const minNear = 0.5

// Compare says what a text has of one license and what not, however much or
// little that is; ok is false where they have nothing in common or the license is
// not known. Of several texts of the license the nearest counts.
func (x *Index) Compare(text []byte, id string) (m Match, ok bool) {
	f := x.pool.Get().(*finder)
	defer f.release()
	f.read(x, text)
	f.lookup()
	f.hits = slices.DeleteFunc(f.hits, func(h hit) bool { return !x.named(int(h.entry), id) })
	f.least = 1
	f.group()
	f.chain()
	f.alignAll()
	f.settleAll()
	if len(f.found) == 0 {
		return Match{}, false
	}
	return f.match(&f.found[0]), true
}

// Has reports whether the index has a text of the license.
func (x *Index) Has(id string) bool {
	for e := range x.entries {
		if x.named(e, id) {
			return true
		}
	}
	return false
}

// named reports whether an entry is known by an id.
func (x *Index) named(e int, id string) bool {
	t, e := x.entry(e)
	return t.str(e, enID) == id || slices.Contains(t.list(e, enTwins), id)
}

// entry returns the table that holds entry e and its number there.
func (x *Index) entry(e int) (*table, int) {
	for i := range x.tables {
		n := x.tables[i].entries()
		if e < n {
			return &x.tables[i], e
		}
		e -= n
	}
	panic("fingerprint: no such entry")
}

func (x *Index) id(e int) string {
	t, e := x.entry(e)
	return t.str(e, enID)
}

func (x *Index) required(e int) int {
	t, e := x.entry(e)
	return t.field(e, enRequired)
}

func (x *Index) blocks(e int) int {
	t, e := x.entry(e)
	return t.field(e, enBlocks)
}

// isKnown reports whether several license texts use a word.
func (x *Index) isKnown(hash uint64) bool {
	for i := range x.tables {
		if x.tables[i].isKnown(hash) {
			return true
		}
	}
	return false
}
