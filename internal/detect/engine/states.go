package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
)

// A state of the automaton is a set of program positions. It is kept as a
// record of int32 on a page:
//
//	choice: match+1, number of positions, number of words, link for any word
//	        (noState if no position takes any word), the positions, the words
//	        that it goes on with in ascending order, one link for each
//	run:    isRun, number of words, first position, link for what follows
//
// A run stands for a stretch of positions that match one word each, of which
// each state holds one only: most of a long license. A link is the number of
// a state, or unknown until a text goes there; it alone is written after the
// record is in use, and is read and written atomically.
const (
	recKind  = 0 // match+1, or isRun
	recCount = 1
	recWords = 2 // number of words; first position of a run
	recNext  = 3 // link for any word, or after a run
	recList  = 4

	isRun   = -1
	unknown = 0
	noState = -1
)

// Pages hold records. A state's number is page<<pageShift | offset; a record
// that is longer than a page has one of its own size.
const (
	pageShift = 12
	pageSize  = 1 << pageShift
)

// states is one generation of states. Readers follow links without a lock;
// whatever a link leads to was complete before the link was set.
type states struct {
	pages [][]int32 // of fixed length; filled from the front
	start int32     // the state before the first word

	mu    sync.Mutex // guards all below, and the adding of pages
	n     int        // pages in use
	used  int        // of the last page
	total int        // int32s in all records and the table
	count int        // states
	table []int32    // hash table of state numbers; 0 is free
	nfa   nfa        // scratch
}

// newStates returns a generation that holds the start state only.
func newStates(t *tables, limit int) *states {
	st := &states{
		pages: make([][]int32, limit/pageSize*2+4),
		table: make([]int32, 1<<10),
		used:  1, // number 0 is unknown
	}
	st.total = len(st.table)
	set := make([]uint32, len(t.start)/4)
	for i := range set {
		set[i] = u32(t.start, i)
	}
	st.addPage(pageSize)
	st.start = st.intern(t, set, -1)
	return st
}

// record returns the record of a state, and whatever follows it on the page.
func (st *states) record(id int32) []int32 {
	return st.pages[id>>pageShift][id&(pageSize-1):]
}

// intern returns the number of the state with that set of positions, which it
// adds if need be; or noState if that would exceed the limit (which is not
// looked at when negative). The caller holds st.mu.
func (st *states) intern(t *tables, set []uint32, limit int) int32 {
	h := hashSet(set)
	mask := len(st.table) - 1
	i := int(h) & mask
	for ; st.table[i] != 0; i = (i + 1) & mask {
		if st.holds(st.table[i], set) {
			return st.table[i]
		}
	}
	rec := st.nfa.encode(t, set)
	if limit >= 0 && (st.total+len(rec) > limit || st.n+2 > len(st.pages)) {
		return noState
	}
	id := st.add(rec)
	st.table[i] = id
	if st.count++; st.count*2 > len(st.table) {
		st.grow()
	}
	return id
}

// add copies a record to the pages.
func (st *states) add(rec []int32) int32 {
	if st.used+len(rec) > len(st.pages[st.n-1]) {
		st.addPage(max(pageSize, len(rec)))
	}
	id := int32((st.n-1)<<pageShift | st.used)
	copy(st.pages[st.n-1][st.used:], rec)
	st.used += len(rec)
	st.total += len(rec)
	return id
}

func (st *states) addPage(size int) {
	st.pages[st.n] = make([]int32, size)
	st.n++
	if st.n > 1 {
		st.used = 0
	}
}

// holds reports whether the state has that set of positions.
func (st *states) holds(id int32, set []uint32) bool {
	rec := st.record(id)
	if rec[recKind] == isRun {
		return len(set) == 1 && uint32(rec[recWords]) == set[0]
	}
	if int(rec[recCount]) != len(set) {
		return false
	}
	for i, pc := range set {
		if uint32(rec[recList+i]) != pc {
			return false
		}
	}
	return true
}

// positions appends the state's set of positions to list.
func (st *states) positions(id int32, list []uint32) []uint32 {
	rec := st.record(id)
	if rec[recKind] == isRun {
		return append(list, uint32(rec[recWords]))
	}
	for _, pc := range rec[recList : recList+rec[recCount]] {
		list = append(list, uint32(pc))
	}
	return list
}

// grow doubles the hash table.
func (st *states) grow() {
	old := st.table
	st.table = make([]int32, 2*len(old))
	st.total += len(old)
	mask := len(st.table) - 1
	var set []uint32
	for _, id := range old {
		if id == 0 {
			continue
		}
		set = st.positions(id, set[:0])
		i := int(hashSet(set)) & mask
		for st.table[i] != 0 {
			i = (i + 1) & mask
		}
		st.table[i] = id
	}
}

func hashSet(set []uint32) uint32 {
	h := uint64(len(set))
	for _, pc := range set {
		h = (h ^ uint64(pc)) * 0x9e3779b97f4a7c15
		h ^= h >> 32
	}
	return uint32(h)
}

// anyWord is the word of a transition that any word makes.
const anyWord = format.MaxArg + 1

// follow returns the state that state id goes to on a word, whose link stands
// at rec[slot] of its record. It is in another generation if that of st is full.
func (e *Engine) follow(st *states, id int32, slot int, w uint32) (*states, int32) {
	link := &st.record(id)[slot]
	if next := atomic.LoadInt32(link); next != unknown {
		return st, next
	}
	st.mu.Lock()
	next := st.step(&e.tables, id, w, e.limit)
	if next != noState {
		atomic.StoreInt32(link, next)
		st.mu.Unlock()
		return st, next
	}
	set := slices.Clone(st.nfa.set)
	st.mu.Unlock()
	return e.inNewStates(st, set)
}

// step computes the state after id on word w. Its positions are left in
// st.nfa.set; noState means that there is no room for it.
func (st *states) step(t *tables, id int32, w uint32, limit int) int32 {
	rec := st.record(id)
	n := &st.nfa
	n.begin()
	if rec[recKind] == isRun {
		n.add(t, uint32(rec[recWords]+rec[recCount]))
	} else {
		for _, pc := range rec[recList : recList+rec[recCount]] {
			op, arg := t.at(uint32(pc))
			if op == format.OpAny || op == format.OpWord && arg == w {
				n.add(t, uint32(pc)+1)
			}
		}
	}
	n.trim(t)
	return st.intern(t, n.set, limit)
}

// inNewStates returns the state with that set of positions in a generation
// other than the full one, which is replaced unless it has been already.
func (e *Engine) inNewStates(full *states, set []uint32) (*states, int32) {
	e.renew.Lock()
	defer e.renew.Unlock()
	if st := e.states.Load(); st != full {
		st.mu.Lock()
		id := st.intern(&e.tables, set, e.limit)
		st.mu.Unlock()
		if id != noState {
			return st, id
		}
	}
	st := newStates(&e.tables, e.limit)
	id := st.intern(&e.tables, set, -1)
	e.states.Store(st)
	return st, id
}

// current returns the present generation.
func (e *Engine) current() *states {
	if st := e.states.Load(); st != nil {
		return st
	}
	e.renew.Lock()
	defer e.renew.Unlock()
	st := e.states.Load()
	if st == nil {
		st = newStates(&e.tables, e.limit)
		e.states.Store(st)
	}
	return st
}
