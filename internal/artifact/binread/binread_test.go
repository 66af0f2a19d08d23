package binread

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// source counts what is read of it.
type source struct {
	data  []byte
	calls int
	bytes int64
	fail  error // instead of data from offset 4 on
}

func (s *source) ReadAt(p []byte, off int64) (int, error) {
	s.calls++
	if s.fail != nil && off+int64(len(p)) > 4 {
		return 0, s.fail
	}
	n, err := bytes.NewReader(s.data).ReadAt(p, off)
	s.bytes += int64(n)
	return n, err
}

func text(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + i%26)
	}
	return b
}

func reader(data []byte) *Reader { return New("f", &source{data: data}, int64(len(data)), 1<<30) }

// problem is the Problem that err must be.
func problem(t *testing.T, err error, kind diag.Kind) *diag.Problem {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) || p.Kind != kind || p.Path != "f" || p.Message == "" || p.Help == "" {
		t.Fatalf("%#v, want a problem of kind %s", err, kind)
	}
	return p
}

func TestNumbers(t *testing.T) {
	r := reader([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	b, err := r.Byte()
	u16, err1 := r.U16(binary.BigEndian)
	u32, err2 := r.U32(binary.LittleEndian)
	u64, err3 := r.U64(binary.BigEndian)
	if err := errors.Join(err, err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if b != 1 || u16 != 0x0203 || u32 != 0x07060504 || u64 != 0x08090a0b0c0d0e0f {
		t.Errorf("%x %x %x %x", b, u16, u32, u64)
	}
	if end, err := r.End(); !end || err != nil {
		t.Error("no end", err)
	}
	if _, err := r.Byte(); problem(t, err, diag.Malformed).Offset != 15 {
		t.Error(err)
	}
}

func TestSkipReadsNothing(t *testing.T) {
	s := &source{data: text(1 << 20)}
	r := New("f", s, 1<<20, 1<<20)
	if err := r.Skip(1 << 19); err != nil {
		t.Fatal(err)
	}
	b, err := r.Next(3)
	if err != nil || string(b) != string(s.data[1<<19:1<<19+3]) {
		t.Errorf("%q %v", b, err)
	}
	if s.bytes != first || r.Spent() != s.bytes {
		t.Errorf("%d bytes read, %d counted", s.bytes, r.Spent())
	}
	if err := r.Skip(1 << 20); problem(t, err, diag.Malformed).Offset != 1<<19+3 {
		t.Error(err)
	}
	problem(t, r.Skip(1<<63), diag.Malformed)
}

func TestBudget(t *testing.T) {
	for _, budget := range []int64{1, 100, block, block + 1, 5 * block} {
		s := &source{data: text(8 * block)}
		r := New("f", s, 8*block, budget)
		var err error
		for err == nil {
			_, err = r.Byte()
		}
		p := problem(t, err, diag.Limit)
		if r.Pos() != budget || s.bytes != budget || p.Limit != budget || p.Offset != budget {
			t.Errorf("budget %d: stopped at %d after %d bytes: %+v", budget, r.Pos(), s.bytes, p)
		}
	}
}

func TestText(t *testing.T) {
	data := text(3*block + 7)
	for _, n := range []int{0, 1, block - 1, block, block + 1, len(data)} {
		r := reader(data)
		got, err := r.Text(uint64(n), int64(len(data)))
		if err != nil || got != string(data[:n]) {
			t.Errorf("%d: %d bytes, %v", n, len(got), err)
		}
	}
	r := reader(data)
	if _, err := r.Text(101, 100); problem(t, err, diag.Limit).Actual != 101 {
		t.Error(err)
	}
	for _, n := range []uint64{uint64(len(data)) + 1, 1 << 40, 1 << 63, 1<<64 - 1} {
		_, err := r.Text(n, 1<<50)
		problem(t, err, diag.Malformed)
	}
}

func TestLine(t *testing.T) {
	r := reader([]byte("one\n\nthree\nfour"))
	for _, want := range []string{"one", "", "three"} {
		if got, err := r.Line(5); got != want || err != nil {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	if _, err := r.Line(5); err == nil {
		t.Error("a line without an end")
	}
	_, err := reader([]byte("abcdef\n")).Line(5)
	problem(t, err, diag.Limit)
}

// TestPeek: what is looked at stays.
func TestPeek(t *testing.T) {
	data := text(2*block + 5)
	r := reader(data)
	if err := r.Skip(2 * block); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if b, err := r.Peek(100); err != nil || string(b) != string(data[2*block:]) {
			t.Errorf("%q %v", b, err)
		}
	}
	if b, err := r.Ahead(); err != nil || string(b) != string(data[2*block:]) {
		t.Errorf("%q %v", b, err)
	}
	if b, err := r.Next(5); err != nil || string(b) != string(data[2*block:]) {
		t.Errorf("%q %v", b, err)
	}
	for _, look := range []func() ([]byte, error){r.Ahead, func() ([]byte, error) { return r.Peek(1) }} {
		if b, err := look(); err != nil || len(b) != 0 {
			t.Errorf("%q %v at the end", b, err)
		}
	}
}

func TestUnreadable(t *testing.T) {
	s := &source{data: text(100), fail: errors.New("bad sector")}
	_, err := New("f", s, 100, 100).Next(9)
	if p := problem(t, err, diag.Unreadable); !strings.Contains(p.Message, "bad sector") {
		t.Error(p.Message)
	}
}

// TestShrunk: a file that is shorter than it was.
func TestShrunk(t *testing.T) {
	_, err := New("f", &source{data: text(10)}, 100, 100).Next(20)
	problem(t, err, diag.Malformed)
}

func TestIn(t *testing.T) {
	r := reader(nil)
	_, err := r.Byte()
	p := problem(t, In(err, "key %d", 3), diag.Malformed)
	if !strings.HasPrefix(p.Message, "key 3: ") || strings.HasPrefix(problem(t, err, diag.Malformed).Message, "key 3: ") {
		t.Error(p.Message, "and", err)
	}
	if In(nil, "x") != nil || In(io.EOF, "x") != io.EOF {
		t.Error("other errors change")
	}
}

func TestForward(t *testing.T) {
	data := text(3 * block)
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	w.Write(data)
	w.Close()
	unpack := func(b []byte) io.Reader {
		z, err := zlib.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	r := New("f", Forward("f", unpack(packed.Bytes()), 1<<20), Unknown, 1<<20).At(1000)
	if b, err := r.Peek(2); err != nil || string(b) != "ab" {
		t.Fatalf("%q %v", b, err)
	}
	if err := r.Skip(2*block + 1); err != nil {
		t.Fatal(err)
	}
	if b, err := r.Next(2); err != nil || !bytes.Equal(b, data[2*block+1:2*block+3]) {
		t.Errorf("%q %v", b, err)
	}
	if err := r.Skip(uint64(block) - 3); err != nil {
		t.Fatal(err)
	}
	if b, err := r.Peek(9); err != nil || len(b) != 0 {
		t.Errorf("%q %v", b, err)
	}
	if end, err := r.End(); !end || err != nil || r.Spent() != 3*block {
		t.Error("no end", err, r.Spent())
	}
	if _, err := r.Byte(); problem(t, err, diag.Malformed).Offset != 1000+3*block {
		t.Error(err)
	}

	_, err := New("f", Forward("f", unpack(packed.Bytes()), 100), Unknown, 1<<20).Text(200, 1000)
	if p := problem(t, err, diag.Limit); p.Limit != 100 {
		t.Errorf("%+v", p)
	}
	cut := packed.Bytes()[:packed.Len()-6]
	_, err = New("f", Forward("f", unpack(cut), 1<<20), Unknown, 1<<20).Text(3*block+1, 1<<20)
	if p := problem(t, err, diag.Malformed); !strings.Contains(p.Message, "unpacking") {
		t.Errorf("%+v", p)
	}
	bad := bytes.Clone(packed.Bytes())
	bad[len(bad)/2] ^= 0xff
	_, err = New("f", Forward("f", unpack(bad), 1<<20), Unknown, 1<<20).Text(3*block, 1<<20)
	problem(t, err, diag.Malformed)
}
