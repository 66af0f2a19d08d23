package pytorch

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// index reads a place of the memo.
func (w *walker) index(arg argument) (uint64, error) {
	switch arg {
	case index1:
		b, err := w.r.Byte()
		return uint64(b), err
	case index4:
		n, err := w.r.U32(binary.LittleEndian)
		return uint64(n), err
	}
	at := w.r.Pos()
	s, err := w.line(MaxNumber)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0, w.bad(at, "%.40q is no place of the memo", s)
	}
	return n, nil
}

// gap is how many places of the memo may be left out before one counts as far.
const gap = 64

func (w *walker) store(i uint64, at int64) error {
	if w.used == MaxMemo {
		return w.r.Over(at, "places of the memo", MaxMemo, MaxMemo+1)
	}
	v := max(w.top(), value) // a mark cannot be stored
	if i >= uint64(len(w.memo))+gap {
		if w.far == nil {
			w.far = map[uint64]int32{}
		}
		if _, ok := w.far[i]; !ok {
			w.used++
		}
		w.far[i] = v
		return nil
	}
	for n := uint64(len(w.memo)); n <= i; n++ {
		v, ok := w.far[n]
		if !ok {
			v = missing
		}
		w.memo = append(w.memo, v)
		delete(w.far, n)
	}
	if w.memo[i] == missing {
		w.used++
	}
	w.memo[i] = v
	return nil
}

func (w *walker) fetch(i uint64) int32 {
	v, far := w.far[i]
	switch {
	case far:
		return v
	case i >= uint64(len(w.memo)) || w.memo[i] == missing:
		return value
	}
	return w.memo[i]
}
