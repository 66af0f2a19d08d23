package fsx

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// OpenDir returns the tree of a folder on disk. The way to the folder itself
// may lead over links; below it none leaves it.
//
// Folders are checked once for links among their parents; whatever lies under
// a link is read through os.Root, which holds every step inside the folder. A
// folder that is swapped for a link while it is being read is not defended
// against, except that no pipe or device is ever read from.
func OpenDir(abs string) (Tree, error) {
	fi, err := os.Stat(abs)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: abs, Err: errors.New("not a folder")}
	}
	return &osDir{root: filepath.Clean(abs), plain: map[string]bool{".": true}}, nil
}

type osDir struct {
	root  string
	mu    sync.RWMutex
	plain map[string]bool // folders: no link on the way from the root
	once  sync.Once
	safe  *os.Root
	err   error
}

func (d *osDir) String() string { return d.root }

// abs is the path of a clean name on disk.
func (d *osDir) abs(name string) string {
	if name == "." {
		return d.root
	}
	return d.root + string(filepath.Separator) + filepath.FromSlash(name)
}

func check(op, name string) error {
	if !fs.ValidPath(name) {
		return &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	return nil
}

// isPlain reports whether a folder is reached over real folders only. Its
// error is that of the first step that cannot be looked at.
func (d *osDir) isPlain(dir string) (bool, error) {
	d.mu.RLock()
	plain, ok := d.plain[dir]
	d.mu.RUnlock()
	if ok {
		return plain, nil
	}
	plain, err := d.isPlain(path.Dir(dir))
	if err != nil {
		return false, err
	}
	if plain {
		mode, err := lstatMode(d.abs(dir))
		if err != nil {
			return false, trim(err, dir)
		}
		plain = mode.IsDir()
		if !plain && mode&fs.ModeSymlink == 0 {
			return false, &fs.PathError{Op: "open", Path: dir, Err: fs.ErrNotExist}
		}
	}
	d.note(dir, plain)
	return plain, nil
}

// note keeps what was found out about a folder.
func (d *osDir) note(dir string, plain bool) {
	d.mu.Lock()
	d.plain[dir] = plain
	d.mu.Unlock()
}

// links is the careful way into the folder.
func (d *osDir) links() (*os.Root, error) {
	d.once.Do(func() { d.safe, d.err = os.OpenRoot(d.root) })
	return d.safe, d.err
}

// trim puts the name within the tree into an error, so that no message depends
// on where the tree is, and tells a link that leads out.
func trim(err error, name string) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		cause := pe.Err
		if strings.Contains(cause.Error(), "escapes") {
			cause = ErrOutside
		}
		return &fs.PathError{Op: pe.Op, Path: name, Err: cause}
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (d *osDir) ReadDir(name string) ([]Entry, error) {
	if err := check("readdir", name); err != nil {
		return nil, err
	}
	plain, err := d.isPlain(name)
	if err != nil {
		return nil, err
	}
	if plain {
		list, err := listDir(d.abs(name))
		if err != nil {
			return nil, trim(err, name)
		}
		return list, nil
	}
	r, err := d.links()
	if err != nil {
		return nil, err
	}
	fi, err := r.Stat(name)
	if err != nil {
		return nil, trim(err, name)
	}
	if !fi.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	f, err := r.Open(name)
	if err != nil {
		return nil, trim(err, name)
	}
	defer f.Close()
	des, err := f.ReadDir(-1)
	if err != nil {
		return nil, trim(err, name)
	}
	return entries(des), nil
}

func entries(des []fs.DirEntry) []Entry {
	list := make([]Entry, len(des))
	for i, de := range des {
		list[i] = Entry{de.Name(), de.Type()}
	}
	sortEntries(list)
	return list
}

func sortEntries(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
}

// open opens a regular file. The type is looked at before, so that no pipe or
// device is opened, and once more on what was opened.
func (d *osDir) open(name string) (*os.File, int64, error) {
	if err := check("open", name); err != nil {
		return nil, 0, err
	}
	plain, err := d.isPlain(path.Dir(name))
	if err != nil {
		return nil, 0, err
	}
	var fi fs.FileInfo
	var f *os.File
	if plain {
		if fi, err = os.Lstat(d.abs(name)); err != nil {
			return nil, 0, trim(err, name)
		}
	}
	if plain && fi.Mode()&fs.ModeSymlink == 0 {
		if !fi.Mode().IsRegular() {
			return nil, 0, &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
		}
		f, err = os.OpenFile(d.abs(name), os.O_RDONLY|openFlags, 0)
	} else {
		f, err = d.openLink(name)
	}
	if err != nil {
		return nil, 0, trim(err, name)
	}
	if fi, err = f.Stat(); err == nil && !fi.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	if err != nil {
		f.Close()
		return nil, 0, trim(err, name)
	}
	return f, fi.Size(), nil
}

func (d *osDir) openLink(name string) (*os.File, error) {
	r, err := d.links()
	if err != nil {
		return nil, err
	}
	fi, err := r.Stat(name)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrNotRegular}
	}
	return r.OpenFile(name, os.O_RDONLY|linkFlags, 0)
}

