package spdx

import (
	"encoding/binary"
	"math/bits"
)

// DNF lists the branches of the choices in an expression: each a set of
// licenses required together, in the order in which the expression names them.
// Branches with the same licenses are listed once; a branch that contains
// another is kept. NONE and NOASSERTION have no branches. It returns false when
// there are more than max branches, or when so many had to be compared to find
// the same ones that no real expression can be meant.
func DNF(e Expr, max int) ([][]License, bool) {
	licenses, index := numbered(e)
	branches, ok := expand(e, index, max)
	if !ok {
		return nil, false
	}
	out := make([][]License, len(branches))
	for i, b := range branches {
		for n, l := range licenses {
			if b.has(n) {
				out[i] = append(out[i], l)
			}
		}
	}
	return out, true
}

// numbered lists the distinct licenses of expressions and numbers them.
func numbered(x ...Expr) (licenses []License, index map[License]int) {
	index = map[License]int{}
	for _, e := range x {
		Walk(e, func(l License) {
			if _, ok := index[l]; !ok {
				index[l] = len(licenses)
				licenses = append(licenses, l)
			}
		})
	}
	return licenses, index
}

func expand(e Expr, index map[License]int, max int) ([]set, bool) {
	x := expander{index: index, words: len(index)/64 + 1, max: max, budget: 16*max + 4096}
	b := x.expand(e)
	return b.list, !x.over
}

// expander computes branches within limits on their number and on the work.
type expander struct {
	index  map[License]int
	words  int  // of a set
	max    int  // branches
	budget int  // sets that may still be built
	over   bool // a limit was passed; results mean nothing
}

func (x *expander) expand(e Expr) (out branches) {
	switch e := e.(type) {
	case License:
		s := make(set, x.words)
		s.put(x.index[e])
		x.add(&out, s)
	case Or:
		for _, y := range e.X {
			for _, s := range x.expand(y).list {
				x.add(&out, s)
			}
			if x.over {
				return out
			}
		}
	case And:
		out.list = []set{make(set, x.words)}
		for _, y := range e.X {
			if out = x.product(out.list, x.expand(y).list); x.over {
				return out
			}
		}
	}
	return out
}

func (x *expander) product(a, b []set) (out branches) {
	if len(a) == 1 && len(b) == 1 { // a plain list of licenses: nothing to compare
		a[0].join(b[0])
		out.list = a
		return out
	}
	for _, left := range a {
		for _, right := range b {
			s := append(set(nil), left...)
			s.join(right)
			if x.add(&out, s); x.over {
				return out
			}
		}
	}
	return out
}

func (x *expander) add(to *branches, s set) {
	to.add(s)
	if x.budget--; x.budget < 0 && len(to.list) > 1 || len(to.list) > x.max {
		x.over = true
	}
}

// branches collects sets without repetition.
type branches struct {
	list []set
	seen map[string]bool
}

func (b *branches) add(s set) {
	k := s.key()
	if b.seen == nil {
		b.seen = map[string]bool{}
	}
	if !b.seen[k] {
		b.seen[k] = true
		b.list = append(b.list, s)
	}
}

// set is a set of small numbers, one bit each.
type set []uint64

func (s set) put(n int)      { s[n/64] |= 1 << (n % 64) }
func (s set) has(n int) bool { return s[n/64]>>(n%64)&1 == 1 }

func (s set) join(t set) {
	for i, w := range t {
		s[i] |= w
	}
}

func (s set) within(t set) bool {
	for i, w := range s {
		if w&^t[i] != 0 {
			return false
		}
	}
	return true
}

func (s set) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) key() string {
	b := make([]byte, 0, 8*len(s))
	for _, w := range s {
		b = binary.BigEndian.AppendUint64(b, w)
	}
	return string(b)
}
