// Package zipdir reads the directory of zip archives that nobody trusts, and
// single entries of them. It is as tolerant as the loaders of models are, since
// what they load must not be hidden by a flag that they ignore: checksums,
// encryption flags and versions are not looked at. It is stricter where two
// readers of one archive could see two things: an entry whose name differs from
// the one in its local header is a Problem.
//
// See PKWARE's APPNOTE.TXT, sections 4.3 to 4.5. archive/zip is not used: it
// trusts the number of entries that a sparse file of 20 GB states.
package zipdir

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// Limits, rukhsa's budget for weights in archives.
const (
	MaxEntries   = 100_000
	MaxDirectory = 32 << 20 // bytes of the central directory
	MaxUnpacked  = 64 << 20 // bytes that one compressed entry may unpack to
)

// Sizes and signatures of the records.
const (
	endSize, end64Size, locatorSize, headerSize, localSize = 22, 56, 20, 46, 30

	endSig, end64Sig, locatorSig, headerSig, localSig = 0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50
)

// Magic are the first bytes of an archive with entries.
var Magic = []byte("PK\x03\x04")

// Entry is one entry of the directory.
type Entry struct {
	Name         string
	Method       uint16 // 0 stored, 8 deflated
	Packed, Size int64  // bytes
	local        int64  // offset of its local header, from the beginning of the archive
}

// Archive is the directory of an archive.
type Archive struct {
	Entries []Entry
	name    string
	src     io.ReaderAt
	size    int64
	base    int64 // bytes before the archive in its file
	start   int64 // of the directory in the file
}

// Sniff reports whether the end of an archive stands at the very end of a file,
// without a comment behind it. Errors are Problems that name the file as name.
func Sniff(name string, src io.ReaderAt, size int64) (bool, error) {
	if size < endSize {
		return false, nil
	}
	r := binread.New(name, src, size, endSize)
	if err := r.Skip(uint64(size - endSize)); err != nil {
		return false, err
	}
	b, err := r.Next(endSize)
	return err == nil && binary.LittleEndian.Uint32(b) == endSig && b[20] == 0 && b[21] == 0, err
}

// Open reads the directory. Errors are Problems that name the file as name.
func Open(name string, src io.ReaderAt, size int64) (*Archive, error) {
	a := &Archive{name: name, src: src, size: size}
	end, err := a.findEnd()
	if err != nil {
		return nil, err
	}
	if end.entries > MaxEntries {
		return nil, a.reader(MaxDirectory).Over(end.at, "an archive of that many entries", MaxEntries, int64(min(end.entries, math.MaxInt64)))
	}
	if err := a.locate(end); err != nil {
		return nil, err
	}
	return a, a.readEntries(end)
}

func (a *Archive) reader(budget int64) *binread.Reader {
	return binread.New(a.name, a.src, a.size, budget)
}

func (a *Archive) fail(off int64, format string, args ...any) *diag.Problem {
	return a.reader(0).Fail(off, format, args...)
}

// end is what the end of an archive says of its directory.
type end struct {
	at                    int64 // where the record is, and the directory ends
	entries, size, offset uint64
}

// findEnd looks for the end record, which may have a comment of 64 KiB behind it.
func (a *Archive) findEnd() (end, error) {
	tail := min(a.size, endSize+math.MaxUint16)
	r := a.reader(tail)
	if err := r.Skip(uint64(a.size - tail)); err != nil {
		return end{}, err
	}
	text, err := r.Text(uint64(tail), tail)
	if err != nil {
		return end{}, err
	}
	b := []byte(text)
	for i := len(b) - endSize; i >= 0; i-- {
		rec := b[i:]
		if binary.LittleEndian.Uint32(rec) != endSig || int(binary.LittleEndian.Uint16(rec[20:]))+endSize > len(rec) {
			continue
		}
		e := end{
			at:      a.size - tail + int64(i),
			entries: uint64(binary.LittleEndian.Uint16(rec[10:])),
			size:    uint64(binary.LittleEndian.Uint32(rec[12:])),
			offset:  uint64(binary.LittleEndian.Uint32(rec[16:])),
		}
		if e.entries == math.MaxUint16 || e.size == math.MaxUint32 || e.offset == math.MaxUint32 {
			return a.end64(e)
		}
		return e, nil
	}
	return end{}, a.fail(a.size, "no end of a zip directory in it")
}

// end64 reads the record of an archive that is large, if there is one.
func (a *Archive) end64(small end) (end, error) {
	r := a.reader(locatorSize)
	if small.at < locatorSize {
		return small, nil
	}
	if err := r.Skip(uint64(small.at - locatorSize)); err != nil {
		return end{}, err
	}
	b, err := r.Next(locatorSize)
	if err != nil {
		return end{}, err
	}
	if binary.LittleEndian.Uint32(b) != locatorSig {
		return small, nil
	}
	at := binary.LittleEndian.Uint64(b[8:])
	// Bytes before the archive shift the record, which stands before its locator.
	for _, at := range []uint64{at, uint64(max(0, small.at-locatorSize-end64Size))} {
		r := a.reader(end64Size)
		if r.Skip(at) != nil {
			continue
		}
		b, err := r.Next(end64Size)
		if err != nil || binary.LittleEndian.Uint32(b) != end64Sig {
			continue
		}
		return end{int64(at), binary.LittleEndian.Uint64(b[32:]), binary.LittleEndian.Uint64(b[40:]), binary.LittleEndian.Uint64(b[48:])}, nil
	}
	return end{}, a.fail(small.at-locatorSize, "the end record of a large zip archive is not where it should be")
}

