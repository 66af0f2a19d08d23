package discover

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

var update = flag.Bool("update", false, "rewrite the expectations of testdata")

// TestFind looks for targets in generated trees. Lines before the first file
// are comments ("# …") or settings: "target T" (several are found at once),
// "cwd DIR", "nowork". The files stand below /w; the file want holds what is to
// be found. A file whose content is "program" or "object" is one; *.lines are
// for the reader below, "blob*.lines" only when a container names them.
func TestFind(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input, want, _ := strings.Cut(string(data), "-- want --\n")
			f, targets := finder(t, input)
			got := dump(f.Find(targets))
			if *update {
				if err := os.WriteFile(file, []byte(input+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// finder reads settings and files.
func finder(t *testing.T, input string) (f *Finder, targets []string) {
	t.Helper()
	parts := strings.Split("\n"+input, "\n-- ")
	files := map[string]string{}
	for _, p := range parts[1:] {
		name, text, ok := strings.Cut(p+"\n", " --\n")
		if !ok {
			t.Fatalf("no name in %q", p)
		}
		files["w/"+name] = content(text)
	}
	f = &Finder{
		Cwd: "/w", Uses: uses, Readers: []artifact.Reader{lines{}},
		Wants: func(base string) bool { return strings.HasSuffix(base, ".lines") && !strings.HasPrefix(base, "blob") },
	}
	for line := range strings.Lines(parts[0]) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "", "#":
		case "target":
			targets = append(targets, value)
		case "cwd":
			f.Cwd = value
		case "nowork":
			f.NoWork = true
		default:
			t.Fatalf("unknown setting %q", line)
		}
	}
	all := fsx.NewMap(files)
	f.Stat = func(abs string) (fs.FileInfo, error) { return all.Stat(inTree(abs)) }
	f.Open = func(abs string) (fsx.Tree, error) { return fsx.Rooted(all, inTree(abs)), nil }
	return f, targets
}

func inTree(abs string) string {
	if name := strings.TrimPrefix(filepath.ToSlash(abs), "/"); name != "" {
		return name
	}
	return "."
}

// content stands for bytes that no text file holds.
func content(text string) string {
	head := func(kind byte) string {
		return "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 9) + string(rune(kind)) + "\x00" + strings.Repeat("\x00", 46)
	}
	switch strings.TrimSpace(text) {
	case "program":
		return head(2)
	case "object":
		return head(1)
	}
	return text
}

// uses reads the use lines of a go.work file.
func uses(work []byte) []string {
	var out []string
	for line := range strings.Lines(string(work)) {
		if dir, ok := strings.CutPrefix(strings.TrimSpace(line), "use "); ok {
			out = append(out, dir)
		}
	}
	return out
}

// lines is a reader of files that say in lines what a reader found.
type lines struct{}

func (lines) Format() string              { return "lines" }
func (lines) Match(f *artifact.File) bool { return strings.HasSuffix(f.Base(), ".lines") }

func (lines) Read(f *artifact.File) (*artifact.Result, error) {
	text, err := f.Bytes(1 << 20)
	if err != nil {
		return nil, err
	}
	r := &artifact.Result{}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch key {
		case "kind":
			r.Kind = inventory.Kind(value)
		case "role":
			r.Role = value
		case "name":
			r.Name = value
		case "license":
			r.Licenses = append(r.Licenses, artifact.Statement{Value: value})
		case "component":
			r.Components = append(r.Components, inventory.Component{Name: value})
		case "member":
			r.Files = append(r.Files, artifact.Member{File: artifact.File{Path: path.Join(path.Dir(f.Path), value)}, Unit: "unit"})
		case "missing":
			r.Files = append(r.Files, artifact.Member{File: artifact.File{Path: value}, Missing: true})
		case "problem":
			r.Problems = append(r.Problems, diag.Problem{Path: f.Path, Kind: diag.Malformed, Message: value})
		case "broken":
			return nil, errors.New(value)
		case "unexamined":
			r.NotExamined = append(r.NotExamined, diag.NotExamined{Path: f.Path, What: value})
		}
	}
	return r, nil
}

// MatchFolder takes folders that are named as those of a store.
func (lines) MatchFolder(dir string, _ []fsx.Entry) bool { return path.Base(dir) == "store" }

func (l lines) ReadFolder(t fsx.Tree, dir string) ([]*artifact.Result, error) {
	r, err := l.Read(&artifact.File{Tree: t, Path: path.Join(dir, "index.lines")})
	if err != nil {
		return nil, err
	}
	return []*artifact.Result{r}, nil
}

// dump writes a result for people to review.
func dump(res *Result, err error) string {
	if err != nil {
		return fmt.Sprintf("error %v\n", err)
	}
	var b strings.Builder
	for _, u := range res.Units {
		fmt.Fprintf(&b, "%s in %s: dir %s", u.Kind, filepath.ToSlash(u.Abs), u.Dir)
		if u.File != "" {
			fmt.Fprintf(&b, " file %s", u.File)
		}
		if len(u.Patterns) > 0 {
			fmt.Fprintf(&b, " packages %v", u.Patterns)
		}
		fmt.Fprintf(&b, " (target %s)\n", u.Target)
	}
	for _, t := range res.Things {
		fmt.Fprintf(&b, "thing in %s: own %v single %q unit %q (target %s)\n", t.Dir, t.Own, t.Single, t.Unit, t.Target)
		for _, r := range t.Reads {
			fmt.Fprintf(&b, "  %s %s %s\n", r.Format, r.File.Path, r.Role)
		}
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "problem %s %s: %s", p.Kind, p.Path, p.Message)
		if p.Limit > 0 {
			fmt.Fprintf(&b, " (%d, limit %d)", p.Actual, p.Limit)
		}
		b.WriteString("\n")
	}
	for _, n := range res.NotExamined {
		fmt.Fprintf(&b, "not examined %s: %s\n", n.Path, n.What)
	}
	for _, n := range res.Nothing {
		fmt.Fprintf(&b, "nothing in %s\n", n)
	}
	return b.String()
}

