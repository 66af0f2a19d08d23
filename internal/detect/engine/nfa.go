package engine

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
)

// nfa is the scratch memory of computing one set of program positions.
type nfa struct {
	set  []uint32 // the positions; sorted after trim
	cuts []uint32 // the OpAlt that each OpCut among them aims at
	todo []uint32
	seen []uint64 // hash set of positions in this round: round<<32 | position
	n    int      // positions in seen
	turn uint32   // the round
	rec  []int32
}

// begin starts an empty set.
func (n *nfa) begin() {
	n.set, n.cuts = n.set[:0], n.cuts[:0]
	n.n = 0
	if n.turn++; n.turn == 0 || n.seen == nil {
		n.seen, n.turn = make([]uint64, 1<<8), 1
	}
}

// add adds pc and what can be reached from it without a word.
func (n *nfa) add(t *tables, pc uint32) {
	n.todo = append(n.todo[:0], pc)
	for len(n.todo) > 0 {
		pc := n.todo[len(n.todo)-1]
		n.todo = n.todo[:len(n.todo)-1]
		if !n.visit(pc) {
			continue
		}
		switch op, arg := t.at(pc); op {
		case format.OpWord, format.OpAny, format.OpMatch:
			n.set = append(n.set, pc)
		case format.OpAlt:
			n.todo = append(n.todo, pc+1, pc+1+arg)
		case format.OpJump:
			n.todo = append(n.todo, pc+1+arg)
		case format.OpCut:
			n.cuts = append(n.cuts, pc+1-arg)
			n.todo = append(n.todo, pc+1)
		}
	}
}

// visit reports whether pc was not visited in this round before.
func (n *nfa) visit(pc uint32) bool {
	if n.n*2 >= len(n.seen) {
		old := n.seen
		n.seen, n.n = make([]uint64, 2*len(old)), 0
		for _, v := range old {
			if uint32(v>>32) == n.turn {
				n.visit(uint32(v))
			}
		}
	}
	key := uint64(n.turn)<<32 | uint64(pc)
	mask := len(n.seen) - 1
	i := int(pc*0x9e3779b1>>16) & mask
	for ; uint32(n.seen[i]>>32) == n.turn; i = (i + 1) & mask {
		if n.seen[i] == key {
			return false
		}
	}
	n.seen[i] = key
	n.n++
	return true
}

// trim sorts the set and drops the threads that a cut ends: those inside the
// wildcard that it belongs to.
func (n *nfa) trim(t *tables) {
	slices.Sort(n.set)
	if len(n.cuts) == 0 {
		return
	}
	slices.Sort(n.cuts)
	cuts, keep := n.cuts, n.set[:0]
	end := func(alt uint32) uint32 {
		_, arg := t.at(alt)
		return alt + 1 + arg
	}
	for _, pc := range n.set {
		for len(cuts) > 0 && pc > end(cuts[0]) {
			cuts = cuts[1:]
		}
		if len(cuts) == 0 || pc < cuts[0] {
			keep = append(keep, pc)
		}
	}
	n.set = keep
}

// maxRun bounds the length of a run.
const maxRun = 1 << 10

// encode returns the record of a set of positions. It is valid until the next call.
func (n *nfa) encode(t *tables, set []uint32) []int32 {
	if len(set) == 1 {
		length := uint32(0)
		for length < maxRun {
			if _, ok := t.wordAt(set[0] + length); !ok {
				break
			}
			length++
		}
		if length > 0 {
			n.rec = append(n.rec[:0], isRun, int32(length), int32(set[0]), unknown)
			return n.rec
		}
	}
	rec := append(n.rec[:0], 0, int32(len(set)), 0, noState)
	for _, pc := range set {
		rec = append(rec, int32(pc))
	}
	first := len(rec)
	match := int32(-1)
	for _, pc := range set {
		switch op, arg := t.at(pc); op {
		case format.OpAny:
			rec[recNext] = unknown
		case format.OpWord:
			rec = append(rec, int32(arg))
		case format.OpMatch:
			if match < 0 || int32(arg) < match {
				match = int32(arg)
			}
		}
	}
	rec[recKind] = match + 1
	slices.Sort(rec[first:])
	rec = rec[:first+len(slices.Compact(rec[first:]))]
	words := len(rec) - first
	rec[recWords] = int32(words)
	for range words {
		rec = append(rec, unknown)
	}
	n.rec = rec
	return rec
}
