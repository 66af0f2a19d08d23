package fsx

import (
	"io"
	"io/fs"
	"path"
	"strings"
)

// NewMap returns a tree in memory, for tests: names to contents. A content
// that starts with "-> " is a link to what follows, relative to its folder.
func NewMap(files map[string]string) Tree {
	m := &memTree{files: files, dirs: map[string][]Entry{".": {}}}
	for name := range files {
		child, typ := name, fs.FileMode(0)
		if strings.HasPrefix(files[name], linkMark) {
			typ = fs.ModeSymlink
		}
		for child != "." {
			dir := path.Dir(child)
			_, known := m.dirs[dir]
			m.dirs[dir] = append(m.dirs[dir], Entry{path.Base(child), typ})
			if known {
				break
			}
			child, typ = dir, fs.ModeDir
		}
	}
	for _, list := range m.dirs {
		sortEntries(list)
	}
	return m
}

const linkMark = "-> "

type memTree struct {
	files map[string]string
	dirs  map[string][]Entry
}

func (m *memTree) String() string { return "memory" }

// follow resolves links, at most 40 as systems do.
func (m *memTree) follow(op, name string) (string, error) {
	if err := check(op, name); err != nil {
		return "", err
	}
	todo, done := strings.Split(name, "/"), "."
	for steps := 0; len(todo) > 0; {
		next := path.Join(done, todo[0])
		todo = todo[1:]
		target, ok := strings.CutPrefix(strings.TrimRight(m.files[next], "\n"), linkMark)
		if !ok {
			done = next
			continue
		}
		if steps++; steps > 40 {
			return "", &fs.PathError{Op: op, Path: name, Err: ErrOutside}
		}
		to := path.Join(done, target)
		if path.IsAbs(target) || to == ".." || strings.HasPrefix(to, "../") {
			return "", &fs.PathError{Op: op, Path: name, Err: ErrOutside}
		}
		todo, done = append(strings.Split(to, "/"), todo...), "."
	}
	return done, nil
}

func (m *memTree) ReadDir(name string) ([]Entry, error) {
	real, err := m.follow("readdir", name)
	if err != nil {
		return nil, err
	}
	list, ok := m.dirs[real]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return list, nil
}

func (m *memTree) file(name string) (string, error) {
	real, err := m.follow("open", name)
	if err != nil {
		return "", err
	}
	text, ok := m.files[real]
	if !ok {
		err := fs.ErrNotExist
		if _, dir := m.dirs[real]; dir {
			err = ErrNotRegular
		}
		return "", &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return text, nil
}

func (m *memTree) ReadFile(name string, limit int64) ([]byte, error) {
	text, err := m.file(name)
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, &LimitError{name, limit, int64(len(text))}
	}
	return []byte(text), nil
}

func (m *memTree) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	text, err := m.file(name)
	if err != nil {
		return buf, false, err
	}
	return append(buf, text[:min(n, len(text))]...), len(text) <= n, nil
}

func (m *memTree) Stat(name string) (fs.FileInfo, error) {
	real, err := m.follow("stat", name)
	if err != nil {
		return nil, err
	}
	if text, ok := m.files[real]; ok {
		return NewInfo(name, int64(len(text)), 0o444), nil
	}
	if _, ok := m.dirs[real]; ok {
		return NewInfo(name, 0, fs.ModeDir|0o555), nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (m *memTree) Open(name string) (File, error) {
	text, err := m.file(name)
	if err != nil {
		return nil, err
	}
	return memFile{strings.NewReader(text)}, nil
}

type memFile struct{ r *strings.Reader }

func (f memFile) ReadAt(p []byte, off int64) (int, error) { return f.r.ReadAt(p, off) }
func (f memFile) Size() int64                             { return f.r.Size() }
func (f memFile) Close() error                            { return nil }

var _ io.ReaderAt = memFile{}
