package tensorflow

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
)

// maxLookups is how often a flatbuffer is looked into: a few for every entry of
// its metadata.
const maxLookups = 100_000

// buffer is a flatbuffer in a file, looked into at offsets. The first error
// stays, and everything read after it is zero.
//
// See flatbuffers.dev, "FlatBuffer Internals": a table begins with the distance
// back to its vtable, which holds the distance of every field.
type buffer struct {
	name       string
	src        io.ReaderAt
	base, size int64 // of the buffer in the file
	lookups    int
	err        error
}

// fail keeps the first error.
func (b *buffer) fail(off int64, format string, args ...any) {
	if b.err == nil {
		b.err = b.reader(0).Fail(b.base+off, format, args...)
	}
}

func (b *buffer) reader(budget int64) *binread.Reader {
	return binread.New(b.name, b.src, b.base+b.size, budget)
}

// bytes reads n bytes at an offset of the buffer; nil is an error.
func (b *buffer) bytes(off, n int64, limit int64) []byte {
	if b.err != nil {
		return nil
	}
	if b.lookups++; b.lookups > maxLookups {
		b.err = b.reader(0).Over(b.base+off, "lookups in a flatbuffer", maxLookups, maxLookups+1)
		return nil
	}
	if off < 0 || n < 0 || off > b.size || n > b.size-off {
		b.fail(max(0, min(off, b.size)), "a flatbuffer that leads out of itself: %d bytes at %d of %d", n, off, b.size)
		return nil
	}
	r := b.reader(n)
	if b.err = r.Skip(uint64(b.base + off)); b.err != nil {
		return nil
	}
	s, err := r.Text(uint64(n), limit)
	if b.err = err; err != nil {
		return nil
	}
	return []byte(s)
}

func (b *buffer) u32(off int64) int64 {
	if p := b.bytes(off, 4, 4); p != nil {
		return int64(binary.LittleEndian.Uint32(p))
	}
	return 0
}

func (b *buffer) u16(off int64) int64 {
	if p := b.bytes(off, 2, 2); p != nil {
		return int64(binary.LittleEndian.Uint16(p))
	}
	return 0
}

// root is the offset of the root table.
func (b *buffer) root() int64 { return b.u32(0) }

// field is the offset of a table's field, 0 where the table has none.
func (b *buffer) field(table int64, i int) int64 {
	vtable := table - int64(int32(b.u32(table)))
	slot := 4 + 2*int64(i)
	if slot+2 > b.u16(vtable) {
		return 0
	}
	if rel := b.u16(vtable + slot); rel > 0 {
		return table + rel
	}
	return 0
}

// follow is where the reference at an offset leads.
func (b *buffer) follow(off int64) int64 {
	if off == 0 || b.err != nil {
		return 0
	}
	return off + b.u32(off)
}

// child is the table, text or list that a field refers to, 0 for none.
func (b *buffer) child(table int64, i int) int64 { return b.follow(b.field(table, i)) }

// text is a field that is a text, "" where there is none.
func (b *buffer) text(table int64, i int) string {
	at := b.child(table, i)
	if at == 0 {
		return ""
	}
	s := string(b.bytes(at+4, b.u32(at), maxText))
	if b.err != nil {
		b.err = binread.In(b.err, "text %d", i)
	}
	return s
}

// items is how many items a list has; its items begin 4 bytes behind it.
func (b *buffer) items(list int64, size int64, limit int64) int64 {
	if list == 0 {
		return 0
	}
	n := b.u32(list)
	switch {
	case b.err != nil:
		return 0
	case n > (b.size-list-4)/size:
		b.fail(list, "a list of %d items that leads out of the buffer", n)
		return 0
	case n > limit:
		b.err = b.reader(0).Over(b.base+list, fmt.Sprintf("a list of %d items", n), limit, n)
		return 0
	}
	return n
}

// table is item i of a list of tables.
func (b *buffer) table(list, i int64) int64 { return b.follow(list + 4 + 4*i) }
