package artifact

import (
	"errors"
	"fmt"

	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits of what a container holds, in bytes: a manifest that names other
// files, and a license text.
const (
	MaxManifest = 4 << 20
	MaxText     = 2 << 20
)

// Problem makes a Problem about the file; line is 0 where there is none.
func (f *File) Problem(kind diag.Kind, line int, help, format string, args ...any) diag.Problem {
	return diag.Problem{Path: f.Shown(), Kind: kind, Line: line, Help: help, Message: fmt.Sprintf(format, args...)}
}

// Over makes a Problem about a limit of the file's content.
func (f *File) Over(line int, what string, limit, actual int64) diag.Problem {
	p := f.Problem(diag.Limit, line, "leave the file out, or look at its license by hand", "%s: %d, over the limit of %d", what, actual, limit)
	p.Limit, p.Actual = limit, actual
	return p
}

// Whole reads the file; a file over limit bytes is a *diag.Problem, and nothing
// is read of it.
func (f *File) Whole(limit int64) ([]byte, error) {
	data, err := f.Bytes(limit)
	if over := new(fsx.LimitError); errors.As(err, &over) {
		p := f.Over(0, "bytes", over.Limit, over.Actual)
		return nil, &p
	}
	return data, err
}

// JSON reads the file as one JSON document of at most limit bytes; what keeps
// it from being one is a *diag.Problem.
func (f *File) JSON(limit int64) (jsonpos.Value, error) {
	data, err := f.Whole(min(limit, jsonpos.MaxBytes))
	if err != nil {
		return jsonpos.Value{}, err
	}
	return f.ParseJSON(data)
}

// ParseJSON is JSON for content of the file that was read before.
func (f *File) ParseJSON(data []byte) (jsonpos.Value, error) {
	v, err := jsonpos.Parse(data)
	if err == nil {
		return v, nil
	}
	p := f.Problem(diag.Malformed, 0, "mend the file, or write it again with the tool that made it", "not JSON: %v", err)
	if e := new(jsonpos.Error); errors.As(err, &e) {
		p.Line, p.Offset, p.Message = e.Line, e.Offset, "not JSON: "+e.Message
		if e.Limit > 0 {
			p.Kind, p.Limit, p.Actual, p.Message = diag.Limit, e.Limit, e.Actual, e.Message
		}
	}
	return jsonpos.Value{}, &p
}

// Property appends a named fact; an empty value is none.
func (r *Result) Property(name, value string) {
	if value != "" {
		r.Properties = append(r.Properties, inventory.Property{Name: name, Value: value})
	}
}
