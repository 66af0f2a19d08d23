package gobinary

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"
)

// elfArches: what GOARCH can be for a machine; see cmd/link/internal/ld/elf.go.
func elfArches(m elf.Machine) []string {
	switch m {
	case elf.EM_X86_64:
		return []string{"amd64"}
	case elf.EM_386:
		return []string{"386"}
	case elf.EM_AARCH64:
		return []string{"arm64"}
	case elf.EM_ARM:
		return []string{"arm"}
	case elf.EM_PPC64:
		return []string{"ppc64", "ppc64le"}
	case elf.EM_MIPS:
		return []string{"mips", "mipsle", "mips64", "mips64le"}
	case elf.EM_RISCV:
		return []string{"riscv64"}
	case elf.EM_S390:
		return []string{"s390x"}
	case elf.EM_LOONGARCH:
		return []string{"loong64"}
	default:
		return nil
	}
}

func elfOSes() []string {
	return []string{"linux", "android", "freebsd", "netbsd", "openbsd", "dragonfly", "solaris", "illumos"}
}

func elfOrder(head []byte) binary.ByteOrder {
	if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// elfLinked: an executable or a shared library, not an object or a core dump.
func elfLinked(head []byte) bool {
	if len(head) < 20 {
		return false
	}
	t := elf.Type(elfOrder(head).Uint16(head[16:]))
	return t == elf.ET_EXEC || t == elf.ET_DYN
}

// elfHeader holds the fields of Ehdr that are needed, of either class.
type elfHeader struct {
	wide                          bool
	phoff, shoff                  uint64
	phentsize, phnum              uint64
	shentsize, shnum, nameSection uint64
	machine                       elf.Machine
}

// fields reads a table entry: 32- and 64-bit numbers where the classes differ.
type fields struct {
	b    []byte
	o    binary.ByteOrder
	wide bool
}

// word reads a number that is 4 bytes at n in one class and 8 at w in the other.
func (f fields) word(n, w int) uint64 {
	if f.wide {
		return f.o.Uint64(f.b[w:])
	}
	return uint64(f.o.Uint32(f.b[n:]))
}

func (f fields) u16(n, w int) uint64 {
	if f.wide {
		n = w
	}
	return uint64(f.o.Uint16(f.b[n:]))
}

func (f fields) u32(n, w int) uint64 {
	if f.wide {
		n = w
	}
	return uint64(f.o.Uint32(f.b[n:]))
}

func parseELF(s *source) (*image, error) {
	head, err := s.bytes(0, min(64, s.size))
	if err != nil {
		return nil, err
	}
	if len(head) < 52 {
		return nil, fmt.Errorf("%w: %d bytes of an ELF header", ErrTruncated, len(head))
	}
	order := elfOrder(head)
	h := elfHeader{machine: elf.Machine(order.Uint16(head[18:]))}
	switch elf.Class(head[elf.EI_CLASS]) {
	case elf.ELFCLASS32:
	case elf.ELFCLASS64:
		h.wide = true
	default:
		return nil, fmt.Errorf("%w: ELF class %d", ErrNotGo, head[elf.EI_CLASS])
	}
	if h.wide && len(head) < 64 {
		return nil, fmt.Errorf("%w: %d bytes of an ELF header", ErrTruncated, len(head))
	}
	f := fields{head, order, h.wide}
	h.phoff, h.shoff = f.word(28, 32), f.word(32, 40)
	h.phentsize, h.phnum = f.u16(42, 54), f.u16(44, 56)
	h.shentsize, h.shnum, h.nameSection = f.u16(46, 58), f.u16(48, 60), f.u16(50, 62)
	m := &image{src: s, order: order, oses: elfOSes(), arches: elfArches(h.machine)}
	if err := m.elfSegments(h); err != nil {
		return nil, err
	}
	if err := m.elfSections(h); err != nil {
		return nil, err
	}
	return m, nil
}

// table reads n entries of size bytes at off; least is the smallest entry that
// holds all fields.
func (s *source) table(off, n, size, least uint64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	if size < least {
		return nil, fmt.Errorf("%w: header entries of %d bytes", ErrMalformed, size)
	}
	if err := s.withinU(off, n*size); err != nil { // both under 2^16
		return nil, err
	}
	return s.bytes(int64(off), int64(n*size))
}

func (m *image) elfSegments(h elfHeader) error {
	least := uint64(32)
	if h.wide {
		least = 56
	}
	t, err := m.src.table(h.phoff, h.phnum, h.phentsize, least)
	if err != nil {
		return err
	}
	for ; len(t) > 0; t = t[h.phentsize:] {
		f := fields{t, m.order, h.wide}
		if elf.ProgType(f.u32(0, 0)) != elf.PT_LOAD {
			continue
		}
		flags := elf.ProgFlag(f.u32(24, 4))
		p := part{off: f.word(4, 8), addr: f.word(8, 16), size: f.word(16, 32), writable: flags&elf.PF_W != 0}
		if err := m.add(p); err != nil {
			return err
		}
		if m.data == nil && p.size > 0 && flags&(elf.PF_X|elf.PF_W) == elf.PF_W {
			m.data = &p
		}
	}
	return nil
}

func (m *image) elfSections(h elfHeader) error {
	least := uint64(40)
	if h.wide {
		least = 64
	}
	if h.shoff == 0 || h.shnum == 0 {
		return nil
	}
	t, err := m.src.table(h.shoff, h.shnum, h.shentsize, least)
	if err != nil {
		return err
	}
	entry := func(i uint64) fields { return fields{t[i*h.shentsize:], m.order, h.wide} }
	var names []byte
	if h.nameSection > 0 && h.nameSection < h.shnum {
		f := entry(h.nameSection)
		off, size := f.word(16, 24), f.word(20, 32)
		if err := m.src.withinU(off, size); err != nil {
			return err
		}
		if names, err = m.src.bytes(int64(off), int64(size)); err != nil {
			return err
		}
	}
	for i := range h.shnum {
		f := entry(i)
		typ := elf.SectionType(f.u32(4, 4))
		if typ == elf.SHT_NOBITS || typ == elf.SHT_NULL {
			continue
		}
		p := part{addr: f.word(12, 16), off: f.word(16, 24), size: f.word(20, 32)}
		if err := m.src.withinU(p.off, p.size); err != nil {
			return err
		}
		m.named(cString(names, f.u32(0, 0)), p)
	}
	return nil
}

// named takes note of a section's name.
func (m *image) named(name string, p part) {
	switch name {
	case ".go.buildinfo", "__go_buildinfo":
		m.info, m.traces = &p, true
		return
	}
	for _, trace := range []string{"gopclntab", "gosymtab", "note.go.buildid", "go_export"} {
		if strings.Contains(name, trace) {
			m.traces = true
		}
	}
}

// cString is the string that ends with NUL at off, "" outside of the table.
func cString(table []byte, off uint64) string {
	if off >= uint64(len(table)) {
		return ""
	}
	s, _, _ := bytes.Cut(table[off:min(uint64(len(table)), off+256)], []byte{0})
	return string(s)
}
