package gguf

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// weights are two tensors: one whose size is not a multiple of the alignment,
// and one that is quantised.
var weights = []row{{name: "a.weight", shape: []uint64{3, 5}, typ: 0}, {name: "b.weight", shape: []uint64{64, 2}, typ: 2}}

// card are pairs with every key that is taken, and values of every type between.
var card = []kv{
	{"general.architecture", "llama"}, {"tokenizer.ggml.tokens", []string{"<s>", "", "ab"}}, {"general.type", "model"},
	{"general.name", "My Llama"}, {"general.author", "A. Uthor"}, {"general.organization", "Org"}, {"general.version", "v1.2"},
	{"llama.u8", uint8(1)}, {"llama.i8", int8(-1)}, {"llama.u16", uint16(2)}, {"llama.i16", int16(-2)}, {"llama.i32", int32(-3)},
	{"llama.f32", float32(1.5)}, {"llama.bool", true}, {"llama.u64", uint64(4)}, {"llama.i64", int64(-4)}, {"llama.f64", 2.5},
	{"llama.ints", []uint32{1, 2, 3}}, {"llama.floats", []float32{1, 2}}, {"llama.none", []string{}},
	{"general.license", "other"}, {"general.license.name", "llama3.1"}, {"general.license.link", "LICENSE"},
	{"general.base_model.count", uint32(2)},
	{"general.base_model.0.name", "Llama 3.1 8B"}, {"general.base_model.0.organization", "Meta Llama"},
	{"general.base_model.0.repo_url", "https://huggingface.co/meta-llama/Llama-3.1-8B"},
	{"general.base_model.1.name", "Hermes 2"}, {"general.base_model.1.organization", "NousResearch"},
	{"general.dataset.count", uint32(1)}, {"general.dataset.0.name", "teknium/OpenHermes-2.5"}, {"general.datasets", []string{"org/data", ""}},
	{"general.source.repo_url", "https://huggingface.co/org/mine"}, {"general.source.url", "https://example.com"},
	{"general.file_type", uint32(15)}, {"general.quantization_version", uint32(2)}, {"general.quantized_by", "Somebody"},
	{"general.tags", []string{"text-generation", "merge"}}, {"general.languages", []string{"en"}}, {"general.size_label", "8B"},
}

func wantCard(version uint32, order string) *artifact.Result {
	prop := func(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }
	return &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights, Name: "My Llama", Publisher: "Org",
		Licenses: []artifact.Statement{{Source: "model-file", Field: "general.license", Value: "other", Name: "llama3.1", Link: "LICENSE"}},
		Lineage: []artifact.Link{
			{ID: "https://huggingface.co/meta-llama/Llama-3.1-8B", Field: "general.base_model.0.repo_url"},
			{ID: "NousResearch/Hermes 2", Field: "general.base_model.1.name", Guessed: true},
			{Relation: "dataset", ID: "teknium/OpenHermes-2.5", Field: "general.dataset.0.name"},
			{Relation: "dataset", ID: "org/data", Field: "general.datasets[0]"},
			{Relation: "quantized", ID: "https://huggingface.co/org/mine", Field: "general.source.repo_url"},
		},
		Parts: []artifact.Part{{Part: "parameters", Present: "yes", Why: "2 tensors"}},
		Properties: []inventory.Property{
			prop("format", "gguf"), prop("gguf_version", fmt.Sprint(version)), prop("byte_order", order),
			prop("architecture", "llama"), prop("type", "model"), prop("quantization_version", "2"), prop("quantized_by", "Somebody"),
			prop("version", "v1.2"), prop("author", "A. Uthor"), prop("size_label", "8B"), prop("tags", "text-generation, merge"),
			prop("languages", "en"), prop("file_type", "Q4_K_M"),
		},
	}
}

// dropOffsets forgets where statements stand, which the version decides.
func dropOffsets(res *artifact.Result) *artifact.Result {
	for i := range res.Licenses {
		res.Licenses[i].Offset = 0
	}
	return res
}

// every calls f for all versions in both byte orders.
func every(f func(version uint32, order binary.AppendByteOrder, name string)) {
	for version := uint32(1); version <= 3; version++ {
		f(version, binary.LittleEndian, "little")
		f(version, binary.BigEndian, "big")
	}
}

func TestFacts(t *testing.T) {
	every(func(version uint32, order binary.AppendByteOrder, name string) {
		b := model{version: version, order: order, pairs: card, tensors: weights}.bytes()
		res := artifacttest.Content(t, New(), "m.gguf", b)
		if at := res.Licenses[0].Offset; string(b[at-int64(len(keyLicense)):at]) != keyLicense {
			t.Errorf("v%d %s: the license is not at %d", version, name, at)
		}
		if diff := cmp.Diff(wantCard(version, name), dropOffsets(res)); diff != "" {
			t.Errorf("v%d %s (-want +got)\n%s", version, name, diff)
		}
	})
}

