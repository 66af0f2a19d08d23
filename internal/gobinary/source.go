package gobinary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// source reads parts of a file and counts what it reads.
type source struct {
	r          io.ReaderAt
	base, size int64 // the part of the file that is looked at
	left       int64 // bytes that may still be read
	name       string
}

// bytes reads n bytes at off. What lies past the end is ErrTruncated; the
// limit is checked before memory is allocated.
func (s *source) bytes(off, n int64) ([]byte, error) {
	if err := s.within(off, n); err != nil {
		return nil, err
	}
	if n > s.left {
		return nil, &fsx.LimitError{Name: s.name, Limit: MaxRead, Actual: MaxRead - s.left + n}
	}
	s.left -= n
	buf := make([]byte, n)
	got, err := s.r.ReadAt(buf, s.base+off)
	if int64(got) == n {
		return buf, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: it ends at byte %d", ErrTruncated, s.base+off+int64(got))
	}
	return nil, err
}

// within reports as ErrTruncated a range that the file does not hold whole.
func (s *source) within(off, n int64) error {
	if off < 0 || n < 0 || off > s.size || n > s.size-off {
		return fmt.Errorf("%w: %d bytes, its headers speak of %d more at byte %d", ErrTruncated, s.size, uint64(n), uint64(off))
	}
	return nil
}

// withinU is within for numbers as headers hold them.
func (s *source) withinU(off, n uint64) error {
	if off > uint64(s.size) || n > uint64(s.size)-off {
		return fmt.Errorf("%w: %d bytes, its headers speak of %d more at byte %d", ErrTruncated, s.size, n, off)
	}
	return nil
}

// part is a piece of the file as the program sees it in memory.
type part struct {
	addr, off, size uint64
	writable        bool
}

// image is what the headers of an executable say.
type image struct {
	src    *source
	order  binary.ByteOrder
	parts  []part // loaded from the file; used to follow addresses
	info   *part  // the section that the linker made for the information, where there is one
	data   *part  // where the information lies otherwise
	traces bool   // headers that only the Go linker writes
	oses   []string
	arches []string // of GOARCH, those that the header can mean; nil for one that is not in the table
}

// at returns up to n bytes at an address; fewer where the part ends.
func (m *image) at(addr, n uint64) ([]byte, error) {
	for _, p := range m.parts {
		if addr < p.addr || addr-p.addr >= p.size {
			continue
		}
		skip := addr - p.addr
		return m.src.bytes(int64(p.off+skip), int64(min(n, p.size-skip)))
	}
	return nil, fmt.Errorf("%w: address %#x is not in the file", ErrMalformed, addr)
}

// add keeps a part after checking that the file holds it.
func (m *image) add(p part) error {
	if err := m.src.withinU(p.off, p.size); err != nil {
		return err
	}
	if p.size > 0 {
		m.parts = append(m.parts, p)
	}
	return nil
}

type format int

const (
	formatNone format = iota
	formatELF
	formatPE
	formatMachO
	formatFat
)

// formatOf tells a format by its first bytes.
func formatOf(head []byte) format {
	if len(head) < 4 {
		return formatNone
	}
	switch magic := binary.BigEndian.Uint32(head); {
	case magic == 0x7f454c46:
		return formatELF
	case magic == 0xfeedface || magic == 0xfeedfacf || magic == 0xcefaedfe || magic == 0xcffaedfe:
		return formatMachO
	case (magic == 0xcafebabe || magic == 0xcafebabf) && fatCount(head) > 0:
		return formatFat
	case head[0] == 'M' && head[1] == 'Z':
		if _, ok := peOffset(head); ok {
			return formatPE
		}
	}
	return formatNone
}
