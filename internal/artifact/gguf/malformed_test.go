package gguf

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// kind is one kind of file that is made by hand. The first 33 are those of
// llama.cpp's tests/test-gguf.cpp, under their names there.
type kind struct {
	name string
	m    model
	// want is the kind of the problem, "" for none; says is in its message.
	want diag.Kind
	says string
}

const future = 4

var kinds = []kind{
	{"HEADER_BAD_MAGIC", model{magic: "FUGG"}, diag.Malformed, `"FUGG"`},
	{"HEADER_BAD_VERSION_0", model{}, diag.Malformed, "version 0"}, // written below
	{"HEADER_BAD_VERSION_1", model{version: 1}, "", ""},            // read here, refused there
	{"HEADER_BAD_VERSION_FUTURE", model{version: future}, diag.Unsupported, "version 4"},
	{"HEADER_BAD_N_KV", model{nPairs: ptr(uint64(math.MaxUint64))}, diag.Malformed, "key-value pairs"},
	{"HEADER_BAD_N_TENSORS", model{nTensors: ptr(uint64(math.MaxUint64))}, diag.Malformed, "tensors"},
	{"HEADER_EMPTY", model{}, "", ""},

	{"KV_BAD_KEY_SIZE", model{pairs: plain, keyLength: ptr(uint64(math.MaxUint64))}, diag.Malformed, "key 1 of 3"},
	{"KV_EMPTY_KEY", model{pairs: []kv{{"", uint8(1)}}}, diag.Malformed, "empty key"},
	{"KV_BAD_TYPE", model{pairs: []kv{{"my_key", typed{typeCount, uint8(0)}}}}, diag.Malformed, "type 13"},
	{"KV_DUPLICATE_KEY", model{pairs: []kv{{"my_key", uint8(1)}, {"my_key", uint8(2)}}}, diag.Malformed, "twice"},
	{"KV_BAD_ALIGN", model{pairs: []kv{{keyAlignment, uint32(13)}}}, diag.Malformed, "power of two"},
	{"KV_WRONG_TYPE_ALIGN", model{pairs: []kv{{keyAlignment, int32(32)}}}, diag.Malformed, "i32"},
	{"KV_SUCCESS", model{pairs: plain}, "", ""},

	{"TENSORS_BAD_NAME_SIZE", model{tensors: []row{{name: strings.Repeat("n", 65), shape: []uint64{1}}}}, diag.Malformed, "65 bytes"},
	{"TENSORS_BAD_N_DIMS", model{tensors: []row{{name: "t", shape: []uint64{1}, dims: ptr(uint32(5))}}}, diag.Malformed, "5 dimensions"},
	{"TENSORS_BAD_SHAPE", model{tensors: []row{{name: "t", shape: []uint64{math.MaxUint64}}}, bare: true}, diag.Malformed, "is -1"},
	{"TENSORS_ZERO_DIM", model{tensors: []row{{name: "t", shape: []uint64{4, 0}}}}, "", ""},
	{"TENSORS_NE_TOO_BIG", model{tensors: []row{{name: "t", shape: []uint64{4 * math.MaxInt32, 4 * math.MaxInt32}}}, bare: true}, diag.Malformed, "63 bits"},
	{"TENSORS_NBYTES_TOO_BIG", model{tensors: []row{{name: "t", shape: []uint64{1534000000, 1534000000}, typ: 27}}, bare: true}, diag.Malformed, "64 bits"},
	{"TENSORS_BAD_TYPE", model{tensors: []row{{name: "t", shape: []uint64{1}, typ: maxType}}}, diag.Malformed, "type 1024"},
	{"TENSORS_BAD_OFFSET", model{tensors: []row{{name: "t", shape: []uint64{1}, offset: ptr(uint64(math.MaxUint64))}}}, diag.Malformed, "offset"},
	{"TENSORS_DUPLICATE_NAME", model{tensors: []row{{name: "t", shape: []uint64{1}}, {name: "t", shape: []uint64{1}}}}, diag.Malformed, "same name"},
	{"TENSORS_BAD_ALIGN", model{pairs: []kv{{keyAlignment, uint32(13)}}, tensors: weights, align: 13}, diag.Malformed, "power of two"},
	{"TENSORS_INCONSISTENT_ALIGN", model{tensors: weights, align: 1}, diag.Malformed, "offset 60, where 64"},
	{"TENSORS_SUCCESS", model{pairs: plain, tensors: weights}, "", ""},
	{"TENSORS_CUSTOM_ALIGN", model{pairs: []kv{{keyAlignment, uint32(1)}}, tensors: weights, align: 1}, "", ""},

	{"DATA_NOT_ENOUGH_DATA", model{tensors: weights, cut: 25}, diag.Malformed, "need 1 more"},
	{"DATA_BAD_ALIGN", model{pairs: []kv{{keyAlignment, uint32(0)}}, tensors: weights}, diag.Malformed, "power of two"},
	{"DATA_INCONSISTENT_ALIGN", model{pairs: []kv{{keyAlignment, uint32(64)}}, tensors: append(weights, weights2...), align: 32}, diag.Malformed, "offset"},
	{"DATA_MEM_SIZE_OVERFLOW", model{tensors: []row{
		{name: "a", shape: []uint64{0x7FFFFFFFFFFFFFC0}, typ: 24}, {name: "b", shape: []uint64{0x7FFFFFFFFFFFFFC0}, typ: 24, offset: ptr(uint64(0x7FFFFFFFFFFFFFC0))},
	}, bare: true}, diag.Malformed, "not all of it"},
	{"DATA_SUCCESS", model{pairs: plain, tensors: weights}, "", ""},
	{"DATA_CUSTOM_ALIGN", model{pairs: []kv{{keyAlignment, uint32(1024)}}, tensors: weights, align: 1024}, "", ""},

	// Kinds of our own.
	{"array_in_array", model{pairs: []kv{{"x", typed{tArray, u32(tArray)}}}}, diag.Malformed, "list of type 9"},
	{"array_of_type_13", model{pairs: []kv{{"x", typed{tArray, u32(13)}}}}, diag.Malformed, "list of type 13"},
	{"array_too_long", model{pairs: []kv{{"x", typed{tArray, concat(u32(tU8), u64(9))}}}}, diag.Malformed, "items of a list"},
	{"texts_too_long", model{pairs: []kv{{"x", typed{tArray, concat(u32(tString), u64(1), u64(9))}}}}, diag.Malformed, "item 1 of 1"},
	{"text_too_long", model{pairs: []kv{{"x", typed{tString, u64(9)}}}}, diag.Malformed, "value of"},
	{"text_of_2_64", model{pairs: []kv{{keyLicense, typed{tString, u64(math.MaxUint64)}}}}, diag.Malformed, "value of"},
	{"license_is_u32", model{pairs: []kv{{keyLicense, uint32(7)}}}, diag.Malformed, "u32 and not a text"},
	{"license_is_list_of_numbers", model{pairs: []kv{{keyLicense, []uint32{7}}}}, diag.Malformed, "a list and not a text"},
	{"license_name_is_bool", model{pairs: []kv{{keyLicense, "other"}, {keyLicense + ".name", true}}}, diag.Malformed, "bool and not a text"},
	{"license_twice", model{pairs: []kv{{keyLicense, "mit"}, {keyLicense, "gpl-3.0"}}}, diag.Malformed, "twice"},
	{"too_many_tags", model{pairs: []kv{{"general.tags", make([]string, keepItems+1)}}}, diag.Limit, "1001 texts"},
	{"rows_of_half_blocks", model{tensors: []row{{name: "q", shape: []uint64{33}, typ: 2}}}, diag.Malformed, "blocks of 32"},
	{"tensor_table_cut", model{tensors: weights, bare: true, cut: 5}, diag.Malformed, "tensor 2 of 2"},
	{"no_data", model{tensors: weights, bare: true}, diag.Malformed, "not all of it was fetched"},
	{"half_a_number", model{pairs: []kv{{"general.x", uint64(1)}}, cut: 3}, diag.Malformed, "value of"},
	{"type_cut", model{pairs: []kv{{"x", uint8(1)}}, cut: 2}, diag.Malformed, "value of"},
}

