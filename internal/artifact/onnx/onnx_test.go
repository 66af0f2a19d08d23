package onnx

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// num and msg write a field; msg takes the contents of a text or message.
func num(field int, v uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v))
}

func msg(field int, content ...string) string {
	s := strings.Join(content, "")
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(s)))) + s
}

// entry is a StringStringEntryProto in a field.
func entry(field int, key, value string) string { return msg(field, msg(1, key), msg(2, value)) }

// node is a node of a graph that is nothing but an operator.
var node = msg(1, msg(1, "in"), msg(2, "out"), msg(4, "Relu"))

func outside(location string) string {
	return msg(8, "w") + entry(fieldExternal, "location", location) + entry(fieldExternal, "offset", "0") + num(14, 1)
}

// whole is a model with everything that is read.
func whole() string {
	return num(1, 8) + msg(2, "pytorch") + msg(3, "2.1.0") + msg(4, "com.example") + num(5, 3) + msg(6, "A model.") +
		msg(7, node, msg(2, "main_graph"),
			msg(5, msg(8, "inline"), msg(9, strings.Repeat("\xff", 100))),
			msg(5, outside("weights/w.bin")), msg(5, outside("weights/w.bin")),
			msg(15, msg(1, outside("sparse.bin")), msg(2, outside("index.bin"))),
			msg(1, msg(4, "If"), msg(5, msg(1, "then"), msg(6, msg(5, outside("branch.bin"))))),
			msg(1, msg(4, "Constant"), msg(5, msg(5, outside("constant.bin"))))) +
		msg(8, msg(1, ""), num(2, 17)) + msg(8, msg(1, "com.microsoft"), num(2, 1)) +
		entry(14, "model_author", "Org") + entry(14, "model_license", "AGPL-3.0 License (https://example.com/license)") + entry(14, "names", "{0: 'cat'}") +
		entry(14, "base_model", "org/base") + entry(14, "date", "2025-01-01") +
		msg(20, msg(1, msg(5, outside("train.bin")))) + msg(25, msg(1, "f"), msg(7, msg(5, msg(10, outside("function.bin")))))
}

func TestFacts(t *testing.T) {
	prop := func(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }
	files := []artifact.Companion{}
	var missing []diag.NotExamined
	for _, name := range []string{"branch.bin", "constant.bin", "function.bin", "index.bin", "sparse.bin", "train.bin", "weights/w.bin"} {
		files = append(files, artifact.Companion{Path: "m/" + name, What: "external data", Missing: name != "sparse.bin"})
		if name != "sparse.bin" {
			missing = append(missing, diag.NotExamined{Path: "m/" + name, What: "external data of the model", Why: "the model names it and it is not here"})
		}
	}
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights, Publisher: "Org",
		Licenses:   []artifact.Statement{{Source: "model-file", Field: "metadata_props.model_license", Value: "AGPL-3.0 License (https://example.com/license)"}},
		Lineage:    []artifact.Link{{ID: "org/base", Field: "metadata_props.base_model"}},
		Parts:      []artifact.Part{{Part: "parameters", Present: "yes", Why: "9 tensors"}},
		Companions: files, NotExamined: missing,
		Properties: []inventory.Property{
			prop("format", "onnx"), prop("ir_version", "8"), prop("producer", "pytorch 2.1.0"), prop("domain", "com.example"), prop("model_version", "3"),
			prop("opset", "17, com.microsoft 1"), prop("doc", "A model."), prop("date", "2025-01-01"),
		},
	}
	tree := artifacttest.NewTree(map[string]string{"m/model.onnx": whole(), "m/sparse.bin": ""})
	got := artifacttest.Read(t, New(), tree.File("m/model.onnx"))
	if at := got.Licenses[0].Offset; !strings.HasPrefix(whole()[at:], "AGPL-3.0") {
		t.Errorf("the license is not at %d", at)
	}
	got.Licenses[0].Offset = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLicenses(t *testing.T) {
	graph := msg(7, node)
	for what, c := range map[string]struct {
		content, want string
		problems      int
	}{
		"none":          {graph, "", 0},
		"standard":      {graph + entry(14, "model_license", "MIT"), "model_license=MIT", 0},
		"both":          {entry(14, "license", "b") + graph + entry(14, "model_license", "a"), "model_license=a;license=b", 0},
		"value first":   {graph + msg(14, msg(2, "MIT"), msg(1, "license")), "license=MIT", 0},
		"no value":      {graph + msg(14, msg(1, "license")), "", 0},
		"empty":         {graph + entry(14, "license", ""), "", 0},
		"other case":    {graph + entry(14, "LICENSE", "MIT"), "", 0},
		"same twice":    {graph + entry(14, "license", "a") + entry(14, "license", "a"), "license=a", 0},
		"two values":    {graph + entry(14, "license", "a") + entry(14, "license", "b"), "license=a;license=b", 1},
		"after a fault": {graph + entry(14, "license", "a") + "\x0b", "license=a", 1},
		"a whole text":  {graph + entry(14, "license", strings.Repeat("Permission is granted.\n", 9)), "", 0},
	} {
		res := artifacttest.Content(t, New(), "m.onnx", []byte(c.content))
		var got []string
		for _, s := range res.Licenses {
			got = append(got, strings.TrimPrefix(s.Field, "metadata_props.")+"="+s.Value)
		}
		if strings.Join(got, ";") != c.want || len(res.Problems) != c.problems || (what == "a whole text") != (len(res.Texts) == 1) {
			t.Errorf("%s: %q %+v %+v", what, got, res.Problems, res.Texts)
		}
	}
}

