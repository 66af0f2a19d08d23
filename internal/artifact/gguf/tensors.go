package gguf

import (
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
	"slices"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// layout is how the numbers of a tensor type are stored: items to a block, and
// bytes to a block.
type layout struct{ items, bytes uint64 }

// layouts are the tensor types of ggml by number (gguf-py/gguf/constants.py,
// GGML_QUANT_SIZES). Types that are only used in memory, and those that were
// removed, are left out.
var layouts = map[uint32]layout{
	0: {1, 4}, 1: {1, 2}, 2: {32, 18}, 3: {32, 20}, 6: {32, 22}, 7: {32, 24}, 8: {32, 34},
	10: {256, 84}, 11: {256, 110}, 12: {256, 144}, 13: {256, 176}, 14: {256, 210}, 15: {256, 292},
	16: {256, 66}, 17: {256, 74}, 18: {256, 98}, 19: {256, 50}, 20: {32, 18}, 21: {256, 110}, 22: {256, 82}, 23: {256, 136},
	24: {1, 1}, 25: {1, 2}, 26: {1, 4}, 27: {1, 8}, 28: {1, 8}, 29: {256, 56}, 30: {1, 2},
	34: {256, 54}, 35: {256, 66}, 39: {32, 17}, 40: {64, 36}, 41: {128, 18},
}

// maxType is above the numbers that any fork of ggml gives its types.
const maxType = 1024

// maxDims is GGML_MAX_DIMS.
const maxDims = 4

// minTensor is the fewest bytes of a row of the table: a length of 32 bits, no
// name, no dimensions, a type and an offset.
const minTensor = 4 + 4 + 4 + 8

// tensorTable reads the table of tensors and compares what it states with the
// size of the file.
func (d *decoder) tensorTable() error {
	if err := d.counted(d.tensors, "tensors", minTensor, MaxTensors); err != nil {
		return err
	}
	seed := maphash.MakeSeed()
	names := make([]uint64, 0, min(d.tensors, 4096))
	end := uint64(0)
	for i := range d.tensors {
		name, size, err := d.tensor()
		if err != nil {
			return binread.In(err, "tensor %d of %d", i+1, d.tensors)
		}
		names = append(names, maphash.String(seed, name))
		end = d.dataSize + size
		if d.checked {
			if d.dataSize, err = d.pad(end); err != nil {
				return err
			}
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) < int(d.tensors) {
		return d.r.Fail(d.r.Pos(), "two tensors have the same name")
	}
	if d.tensors == 0 || !d.checked {
		return nil
	}
	return d.data(end)
}

// data checks that the file is long enough for end bytes of tensors.
func (d *decoder) data(end uint64) error {
	start, err := d.pad(uint64(d.r.Pos()))
	if err != nil {
		return err
	}
	if sum := start + end; sum < start || sum > uint64(d.r.Size()) {
		p := d.r.Fail(d.r.Size(), "it ends at byte %d, its tensors need %d more: not all of it was fetched", d.r.Size(), sum-uint64(d.r.Size()))
		if sum < start {
			p.Message = "its tensors need more bytes than 64 bits can count"
		}
		return p
	}
	return nil
}

func (d *decoder) pad(n uint64) (uint64, error) {
	padded := (n + d.alignment - 1) &^ (d.alignment - 1)
	if padded < n {
		return 0, d.r.Fail(d.r.Pos(), "the tensors need more bytes than 64 bits can count")
	}
	return padded, nil
}

// tensor reads one row of the table: the name, and the size in bytes. From the
// first type that is not known on, no size is checked.
func (d *decoder) tensor() (name string, size uint64, err error) {
	n, err := d.length()
	if err != nil {
		return "", 0, err
	}
	if n > MaxName {
		return "", 0, d.r.Fail(d.r.Pos(), "a name of %d bytes; a name has at most %d", n, MaxName)
	}
	if name, err = d.r.Text(n, MaxName); err != nil {
		return "", 0, err
	}
	shape, err := d.shape()
	if err != nil {
		return "", 0, err
	}
	at := d.r.Pos()
	typ, err := d.r.U32(d.order)
	if err != nil {
		return "", 0, err
	}
	if typ >= maxType {
		return "", 0, d.r.Fail(at, "tensor type %d", typ)
	}
	offset, err := d.r.U64(d.order)
	if err != nil {
		return "", 0, err
	}
	l, known := layouts[typ]
	if !known && d.checked {
		d.checked = false
		d.result.NotExamined = append(d.result.NotExamined, diag.NotExamined{Path: d.path, What: "size of the tensors",
			Why: fmt.Sprintf("tensor type %d is none of llama.cpp's", typ)})
	}
	if !d.checked {
		return name, 0, nil
	}
	if size, err = d.tensorSize(shape, l, at); err != nil {
		return "", 0, err
	}
	if offset != d.dataSize {
		return "", 0, d.r.Fail(at+4, "offset %d, where %d follows the tensor before", offset, d.dataSize)
	}
	return name, size, nil
}

// shape reads the dimensions; those that are not there are 1.
func (d *decoder) shape() (shape [maxDims]uint64, err error) {
	shape = [maxDims]uint64{1, 1, 1, 1}
	at := d.r.Pos()
	n, err := d.r.U32(d.order)
	if err != nil {
		return shape, err
	}
	if n > maxDims {
		return shape, d.r.Fail(at, "%d dimensions; a tensor has at most %d", n, maxDims)
	}
	for i := range n {
		if shape[i], err = d.length(); err != nil {
			return shape, err
		}
		if shape[i] > math.MaxInt64 {
			return shape, d.r.Fail(at, "dimension %d is %d", i+1, int64(shape[i]))
		}
	}
	return shape, nil
}

// tensorSize is the size of a tensor in bytes, if 64 bits can hold it.
func (d *decoder) tensorSize(shape [maxDims]uint64, l layout, at int64) (uint64, error) {
	items := shape[0]
	for _, n := range shape[1:] {
		hi, lo := bits.Mul64(items, n)
		if hi > 0 || lo > math.MaxInt64 {
			return 0, d.r.Fail(at, "more numbers than 63 bits can count, of shape %v", shape)
		}
		items = lo
	}
	if shape[0]%l.items != 0 {
		return 0, d.r.Fail(at, "rows of %d numbers, stored in blocks of %d", shape[0], l.items)
	}
	hi, size := bits.Mul64(items/l.items, l.bytes)
	if hi > 0 || d.dataSize+size < size {
		return 0, d.r.Fail(at, "more bytes than 64 bits can count, of shape %v", shape)
	}
	return size, nil
}
