// Package safetensors reads the header of safetensors files, and the index of
// models that are split into several files (of safetensors or of PyTorch). Of
// the header, all is checked and only what facts.go names of __metadata__ is
// kept; no tensor is read.
//
// The format is huggingface/safetensors' README, "Format"; what is malformed is
// what its reader refuses (safetensors/src/tensor.rs). Of tensor types that it
// does not know the size is not checked.
package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/zipdir"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits of a header.
const (
	MaxHeader  = 100_000_000 // bytes; safetensors/src/tensor.rs, MAX_HEADER_SIZE
	MaxTensors = 1 << 20
	MaxName    = 64 << 10 // bytes of a tensor's name
	MaxDepth   = 64       // of values that nobody asks for

	keepAll = 1 << 20 // bytes of the texts of __metadata__ that are kept
)

// lengthSize is the size of the number before the header.
const lengthSize = 8

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "safetensors" }

// Match takes what begins with a length that fits and a brace, and what has one
// of the names.
func (reader) Match(f *artifact.File) bool {
	if f.IsPointer() {
		return false
	}
	return f.Has(".safetensors") || isIndex(f) || begins(f)
}

func begins(f *artifact.File) bool {
	h := f.Head
	if len(h) < lengthSize+2 || h[lengthSize] != '{' || !bytes.ContainsRune([]byte("\"} \t\r\n"), rune(h[lengthSize+1])) {
		return false
	}
	n := binary.LittleEndian.Uint64(h)
	return n >= 2 && n <= MaxHeader && int64(n) <= f.Size-lengthSize
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	if isIndex(f) {
		return readIndex(f)
	}
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Weights}
	r := binread.New(f.Shown(), src, f.Size, lengthSize)
	n, err := headerLength(r, f)
	if err != nil {
		return res, res.Fail(err)
	}
	// A source of its own, so that nothing behind the header is taken for a
	// part of it.
	p := &parser{r: binread.New(f.Shown(), section{src}, int64(n), int64(n)).At(lengthSize), path: f.Shown(), result: res, metadata: map[string]text{}}
	err = p.header()
	p.facts()
	if err == nil {
		err = p.layout(f.Size - lengthSize - int64(n))
	}
	if err == nil {
		err = polyglot(f, src, res)
	}
	return res, res.Fail(err)
}

// section is the source from the header on.
type section struct {
	src interface {
		ReadAt([]byte, int64) (int, error)
	}
}

func (s section) ReadAt(p []byte, off int64) (int, error) { return s.src.ReadAt(p, off+lengthSize) }

// others are beginnings of files that are given the name .safetensors.
var others = []struct{ head, what string }{
	{"PK\x03\x04", "a zip archive, as PyTorch writes them"}, {"\x80\x02", "a pickle"}, {"\x80\x03", "a pickle"}, {"\x80\x04", "a pickle"},
	{"GGUF", "a GGUF file"}, {"<!", "a web page"}, {"<html", "a web page"}, {"{", "JSON"},
}

func headerLength(r *binread.Reader, f *artifact.File) (uint64, error) {
	n, err := r.U64(binary.LittleEndian)
	if err != nil {
		return 0, binread.In(err, "length of the header")
	}
	if n > MaxHeader || int64(n) > r.Left() {
		for _, o := range others {
			if bytes.HasPrefix(f.Head, []byte(o.head)) {
				return 0, r.Fail(0, "not a safetensors file: it begins as %s does", o.what)
			}
		}
	}
	if n > MaxHeader {
		return 0, r.Over(0, fmt.Sprintf("a header of %d bytes", n), MaxHeader, int64(min(n, math.MaxInt64)))
	}
	if err := r.Has(n); err != nil {
		return 0, binread.In(err, "header of %d bytes", n)
	}
	return n, nil
}

// polyglot tells of a file that is an archive too: a reader that looks at the
// end of files finds other contents than one that looks at the beginning.
func polyglot(f *artifact.File, src interface {
	ReadAt([]byte, int64) (int, error)
}, res *artifact.Result) error {
	zip, err := zipdir.Sniff(f.Shown(), src, f.Size)
	if zip {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "polyglot", Evidence: "begins as safetensors and ends as a zip archive"})
	}
	return err
}

// layout checks that the tensors cover the bytes behind the header without a
// hole, as the format wants, so that nothing can hide there.
func (p *parser) layout(size int64) error {
	if !p.known {
		return nil
	}
	at := p.r.Pos()
	end := uint64(0)
	for _, s := range p.spans() {
		if s.begin != end {
			return p.r.Fail(at, "no tensor begins at byte %d of the data, and the next one at %d", end, s.begin)
		}
		end = s.end
	}
	switch {
	case end > uint64(size):
		return p.r.Fail(at, "has %d bytes of data, its tensors need %d: not all of it was fetched", size, end)
	case end < uint64(size):
		return p.r.Fail(at, "%d bytes behind the last tensor, which no reader of the format accepts", uint64(size)-end)
	}
	return nil
}

// unknown notes a tensor type whose size is not known.
func (p *parser) unknown(dtype string) {
	if p.known {
		p.known = false
		p.result.NotExamined = append(p.result.NotExamined, diag.NotExamined{Path: p.path, What: "size of the tensors",
			Why: fmt.Sprintf("tensor type %q is not known", dtype)})
	}
}
