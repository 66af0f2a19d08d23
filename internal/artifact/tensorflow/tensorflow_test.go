package tensorflow

import (
	"bytes"
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

func prop(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }

// op is an operator in a list, node one in a graph.
func op(name string) string   { return msg(1, msg(1, name)) }
func node(name string) string { return msg(1, msg(1, "n"), msg(2, name), msg(3, "in")) }

func saved(ops ...string) string {
	return num(1, 1) + msg(2,
		msg(1, msg(2, op("Add"), op("MatMul")), msg(4, "serve"), msg(4, "serve"), msg(5, "2.15.0")),
		msg(2, append(ops, msg(2, msg(1, msg(1, msg(1, "f")), msg(3, msg(1, "n"), msg(2, "Relu")))))...),
		msg(7, strings.Repeat("x", 100)))
}

func TestSavedModel(t *testing.T) {
	tree := artifacttest.NewTree(map[string]string{
		"m/saved_model.pb": saved(node("Conv2D"), node("PyFunc"), node("ReadFile"), node("PyFunc")), "m/variables/variables.index": "",
		"n/saved_model.pb": saved(node("Conv2D")),
	})
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights,
		Parts:      []artifact.Part{{Part: "parameters", Present: "yes", Why: "m/variables/variables.index"}},
		Signals:    []artifact.Signal{{Group: "security", Signal: "unsafe-operator", Evidence: "PyFunc, ReadFile"}},
		Companions: []artifact.Companion{{Path: "m/variables/variables.index", What: "variables"}},
		Properties: []inventory.Property{prop("format", "tensorflow saved model"), prop("schema_version", "1"), prop("tensorflow_version", "2.15.0"), prop("tags", "serve")},
	}
	if diff := cmp.Diff(want, artifacttest.Read(t, New(), tree.File("m/saved_model.pb"))); diff != "" {
		t.Error(diff)
	}
	if res := artifacttest.Read(t, New(), tree.File("n/saved_model.pb")); len(res.Signals)+len(res.Parts)+len(res.Companions)+len(res.Problems) > 0 {
		t.Errorf("%+v", res)
	}
}

func TestSavedModelMalformed(t *testing.T) {
	var many strings.Builder
	for i := range maxOps + 1 {
		many.WriteString(node(fmt.Sprint("Op", i)))
	}
	for what, c := range map[string]struct {
		content string
		want    diag.Kind // "" for an entry of what was not examined
		says    string
	}{
		"empty":           {"", diag.Malformed, "no graph"},
		"no graph":        {num(1, 1), diag.Malformed, "no graph"},
		"graph is number": {num(2, 1), diag.Malformed, "no message"},
		"cut":             {saved(node("Add"))[:60], diag.Malformed, ""},
		"text":            {"not a model", diag.Malformed, ""},
		"a long operator": {saved(node(strings.Repeat("x", 2000))), "", "2000 bytes"},
		"many operators":  {saved(many.String()), "", "different operators"},
	} {
		res := artifacttest.Content(t, New(), "saved_model.pb", []byte(c.content))
		switch {
		case c.want == "" && len(res.Problems) == 0 && len(res.NotExamined) == 1 && strings.Contains(res.NotExamined[0].Why, c.says):
		case len(res.Problems) == 1 && res.Problems[0].Kind == c.want && strings.Contains(res.Problems[0].Message, c.says):
		default:
			t.Errorf("%s: %+v %+v", what, res.Problems, res.NotExamined)
		}
	}
}