// many is a tree whose root lists more files than a walk looks at.
type many struct{ fsx.Tree }

func (many) ReadDir(name string) ([]fsx.Entry, error) {
	return make([]fsx.Entry, MaxFiles+1), nil
}

func TestLimits(t *testing.T) {
	deep := fsx.NewMap(map[string]string{strings.Repeat("d/", MaxDepth+1) + "go.mod": "module a\n", "go.mod": "module a\n"})
	for _, tt := range []struct {
		name string
		tree fsx.Tree
		want string
	}{
		{"many files", many{deep}, fmt.Sprintf("problem limit t: more files than a scan looks at (%d, limit %d)\n", MaxFiles+1, MaxFiles)},
		{"deep", deep, fmt.Sprintf("go-module in /w/t: dir . (target t)\nproblem limit t/%s: folders nested too deep (%d, limit %d)\n",
			strings.TrimSuffix(strings.Repeat("d/", MaxDepth+1), "/"), MaxDepth+1, MaxDepth)},
	} {
		f := &Finder{
			Cwd: "/w", Uses: uses, Open: func(string) (fsx.Tree, error) { return tt.tree, nil },
			Stat: func(abs string) (fs.FileInfo, error) {
				if abs != "/w/t" {
					return nil, fs.ErrNotExist
				}
				return tt.tree.Stat(".")
			},
		}
		if diff := cmp.Diff(tt.want, dump(f.Find([]string{"t"}))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
	}
}

// unreadable is a tree that fails wherever bad says so.
type unreadable struct {
	fsx.Tree
	bad string
}

func (u unreadable) fail(name string) error {
	if name == u.bad {
		return &fs.PathError{Op: "open", Path: "/secret/" + name, Err: fs.ErrPermission}
	}
	return nil
}

func (u unreadable) ReadDir(name string) ([]fsx.Entry, error) {
	if err := u.fail(name); err != nil {
		return nil, err
	}
	return u.Tree.ReadDir(name)
}

func (u unreadable) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	if err := u.fail(name); err != nil {
		return buf, false, err
	}
	return u.Tree.AppendHead(buf, name, n)
}

// TestUnreadable: what cannot be read is a problem that does not tell where the
// tree is, and the rest is found.
func TestUnreadable(t *testing.T) {
	tree := fsx.NewMap(map[string]string{"a/go.mod": "module a\n", "b/go.mod": "module b\n", "c.lines": "role weights\n", "d.bin": "x"})
	const module, thing = "go-module in /w: dir b (target .)\n", "thing in .: own true single \"c.lines\" unit \"\" (target .)\n  lines c.lines weights\n"
	for _, tt := range []struct{ bad, target, want string }{
		{"a", ".", module + thing + "problem unreadable a: permission denied\n"},
		{"c.lines", ".", "go-module in /w: dir a (target .)\n" + module + "problem unreadable c.lines: permission denied\n"},
		{".", ".", "problem unreadable .: permission denied\n"},
		{"d.bin", "d.bin", "problem unreadable d.bin: permission denied\n"},
	} {
		f := &Finder{
			Cwd: "/w", Uses: uses, Readers: []artifact.Reader{lines{}}, Wants: func(base string) bool { return base == "c.lines" },
			Open: func(string) (fsx.Tree, error) { return unreadable{tree, tt.bad}, nil },
			Stat: func(abs string) (fs.FileInfo, error) {
				rel, ok := strings.CutPrefix(abs+"/", "/w/")
				if !ok {
					return nil, fs.ErrNotExist
				}
				return tree.Stat(path.Join(".", rel))
			},
		}
		if diff := cmp.Diff(tt.want, dump(f.Find([]string{tt.target}))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.bad, diff)
		}
	}
}
