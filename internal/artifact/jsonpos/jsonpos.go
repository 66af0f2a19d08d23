// Package jsonpos reads JSON that nobody trusts, with the line of every value.
// A document is checked whole once, and is then looked into without a tree:
// what it costs in memory is its text.
//
// A document has at most MaxBytes bytes in UTF-8 (a byte order mark is fine)
// and MaxDepth levels. NaN and Infinity are accepted as numbers, because
// Python writes them. Of bytes that are no UTF-8, Text makes U+FFFD.
package jsonpos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"
)

// The limits of a document: rukhsa's budget for a bill of materials or a
// configuration in JSON.
const (
	MaxBytes = 64 << 20
	MaxDepth = 128
)

// Kind is the kind of a value.
type Kind uint8

// The kinds of values. Absent is the zero Value.
const (
	Absent Kind = iota
	Null
	Bool
	Number
	String
	Object
	Array
)

func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an object", "a list"}[k]
}

// Value is a value of a checked document; the zero Value is an absent one.
type Value struct {
	doc *doc
	off int // of its first byte
}

type doc struct {
	data  []byte
	marks []int // lines begun before every block of blockSize bytes; built when needed
}

// Error says why a document cannot be read.
type Error struct {
	Line   int
	Offset int64
	// Limit is the limit that was passed and Actual what was met; 0 where the
	// document is malformed.
	Limit, Actual int64
	Message       string
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Message) }

// Parse checks a document; its error is an *Error. The values share data, which
// must not change.
func Parse(data []byte) (Value, error) {
	if len(data) > MaxBytes {
		return Value{}, &Error{Limit: MaxBytes, Actual: int64(len(data)), Message: fmt.Sprintf("%d bytes, over the limit of %d", len(data), MaxBytes)}
	}
	d := &doc{data: data}
	c := checker{doc: d}
	if bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) {
		c.off = 3
	}
	c.space()
	start := c.off
	if err := c.value(1); err != nil {
		return Value{}, err
	}
	if c.space(); c.off < len(data) {
		return Value{}, c.fail("text after the end of the document")
	}
	return Value{d, start}, nil
}

// Kind tells what the value is.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Absent
	}
	switch v.doc.data[v.off] {
	case '{':
		return Object
	case '[':
		return Array
	case '"':
		return String
	case 't', 'f':
		return Bool
	case 'n':
		return Null
	}
	return Number
}

// Offset is where the value begins, in bytes.
func (v Value) Offset() int64 { return int64(v.off) }

// Line is the line that the value begins on, from 1; 0 of an absent one.
func (v Value) Line() int {
	if v.doc == nil {
		return 0
	}
	return v.doc.line(v.off)
}

// Text is a string's text, or a number or boolean as it is written; "" for
// everything else.
func (v Value) Text() string {
	switch v.Kind() {
	case String:
		return unquote(v.Raw())
	case Bool, Number:
		return string(v.Raw())
	}
	return ""
}

// Raw is the value as it is written.
func (v Value) Raw() []byte {
	if v.doc == nil {
		return nil
	}
	return v.doc.data[v.off:v.doc.skip(v.off)]
}

func unquote(raw []byte) string {
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return strings.ToValidUTF8(string(inner), string(utf8.RuneError))
	}
	var s string
	if json.Unmarshal(raw, &s) != nil { // cannot be: the string was checked
		return ""
	}
	return s
}

// Get returns the value of an object's key, of several equal keys the last, as
// the readers of other languages do; the zero Value when there is none.
func (v Value) Get(key string) Value {
	var got Value
	for m := range v.Each(key) {
		got = m
	}
	return got
}

// Each yields the values of a key: more than one where the key is repeated.
func (v Value) Each(key string) iter.Seq[Value] {
	return func(yield func(Value) bool) {
		for k, m := range v.Pairs() {
			if k.is(key) && !yield(m) {
				return
			}
		}
	}
}

// is reports whether a string's text is s.
func (v Value) is(s string) bool {
	raw := v.Raw()
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1:len(raw)-1]) == s
	}
	return unquote(raw) == s
}

// Pairs yields the keys and values of an object in the order of the document.
func (v Value) Pairs() iter.Seq2[Value, Value] {
	return func(yield func(Value, Value) bool) {
		if v.Kind() != Object {
			return
		}
		d := v.doc
		for off := d.space(v.off + 1); d.data[off] != '}'; {
			key := Value{d, off}
			off = d.space(d.space(d.skip(off)) + 1) // behind the colon
			if !yield(key, Value{d, off}) {
				return
			}
			off = d.next(off)
		}
	}
}

// Items yields the items of a list.
func (v Value) Items() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Kind() != Array {
			return
		}
		d := v.doc
		for off := d.space(v.off + 1); d.data[off] != ']'; {
			if !yield(Value{d, off}) {
				return
			}
			off = d.next(off)
		}
	}
}

// Many yields the items of a list, or the value itself where it is something
// else than a list or null: many formats allow one in place of a list of one.
func (v Value) Many() iter.Seq[Value] {
	switch v.Kind() {
	case Absent, Null:
		return func(func(Value) bool) {}
	case Array:
		return v.Items()
	}
	return func(yield func(Value) bool) { yield(v) }
}

// next leads from a member to the one after it, or to the closing bracket.
func (d *doc) next(off int) int {
	off = d.space(d.skip(off))
	if d.data[off] == ',' {
		off = d.space(off + 1)
	}
	return off
}

// space skips white space of a checked document.
func (d *doc) space(off int) int {
	for off < len(d.data) && isSpace(d.data[off]) {
		off++
	}
	return off
}

// skip returns the offset behind the value at off.
func (d *doc) skip(off int) int {
	switch d.data[off] {
	case '"':
		return d.skipString(off)
	case '{', '[':
		depth := 0
		for {
			switch d.data[off] {
			case '"':
				off = d.skipString(off)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return off + 1
				}
			}
			off++
		}
	}
	for off < len(d.data) && !endsWord(d.data[off]) {
		off++
	}
	return off
}

func endsWord(b byte) bool { return isSpace(b) || b == ',' || b == ']' || b == '}' }

func (d *doc) skipString(off int) int {
	for off++; ; off++ {
		switch d.data[off] {
		case '\\':
			off++
		case '"':
			return off + 1
		}
	}
}

const blockSize = 4096

// line counts the lines up to an offset.
func (d *doc) line(off int) int {
	if d.marks == nil {
		n := 0
		for i := 0; ; i += blockSize {
			d.marks = append(d.marks, n)
			if i+blockSize >= len(d.data) {
				break
			}
			n += bytes.Count(d.data[i:i+blockSize], []byte{'\n'})
		}
	}
	block := min(off/blockSize, len(d.marks)-1)
	return 1 + d.marks[block] + bytes.Count(d.data[block*blockSize:min(off, len(d.data))], []byte{'\n'})
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }
