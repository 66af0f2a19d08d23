package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// MaxReport is the size up to which Decode reads a report, in bytes. A report
// of 10,000 modules with texts is below 200 MB.
const MaxReport = 512 << 20

// Decode reads a JSON report. Fields of later versions of the schema's v1 are
// passed over.
func Decode(in io.Reader) (*Report, error) {
	body, err := io.ReadAll(io.LimitReader(in, MaxReport+1))
	if err != nil {
		return nil, err
	}
	if len(body) > MaxReport {
		return nil, fmt.Errorf("report is over the limit of %d bytes", MaxReport)
	}
	var r Report
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&r); err != nil {
		return nil, decodeError(body, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value: a report is one object")
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("schema is %q, want %q: not a report of this program", r.Schema, Schema)
	}
	noNil(&r)
	return &r, nil
}

func decodeError(body []byte, err error) error {
	offset := int64(-1)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(body)) {
		return fmt.Errorf("not a JSON report: %w", err)
	}
	line := 1 + bytes.Count(body[:offset], []byte("\n"))
	return fmt.Errorf("line %d: not a JSON report: %w", line, err)
}

// writeJSON writes the document with two spaces of indent and a final newline.
func writeJSON(w io.Writer, r *Report, _ Options) error {
	return EncodeJSON(w, r, true)
}

// EncodeJSON writes v as every JSON answer of this program is written: HTML
// characters as they are, and everything that a terminal or a reader could
// take for a command (control, bidirectional and invisible characters) as
// \uXXXX.
func EncodeJSON(w io.Writer, v any, indent bool) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if indent {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(buf.Bytes()))
	return err
}

// escapeJSON escapes what encoding/json leaves as it is and Printable would not.
func escapeJSON(b []byte) []byte {
	ascii := true
	for _, c := range b {
		if c >= utf8.RuneSelf || c == 0x7f {
			ascii = false
			break
		}
	}
	if ascii {
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

// noNil replaces every nil slice below the pointer v by an empty one.
func noNil(v any) { fillNil(reflect.ValueOf(v).Elem()) }

func fillNil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fillNil(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
			return
		}
		switch v.Type().Elem().Kind() {
		case reflect.Struct, reflect.Slice, reflect.Pointer:
			for i := range v.Len() {
				fillNil(v.Index(i))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			fillNil(v.Elem())
		}
	}
}

// hidden reports whether a reader would not see the rune as what it is: a
// control character, a direction mark, a zero-width or other invisible one.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad:
		return true
	case r == 0x61c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f, r >= 0xd800 && r < 0xe000:
		return true
	}
	return false
}

// Printable returns s with every hidden character and every invalid byte
// written out, so that no name or message from outside can act on a terminal.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || hidden(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
