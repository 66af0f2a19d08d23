package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	complete(&r)
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
