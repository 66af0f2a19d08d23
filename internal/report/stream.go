package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// jsonStream writes JSON as encoding/json does, but list by list, so that no
// document is in memory as a whole. It takes compact JSON, whole values and
// what stands between them; it indents it and escapes what a reader would not
// see or a terminal take for a command.
type jsonStream struct {
	out      *bufio.Writer
	enc      *json.Encoder // writes into the stream
	indent   bool
	depth    int
	opened   bool // the last byte opened an object or a list
	inString bool
	err      error
}

func newJSONStream(w io.Writer, indent bool) *jsonStream {
	s := &jsonStream{out: bufio.NewWriterSize(w, 1<<16), indent: indent}
	s.enc = json.NewEncoder(s)
	s.enc.SetEscapeHTML(false)
	return s
}

// raw writes what stands between values.
func (s *jsonStream) raw(text string) { _, _ = s.Write([]byte(text)) }

// end ends the document with a line end.
func (s *jsonStream) end() error {
	if s.err != nil {
		return s.err
	}
	if err := s.out.WriteByte('\n'); err != nil {
		return err
	}
	return s.out.Flush()
}

// Write takes compact JSON. Line ends outside strings are left out: encoding/json
// puts one after every value.
func (s *jsonStream) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		if s.inString {
			p = s.text(p)
			continue
		}
		c := p[0]
		p = p[1:]
		if c == '\n' {
			continue
		}
		s.structure(c)
		s.inString = c == '"'
	}
	return n, nil
}

// structure writes a byte outside strings, with the white space around it.
func (s *jsonStream) structure(c byte) {
	if s.indent {
		switch {
		case c == '}' || c == ']':
			if s.depth--; !s.opened {
				s.newline()
			}
		case s.opened:
			s.newline()
		}
		s.opened = c == '{' || c == '['
	}
	_ = s.out.WriteByte(c)
	if s.indent {
		switch c {
		case '{', '[':
			s.depth++
		case ',':
			s.newline()
		case ':':
			_ = s.out.WriteByte(' ')
		}
	}
}

func (s *jsonStream) newline() {
	_ = s.out.WriteByte('\n')
	for range s.depth {
		_, _ = s.out.WriteString("  ")
	}
}

// text writes p up to and with the end of the string that it begins in, and
// returns the rest.
func (s *jsonStream) text(p []byte) []byte {
	i, plain := 0, true
	for ; i < len(p) && p[i] != '"'; i++ {
		switch c := p[i]; {
		case c == '\\':
			i++
		case c >= 0x7f:
			plain = false
		}
	}
	if i = min(i, len(p)); i < len(p) {
		i++
		s.inString = false
	}
	if plain {
		_, _ = s.out.Write(p[:i])
	} else {
		_, _ = s.out.Write(escapeJSON(p[:i]))
	}
	return p[i:]
}

// manyFields is from how many elements on a list is written element by element.
const manyFields = 32

// value writes a value: lists with many elements, and structs that hold one,
// in parts, everything else as encoding/json writes it.
func (s *jsonStream) value(v reflect.Value) {
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	switch {
	case s.err != nil:
	case isLong(v):
		s.raw("[")
		for i := range v.Len() {
			if i > 0 {
				s.raw(",")
			}
			s.value(v.Index(i))
		}
		s.raw("]")
	case v.Kind() == reflect.Struct && hasLong(v):
		s.fields(v)
	case v.CanAddr():
		s.encode(v.Addr().Interface())
	default:
		s.encode(v.Interface())
	}
}

func (s *jsonStream) encode(v any) {
	if s.err == nil {
		s.err = s.enc.Encode(v)
	}
}

// isLong reports whether v is a list that is worth being written in parts.
func isLong(v reflect.Value) bool {
	return v.Kind() == reflect.Slice && v.Len() >= manyFields && v.Type().Elem().Kind() != reflect.Uint8
}

// hasLong reports whether a struct has such a list, and only fields that are
// written here as encoding/json does.
func hasLong(v reflect.Value) bool {
	long := false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || f.Tag.Get("json") == "" || options != "" && options != "omitempty" {
			return false
		}
		long = long || isLong(v.Field(i)) || v.Field(i).Kind() == reflect.Struct && hasLong(v.Field(i))
	}
	return long
}

func (s *jsonStream) fields(v reflect.Value) {
	s.raw("{")
	first := true
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "-" || options == "omitempty" && isEmpty(v.Field(i)) {
			continue
		}
		if !first {
			s.raw(",")
		}
		first = false
		s.raw(fmt.Sprintf("%q:", name))
		s.value(v.Field(i))
	}
	s.raw("}")
}

// isEmpty is what omitempty leaves out.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// EncodeJSON writes v as every JSON answer of this program is written: HTML
// characters as they are, and everything that a terminal or a reader could
// take for a command (control, bidirectional and invisible characters) as
// \uXXXX.
func EncodeJSON(w io.Writer, v any, indent bool) error {
	s := newJSONStream(w, indent)
	s.value(reflect.ValueOf(v))
	return s.end()
}

// escapeJSON escapes what encoding/json leaves as it is and Printable would not.
func escapeJSON(b []byte) []byte {
	if !slices.ContainsFunc(b, func(c byte) bool { return c >= 0x7f }) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r != '\n' && hidden(r) {
			if r > 0xffff {
				hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
				out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
			} else {
				out = fmt.Appendf(out, `\u%04x`, r)
			}
		} else {
			out = append(out, b[i:i+n]...)
		}
		i += n
	}
	return out
}