var (
	plain    = []kv{{"my_key_0", uint16(3)}, {"my_key_1", "text"}, {"my_key_2", []uint32{1, 2}}}
	weights2 = []row{{name: "c", shape: []uint64{1}, typ: 0}, {name: "d", shape: []uint64{1}, typ: 0}}
)

func (k kind) bytes() []byte {
	b := k.m.bytes()
	if k.name == "HEADER_BAD_VERSION_0" {
		copy(b[4:], make([]byte, 4))
	}
	return b
}

// TestMalformed: every kind gives the right answer or one clear problem, in both
// byte orders.
func TestMalformed(t *testing.T) {
	if len(kinds) < 33 {
		t.Fatal("kinds are missing")
	}
	for _, k := range kinds {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			if order == binary.BigEndian && hasRaw(k.m) {
				continue // its bytes are written in one order
			}
			k.m.order = order
			res := artifacttest.Content(t, New(), "m.gguf", k.bytes())
			switch {
			case k.want == "" && len(res.Problems) == 0:
			case len(res.Problems) == 1 && res.Problems[0].Kind == k.want && strings.Contains(res.Problems[0].Message, k.says):
			default:
				t.Errorf("%s (%v): %+v, want %s with %q", k.name, order, res.Problems, k.want, k.says)
			}
		}
	}
}

