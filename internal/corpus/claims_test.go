package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect"
)

// A draw takes few files of each module, and each file once and by its kind.
func TestProse(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"README.md", "readme.go", "CHANGELOG", "docs/CONTRIBUTING.md", "a.go", "empty.go", "picture.png"} {
		body := []byte("x\n")
		if name == "empty.go" {
			body = nil
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := ""
	for i, files := range prose([]goModule{{Path: "m", Version: "v1.0.0", Dir: dir}}) {
		for _, f := range files {
			got += fmt.Sprintf("%s %s\n", proseKinds[i].name, f.name)
		}
	}
	if want := "README README.md\nCHANGELOG CHANGELOG\nCONTRIBUTING docs/CONTRIBUTING.md\nsource a.go\nsource readme.go\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if n := len(spread(make([]proseFile, 50), 20)); n != perModule {
		t.Errorf("%d files of one module", n)
	}
}

func TestAround(t *testing.T) {
	body := []byte("one\ntwo MIT three\nfour")
	if got := around(body, detect.Found{Start: 8, End: 11}); got != "two MIT three" {
		t.Errorf("got %q", got)
	}
}

func TestReplaced(t *testing.T) {
	words := strings.Repeat("a b\nc d e ", 20)
	if got := replaced(words); strings.Count(got, "quagmire") != 2 || len(strings.Fields(got)) != 100 {
		t.Errorf("got %q", got)
	}
	if got := replaced(strings.Repeat("許", 75)); strings.Count(got, "quagmire") != 2 {
		t.Errorf("got %q", got)
	}
}