func TestMalformed(t *testing.T) {
	deep := msg(5, outside("deep.bin"))
	for range maxNesting {
		deep = msg(1, msg(5, msg(6, deep)))
	}
	var many strings.Builder
	for i := range maxFiles + 1 {
		many.WriteString(msg(5, outside(fmt.Sprintf("f%d", i))))
	}
	for what, c := range map[string]struct {
		content string
		want    diag.Kind // "" for an entry of what was not examined
		says    string
	}{
		"empty":                  {"", diag.Malformed, "no graph"},
		"no graph":               {num(1, 8), diag.Malformed, "no graph"},
		"text":                   {"this is no model", diag.Malformed, ""},
		"a web page":             {"<html><body>404</body></html>", diag.Malformed, ""},
		"graph is a number":      {num(7, 1), diag.Malformed, "no message"},
		"graph too long":         {msg(7, node)[:10], diag.Malformed, "field 7"},
		"producer is a number":   {num(2, 1) + msg(7, node), diag.Malformed, "field 2"},
		"props are a number":     {msg(7, node) + num(14, 1), diag.Malformed, "metadata_props"},
		"prop too long":          {msg(7, node) + "\x72\x05\x0a\x09abc", diag.Malformed, "metadata_props"},
		"opset is a number":      {msg(7, node) + num(8, 1), diag.Malformed, "no message"},
		"group":                  {"\x0b" + msg(7, node), diag.Malformed, "wire type 3"},
		"fault in the graph":     {msg(7, "\x0a\x09a"), diag.Malformed, "graph"},
		"leads out":              {msg(7, msg(5, outside("../secret"))), diag.Malformed, "leads out"},
		"absolute":               {msg(7, msg(5, outside("/etc/passwd"))), diag.Malformed, "leads out"},
		"a license of 2 MB":      {msg(7, node) + entry(14, "license", strings.Repeat("x", 2<<20)), diag.Limit, "metadata_props"},
		"10,001 entries":         {msg(7, node) + strings.Repeat(entry(14, "k", "v"), MaxProps+1), diag.Limit, "10001 entries"},
		"5 MB of texts":          {msg(7, node) + strings.Repeat(msg(6, strings.Repeat("d", 1<<20)), 5), diag.Limit, "texts"},
		"graphs in graphs":       {msg(7, deep), "", "in one another"},
		"too many files":         {msg(7, many.String()), "", "files of external data"},
		"a file name of 5,000 B": {msg(7, msg(5, outside(strings.Repeat("x", 5000)))), "", "name of a file"},
	} {
		res := artifacttest.Content(t, New(), "m.onnx", []byte(c.content))
		switch {
		case c.want == "" && len(res.Problems) == 0 && len(res.NotExamined) > 0 && strings.Contains(res.NotExamined[0].Why, c.says):
		case len(res.Problems) == 1 && res.Problems[0].Kind == c.want && strings.Contains(res.Problems[0].Message, c.says):
		default:
			t.Errorf("%s: %+v %+v", what, res.Problems, res.NotExamined)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"m.onnx", "", true}, {"M.ONNX", "junk", true}, {"blob", whole(), true}, {"blob", num(1, 7) + msg(2, "x") + msg(7, node), true},
		{"m.onnx", "version https://git-lfs.github.com/spec/v1\n", false},
		{"saved_model.pb", num(1, 1) + msg(2, msg(1, "x")), false}, {"m.mlmodel", num(1, 4) + msg(2, msg(1, msg(1, "in"))), false},
		{"m.bin", num(1, 8) + msg(2, strings.Repeat("p", 65)), false}, {"m.bin", num(1, 8) + msg(2, "p\n") + num(5, 1), false},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		if got := New().Match(tree.File(c.name)); got != c.want {
			t.Errorf("%s %.20q: %v", c.name, c.content, got)
		}
	}
}

