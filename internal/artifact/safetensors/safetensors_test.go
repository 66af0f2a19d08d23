package safetensors

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// file writes a file of a header and size bytes of data.
func file(header string, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, size)...)
}

// model writes a file of metadata and one tensor of four bytes.
func model(metadata map[string]string) []byte {
	m, err := json.Marshal(metadata)
	if err != nil {
		panic(err)
	}
	return file(fmt.Sprintf(`{"__metadata__":%s,"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, m), 4)
}

func TestFacts(t *testing.T) {
	prop := func(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }
	b := model(map[string]string{
		"format": "pt", "modelspec.title": "My LoRA", "modelspec.author": "Org", "modelspec.license": "CreativeML Open RAIL-M",
		"modelspec.architecture": "stable-diffusion-xl-v1-base/lora", "modelspec.date": "2025-01-02", "modelspec.merged_from": "a/b, c",
		"ss_sd_model_name": `D:\models\sdxl.safetensors`, "ss_base_model_version": "sdxl_base_v1-0", "ss_network_module": "networks.lora",
		"ss_dataset_dirs": `{"10_me": {"n_repeats": 10}, "1_reg": {}}`, "ss_tag_frequency": strings.Repeat("x", 3<<20),
		"sd_merge_models": `{"0f": {"name": "one.safetensors"}, "1f": {"name": null}}`, "license_link": "https://x", "base_model": "org/base",
	})
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights, Name: "My LoRA", Publisher: "Org",
		Licenses: []artifact.Statement{
			{Source: "model-file", Field: "modelspec.license", Value: "CreativeML Open RAIL-M"},
			{Source: "model-file", Field: "license", Link: "https://x"},
		},
		Lineage: []artifact.Link{
			{Relation: "adapter", ID: "org/base", Field: "base_model"},
			{Relation: "merge", ID: "a/b", Field: "modelspec.merged_from"},
			{Relation: "merge", ID: "c", Field: "modelspec.merged_from", Guessed: true},
			{Relation: "merge", ID: "one.safetensors", Field: "sd_merge_models", Guessed: true},
			{Relation: "adapter", ID: `D:\models\sdxl.safetensors`, Field: "ss_sd_model_name", Guessed: true},
			{Relation: "adapter", ID: "sdxl_base_v1-0", Field: "ss_base_model_version", Guessed: true},
		},
		Parts: []artifact.Part{{Part: "parameters", Present: "yes", Why: "1 tensor"}},
		Properties: []inventory.Property{
			prop("format", "safetensors"), prop("tensor_format", "pt"), prop("architecture", "stable-diffusion-xl-v1-base/lora"),
			prop("date", "2025-01-02"), prop("author", "Org"), prop("base_model_version", "sdxl_base_v1-0"), prop("network_module", "networks.lora"),
			prop("training_folders", "10_me, 1_reg"),
		},
	}
	got := artifacttest.Content(t, New(), "lora.safetensors", b)
	if at := got.Licenses[0].Offset; string(b[at:at+10]) != "CreativeML" {
		t.Errorf("the license is not at %d: %q", at, b[at:at+10])
	}
	got.Licenses[0].Offset = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const tensor = `"dtype":"F32","shape":[1],"data_offsets":[0,4]`

// headers are the vectors of safetensors/src/tensor.rs and more: a file, the
// kind of the problem, and what its message says.
var headers = map[string]struct {
	content []byte
	want    diag.Kind
	says    string
}{
	// tensor.rs
	"test_empty":                 {file(`{}`, 0), "", ""},
	"test_serialization padded":  {file(`{"w":{`+tensor+`}}     `, 4), "", ""},
	"test_header_too_large":      {[]byte("<\x00\x00\x00\x00\xff\xff\xff{}"), diag.Limit, "header of"},
	"test_header_too_small":      {[]byte("\x00\x00\x00"), diag.Malformed, "length of the header"},
	"test_invalid_header_length": {[]byte("<\x00\x00\x00\x00\x00\x00\x00"), diag.Malformed, "header of 60 bytes"},
	"test_invalid_header_utf8":   {file("\xff", 0), diag.Malformed, "brace"},
	"test_invalid_header_json":   {file("{", 0), diag.Malformed, "too early"},
	"test_whitespace_start":      {file(` {}`, 0), diag.Malformed, "brace"},
	"test_whitespace_padded":     {file("{}\x0D\x20\x09\x0A", 0), "", ""},
	"test_zero_sized_tensor":     {file(`{"test":{"dtype":"I32","shape":[2,0],"data_offsets":[0, 0]}}`, 0), "", ""},
	"test_invalid_info":          {file(`{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0, 4]}}`, 4), diag.Malformed, "4 bytes for shape [2 2]"},
	"test_validation_overflow":   {file(`{"test":{"dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,16]}}`, 16), diag.Malformed, "63 bits"},
	"test_validation_overflow_2": {file(`{"test":{"dtype":"I32","shape":[2,9223372036854775807],"data_offsets":[0,16]}}`, 16), diag.Malformed, "64 bits"},
	"test_json_attack":           {file(attack(), 4), diag.Malformed, "no tensor begins at byte 4"},
	"test_metadata_incomplete":   {file(`{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0, 16]}}`, 60), diag.Malformed, "44 bytes behind"},
	"test_metadata_hole":         {file(`{"a":{`+tensor+`},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12), diag.Malformed, "no tensor begins at byte 4"},
	"test_duplicate_tensor":      {file(`{"w":{`+tensor+`},"w":{`+tensor+`}}`, 4), diag.Malformed, "twice"},
	"test_offsets_reversed":      {file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4), diag.Malformed, "data_offsets [4 0]"},
	"test_sub_byte":              {file(`{"w":{"dtype":"F4","shape":[1],"data_offsets":[0,0]}}`, 0), diag.Malformed, "4 bits"},
	"test_sub_byte_pair":         {file(`{"w":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}`, 1), "", ""},
	"truncated data":             {file(`{"w":{`+tensor+`}}`, 3), diag.Malformed, "not all of it was fetched"},
	"only the header":            {file(`{"w":{`+tensor+`}}`, 0), diag.Malformed, "not all of it was fetched"},
	"duplicate metadata":         {file(`{"__metadata__":{"license":"mit","license":"gpl"}}`, 0), diag.Malformed, "twice"},
	"two metadata":               {file(`{"__metadata__":{},"__metadata__":{}}`, 0), diag.Malformed, "twice"},
	"metadata is a list":         {file(`{"__metadata__":[]}`, 0), diag.Malformed, `'[' where '{'`},
	"metadata is null":           {file(`{"__metadata__":null}`, 0), diag.Malformed, `where '{'`},
	"a number in metadata":       {file(`{"__metadata__":{"license":1}}`, 0), diag.Malformed, `"license"`},
	"no dtype":                   {file(`{"w":{"shape":[],"data_offsets":[0,0]}}`, 0), diag.Malformed, "not all there"},
	"three offsets":              {file(`{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4,8]}}`, 4), diag.Malformed, "data_offsets [0 4 8]"},
	"a negative offset":          {file(`{"w":{"dtype":"F32","shape":[],"data_offsets":[-4,0]}}`, 4), diag.Malformed, "whole number"},
	"a fraction":                 {file(`{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, 4), diag.Malformed, "whole number"},
	"a leading zero":             {file(`{"w":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}`, 4), diag.Malformed, "begins with 0"},
	"a scalar":                   {file(`{"w":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}`, 8), "", ""},
	"extra keys":                 {file(`{"w":{`+tensor+`,"x":[1,-2.5e3,true,null,{"a":"b","c":{}}],"y":"\n"}}`, 4), "", ""},
	"extra key twice":            {file(`{"w":{`+tensor+`,"x":1,"x":2}}`, 4), diag.Malformed, "twice"},
	"nested 10,000 deep":         {file(`{"w":{`+tensor+`,"x":`+strings.Repeat("[", 10_000)+`}}`, 4), diag.Limit, "in one another"},
	"a trailing comma":           {file(`{"w":{`+tensor+`},}`, 4), diag.Malformed, `'}' where '"'`},
	"no comma":                   {file(`{"w":{`+tensor+`}"v":{}}`, 4), diag.Malformed, `where ','`},
	"text behind":                {file(`{}x`, 0), diag.Malformed, "goes on"},
	"a second object":            {file(`{}{}`, 0), diag.Malformed, "goes on"},
	"bad UTF-8 in a key":         {file("{\"\xff\":{"+tensor+"}}", 4), diag.Malformed, "not UTF-8"},
	"half a rune":                {file("{\"a\xe2\x82\":{"+tensor+"}}", 4), diag.Malformed, "not UTF-8"},
	"a raw control character":    {file("{\"a\n\":{"+tensor+"}}", 4), diag.Malformed, "control character"},
	"a bad escape":               {file(`{"\x":{`+tensor+`}}`, 4), diag.Malformed, "escape"},
	"bad hex":                    {file(`{"\u12g4":{`+tensor+`}}`, 4), diag.Malformed, "hexadecimal"},
	"not a value":                {file(`{"w":{`+tensor+`,"x":nul}}`, 4), diag.Malformed, "no value"},
	"a long shape":               {file(`{"w":{"dtype":"F32","shape":[`+strings.Repeat("1,", 70)+`1],"data_offsets":[0,4]}}`, 4), diag.Limit, "list of numbers"},
	"a key of 100 KB":            {file(`{"`+strings.Repeat("k", 100<<10)+`":{`+tensor+`}}`, 4), diag.Limit, "text"},
	"a license of 2 MB":          {file(`{"__metadata__":{"license":"`+strings.Repeat("k", 2<<20)+`"}}`, 0), diag.Limit, `"license"`},
	"a pickle":                   {[]byte("\x80\x02}q\x00X\x01\x00\x00\x00aq\x01K\x01s."), diag.Malformed, "as a pickle does"},
	"a zip":                      {[]byte("PK\x03\x04\x14\x00\x00\x00\x00\x00"), diag.Malformed, "as a zip archive"},
	"an error page":              {[]byte("<!DOCTYPE html><html>"), diag.Malformed, "as a web page"},
	"empty":                      {nil, diag.Malformed, "length of the header"},
}

func TestHeader(t *testing.T) {
	for what, c := range headers {
		res := artifacttest.Content(t, New(), "m.safetensors", c.content)
		switch {
		case c.want == "" && len(res.Problems) == 0:
		case len(res.Problems) == 1 && res.Problems[0].Kind == c.want && strings.Contains(res.Problems[0].Message, c.says):
		default:
			t.Errorf("%s: %+v, want %s with %q", what, res.Problems, c.want, c.says)
		}
	}
}

// attack are tensors that all stand in the same four bytes.
func attack() string {
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, `,"weight_%d":{%s}`, i, tensor)
	}
	return "{" + b.String()[1:] + "}"
}

