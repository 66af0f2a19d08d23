package gomod

import (
	"context"
	"go/build"
	"hash/fnv"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// TestGoBuild compares what a folder's files import, and which of them count,
// with go/build, for every build: folders of the module cache drawn by the
// digest of their name, one in GOMOD_SAMPLE (default 400).
func TestGoBuild(t *testing.T) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Skip("no go command")
	}
	root := strings.TrimSpace(string(out))
	tree, err := fsx.OpenDir(root)
	if err != nil {
		t.Skip(err)
	}
	sample := 400
	if s := os.Getenv("GOMOD_SAMPLE"); s != "" {
		sample, _ = strconv.Atoi(s)
	}
	folders := 0
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if p == filepath.Join(root, "cache") {
			return fs.SkipDir
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		h := fnv.New32a()
		h.Write([]byte(rel))
		if h.Sum32()%uint32(sample) == 0 {
			folders++
			compareFolder(t, tree, root, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d folders", folders)
}

func compareFolder(t *testing.T, tree fsx.Tree, root, dir string) {
	l := newLoader(context.Background(), Config{Tree: tree})
	m := &mod{main: true, tree: tree, root: "."}
	p := l.pkg("example.com/x")
	p.mod, p.dir = m, dir
	var err error
	if p.files, _, err = l.listFolder(tree, dir); err != nil {
		t.Error(err)
		return
	}
	l.readFiles(p, l.b.all, true)
	for i := range l.b.platforms {
		ctxt := build.Default
		ctxt.GOOS, ctxt.GOARCH, ctxt.CgoEnabled = l.b.platforms[i].OS, l.b.platforms[i].Arch, l.b.cgo[i]
		ctxt.ToolTags = platformTags(l.b.platforms[i], NewestRelease)[2:]
		want, err := ctxt.ImportDir(filepath.Join(root, filepath.FromSlash(dir)), 0)
		if want == nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		in := mask(1) << i
		var files, tests []string
		for _, f := range p.files {
			if f.in&in != 0 && f.read && f.kind == goFile {
				files = append(files, f.entry.Name)
			} else if f.in&in != 0 && f.read && f.kind == testFile {
				tests = append(tests, f.entry.Name)
			}
		}
		for _, c := range []struct {
			what      string
			want, got []string
		}{
			{"files", slices.Concat(want.GoFiles, want.CgoFiles), files},
			{"tests", slices.Concat(want.TestGoFiles, want.XTestGoFiles), tests},
			{"imports", notStd(want.Imports), edgesIn(p.edges, in)},
			{"test imports", notStd(slices.Concat(want.TestImports, want.XTestImports)), edgesIn(p.test, in)},
		} {
			slices.Sort(c.want)
			if diff := cmp.Diff(slices.Compact(c.want), c.got); diff != "" && len(c.want)+len(c.got) > 0 {
				t.Errorf("%s %s cgo %v: %s (-go/build +got), %v:\n%s", dir, l.b.platforms[i], l.b.cgo[i], c.what, err, diff)
			}
		}
	}
}

func notStd(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !dotted(s) && stdTree([]byte(s)) })
}

func edgesIn(edges []edge, in mask) []string {
	var out []string
	for _, e := range edges {
		if e.in&in != 0 {
			out = append(out, e.to.path)
		}
	}
	return sortedStrings(out)
}
