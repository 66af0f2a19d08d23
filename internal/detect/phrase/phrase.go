// Package phrase finds short wordings in texts: how people say that a choice is
// offered, that something is excepted, limited or copied from elsewhere. Words
// are those of detect/engine/lex, so that case, punctuation, markup and line
// ends do not count.
//
// A pattern is a line of words. In it
//
//	(a b|c)   is one of the alternatives, (a|) may be left out
//	[a b]     may be left out
//	*4        is up to 4 words of any kind
package phrase

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// Word is a word of a text: its number in the Set's dictionary, -1 for a word
// that no pattern has, and its place in bytes.
type Word struct {
	ID     int32
	Lo, Hi int
}

// Hit is a pattern found at words[Start:End].
type Hit struct {
	Pattern    int // index in the list that the Set was made of
	Start, End int
}

// Set is a list of patterns. It is safe for concurrent use.
type Set struct {
	dict  map[string]int32
	seqs  []seq
	first [][]int32 // by word: the patterns that may begin with it
	lex   lex.Lexer // of New
}

// seq is a list of elements that follow each other.
type seq []elem

// elem is a word, a gap of up to max words, or a choice of sequences.
type elem struct {
	word int32
	max  int
	alts []seq
}

// New compiles patterns; the error names the first that is wrong.
func New(patterns []string) (*Set, error) {
	s := &Set{dict: map[string]int32{}}
	for i, text := range patterns {
		p := parser{set: s, rest: text}
		q, err := p.seq()
		if err == nil && p.rest != "" {
			err = fmt.Errorf("%q: nothing opens the %q", text, p.rest[:1])
		}
		if err != nil {
			return nil, fmt.Errorf("phrase %q: %w", text, err)
		}
		heads, empty := q.heads()
		if empty {
			return nil, fmt.Errorf("phrase %q: it has to begin with a word", text)
		}
		s.seqs = append(s.seqs, q)
		s.first = append(s.first, make([][]int32, len(s.dict)-len(s.first))...)
		for _, h := range heads {
			s.first[h] = append(s.first[h], int32(i))
		}
	}
	return s, nil
}

// heads lists the words that a sequence can begin with; empty says that it can
// begin with any word or match nothing.
func (q seq) heads() (heads []int32, empty bool) {
	for _, e := range q {
		switch {
		case e.alts == nil && e.max == 0:
			return append(heads, e.word), false
		case e.max > 0:
			return heads, true
		}
		pass := false
		for _, a := range e.alts {
			h, maybe := a.heads()
			pass = pass || maybe
			for _, w := range h {
				if !slices.Contains(heads, w) {
					heads = append(heads, w)
				}
			}
		}
		if !pass {
			return heads, false
		}
	}
	return heads, true
}

type parser struct {
	set  *Set
	rest string
}

// seq reads elements up to the end, a closing bracket or a bar.
func (p *parser) seq() (seq, error) {
	q := seq{}
	for {
		p.rest = strings.TrimLeft(p.rest, " \n\t")
		if p.rest == "" || strings.ContainsRune(")]|", rune(p.rest[0])) {
			return q, nil
		}
		var err error
		switch p.rest[0] {
		case '(':
			q, err = p.choice(q, ')', false)
		case '[':
			q, err = p.choice(q, ']', true)
		case '*':
			q, err = p.gap(q)
		default:
			end := strings.IndexAny(p.rest, " \n\t()[]|*")
			if end < 0 {
				end = len(p.rest)
			}
			q = append(q, p.set.words(p.rest[:end])...)
			p.rest = p.rest[end:]
		}
		if err != nil {
			return nil, err
		}
	}
}

func (p *parser) choice(q seq, end byte, optional bool) (seq, error) {
	e := elem{}
	for {
		p.rest = p.rest[1:]
		a, err := p.seq()
		if err != nil {
			return nil, err
		}
		e.alts = append(e.alts, a)
		if p.rest == "" || p.rest[0] != '|' && p.rest[0] != end {
			return nil, fmt.Errorf("no %q closes it", end)
		}
		if p.rest[0] == end {
			p.rest = p.rest[1:]
			if optional {
				e.alts = append(e.alts, seq{})
			}
			return append(q, e), nil
		}
	}
}

func (p *parser) gap(q seq) (seq, error) {
	n, size := 0, 1
	for ; size < len(p.rest) && '0' <= p.rest[size] && p.rest[size] <= '9' && n < 100; size++ {
		n = 10*n + int(p.rest[size]-'0')
	}
	if n < 1 || n > 99 {
		return nil, fmt.Errorf("a gap is * and a number from 1 to 99")
	}
	p.rest = p.rest[size:]
	return append(q, elem{max: n}), nil
}

// words adds the words of s to the dictionary.
func (s *Set) words(text string) seq {
	var q seq
	s.lex.Reset([]byte(text))
	for {
		w, _, _, ok := s.lex.Next()
		if !ok {
			return q
		}
		id, known := s.dict[string(w)]
		if !known {
			id = int32(len(s.dict))
			s.dict[string(w)] = id
		}
		q = append(q, elem{word: id})
	}
}

// Words splits a text; base is added to the places.
func (s *Set) Words(text []byte, base int) []Word {
	var out []Word
	var l lex.Lexer
	l.Reset(text)
	for {
		w, lo, hi, ok := l.Next()
		if !ok {
			return out
		}
		id, known := s.dict[string(w)]
		if !known {
			id = -1
		}
		out = append(out, Word{id, base + lo, base + hi})
	}
}

// Find lists, for every place and pattern, the longest match that begins there,
// in the order of places and then of patterns.
func (s *Set) Find(words []Word) []Hit {
	var hits []Hit
	for i, w := range words {
		if w.ID < 0 {
			continue
		}
		for _, p := range s.first[w.ID] {
			if end := s.seqs[p].match(words, i, nil); end >= 0 {
				hits = append(hits, Hit{int(p), i, end})
			}
		}
	}
	return hits
}

// match returns where the longest match at words[i:] ends, -1 without one. What
// follows the sequence has to match too.
func (q seq) match(words []Word, i int, then func(int) int) int {
	if len(q) == 0 {
		if then == nil {
			return i
		}
		return then(i)
	}
	e, rest := q[0], q[1:]
	switch {
	case e.alts != nil:
		best := -1
		for _, a := range e.alts {
			best = max(best, a.match(words, i, func(k int) int { return rest.match(words, k, then) }))
		}
		return best
	case e.max > 0:
		best := -1
		for k := i; k <= i+e.max && k <= len(words); k++ {
			best = max(best, rest.match(words, k, then))
		}
		return best
	}
	if i >= len(words) || words[i].ID != e.word {
		return -1
	}
	return rest.match(words, i+1, then)
}