func TestValid(t *testing.T) {
	for what, m := range map[string]model{
		"empty":            {},
		"pairs only":       {pairs: card},
		"tensors only":     {tensors: weights},
		"no dimension":     {tensors: []row{{name: "s", typ: 0}}},
		"a dimension of 0": {tensors: []row{{name: "z", shape: []uint64{4, 0}, typ: 0}, {name: "y", shape: []uint64{1}, typ: 0}}},
		"alignment of 1":   {pairs: []kv{{keyAlignment, uint32(1)}}, tensors: weights, align: 1},
		"alignment of 64":  {pairs: []kv{{keyAlignment, uint32(64)}}, tensors: weights, align: 64},
		"no last padding":  {tensors: []row{{name: "a", shape: []uint64{3}, typ: 0}}, cut: 20},
		"name of 64 bytes": {tensors: []row{{name: strings.Repeat("n", 64), shape: []uint64{1}, typ: 0}}},
		"license as list":  {pairs: []kv{{keyLicense, []string{"mit", "apache-2.0"}}}},
	} {
		every(func(version uint32, order binary.AppendByteOrder, name string) {
			m.version, m.order = version, order
			res := artifacttest.Content(t, New(), "m.gguf", m.bytes())
			if len(res.Problems) > 0 {
				t.Errorf("%s, v%d %s: %+v", what, version, name, res.Problems)
			}
		})
	}
}

func TestLicenses(t *testing.T) {
	long := strings.Repeat("Permission is granted.\n", 50)
	for what, c := range map[string]struct {
		pairs []kv
		want  string
		texts int
	}{
		"name":           {[]kv{{keyLicense, "apache-2.0"}}, "general.license=apache-2.0||", 0},
		"as written":     {[]kv{{keyLicense, "  Apache 2.0 \x1b[31m"}}, "general.license=  Apache 2.0 \x1b[31m||", 0},
		"joined":         {[]kv{{keyLicense, "mit,apache-2.0"}}, "general.license=mit,apache-2.0||", 0},
		"list":           {[]kv{{keyLicense, []string{"mit", "gpl-3.0"}}}, "general.license[0]=mit||;general.license[1]=gpl-3.0||", 0},
		"link only":      {[]kv{{keyLicense + ".link", "https://x"}}, "general.license=||https://x", 0},
		"link before":    {[]kv{{keyLicense + ".link", "L"}, {keyLicense + ".name", "N"}, {keyLicense, "other"}}, "general.license=other|N|L", 0},
		"empty":          {[]kv{{keyLicense, ""}}, "", 0},
		"none":           {nil, "", 0},
		"a whole text":   {[]kv{{keyLicense, long}}, "", 1},
		"text and link":  {[]kv{{keyLicense, long}, {keyLicense + ".link", "L"}}, "general.license=||L", 1},
		"after the list": {[]kv{{"tokenizer.ggml.tokens", make([]string, 5000)}, {keyLicense, "mit"}}, "general.license=mit||", 0},
	} {
		res := artifacttest.Content(t, New(), "m.gguf", model{pairs: c.pairs}.bytes())
		var got []string
		for _, s := range res.Licenses {
			got = append(got, fmt.Sprintf("%s=%s|%s|%s", s.Field, s.Value, s.Name, s.Link))
		}
		if strings.Join(got, ";") != c.want || len(res.Texts) != c.texts || len(res.Problems) > 0 {
			t.Errorf("%s: %q, %d texts, %+v", what, got, len(res.Texts), res.Problems)
		}
	}
}

func TestLineage(t *testing.T) {
	for what, c := range map[string]struct {
		pairs []kv
		want  string
	}{
		"adapter":      {[]kv{{keyType, "adapter"}, {"general.base_model.0.repo_url", "u"}}, "adapter u"},
		"lora":         {[]kv{{"adapter.type", "lora"}, {"general.base_model.0.url", "u"}}, "adapter u"},
		"order":        {[]kv{{"general.base_model.10.doi", "j"}, {"general.base_model.2.uuid", "b"}, {"general.base_model.0.name", "o/a"}}, " o/a; b; j"},
		"unquantised":  {[]kv{{"general.source.huggingface.repository", "org/m"}, {keyFileType, uint32(1)}}, " org/m"},
		"unknown type": {[]kv{{"general.source.url", "u"}, {keyFileType, uint32(999)}}, " u"},
		"type is text": {[]kv{{"general.source.url", "u"}, {keyFileType, "Q8_0"}}, " u"},
		"guessed":      {[]kv{{"general.base_model.0.name", "Llama 2"}}, " Llama 2?"},
		"no name":      {[]kv{{"general.base_model.0.organization", "Org"}, {"general.base_model.x.name", "a/b"}}, ""},
	} {
		res := artifacttest.Content(t, New(), "m.gguf", model{pairs: c.pairs}.bytes())
		var got []string
		for _, l := range res.Lineage {
			got = append(got, l.Relation+" "+l.ID+map[bool]string{true: "?"}[l.Guessed])
		}
		if strings.Join(got, ";") != c.want || len(res.Problems) > 0 {
			t.Errorf("%s: %q, want %q, %+v", what, got, c.want, res.Problems)
		}
	}
}