func TestUnknownType(t *testing.T) {
	res := artifacttest.Content(t, New(), "m.safetensors", file(`{"w":{"dtype":"F3_NEW","shape":[8],"data_offsets":[0,3]}}`, 3))
	if len(res.Problems) > 0 || len(res.NotExamined) != 1 || !strings.Contains(res.NotExamined[0].Why, "F3_NEW") {
		t.Errorf("%+v", res)
	}
}

func TestPolyglot(t *testing.T) {
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	b := append(file(fmt.Sprintf(`{"w":{"dtype":"U8","shape":[%d],"data_offsets":[0,%[1]d]}}`, len(end)), 0), end...)
	res := artifacttest.Content(t, New(), "m.safetensors", b)
	if len(res.Signals) != 1 || res.Signals[0].Signal != "polyglot" || len(res.Problems) > 0 {
		t.Errorf("%+v", res)
	}
}

func TestMatch(t *testing.T) {
	small := string(file(`{"w":{`+tensor+`}}`, 4))
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"m.safetensors", "junk", true}, {"weights.bin", small, true}, {"blobs/12ab", small, true}, {"m.bin", small[:9], false},
		{"m.safetensors", "version https://git-lfs.github.com/spec/v1\n", false}, {"x.json", `{"a": {"b": 1}}`, false},
		{"model.safetensors.index.json", "{}", true}, {"x.index.json", `{"weight_map": {}}`, true}, {"search.index.json", `{"docs": []}`, false},
		{"a", "\x02\x00\x00\x00\x00\x00\x00\x00{}", true}, {"a", "\x01\x00\x00\x00\x00\x00\x00\x00{}", false},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		if got := New().Match(tree.File(c.name)); got != c.want {
			t.Errorf("%s %.20q: %v", c.name, c.content, got)
		}
	}
}