// locate finds the directory, which bytes before the archive may have shifted.
func (a *Archive) locate(e end) error {
	if e.size > uint64(e.at) || e.offset > uint64(e.at)-e.size {
		return a.fail(e.at, "the zip directory of %d bytes at %d does not fit before its end", e.size, e.offset)
	}
	a.base = e.at - int64(e.size) - int64(e.offset)
	a.start = a.base + int64(e.offset)
	if a.base == 0 {
		return nil
	}
	shifted, err := a.begins(a.start)
	if err != nil || shifted {
		return err
	}
	plain, err := a.begins(int64(e.offset))
	if plain {
		a.base, a.start = 0, int64(e.offset)
	}
	return err
}

// begins reports whether a directory begins at an offset before its end.
func (a *Archive) begins(off int64) (bool, error) {
	r := a.reader(4)
	if err := r.Skip(uint64(off)); err != nil {
		return false, err
	}
	v, err := r.U32(binary.LittleEndian)
	return err == nil && v == headerSig, err
}

func (a *Archive) readEntries(e end) error {
	r := a.reader(MaxDirectory)
	if err := r.Skip(uint64(a.start)); err != nil {
		return err
	}
	for i := range e.entries {
		entry, err := a.entry(r)
		if err != nil {
			return binread.In(err, "zip entry %d of %d", i+1, e.entries)
		}
		a.Entries = append(a.Entries, entry)
	}
	return nil
}

func (a *Archive) entry(r *binread.Reader) (Entry, error) {
	at := r.Pos()
	b, err := r.Next(headerSize)
	if err != nil {
		return Entry{}, err
	}
	if binary.LittleEndian.Uint32(b) != headerSig {
		return Entry{}, r.Fail(at, "no zip directory entry here")
	}
	e := Entry{Method: binary.LittleEndian.Uint16(b[10:])}
	packed, size, local := uint64(binary.LittleEndian.Uint32(b[20:])), uint64(binary.LittleEndian.Uint32(b[24:])), uint64(binary.LittleEndian.Uint32(b[42:]))
	nameLen, extraLen, commentLen := binary.LittleEndian.Uint16(b[28:]), binary.LittleEndian.Uint16(b[30:]), binary.LittleEndian.Uint16(b[32:])
	if e.Name, err = r.Text(uint64(nameLen), math.MaxUint16); err != nil {
		return Entry{}, err
	}
	extra, err := r.Text(uint64(extraLen), math.MaxUint16)
	if err != nil {
		return Entry{}, err
	}
	large([]byte(extra), &size, &packed, &local)
	if err := r.Skip(uint64(commentLen)); err != nil {
		return Entry{}, err
	}
	if packed > uint64(a.size) || local > uint64(a.size) || size > math.MaxInt64 {
		return Entry{}, r.Fail(at, "entry %q of %d bytes at %d is larger than the file", e.Name, packed, local)
	}
	e.Packed, e.Size, e.local = int64(packed), int64(size), int64(local)
	return e, nil
}

// large takes the numbers that are too large for the header from extra field 1.
func large(extra []byte, numbers ...*uint64) {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		field := extra[:n]
		extra = extra[n:]
		if id != 1 {
			continue
		}
		for _, v := range numbers {
			if *v == math.MaxUint32 && len(field) >= 8 {
				*v = binary.LittleEndian.Uint64(field)
				field = field[8:]
			}
		}
		return
	}
}

// Open returns a reader of an entry's content that reads at most budget bytes.
func (a *Archive) Open(e Entry, budget int64) (*binread.Reader, error) {
	at := a.base + e.local
	r := a.reader(localSize + math.MaxUint16)
	if err := r.Skip(uint64(at)); err != nil {
		return nil, binread.In(err, "zip entry %q", e.Name)
	}
	b, err := r.Next(localSize)
	if err != nil {
		return nil, binread.In(err, "zip entry %q", e.Name)
	}
	if binary.LittleEndian.Uint32(b) != localSig {
		return nil, a.fail(at, "zip entry %q: no local header here", e.Name)
	}
	nameLen, extraLen := binary.LittleEndian.Uint16(b[26:]), binary.LittleEndian.Uint16(b[28:])
	name, err := r.Text(uint64(nameLen), math.MaxUint16)
	if err != nil {
		return nil, binread.In(err, "zip entry %q", e.Name)
	}
	if name != e.Name {
		return nil, a.fail(at, "zip entry %q is called %q in its local header: two readers may see two things", e.Name, name)
	}
	start := r.Pos() + int64(extraLen)
	if start > a.size || e.Packed > a.size-start {
		return nil, a.fail(at, "zip entry %q: %d bytes at %d are more than the file has", e.Name, e.Packed, start)
	}
	section := io.NewSectionReader(a.src, start, e.Packed)
	switch e.Method {
	case 0:
		return binread.New(a.name, section, e.Packed, budget).At(start), nil
	case 8:
		limit := min(budget, MaxUnpacked)
		return binread.New(a.name, binread.Forward(a.name, flate.NewReader(section), limit), binread.Unknown, budget).At(start), nil
	}
	return nil, &diag.Problem{Path: a.name, Kind: diag.Unsupported, Offset: at, Help: "unpack the archive and look at the entry",
		Message: fmt.Sprintf("zip entry %q is packed by method %d, which is not read", e.Name, e.Method)}
}

// IsStart reports whether a file begins as an archive does.
func IsStart(head []byte) bool { return bytes.HasPrefix(head, Magic) }

// First is the name of the entry at the beginning of an archive, as far as the
// head of the file shows it.
func First(head []byte) string {
	if !IsStart(head) || len(head) < localSize {
		return ""
	}
	n := int(binary.LittleEndian.Uint16(head[26:]))
	return string(head[localSize:min(len(head), localSize+n)])
}