func TestSamples(t *testing.T) {
	for name, producer := range map[string]string{"test_AvgPool1d": "pytorch 0.3", "test_Linear": "pytorch 0.3"} {
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, "onnx__onnx/onnx/backend/test/data/pytorch-converted/"+name+"/model.onnx"))
		if len(res.Problems)+len(res.NotExamined)+len(res.Licenses) > 0 || !strings.Contains(fmt.Sprint(res.Properties), producer) {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

// TestSparse: of tensors of 10 GB in the graph little is read.
func TestSparse(t *testing.T) {
	const size = 10 << 30
	raw := binary.AppendUvarint(binary.AppendUvarint(nil, 9<<3|2), size)
	tensor := binary.AppendUvarint(binary.AppendUvarint(nil, 5<<3|2), uint64(len(raw))+size)
	graph := binary.AppendUvarint(binary.AppendUvarint(nil, 7<<3|2), uint64(len(tensor)+len(raw))+size)
	head := string(graph) + string(tensor) + string(raw)
	tree := artifacttest.NewTree(nil)
	tree.Sparse("m.onnx", []byte(entry(14, "license", "mit")+head), int64(len(entry(14, "license", "mit")+head))+size)
	res := artifacttest.Read(t, New(), tree.File("m.onnx"))
	if len(res.Problems) > 0 || len(res.Licenses) != 1 || tree.Bytes() > 4<<10 {
		t.Errorf("%d bytes read: %+v", tree.Bytes(), res)
	}
	// Zeros are no fields.
	tree.Sparse("z.onnx", []byte(msg(7, node)), size)
	if res := artifacttest.Read(t, New(), tree.File("z.onnx")); len(res.Problems) != 1 {
		t.Errorf("%+v", res)
	}
}

func TestFaults(t *testing.T) {
	b := num(1, 8) + msg(7, node, msg(5, msg(9, strings.Repeat("x", 100_000)))) + entry(14, "license", "mit")
	artifacttest.Faults(t, New(), "m.onnx", []byte(b))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole()))
	f.Add([]byte(num(1, 8) + msg(7, msg(5, outside("../x"))) + entry(14, "license", "a") + entry(14, "license", "b")))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.onnx", b, MaxRead+MaxGraph)
	})
}

// BenchmarkGraph is a graph of 50,000 nodes and 5,000 tensors.
func BenchmarkGraph(b *testing.B) {
	content := []byte(num(1, 8) + msg(7, strings.Repeat(node, 50_000), strings.Repeat(msg(5, msg(8, "w"), msg(9, strings.Repeat("x", 8192))), 5_000)))
	tree := artifacttest.NewTree(nil)
	tree.Sparse("m.onnx", content, int64(len(content)))
	f := tree.File("m.onnx")
	b.ReportAllocs()
	for b.Loop() {
		if res, err := New().Read(f); err != nil || len(res.Problems)+len(res.NotExamined) > 0 {
			b.Fatal(err, res)
		}
	}
}