// TestJSON compares what is a header with encoding/json.
func TestJSON(t *testing.T) {
	for _, s := range []string{
		`1`, `-0`, `0.5`, `1e5`, `1E+5`, `-1.5e-5`, `01`, `1.`, `.5`, `1e`, `+1`, `-`, `--1`, `0x1`, `1e5.5`, `true`, `tru`, `null`, `nullx`, `""`,
		`"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\u0041"`, `"\ude00\ud83d"`, `"\u00e9\/\b"`, `"\u"`, `"\u12"`, `[]`, `[1]`, `[,]`, `[1,]`, `{}`,
		`{"a"}`, `{"a":}`, `{"a":1,}`, `{1:1}`, `[[[]]]`, ` [ 1 , { "a" : [ ] } ] `, "\"\u20ac\"", "NaN", "Infinity",
	} {
		header := `{"w":{` + tensor + `,"x":` + s + `}}`
		res := artifacttest.Content(t, New(), "m.safetensors", file(header, 4))
		if ok := len(res.Problems) == 0; ok != json.Valid([]byte(header)) {
			t.Errorf("%s: accepted %v, %+v", s, ok, res.Problems)
		}
		if s[0] != '"' || !json.Valid([]byte(s)) {
			continue
		}
		var want string
		if err := json.Unmarshal([]byte(s), &want); err != nil {
			t.Fatal(err)
		}
		res = artifacttest.Content(t, New(), "m.safetensors", file(`{"__metadata__":{"modelspec.title":`+s+`}}`, 0))
		if res.Name != want {
			t.Errorf("%s: %q, want %q", s, res.Name, want)
		}
	}
}

