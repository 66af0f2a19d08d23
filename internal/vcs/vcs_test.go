package vcs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// repo is a repository that a test makes.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T, format ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "GIT_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t, dir}
	r.git(append([]string{"init", "-q", "-b", "main"}, format...)...)
	return r
}

func (r *repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "core.autocrlf=false"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=1767225599 +0200", "GIT_AUTHOR_DATE=1500000000 +0000")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repo) write(name, text string) {
	r.t.Helper()
	file := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r *repo) commit() string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "m")
	return r.git("rev-parse", "HEAD")
}

func (r *repo) open(rev string, outside ...string) *Revision {
	r.t.Helper()
	v, err := Open(context.Background(), r.dir, rev, outside...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { v.Close() })
	return v
}

// An old revision is read as it was, whatever the working tree holds now, and
// the working tree and the repository stay as they are.
func TestRevision(t *testing.T) {
	for _, format := range [][]string{nil, {"--object-format=sha256"}} {
		r := newRepo(t, format...)
		r.write("go.mod", "module a\n")
		r.write("sub/old.txt", "old\n")
		first := r.commit()
		r.git("tag", "-a", "v1", "-m", "tag")
		r.write("go.mod", "module b\n")
		r.git("rm", "-q", "-r", "sub")
		r.write("sub2/new.txt", "new\n")
		r.commit()
		r.write("sub2/untracked.txt", "x")
		before := state(t, r.dir)
		for _, rev := range []string{first, first[:10], "v1", "HEAD~1", "main^"} {
			v := r.open(rev)
			if v.Commit != first || v.Date != "2025-12-31" || v.Root != r.dir || v.Dir != r.dir || v.Name != rev {
				t.Errorf("%s: %s %s %s %s %s, want %s", rev, v.Name, v.Commit, v.Date, v.Root, v.Dir, first)
			}
			body, err := v.Tree().ReadFile("go.mod", 100)
			if string(body) != "module a\n" || err != nil {
				t.Errorf("%s: go.mod is %q, %v", rev, body, err)
			}
			if _, err := v.Tree().ReadDir("sub2"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: sub2: %v", rev, err)
			}
			if err := v.Close(); err != nil {
				t.Error(err)
			}
			if _, err := v.Tree().ReadFile("sub/old.txt", 100); err == nil {
				t.Error("a closed revision still answers")
			}
		}
		if d := cmp.Diff(before, state(t, r.dir)); d != "" {
			t.Errorf("something was written (-before +after)\n%s", d)
		}
	}
}

