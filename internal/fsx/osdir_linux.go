package fsx

import (
	"encoding/binary"
	"io/fs"
	"os"
	"path"
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

func (d *osDir) openPlain(name string) (Folder, error) {
	fd, err := openDirectory(d.abs(name))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &linuxFolder{d, name, fd}, nil
}

func openDirectory(abs string) (int, error) {
	for {
		fd, err := syscall.Open(abs, syscall.O_RDONLY|syscall.O_DIRECTORY|syscall.O_CLOEXEC, 0)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.ENOTDIR {
			err = fs.ErrNotExist
		}
		return fd, err
	}
}

// listDir lists a folder with the types that the system tells.
func listDir(abs string) ([]Entry, error) {
	fd, err := openDirectory(abs)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: abs, Err: err}
	}
	defer syscall.Close(fd)
	return listFd(fd, abs)
}

func (f *linuxFolder) List() ([]Entry, error) {
	list, err := listFd(f.fd, f.dir.abs(f.name))
	if err != nil {
		return nil, trim(err, f.name)
	}
	return list, nil
}

func (f *linuxFolder) Close() error { return syscall.Close(f.fd) }

func (f *linuxFolder) AppendHead(buf []byte, e Entry, n int) ([]byte, bool, error) {
	if e.Type != 0 {
		return f.dir.AppendHead(buf, path.Join(f.name, e.Name), n)
	}
	fd, err := openFile(f.fd, e.Name)
	if err != nil {
		return buf, false, &fs.PathError{Op: "open", Path: path.Join(f.name, e.Name), Err: err}
	}
	defer syscall.Close(fd)
	start := len(buf)
	if cap(buf)-start < n {
		buf = append(make([]byte, 0, start+n), buf...)
	}
	for len(buf) < start+n {
		m, err := syscall.Read(fd, buf[len(buf):start+n])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return buf, false, &fs.PathError{Op: "read", Path: path.Join(f.name, e.Name), Err: err}
		}
		if m == 0 {
			return buf, true, nil
		}
		buf = buf[:len(buf)+m]
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

// listFd reads the entries of an open folder (getdents64: inode 8 bytes, offset
// 8, length of the record 2, type 1, the name up to a NUL).
func listFd(fd int, abs string) ([]Entry, error) {
	var block [16 << 10]byte
	var list []Entry
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
		if list == nil {
			list = make([]Entry, 0, n/40)
		}
		for b := block[:n]; len(b) > 19; {
			size := int(binary.NativeEndian.Uint16(b[16:]))
			if size < 20 || size > len(b) {
				break
			}
			list = appendEntry(list, abs, b[18], b[19:size])
			b = b[size:]
		}
	}
	sortEntries(list)
	return list, nil
}

func appendEntry(list []Entry, abs string, kind byte, raw []byte) []Entry {
	end := 0
	for end < len(raw) && raw[end] != 0 {
		end++
	}
	if end == 0 || raw[0] == '.' && (end == 1 || end == 2 && raw[1] == '.') {
		return list
	}
	e := Entry{Name: string(raw[:end])}
	switch kind {
	case syscall.DT_REG:
	case syscall.DT_DIR:
		e.Type = fs.ModeDir
	case syscall.DT_LNK:
		e.Type = fs.ModeSymlink
	case syscall.DT_FIFO:
		e.Type = fs.ModeNamedPipe
	case syscall.DT_SOCK:
		e.Type = fs.ModeSocket
	case syscall.DT_CHR:
		e.Type = fs.ModeDevice | fs.ModeCharDevice
	case syscall.DT_BLK:
		e.Type = fs.ModeDevice
	default: // the file system does not tell
		fi, err := os.Lstat(abs + "/" + e.Name)
		if err != nil {
			return list // gone since
		}
		e.Type = fi.Mode().Type()
	}
	return append(list, e)
}
