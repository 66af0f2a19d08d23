// Package artifacttest gives the tests of readers files in memory whose reads
// are counted and can fail, and the properties that every reader keeps.
package artifacttest

import (
	"errors"
	"io"
	"io/fs"
	"sync/atomic"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/truthtest"
)

// Tree is a tree in memory that counts what is read of it.
type Tree struct {
	files map[string]content
	reads atomic.Int64
	bytes atomic.Int64
	fault int64 // the read that fails, from 1; 0 for none
}

// content is a file: data, and zeros up to size.
type content struct {
	data []byte
	size int64
}

// ErrFault is what a read answers that was made to fail.
var ErrFault = errors.New("input/output error")

// NewTree returns a tree of files by name.
func NewTree(files map[string]string) *Tree {
	t := &Tree{files: map[string]content{}}
	for name, data := range files {
		t.files[name] = content{[]byte(data), int64(len(data))}
	}
	return t
}

// Sparse adds a file of size bytes that begins with data and goes on with zeros.
func (t *Tree) Sparse(name string, data []byte, size int64) { t.files[name] = content{data, size} }

// Bytes is how many bytes of contents were read, heads included.
func (t *Tree) Bytes() int64 { return t.bytes.Load() }

// File offers a file of the tree as the walk does. Reading its head is not
// counted.
func (t *Tree) File(name string) *artifact.File {
	c := t.files[name]
	head := make([]byte, min(c.size, artifact.HeadSize))
	copy(head, c.data)
	return &artifact.File{Tree: t, Path: name, Size: c.size, Head: head}
}

func (t *Tree) String() string { return "memory" }

// ReadDir implements fsx.Tree; readers of single files list nothing.
func (t *Tree) ReadDir(name string) ([]fsx.Entry, error) {
	return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
}

func (t *Tree) get(name string) (content, error) {
	c, ok := t.files[name]
	if !ok {
		return c, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return c, nil
}

// ReadFile implements fsx.Tree.
func (t *Tree) ReadFile(name string, limit int64) ([]byte, error) {
	c, err := t.get(name)
	if err != nil {
		return nil, err
	}
	if c.size > limit {
		return nil, &fsx.LimitError{Name: name, Limit: limit, Actual: c.size}
	}
	buf := make([]byte, c.size)
	_, err = (&file{t, c}).ReadAt(buf, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return buf, nil
}

// AppendHead implements fsx.Tree.
func (t *Tree) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	c, err := t.get(name)
	if err != nil {
		return buf, false, err
	}
	head := make([]byte, min(c.size, int64(n)))
	if _, err := (&file{t, c}).ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return buf, false, err
	}
	return append(buf, head...), c.size <= int64(n), nil
}

// Stat implements fsx.Tree.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	c, err := t.get(name)
	if err != nil {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fsx.NewInfo(name, c.size, 0o444), nil
}

// Open implements fsx.Tree.
func (t *Tree) Open(name string) (fsx.File, error) {
	c, err := t.get(name)
	if err != nil {
		return nil, err
	}
	return &file{t, c}, nil
}

type file struct {
	tree *Tree
	content
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if n := f.tree.reads.Add(1); n == f.tree.fault {
		return 0, ErrFault
	}
	if off < 0 {
		return 0, fs.ErrInvalid
	}
	n := int(max(0, min(int64(len(p)), f.size-off)))
	clear(p[:n])
	if off < int64(len(f.data)) {
		copy(p[:n], f.data[off:])
	}
	f.tree.bytes.Add(int64(n))
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Size() int64 { return f.size }
func (f *file) Close() error {
	return nil
}

// Samples is the folder of real files, RUKHSA_SHARED/ai/samples or the one
// beside the repository. A test that cannot have it is skipped.
func Samples(t testing.TB) string {
	t.Helper()
	return truthtest.Path(t, "ai", "samples")
}

// Sample offers a file below Samples; its name is slash-separated.
func Sample(t testing.TB, name string) *artifact.File {
	t.Helper()
	tree, err := fsx.OpenDir(Samples(t))
	if err != nil {
		t.Fatal(err)
	}
	head, _, err := tree.AppendHead(nil, name, artifact.HeadSize)
	if err != nil {
		t.Fatal(err)
	}
	fi, err := tree.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return &artifact.File{Tree: tree, Path: name, Size: fi.Size(), Head: head}
}