func TestIndex(t *testing.T) {
	tree := artifacttest.NewTree(map[string]string{
		"m/model.safetensors.index.json": `{"metadata": {"total_size": 99}, "weight_map": {"a": "s-1.safetensors", "b": "s-2.safetensors", "c": "s-1.safetensors"}}`,
		"m/s-1.safetensors":              "",
		"m/bad.safetensors.index.json": `{"weight_map": {"a": "../../etc/passwd",
			"b": 1, "a": "s-1.safetensors", "c": ""}}`,
		"m/none.bin.index.json": `{"weight_map": [], "x": "s-1.safetensors"}`,
		"m/no.bin.index.json":   `{"weight_map": `,
	})
	for name, want := range map[string]string{
		"m/model.safetensors.index.json": "m/s-1.safetensors -m/s-2.safetensors | 1 of 2 files that the index names are not here",
		"m/bad.safetensors.index.json":   `| malformed:0 malformed:2 malformed:2 malformed:2`,
		"m/none.bin.index.json":          "| malformed:1",
		"m/no.bin.index.json":            "| malformed:1",
	} {
		res := artifacttest.Read(t, New(), tree.File(name))
		var got []string
		for _, c := range res.Companions {
			got = append(got, map[bool]string{true: "-"}[c.Missing]+c.Path)
		}
		got = append(got, "|")
		for _, n := range res.NotExamined {
			got = append(got, n.Why)
		}
		lines := map[string]bool{}
		for _, p := range res.Problems {
			lines[p.Message] = true
			got = append(got, fmt.Sprintf("%s:%d", p.Kind, p.Line))
		}
		if len(lines) != len(res.Problems) {
			t.Errorf("%s: equal messages %+v", name, res.Problems)
		}
		if sorted := strings.Join(sortTail(got), " "); sorted != want {
			t.Errorf("%s: %q, want %q", name, sorted, want)
		}
	}
}

// sortTail orders what stands behind the bar.
func sortTail(list []string) []string {
	for i, s := range list {
		if s == "|" {
			tail := list[i+1:]
			for a := range tail {
				for b := range tail[:a] {
					if tail[a] < tail[b] {
						tail[a], tail[b] = tail[b], tail[a]
					}
				}
			}
		}
	}
	return list
}

