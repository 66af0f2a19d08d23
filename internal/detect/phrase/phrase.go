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
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// New compiles patterns; the error names the first that is wrong.
func New(patterns []string) (*Set, error) {
	size := 0
	for _, text := range patterns {
		size += len(text)
	}
	s := &Set{dict: make(map[string]int32, size/32), nodes: make([]node, 0, size/5), start: make([]int32, 0, len(patterns))}
	p := parser{set: s}
	buf := make([]byte, 0, size)
	var pairs []head
	for i, text := range patterns {
		buf = append(buf, text...)
		p.rest = buf[len(buf)-len(text):]
		s.start = append(s.start, int32(len(s.nodes)))
		err := p.seq()
		if err == nil && len(p.rest) > 0 {
			err = fmt.Errorf("%q: nothing opens the %q", text, p.rest[:1])
		}
		if err != nil {
			return nil, fmt.Errorf("phrase %q: %w", text, err)
		}
		s.emit(opEnd, 0)
		var empty bool
		if pairs, empty = s.headsOf(pairs, len(pairs), s.start[i], int32(i)); empty {
			return nil, fmt.Errorf("phrase %q: it has to begin with a word", text)
		}
	}
	s.index(pairs)
	return s, nil
}

// Text returns the dictionary and the program, for Parse: words and numbers, each
// list in one line.
func (s *Set) Text() (words, nodes string) {
	list := make([]string, len(s.dict))
	for w, id := range s.dict {
		list[id] = w
	}
	var b []byte
	for i, n := range s.nodes {
		if i > 0 {
			b = append(b, ' ')
		}
		b = strconv.AppendInt(b, int64(n.arg)*int64(ops)+int64(n.op), 10)
	}
	return strings.Join(list, " "), string(b)
}

// Parse makes the Set whose Text is given.
func Parse(words, nodes string) (*Set, error) {
	s := &Set{dict: make(map[string]int32, strings.Count(words, " ")+1), nodes: make([]node, 0, strings.Count(nodes, " ")+1)}
	for word := range strings.FieldsSeq(words) {
		s.dict[word] = int32(len(s.dict))
	}
	last := int32(opEnd)
	for number := range strings.FieldsSeq(nodes) {
		v, err := strconv.ParseInt(number, 10, 31)
		if err != nil || v < 0 {
			return nil, fmt.Errorf("the wordings have a step %q", number)
		}
		if last == int32(opEnd) {
			s.start = append(s.start, int32(len(s.nodes)))
		}
		s.nodes = append(s.nodes, node{op(int32(v) % int32(ops)), int32(v) / int32(ops)})
		last = int32(v) % int32(ops)
	}
	if last != int32(opEnd) {
		return nil, errors.New("the wordings do not end")
	}
	var pairs []head
	for i, at := range s.start {
		end := int32(len(s.nodes))
		if i+1 < len(s.start) {
			end = s.start[i+1]
		}
		for k, n := range s.nodes[at:end] {
			if n.op == opWord && int(n.arg) >= len(s.dict) || n.op == opGap && n.arg < 1 ||
				(n.op == opSplit || n.op == opJump) && (n.arg <= at+int32(k) || n.arg >= end) {
				return nil, fmt.Errorf("the wordings have a step that leads nowhere: %d", at+int32(k))
			}
		}
		var empty bool
		if pairs, empty = s.headsOf(pairs, len(pairs), at, int32(i)); empty {
			return nil, fmt.Errorf("wording %d has no first word", i)
		}
	}
	s.index(pairs)
	return s, nil
}

// Len is the number of patterns.
func (s *Set) Len() int { return len(s.start) }

// A head is a word that a pattern can begin with.
type head struct{ word, pattern int32 }

