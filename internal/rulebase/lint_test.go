package rulebase

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

var update = flag.Bool("update", false, "write the faults that were found into the test files")

// archives runs a test on every archive of a folder of testdata. What it
// returns is compared with the archive's file "want".
func archives(t *testing.T, dir string, run func(t *testing.T, ar *txtar.Archive) string) {
	files, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no test files in %s: %v", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			last := &ar.Files[len(ar.Files)-1]
			if last.Name != "want" {
				t.Fatal("the last file is not called want")
			}
			got := run(t, &txtar.Archive{Files: ar.Files[:len(ar.Files)-1]})
			if got == string(last.Data) {
				return
			}
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("got:\n%swant:\n%s", got, last.Data)
		})
	}
}

// print writes one fault a line. Of a long list of valid values the first three
// are kept, so that a new word changes no test.
func print(faults yamlpos.Faults) string {
	var b strings.Builder
	for _, f := range faults {
		line := f.Error()
		if head, list, ok := strings.Cut(line, "; valid: "); ok {
			if words := strings.Split(list, ", "); len(words) > 7 {
				_, where, _ := strings.Cut(words[len(words)-1], " ")
				line = strings.TrimRight(fmt.Sprintf("%s; valid: %s, ... %s", head, strings.Join(words[:3], ", "), where), " ")
			}
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// One wrong rule file gives all its faults, each with its place and the valid
// values.
func TestLint(t *testing.T) {
	lint, err := NewLinter(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	archives(t, "lint", func(t *testing.T, ar *txtar.Archive) string {
		if len(ar.Files) != 1 {
			t.Fatalf("%d files, not one", len(ar.Files))
		}
		return print(lint.Lint(ar.Files[0].Name, ar.Files[0].Data))
	})
}

// overlay is a small tree of rules: the real word lists, and the files of an
// archive.
func overlay(t *testing.T, ar *txtar.Archive) fs.FS {
	tree := fstest.MapFS{}
	for _, name := range []string{actionsPath, vocabularyPath, categoriesPath, stdPath} {
		data, err := fs.ReadFile(rules.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		tree[name] = &fstest.MapFile{Data: data}
	}
	for _, f := range ar.Files {
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return tree
}

// Faults between files: what a table and a rule say of one license, names that
// two licenses claim, words that a word list repeats.
func TestTree(t *testing.T) {
	archives(t, "tree", func(t *testing.T, ar *txtar.Archive) string {
		_, faults, err := BuildIndex(overlay(t, ar))
		if err != nil {
			return err.Error() + "\n"
		}
		return print(faults)
	})
}

// A stale or missing index is a fault of the tree.
func TestValidateIndex(t *testing.T) {
	ar, err := txtar.ParseFile(filepath.Join("testdata", "tree", "right.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	tree := overlay(t, ar).(fstest.MapFS)
	check := func(want string) {
		t.Helper()
		faults, err := Validate(tree)
		if err != nil {
			t.Fatal(err)
		}
		if got := print(faults); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	const stale = "index.tsv: stale: run go run ./internal/rulebase/genindex\n"
	check(stale)
	data, _, err := BuildIndex(tree)
	if err != nil {
		t.Fatal(err)
	}
	tree[indexPath] = &fstest.MapFile{Data: data}
	check("")
	tree[indexPath] = &fstest.MapFile{Data: append(data, '\n')}
	check(stale)
	tree[indexPath] = &fstest.MapFile{Data: data}
	tree["std.yaml"] = &fstest.MapFile{Data: []byte("name: x\nnam: y\n")}
	faults, err := Validate(tree)
	if err != nil || len(faults) < 3 {
		t.Errorf("std.yaml with faults: %v, %v", faults, err)
	}
}

// FuzzLint: no file makes the linter panic, and every fault has a place or is
// about the whole file.
func FuzzLint(f *testing.F) {
	lint, err := NewLinter(rules.FS)
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "lint", "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Name, ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		for _, fault := range lint.Lint(name, data) {
			if fault.Message == "" || fault.Pos.Line < 0 || fault.Pos.Line > 0 && fault.Pos.Column < 1 {
				t.Errorf("fault without a message or place: %+v", fault)
			}
		}
	})
}
