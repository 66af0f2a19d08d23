package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/rules"
)

// The index is written from the tree, and left alone where the tree has faults,
// all of which are printed.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, rules.FS); err != nil {
		t.Fatal(err)
	}
	index := filepath.Join(dir, "index.tsv")
	if err := os.WriteFile(index, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := run(dir, &out); code != 0 {
		t.Fatalf("exit %d: %s", code, out.String())
	}
	want, err := fs.ReadFile(rules.FS, "index.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(index); err != nil || !bytes.Equal(got, want) {
		t.Errorf("another index was written: %v", err)
	}

	for _, name := range []string{"licenses/MIT.yaml", "licenses/ISC.yaml"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		data = bytes.Replace(data, []byte("category: permissive"), []byte("category: permisive"), 1)
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(index, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code := run(dir, &out); code != 1 {
		t.Errorf("exit %d with faults", code)
	}
	for _, place := range []string{"licenses/MIT.yaml:4:11: ", "licenses/ISC.yaml:4:11: "} {
		if !strings.Contains(out.String(), dir+"/"+place) {
			t.Errorf("no fault at %s:\n%s", place, out.String())
		}
	}
	if got, _ := os.ReadFile(index); string(got) != "old" {
		t.Error("the index was written in spite of faults")
	}
	if code := run(filepath.Join(dir, "nowhere"), &out); code != 1 {
		t.Errorf("exit %d without a tree", code)
	}
}
