package gobinary

import (
	"bytes"
	"debug/buildinfo"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sampleInfo = "path\texample.com/app/cmd/x\nmod\texample.com/app\tv1.0.0+dirty\t\n" +
	"dep\texample.com/a\tv1.2.3\th1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n" +
	"dep\texample.com/b\tv2.0.0+incompatible\n=>\t../b\t\t\n\nbuild\t-compiler=gc\nbuild\t-tags=\"a b\"\n"

// blob is the information as the linker of Go 1.18 writes it.
func blob(version, info string) []byte {
	b := append([]byte(magic), 8, inline)
	b = append(b, make([]byte, headerSize-len(b))...)
	b = append(binary.AppendUvarint(b, uint64(len(version))), version...)
	if info != "" {
		info = infoStart + info + infoEnd
	}
	return append(binary.AppendUvarint(b, uint64(len(info))), info...)
}

// oldBlob is the information as linkers before Go 1.18 wrote it, at addr.
func oldBlob(o binary.AppendByteOrder, size int, addr uint64, version, info string) []byte {
	flags := byte(0)
	if o.String() == "BigEndian" {
		flags = bigEndian
	}
	word := func(b []byte, n uint64) []byte {
		if size == 4 {
			return o.AppendUint32(b, uint32(n))
		}
		return o.AppendUint64(b, n)
	}
	b := append([]byte(magic), byte(size), flags)
	heads := addr + headerSize
	texts := heads + uint64(4*size)
	b = word(word(b, heads), heads+uint64(2*size))
	b = append(b, make([]byte, headerSize-len(b))...)
	info = infoStart + info + infoEnd
	b = word(word(b, texts), uint64(len(version)))
	b = word(word(b, texts+uint64(len(version))), uint64(len(info)))
	return append(append(b, version...), info...)
}

const tinyAddr = 0x10000

// tinyELF holds data in one writable segment at tinyAddr.
func tinyELF(o binary.AppendByteOrder, wide bool, data []byte) mem {
	class, order, word, phsize := byte(1), byte(1), uint64(4), uint64(32)
	ehsize := uint64(52)
	if wide {
		class, word, phsize, ehsize = 2, 8, 56, 64
	}
	if o.String() == "BigEndian" {
		order = 2
	}
	num := func(b []byte, n uint64) []byte {
		if word == 4 {
			return o.AppendUint32(b, uint32(n))
		}
		return o.AppendUint64(b, n)
	}
	b := append([]byte("\x7fELF"), class, order, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = o.AppendUint32(o.AppendUint16(o.AppendUint16(b, 2), 62), 1)
	b = num(num(num(b, tinyAddr), ehsize), 0)
	b = o.AppendUint32(b, 0)
	for _, n := range []uint16{uint16(ehsize), uint16(phsize), 1, 0, 0, 0} {
		b = o.AppendUint16(b, n)
	}
	const readWrite, off = 6, 128
	b = o.AppendUint32(b, 1)
	if wide {
		b = o.AppendUint32(b, readWrite)
	}
	for _, n := range []uint64{off, tinyAddr, tinyAddr, uint64(len(data)), uint64(len(data))} {
		b = num(b, n)
	}
	if !wide {
		b = o.AppendUint32(b, readWrite)
	}
	b = num(b, 16)
	return append(append(b, make([]byte, off-len(b))...), data...)
}

// tinyMachO holds data in the section that the linker makes for it.
func tinyMachO(data []byte) mem {
	o := binary.LittleEndian
	const off = 32 + 72 + 80
	var b []byte
	for _, n := range []uint32{0xfeedfacf, 0x01000007, 3, 2, 1, 72 + 80, 0, 0, 0x19, 72 + 80} {
		b = o.AppendUint32(b, n)
	}
	b = append(b, "__DATA\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	for _, n := range []uint64{tinyAddr, uint64(len(data)), off, uint64(len(data))} {
		b = o.AppendUint64(b, n)
	}
	for _, n := range []uint32{3, 3, 1, 0} {
		b = o.AppendUint32(b, n)
	}
	b = append(b, "__go_buildinfo\x00\x00__DATA\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	b = o.AppendUint64(o.AppendUint64(b, tinyAddr), uint64(len(data)))
	for _, n := range []uint32{off, 4, 0, 0, 0, 0, 0, 0} {
		b = o.AppendUint32(b, n)
	}
	return append(b, data...)
}

// tinyPE holds data in its data section.
func tinyPE(data []byte) mem {
	o := binary.LittleEndian
	const off = 512
	b := make([]byte, 64, off)
	copy(b, "MZ")
	b[0x3c] = 64
	b = append(b, "PE\x00\x00"...)
	b = o.AppendUint16(o.AppendUint16(b, 0x8664), 1)
	b = append(b, make([]byte, 12)...)
	b = o.AppendUint16(o.AppendUint16(b, 240), 0x22)
	optional := make([]byte, 240)
	o.PutUint16(optional, 0x20b)
	o.PutUint64(optional[24:], 0x400000)
	o.PutUint32(optional[108:], 16)
	b = append(append(b, optional...), ".data\x00\x00\x00"...)
	for _, n := range []uint32{uint32(len(data)), tinyAddr, uint32(len(data)), off, 0, 0, 0, 0xc0000040} {
		b = o.AppendUint32(b, n)
	}
	return append(append(b, make([]byte, off-len(b))...), data...)
}

// tiny are the smallest executables of each form.
func tiny(version, info string) map[string]mem {
	le, be := binary.LittleEndian, binary.BigEndian
	return map[string]mem{
		"elf64":        tinyELF(le, true, blob(version, info)),
		"elf32_be":     tinyELF(be, false, blob(version, info)),
		"elf64_old":    tinyELF(le, true, oldBlob(le, 8, tinyAddr, version, info)),
		"elf32_be_old": tinyELF(be, false, oldBlob(be, 4, tinyAddr, version, info)),
		"macho":        tinyMachO(blob(version, info)),
		"pe":           tinyPE(blob(version, info)),
	}
}

func TestReadTiny(t *testing.T) {
	for name, data := range tiny("go1.17.13", sampleInfo) {
		got, err := Read(data, "x")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := oracle(t, data)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want.Std = "1.17.13"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
		if len(got.Deps) != 2 || got.Deps[1].Replace == nil || len(got.Tags()) != 2 {
			t.Errorf("%s: %+v", name, got)
		}
		for n := range data {
			if b, err := Read(data[:n], "x"); err == nil {
				t.Errorf("%s: %d of %d bytes accepted: %+v", name, n, len(data), b)
			}
		}
	}
}

func TestParseInfo(t *testing.T) {
	const path, mod = "path\texample.com/x\n", "mod\texample.com/x\t(devel)\t\n"
	const sum = "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	cases := []struct {
		name, version, info string
		std                 string
		want                error
	}{
		{"release", "go1.26.8", path + mod, "1.26.8", nil},
		{"candidate", "go1.27rc1", path + mod, "1.27rc1", nil},
		{"experiment", "go1.26.8 X:nodwarf5", path + mod, "1.26.8", nil},
		{"vendor_release", "go1.24.1 (Red Hat 1.24.1-1.el9)", path + mod, "1.24.1", nil},
		{"devel", "devel go1.27-0123abcd Mon Jan 5 10:00:00 2026 +0000", path + mod, "", nil},
		{"garbled", "unknown", "", "", ErrNoBuildInfo},
		{"no_modules", "go1.20", "", "", ErrNoBuildInfo},
		{"damaged_version", "ge1.26.8", path + mod, "", ErrMalformed},
		{"no_path", "go1.26.8", mod, "", ErrMalformed},
		{"two_paths", "go1.26.8", path + path + mod, "", ErrMalformed},
		{"two_mains", "go1.26.8", path + mod + mod, "", ErrMalformed},
		{"unknown_word", "go1.26.8", path + mod + "eep\texample.com/a\tv1.0.0\t" + sum + "\n", "", ErrMalformed},
		{"order", "go1.26.8", path + mod + "build\t-compiler=gc\ndep\texample.com/a\tv1.0.0\t" + sum + "\n", "", ErrMalformed},
		{"no_main", "go1.26.8", path + "dep\texample.com/a\tv1.0.0\t" + sum + "\n", "", ErrMalformed},
		{"twice", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0.0\t" + sum + "\ndep\texample.com/a\tv1.0.1\t" + sum + "\n", "", ErrMalformed},
		{"bad_sum", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0.0\th1:abc=\n", "", ErrMalformed},
		{"bad_version", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0\t" + sum + "\n", "", ErrMalformed},
		{"bad_module", "go1.26.8", path + mod + "dep\texample.com/../a\tv1.0.0\t" + sum + "\n", "", ErrMalformed},
		{"replaces_nothing", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0.0\t" + sum + "\n=>\t./a\t\t\n", "", ErrMalformed},
		{"replaced_without_version", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0.0\n=>\texample.com/b\t\t\n", "", ErrMalformed},
		{"replaced_on_windows", "go1.26.8", path + mod + "dep\texample.com/a\tv1.0.0\n=>\tC:\\src\\a\t(devel)\t\n", "1.26.8", nil},
		{"cut_off", "go1.26.8", path + mod + "build\t-compiler=g", "", ErrMalformed},
		{"control_byte", "go1.26.8", path + mod + "build\t-tags=\x1b[31m\n", "", ErrMalformed},
		{"one_of_two", "go1.26.8", path + mod + "build\tGOOS=linux\n", "", ErrMalformed},
		{"other_system", "go1.26.8", path + mod + "build\tGOARCH=amd64\nbuild\tGOOS=windows\n", "", ErrMalformed},
		{"other_machine", "go1.26.8", path + mod + "build\tGOARCH=arm64\nbuild\tGOOS=linux\n", "", ErrMalformed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := Read(tinyELF(binary.LittleEndian, true, blob(c.version, c.info)), "x")
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err == nil && (b.Std != c.std || b.GoVersion != c.version) {
				t.Errorf("got %q, %q, want %q", b.Std, b.GoVersion, c.std)
			}
		})
	}
}

// FuzzRead: no panic, no read past the limit, and where it answers it says
// what debug/buildinfo says.
func FuzzRead(f *testing.F) {
	for _, data := range tiny("go1.26.8", sampleInfo) {
		f.Add([]byte(data))
	}
	f.Add([]byte(fat(tinyMachO(blob("go1.26.8", sampleInfo)))))
	f.Add([]byte(dosProgram()))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &counted{mem: data}
		got, err := Read(file, "x")
		if file.n > MaxRead {
			t.Fatalf("%d bytes read", file.n)
		}
		if err != nil {
			if got != nil {
				t.Fatal("an answer with an error")
			}
			return
		}
		if bytes.HasPrefix(data, []byte("\xca\xfe\xba")) {
			return // debug/buildinfo reads the first part only
		}
		want, err := buildinfo.Read(mem(data))
		if err != nil {
			return // it reads tables that hold nothing of the information
		}
		if want.Path != got.Package || len(want.Deps) != len(got.Deps) || want.GoVersion != got.GoVersion || len(want.Settings) != len(got.Settings) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	})
}
