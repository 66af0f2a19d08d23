// Package lfs reads Git LFS pointers: small texts that stand for files which
// are not here. Where a clone has a pointer in place of weights, nothing of the
// weights was read.
//
// The format is git-lfs' docs/spec.md, "The Pointer". Older versions of it and
// line ends of Windows are accepted, as git-lfs itself does.
package lfs

import (
	"bytes"
	"errors"
	"path"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// MaxSize is the size that a pointer stays below, in bytes: docs/spec.md.
const MaxSize = 1024

// kinds are the extensions of files that are weights or data; pointers of
// others stand for anything.
var kinds = map[string]inventory.Kind{
	".safetensors": inventory.Model, ".gguf": inventory.Model, ".ggml": inventory.Model, ".onnx": inventory.Model, ".onnx_data": inventory.Model,
	".pt": inventory.Model, ".pth": inventory.Model, ".ckpt": inventory.Model, ".bin": inventory.Model, ".h5": inventory.Model,
	".keras": inventory.Model, ".tflite": inventory.Model, ".pb": inventory.Model, ".mlmodel": inventory.Model, ".msgpack": inventory.Model,
	".pkl": inventory.Model, ".joblib": inventory.Model,
	".parquet": inventory.Dataset, ".arrow": inventory.Dataset, ".jsonl": inventory.Dataset, ".tfrecord": inventory.Dataset,
}

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "lfs" }

func (reader) Match(f *artifact.File) bool { return f.IsPointer() }

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Pointer, Kind: kinds[path.Ext(f.Base())]}
	res.Property("format", "git-lfs pointer")
	data, err := f.Bytes(MaxSize - 1)
	if over := new(fsx.LimitError); errors.As(err, &over) {
		// Git LFS takes such a file for content, and so does nobody else here.
		p := f.Problem(diag.Malformed, 0, help, "begins as a Git LFS pointer and has %d bytes; a pointer has fewer than %d", over.Actual, MaxSize)
		res.Problems = append(res.Problems, p)
		return res, nil
	}
	if err != nil {
		return nil, err
	}
	res.Problems = append(res.Problems, parse(f, res, data)...)
	return res, nil
}

const help = "fetch the file with git lfs pull"

// parse reads the lines; what is wrong is returned.
func parse(f *artifact.File, res *artifact.Result, data []byte) (problems []diag.Problem) {
	wrong := func(line int, format string, args ...any) {
		problems = append(problems, f.Problem(diag.Malformed, line, help, format, args...))
	}
	seen := map[string]bool{}
	data = bytes.TrimRight(data, "\r\n")
	for i, line := range strings.Split(string(data), "\n") {
		key, value, ok := strings.Cut(strings.TrimRight(line, "\r"), " ")
		switch {
		case !ok:
			wrong(i+1, "a line that is no key and value: %q", line)
		case seen[key]:
			wrong(i+1, "key %q is there twice", key)
		case key == "oid":
			hex, ok := strings.CutPrefix(value, "sha256:")
			if !ok || len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
				wrong(i+1, "oid %q is not sha256: and 64 hexadecimal digits", value)
				break
			}
			res.Property("sha256", hex)
		case key == "size":
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil || n < 0 {
				wrong(i+1, "size %q is no number of bytes", value)
				break
			}
			res.Property("size", strconv.FormatInt(n, 10))
		}
		seen[key] = true
	}
	for _, key := range []string{"oid", "size"} {
		if !seen[key] {
			wrong(0, "a Git LFS pointer without %s", key)
		}
	}
	return problems
}
