package gguf

import (
	"fmt"
	"hash/maphash"
	"math"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
)

// The types of values, docs/gguf.md.
const (
	tU8 = iota
	tI8
	tU16
	tI16
	tU32
	tI32
	tF32
	tBool
	tString
	tArray
	tU64
	tI64
	tF64
	typeCount
)

// typeNames and typeSizes are by type; a size of 0 has a length of its own.
var (
	typeNames = [typeCount]string{"u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "a text", "a list", "u64", "i64", "f64"}
	typeSizes = [typeCount]uint64{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}
)

// value is the kept value of a pair.
type value struct {
	typ   uint32
	off   int64
	text  string   // of a text; of a number or boolean, as it is printed
	num   uint64   // of an unsigned or positive whole number
	whole bool     // num holds the value
	list  []string // of an array of texts, the first keepItems
	items uint64   // of an array
}

// wanted are the beginnings of the keys that are kept.
var wanted = []string{"general.", "split.", "adapter.", "imatrix.datasets"}

// minPair is the fewest bytes of a pair: lengths of 32 bits, a key of one byte,
// a type and a value of one byte.
const minPair = 4 + 1 + 4 + 1

// pairs reads the key-value pairs.
func (d *decoder) pairs() error {
	if err := d.counted(d.count, "key-value pairs", minPair, MaxPairs); err != nil {
		return err
	}
	seed := maphash.MakeSeed()
	seen := map[uint64]bool{} // by hash: keys are long where somebody wants to fill memory
	for i := range d.count {
		at := d.r.Pos()
		key, err := d.key()
		if err != nil {
			return binread.In(err, "key %d of %d", i+1, d.count)
		}
		h := maphash.String(seed, key)
		again := seen[h]
		seen[h] = true
		if again {
			p := d.r.Fail(at, "key %s is there twice: readers of this file may take either value", clip(key))
			d.result.Problems = append(d.result.Problems, *p)
		}
		v, err := d.pair(key)
		if err != nil {
			return binread.In(err, "value of %s", clip(key))
		}
		switch {
		case v == nil:
		case !again:
			d.keys[key] = *v
		case key == keyLicense: // neither may be taken for the only one
			d.more = append(d.more, *v)
		}
	}
	return nil
}

// clip quotes a key for a message.
func clip(s string) string {
	if len(s) > 80 {
		return strconv.QuoteToASCII(s[:80]) + "…"
	}
	return strconv.QuoteToASCII(s)
}

func (d *decoder) key() (string, error) {
	n, err := d.length()
	if err != nil {
		return "", err
	}
	switch {
	case n == 0:
		return "", d.r.Fail(d.r.Pos(), "an empty key")
	case n > MaxKey:
		return "", d.r.Fail(d.r.Pos(), "a key of %d bytes; a key has at most %d", n, MaxKey)
	}
	return d.r.Text(n, MaxKey)
}

// pair reads the value of a key, or jumps over one that is not wanted.
func (d *decoder) pair(key string) (*value, error) {
	at := d.r.Pos()
	typ, err := d.r.U32(d.order)
	if err != nil {
		return nil, err
	}
	if typ >= typeCount {
		return nil, d.r.Fail(at, "type %d, there are 0 to %d", typ, typeCount-1)
	}
	keep := false
	for _, w := range wanted {
		keep = keep || strings.HasPrefix(key, w)
	}
	if !keep {
		return nil, d.skip(typ)
	}
	v := &value{typ: typ, off: at}
	switch typ {
	case tString:
		v.text, err = d.text()
	case tArray:
		err = d.array(v)
	default:
		err = d.number(v)
	}
	return v, err
}

// skip jumps over a value.
func (d *decoder) skip(typ uint32) error {
	switch typ {
	case tString:
		n, err := d.stringLength()
		if err != nil {
			return err
		}
		return d.r.Skip(n)
	case tArray:
		return d.array(nil)
	}
	return d.r.Skip(typeSizes[typ])
}

func (d *decoder) stringLength() (uint64, error) {
	n, err := d.length()
	if err != nil {
		return 0, err
	}
	if err := d.r.Has(n); err != nil {
		return 0, err
	}
	if n > MaxString {
		return 0, d.r.Over(d.r.Pos(), fmt.Sprintf("a text of %d bytes", n), MaxString, int64(n))
	}
	return n, nil
}

// text reads a text that is kept.
func (d *decoder) text() (string, error) {
	n, err := d.stringLength()
	if err != nil {
		return "", err
	}
	if d.kept += int64(n); d.kept > keepAll {
		return "", d.r.Over(d.r.Pos(), fmt.Sprintf("%d bytes of texts about the model", d.kept), keepAll, d.kept)
	}
	return d.r.Text(n, keepString)
}

// array reads or, where v is nil, jumps over the items of an array. An array in
// an array is malformed for every reader there is.
func (d *decoder) array(v *value) error {
	at := d.r.Pos()
	typ, err := d.r.U32(d.order)
	if err != nil {
		return err
	}
	if typ >= typeCount || typ == tArray {
		return d.r.Fail(at, "a list of type %d", typ)
	}
	n, err := d.length()
	if err != nil {
		return err
	}
	size := typeSizes[typ]
	if size == 0 { // at least a length each
		size = 4
	}
	if err := d.counted(n, "items of a list", size, MaxItems); err != nil {
		return err
	}
	if v != nil {
		v.items = n
		if typ == tString && n > keepItems {
			p := d.r.Over(at, fmt.Sprintf("a list of %d texts", n), keepItems, int64(n))
			d.result.Problems = append(d.result.Problems, *p)
		}
	}
	if typ != tString {
		return d.r.Skip(n * typeSizes[typ])
	}
	for i := range n {
		if v == nil || i >= keepItems {
			err = d.skip(tString)
		} else {
			var s string
			s, err = d.text()
			v.list = append(v.list, s)
		}
		if err != nil {
			return binread.In(err, "item %d of %d", i+1, n)
		}
	}
	return nil
}

// number reads a number or a boolean.
func (d *decoder) number(v *value) error {
	b, err := d.r.Next(int(typeSizes[v.typ]))
	if err != nil {
		return err
	}
	var u uint64
	switch len(b) {
	case 1:
		u = uint64(b[0])
	case 2:
		u = uint64(d.order.Uint16(b))
	case 4:
		u = uint64(d.order.Uint32(b))
	case 8:
		u = d.order.Uint64(b)
	}
	signed := int64(u) << (64 - 8*len(b)) >> (64 - 8*len(b))
	switch v.typ {
	case tI8, tI16, tI32, tI64:
		v.text, v.num, v.whole = strconv.FormatInt(signed, 10), u, signed >= 0
	case tF32:
		v.text = strconv.FormatFloat(float64(math.Float32frombits(uint32(u))), 'g', -1, 32)
	case tF64:
		v.text = strconv.FormatFloat(math.Float64frombits(u), 'g', -1, 64)
	case tBool:
		v.text = strconv.FormatBool(u != 0)
	default:
		v.text, v.num, v.whole = strconv.FormatUint(u, 10), u, true
	}
	return nil
}

// wrong files a Problem for a key whose value has another type than it must, once.
func (d *decoder) wrong(key string, v value, want string) {
	if d.wrongs[key] {
		return
	}
	d.wrongs[key] = true
	p := d.r.Fail(v.off, "%s is %s and not %s", key, typeNames[v.typ], want)
	p.Help = "the file was written by a faulty tool: look at the field yourself"
	d.result.Problems = append(d.result.Problems, *p)
}
