// Package binread reads binary files from front to back through one small
// buffer: numbers, texts and lines of files that nobody trusts. What is jumped
// over is not read, what is read counts against a budget, and no length that a
// file states makes it allocate more than the caller allows.
//
// Everything that is wrong is a *diag.Problem that names the file and the
// offset.
package binread

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// block is how much is read at once at most, in bytes, and first how much is
// read after a jump: who jumps from length to length needs little.
const (
	block = 16 << 10
	first = 512
)

// Unknown is the size of a source whose end shows only when it is reached.
const Unknown = math.MaxInt64

// Reader reads one file. It is not safe for concurrent use.
type Reader struct {
	name   string
	src    io.ReaderAt
	size   int64 // of the source; Unknown
	budget int64 // bytes that may still be read from the source
	limit  int64 // the whole budget, for messages
	lead   int64 // added to offsets in problems: where the source begins in its file
	stream bool  // what is jumped over is read all the same

	pos int64  // of the next byte
	buf []byte // bytes at pos and after
	mem []byte // where buf lives
	ask int    // how much to read the next time
}

// New returns a Reader at the beginning of a source of size bytes that reads
// at most budget bytes of it. Problems name the file as name.
func New(name string, src io.ReaderAt, size, budget int64) *Reader {
	return &Reader{name: name, src: src, size: size, budget: budget, limit: budget, ask: first, stream: size == Unknown}
}

// At says that the source begins at offset off of the file; problems count
// from the beginning of the file.
func (r *Reader) At(off int64) *Reader {
	r.lead = off
	return r
}

// Pos is the offset of the next byte in the source.
func (r *Reader) Pos() int64 { return r.pos }

// Offset is the offset of the next byte in the file.
func (r *Reader) Offset() int64 { return r.lead + r.pos }

// Size is the size of the source in bytes, or Unknown.
func (r *Reader) Size() int64 { return r.size }

// Left is how many bytes follow.
func (r *Reader) Left() int64 { return r.size - r.pos }

// Spent is how many bytes were read from the source so far. Of a source whose
// size was Unknown those count that were jumped over: they had to be unpacked.
func (r *Reader) Spent() int64 {
	if n := r.limit - r.budget; !r.stream || n > r.pos {
		return n
	}
	return r.pos
}

// Fail is a Problem of the kind malformed at an offset of the source.
func (r *Reader) Fail(off int64, format string, args ...any) *diag.Problem {
	return &diag.Problem{Path: r.name, Kind: diag.Malformed, Message: fmt.Sprintf(format, args...), Offset: r.lead + off,
		Help: "the file is damaged or not what its name says: fetch it again from where it came"}
}

// Over is a Problem of the kind limit at an offset of the source.
func (r *Reader) Over(off int64, what string, limit, actual int64) *diag.Problem {
	return &diag.Problem{Path: r.name, Kind: diag.Limit, Message: fmt.Sprintf("%s, over the limit of %d", what, limit),
		Limit: limit, Actual: actual, Offset: r.lead + off, Help: "look at the file yourself: rukhsa reads no more of it"}
}

// short is a Problem for a file that ends too early.
func (r *Reader) short(want int64) *diag.Problem {
	return r.Fail(r.pos, "it ends at byte %d, %d more are needed here", r.lead+r.size, max(1, want-r.Left()))
}

// fill makes at least n bytes available, n ≤ block. At the end of the source
// it is io.EOF or a Problem.
func (r *Reader) fill(n int) error {
	if len(r.buf) >= n {
		return nil
	}
	if int64(n) > r.Left() {
		return r.short(int64(n))
	}
	mem := r.mem
	if want := min(len(r.buf)+max(n, r.ask), block); len(mem) < want {
		mem = make([]byte, min(max(want, 2*len(mem)), block))
	}
	have := copy(mem, r.buf)
	r.mem, r.buf = mem, mem[:have]
	for len(r.buf) < n {
		if err := r.more(n - len(r.buf)); err != nil {
			return err
		}
	}
	return nil
}