func (d *osDir) ReadFile(name string, limit int64) ([]byte, error) {
	if data, done, err := d.readPlain(name, limit); done {
		return data, err
	}
	f, size, err := d.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := readAll(nil, f.Read, size, limit)
	return data, named(err, name)
}

// readAll reads a file that is said to have size bytes, at most limit, into buf
// where it fits.
func readAll(buf []byte, read func([]byte) (int, error), size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, &LimitError{Limit: limit, Actual: size}
	}
	// One byte more shows a file that has grown, or that reports no size.
	if buf = buf[:0]; int64(cap(buf)) <= size {
		buf = make([]byte, 0, size+1)
	}
	for {
		n, err := read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case int64(len(buf)) > limit:
			return nil, &LimitError{Limit: limit, Actual: int64(len(buf))}
		case err != nil && err != io.EOF:
			return nil, err
		case err == io.EOF, size > 0 && int64(len(buf)) == size:
			return buf, nil
		case len(buf) == cap(buf):
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// named puts the name within the tree into an error of reading.
func named(err error, name string) error {
	var limit *LimitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		limit.Name = name
		return err
	}
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return trim(err, name)
}

func (d *osDir) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	if out, whole, done, err := d.headPlain(buf, name, n); done {
		return out, whole, err
	}
	f, size, err := d.open(name)
	if err != nil {
		return buf, false, err
	}
	defer f.Close()
	return appendHead(buf, f, name, n, size)
}

// appendHead reads until n bytes are there or the file ends, which is said to
// have size bytes.
func appendHead(buf []byte, r io.Reader, name string, n int, size int64) ([]byte, bool, error) {
	return appendUpTo(buf, r.Read, name, n, size)
}

func appendUpTo(buf []byte, read func([]byte) (int, error), name string, n int, size int64) ([]byte, bool, error) {
	start := len(buf)
	if 0 < size && size < int64(n) {
		buf = slices.Grow(buf, int(size)+1)
	} else {
		buf = slices.Grow(buf, n)
	}
	for len(buf) < start+n {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, start+n-len(buf))
		}
		m, err := read(buf[len(buf):min(cap(buf), start+n)])
		buf = buf[:len(buf)+m]
		if err == io.EOF {
			return buf, true, nil
		}
		if err != nil {
			return buf, false, trim(err, name)
		}
	}
	return buf, false, nil
}

func (d *osDir) Stat(name string) (fs.FileInfo, error) {
	if err := check("stat", name); err != nil {
		return nil, err
	}
	plain, err := d.isPlain(path.Dir(name))
	if err != nil {
		return nil, err
	}
	if plain {
		fi, err := os.Lstat(d.abs(name))
		if err != nil {
			return nil, trim(err, name)
		}
		if fi.Mode()&fs.ModeSymlink == 0 {
			if fi.IsDir() {
				d.note(name, true)
			}
			return fi, nil
		}
	}
	r, err := d.links()
	if err != nil {
		return nil, err
	}
	fi, err := r.Stat(name)
	if err != nil {
		return nil, trim(err, name)
	}
	return fi, nil
}

func (d *osDir) Open(name string) (File, error) {
	f, size, err := d.open(name)
	if err != nil {
		return nil, err
	}
	return &osFile{f, size}, nil
}

type osFile struct {
	*os.File
	size int64
}

func (f *osFile) Size() int64 { return f.size }

// OpenFolder implements the quicker way of the function OpenFolder.
func (d *osDir) OpenFolder(name string) (Folder, error) {
	if err := check("open", name); err != nil {
		return nil, err
	}
	if f, err := d.openPlain(name); f != nil || err != nil {
		return f, err
	}
	return folder{d, name}, nil
}
