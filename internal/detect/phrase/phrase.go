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

import "github.com/rukhsa/rukhsa/internal/detect/engine/lex"

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
//
// Patterns are compiled to one program: a list of nodes, of which each is
// followed by the next in the list unless it says otherwise.
type Set struct {
	dict  map[string]int32
	nodes []node
	start []int32 // by pattern: its first node
	// The patterns that may begin with a word are heads[first[w]:first[w+1]].
	first []int32
	heads []int32
}

// node is a step of a pattern.
type node struct {
	op  op
	arg int32
}

type op int32

const (
	opWord  op = iota // arg is the word
	opGap             // up to arg words of any kind
	opSplit           // goes on with the next node or at arg
	opJump            // goes on at arg
	opEnd             // the pattern is matched
	ops
)

// Words splits a text; base is added to the places.
func (s *Set) Words(text []byte, base int) []Word {
	var l lex.Lexer
	l.Reset(text)
	w, lo, hi, ok := l.Next()
	if !ok {
		return nil
	}
	out := make([]Word, 0, len(text)/6+4)
	for ok {
		id, known := s.dict[string(w)]
		if !known {
			id = -1
		}
		out = append(out, Word{id, base + lo, base + hi})
		w, lo, hi, ok = l.Next()
	}
	return out
}

// Find lists, for every place and pattern, the longest match that begins there,
// in the order of places and then of patterns.
func (s *Set) Find(words []Word) []Hit {
	var hits []Hit
	for i, w := range words {
		if w.ID < 0 {
			continue
		}
		for _, p := range s.heads[s.first[w.ID]:s.first[w.ID+1]] {
			if end := s.match(s.start[p], words, i); end >= 0 {
				hits = append(hits, Hit{int(p), i, end})
			}
		}
	}
	return hits
}

// match returns where the longest match at words[i:] ends that follows from a
// node on, -1 without one.
func (s *Set) match(at int32, words []Word, i int) int {
	best := -1
	for {
		n := s.nodes[at]
		switch n.op {
		case opWord:
			if i == len(words) || words[i].ID != n.arg {
				return best
			}
			i++
			at++
		case opGap:
			at++
			next := s.nodes[at]
			last := min(i+int(n.arg), len(words))
			for ; i < last; i++ {
				if next.op != opWord || words[i].ID == next.arg {
					best = max(best, s.match(at, words, i))
				}
			}
		case opSplit:
			best = max(best, s.match(at+1, words, i))
			at = n.arg
		case opJump:
			at = n.arg
		default:
			return max(best, i)
		}
	}
}
