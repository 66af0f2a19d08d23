package fingerprint

import (
	"math/bits"
	"slices"
)

// marks are words of a text, a bit for each.
type marks []uint64

// reset takes all marks of n words away.
func (m *marks) reset(n int) {
	size := n/64 + 1
	*m = slices.Grow((*m)[:0], size)[:size]
	clear(*m)
}

// add marks the words [from, to).
func (m marks) add(from, to int32) {
	for w, last := from/64, (to-1)/64; from < to && w <= last; w++ {
		m[w] |= m.within(w, from, to)
	}
}

// count counts the marks of the words [from, to).
func (m marks) count(from, to int32) (n int) {
	for w, last := from/64, (to-1)/64; from < to && w <= last; w++ {
		n += bits.OnesCount64(m[w] & m.within(w, from, to))
	}
	return n
}

// within has the bits of element w that stand for words [from, to).
func (marks) within(w, from, to int32) uint64 {
	bit := ^uint64(0)
	if low := from - 64*w; low > 0 {
		bit <<= low
	}
	if over := 64*(w+1) - to; over > 0 {
		bit &= ^uint64(0) >> over
	}
	return bit
}
