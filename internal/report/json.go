package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
