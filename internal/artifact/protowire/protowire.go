// Package protowire walks the wire format of protocol buffers field by field,
// without a schema and without reading what the caller does not ask for: a
// graph of gigabytes is jumped over by its length.
//
// See protobuf.dev, "Encoding". Groups (wire types 3 and 4) are refused: no
// model format uses them.
package protowire

import (
	"encoding/binary"
	"fmt"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
)

// MaxFields is how many fields a Walker visits in one file: a graph of a
// million nodes has a few million.
const MaxFields = 8 << 20

// Type is the wire type of a field.
type Type uint8

// The wire types.
const (
	Varint  Type = 0
	Fixed64 Type = 1
	Bytes   Type = 2 // texts, messages, packed lists
	Fixed32 Type = 5
)

// Field is one field of a message.
type Field struct {
	Num  int32
	Type Type
	// Value is the number of a Varint, Fixed32 or Fixed64, and the length of
	// Bytes; their content begins at the reader's position.
	Value uint64
}

// Walker walks the messages of one file. It is not safe for concurrent use.
type Walker struct {
	r      *binread.Reader
	end    int64 // of the message that is being walked
	fields int
}

// New returns a Walker at the present position of r.
func New(r *binread.Reader) *Walker { return &Walker{r: r, end: r.Size()} }

// Walk calls visit for every field of the message in the next n bytes, which
// may read or walk the content of Bytes; what it leaves is jumped over. Errors
// are Problems, or what visit returns.
func (w *Walker) Walk(n uint64, visit func(Field) error) error {
	outer := w.end
	if err := w.Has(n); err != nil {
		return err
	}
	end := w.r.Pos() + int64(n)
	for w.r.Pos() < end {
		w.end = end
		f, err := w.field()
		if err != nil {
			return err
		}
		next := w.r.Pos()
		if f.Type == Bytes {
			next += int64(f.Value)
		}
		if err := visit(f); err != nil {
			return err
		}
		if left := next - w.r.Pos(); left > 0 {
			if err := w.r.Skip(uint64(left)); err != nil {
				return err
			}
		}
	}
	w.end = outer
	return nil
}

// Has is a Problem where the message that is being walked has no n bytes left.
func (w *Walker) Has(n uint64) error {
	if err := w.r.Has(n); err != nil {
		return err
	}
	if left := w.end - w.r.Pos(); int64(n) > left {
		return w.r.Fail(w.r.Pos(), "a field of %d bytes in a message that has %d left", n, left)
	}
	return nil
}

// Text reads the content of a field of Bytes, at most keep bytes.
func (w *Walker) Text(f Field, keep int64) (string, error) {
	if f.Type != Bytes {
		return "", w.r.Fail(w.r.Pos(), "field %d has wire type %d, a text has 2", f.Num, f.Type)
	}
	return w.r.Text(f.Value, keep)
}

// field reads the tag of a field, and its value or length.
func (w *Walker) field() (Field, error) {
	at := w.r.Pos()
	if w.fields++; w.fields > MaxFields {
		return Field{}, w.r.Over(at, fmt.Sprintf("%d protobuf fields", w.fields), MaxFields, int64(w.fields))
	}
	tag, err := w.varint()
	if err != nil {
		return Field{}, err
	}
	if num := tag >> 3; num == 0 || num > 1<<29-1 {
		return Field{}, w.r.Fail(at, "a protobuf field with number %d", num)
	}
	f := Field{Num: int32(tag >> 3), Type: Type(tag & 7)}
	switch f.Type {
	case Varint:
		f.Value, err = w.varint()
	case Fixed64:
		if err = w.Has(8); err == nil {
			f.Value, err = w.r.U64(binary.LittleEndian)
		}
	case Fixed32:
		var v uint32
		if err = w.Has(4); err == nil {
			v, err = w.r.U32(binary.LittleEndian)
		}
		f.Value = uint64(v)
	case Bytes:
		if f.Value, err = w.varint(); err == nil {
			err = w.Has(f.Value)
		}
	default:
		return Field{}, w.r.Fail(at, "a protobuf field with wire type %d", f.Type)
	}
	if err != nil {
		return Field{}, binread.In(err, "protobuf field %d", f.Num)
	}
	return f, nil
}

// varint reads a number of up to 64 bits, seven in a byte.
func (w *Walker) varint() (uint64, error) {
	at := w.r.Pos()
	var v uint64
	for shift := 0; ; shift += 7 {
		if err := w.Has(1); err != nil {
			return 0, err
		}
		b, err := w.r.Byte()
		if err != nil {
			return 0, err
		}
		if shift == 63 && b > 1 {
			return 0, w.r.Fail(at, "a protobuf number of more than 64 bits")
		}
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v, nil
		}
	}
}
