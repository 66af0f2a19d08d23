package phrase

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
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
