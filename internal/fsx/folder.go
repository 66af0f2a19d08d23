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
	// AppendHead is Tree.AppendHead for a file of the folder.
	AppendHead(buf []byte, e Entry, n int) (out []byte, whole bool, err error)
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

func (f folder) AppendHead(buf []byte, e Entry, n int) ([]byte, bool, error) {
	return f.tree.AppendHead(buf, path.Join(f.name, e.Name), n)
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
