package fsx

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// files is the content of the trees below; "-> " marks a link.
var files = map[string]string{
	"a.txt":           "0123456789",
	"dir/b.txt":       "b",
	"dir/deep/c.txt":  "c",
	"empty.txt":       "",
	"link.txt":        "-> dir/b.txt",
	"linkdir":         "-> dir",
	"dir/up.txt":      "-> ../a.txt",
	"dir/out.txt":     "-> ../../outside.txt",
	"dir/abs.txt":     "-> /etc/passwd",
	"outdir":          "-> ..",
	"loop":            "-> loop",
	"dangling":        "-> nowhere",
	"linkdir2":        "-> linkdir",
	"dir/zero":        "-> /dev/zero",
	"dir/.hidden.txt": "h",
}

// trees makes the same tree in memory and on disk.
func trees(t *testing.T) map[string]Tree {
	t.Helper()
	root := filepath.Join(t.TempDir(), "whereabouts")
	if err := os.MkdirAll(root, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "..", "outside.txt"), []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		p := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, ok := strings.CutPrefix(text, linkMark); ok {
			err = os.Symlink(to, p)
		} else {
			err = os.WriteFile(p, []byte(text), 0o644)
		}
		if err != nil {
			t.Skip(err)
		}
	}
	disk, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Tree{"memory": NewMap(files), "disk": disk, "cached": Cache(disk), "rooted": Rooted(Rooted(disk, "."), ".")}
}

func TestReadFile(t *testing.T) {
	for what, tree := range trees(t) {
		for name, want := range map[string]any{
			"a.txt": "0123456789", "dir/deep/c.txt": "c", "empty.txt": "", "link.txt": "b", "linkdir/b.txt": "b", "linkdir/deep/c.txt": "c",
			"linkdir2/up.txt": "0123456789", "dir/up.txt": "0123456789",
			"dir/out.txt": ErrOutside, "dir/abs.txt": ErrOutside, "outdir/outside.txt": ErrOutside, "dir/zero": ErrOutside,
			"dangling": fs.ErrNotExist, "none.txt": fs.ErrNotExist, "none/none.txt": fs.ErrNotExist, "a.txt/b": fs.ErrNotExist,
			"dir": ErrNotRegular, "linkdir": ErrNotRegular, ".": ErrNotRegular,
			"../outside.txt": fs.ErrInvalid, "/etc/passwd": fs.ErrInvalid, "dir/../a.txt": fs.ErrInvalid, "": fs.ErrInvalid,
		} {
			got, err := tree.ReadFile(name, 100)
			head, whole, headErr := tree.AppendHead([]byte("x"), name, 100)
			f, openErr := tree.Open(name)
			switch want := want.(type) {
			case string:
				if err != nil || string(got) != want {
					t.Errorf("%s: ReadFile(%q) = %q, %v, want %q", what, name, got, err, want)
				}
				if headErr != nil || string(head) != "x"+want || !whole {
					t.Errorf("%s: AppendHead(%q) = %q, %v, %v", what, name, head, whole, headErr)
				}
				if openErr != nil || f.Size() != int64(len(want)) {
					t.Errorf("%s: Open(%q): %v", what, name, openErr)
				}
			case error:
				for call, err := range map[string]error{"ReadFile": err, "AppendHead": headErr, "Open": openErr} {
					if !errors.Is(err, want) {
						t.Errorf("%s: %s(%q): %v, want %v", what, call, name, err, want)
					} else if strings.Contains(err.Error(), "whereabouts") {
						t.Errorf("%s: %s(%q): %v tells where the tree is", what, call, name, err)
					}
				}
			}
			if f != nil && openErr == nil {
				f.Close()
			}
		}
		if _, err := tree.ReadFile("loop", 100); err == nil {
			t.Errorf("%s: a link to itself can be read", what)
		}
	}
}

func TestLimits(t *testing.T) {
	for what, tree := range trees(t) {
		var limit *LimitError
		if b, err := tree.ReadFile("a.txt", 9); !errors.As(err, &limit) || limit.Actual != 10 || b != nil {
			t.Errorf("%s: %q, %v, want a limit error", what, b, err)
		}
		if b, err := tree.ReadFile("a.txt", 10); err != nil || len(b) != 10 {
			t.Errorf("%s: %q, %v", what, b, err)
		}
		b, whole, err := tree.AppendHead(nil, "a.txt", 4)
		if string(b) != "0123" || whole || err != nil {
			t.Errorf("%s: head %q, %v, %v", what, b, whole, err)
		}
		f, err := tree.Open("a.txt")
		if err != nil {
			t.Fatal(err)
		}
		var two [2]byte
		if n, err := f.ReadAt(two[:], 7); n != 2 || err != nil || string(two[:]) != "78" {
			t.Errorf("%s: ReadAt %q %v", what, two, err)
		}
		f.Close()
	}
}

