// Package fsx reads trees of files that nobody trusts: a folder, and later a
// git revision or an archive, through one small interface. Names are
// slash-separated, relative and clean; nothing outside the tree is ever read,
// and every read has a limit.
package fsx

import (
	"errors"
	"fmt"
	"io/fs"
)

// Entry is one name in a folder.
type Entry struct {
	Name string
	Type fs.FileMode // type bits only: 0 for a regular file, fs.ModeDir, fs.ModeSymlink, …
}

// Tree is a read-only tree of files. Names are as in io/fs: "a/b", "." is the
// root. Methods are safe for concurrent use.
type Tree interface {
	// String names the tree in messages.
	String() string
	// ReadDir lists a folder in byte order of names; a missing one is an
	// error that errors.Is fs.ErrNotExist.
	ReadDir(name string) ([]Entry, error)
	// ReadFile reads a regular file whole, following links that stay inside
	// the tree. A file longer than limit bytes is a *LimitError and nothing is
	// returned; a device, pipe or socket is ErrNotRegular and is never opened
	// for reading.
	ReadFile(name string, limit int64) ([]byte, error)
	// AppendHead appends up to n bytes from the start of a regular file to buf
	// and reports whether the file is known to end there: a file of exactly n
	// bytes may be reported as going on.
	AppendHead(buf []byte, name string, n int) (out []byte, whole bool, err error)
	// Stat describes what name leads to, following links inside the tree.
	Stat(name string) (fs.FileInfo, error)
	// Open opens a regular file for reading at offsets. The caller closes it.
	Open(name string) (File, error)
}

// File is an open regular file.
type File interface {
	ReadAt(p []byte, off int64) (int, error)
	Size() int64
	Close() error
}

// ErrNotRegular is the cause when a name leads to something that is neither a
// regular file nor, where one is asked for, a folder.
var ErrNotRegular = errors.New("not a regular file")

// ErrOutside is the cause when a link leads out of the tree.
var ErrOutside = errors.New("link leads out of the tree")

// LimitError says that a file is longer than it may be.
type LimitError struct {
	Name          string
	Limit, Actual int64 // bytes
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d bytes, over the limit of %d", e.Name, e.Actual, e.Limit)
}
