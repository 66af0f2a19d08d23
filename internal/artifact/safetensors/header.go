package safetensors

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"math/bits"
	"slices"
	"strconv"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
)

// metadataKey is the one key of the header that is no tensor.
const metadataKey = "__metadata__"

// bitsOf is the size of a number of each tensor type, in bits (tensor.rs, Dtype).
var bitsOf = map[string]uint64{
	"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
	"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
	"F64": 64, "I64": 64, "U64": 64, "C64": 64,
}

// span is where a tensor stands in the data.
type span struct{ begin, end uint64 }

// text is a kept value of __metadata__.
type text struct {
	value string
	off   int64
}

// parser reads the header, which is JSON of one shape. It does not use
// encoding/json: that takes the last of equal keys, and a text of 100 MB whole.
type parser struct {
	r        *binread.Reader
	path     string
	result   *artifact.Result
	metadata map[string]text
	kept     int64
	tensors  []span
	known    bool // the sizes of all tensors are known

	buf []byte // of the last string
	// What is used again for every tensor: its name and its description.
	name   []byte
	now    description
	member func(key []byte) error
}

// description is what the header says of a tensor.
type description struct {
	has            uint8 // keys that are there: a bit each
	dtype          string
	shape, offsets []uint64
}

func (p *parser) spans() []span {
	slices.SortFunc(p.tensors, func(a, b span) int { return cmp.Or(cmp.Compare(a.begin, b.begin), cmp.Compare(a.end, b.end)) })
	return p.tensors
}

// header reads the whole header: one object, and spaces behind it.
func (p *parser) header() error {
	p.known = true
	if b, err := p.r.Peek(1); err != nil {
		return err
	} else if len(b) == 0 || b[0] != '{' {
		return p.r.Fail(0, "the header does not begin with a brace")
	}
	p.member = p.describe
	err := p.object(func(key []byte) error {
		if string(key) == metadataKey {
			return binread.In(p.readMetadata(), metadataKey)
		}
		p.name = append(p.name[:0], key...)
		if err := p.tensor(); err != nil {
			return binread.In(err, "tensor %s", clip(string(p.name)))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for {
		end, err := p.r.End()
		if end || err != nil {
			return err
		}
		if b, err := p.r.Byte(); err != nil {
			return err
		} else if !isSpace(b) {
			return p.r.Fail(p.r.Pos()-1, "the header goes on behind its closing brace")
		}
	}
}

func clip(s string) string {
	if len(s) > 80 {
		return strconv.QuoteToASCII(s[:80]) + "…"
	}
	return strconv.QuoteToASCII(s)
}

// readMetadata reads the map of texts to texts, and keeps the wanted ones.
func (p *parser) readMetadata() error {
	return p.object(func(b []byte) error {
		key := string(b)
		if err := p.expect('"'); err != nil {
			return binread.In(err, "%s", clip(key))
		}
		at := p.r.Offset()
		if !wanted[key] {
			return p.skipString()
		}
		s, err := p.str(keepAll - p.kept)
		if err != nil {
			return binread.In(err, "%s", clip(key))
		}
		p.kept += int64(len(s))
		p.metadata[key] = text{string(s), at}
		return nil
	})
}

// tensor reads the description of one tensor.
func (p *parser) tensor() error {
	if len(p.tensors) == MaxTensors {
		return p.r.Over(p.r.Pos(), fmt.Sprintf("%d tensors", len(p.tensors)+1), MaxTensors, MaxTensors+1)
	}
	at := p.r.Pos()
	p.now.has = 0
	err := p.object(p.member)
	d := &p.now
	switch {
	case err != nil:
		return err
	case d.has != 7:
		return p.r.Fail(at, "dtype, shape and data_offsets are not all there")
	case len(d.offsets) != 2 || d.offsets[0] > d.offsets[1]:
		return p.r.Fail(at, "data_offsets %v", d.offsets)
	}
	p.tensors = append(p.tensors, span{d.offsets[0], d.offsets[1]})
	return p.size(at, d.dtype, d.shape, d.offsets[1]-d.offsets[0])
}

// maxType is the longest name of a tensor type that is read, in bytes.
const maxType = 64

// describe reads the value of one key of a tensor.
func (p *parser) describe(key []byte) (err error) {
	d := &p.now
	switch string(key) {
	case "dtype":
		d.has |= 1
		if err = p.expect('"'); err != nil {
			return err
		}
		b, err := p.str(maxType)
		if string(b) != d.dtype { // most are equal: no allocation
			d.dtype = string(b)
		}
		return err
	case "shape":
		d.has |= 2
		d.shape, err = p.numbers(d.shape[:0])
		return binread.In(err, "shape")
	case "data_offsets":
		d.has |= 4
		d.offsets, err = p.numbers(d.offsets[:0])
		return binread.In(err, "data_offsets")
	}
	return p.skip(0)
}

// size compares the size of a tensor with its shape.
func (p *parser) size(at int64, dtype string, shape []uint64, size uint64) error {
	n, ok := bitsOf[dtype]
	if !ok {
		p.unknown(dtype)
		return nil
	}
	for _, d := range shape {
		hi, lo := bits.Mul64(n, d)
		if hi > 0 {
			return p.r.Fail(at, "more bits than 64 bits can count, of shape %v", shape)
		}
		n = lo
	}
	if n%8 != 0 || n/8 != size {
		return p.r.Fail(at, "%d bytes for shape %v of %s, which needs %d bits", size, shape, dtype, n)
	}
	return nil
}

// maxRank is the longest shape that is read; tensors have some four dimensions.
const maxRank = 64

// numbers appends a list of whole numbers.
func (p *parser) numbers(list []uint64) ([]uint64, error) {
	if err := p.expect('['); err != nil {
		return list, err
	}
	for first := true; ; first = false {
		if more, err := p.more(']', first); !more {
			return list, err
		}
		if len(list) == maxRank {
			return list, p.r.Over(p.r.Pos(), "a list of numbers", maxRank, maxRank+1)
		}
		n, err := p.number()
		if err != nil {
			return list, err
		}
		list = append(list, n)
	}
}

var seed = maphash.MakeSeed()

// object reads an object and calls member for each of its keys, which is valid
// until the next string is read; the value is next. A key that is there twice
// is an error.
func (p *parser) object(member func(key []byte) error) error {
	if err := p.expect('{'); err != nil {
		return err
	}
	var few [8]uint64 // hashes of the first keys
	var many map[uint64]bool
	for n := 0; ; n++ {
		if more, err := p.more('}', n == 0); !more {
			return err
		}
		at := p.r.Pos()
		if err := p.expect('"'); err != nil {
			return err
		}
		key, err := p.str(MaxName)
		if err != nil {
			return err
		}
		h := maphash.Bytes(seed, key)
		if slices.Contains(few[:min(n, len(few))], h) || many[h] {
			return p.r.Fail(at, "key %s is there twice: readers of this file may take either value", clip(string(key)))
		}
		if n < len(few) {
			few[n] = h
		} else {
			if many == nil {
				many = map[uint64]bool{}
			}
			many[h] = true
		}
		if err := p.expect(':'); err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
	}
}
