package vcs

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// ErrSubmodule is the cause where a folder is another repository's: its files
// are not in this one.
var ErrSubmodule = errors.New("a submodule: its files are not in this repository")

// maxOpen bounds a file that is read at offsets, in bytes: git has no way to
// read a part of one.
const maxOpen = 256 << 20

// maxLinks is how many links one name may lead over, as systems have it.
const maxLinks = 40

// tree is the fsx.Tree of a revision.
type tree struct {
	name    string
	objects *objects
	root    string // id of the tree object

	mu     sync.Mutex
	parsed map[string][]node // folders by the id of their object
}

// node is an entry of a folder.
type node struct {
	name string
	id   string
	mode fs.FileMode // type bits only
	sub  bool        // another repository
}

func (t *tree) String() string { return t.name }

// folder reads the entries of a tree object, in byte order of names.
func (t *tree) folder(id string) ([]node, error) {
	t.mu.Lock()
	nodes, ok := t.parsed[id]
	t.mu.Unlock()
	if ok {
		return nodes, nil
	}
	body, err := t.objects.all(id, "tree", maxObject)
	if err != nil {
		return nil, err
	}
	if nodes, err = parseTree(body, len(id)/2); err != nil {
		return nil, fmt.Errorf("tree %s: %w", id, err)
	}
	t.mu.Lock()
	t.parsed[id] = nodes
	t.mu.Unlock()
	return nodes, nil
}

// parseTree reads a tree object: "MODE NAME\0" and an id of so many bytes, again
// and again. Names that are no names of files are refused.
func parseTree(body []byte, idLen int) ([]node, error) {
	var out []node
	for len(body) > 0 {
		mode, rest, ok := bytes.Cut(body, []byte{' '})
		name, rest, ok2 := bytes.Cut(rest, []byte{0})
		if !ok || !ok2 || len(rest) < idLen {
			return nil, errors.New("it is cut off")
		}
		n := node{name: string(name), id: hex.EncodeToString(rest[:idLen])}
		switch string(mode) {
		case "100644", "100755", "100664":
		case "40000", "040000":
			n.mode = fs.ModeDir
		case "120000":
			n.mode = fs.ModeSymlink
		case "160000":
			n.mode, n.sub = fs.ModeDir, true
		default:
			return nil, fmt.Errorf("entry %q has the mode %q", name, mode)
		}
		if n.name == "" || n.name == "." || n.name == ".." || strings.ContainsRune(n.name, '/') {
			return nil, fmt.Errorf("entry %q is no file name", name)
		}
		out = append(out, n)
		body = rest[idLen:]
	}
	slices.SortFunc(out, func(a, b node) int { return strings.Compare(a.name, b.name) })
	for i := 1; i < len(out); i++ {
		if out[i].name == out[i-1].name {
			return nil, fmt.Errorf("entry %q is there twice", out[i].name)
		}
	}
	return out, nil
}

func problem(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }

// find resolves a name, over links that stay inside the tree.
func (t *tree) find(op, name string) (node, error) {
	if !fs.ValidPath(name) {
		return node{}, problem(op, name, fs.ErrInvalid)
	}
	todo, links := strings.Split(name, "/"), 0
	at := []node{{name: ".", id: t.root, mode: fs.ModeDir}} // the way from the root
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		here := at[len(at)-1]
		switch next {
		case ".", "":
			continue
		case "..":
			if len(at) == 1 {
				return node{}, problem(op, name, fsx.ErrOutside)
			}
			at = at[:len(at)-1]
			continue
		}
		if here.mode != fs.ModeDir {
			return node{}, problem(op, name, fs.ErrNotExist)
		}
		if here.sub {
			return node{}, problem(op, name, ErrSubmodule)
		}
		nodes, err := t.folder(here.id)
		if err != nil {
			return node{}, problem(op, name, err)
		}
		i, ok := slices.BinarySearchFunc(nodes, next, func(n node, name string) int { return strings.Compare(n.name, name) })
		if !ok {
			return node{}, problem(op, name, fs.ErrNotExist)
		}
		if nodes[i].mode != fs.ModeSymlink {
			at = append(at, nodes[i])
			continue
		}
		if links++; links > maxLinks {
			return node{}, problem(op, name, fsx.ErrOutside)
		}
		target, err := t.objects.all(nodes[i].id, "blob", maxPath)
		if err != nil {
			return node{}, problem(op, name, err)
		}
		if path.IsAbs(string(target)) || len(target) == 0 {
			return node{}, problem(op, name, fsx.ErrOutside)
		}
		todo = append(strings.Split(string(target), "/"), todo...)
	}
	return at[len(at)-1], nil
}

// maxPath bounds the target of a link, in bytes.
const maxPath = 4096

// file resolves the name of a regular file.
func (t *tree) file(op, name string) (node, error) {
	n, err := t.find(op, name)
	if err == nil && n.mode != 0 {
		err = problem(op, name, fsx.ErrNotRegular)
	}
	return n, err
}

func (t *tree) ReadDir(name string) ([]fsx.Entry, error) {
	n, err := t.find("readdir", name)
	if err != nil {
		return nil, err
	}
	switch {
	case n.mode != fs.ModeDir:
		return nil, problem("readdir", name, fs.ErrNotExist)
	case n.sub:
		return nil, problem("readdir", name, ErrSubmodule)
	}
	nodes, err := t.folder(n.id)
	if err != nil {
		return nil, problem("readdir", name, err)
	}
	out := make([]fsx.Entry, len(nodes))
	for i, m := range nodes {
		out[i] = fsx.Entry{Name: m.name, Type: m.mode}
	}
	return out, nil
}

func (t *tree) ReadFile(name string, limit int64) ([]byte, error) {
	n, err := t.file("open", name)
	if err != nil {
		return nil, err
	}
	body, size, err := t.objects.read(n.id, "blob", nil, limit)
	switch {
	case err != nil:
		return nil, problem("read", name, err)
	case size > limit:
		return nil, &fsx.LimitError{Name: name, Limit: limit, Actual: size}
	}
	return body, nil
}

func (t *tree) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	f, err := t.file("open", name)
	if err != nil {
		return buf, false, err
	}
	out, size, err := t.objects.read(f.id, "blob", buf, int64(n))
	if err != nil {
		return buf, false, problem("read", name, err)
	}
	return out, size <= int64(n), nil
}

func (t *tree) Stat(name string) (fs.FileInfo, error) {
	n, err := t.find("stat", name)
	if err != nil {
		return nil, err
	}
	if n.mode != 0 {
		return fsx.NewInfo(name, 0, n.mode|0o555), nil
	}
	_, size, err := t.objects.read(n.id, "blob", nil, 0)
	if err != nil {
		return nil, problem("stat", name, err)
	}
	return fsx.NewInfo(name, size, 0o444), nil
}

func (t *tree) Open(name string) (fsx.File, error) {
	body, err := t.ReadFile(name, maxOpen)
	if err != nil {
		return nil, err
	}
	return file{bytes.NewReader(body)}, nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }
