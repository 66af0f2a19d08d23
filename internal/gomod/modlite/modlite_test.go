package modlite

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// check compares with modfile where the file is plain.
func check(t testing.TB, data []byte) bool {
	t.Helper()
	got, plain := Parse(data)
	if !plain {
		return false
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		t.Fatalf("plain, and modfile says: %v\n%q", err, data)
	}
	want := File{Require: []module.Version{}}
	if f.Module != nil {
		want.Module = f.Module.Mod.Path
	}
	if f.Go != nil {
		want.Go = f.Go.Version
	}
	for _, r := range f.Require {
		want.Require = append(want.Require, r.Mod)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-modfile +got)\n%s\n%q", diff, data)
	}
	return true
}

var seeds = map[string]bool{
	"module example.com/a\n": true,
	"module example.com/a\n\ngo 1.21.3\n\nrequire example.com/b v1.2.3 // indirect\n":                                                                         true,
	"module example.com/a // c\ngo 1.16\nrequire (\n\texample.com/b v1.2.3\n\n\t// c\n\texample.com/c/v2 v2.0.0-20200101000000-abcdefabcdef // indirect\n)\n": true,
	"module example.com/a\nreplace example.com/b => ../b\nreplace (\n\tx v1.0.0 => y v1.0.0\n)\n":                                                             true,
	"module example.com/a\r\nrequire example.com/b v2.0.0+incompatible\r\n":                                                                                   true,
	"module \"example.com/a\"\n":                              false,
	"module example.com/a\nrequire example.com/b v1.2\n":      false,
	"module example.com/a\nrequire example.com/b v2.0.0\n":    false,
	"module example.com/a\nrequire example.com/b/v2 v1.0.0\n": false,
	"module example.com/a\nfoo bar\n":                         false,
	"module example.com/a\nrequire (\nexample.com/b v1.0.0\n": false,
	"module (\n\texample.com/a\n)\n":                          false,
	"go 1.20\n":                                               false,
	"module a\nretract v1.0.0\n":                              false,
}

func TestParse(t *testing.T) {
	for text, want := range seeds {
		if got := check(t, []byte(text)); got != want {
			t.Errorf("plain = %v, want %v\n%s", got, want, text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

// TestModuleCache: most files in real life are plain.
func TestModuleCache(t *testing.T) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command")
	}
	all, plain := 0, 0
	root := filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
	_ = filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".mod") {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		all++
		if check(t, data) {
			plain++
		}
		return nil
	})
	if all < 20 {
		t.Skip("module cache too small")
	}
	t.Logf("%d of %d files are plain", plain, all)
	if plain*10 < all*8 {
		t.Errorf("only %d of %d files are plain", plain, all)
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte("module example.com/a\n\ngo 1.21\n\nrequire (\n" + strings.Repeat("\tgithub.com/example/dependency v1.2.3 // indirect\n", 50) + ")\n")
	b.ReportAllocs()
	for b.Loop() {
		Parse(data)
	}
}