func hasRaw(m model) bool {
	for _, p := range m.pairs {
		if v, ok := p.value.(typed); ok {
			if _, raw := v.value.([]byte); raw {
				return true
			}
		}
	}
	return false
}

// TestLicenseTwice: both values are passed on.
func TestLicenseTwice(t *testing.T) {
	res := artifacttest.Content(t, New(), "m.gguf", model{pairs: []kv{{keyLicense, "mit"}, {keyLicense, "gpl-3.0"}}}.bytes())
	if len(res.Licenses) != 2 || res.Licenses[0].Value != "mit" || res.Licenses[1].Value != "gpl-3.0" {
		t.Errorf("%+v", res.Licenses)
	}
}

// TestFactsBeforeFault: what stands before a fault is passed on.
func TestFactsBeforeFault(t *testing.T) {
	m := model{pairs: []kv{{keyLicense, "mit"}, {"x", typed{99, uint8(0)}}}}
	res := artifacttest.Content(t, New(), "m.gguf", m.bytes())
	if len(res.Licenses) != 1 || len(res.Problems) != 1 {
		t.Errorf("%+v", res)
	}
}

func TestTruncations(t *testing.T) {
	every(func(version uint32, order binary.AppendByteOrder, _ string) {
		m := model{version: version, order: order, pairs: card, tensors: weights[:1], cut: 4}
		artifacttest.Truncations(t, New(), "m.gguf", m.bytes(), 0)
	})
}

func TestFaults(t *testing.T) {
	long := append([]kv{{"tokenizer.ggml.merges", make([]string, 20_000)}}, card...)
	artifacttest.Faults(t, New(), "m.gguf", model{pairs: long, tensors: weights}.bytes())
}

// FuzzRead holds the reader to the properties of artifacttest.Hostile.
func FuzzRead(f *testing.F) {
	for _, k := range kinds {
		f.Add(k.bytes())
	}
	every(func(version uint32, order binary.AppendByteOrder, _ string) {
		f.Add(model{version: version, order: order, pairs: card, tensors: weights}.bytes())
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m-00002-of-00003.gguf", b, MaxHeader)
	})
}
