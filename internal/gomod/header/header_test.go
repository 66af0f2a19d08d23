package header

import (
	"go/build"
	"go/build/constraint"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asked is what go/build says of one file that lies alone in a folder.
func asked(t testing.TB, src []byte) (p *build.Package, err error) {
	ctxt := build.Context{
		GOOS: "linux", GOARCH: "amd64", Compiler: "gc", CgoEnabled: true, UseAllFiles: true,
		ReadDir: func(string) ([]os.FileInfo, error) { return []os.FileInfo{info{}}, nil },
		OpenFile: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(string(src))), nil
		},
		IsDir:     func(string) bool { return true },
		HasSubdir: func(string, string) (string, bool) { return "", false },
	}
	return ctxt.ImportDir("/src", 0)
}

type info struct{ os.FileInfo }

func (info) Name() string      { return "a.go" }
func (info) IsDir() bool       { return false }
func (info) Mode() os.FileMode { return 0 }

func paths(h *Header) []string {
	out := []string{}
	for _, im := range h.Imports {
		out = append(out, string(im.Path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check compares with go/build, and what pieces of the text give with what
// the whole gives. Unless strict, it does not ask for agreement on what is no
// Go: how far go/build reads before it finds that out is not followed.
func check(t testing.TB, src []byte, strict bool) {
	t.Helper()
	var h Header
	h.Parse(src, true)
	if h.Status == More {
		t.Fatalf("asks for more of a whole file: %q", src)
	}
	got := paths(&h)
	if string(h.Package) == "documentation" {
		return // go/build leaves the file out
	}
	p, err := asked(t, src)
	if len(p.InvalidGoFiles) > 0 && !strict {
		return
	}
	want := append([]string{}, p.Imports...)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imports (-go/build +got), %q:\n%s\nstatus %d, go/build: %v", src, diff, h.Status, err)
	}
	if bad := len(p.InvalidGoFiles) > 0; bad != (h.Status != OK) && !onlyCgo(err) && !badBuild(&h) {
		t.Errorf("status %d, go/build: %v\n%q", h.Status, err, src)
	}
	if h.Status == OK && h.Embed {
		emb := Embeds(nil, src)
		slices.Sort(emb)
		if diff := cmp.Diff(p.EmbedPatterns, slices.Compact(emb)); diff != "" && len(p.EmbedPatterns)+len(emb) > 0 {
			t.Errorf("embeds (-go/build +got):\n%s\n%q", diff, src)
		}
	}
	for _, n := range []int{len(src) / 3, len(src) / 2, h.End, h.End - 1, len(src) - 1} {
		if n < 0 || n > len(src) {
			continue
		}
		var part Header
		part.Parse(src[:n], false)
		if part.Status == OK && h.Status != Dead && !cmp.Equal(paths(&part), got) {
			t.Errorf("from %d bytes: %v, from all: %v\n%q", n, paths(&part), got, src)
		}
	}
}

func onlyCgo(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "#cgo") || strings.Contains(err.Error(), "cgo argument"))
}

// badBuild: a constraint that cannot be parsed is found by who evaluates it.
func badBuild(h *Header) bool {
	if h.Build == nil {
		return false
	}
	_, err := constraint.Parse(string(h.Build))
	return err != nil
}

var seeds = []string{
	"package a\n", "package a", "package", "", "//go:build linux\n\npackage a\nimport \"fmt\"\n",
	"// +build linux\n\npackage a\nimport (\n\t\"fmt\"\n\tx \"os\"\n\t. \"io\"\n\t_ `net`\n)\nvar x int\n",
	"package a;import \"fmt\";import \"os\"\nfunc f() {}\n", "package a\nimport \"fmt\" import \"os\"\n",
	"package a\nimport (\"fmt\";\"os\")", "package a\nimport (\"fmt\" \"os\")\n", "package a\nimport x\n\"fmt\"\n",
	"package a;;import \"fmt\"\n", "package a\nimport (;\"fmt\")\n", "package a\nimport \"fmt\" /*\n*/ import \"os\"\n",
	"/* c */ package a // x\n/* #cgo LDFLAGS: -lm */\nimport \"C\"\n", "package a\nimport \"a\\x62c\"\nimport \"bad path\"\n",
	"package a\nimport \"fm\x00t\"\n", "package a // \xff\nimport \"fmt\"\n", "\ufeffpackage a\nimport \"fmt\"\n", "package a\nimport \"fmt\"\nif x\n",
	"package documentation\nimport \"fmt\"\n", "package a\nimport (\n// doc\n// more\n\"C\"\n)\n", "package a\nimport\n\"fmt\"\n",
	"package a\nimport _ \"embed\"\n//go:embed a b \"c d\" `e`\nvar x string\nvar y = \"//go:embed no\"\nvar z = `\n//go:embed no\n`\n",
	"//go:build a\n//go:build b\npackage a\n", "package func\n", "package a\nimport func \"x\"\n", "package é\nimport ü \"ä/ö\"\n",
	"package a\nimport (\"fmt\")\ntype t struct{}\n", "package a\nimport ()\nimport ()\n", "package a\nimport (\n\"fmt\"\n", "package a\nimport \"fmt",
	"package a\r\nimport \"fmt\"\r\n", "// c\r\n\r\n// +build x\r\n\r\npackage a\r\n", "package a\nimport `f\rmt`\n", "package a\nimport \"\"\n",
}

func TestSeeds(t *testing.T) {
	for _, s := range seeds {
		check(t, []byte(s), true)
	}
}

func FuzzHeader(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) { check(t, src, false) })
}

// TestDistribution compares with go/build on every file of the Go distribution.
func TestDistribution(t *testing.T) {
	root := os.Getenv("HEADER_TEST_DIR")
	if root == "" {
		out, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Skip("no go command")
		}
		root = filepath.Join(strings.TrimSpace(string(out)), "src")
		if testing.Short() {
			root = filepath.Join(root, "cmd", "go")
		}
	}
	n := 0
	err := filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") {
			return err
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		n++
		before := t.Failed()
		check(t, src, true)
		if t.Failed() && !before {
			t.Fatal(p)
		}
		return nil
	})
	if err != nil || n < 100 {
		t.Fatalf("%d files, %v", n, err)
	}
}

func TestMoreAtEveryByte(t *testing.T) {
	for _, s := range seeds {
		var whole Header
		whole.Parse([]byte(s), true)
		for n := range len(s) {
			var h Header
			h.Parse([]byte(s[:n]), false)
			if h.Status == OK && whole.Status == OK && !cmp.Equal(paths(&h), paths(&whole)) {
				t.Errorf("%d bytes of %s: %v, want %v", n, strconv.Quote(s), paths(&h), paths(&whole))
			}
			if h.Status == Syntax && whole.Status == OK {
				t.Errorf("%d bytes of %s: no Go, but the whole is", n, strconv.Quote(s))
			}
		}
	}
}