func TestReadDir(t *testing.T) {
	want := []Entry{
		{"a.txt", 0}, {"dangling", fs.ModeSymlink}, {"dir", fs.ModeDir}, {"empty.txt", 0}, {"link.txt", fs.ModeSymlink},
		{"linkdir", fs.ModeSymlink}, {"linkdir2", fs.ModeSymlink}, {"loop", fs.ModeSymlink}, {"outdir", fs.ModeSymlink},
	}
	for what, tree := range trees(t) {
		got, err := tree.ReadDir(".")
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", what, err, diff)
		}
		plain, err1 := tree.ReadDir("dir")
		linked, err2 := tree.ReadDir("linkdir2")
		if diff := cmp.Diff(plain, linked); diff != "" || err1 != nil || err2 != nil || len(plain) != 7 {
			t.Errorf("%s: through a link %v %v\n%s", what, err1, err2, diff)
		}
		for name, want := range map[string]error{"none": fs.ErrNotExist, "a.txt": fs.ErrNotExist, "outdir": ErrOutside, "..": fs.ErrInvalid} {
			if _, err := tree.ReadDir(name); !errors.Is(err, want) {
				t.Errorf("%s: ReadDir(%q): %v, want %v", what, name, err, want)
			}
			if f, err := OpenFolder(tree, name); err == nil {
				if _, err = f.List(); !errors.Is(err, want) {
					t.Errorf("%s: folder %q: %v, want %v", what, name, err, want)
				}
				f.Close()
			} else if !errors.Is(err, want) {
				t.Errorf("%s: OpenFolder(%q): %v, want %v", what, name, err, want)
			}
		}
	}
}

// TestFolder: a folder answers as its tree does.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestFolder(t *testing.T) {
	for what, tree := range trees(t) {
		for _, dir := range []string{".", "dir", "linkdir", "dir/deep"} {
			f, err := OpenFolder(tree, dir)
			if err != nil {
				t.Fatal(what, dir, err)
			}
			list, err := f.List()
			if err != nil {
				t.Fatal(what, dir, err)
			}
			var buf []byte
			for _, e := range list {
				if e.Type.IsDir() {
					continue
				}
				name := strings.TrimPrefix(dir+"/"+e.Name, "./")
				for _, limit := range []int64{4, 64} {
					want, wantErr := tree.ReadFile(name, limit)
					got, err := f.ReadFile(buf, e, limit)
					if string(got) != string(want) || message(err) != message(wantErr) {
						t.Errorf("%s: %s whole from its folder: %q %v, from the tree: %q %v", what, name, got, err, want, wantErr)
					}
					if err == nil {
						buf = got
					}
				}
				if kept, err := tree.ReadFile("a.txt", 64); err != nil || string(kept) != files["a.txt"] {
					t.Errorf("%s: %s: a buffer that is used again changes the tree: %q %v", what, name, kept, err)
				}
				for _, n := range []int{1, 4, 64} {
					want, wantWhole, wantErr := tree.AppendHead(nil, name, n)
					got, err := f.Head(nil, e, n, func(head []byte, whole bool) int {
						if whole && !wantWhole {
							t.Errorf("%s: %s is said to end after %q", what, name, head)
						}
						return 0
					})
					if string(got) != string(want) || (err == nil) != (wantErr == nil) {
						t.Errorf("%s: %s from its folder: %q %v, from the tree: %q %v", what, name, got, err, want, wantErr)
					}
				}
			}
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestHead: a file comes in pieces until its end is known, and no further than
// it is asked for.
func TestHead(t *testing.T) {
	for what, tree := range trees(t) {
		for name, text := range map[string]string{"a.txt": "0123456789", "empty.txt": "", "link.txt": "b"} {
			f, err := OpenFolder(tree, ".")
			if err != nil {
				t.Fatal(err)
			}
			e := Entry{Name: name}
			if strings.HasPrefix(name, "link") {
				e.Type = fs.ModeSymlink
			}
			for first := 1; first < 14; first++ {
				for step := 1; step < 14; step++ {
					last, ended := "", false
					_, err := f.Head(make([]byte, 3, 5), e, first, func(head []byte, whole bool) int {
						if ended || !strings.HasPrefix(string(head), last) {
							t.Errorf("%s: %q after %q, ended %v", what, head, last, ended)
						}
						last, ended = string(head), whole
						return len(head) + step
					})
					if err != nil || last != text || !ended {
						t.Errorf("%s: %s by %d and %d: %q, ended %v, %v, want %q", what, name, first, step, last, ended, err, text)
					}
				}
			}
			calls := 0
			got, err := f.Head(nil, e, 4, func([]byte, bool) int { calls++; return 0 })
			if err != nil || string(got) != text[:min(4, len(text))] || calls != 1 {
				t.Errorf("%s: %s: %q, %v, %d calls", what, name, got, err, calls)
			}
			f.Close()
		}
	}
}

func TestStat(t *testing.T) {
	for what, tree := range trees(t) {
		for name, dir := range map[string]bool{".": true, "a.txt": false, "linkdir": true, "link.txt": false, "linkdir/deep": true} {
			fi, err := tree.Stat(name)
			if err != nil || fi.IsDir() != dir {
				t.Errorf("%s: Stat(%q) = %v, %v", what, name, fi, err)
			}
		}
		if _, err := tree.Stat("outdir"); !errors.Is(err, ErrOutside) {
			t.Errorf("%s: %v, want %v", what, err, ErrOutside)
		}
	}
}

func TestOpenDir(t *testing.T) {
	if _, err := OpenDir(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v, want %v", err, fs.ErrNotExist)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(file); err == nil {
		t.Error("a file opens as a folder")
	}
}

// TestLargeFolder needs more than one block of the system's listing.
func TestLargeFolder(t *testing.T) {
	dir := t.TempDir()
	want := []Entry{}
	for i := range 1500 {
		name := strings.Repeat("n", i%200+1) + string(rune('a'+i%26)) + strings.Repeat("m", i/200)
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		want = append(want, Entry{name, 0})
	}
	sortEntries(want)
	tree, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tree.ReadDir(".")
	if diff := cmp.Diff(want, got); err != nil || diff != "" && runtime.GOOS != "windows" {
		t.Errorf("%v\n%s", err, diff)
	}
}