func TestTFLite(t *testing.T) {
	b := append(tflite(license("Apache License 2.0")), zipped(t, "labels.txt", "cat", "LICENSE.txt", "A license.", "metadata.json", `{"license": "AGPL-3.0", "author": "Other"}`)...)
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights, Name: "My model", Publisher: "Org",
		Licenses: []artifact.Statement{
			{Source: "model-file", Field: "ModelMetadata.license", Value: "Apache License 2.0"},
			{Source: "model-file", Field: "metadata.json license", Value: "AGPL-3.0", Line: 1},
		},
		Parts: []artifact.Part{{Part: "parameters", Present: "yes", Why: "buffers of the model"}},
		Texts: []artifact.Text{{Source: "model-file", Name: "LICENSE.txt", Content: []byte("A license.")}},
		Properties: []inventory.Property{
			prop("format", "tflite"), prop("description", "MLIR Converted."), prop("metadata_description", "It sees."), prop("version", "v1"),
			prop("associated_files", "labels.txt, LICENSE.txt, metadata.json"),
		},
	}
	for _, name := range []string{"m.tflite", "blob"} {
		got := artifacttest.Content(t, New(), name, b)
		if at := got.Licenses[0].Offset; !bytes.HasPrefix(b[at:], []byte("Apache License")) {
			t.Errorf("the license is not at %d", at)
		}
		got.Licenses[0].Offset = 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", name, diff)
		}
	}
	if res := artifacttest.Content(t, New(), "m.tflite", tflite(nil)); len(res.Problems)+len(res.Licenses) > 0 || len(res.Parts) != 1 {
		t.Errorf("%+v", res)
	}
}

// put writes a number over four bytes.
func put(b []byte, at int, v uint32) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint32(b[at:], v)
	return b
}

func TestTFLiteMalformed(t *testing.T) {
	good := tflite(license("MIT"))
	root := int(binary.LittleEndian.Uint32(good))
	model := func(m table) []byte { return flat("TFL3", m) }
	meta := []table{{entryName: metadataName, entryBuffer: uint32(1)}}
	for what, c := range map[string]struct {
		content []byte
		want    diag.Kind
		says    string
	}{
		"empty":               {nil, diag.Malformed, "leads out"},
		"four bytes":          {good[:4], diag.Malformed, "leads out"},
		"another identifier":  {flat("TFL9", table{}), diag.Malformed, `"TFL9"`},
		"root outside":        {put(good, 0, 1<<31), diag.Malformed, "leads out"},
		"root in the end":     {put(good, 0, uint32(len(good)-2)), diag.Malformed, "leads out"},
		"vtable outside":      {put(good, root, 0x80000000), diag.Malformed, "leads out"},
		"vtable behind":       {put(good, root, 0xf0000000), diag.Malformed, "leads out"},
		"text outside":        {put(good, root+8, 1<<30), diag.Malformed, "leads out"},
		"metadata is missing": {model(table{modelBuffers: []table{{}}, modelMetadata: meta}), diag.Malformed, "buffer 1 of 1"},
		"no buffers":          {model(table{modelMetadata: meta}), diag.Malformed, "buffer 1 of 0"},
		"other metadata":      {tflite(flat("M009", table{})), diag.Malformed, `"M009"`},
		"short metadata":      {tflite([]byte("abc")), diag.Malformed, "leads out"},
		"metadata leads out":  {tflite(put(license("MIT"), 0, 1<<20)), diag.Malformed, "leads out"},
		"a license of 2 MB":   {tflite(license(strings.Repeat("x", 2<<20))), diag.Limit, "text"},
		"many entries":        {model(table{modelBuffers: []table{{}}, modelMetadata: make([]table, maxEntries+1)}), diag.Limit, "list of 10001"},
		"endless list":        {put(good, listOf(good, root), 1<<30), diag.Malformed, "list of 1073741824"},
	} {
		res := artifacttest.Content(t, New(), "m.tflite", c.content)
		if len(res.Problems) != 1 || res.Problems[0].Kind != c.want || !strings.Contains(res.Problems[0].Message, c.says) {
			t.Errorf("%s: %+v, want %s with %q", what, res.Problems, c.want, c.says)
		}
	}
	// A table without a buffer field means buffer 0, which is empty.
	res := artifacttest.Content(t, New(), "m.tflite", model(table{modelBuffers: []table{{}}, modelMetadata: []table{{entryName: metadataName}}}))
	if len(res.Problems)+len(res.Licenses) > 0 {
		t.Errorf("%+v", res)
	}
	// An archive behind the model that cannot be read.
	end := append([]byte("PK\x05\x06\x00\x00\x00\x00\x05\x00\x05\x00\xff\x00\x00\x00"), make([]byte, 6)...)
	if res := artifacttest.Content(t, New(), "m.tflite", append(tflite(nil), end...)); len(res.Problems) != 1 {
		t.Errorf("%+v", res.Problems)
	}
}

