package gguf

import (
	"encoding/binary"
	"fmt"
	"math"
)

// kv is a pair that is written; the type of the value is that of the Go value.
type kv struct {
	key   string
	value any
}

// typed is a value whose type word is not that of its Go type.
type typed struct {
	typ   uint32
	value any
}

// row is a tensor of the table. Offset and size are computed where they are not
// stated.
type row struct {
	name   string
	shape  []uint64
	typ    uint32
	offset *uint64
	dims   *uint32
}

// model is a file that is written. The zero values of magic and counts stand
// for the right ones.
type model struct {
	version   uint32
	order     binary.AppendByteOrder
	magic     string
	pairs     []kv
	tensors   []row
	nPairs    *uint64
	nTensors  *uint64
	align     uint64 // of the offsets; 0 for 32
	cut       int    // bytes that are missing at the end
	keyLength *uint64
	bare      bool // no data behind the table
}

// writer writes one model.
type writer struct {
	model
	b []byte
}

func (m model) bytes() []byte {
	if m.order == nil {
		m.order = binary.LittleEndian
	}
	if m.version == 0 {
		m.version = 3
	}
	if m.align == 0 {
		m.align = defaultAlignment
	}
	w := writer{model: m}
	if m.magic == "" {
		m.magic = magic
	}
	w.b = append(w.b, m.magic...)
	w.u32(m.version)
	w.length(value64(m.nTensors, uint64(len(m.tensors))))
	w.length(value64(m.nPairs, uint64(len(m.pairs))))
	for _, p := range m.pairs {
		w.length(value64(m.keyLength, uint64(len(p.key))))
		w.b = append(w.b, p.key...)
		w.value(p.value)
	}
	end := w.table()
	if len(m.tensors) > 0 && !m.bare {
		w.pad()
		w.b = append(w.b, make([]byte, end)...)
	}
	return w.b[:len(w.b)-m.cut]
}

func value64(p *uint64, otherwise uint64) uint64 {
	if p != nil {
		return *p
	}
	return otherwise
}

func ptr[T any](v T) *T { return &v }

func (w *writer) u32(v uint32) { w.b = w.order.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64) { w.b = w.order.AppendUint64(w.b, v) }

func (w *writer) length(n uint64) {
	if w.version == 1 {
		w.u32(uint32(n))
	} else {
		w.u64(n)
	}
}

func (w *writer) text(s string) {
	w.length(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) pad() {
	for uint64(len(w.b))%w.align != 0 {
		w.b = append(w.b, 0)
	}
}

// value writes the type and the value.
func (w *writer) value(v any) {
	if t, ok := v.(typed); ok {
		w.u32(t.typ)
		w.plain(t.value)
		return
	}
	switch list := v.(type) {
	case []string:
		array(w, tString, list)
		return
	case []uint32:
		array(w, tU32, list)
		return
	case []float32:
		array(w, tF32, list)
		return
	}
	types := map[string]uint32{"uint8": tU8, "int8": tI8, "uint16": tU16, "int16": tI16, "uint32": tU32, "int32": tI32, "float32": tF32,
		"bool": tBool, "string": tString, "uint64": tU64, "int64": tI64, "float64": tF64}
	w.u32(types[fmt.Sprintf("%T", v)])
	w.plain(v)
}

func array[T any](w *writer, typ uint32, list []T) {
	w.u32(tArray)
	w.u32(typ)
	w.length(uint64(len(list)))
	for _, v := range list {
		w.plain(v)
	}
}

// plain writes a value without its type; []byte as it is.
func (w *writer) plain(v any) {
	switch v := v.(type) {
	case uint8:
		w.b = append(w.b, v)
	case int8:
		w.b = append(w.b, byte(v))
	case bool:
		w.b = append(w.b, map[bool]byte{true: 1}[v])
	case uint16:
		w.b = w.order.AppendUint16(w.b, v)
	case int16:
		w.b = w.order.AppendUint16(w.b, uint16(v))
	case uint32:
		w.u32(v)
	case int32:
		w.u32(uint32(v))
	case float32:
		w.u32(math.Float32bits(v))
	case uint64:
		w.u64(v)
	case int64:
		w.u64(uint64(v))
	case float64:
		w.u64(math.Float64bits(v))
	case string:
		w.text(v)
	case []byte:
		w.b = append(w.b, v...)
	case nil:
	default:
		panic(fmt.Sprintf("no way to write %T", v))
	}
}

// table writes the rows and returns the size of the data, padded.
func (w *writer) table() uint64 {
	end := uint64(0)
	for _, r := range w.tensors {
		w.text(r.name)
		dims := uint32(len(r.shape))
		if r.dims != nil {
			dims = *r.dims
		}
		w.u32(dims)
		items := uint64(1)
		for _, n := range r.shape {
			w.length(n)
			items *= n
		}
		w.u32(r.typ)
		w.u64(value64(r.offset, end))
		if l, ok := layouts[r.typ]; ok {
			end = (end + items/l.items*l.bytes + w.align - 1) / w.align * w.align
		}
	}
	return end
}
