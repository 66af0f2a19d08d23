package fsx

import (
	"encoding/binary"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A pipe or device that took a file's place must not block the open.
const (
	openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
	linkFlags = syscall.O_NONBLOCK
)

// linuxFolder reads files relative to the open folder: one step of the way
// instead of all of them, and no check of a type that the listing has told.
type linuxFolder struct {
	dir  *osDir
	name string
	fd   int
}

// openPlain opens a folder that is no link and lies under none. It returns
// neither a folder nor an error where that is not so, as another way will tell.
func (d *osDir) openPlain(name string) (Folder, error) {
	if plain, err := d.isPlain(path.Dir(name)); err != nil || !plain {
		return nil, err
	}
	flags := syscall.O_NOFOLLOW
	if name == "." {
		flags = 0 // the way to the root may be a link
	}
	fd, err := openDirectory(d.abs(name), flags)
	if err == syscall.ENOENT {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	if err != nil {
		return nil, nil
	}
	if name != "." {
		d.note(name, true)
	}
	return &linuxFolder{d, name, fd}, nil
}

func openDirectory(abs string, flags int) (int, error) {
	for {
		fd, err := syscall.Open(abs, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC|flags, 0)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.ENOTDIR {
			err = fs.ErrNotExist
		}
		return fd, err
	}
}

// lstatMode is the type of a file, without the rest of os.Lstat.
func lstatMode(abs string) (fs.FileMode, error) {
	var st syscall.Stat_t
	if err := syscall.Lstat(abs, &st); err != nil {
		return 0, &fs.PathError{Op: "lstat", Path: abs, Err: err}
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
		return 0, nil
	case syscall.S_IFDIR:
		return fs.ModeDir, nil
	case syscall.S_IFLNK:
		return fs.ModeSymlink, nil
	}
	return fs.ModeIrregular, nil
}

// listDir lists a folder with the types that the system tells.
func listDir(abs string) ([]Entry, error) {
	fd, err := openDirectory(abs, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: abs, Err: err}
	}
	defer syscall.Close(fd)
	return listFd(fd, abs)
}

// readPlain is ReadFile for what is no link and lies under none, without the
// runtime's own book-keeping of open files. It is not done where there may be
// more to it: then open finds out.
func (d *osDir) readPlain(name string, limit int64) (data []byte, done bool, err error) {
	fd, size, ok := d.openRegular(name)
	if !ok {
		return nil, false, nil
	}
	defer syscall.Close(fd)
	data, err = readAll(nil, func(p []byte) (int, error) { return readFd(fd, p) }, size, limit)
	return data, true, named(err, name)
}

// headPlain is AppendHead in the same way.
func (d *osDir) headPlain(buf []byte, name string, n int) (out []byte, whole, done bool, err error) {
	fd, size, ok := d.openRegular(name)
	if !ok {
		return buf, false, false, nil
	}
	defer syscall.Close(fd)
	out, whole, err = appendUpTo(buf, func(p []byte) (int, error) { return readFd(fd, p) }, name, n, size)
	return out, whole, true, err
}

// openRegular opens a regular file that is no link and lies under none.
func (d *osDir) openRegular(name string) (fd int, size int64, ok bool) {
	if check("open", name) != nil {
		return 0, 0, false
	}
	if plain, err := d.isPlain(path.Dir(name)); err != nil || !plain {
		return 0, 0, false
	}
	abs := d.abs(name)
	if mode, err := lstatMode(abs); err != nil || mode != 0 {
		return 0, 0, false
	}
	return openRegularAt(atCwd, abs)
}

// openRegularAt opens the file at a path that begins at an open folder, if that
// is a regular one that can be read and no link.
func openRegularAt(dirfd int, at string) (fd int, size int64, ok bool) {
	fd, err := openFile(dirfd, at)
	if err != nil {
		return 0, 0, false
	}
	var st syscall.Stat_t
	if syscall.Fstat(fd, &st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		syscall.Close(fd)
		return 0, 0, false
	}
	return fd, st.Size, true
}

// atCwd is AT_FDCWD: an absolute path does not go by it.
const atCwd = -100

// readFd reads as io.Reader has it.
func readFd(fd int, p []byte) (int, error) {
	for {
		n, err := syscall.Read(fd, p)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func (f *linuxFolder) List() ([]Entry, error) {
	list, err := listFd(f.fd, f.dir.abs(f.name))
	if err != nil {
		return nil, trim(err, f.name)
	}
	return list, nil
}

func (f *linuxFolder) Close() error { return syscall.Close(f.fd) }

func (f *linuxFolder) ReadFile(buf []byte, e Entry, limit int64) ([]byte, error) {
	name := path.Join(f.name, e.Name)
	if e.Type == 0 {
		if fd, size, ok := openRegularAt(f.fd, e.Name); ok {
			defer syscall.Close(fd)
			data, err := readAll(buf, func(p []byte) (int, error) { return readFd(fd, p) }, size, limit)
			return data, named(err, name)
		}
	}
	return f.dir.ReadFile(name, limit)
}

func (f *linuxFolder) Head(buf []byte, e Entry, n int, more func([]byte, bool) int) ([]byte, error) {
	if e.Type != 0 {
		return growHead(f.dir, buf, path.Join(f.name, e.Name), n, more)
	}
	fd, err := openFile(f.fd, e.Name)
	if err != nil {
		return buf, &fs.PathError{Op: "open", Path: path.Join(f.name, e.Name), Err: err}
	}
	defer syscall.Close(fd)
	buf = buf[:0]
	for whole := false; n > len(buf) && !whole; n = more(buf, whole) {
		if buf, whole, err = readUpTo(fd, buf, n); err != nil {
			return buf, &fs.PathError{Op: "read", Path: path.Join(f.name, e.Name), Err: err}
		}
	}
	return buf, nil
}

// readUpTo reads on until buf holds n bytes or a read returns fewer than asked
// for. That is most often the end of the file, which another read would tell.
func readUpTo(fd int, buf []byte, n int) (out []byte, end bool, err error) {
	if cap(buf) < n {
		buf = append(make([]byte, 0, n), buf...)
	}
	for len(buf) < n {
		m, err := readFd(fd, buf[len(buf):n])
		if err == io.EOF {
			return buf, true, nil
		}
		if err != nil {
			return buf, false, err
		}
		if buf = buf[:len(buf)+m]; len(buf) < n {
			return buf, false, nil
		}
	}
	return buf, false, nil
}

func openFile(dirfd int, name string) (int, error) {
	for {
		fd, err := syscall.Openat(dirfd, name, syscall.O_RDONLY|syscall.O_CLOEXEC|openFlags, 0)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// blockSize is how much of a listing is read at once, in bytes.
const blockSize = 16 << 10

var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

// listFd reads the entries of an open folder (getdents64: inode 8 bytes, offset
// 8, length of the record 2, type 1, the name up to a NUL).
func listFd(fd int, abs string) ([]Entry, error) {
	block := blocks.Get().(*[blockSize]byte)
	defer blocks.Put(block)
	list := []Entry{}
	for {
		n, err := syscall.ReadDirent(fd, block[:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return nil, &fs.PathError{Op: "readdir", Path: abs, Err: err}
		}
		if n <= 0 {
			break
		}
		list = appendEntries(list, abs, block[:n])
	}
	sortEntries(list)
	return list, nil
}

// appendEntries adds those of a block. Their names are parts of one string.
func appendEntries(list []Entry, abs string, block []byte) []Entry {
	all := string(block)
	list = slices.Grow(list, len(block)/entrySize)
	for at := 0; len(block)-at > 19; {
		size := int(binary.NativeEndian.Uint16(block[at+16:]))
		if size < 20 || size > len(block)-at {
			break
		}
		name := all[at+19 : at+size]
		if end := strings.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		kind := block[at+18]
		at += size
		if name == "" || name == "." || name == ".." {
			continue
		}
		if typ, ok := typeOf(kind, abs, name); ok {
			list = append(list, Entry{Name: name, Type: typ})
		}
	}
	return list
}

// entrySize is about what an entry of a listing takes, in bytes.
const entrySize = 40

// typeOf is the type of an entry; false for one that is gone since.
func typeOf(kind byte, abs, name string) (fs.FileMode, bool) {
	switch kind {
	case syscall.DT_REG:
		return 0, true
	case syscall.DT_DIR:
		return fs.ModeDir, true
	case syscall.DT_LNK:
		return fs.ModeSymlink, true
	case syscall.DT_FIFO:
		return fs.ModeNamedPipe, true
	case syscall.DT_SOCK:
		return fs.ModeSocket, true
	case syscall.DT_CHR:
		return fs.ModeDevice | fs.ModeCharDevice, true
	case syscall.DT_BLK:
		return fs.ModeDevice, true
	}
	fi, err := os.Lstat(abs + "/" + name) // the file system does not tell
	if err != nil {
		return 0, false
	}
	return fi.Mode().Type(), true
}