func TestIndexLimits(t *testing.T) {
	var b strings.Builder
	for i := range maxShards + 2 {
		fmt.Fprintf(&b, `,"t%d":"s%d"`, i, i)
	}
	for what, c := range map[string]struct {
		content string
		want    diag.Kind
	}{
		"too many shards": {`{"weight_map":{` + b.String()[1:] + `}}`, diag.Limit},
		"too deep":        {`{"weight_map":` + strings.Repeat("[", 200), diag.Limit},
	} {
		res := artifacttest.Content(t, New(), "m.bin.index.json", []byte(c.content))
		if len(res.Problems) != 1 || res.Problems[0].Kind != c.want {
			t.Errorf("%s: %+v", what, res.Problems)
		}
	}
}

func TestSamples(t *testing.T) {
	// The header without the data, as syft's testdata holds it.
	res := artifacttest.Read(t, New(), artifacttest.Sample(t, "anchore__syft/syft/pkg/cataloger/ai/testdata/safetensors/nomic-embed-475M.header.safetensors"))
	if len(res.Licenses)+len(res.Lineage) > 0 || len(res.Problems) != 1 || !strings.Contains(res.Problems[0].Message, "not all of it was fetched") {
		t.Errorf("%+v", res)
	}
	if f := artifacttest.Sample(t, "IrfanUruchi__Llama-3.2-1B-ComputerEngineeringLLM/model.safetensors"); New().Match(f) {
		t.Error("a Git LFS pointer is taken for safetensors")
	}
}

// TestSparse: of a terabyte nothing but the header is read.
func TestSparse(t *testing.T) {
	const size = 1 << 40
	tree := artifacttest.NewTree(nil)
	header := fmt.Sprintf(`{"__metadata__":{"license":"mit"},"w":{"dtype":"U8","shape":[%d],"data_offsets":[0,%[1]d]}}`, size)
	tree.Sparse("m.safetensors", file(header, 0), int64(8+len(header))+size)
	res := artifacttest.Read(t, New(), tree.File("m.safetensors"))
	if len(res.Problems) > 0 || len(res.Licenses) != 1 || tree.Bytes() > 1<<10 {
		t.Errorf("%d bytes read: %+v", tree.Bytes(), res)
	}
	tree.Sparse("h.safetensors", binary.LittleEndian.AppendUint64(nil, MaxHeader), size)
	res = artifacttest.Read(t, New(), tree.File("h.safetensors"))
	if len(res.Problems) != 1 || tree.Bytes() > 100<<10 {
		t.Errorf("%d bytes read: %+v", tree.Bytes(), res)
	}
}

func TestTruncations(t *testing.T) {
	b := model(map[string]string{"license": "mit", "format": "pt"})
	artifacttest.Truncations(t, New(), "m.safetensors", b, 0)
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "m.safetensors", model(map[string]string{"license": "mit", "ss_tag_frequency": strings.Repeat("x", 100_000)}))
	artifacttest.Faults(t, New(), "m.bin.index.json", []byte(`{"weight_map": {}}`))
}

func FuzzRead(f *testing.F) {
	f.Add(model(map[string]string{"license": "mit", "modelspec.merged_from": "a,b"}))
	f.Add(file(attack(), 4))
	f.Add(file(`{"w":{`+tensor+`,"x":[1,-2.5e3,true,null,{"a":"b\u00e9"}]}}`, 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.safetensors", b, MaxHeader+100)
	})
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"metadata": {"total_size": 99}, "weight_map": {"a": "s-1.safetensors", "b": "../x"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.safetensors.index.json", b, 1<<30)
	})
}

// BenchmarkLarge is a header of 100,000 tensors.
func BenchmarkLarge(b *testing.B) {
	var h strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&h, `,"model.layers.%d.mlp.experts.0.weight":{"dtype":"F32","shape":[1],"data_offsets":[%d,%d]}`, i, i*4, i*4+4)
	}
	content := file("{"+h.String()[1:]+"}", 400_000)
	tree := artifacttest.NewTree(nil)
	tree.Sparse("m.safetensors", content, int64(len(content)))
	f := tree.File("m.safetensors")
	b.SetBytes(int64(h.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if res, err := New().Read(f); err != nil || len(res.Problems) > 0 {
			b.Fatal(err, res)
		}
	}
}
