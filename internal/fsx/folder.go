package fsx

import (
	"io/fs"
	"path"
)

// Folder is an open folder of a tree: who reads many files of one folder asks
// the system for the way to it once. It is not safe for concurrent use.
type Folder interface {
	// List is Tree.ReadDir of the folder.
	List() ([]Entry, error)
	// Head reads the start of a file of the folder into buf, n bytes and then as
	// many as more wants. more is called with all that was read so far and
	// whether the file is known to end there, and returns how many bytes it
	// wants in all, 0 for enough; it is not asked again once the file has
	// ended. buf, or a larger one in its place, is returned to be used again.
	Head(buf []byte, e Entry, n int, more func(head []byte, whole bool) int) ([]byte, error)
	// ReadFile is Tree.ReadFile of a file of the folder. It may use buf, and
	// returns it, or a larger one in its place, to be used again.
	ReadFile(buf []byte, e Entry, limit int64) ([]byte, error)
	Close() error
}

// folderOpener is a Tree that has a quicker way.
type folderOpener interface {
	OpenFolder(name string) (Folder, error)
}

// OpenFolder opens a folder of t. A missing one is an error that errors.Is
// fs.ErrNotExist, here or from List. The caller closes it.
func OpenFolder(t Tree, name string) (Folder, error) {
	if o, ok := t.(folderOpener); ok {
		return o.OpenFolder(name)
	}
	return folder{t, name}, nil
}

// folder is a Folder of any tree.
type folder struct {
	tree Tree
	name string
}

func (f folder) List() ([]Entry, error) { return f.tree.ReadDir(f.name) }
func (f folder) Close() error           { return nil }

func (f folder) Head(buf []byte, e Entry, n int, more func([]byte, bool) int) ([]byte, error) {
	return growHead(f.tree, buf, path.Join(f.name, e.Name), n, more)
}

func (f folder) ReadFile(buf []byte, e Entry, limit int64) ([]byte, error) {
	data, err := f.tree.ReadFile(path.Join(f.name, e.Name), limit)
	if err != nil {
		return nil, err
	}
	return append(buf[:0], data...), nil // the tree may hold what it returned
}

// growHead is Folder.Head over AppendHead: it starts anew where more is wanted.
func growHead(t Tree, buf []byte, name string, n int, more func([]byte, bool) int) ([]byte, error) {
	buf = buf[:0]
	for whole := false; n > len(buf) && !whole; n = more(buf, whole) {
		var err error
		if buf, whole, err = t.AppendHead(buf[:0], name, n); err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// Rooted is the part of a tree below one of its folders, as a tree. A link may
// lead anywhere in the whole tree.
func Rooted(t Tree, dir string) Tree {
	if dir == "." || dir == "" {
		return t
	}
	return rooted{t, dir}
}

type rooted struct {
	tree Tree
	dir  string
}

func (r rooted) String() string { return r.tree.String() + "/" + r.dir }

func (r rooted) ReadDir(name string) ([]Entry, error) { return r.tree.ReadDir(path.Join(r.dir, name)) }

func (r rooted) ReadFile(name string, limit int64) ([]byte, error) {
	return r.tree.ReadFile(path.Join(r.dir, name), limit)
}

func (r rooted) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	return r.tree.AppendHead(buf, path.Join(r.dir, name), n)
}

func (r rooted) Stat(name string) (fs.FileInfo, error) { return r.tree.Stat(path.Join(r.dir, name)) }
func (r rooted) Open(name string) (File, error)        { return r.tree.Open(path.Join(r.dir, name)) }
func (r rooted) OpenFolder(name string) (Folder, error) {
	return OpenFolder(r.tree, path.Join(r.dir, name))
}
