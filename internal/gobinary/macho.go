package gobinary

import (
	"debug/macho"
	"encoding/binary"
	"fmt"
)

func machoArches(c macho.Cpu) []string {
	switch c {
	case macho.CpuAmd64:
		return []string{"amd64"}
	case macho.Cpu386:
		return []string{"386"}
	case macho.CpuArm64:
		return []string{"arm64"}
	case macho.CpuArm:
		return []string{"arm"}
	default:
		return nil
	}
}

// machoOrder reads the magic: byte order and whether numbers have 64 bits.
func machoOrder(head []byte) (binary.ByteOrder, bool) {
	if head[0] == 0xfe {
		return binary.BigEndian, head[3] == 0xcf
	}
	return binary.LittleEndian, head[0] == 0xcf
}

// machoLinked: an executable, a library or a bundle, not an object.
func machoLinked(head []byte) bool {
	if len(head) < 16 {
		return false
	}
	order, _ := machoOrder(head)
	t := macho.Type(order.Uint32(head[12:]))
	return t == macho.TypeExec || t == macho.TypeDylib || t == macho.TypeBundle
}

func parseMachO(s *source) (*image, error) {
	head, err := s.bytes(0, 32)
	if err != nil {
		return nil, err
	}
	if formatOf(head) != formatMachO {
		return nil, fmt.Errorf("%w: no Mach-O header", ErrMalformed)
	}
	order, wide := machoOrder(head)
	size, commands := int64(28), int64(order.Uint32(head[20:]))
	if wide {
		size = 32
	}
	table, err := s.bytes(size, commands)
	if err != nil {
		return nil, err
	}
	m := &image{
		src: s, order: order, oses: []string{"darwin", "ios"},
		arches: machoArches(macho.Cpu(order.Uint32(head[4:]))),
	}
	for range order.Uint32(head[16:]) {
		if len(table) < 8 {
			return nil, fmt.Errorf("%w: fewer load commands than announced", ErrMalformed)
		}
		n := uint64(order.Uint32(table[4:]))
		if n < 8 || n > uint64(len(table)) {
			return nil, fmt.Errorf("%w: a load command of %d bytes", ErrMalformed, n)
		}
		if err := m.command(table[:n]); err != nil {
			return nil, err
		}
		table = table[n:]
	}
	return m, nil
}

// command takes note of one load command: segments, and the tables at the end
// of the file, which show that it is whole.
func (m *image) command(b []byte) error {
	const codeSignature = 0x1d // LC_CODE_SIGNATURE of mach-o/loader.h
	u := func(i int) uint64 { return uint64(m.order.Uint32(b[i:])) }
	switch cmd := macho.LoadCmd(u(0)); {
	case cmd == macho.LoadCmdSegment && len(b) >= 56:
		return m.segment(fields{b, m.order, false}, 56, 68)
	case cmd == macho.LoadCmdSegment64 && len(b) >= 72:
		return m.segment(fields{b, m.order, true}, 72, 80)
	case cmd == macho.LoadCmdSymtab && len(b) >= 24:
		nlist := uint64(12)
		if m.src.size > 0 && len(m.arches) == 1 && m.arches[0] != "386" && m.arches[0] != "arm" {
			nlist = 16
		}
		if err := m.src.withinU(u(8), u(12)*nlist); err != nil {
			return err
		}
		return m.src.withinU(u(16), u(20))
	case cmd == codeSignature && len(b) >= 16:
		return m.src.withinU(u(8), u(12))
	}
	return nil
}

// segment reads a segment command whose sections start at byte first and have
// size bytes each.
func (m *image) segment(f fields, first, size int) error {
	const readWrite = 3 // VM_PROT_READ | VM_PROT_WRITE
	p := part{addr: f.word(24, 24), off: f.word(32, 40), size: f.word(36, 48)}
	maxProt, prot := f.u32(40, 56), f.u32(44, 60)
	p.writable = prot == readWrite
	if err := m.add(p); err != nil {
		return err
	}
	if m.data == nil && p.addr != 0 && p.size > 0 && prot == readWrite && maxProt == readWrite {
		m.data = &p
	}
	n := f.u32(48, 64)
	if n*uint64(size) > uint64(len(f.b)-first) {
		return fmt.Errorf("%w: more sections than fit into their load command", ErrMalformed)
	}
	for i := range int(n) {
		s := fields{f.b[first+i*size:], f.o, f.wide}
		const zeroFill = 1 // S_ZEROFILL
		if s.u32(56, 64)&0xff == zeroFill {
			continue
		}
		sec := part{addr: s.word(32, 32), size: s.word(36, 40), off: s.u32(40, 48)}
		if err := m.src.withinU(sec.off, sec.size); err != nil {
			return err
		}
		m.named(cString(s.b[:16], 0), sec)
	}
	return nil
}

// fatCount is the number of parts of a universal file. A Java class starts
// with the same magic; its next number is a version of at least 45.
func fatCount(head []byte) int {
	if len(head) < 8 {
		return 0
	}
	n := binary.BigEndian.Uint32(head[4:])
	if n > 20 {
		return 0
	}
	return int(n)
}

// fatParts lists the parts of a universal file.
func fatParts(s *source) ([]*source, error) {
	head, err := s.bytes(0, 8)
	if err != nil {
		return nil, err
	}
	wide, size := head[3] == 0xbf, int64(20)
	if wide {
		size = 32
	}
	n := fatCount(head)
	table, err := s.bytes(8, int64(n)*size)
	if err != nil {
		return nil, err
	}
	var parts []*source
	for i := range int64(n) {
		f := fields{table[i*size:], binary.BigEndian, wide}
		off, length := f.word(8, 8), f.word(12, 16)
		if err := s.withinU(off, length); err != nil {
			return nil, err
		}
		if off < 8 || length < 32 {
			return nil, fmt.Errorf("%w: part %d of a universal executable has %d bytes", ErrMalformed, i+1, length)
		}
		parts = append(parts, &source{r: s.r, base: int64(off), size: int64(length), left: s.left / int64(n), name: s.name})
	}
	return parts, nil
}
