package phrase

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

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