// state lists all files of a folder with their contents.
func state(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		body, err := os.ReadFile(p)
		out[p] = string(body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestNoRevision(t *testing.T) {
	r := newRepo(t)
	r.write("a", "a")
	r.commit()
	for _, tt := range []struct{ dir, rev, want string }{
		{r.dir, "nowhere", `no such revision "nowhere": git: `},
		{r.dir, "", "is no name of one"},
		{r.dir, "--help", "is no name of one"},
		{r.dir, "a\nb", "is no name of one"},
		{r.dir, "HEAD..HEAD", "no such revision"},
		{r.dir, "HEAD:a", "no such revision"},
		{t.TempDir(), "HEAD", "git: not a git repository"},
	} {
		_, err := Open(context.Background(), tt.dir, tt.rev)
		if !errors.Is(err, ErrNone) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.rev, err, tt.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(context.Background(), r.dir, "HEAD"); err == nil || !strings.Contains(err.Error(), "the git command was not found") {
		t.Errorf("without git: %v", err)
	}
}

// A revision answers as the same files on disk do.
func TestAsOnDisk(t *testing.T) {
	r := newRepo(t)
	rng := rand.New(rand.NewPCG(5, 6))
	names := []string{"a", "b.txt", "é", "with space", "c-d", "c", "Z", ".hidden"}
	var files []string
	for range 60 {
		var elems []string
		for range 1 + rng.IntN(3) {
			elems = append(elems, names[rng.IntN(len(names))])
		}
		name := path.Join(elems...)
		clash := slices.ContainsFunc(files, func(f string) bool {
			return f == name || strings.HasPrefix(f, name+"/") || strings.HasPrefix(name, f+"/")
		})
		if clash {
			continue
		}
		files = append(files, name)
		switch rng.IntN(5) {
		case 0:
			target := []string{"b.txt", "../a", "c/Z", ".", "..", "../../..", "/etc/passwd", "nowhere", name}[rng.IntN(9)]
			r.write(path.Join(path.Dir(name), "x"), "x")
			if err := os.Symlink(target, filepath.Join(r.dir, filepath.FromSlash(name))); err != nil {
				t.Skip(err)
			}
		case 1:
			r.write(name, "")
		default:
			r.write(name, strings.Repeat(name+"\n", rng.IntN(2000)))
		}
	}
	r.commit()
	rev := r.open("HEAD").Tree()
	disk, err := fsx.OpenDir(r.dir)
	if err != nil {
		t.Fatal(err)
	}
	asked := append(files, ".", "nowhere", "a/nowhere", "../x", "/", "", "a//b")
	for _, f := range files {
		asked = append(asked, path.Dir(f), f+"/under")
	}
	for _, name := range asked {
		for what, answer := range map[string]func(fsx.Tree) string{
			"ReadDir": func(t fsx.Tree) string {
				list, err := t.ReadDir(name)
				list = slices.DeleteFunc(slices.Clone(list), func(e fsx.Entry) bool { return e.Name == ".git" })
				return fmt.Sprint(list, kind(err))
			},
			"ReadFile": func(t fsx.Tree) string { b, err := t.ReadFile(name, 1000); return fmt.Sprint(string(b), kind(err)) },
			"AppendHead": func(t fsx.Tree) string {
				b, _, err := t.AppendHead([]byte("<"), name, 10)
				return fmt.Sprint(string(b), kind(err))
			},
			"Stat": func(t fsx.Tree) string {
				fi, err := t.Stat(name)
				if err != nil {
					return kind(err)
				}
				size := fi.Size()
				if fi.IsDir() {
					size = 0
				}
				return fmt.Sprint(fi.IsDir(), size, fi.Mode().Type())
			},
			"Open": func(t fsx.Tree) string {
				f, err := t.Open(name)
				if err != nil {
					return kind(err)
				}
				defer f.Close()
				b := make([]byte, 5)
				n, err := f.ReadAt(b, 2)
				return fmt.Sprint(f.Size(), string(b[:n]), err)
			},
		} {
			if got, want := answer(rev), answer(disk); got != want {
				t.Errorf("%s %q: %s, on disk %s", what, name, got, want)
			}
		}
	}
}

// kind is what callers tell errors by.
func kind(err error) string {
	var limit *fsx.LimitError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &limit):
		return fmt.Sprint("limit ", limit.Limit, limit.Actual)
	case errors.Is(err, fsx.ErrNotRegular):
		return "not regular"
	}
	return "error" // a link that leads out is refused in more than one way
}

// A folder outside the repository, or set apart in it, is read from disk.
func TestOutside(t *testing.T) {
	r := newRepo(t)
	r.write("in/file", "old")
	r.commit()
	r.write("in/file", "changed")
	r.write("cache/file", "cached")
	other := t.TempDir()
	v := r.open("HEAD", filepath.Join(r.dir, "cache"))
	for dir, want := range map[string]string{
		filepath.Join(r.dir, "in"): "old", filepath.Join(r.dir, "cache"): "cached",
	} {
		tree, err := v.OpenDir(dir)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		if body, err := tree.ReadFile("file", 100); string(body) != want {
			t.Errorf("%s: %q, %v, want %q", dir, body, err, want)
		}
	}
	if _, err := v.OpenDir(other); err != nil {
		t.Error(err)
	}
	for _, dir := range []string{filepath.Join(r.dir, "nowhere"), filepath.Join(r.dir, "in", "file")} {
		if _, err := v.OpenDir(dir); err == nil {
			t.Errorf("%s is opened", dir)
		}
	}
	if fi, err := v.Stat(filepath.Join(r.dir, "in", "file")); err != nil || fi.Size() != 3 {
		t.Errorf("in/file: %v, %v", fi, err)
	}
	sub, err := Open(context.Background(), filepath.Join(r.dir, "in"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	if sub.Root != r.dir || sub.Dir != filepath.Join(r.dir, "in") {
		t.Errorf("from a folder below: root %s, dir %s", sub.Root, sub.Dir)
	}
}

func TestSubmodule(t *testing.T) {
	r := newRepo(t)
	r.write("a", "a")
	id := r.commit()
	r.git("update-index", "--add", "--cacheinfo", "160000,"+id+",dep")
	r.git("commit", "-q", "-m", "m")
	v := r.open("HEAD").Tree()
	if _, err := v.ReadDir("dep"); !errors.Is(err, ErrSubmodule) {
		t.Errorf("ReadDir: %v", err)
	}
	if _, err := v.ReadFile("dep/x", 10); !errors.Is(err, ErrSubmodule) {
		t.Errorf("ReadFile: %v", err)
	}
}

// Large files are not read to their end where only their start or size is
// wanted, and what comes after them is answered rightly.
func TestLargeFiles(t *testing.T) {
	r := newRepo(t)
	big := bytes.Repeat([]byte("0123456789abcdef"), (maxDrain+4096)/16)
	r.write("big", string(big))
	r.write("small", "small")
	r.commit()
	v := r.open("HEAD").Tree()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 5 {
				if fi, err := v.Stat("big"); err != nil || fi.Size() != int64(len(big)) {
					t.Errorf("stat: %v, %v", fi, err)
				}
				if b, whole, err := v.AppendHead(nil, "big", 4); string(b) != "0123" || whole || err != nil {
					t.Errorf("head: %q, %v, %v", b, whole, err)
				}
				if b, err := v.ReadFile("small", 10); string(b) != "small" {
					t.Errorf("small: %q, %v", b, err)
				}
			}
		})
	}
	all.Wait()
	var limit *fsx.LimitError
	if _, err := v.ReadFile("big", 100); !errors.As(err, &limit) || limit.Actual != int64(len(big)) || limit.Name != "big" {
		t.Errorf("over the limit: %v", err)
	}
	if b, err := v.ReadFile("big", int64(len(big))); !bytes.Equal(b, big) {
		t.Errorf("whole: %d bytes, %v", len(b), err)
	}
}

