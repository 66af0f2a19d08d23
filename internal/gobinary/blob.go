package gobinary

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

const (
	magic       = "\xff Go buildinf:" // debug/buildinfo, buildInfoMagic
	goBuildID   = "\xff Go build ID: \""
	packedMagic = "UPX!"

	align      = 16
	headerSize = 32
	inline     = 2        // flag: the strings follow the header (Go 1.18)
	bigEndian  = 1        // flag of the older form
	chunk      = 64 << 10 // of a search
	maxVersion = 1 << 10  // bytes of a Go version
	startSize  = 32 << 10 // where cmd/internal/buildid looks for the build id
)

// holds looks for a mark in the first bytes of the file.
func (s *source) holds(mark string) (bool, error) {
	b, err := s.bytes(0, min(s.size, startSize))
	return bytes.Contains(b, []byte(mark)), err
}

// buildInfo finds and decodes the two strings: the Go version and the module
// information without its frame.
func (m *image) buildInfo() (version, mod string, err error) {
	addr, found, err := m.find()
	if err != nil {
		return "", "", err
	}
	if !found {
		return "", "", m.without()
	}
	h, err := m.at(addr, headerSize)
	if err != nil {
		return "", "", err
	}
	if len(h) < headerSize {
		return "", "", fmt.Errorf("%w: its header has %d bytes", ErrMalformed, len(h))
	}
	if h[15]&inline != 0 {
		version, mod, err = m.inline(addr + headerSize)
	} else {
		version, mod, err = m.pointers(h)
	}
	if err != nil {
		return "", "", err
	}
	if mod == "" {
		return "", "", fmt.Errorf("%w: it names %s and no modules", ErrNoBuildInfo, quoted(version))
	}
	mod, err = unframe(mod)
	return version, mod, err
}

// without says why there is nothing to find.
func (m *image) without() error {
	if m.info != nil {
		return fmt.Errorf("%w: its section does not start with the mark of the linker", ErrMalformed)
	}
	if packed, err := m.src.holds(packedMagic); err != nil || packed {
		return errors.Join(err, packedError(packed))
	}
	if !m.traces {
		id, err := m.src.holds(goBuildID)
		if err != nil {
			return err
		}
		m.traces = id
	}
	if m.traces {
		return ErrNoBuildInfo
	}
	return ErrNotGo
}

func packedError(packed bool) error {
	if !packed {
		return nil
	}
	return ErrPacked
}

// find searches for the magic: at the start of the section made for it, else
// through the first writable data, where the linker puts it near the start.
func (m *image) find() (addr uint64, found bool, err error) {
	where := m.info
	if where == nil {
		where = m.data
	}
	if where == nil {
		return 0, false, nil
	}
	p := *where
	if skip := -p.addr % align; skip < p.size {
		p = part{addr: p.addr + skip, off: p.off + skip, size: p.size - skip}
	}
	for p.size >= headerSize {
		b, err := m.src.bytes(int64(p.off), int64(min(p.size, chunk)))
		if err != nil {
			return 0, false, err
		}
		for i := 0; i+len(magic) <= len(b); i += align {
			if string(b[i:i+len(magic)]) == magic {
				return p.addr + uint64(i), true, nil
			}
		}
		n := uint64(len(b))
		p = part{addr: p.addr + n, off: p.off + n, size: p.size - n}
	}
	return 0, false, nil
}

// inline decodes the form of Go 1.18: two strings, each after its length.
func (m *image) inline(addr uint64) (version, mod string, err error) {
	version, addr, err = m.varString(addr, maxVersion)
	if err != nil {
		return "", "", err
	}
	mod, _, err = m.varString(addr, MaxRead)
	return version, mod, err
}

func (m *image) varString(addr, limit uint64) (s string, next uint64, err error) {
	b, err := m.at(addr, binary.MaxVarintLen64)
	if err != nil {
		return "", 0, err
	}
	size, n := binary.Uvarint(b)
	if n <= 0 {
		return "", 0, fmt.Errorf("%w: no length at address %#x", ErrMalformed, addr)
	}
	s, err = m.string(addr+uint64(n), size, limit)
	return s, addr + uint64(n) + size, err
}

// string reads size bytes at an address.
func (m *image) string(addr, size, limit uint64) (string, error) {
	if size == 0 {
		return "", nil
	}
	if size > uint64(m.src.size) {
		return "", fmt.Errorf("%w: a text of %d bytes in a file of %d", ErrMalformed, size, m.src.size)
	}
	if size > limit {
		return "", &fsx.LimitError{Name: m.src.name, Limit: int64(limit), Actual: int64(size)}
	}
	b, err := m.at(addr, size)
	if err != nil {
		return "", err
	}
	if uint64(len(b)) < size {
		return "", fmt.Errorf("%w: a text of %d bytes where %d are left", ErrMalformed, size, len(b))
	}
	return string(b), nil
}

// pointers decodes the form before Go 1.18: addresses of two Go strings.
func (m *image) pointers(h []byte) (version, mod string, err error) {
	size := int(h[14])
	if size != 4 && size != 8 {
		return "", "", fmt.Errorf("%w: pointers of %d bytes", ErrMalformed, size)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if h[15]&bigEndian != 0 {
		order = binary.BigEndian
	}
	ptr := func(b []byte) uint64 {
		if size == 4 {
			return uint64(order.Uint32(b))
		}
		return order.Uint64(b)
	}
	deref := func(at, limit uint64) (string, error) {
		if at == 0 {
			return "", nil
		}
		b, err := m.at(at, uint64(2*size))
		if err != nil {
			return "", err
		}
		if len(b) < 2*size {
			return "", fmt.Errorf("%w: half a text header at %#x", ErrMalformed, at)
		}
		return m.string(ptr(b), ptr(b[size:]), limit)
	}
	if version, err = deref(ptr(h[16:]), maxVersion); err != nil {
		return "", "", err
	}
	mod, err = deref(ptr(h[16+size:]), MaxRead)
	return version, mod, err
}