// listOf is where the list of buffers of a model is.
func listOf(b []byte, root int) int {
	x := &buffer{src: bytes.NewReader(b), size: int64(len(b))}
	return int(x.child(int64(root), modelBuffers))
}

func TestTFJS(t *testing.T) {
	tree := artifacttest.NewTree(map[string]string{
		"m/model.json": `{"format": "graph-model", "generatedBy": "2.4", "convertedBy": "TensorFlow.js Converter v3", "modelTopology": {"node": []},
			"userDefinedMetadata": {"license": "MIT", "license_link": "https://x", "author": "Org"},
			"weightsManifest": [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": []}]}`,
		"m/group1-shard1of2.bin":    "",
		"m/out.json":                `{"modelTopology": {}, "weightsManifest": [{"paths": ["../x",` + "\n" + `"/y", 7]}]}`,
		"m/mention.json":            `{"text": "a \"graph-model\"", "about": "modelTopology", "modelTopology": "none"}`,
		"m/broken.json":             `{"modelTopology": {`,
		"m/x-weights_manifest.json": `[{"weights": [], "paths": ["group1-shard1of2.bin"]}]`,
	})
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Manifest, Publisher: "Org",
		Licenses:    []artifact.Statement{{Source: "model-file", Field: "userDefinedMetadata.license", Value: "MIT", Link: "https://x", Line: 2}},
		Parts:       []artifact.Part{{Part: "parameters", Present: "yes", Why: "1 files of weights"}},
		Companions:  []artifact.Companion{{Path: "m/group1-shard1of2.bin", What: "shard"}, {Path: "m/group1-shard2of2.bin", What: "shard", Missing: true}},
		NotExamined: []diag.NotExamined{{Path: "m/model.json", What: "shards of the model", Why: "1 of 2 files that it names are not here"}},
		Properties: []inventory.Property{
			prop("format", "tensorflow.js"), prop("model_format", "graph-model"), prop("generated_by", "2.4"), prop("converted_by", "TensorFlow.js Converter v3"),
		},
	}
	if diff := cmp.Diff(want, artifacttest.Read(t, New(), tree.File("m/model.json"))); diff != "" {
		t.Error(diff)
	}
	res := artifacttest.Read(t, New(), tree.File("m/out.json"))
	if len(res.Problems) != 2 || res.Problems[0].Line != 1 || res.Problems[1].Line != 2 || len(res.Companions) != 1 {
		t.Errorf("%+v %+v", res.Problems, res.Companions)
	}
	if res := artifacttest.Read(t, New(), tree.File("m/mention.json")); res.Kind != "" || len(res.Properties)+len(res.Problems) > 0 {
		t.Errorf("%+v", res)
	}
	if res := artifacttest.Read(t, New(), tree.File("m/x-weights_manifest.json")); len(res.Companions) != 1 || len(res.Problems) > 0 || len(res.Parts) != 1 {
		t.Errorf("%+v", res)
	}
	if res := artifacttest.Read(t, New(), tree.File("m/broken.json")); len(res.Problems) != 1 || res.Problems[0].Kind != diag.Malformed {
		t.Errorf("%+v", res)
	}
	var many strings.Builder
	for i := range maxShards + 1 {
		fmt.Fprintf(&many, `,"s%d"`, i)
	}
	res = artifacttest.Content(t, New(), "m.json", []byte(`{"modelTopology": {}, "weightsManifest": [{"paths": [`+many.String()[1:]+`]}]}`))
	if len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit {
		t.Errorf("%d problems", len(res.Problems))
	}
}

