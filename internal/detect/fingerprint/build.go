package fingerprint

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// maxEntries is the number of entries that a table can hold.
const maxEntries = 1 << 16

// Build makes a table of entries. The vocabulary is that of their texts, or empty.
func Build(list []Entry, v Vocabulary) ([]byte, error) {
	if len(list) > maxEntries {
		return nil, fmt.Errorf("%d entries; the limit is %d", len(list), maxEntries)
	}
	var b builder
	for i := range list {
		if err := b.entry(i, &list[i]); err != nil {
			return nil, err
		}
	}
	b.index()
	b.u32(secKnown, v.known...)
	for _, h := range v.all {
		b.sec[secWord] = binary.LittleEndian.AppendUint64(b.sec[secWord], h)
	}
	return b.file(), nil
}

// A builder collects the sections of a table.
type builder struct {
	sec   [sections][]byte
	slots []slot
}

type slot struct {
	hash         uint64
	entry, start int
}

func (b *builder) u32(sec int, list ...uint32) {
	for _, v := range list {
		b.sec[sec] = binary.LittleEndian.AppendUint32(b.sec[sec], v)
	}
}

func (b *builder) u16(sec int, list ...int) {
	for _, v := range list {
		b.sec[sec] = binary.LittleEndian.AppendUint16(b.sec[sec], uint16(v))
	}
}

// entry adds entry number i.
func (b *builder) entry(i int, e *Entry) error {
	kind := slices.Index(Kinds, e.Kind)
	if kind < 0 {
		return fmt.Errorf("%s: kind %q is none of %s", e.ID, e.Kind, strings.Join(Kinds, ", "))
	}
	for _, s := range []string{e.ID, strings.Join(e.Twins, listMark), strings.Join(e.Of, listMark)} {
		b.u32(secEntry, uint32(len(b.sec[secText])), uint32(len(s)))
		b.sec[secText] = append(b.sec[secText], s...)
	}
	for _, v := range []int{kind, len(b.sec[secChecks]), len(e.checks), e.Required(), len(b.sec[secPart]) / partBytes, len(e.parts), len(e.blocks)} {
		b.u32(secEntry, uint32(v))
	}
	b.sec[secChecks] = append(b.sec[secChecks], e.checks...)
	for _, p := range e.parts {
		flag := 0
		if p.optional {
			flag = 1
		}
		b.u16(secPart, p.end, flag)
	}
	for _, k := range e.blocks {
		b.slots = append(b.slots, slot{k.hash, i, k.start})
	}
	return nil
}

// index writes the blocks of all entries, sorted by their hashes, and where
// those begin that have the same first bits.
func (b *builder) index() {
	slices.SortFunc(b.slots, func(x, y slot) int {
		return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.entry, y.entry), cmp.Compare(x.start, y.start))
	})
	width := max(1, bits.Len(uint(len(b.slots)))-1)
	n := 0
	for first := range 1 << width {
		b.u32(secBucket, uint32(n))
		for n < len(b.slots) && int(b.slots[n].hash>>(64-width)) == first {
			n++
		}
	}
	b.u32(secBucket, uint32(n))
	for _, s := range b.slots {
		b.u32(secSlot, rest(s.hash))
		b.u16(secSlot, s.entry, s.start)
	}
}

// file joins the sections.
func (b *builder) file() []byte {
	out := []byte(magic)
	off := headSize
	for _, s := range b.sec {
		out = binary.LittleEndian.AppendUint32(out, uint32(off))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(s)))
		off += len(s)
	}
	return append(out, slices.Concat(b.sec[:]...)...)
}