// more reads once, n bytes or more, what fits into the buffer, the source and
// the budget.
func (r *Reader) more(n int) error {
	at := r.pos + int64(len(r.buf))
	ask := min(int64(max(n, r.ask)), int64(len(r.mem)-len(r.buf)), r.size-at)
	r.ask = min(2*r.ask, block)
	if r.budget <= 0 {
		return r.Over(at, fmt.Sprintf("more than %d bytes to read before the end of the header", r.limit), r.limit, r.limit+1)
	}
	ask = min(ask, r.budget)
	got, err := r.src.ReadAt(r.mem[len(r.buf):len(r.buf)+int(ask)], at)
	r.budget -= int64(got)
	r.buf = r.mem[:len(r.buf)+got]
	switch {
	case got > 0:
		return nil
	case err == nil || errors.Is(err, io.EOF):
		r.size = at // it has become shorter, or its size was not known
		return r.short(1)
	}
	var p *diag.Problem
	if errors.As(err, &p) {
		return p
	}
	return &diag.Problem{Path: r.name, Kind: diag.Unreadable, Message: "reading: " + err.Error(), Offset: r.lead + at,
		Help: "check the medium and the rights of the file"}
}

// Next returns the next n bytes, n ≤ 16 KiB. They are valid until the next call.
func (r *Reader) Next(n int) ([]byte, error) {
	if err := r.fill(n); err != nil {
		return nil, err
	}
	b := r.buf[:n]
	r.buf = r.buf[n:]
	r.pos += int64(n)
	return b, nil
}

// Peek returns up to n of the next bytes, n ≤ 16 KiB, fewer only at the end of
// the source. They are valid until the next call.
func (r *Reader) Peek(n int) ([]byte, error) {
	if r.size != Unknown {
		n = int(min(int64(n), r.Left()))
		return r.peek(n)
	}
	for have := n; ; have = int(r.Left()) {
		b, err := r.peek(have)
		if err == nil || r.size == Unknown || r.Left() >= int64(have) {
			return b, err
		}
	}
}

func (r *Reader) peek(n int) ([]byte, error) {
	if err := r.fill(n); err != nil {
		return nil, err
	}
	return r.buf[:n], nil
}

// Ahead returns the next bytes that are at hand, at least one unless the source
// ends here. They are valid until the next call.
func (r *Reader) Ahead() ([]byte, error) {
	if len(r.buf) == 0 {
		if _, err := r.Peek(1); err != nil {
			return nil, err
		}
	}
	return r.buf, nil
}

// End reports whether the source ends here.
func (r *Reader) End() (bool, error) {
	if len(r.buf) > 0 {
		return false, nil
	}
	b, err := r.Peek(1)
	return len(b) == 0, err
}

// Byte returns the next byte.
func (r *Reader) Byte() (byte, error) {
	if len(r.buf) == 0 {
		if err := r.fill(1); err != nil {
			return 0, err
		}
	}
	b := r.buf[0]
	r.buf = r.buf[1:]
	r.pos++
	return b, nil
}

// U16 returns the next two bytes as a number.
func (r *Reader) U16(o binary.ByteOrder) (uint16, error) {
	b, err := r.Next(2)
	if err != nil {
		return 0, err
	}
	return o.Uint16(b), nil
}

// U32 returns the next four bytes as a number.
func (r *Reader) U32(o binary.ByteOrder) (uint32, error) {
	b, err := r.Next(4)
	if err != nil {
		return 0, err
	}
	return o.Uint32(b), nil
}

// U64 returns the next eight bytes as a number.
func (r *Reader) U64(o binary.ByteOrder) (uint64, error) {
	b, err := r.Next(8)
	if err != nil {
		return 0, err
	}
	return o.Uint64(b), nil
}

// Has is a Problem when fewer than n bytes follow, as far as that is known.
func (r *Reader) Has(n uint64) error {
	switch {
	case n > math.MaxInt64:
		return r.Fail(r.pos, "a length of %d bytes", n)
	case int64(n) > r.Left():
		return r.short(int64(n))
	}
	return nil
}

