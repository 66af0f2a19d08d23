package coreml

import (
	"encoding/binary"
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

// model is a model with fields of metadata.
func model1(metadata ...string) string {
	return num(1, 6) + msg(2, msg(1, msg(1, "image")), msg(100, metadata...)) + msg(502, strings.Repeat("x", 50))
}

var full = model1(msg(1, "It sees."), msg(2, "1.0"), msg(3, "Org"), msg(4, "Please see https://example.com/LICENSE"),
	msg(100, msg(1, "com.github.apple.coremltools.source"), msg(2, "torch==2.1")), msg(100, msg(1, "license"), msg(2, "AGPL-3.0")), msg(100, msg(1, "names"), msg(2, "{}")))

func prop(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }

func TestModel(t *testing.T) {
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights, Publisher: "Org",
		Licenses: []artifact.Statement{
			{Source: "model-file", Field: "metadata.license", Value: "Please see https://example.com/LICENSE"},
			{Source: "model-file", Field: "metadata.userDefined.license", Value: "AGPL-3.0"},
		},
		Parts: []artifact.Part{{Part: "parameters", Present: "yes", Why: "the model itself"}},
		Properties: []inventory.Property{
			prop("format", "coreml"), prop("specification_version", "6"), prop("description", "It sees."), prop("version", "1.0"), prop("source", "torch==2.1"),
		},
	}
	got := artifacttest.Content(t, New(), "m.mlmodel", []byte(full))
	if at := got.Licenses[0].Offset; !strings.HasPrefix(full[at:], "Please") {
		t.Errorf("the license is not at %d", at)
	}
	got.Licenses[0].Offset = 0
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	text := strings.Repeat("Permission is granted.\n", 20)
	if res := artifacttest.Content(t, New(), "m.mlmodel", []byte(model1(msg(4, text)))); len(res.Texts) != 1 || len(res.Licenses) > 0 {
		t.Errorf("%+v", res)
	}
	if res := artifacttest.Content(t, New(), "m.mlmodel", []byte(num(1, 1)+msg(2))); len(res.Problems)+len(res.Parts)+len(res.Licenses) > 0 {
		t.Errorf("%+v", res)
	}
}

func TestMalformed(t *testing.T) {
	for what, c := range map[string]struct {
		content string
		want    diag.Kind
		says    string
	}{
		"empty":                 {"", diag.Malformed, "no description"},
		"text":                  {"no model\n", diag.Malformed, ""},
		"no description":        {num(1, 6), diag.Malformed, "no description"},
		"description is number": {num(2, 6), diag.Malformed, "no message"},
		"metadata is number":    {num(1, 6) + msg(2, num(100, 1)), diag.Malformed, "metadata"},
		"license is number":     {model1(num(4, 1)), diag.Malformed, "metadata"},
		"entry is number":       {model1(num(100, 1)), diag.Malformed, "metadata"},
		"cut":                   {full[:50], diag.Malformed, ""},
		"a license of 2 MB":     {model1(msg(4, strings.Repeat("x", 2<<20))), diag.Limit, "text"},
		"5 MB of entries":       {model1(strings.Repeat(msg(100, msg(1, "k"), msg(2, strings.Repeat("x", 1<<20))), 5)), diag.Limit, "texts"},
		"10,001 entries":        {model1(strings.Repeat(msg(100, msg(1, "k"), msg(2, "v")), MaxEntries+1)), diag.Limit, "entries"},
	} {
		res := artifacttest.Content(t, New(), "m.mlmodel", []byte(c.content))
		if len(res.Problems) != 1 || res.Problems[0].Kind != c.want || !strings.Contains(res.Problems[0].Message, c.says) {
			t.Errorf("%s: %+v", what, res.Problems)
		}
	}
}

