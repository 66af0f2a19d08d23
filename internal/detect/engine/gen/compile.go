package main

import (
	"fmt"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
)

// This file compiles syntax trees as google/licensecheck v0.3.1 does
// (internal/match/rematch.go, Copyright 2020 The Go Authors, BSD-3-Clause; the
// comment at its top says why there are cuts).

// An inst is one instruction. Targets are relative to the next instruction;
// that of a cut is negative.
type inst struct {
	op  format.Op
	arg int
}

// A cut waits for so many more words before the threads inside the wildcard
// that begins at instruction start are dropped.
type cut struct{ start, trigger int }

// cutAfter is the number of words after a wildcard that decide that it is over.
const cutAfter = 3

type compiler struct {
	prog []inst
	last bool // nothing after the present node must match
	cuts []cut
	err  error
}

// compile returns the program of one pattern, without its final match.
func compile(n *node) ([]inst, error) {
	c := compiler{last: true}
	c.node(n)
	c.flush()
	return c.prog, c.err
}

func (c *compiler) emit(op format.Op, arg int) int {
	c.prog = append(c.prog, inst{op, arg})
	return len(c.prog) - 1
}

// land makes the instruction at pc aim at the end of the program so far.
func (c *compiler) land(pc int) { c.prog[pc].arg = len(c.prog) - (pc + 1) }

func (c *compiler) node(n *node) {
	switch n.kind {
	case words:
		for _, w := range n.w {
			c.emit(format.OpWord, int(w))
			c.wordDone()
		}
		if c.last {
			c.flush()
		}

	case concat:
		end := len(n.sub)
		if c.last {
			for end > 0 && canBeEmpty(n.sub[end-1]) {
				end--
			}
		}
		for i, sub := range n.sub {
			c.last = i >= end
			c.node(sub)
		}

	case quest:
		alt := c.emit(format.OpAlt, 0)
		before, last := c.cuts, c.last
		c.node(n.sub[0])
		if last {
			c.flush()
		}
		c.cuts = mergeCuts(before, c.cuts)
		c.land(alt)

	case alternate:
		c.alternate(n)

	case wild:
		c.flush()
		if c.last && c.err == nil {
			c.err = fmt.Errorf("nothing must follow the wildcard __%d__", n.n)
		}
		start := len(c.prog)
		end := start + 2*n.n
		for range n.n {
			c.emit(format.OpAlt, end-(len(c.prog)+1))
			c.emit(format.OpAny, 0)
		}
		if n.n > cutAfter {
			c.cuts = []cut{{start, cutAfter}}
		}
	}
}

func (c *compiler) alternate(n *node) {
	before, last := c.cuts, c.last
	var after []cut
	var jumps []int
	for i, sub := range n.sub {
		final := i == len(n.sub)-1
		alt := -1
		if !final {
			alt = c.emit(format.OpAlt, 0)
		}
		c.cuts, c.last = slices.Clone(before), last
		c.node(sub)
		after = mergeCuts(after, c.cuts)
		if !final {
			jumps = append(jumps, c.emit(format.OpJump, 0))
			c.land(alt)
		}
	}
	c.cuts = after
	for _, pc := range jumps {
		c.land(pc)
	}
}

// wordDone tells the waiting cuts that one more word was matched.
func (c *compiler) wordDone() {
	var left []cut
	for _, k := range c.cuts {
		if k.trigger--; k.trigger == 0 {
			c.cut(k)
			continue
		}
		left = append(left, k)
	}
	c.cuts = left
}

// flush emits all waiting cuts.
func (c *compiler) flush() {
	for _, k := range c.cuts {
		c.cut(k)
	}
	c.cuts = nil
}

func (c *compiler) cut(k cut) { c.emit(format.OpCut, k.start-(len(c.prog)+1)) }

// mergeCuts unites two lists; of two cuts of one wildcard the later one stays.
func mergeCuts(a, b []cut) []cut {
	if len(a) == 0 {
		return b
	}
	if len(b) == 0 {
		return a
	}
	list := slices.Concat(a, b)
	slices.SortFunc(list, func(x, y cut) int {
		if x.start != y.start {
			return x.start - y.start
		}
		return y.trigger - x.trigger
	})
	return slices.CompactFunc(list, func(x, y cut) bool { return x.start == y.start })
}

func canBeEmpty(n *node) bool {
	switch n.kind {
	case alternate:
		return slices.ContainsFunc(n.sub, canBeEmpty)
	case concat:
		return !slices.ContainsFunc(n.sub, func(sub *node) bool { return !canBeEmpty(sub) })
	case words:
		return len(n.w) == 0
	}
	return true
}

// link joins programs into one that tries all of them; that of list[i] ends
// with match i.
func link(list [][]inst) []inst {
	var prog []inst
	for i, p := range list {
		if i+1 < len(list) {
			prog = append(prog, inst{format.OpAlt, len(p) + 1})
		}
		prog = append(prog, p...)
		prog = append(prog, inst{format.OpMatch, i})
	}
	return prog
}

// start returns the instructions that the first word of a text is offered to,
// in ascending order.
func start(prog []inst) ([]uint32, error) {
	var list []uint32
	seen := map[int]bool{}
	todo := []int{0}
	for len(todo) > 0 {
		pc := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch in := prog[pc]; in.op {
		case format.OpWord:
			list = append(list, uint32(pc))
		case format.OpAlt:
			todo = append(todo, pc+1, pc+1+in.arg)
		case format.OpJump:
			todo = append(todo, pc+1+in.arg)
		default: // a pattern that begins with a wildcard, or matches nothing
			return nil, fmt.Errorf("operation %d can be reached before any word", in.op)
		}
	}
	slices.Sort(list)
	return list, nil
}