func TestKeras(t *testing.T) {
	config := `{"module": "keras", "class_name": "Functional", "config": {"layers": [
		{"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}},
		{"module": "os.path", "class_name": "join"}, {"module": null, "class_name": "Mine", "registered_name": "x>Mine"}]}}`
	b := zipped(t, "metadata.json", `{"keras_version": "3.0.1", "license": "MIT"}`, "config.json", config, "model.weights.h5", "\x89HDF")
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights,
		Licenses: []artifact.Statement{{Source: "model-file", Field: "metadata.json license", Value: "MIT", Line: 1}},
		Parts:    []artifact.Part{{Part: "parameters", Present: "yes", Why: "model.weights.h5"}},
		Signals: []artifact.Signal{
			{Group: "security", Signal: "embedded-code", Evidence: "a Lambda layer: it runs Python code that the file holds"},
			{Group: "security", Signal: "remote-code", Evidence: "loading it imports os.path"},
		},
		Properties: []inventory.Property{prop("format", "keras"), prop("keras_version", "3.0.1")},
	}
	if diff := cmp.Diff(want, artifacttest.Content(t, New(), "m.keras", b)); diff != "" {
		t.Error(diff)
	}
	for what, b := range map[string][]byte{
		"not an archive": []byte("junk"),
		"no config":      zipped(t, "metadata.json", "{}"),
		"bad config":     zipped(t, "config.json", "{"),
		"large config":   zipped(t, "config.json", strings.Repeat(" ", maxConfig+1)),
		"twice":          zipped(t, "config.json", "{}", "config.json", "{}"),
	} {
		if res := artifacttest.Content(t, New(), "m.keras", b); len(res.Problems) != 1 {
			t.Errorf("%s: %+v", what, res.Problems)
		}
	}
	for name, kind := range map[string]inventory.Kind{"tf_model.h5": inventory.Model, "m.keras": inventory.Model, "data.h5": "", "x.weights.h5": inventory.Model} {
		res := artifacttest.Content(t, New(), name, append([]byte(hdf5), 0))
		if res.Kind != kind || len(res.NotExamined) != 1 || res.Properties[0].Value != "hdf5" {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"m/saved_model.pb", "", true}, {"graph.pb", saved(), false}, {"m.tflite", "", true}, {"x.bin", string(tflite(nil)), true}, {"m.h5", "text", false},
		{"m.keras", "", true}, {"m.json", `{"a": 1}`, false}, {"m.js", `{"modelTopology"`, false},
		{"m.tflite", "version https://git-lfs.github.com/spec/v1\n", false}, {"a", "TFL3TFL3", true}, {"a", "TFL", false},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		if got := New().Match(tree.File(c.name)); got != c.want {
			t.Errorf("%s %.20q: %v", c.name, c.content, got)
		}
	}
}

// TestSparse: of files of 20 GB little is read.
func TestSparse(t *testing.T) {
	const size = 20 << 30
	for name, content := range map[string][]byte{"m.tflite": tflite(license("MIT")), "saved_model.pb": []byte(saved()), "m.keras": zipped(t, "config.json", "{}")} {
		tree := artifacttest.NewTree(nil)
		tree.Sparse(name, content, size)
		artifacttest.Read(t, New(), tree.File(name))
		if tree.Bytes() > 128<<10 {
			t.Errorf("%s: %d bytes read", name, tree.Bytes())
		}
	}
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "m.tflite", append(tflite(license("MIT")), zipped(t, "LICENSE", "A license.", "a.json", "{}")...))
	artifacttest.Faults(t, New(), "saved_model.pb", []byte(saved(strings.Repeat(node("Add"), 3000))))
	artifacttest.Faults(t, New(), "m.keras", zipped(t, "metadata.json", "{}", "config.json", "{}"))
	artifacttest.Faults(t, New(), "m.json", []byte(`{"modelTopology": {}}`))
}

func TestTruncations(t *testing.T) {
	artifacttest.Truncations(t, New(), "m.keras", zipped(t, "config.json", "{}"), 0)
	b := tflite(license("MIT"))
	artifacttest.Truncations(t, New(), "m.tflite", b[:len(b)-4], 0)
}

func FuzzTFLite(f *testing.F) {
	f.Add(append(tflite(license("MIT")), zipped(f, "LICENSE", "A license.")...))
	f.Add(tflite(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.tflite", b, 512<<20)
	})
}

func FuzzSavedModel(f *testing.F) {
	f.Add([]byte(saved(node("PyFunc"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "saved_model.pb", b, maxGraphRead)
	})
}

func FuzzKeras(f *testing.F) {
	f.Add(zipped(f, "metadata.json", `{"license": "x"}`, "config.json", `{"class_name": "Lambda", "module": "os"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.keras", b, 512<<20)
	})
}

func FuzzTFJS(f *testing.F) {
	f.Add([]byte(`{"modelTopology": {}, "weightsManifest": [{"paths": ["a", "../b"]}], "userDefinedMetadata": {"license": "x"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "model.json", b, 512<<20)
	})
}