// An object that is missing is an error and is not fetched; the process goes on.
func TestMissingObject(t *testing.T) {
	r := newRepo(t)
	r.write("a", "a")
	r.write("b", "b")
	r.commit()
	id := r.git("rev-parse", "HEAD:a")
	file := filepath.Join(r.dir, ".git", "objects", id[:2], id[2:])
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	v := r.open("HEAD").Tree()
	if _, err := v.ReadFile("a", 10); err == nil || !strings.Contains(err.Error(), "is not in the repository") {
		t.Errorf("a: %v", err)
	}
	if b, err := v.ReadFile("b", 10); string(b) != "b" {
		t.Errorf("b: %q, %v", b, err)
	}
}

func TestCancelled(t *testing.T) {
	r := newRepo(t)
	r.write("a", "a")
	r.commit()
	ctx, cancel := context.WithCancelCause(context.Background())
	v, err := Open(ctx, r.dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	stop := errors.New("stopped")
	cancel(stop)
	if _, err := v.Tree().ReadFile("a", 10); err == nil {
		t.Error("read after the end")
	}
}

// What the environment says of another repository is not heard, and git asks
// nobody.
func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"PATH=/bin", "GIT_DIR=/elsewhere", "GIT_WORK_TREE=/x", "GIT_INDEX_FILE=y", "GIT_SSH_COMMAND=evil", "GIT_EXTERNAL_DIFF=evil",
		"GIT_TRACE=/tmp/file", "GIT_OBJECT_DIRECTORY=/q", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "LC_ALL=ar", "LANGUAGE=ar",
	})
	want := []string{
		"PATH=/bin", "GIT_OBJECT_DIRECTORY=/q", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory",
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	r := newRepo(t)
	r.write("a", "a")
	r.commit()
	t.Setenv("GIT_DIR", t.TempDir())
	if _, err := r.open("HEAD").Tree().ReadFile("a", 10); err != nil {
		t.Error(err)
	}
}

func entry(mode, name string) string { return mode + " " + name + "\x00" + strings.Repeat("\x01", 20) }

func TestParseTree(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{"", ""},
		{entry("100644", "b") + entry("40000", "a"), ""},
		{entry("100644", "a")[:20], "cut off"},
		{"100644 a", "cut off"},
		{"100644", "cut off"},
		{entry("100644", ".."), "no file name"},
		{entry("40000", "."), "no file name"},
		{entry("100644", ""), "no file name"},
		{entry("100644", "a/b"), "no file name"},
		{entry("100644", "a") + entry("40000", "a"), "twice"},
		{entry("140000", "sock"), "mode"},
	} {
		_, err := parseTree([]byte(tt.body), 20)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %q", tt.body, err, tt.want)
		}
	}
}

// Whatever a tree object holds, its entries are names of files in byte order.
func FuzzParseTree(f *testing.F) {
	f.Add([]byte(entry("100644", "b")+entry("40000", "a")+entry("160000", "s")), 20)
	f.Add([]byte(entry("120000", "l")), 32)
	f.Fuzz(func(t *testing.T, body []byte, idLen int) {
		if idLen != 20 && idLen != 32 {
			return
		}
		nodes, err := parseTree(body, idLen)
		if err != nil {
			return
		}
		for i, n := range nodes {
			if !fs.ValidPath(n.name) && !strings.ContainsFunc(n.name, func(r rune) bool { return r == 0xfffd }) || n.name == "." || len(n.id) != 2*idLen {
				t.Errorf("entry %+v", n)
			}
			if i > 0 && nodes[i-1].name >= n.name {
				t.Errorf("%q before %q", nodes[i-1].name, n.name)
			}
		}
	})
}
