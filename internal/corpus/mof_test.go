package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/truthtest"
)

// Every test file of the Model Openness Tool gets the class and the progress that
// the tool gives it.
func TestModelOpenness(t *testing.T) {
	truthtest.Path(t, "ai", "samples", "mot", "expected.tsv")
	var out bytes.Buffer
	if modelOpenness(&out, truthtest.Root(t)) || !strings.Contains(out.String(), "14 of 14") {
		t.Error(out.String())
	}
}

// A class that differs is printed and fails the section; a table without rows
// and a file that is not there do too.
func TestModelOpennessMiss(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "ai", "samples", "mot")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const head = "file\tmodel\tclass\tlabel\tprogress_json\n"
	write("m.yml", "release:\n  license: {document: {name: CC-BY-4.0}}\n  components:\n  - {name: Model card}\n  - {name: Model parameters (Final), license: MIT}\n  - {name: Data card, license: CC-BY-NC-4.0}\n")
	for _, tt := range []struct {
		name, rows, want string
		failed           bool
	}{
		{"equal", `m.yml` + "\tm\t0\tUnclassified\t" + `{"1": 0, "2": 0, "3": 33.33333333333333}` + "\n", "1 of 1", false},
		{"other progress", `m.yml` + "\tm\t0\tUnclassified\t" + `{"1": 0, "2": 0, "3": 50}` + "\n", "m.yml: class 0, progress [33.3", true},
		{"other class", `m.yml` + "\tm\t3\tOpen\t" + `{"1": 0, "2": 0, "3": 33.33333333333333}` + "\n", "want class 3", true},
		{"no file", `n.yml` + "\tm\t0\tUnclassified\t" + `{"1": 0, "2": 0, "3": 0}` + "\n", "n.yml", true},
		{"no rows", "", "has no rows", true},
	} {
		write("expected.tsv", head+tt.rows)
		if err := os.MkdirAll(filepath.Join(dir, "corpus"), 0o755); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if failed := modelOpenness(&out, dir); failed != tt.failed || !strings.Contains(out.String(), tt.want) {
			t.Errorf("%s: failed %v:\n%s", tt.name, failed, out.String())
		}
	}
}