func TestSplit(t *testing.T) {
	shard := func(no, of uint16) string {
		pairs := []kv{{keySplitNo, no}, {keySplit, of}, {"split.tensors.count", int32(9)}}
		if no == 0 {
			pairs = append(pairs, kv{keyLicense, "mit"})
		}
		return string(model{pairs: pairs, tensors: weights}.bytes())
	}
	tree := artifacttest.NewTree(map[string]string{
		"m/x-00001-of-00003.gguf": shard(0, 3), "m/x-00002-of-00003.gguf": shard(1, 3),
		"n/y-00002-of-00002.gguf": shard(1, 2), "n/z-00001-of-00002.gguf": shard(1, 2), "n/blob": shard(1, 3),
		"n/w-00001-of-99999.gguf": shard(0, 3),
	})
	for name, want := range map[string]string{
		"m/x-00001-of-00003.gguf": "1 of 3; m/x-00002-of-00003.gguf; -m/x-00003-of-00003.gguf",
		"m/x-00002-of-00003.gguf": "2 of 3; m/x-00001-of-00003.gguf; -m/x-00003-of-00003.gguf",
		"n/y-00002-of-00002.gguf": "2 of 2; -n/y-00001-of-00002.gguf; missing",
		"n/z-00001-of-00002.gguf": "1 of 2; -n/z-00002-of-00002.gguf; mismatch",
		"n/blob":                  "2 of 3",
		"n/w-00001-of-99999.gguf": "1 of 99999; mismatch; limit",
	} {
		res := artifacttest.Read(t, New(), tree.File(name))
		var got []string
		for _, p := range res.Properties {
			if p.Name == "shard" {
				got = append(got, p.Value)
			}
		}
		for _, c := range res.Companions {
			got = append(got, map[bool]string{true: "-"}[c.Missing]+c.Path)
		}
		for _, p := range res.Problems {
			got = append(got, string(p.Kind))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestUnknownTensorType: weights of a fork are read as far as they can be.
func TestUnknownTensorType(t *testing.T) {
	m := model{pairs: card, tensors: []row{weights[0], {name: "fork", shape: []uint64{256}, typ: 144}, weights[1]}}
	res := artifacttest.Content(t, New(), "m.gguf", m.bytes())
	if len(res.Problems) > 0 || len(res.NotExamined) != 1 || !strings.Contains(res.NotExamined[0].Why, "144") || len(res.Licenses) != 1 {
		t.Errorf("%+v %+v", res.Problems, res.NotExamined)
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"m.gguf", "GGUF\x03\x00\x00\x00", true}, {"blobs/sha256-12", "GGUF\x03\x00\x00\x00", true}, {"M.GGUF", "junk", true},
		{"m.gguf", "", true}, {"m.gguf", "version https://git-lfs.github.com/spec/v1\n", false}, {"m.bin", "ggjt", false}, {"gguf", "GGU", false},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		if got := New().Match(tree.File(c.name)); got != c.want {
			t.Errorf("%s %q: %v", c.name, c.content, got)
		}
	}
}

func TestSamples(t *testing.T) {
	for name, arch := range map[string]string{
		"ggml-vocab-bert-bge.gguf": "bert", "ggml-vocab-llama-spm.gguf": "llama", "ggml-vocab-phi-3.gguf": "phi3",
	} {
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, "ggerganov__llama.cpp/models/"+name))
		if len(res.Problems)+len(res.Licenses)+len(res.Lineage) > 0 || res.Properties[3].Value != arch || res.Parts[0].Present != "no" {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

// TestSparse: of 20 GB nothing but the header is read.
func TestSparse(t *testing.T) {
	const size = 20 << 30
	big := []row{{name: "w", shape: []uint64{5 << 30}, typ: 0}}
	for what, c := range map[string]struct {
		m    model
		want diag.Kind
	}{
		"a model":             {model{pairs: card, tensors: []row{{name: "w", shape: []uint64{4 << 30}, typ: 0}}, bare: true}, ""},
		"too little data":     {model{pairs: card, tensors: big, bare: true}, diag.Malformed},
		"endless pairs":       {model{nPairs: ptr(uint64(MaxPairs))}, diag.Malformed},
		"too many pairs":      {model{nPairs: ptr(uint64(MaxPairs + 1))}, diag.Limit},
		"endless tensors":     {model{nTensors: ptr(uint64(MaxTensors))}, diag.Malformed},
		"too many tensors":    {model{nTensors: ptr(uint64(MaxTensors + 1))}, diag.Limit},
		"a long key":          {model{pairs: []kv{{"k", uint8(0)}}, keyLength: ptr(uint64(MaxKey + 1))}, diag.Malformed},
		"a text of 17 MB":     {model{pairs: []kv{{"x", typed{tString, uint64(17 << 20)}}}}, diag.Limit},
		"a license of 2 MB":   {model{pairs: []kv{{keyLicense, typed{tString, uint64(2 << 20)}}}}, diag.Limit},
		"a list of 10^9":      {model{pairs: []kv{{"x", typed{tArray, concat(u32(tU8), u64(1e9))}}}}, diag.Limit},
		"a list of 64 Mi":     {model{pairs: []kv{{"x", typed{tArray, concat(u32(tF64), u64(MaxItems))}}}, nTensors: ptr(uint64(1))}, ""}, // jumped over; the tensor is zeros
		"64 Mi empty texts":   {model{pairs: []kv{{"x", typed{tArray, concat(u32(tString), u64(MaxItems))}}}}, diag.Limit},
		"a list of 2^62 i64":  {model{pairs: []kv{{"x", typed{tArray, concat(u32(tI64), u64(1<<62))}}}}, diag.Malformed},
		"kept texts over all": {model{pairs: texts(6)}, diag.Limit},
	} {
		tree := artifacttest.NewTree(nil)
		tree.Sparse("m.gguf", c.m.bytes(), size)
		res := artifacttest.Read(t, New(), tree.File("m.gguf"))
		if c.want == "" && len(res.Problems) > 0 || c.want != "" && (len(res.Problems) != 1 || res.Problems[0].Kind != c.want) {
			t.Errorf("%s: %+v", what, res.Problems)
		}
		if tree.Bytes() > MaxHeader {
			t.Errorf("%s: %d bytes read", what, tree.Bytes())
		}
	}
}

func u32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }
func u64(v uint64) []byte { return binary.LittleEndian.AppendUint64(nil, v) }

func concat(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// texts are n pairs of almost a MiB each.
func texts(n int) (pairs []kv) {
	for i := range n {
		pairs = append(pairs, kv{fmt.Sprintf("general.x%d", i), strings.Repeat("x", keepString-1)})
	}
	return pairs
}

// BenchmarkSparse is a model of 20 GB with a vocabulary of 150,000 words.
func BenchmarkSparse(b *testing.B) {
	words := make([]string, 150_000)
	for i := range words {
		words[i] = fmt.Sprintf("word%d", i)
	}
	pairs := append(append([]kv{}, card...), kv{"tokenizer.ggml.words", words}, kv{"tokenizer.ggml.scores", make([]float32, len(words))})
	var rows []row
	for i := range 700 {
		rows = append(rows, row{name: fmt.Sprintf("blk.%d.attn_q.weight", i), shape: []uint64{4096, 1792}, typ: 0})
	}
	tree := artifacttest.NewTree(nil)
	tree.Sparse("m.gguf", model{pairs: pairs, tensors: rows, bare: true}.bytes(), 21<<30)
	f := tree.File("m.gguf")
	b.ReportAllocs()
	for b.Loop() {
		if res, err := New().Read(f); err != nil || len(res.Problems) > 0 {
			b.Fatal(err, res)
		}
	}
}

// TestSparseOnDisk: a file of 20 GB costs no more memory than its header.
func TestSparseOnDisk(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "m.gguf")
	b := model{pairs: card, tensors: []row{{name: "w", shape: []uint64{4 << 30}, typ: 0}}, bare: true}.bytes()
	if err := os.WriteFile(name, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 20<<30); err != nil {
		t.Skip(err)
	}
	tree, err := fsx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	f := &artifact.File{Tree: tree, Path: "m.gguf", Size: 20 << 30, Head: b[:artifact.HeadSize]}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res := artifacttest.Read(t, New(), f)
	runtime.ReadMemStats(&after)
	if len(res.Problems) > 0 || len(res.Licenses) != 1 || after.TotalAlloc-before.TotalAlloc > 1<<20 {
		t.Errorf("%d bytes allocated: %+v", after.TotalAlloc-before.TotalAlloc, res.Problems)
	}
}
