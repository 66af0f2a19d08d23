package gomod

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// TestEmbeddedFiles: what the go command would put into a program of a pattern,
// as far as it is asked for.
func TestEmbeddedFiles(t *testing.T) {
	tree := fsx.NewMap(map[string]string{
		"p/p.go": "", "p/a.gguf": "", "p/b.gguf": "", "p/a.txt": "", "p/m/x.onnx": "", "p/m/.hidden.onnx": "", "p/m/_draft.onnx": "", "p/m/note.txt": "",
		"p/m/deep/y.onnx": "", "p/m/.git/z.onnx": "", "p/other/go.mod": "", "p/other/z.onnx": "", "p/only/z.onnx": "", "p/link.gguf": "-> a.gguf", "q/c.gguf": "",
	})
	want := func(base string) bool { return path.Ext(base) == ".gguf" || path.Ext(base) == ".onnx" }
	for pattern, files := range map[string]string{
		"a.gguf":       "p/a.gguf",
		"*.gguf":       "p/a.gguf p/b.gguf",
		"[ab].gguf":    "p/a.gguf p/b.gguf",
		"m":            "p/m/deep/y.onnx p/m/x.onnx and others",
		"all:m":        "p/m/.hidden.onnx p/m/_draft.onnx p/m/deep/y.onnx p/m/x.onnx and others",
		"only":         "p/only/z.onnx",
		"m/*":          "p/m/.hidden.onnx p/m/_draft.onnx p/m/deep/y.onnx p/m/x.onnx and others",
		"m/x.onnx":     "p/m/x.onnx",
		"*/x.onnx":     "p/m/x.onnx",
		"other":        "",
		"a.txt":        " and others",
		"*.txt":        " and others",
		"../q/c.gguf":  "none",
		"/p/a.gguf":    "none",
		".":            "none",
		"link.gguf":    "",
		"missing.gguf": "",
		"[":            "",
	} {
		got, err := EmbeddedFiles(tree, "p", []string{pattern}, want)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		have := "none"
		for _, e := range got {
			have = strings.Join(e.Files, " ")
			if e.Others {
				have += " and others"
			}
		}
		if diff := cmp.Diff(files, have); diff != "" {
			t.Errorf("%s (-want +got):\n%s", pattern, diff)
		}
	}
}

// A pattern over more than is looked at is an error, and what was found before
// it is kept.
func TestEmbeddedTooMany(t *testing.T) {
	files := map[string]string{"p/a.gguf": "", strings.Repeat("p/", maxEmbeddedDepth+2) + "b.gguf": ""}
	got, err := EmbeddedFiles(fsx.NewMap(files), ".", []string{"p/a.gguf", "p"}, func(string) bool { return true })
	if !errors.Is(err, ErrEmbedsTooMany) || len(got) != 1 || len(got[0].Files) != 1 {
		t.Errorf("depth: %v %+v", err, got)
	}
	files = map[string]string{}
	for i := range maxEmbedded + 1 {
		files[fmt.Sprintf("p/%06d.txt", i)] = ""
	}
	if _, err := EmbeddedFiles(fsx.NewMap(files), ".", []string{"p"}, func(string) bool { return true }); !errors.Is(err, ErrEmbedsTooMany) {
		t.Errorf("names: %v", err)
	}
}