func TestPackage(t *testing.T) {
	tree := artifacttest.NewTree(map[string]string{
		"M.mlpackage/Manifest.json": `{"fileFormatVersion": "1.0.0", "rootModelIdentifier": "B", "itemInfoEntries": {
			"A": {"author": "com.apple.CoreML", "description": "CoreML Model Weights", "name": "weights", "path": "com.apple.CoreML/weights"},
			"B": {"author": "com.example", "description": "CoreML Model Specification", "name": "model.mlmodel", "path": "com.apple.CoreML/model.mlmodel"}}}`,
		"M.mlpackage/Data/com.apple.CoreML/model.mlmodel": full,
		"N.mlpackage/Manifest.json": `{"rootModelIdentifier": "C", "itemInfoEntries": {"A": {"path": "../../../secret"},
			"B": {}}}`,
		"O.mlpackage/Manifest.json": `{"itemInfoEntries": []}`,
		"P.mlpackage/Manifest.json": `{`,
	})
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Manifest, Publisher: "com.example",
		Companions: []artifact.Companion{
			{Path: "M.mlpackage/Data/com.apple.CoreML/weights", What: "CoreML Model Weights", Missing: true},
			{Path: "M.mlpackage/Data/com.apple.CoreML/model.mlmodel", What: "CoreML Model Specification"},
		},
		Properties:  []inventory.Property{prop("format", "coreml package")},
		NotExamined: []diag.NotExamined{{Path: "M.mlpackage/Data/com.apple.CoreML/weights", What: "part of the model", Why: "the package names it and it is not here"}},
	}
	if diff := cmp.Diff(want, artifacttest.Read(t, New(), tree.File("M.mlpackage/Manifest.json"))); diff != "" {
		t.Error(diff)
	}
	for name, problems := range map[string]int{"N": 3, "O": 1, "P": 1} {
		if res := artifacttest.Read(t, New(), tree.File(name+".mlpackage/Manifest.json")); len(res.Problems) != problems || len(res.Companions) > 0 {
			t.Errorf("%s: %+v", name, res)
		}
	}
}

func TestCompiled(t *testing.T) {
	tree := artifacttest.NewTree(map[string]string{
		"M.mlmodelc/metadata.json": `[{"metadataOutputVersion": "3.0", "shortDescription": "It sees.",` + "\n" + `"license": "MIT", "author": "Org", "version": "2"}]`,
		"N.mlmodelc/metadata.json": `[]`,
	})
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Config, Publisher: "Org",
		Licenses:   []artifact.Statement{{Source: "model-file", Field: "license", Value: "MIT", Line: 2}},
		Properties: []inventory.Property{prop("format", "coreml compiled"), prop("description", "It sees."), prop("version", "2")},
	}
	if diff := cmp.Diff(want, artifacttest.Read(t, New(), tree.File("M.mlmodelc/metadata.json"))); diff != "" {
		t.Error(diff)
	}
	if res := artifacttest.Read(t, New(), tree.File("N.mlmodelc/metadata.json")); len(res.Problems) != 1 {
		t.Errorf("%+v", res)
	}
}

func TestMatch(t *testing.T) {
	for name, want := range map[string]bool{
		"m.mlmodel": true, "MLmodel": false, "a/Manifest.json": false, "manifest.json": false, "a/metadata.json": false, "a.mlpackage/x.json": false,
		"A.MLPACKAGE/manifest.json": true,
	} {
		tree := artifacttest.NewTree(map[string]string{name: ""})
		if got := New().Match(tree.File(name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSparse: of weights of 10 GB behind the description nothing is read.
func TestSparse(t *testing.T) {
	const size = 10 << 30
	head := model1(msg(4, "MIT")) + string(binary.AppendUvarint(binary.AppendUvarint(nil, 502<<3|2), size))
	tree := artifacttest.NewTree(nil)
	tree.Sparse("m.mlmodel", []byte(head), int64(len(head))+size)
	res := artifacttest.Read(t, New(), tree.File("m.mlmodel"))
	if len(res.Problems) > 0 || len(res.Licenses) != 1 || tree.Bytes() > 4<<10 {
		t.Errorf("%d bytes read: %+v", tree.Bytes(), res)
	}
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "m.mlmodel", []byte(model1(msg(4, "MIT"))+msg(502, strings.Repeat("x", 1<<20))+num(10, 1)))
	artifacttest.Faults(t, New(), "M.mlmodelc/metadata.json", []byte(`[{}]`))
}

func FuzzModel(f *testing.F) {
	f.Add([]byte(full))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.mlmodel", b, MaxRead)
	})
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"rootModelIdentifier": "B", "itemInfoEntries": {"B": {"author": "x", "path": "y"}, "C": {"path": "../z"}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "M.mlpackage/Manifest.json", b, 2*MaxJSON)
	})
}
