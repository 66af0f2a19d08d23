// Package engine finds license texts in a text: the exact answer of
// licensecheck.Scan (google/licensecheck v0.3.1) without its start-up of most
// of a second and 100 MB.
//
// licensecheck compiles all its patterns into one automaton before it looks at
// the first text. This package runs the same program, from tables that
// engine/gen computed ahead, and builds a state of the automaton when a text
// reaches it for the first time. All patterns take part always: leaving out
// those that cannot match would change the answer, because a word that any
// pattern expects keeps the spelling correction from being tried for others.
//
// The algorithms and the tables derive from google/licensecheck, Copyright
// 2019 and 2020 The Go Authors, BSD-3-Clause.
package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/licensecheck"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

//go:generate go run ./gen

// A Match is one license found in a text, at text[Start:End].
type Match struct {
	ID    string // licensecheck's id, not always an SPDX id
	Type  uint   // licensecheck.Type
	Start int    // in bytes
	End   int
	Body  int  // where the pattern's own words begin: a copyright line before may count to the match
	IsURL bool // the text is the URL of a license
}

// Coverage is what a text consists of: its matches, which do not overlap and
// are in order, the percentage of its words that they cover, and the number of
// words that package lex splits it into.
type Coverage struct {
	Percent float64
	Words   int
	Match   []Match
}

// stateLimit bounds the memory of one generation of states, in 4-byte units:
// 16 MB. All states there are take 13 MB (TestAllStates), so that it would be
// reached only with other tables; then the states are dropped and built anew.
// As many generations can be alive as there are Scans running, and one.
const stateLimit = 4 << 20

// An Engine holds the states that texts have visited so far. It is safe for
// concurrent use; goroutines that share one share the states.
type Engine struct {
	tables tables
	limit  int
	states atomic.Pointer[states] // the present generation
	renew  sync.Mutex             // held to replace it
	pool   sync.Pool              // of *scanner
}

// New returns an Engine without states. It costs next to nothing.
func New() *Engine { return newEngine(stateLimit) }

func newEngine(limit int) *Engine {
	e := &Engine{tables: openTables(tableFile), limit: limit}
	e.pool.New = func() any { return new(scanner) }
	return e
}

// A Visitor is told each word of a text, text[lo:hi], as package lex returns it;
// hash is lex.Hash of it. It may change the word.
type Visitor func(word []byte, hash uint64, lo, hi int)

// Scan returns what licensecheck.Scan returns for the text. Time is linear in
// the length of the text, the factor being at most the length of the longest
// pattern (0.2 microseconds per byte in the worst texts found); memory is 3
// bytes per byte of text, 12 if it is all words of one letter, and the states.
//
// Each word of the text is handed to visit, if that is not nil.
func (e *Engine) Scan(text []byte, visit Visitor) Coverage {
	s := e.pool.Get().(*scanner)
	defer e.pool.Put(s)
	defer s.reset()
	words := s.begin(e, text, visit)
	c := s.coverage(s.matches())
	c.Words = words
	return c
}

// ScanWithLibrary returns licensecheck's own answer: the oracle. Its first
// call in a process takes most of a second and 100 MB. The library does not say
// where a match's own words begin: that is taken from e's answer where the
// match is the same.
func (e *Engine) ScanWithLibrary(text []byte, visit Visitor) Coverage {
	c := licensecheck.Scan(text)
	native := e.Scan(text, visit)
	own, out := native.Match, Coverage{Percent: c.Percent, Words: native.Words}
	for _, m := range c.Match {
		x := Match{ID: m.ID, Type: uint(m.Type), Start: m.Start, End: m.End, Body: m.Start, IsURL: m.IsURL}
		if i := slices.IndexFunc(own, func(o Match) bool { return o.Start == x.Start && o.End == x.End && o.ID == x.ID }); i >= 0 {
			x.Body = own[i].Body
		}
		out.Match = append(out.Match, x)
	}
	return out
}

// A word is a word of the text: its number in the dictionary, or badWord, and
// its place text[lo:hi].
type word struct {
	id     int32
	lo, hi int32
}

const (
	badWord   = -1 // no word of the dictionary
	copyright = 0  // the dictionary's first two words
	http      = 1
)

// A scanner is the scratch memory of one Scan.
type scanner struct {
	e     *Engine
	text  []byte
	words []word
	lex   lex.Lexer

	have, have2 []byte // folded forms of the present word and the next, for spelling
}

// maxKeptWords is the size of word list that is kept for the next text.
const maxKeptWords = 1 << 15

// begin splits the text into words and returns their number, "Copyright ©"
// counting as two here alone.
func (s *scanner) begin(e *Engine, text []byte, visit Visitor) (n int) {
	s.e, s.text, s.words = e, text, slices.Grow(s.words[:0], len(text)/5+1)
	s.lex.Reset(text)
	for {
		w, lo, hi, ok := s.lex.Next()
		if !ok {
			return n
		}
		n++
		hash := lex.Hash(w)
		id := e.tables.lookup(w, hash)
		if visit != nil {
			visit(w, hash, lo, hi)
		}
		if n := len(s.words); id == copyright && n > 0 && s.words[n-1].id == copyright {
			continue // "Copyright ©" is one word
		}
		s.words = append(s.words, word{id, int32(lo), int32(hi)})
	}
}

// reset lets go of the text.
func (s *scanner) reset() {
	s.e, s.text = nil, nil
	s.lex.Reset(nil)
	if cap(s.words) > maxKeptWords {
		s.words = nil
	}
}
