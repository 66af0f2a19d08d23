// Package gguf reads the header of GGUF files, the weights of llama.cpp and its
// kin: versions 1 to 3, little and big endian, whole and split. It reads the
// key-value pairs and the table of tensors, and no tensor. What it takes from
// the pairs is the table in facts.go.
//
// The format is ggml's docs/gguf.md; what is malformed is what gguf.cpp of
// llama.cpp refuses (gguf_init_from_reader), with these differences: version 1
// is read, the padding behind the last tensor may be missing, and the size of
// tensors of types that only other forks know is not checked.
package gguf

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits of a header: rukhsa's budget, most of them the numbers of ollama's
// reader (fs/gguf/gguf.go).
const (
	MaxHeader  = 64 << 20 // bytes that are read
	MaxPairs   = 65_536
	MaxTensors = 1 << 20
	MaxString  = 16 << 20 // bytes
	MaxItems   = 64 << 20 // of an array, which is jumped over
	MaxKey     = 65_535   // bytes, docs/gguf.md
	MaxName    = 64       // bytes of a tensor's name, docs/gguf.md

	keepString = 1 << 20 // bytes of one text that is kept
	keepAll    = 4 << 20 // bytes of all of them
	keepItems  = 1_000   // texts of one array
)

const magic = "GGUF"

// defaultAlignment is general.alignment where it is not stated.
const defaultAlignment = 32

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "gguf" }

// Match takes what begins with the magic, and what is called .gguf.
func (reader) Match(f *artifact.File) bool {
	if len(f.Head) >= len(magic) && string(f.Head[:len(magic)]) == magic {
		return true
	}
	return f.Has(".gguf") && !f.IsPointer()
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	d := &decoder{
		r: binread.New(f.Shown(), src, f.Size, MaxHeader), path: f.Shown(), keys: map[string]value{}, wrongs: map[string]bool{},
		alignment: defaultAlignment, checked: true,
		result: &artifact.Result{Kind: inventory.Model, Role: artifact.Weights},
	}
	err = d.header()
	if err == nil {
		err = d.pairs()
		d.facts(f)
	}
	if err == nil {
		err = d.tensorTable()
	}
	return d.result, d.result.Fail(err)
}

// decoder reads one file. What can be said of the file beside an error goes
// into the result at once.
type decoder struct {
	r       *binread.Reader
	path    string // as problems call the file
	order   binary.ByteOrder
	version uint32
	tensors uint64
	count   uint64 // of pairs
	result  *artifact.Result

	keys map[string]value // the kept pairs
	more []value          // further values of the license
	kept int64            // bytes of their texts

	wrongs map[string]bool // keys whose wrong type was said

	alignment uint64
	dataSize  uint64 // of the tensors so far, padded
	checked   bool   // all their sizes are known
}

// header reads magic, byte order, version and counts.
func (d *decoder) header() error {
	b, err := d.r.Next(len(magic))
	if err != nil {
		return binread.In(err, "magic")
	}
	if string(b) != magic {
		return d.r.Fail(0, "begins with %q and not with %q", b, magic)
	}
	d.order = binary.LittleEndian
	if d.version, err = d.r.U32(d.order); err != nil {
		return binread.In(err, "version")
	}
	// The magic is the same in both byte orders. The version is small, so its
	// low half is empty where the bytes are the other way round.
	if d.version != 0 && d.version&0xffff == 0 {
		d.order, d.version = binary.BigEndian, d.version>>24|d.version>>8&0xff00
	}
	switch {
	case d.version == 0:
		return d.r.Fail(4, "version 0")
	case d.version > 3:
		p := d.r.Fail(4, "GGUF version %d; versions 1 to 3 are read", d.version)
		p.Kind, p.Help = diag.Unsupported, "look for a newer rukhsa, and look at the file's license yourself"
		return p
	}
	if d.tensors, err = d.length(); err == nil {
		d.count, err = d.length()
	}
	return binread.In(err, "counts")
}

// length reads a count or a length, which version 1 has in 32 bits.
func (d *decoder) length() (uint64, error) {
	if d.version == 1 {
		n, err := d.r.U32(d.order)
		return uint64(n), err
	}
	return d.r.U64(d.order)
}

// counted checks a count of things of at least size bytes each before anything
// is done about it.
func (d *decoder) counted(n uint64, what string, size, limit uint64) error {
	if n > uint64(d.r.Left())/size {
		return d.r.Fail(d.r.Pos(), "states %d %s, and has %d bytes left for them", n, what, d.r.Left())
	}
	if n > limit {
		return d.r.Over(d.r.Pos(), fmt.Sprintf("%d %s", n, what), int64(limit), int64(min(n, math.MaxInt64)))
	}
	return nil
}
