package gobinary

import (
	"debug/pe"
	"encoding/binary"
	"fmt"
	"strings"
)

func peArches(machine uint16) []string {
	switch machine {
	case pe.IMAGE_FILE_MACHINE_AMD64:
		return []string{"amd64"}
	case pe.IMAGE_FILE_MACHINE_I386:
		return []string{"386"}
	case pe.IMAGE_FILE_MACHINE_ARM64:
		return []string{"arm64"}
	case pe.IMAGE_FILE_MACHINE_ARMNT:
		return []string{"arm"}
	default:
		return nil
	}
}

// peOffset is where the PE header stands, from the DOS header before it. It is
// false for a text that happens to start with MZ.
func peOffset(head []byte) (int64, bool) {
	if len(head) < 64 {
		return 0, false
	}
	off := binary.LittleEndian.Uint32(head[0x3c:])
	// Linkers put it right behind the DOS stub; four printable bytes of a text
	// are a number above 2^29.
	return int64(off), off >= 4 && off < MaxRead
}

func parsePE(s *source) (*image, error) {
	head, err := s.bytes(0, 64)
	if err != nil {
		return nil, err
	}
	off, _ := peOffset(head)
	h, err := s.bytes(off, 24)
	if err != nil {
		return nil, err
	}
	if string(h[:4]) != "PE\x00\x00" {
		return nil, fmt.Errorf("%w: an executable of MS-DOS", ErrNotGo)
	}
	le := binary.LittleEndian
	sections, optional := int64(le.Uint16(h[6:])), int64(le.Uint16(h[20:]))
	symbols, count := uint64(le.Uint32(h[12:])), uint64(le.Uint32(h[16:]))
	if symbols != 0 {
		if err := s.withinU(symbols, count*18+4); err != nil { // the table of strings follows with its length
			return nil, err
		}
		size, err := s.bytes(int64(symbols+count*18), 4)
		if err != nil {
			return nil, err
		}
		if err := s.withinU(symbols+count*18, uint64(le.Uint32(size))); err != nil {
			return nil, err
		}
	}
	m := &image{src: s, order: le, oses: []string{"windows"}, arches: peArches(le.Uint16(h[4:]))}
	opt, err := s.bytes(off+24, optional)
	if err != nil {
		return nil, err
	}
	var base uint64
	switch {
	case len(opt) >= 32 && le.Uint16(opt) == 0x10b:
		base = uint64(le.Uint32(opt[28:]))
	case len(opt) >= 32 && le.Uint16(opt) == 0x20b:
		base = le.Uint64(opt[24:])
	}
	table, err := s.bytes(off+24+optional, sections*40)
	if err != nil {
		return nil, err
	}
	for ; len(table) > 0; table = table[40:] {
		if err := m.peSection(table, base); err != nil {
			return nil, err
		}
	}
	return m, m.peTraces()
}

func (m *image) peSection(b []byte, base uint64) error {
	const data = pe.IMAGE_SCN_CNT_INITIALIZED_DATA | pe.IMAGE_SCN_MEM_READ | pe.IMAGE_SCN_MEM_WRITE
	le := binary.LittleEndian
	flags := le.Uint32(b[36:])
	p := part{
		addr: base + uint64(le.Uint32(b[12:])), size: uint64(le.Uint32(b[16:])), off: uint64(le.Uint32(b[20:])),
		writable: flags&pe.IMAGE_SCN_MEM_WRITE != 0,
	}
	if p.off == 0 {
		return nil // memory only
	}
	if err := m.add(p); err != nil {
		return err
	}
	if m.data == nil && p.size > 0 && le.Uint32(b[12:]) != 0 && flags&data == data && flags&pe.IMAGE_SCN_MEM_EXECUTE == 0 {
		m.data = &p
	}
	if strings.HasPrefix(string(b[:8]), "UPX") {
		return ErrPacked
	}
	return nil
}

// peTraces looks for the build id at the start of the code, where PE has no
// section names that would tell.
func (m *image) peTraces() error {
	found, err := m.src.holds(goBuildID)
	m.traces = found
	return err
}
