package zipdir

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// make writes an archive of names and contents; a name that ends in ! is
// deflated.
func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h := &zip.FileHeader{Name: strings.TrimSuffix(files[i], "!")}
		if h.Name != files[i] {
			h.Method = zip.Deflate
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(files[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(b []byte) (*Archive, error) { return Open("f", bytes.NewReader(b), int64(len(b))) }

// list reads all entries, as name=content.
func list(b []byte) (string, error) {
	a, err := open(b)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, e := range a.Entries {
		r, err := a.Open(e, 1<<20)
		if err != nil {
			return out.String(), err
		}
		s, err := r.Text(uint64(e.Size), 1<<20)
		if err != nil {
			return out.String(), err
		}
		fmt.Fprintf(&out, "%s=%s;", e.Name, s)
	}
	return out.String(), nil
}

func problem(t *testing.T, what string, err error, kind diag.Kind) {
	t.Helper()
	var p *diag.Problem
	if !errors.As(err, &p) || p.Kind != kind || p.Path != "f" || p.Help == "" {
		t.Errorf("%s: %#v, want a problem of kind %s", what, err, kind)
	}
}

func TestOpen(t *testing.T) {
	long := strings.Repeat("weights ", 1000)
	plain := archive(t, "a/data.pkl", "pickle", "a/version!", "3\n", "a/data/0!", long)
	want := "a/data.pkl=pickle;a/version=3\n;a/data/0=" + long + ";"
	for what, b := range map[string][]byte{
		"plain":   plain,
		"prefix":  append([]byte("#!/bin/sh\nexit\n"), plain...),
		"comment": commented(plain, strings.Repeat("c", math.MaxUint16)),
	} {
		if got, err := list(b); err != nil || got != want {
			t.Errorf("%s: %.80q, %v", what, got, err)
		}
	}
	if got, err := list(archive(t)); got != "" || err != nil {
		t.Errorf("empty: %q %v", got, err)
	}
	if First(plain) != "a/data.pkl" || First([]byte("PK\x03\x04")) != "" || First(nil) != "" {
		t.Error("not known by its beginning")
	}
	for b, want := range map[string]bool{string(plain): true, string(plain) + "x": false, "PK": false} {
		if got, err := Sniff("f", strings.NewReader(b), int64(len(b))); got != want || err != nil {
			t.Errorf("%d bytes: %v %v", len(b), got, err)
		}
	}
}

func commented(b []byte, comment string) []byte {
	b = bytes.Clone(b)
	binary.LittleEndian.PutUint16(b[len(b)-2:], uint16(len(comment)))
	return append(b, comment...)
}

// TestLarge: an archive with the records of large ones.
func TestLarge(t *testing.T) {
	// archive/zip writes them for more than 65535 entries.
	var files []string
	for i := range 70_000 {
		files = append(files, fmt.Sprint(i), "")
	}
	b := archive(t, files...)
	for what, b := range map[string][]byte{"plain": b, "prefix": append([]byte("prefix"), b...)} {
		a, err := open(b)
		if err != nil || len(a.Entries) != 70_000 || a.Entries[69_999].Name != "69999" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestMalformed(t *testing.T) {
	good := archive(t, "a/data.pkl", "pickle", "b!", "deflated deflated deflated")
	end := len(good) - endSize
	dir := int(binary.LittleEndian.Uint32(good[end+16:]))
	for what, c := range map[string]struct {
		change func(b []byte) []byte
		kind   diag.Kind
	}{
		"empty file":             {func(b []byte) []byte { return nil }, diag.Malformed},
		"no end":                 {func(b []byte) []byte { return b[:end] }, diag.Malformed},
		"too many entries":       {put16(end+10, 40), diag.Malformed},
		"directory too large":    {put32(end+12, 1<<30), diag.Malformed},
		"directory elsewhere":    {put32(end+16, uint32(dir)-8), diag.Malformed},
		"directory past the end": {put32(end+16, uint32(len(good))), diag.Malformed},
		"entry too large":        {put32(dir+20, 1<<30), diag.Malformed},
		"entry past the end":     {put32(dir+42, 1<<30), diag.Malformed},
		"no local header":        {put32(dir+42, 1), diag.Malformed},
		"other local name":       {func(b []byte) []byte { b[localSize] = 'x'; return b }, diag.Malformed},
		"other method":           {put16(dir+10, 12), diag.Unsupported},
		"stored as deflated":     {put16(dir+10, 8), diag.Malformed},
		"deflated is damaged": {func(b []byte) []byte {
			i := bytes.Index(b, []byte("PK\x03\x04\x14\x00\x08\x00\x08"))
			copy(b[i+localSize+1:], "\xff\xff\xff\xff")
			return b
		}, diag.Malformed},
		"comment longer than file": {put16(end+20, 5), diag.Malformed},
	} {
		_, err := list(c.change(bytes.Clone(good)))
		problem(t, what, err, c.kind)
	}
}

func put16(at int, v uint16) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint16(b[at:], v); return b }
}

func put32(at int, v uint32) func([]byte) []byte {
	return func(b []byte) []byte { binary.LittleEndian.PutUint32(b[at:], v); return b }
}

// zeros is a file of zeros that ends in data.
type zeros struct {
	size int64
	data []byte
	read int64
}

func (z *zeros) ReadAt(p []byte, off int64) (int, error) {
	n := int(min(int64(len(p)), z.size-off))
	z.read += int64(n)
	clear(p[:n])
	if from := off + int64(n) - (z.size - int64(len(z.data))); from > 0 {
		k := min(from, int64(n))
		copy(p[int64(n)-k:n], z.data[from-k:from])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// TestLies: what a sparse file of 20 GB claims is not believed.
func TestLies(t *testing.T) {
	record := func(entries, size, offset uint64) []byte {
		var b []byte
		le := binary.LittleEndian
		b = le.AppendUint32(b, end64Sig)
		b = append(b, make([]byte, 28)...)
		for _, v := range []uint64{entries, size, offset} {
			b = le.AppendUint64(b, v)
		}
		b = le.AppendUint32(b, locatorSig)
		b = append(b, make([]byte, 4)...)
		b = le.AppendUint64(b, 20<<30-22-20-56)
		b = le.AppendUint32(b, 1)
		b = le.AppendUint32(b, endSig)
		b = append(b, make([]byte, 4)...)
		return append(b, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00"...)
	}
	for what, c := range map[string]struct {
		end  []byte
		kind diag.Kind
	}{
		"2^62 entries":        {record(1<<62, 1<<30, 1<<30), diag.Limit},
		"100,001 entries":     {record(MaxEntries+1, 1<<30, 1<<30), diag.Limit},
		"100,000 entries":     {record(MaxEntries, 10<<30, 1<<30), diag.Malformed},
		"an endless offset":   {record(1, 1<<63, 1<<63), diag.Malformed},
		"sizes that overflow": {record(1, 1<<64-1, 2), diag.Malformed},
	} {
		z := &zeros{size: 20 << 30, data: c.end}
		_, err := Open("f", z, z.size)
		problem(t, what, err, c.kind)
		if z.read > 256<<10 {
			t.Errorf("%s: %d bytes read", what, z.read)
		}
	}
}

// TestBomb: an entry that unpacks to more than the budget stops there.
func TestBomb(t *testing.T) {
	b := archive(t, "bomb!", strings.Repeat("\x00", 8<<20))
	a, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.Open(a.Entries[0], 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Text(8<<20, 16<<20)
	problem(t, "bomb", err, diag.Limit)
}

func FuzzOpen(f *testing.F) {
	f.Add(archive(f, "a/data.pkl", "pickle", "b!", "deflated deflated deflated"))
	f.Add(archive(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, err := list(b)
		var p *diag.Problem
		if err != nil && (!errors.As(err, &p) || p.Offset < 0) {
			t.Errorf("%#v", err)
		}
	})
}
