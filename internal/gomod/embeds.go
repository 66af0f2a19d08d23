package gomod

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Limits of what the patterns of one package may match; past them Embedded
// stops and says so.
const (
	maxEmbedded      = 100_000 // names looked at
	maxEmbeddedDepth = 64      // folders below each other
)

// ErrEmbedsTooMany is the cause when the patterns of a package match more than
// is looked at.
var ErrEmbedsTooMany = errors.New("its go:embed lines match more files than are looked at")

// Embedded is what a pattern of a //go:embed line matches.
type Embedded struct {
	Pattern string
	Files   []string // those that were asked for, in the tree, in byte order of the walk
	Others  bool     // it matches other files too, or may
}

// EmbeddedFiles finds what the go command puts into a program for the patterns
// of the package in folder dir of a tree: of a folder all files below it, but
// for those whose names begin with . or _ unless the pattern begins with "all:".
// Links and folders with a go.mod are left out. want tells by base names which
// files are asked for; nothing is listed for a pattern that names others alone.
func EmbeddedFiles(t fsx.Tree, dir string, patterns []string, want func(base string) bool) ([]Embedded, error) {
	w := embedWalk{tree: t, want: want, left: maxEmbedded}
	var out []Embedded
	for _, p := range patterns {
		e := Embedded{Pattern: p}
		rest, all := strings.CutPrefix(p, "all:")
		if rest == "." || !fs.ValidPath(rest) {
			continue // the go command refuses it
		}
		if namesOther(path.Base(rest), want) {
			e.Others = true
			out = append(out, e)
			continue
		}
		w.all, w.into = all, &e
		if err := w.match(dir, strings.Split(rest, "/"), 0); err != nil {
			return out, err
		}
		out = append(out, e)
	}
	return out, nil
}

// namesOther reports whether the last element of a pattern names, by its
// extension, only files that are not asked for. A folder is hardly called so.
func namesOther(base string, want func(string) bool) bool {
	const special = `*?[\`
	ext := path.Ext(base)
	if ext == "" || strings.ContainsAny(ext, special) {
		return false
	}
	if strings.ContainsAny(base, special) {
		base = "x" + ext
	}
	return !want(base)
}

// embedWalk looks for what one pattern matches.
type embedWalk struct {
	tree fsx.Tree
	want func(base string) bool
	all  bool
	into *Embedded
	left int // names that may be looked at
}

// list lists a folder; one that is not there is empty.
func (w *embedWalk) list(dir string) ([]fsx.Entry, error) {
	entries, err := w.tree.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fsx.ErrNotRegular) {
		return nil, nil
	}
	if w.left -= len(entries); w.left < 0 {
		return nil, ErrEmbedsTooMany
	}
	return entries, err
}

// match goes down the elements of a pattern.
func (w *embedWalk) match(dir string, elems []string, depth int) error {
	entries, err := w.list(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if ok, err := path.Match(elems[0], e.Name); err != nil || !ok || versionControl[e.Name] {
			continue
		}
		at := path.Join(dir, e.Name)
		switch {
		case len(elems) > 1 && e.Type.IsDir():
			err = w.match(at, elems[1:], depth+1)
		case len(elems) > 1:
		case e.Type.IsDir():
			err = w.folder(at, depth+1)
		default:
			w.file(at, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// folder takes what is below a folder.
func (w *embedWalk) folder(dir string, depth int) error {
	if depth > maxEmbeddedDepth {
		return ErrEmbedsTooMany
	}
	entries, err := w.list(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name == "go.mod" {
			return nil // another module
		}
	}
	for _, e := range entries {
		at := path.Join(dir, e.Name)
		switch {
		case !w.all && (e.Name[0] == '.' || e.Name[0] == '_'), versionControl[e.Name]:
		case e.Type.IsDir():
			if err := w.folder(at, depth+1); err != nil {
				return err
			}
		default:
			w.file(at, e)
		}
	}
	return nil
}

// versionControl are names that the go command never embeds.
var versionControl = map[string]bool{".bzr": true, ".hg": true, ".git": true, ".svn": true}

func (w *embedWalk) file(at string, e fsx.Entry) {
	if e.Type != 0 {
		return // the go command takes regular files only
	}
	if !w.want(e.Name) {
		w.into.Others = true
		return
	}
	w.into.Files = append(w.into.Files, at)
}