// Skip goes n bytes on without reading them.
func (r *Reader) Skip(n uint64) error {
	if err := r.Has(n); err != nil {
		return err
	}
	if n <= uint64(len(r.buf)) {
		r.buf = r.buf[n:]
	} else { // a jump
		r.buf, r.ask = nil, first
	}
	r.pos += int64(n)
	return nil
}

// Text returns the next n bytes as a string. More than keep bytes is a Problem
// of the kind limit; nothing is allocated before the bytes are known to exist.
func (r *Reader) Text(n uint64, keep int64) (string, error) {
	if err := r.Has(n); err != nil {
		return "", err
	}
	if n > uint64(keep) {
		return "", r.Over(r.pos, fmt.Sprintf("a text of %d bytes", n), keep, int64(n))
	}
	if n <= block {
		b, err := r.Next(int(n))
		return string(b), err
	}
	out := make([]byte, 0, min(n, 1<<20))
	for left := int64(n); left > 0; {
		b, err := r.Next(int(min(left, block)))
		if err != nil {
			return "", err
		}
		out = append(out, b...)
		left -= int64(len(b))
	}
	return string(out), nil
}

// Line returns the bytes up to the next line feed, without it, and goes past
// it. A line longer than keep bytes is a Problem of the kind limit.
func (r *Reader) Line(keep int64) (string, error) {
	var out []byte
	for {
		ahead, err := r.Ahead()
		if err != nil {
			return "", err
		}
		if len(ahead) == 0 {
			return "", r.short(1)
		}
		n := bytes.IndexByte(ahead, '\n')
		end := n >= 0
		if !end {
			n = len(ahead)
		}
		if int64(len(out)+n) > keep {
			return "", r.Over(r.pos+keep-int64(len(out)), "a line", keep, keep+1)
		}
		line := string(ahead[:n])
		if end {
			n++
		}
		if err := r.Skip(uint64(n)); err != nil {
			return "", err
		}
		if end && out == nil {
			return line, nil
		}
		if out = append(out, line...); end {
			return string(out), nil
		}
	}
}

// In says in a Problem what was being read: "key 3: …". Other errors are
// returned as they are.
func In(err error, format string, args ...any) error {
	var p *diag.Problem
	if !errors.As(err, &p) {
		return err
	}
	q := *p
	q.Message = fmt.Sprintf(format, args...) + ": " + q.Message
	return &q
}

// Forward makes a source of a stream that can only be read once, such as a
// compressed one. Reading backwards is an error; past limit bytes it is a
// Problem of the kind limit.
func Forward(name string, src io.Reader, limit int64) io.ReaderAt {
	return &forward{name: name, src: src, limit: limit}
}

type forward struct {
	name       string
	src        io.Reader
	pos, limit int64
}

func (f *forward) ReadAt(p []byte, off int64) (int, error) {
	if off < f.pos {
		return 0, errors.New("reading a stream backwards")
	}
	if int64(len(p)) > f.limit-off {
		if off >= f.limit {
			return 0, &diag.Problem{Path: f.name, Kind: diag.Limit, Message: fmt.Sprintf("unpacks to more than %d bytes", f.limit),
				Limit: f.limit, Actual: f.limit + 1, Help: "look at the file yourself: rukhsa reads no more of it"}
		}
		p = p[:f.limit-off]
	}
	if off > f.pos {
		n, err := io.CopyN(io.Discard, f.src, off-f.pos)
		f.pos += n
		if err != nil {
			return 0, f.damaged(err)
		}
	}
	n := 0
	var err error
	for n < len(p) && err == nil { // io.ReadFull hides that a stream was cut
		var m int
		m, err = f.src.Read(p[n:])
		n += m
	}
	f.pos += int64(n)
	return n, f.damaged(err)
}

// damaged makes a Problem of what an unpacker says; an end stays an end.
func (f *forward) damaged(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &diag.Problem{Path: f.name, Kind: diag.Malformed, Message: "unpacking: " + err.Error(),
		Help: "the file is damaged or not what its name says: fetch it again from where it came"}
}
