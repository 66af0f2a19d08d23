package artifact

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// Companion is a file that belongs to the one that was read: a shard, external
// data. The walk meets it by itself; it is not offered again.
type Companion struct {
	Path    string // in Tree
	What    string // "shard", "external data", …
	Missing bool   // it is named and not there
}

// pointerHeads are the first bytes of Git LFS pointers, in the spelling of all
// versions of their specification (git-lfs docs/spec.md).
var pointerHeads = [][]byte{
	[]byte("version https://git-lfs.github.com/spec/"),
	[]byte("version https://hawser.github.com/spec/"),
	[]byte("version http://git-media.io/v/"),
}

// IsPointer reports whether the file begins as a Git LFS pointer does. Such a
// file stands for another, whatever its name says.
func (f *File) IsPointer() bool {
	for _, head := range pointerHeads {
		if bytes.HasPrefix(f.Head, head) {
			return true
		}
	}
	return false
}

// Has reports whether the base name ends in one of the extensions, which are in
// lower case and begin with a dot.
func (f *File) Has(ext ...string) bool {
	base := f.Base()
	for _, e := range ext {
		if strings.HasSuffix(base, e) {
			return true
		}
	}
	return false
}

// Companion looks for a file that f names, beside it or in a folder below. A
// name that leads anywhere else is a Problem, and nothing is looked for.
func (f *File) Companion(name, what string) (Companion, *diag.Problem) {
	clean := path.Clean(name)
	if !fs.ValidPath(clean) || clean == "." || strings.ContainsAny(name, "\\\x00") {
		p := f.Problem(diag.Malformed, 0, "do not load this file before you know why it names that path",
			"names %q as %s: it leads out of the folder of the file", name, what)
		return Companion{}, &p
	}
	c := Companion{Path: path.Join(path.Dir(f.Path), clean), What: what}
	if _, err := f.Tree.Stat(c.Path); errors.Is(err, fs.ErrNotExist) {
		c.Missing = true
	}
	return c, nil
}

// A license field that is longer than this or has more lines holds a text, not
// the name of one. The longest names that people write are sentences ("For
// research and educational purposes only, see …").
const (
	nameBytes = 1000
	nameLines = 3
)

// State files what a field says of the license: as a statement, or, where the
// field holds a whole text, among the texts that are classified.
func (r *Result) State(s Statement) {
	if len(s.Value) > nameBytes || strings.Count(strings.TrimSpace(s.Value), "\n") >= nameLines {
		r.Texts = append(r.Texts, Text{Source: s.Source, Name: s.Field, Content: []byte(s.Value)})
		if s.Value = ""; s.Name == "" && s.Link == "" {
			return
		}
	}
	r.Licenses = append(r.Licenses, s)
}

// Fail files an error of reading: a Problem among the problems, everything else
// is returned.
func (r *Result) Fail(err error) error {
	var p *diag.Problem
	if errors.As(err, &p) {
		r.Problems = append(r.Problems, *p)
		return nil
	}
	return err
}