// headsOf adds the heads of a pattern, those of it beginning at list[from:], that
// follow from a node on; empty says that it can begin with any word or match
// nothing.
func (s *Set) headsOf(list []head, from int, at, pattern int32) (heads []head, empty bool) {
	for {
		switch n := s.nodes[at]; n.op {
		case opWord:
			if h := (head{n.arg, pattern}); !slices.Contains(list[from:], h) {
				list = append(list, h)
			}
			return list, empty
		case opSplit:
			var maybe bool
			list, maybe = s.headsOf(list, from, n.arg, pattern)
			empty = empty || maybe
			at++
		case opJump:
			at = n.arg
		default:
			return list, true
		}
	}
}

// index sorts heads by word.
func (s *Set) index(pairs []head) {
	s.first = make([]int32, len(s.dict)+1)
	for _, h := range pairs {
		s.first[h.word+1]++
	}
	for i := 1; i < len(s.first); i++ {
		s.first[i] += s.first[i-1]
	}
	s.heads = make([]int32, len(pairs))
	next := slices.Clone(s.first)
	for _, h := range pairs {
		s.heads[next[h.word]] = h.pattern
		next[h.word]++
	}
}

// emit adds a node and returns its number.
func (s *Set) emit(o op, arg int32) int {
	s.nodes = append(s.nodes, node{o, arg})
	return len(s.nodes) - 1
}

// land makes a node go on at what is added next.
func (s *Set) land(node int) { s.nodes[node].arg = int32(len(s.nodes)) }

type parser struct {
	set  *Set
	rest []byte
	lex  lex.Lexer
}

// seq reads elements up to the end, a closing bracket or a bar.
func (p *parser) seq() error {
	for {
		p.rest = bytes.TrimLeft(p.rest, blanks)
		if len(p.rest) == 0 {
			return nil
		}
		var err error
		switch p.rest[0] {
		case ')', ']', '|':
			return nil
		case '(':
			err = p.choice(')', false)
		case '[':
			err = p.choice(']', true)
		case '*':
			err = p.gap()
		default:
			p.words()
		}
		if err != nil {
			return err
		}
	}
}

// Signs that end a word of a pattern.
const (
	blanks = " \n\t"
	signs  = blanks + "()[]|*"
)

// choice reads alternatives: all but the last begin with a split to the next one
// and end with a jump behind the last.
func (p *parser) choice(end byte, optional bool) error {
	s := p.set
	var jumps []int
	for {
		p.rest = p.rest[1:]
		split := s.emit(opSplit, 0)
		if err := p.seq(); err != nil {
			return err
		}
		if len(p.rest) == 0 || p.rest[0] != '|' && p.rest[0] != end {
			return fmt.Errorf("no %q closes it", end)
		}
		last := p.rest[0] == end
		switch {
		case !last:
			jumps = append(jumps, s.emit(opJump, 0))
			s.land(split)
			continue
		case optional:
			s.land(split)
		default:
			s.nodes[split] = node{opJump, int32(split) + 1}
		}
		for _, j := range jumps {
			s.land(j)
		}
		p.rest = p.rest[1:]
		return nil
	}
}

func (p *parser) gap() error {
	n, size := 0, 1
	for ; size < len(p.rest) && '0' <= p.rest[size] && p.rest[size] <= '9' && n < 100; size++ {
		n = 10*n + int(p.rest[size]-'0')
	}
	if n < 1 || n > 99 {
		return fmt.Errorf("a gap is * and a number from 1 to 99")
	}
	p.rest = p.rest[size:]
	p.set.emit(opGap, int32(n))
	return nil
}

// words reads words and adds them to the dictionary.
func (p *parser) words() {
	end := bytes.IndexAny(p.rest, signs)
	if end < 0 {
		end = len(p.rest)
	}
	p.lex.Reset(p.rest[:end])
	p.rest = p.rest[end:]
	for {
		w, _, _, ok := p.lex.Next()
		if !ok {
			return
		}
		id, known := p.set.dict[string(w)]
		if !known {
			id = int32(len(p.set.dict))
			p.set.dict[string(w)] = id
		}
		p.set.emit(opWord, id)
	}
}

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
