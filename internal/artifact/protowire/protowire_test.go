package protowire

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
)

func open(data string) (*Walker, *binread.Reader) {
	r := binread.New("f", strings.NewReader(data), int64(len(data)), 1<<20)
	return New(r), r
}

// show walks a message and writes its fields, going into those numbered 9.
func show(data string) (string, error) {
	w, r := open(data)
	var out strings.Builder
	var visit func(f Field) error
	visit = func(f Field) error {
		fmt.Fprintf(&out, "%d:%d=%d", f.Num, f.Type, f.Value)
		if f.Num == 9 && f.Type == Bytes {
			out.WriteString("{")
			defer out.WriteString("}")
			return w.Walk(f.Value, visit)
		}
		if f.Num == 7 {
			s, err := w.Text(f, 8)
			fmt.Fprintf(&out, "%q", s)
			return err
		}
		out.WriteString(" ")
		return nil
	}
	err := w.Walk(uint64(r.Size()), visit)
	return out.String(), err
}

func TestWalk(t *testing.T) {
	for data, want := range map[string]string{
		"":         "",
		"\x08\x05": "1:0=5 ",
		"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01": "1:0=18446744073709551615 ",
		"\x12\x03abc\x08\x01":                          "2:2=3 1:0=1 ",
		"\x3a\x03abc\x08\x01":                          `7:2=3"abc"1:0=1 `,
		"\x0d\x01\x00\x00\x00":                         "1:5=1 ",
		"\x09\x01\x00\x00\x00\x00\x00\x00\x00":         "1:1=1 ",
		"\x4a\x04\x08\x01\x4a\x00\x08\x02":             "9:2=4{1:0=1 9:2=0{}}1:0=2 ",
		"\xa0\x06\x01":                                 "100:0=1 ",
		"\xf8\xff\xff\xff\x0f\x00":                     "536870911:0=0 ",
	} {
		got, err := show(data)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", data, got, err, want)
		}
	}
}

func TestMalformed(t *testing.T) {
	for what, c := range map[string]struct {
		data string
		kind diag.Kind
	}{
		"no value":            {"\x08", diag.Malformed},
		"no length":           {"\x12", diag.Malformed},
		"number zero":         {"\x00\x00", diag.Malformed},
		"number too large":    {"\x80\x80\x80\x80\x10\x00", diag.Malformed},
		"group":               {"\x0b\x0c", diag.Malformed},
		"wire type 7":         {"\x0f", diag.Malformed},
		"65 bits":             {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", diag.Malformed},
		"endless varint":      {"\x08" + strings.Repeat("\x80", 20), diag.Malformed},
		"length past the end": {"\x12\x04abc", diag.Malformed},
		"length of 2^63":      {"\x12\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", diag.Malformed},
		"length of 2^64-1":    {"\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", diag.Malformed},
		"longer than outer":   {"\x4a\x03\x12\x02a\x08\x01", diag.Malformed},
		"number over outer":   {"\x4a\x02\x08\x80\x01\x08\x01", diag.Malformed},
		"fixed over outer":    {"\x4a\x02\x0d\x01\x00\x00\x00\x00", diag.Malformed},
		"half a fixed64":      {"\x09\x00\x00", diag.Malformed},
		"text as a number":    {"\x38\x01", diag.Malformed},
		"text over the limit": {"\x3a\x09123456789", diag.Limit},
	} {
		got, err := show(c.data)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Kind != c.kind {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

// TestSkips: what nobody asks for is not read.
func TestSkips(t *testing.T) {
	big := "\x12\x80\x80\x40" + strings.Repeat("x", 1<<20) + "\x08\x07"
	w, r := open(big)
	var last Field
	if err := w.Walk(uint64(len(big)), func(f Field) error { last = f; return nil }); err != nil {
		t.Fatal(err)
	}
	if last.Value != 7 || r.Spent() > 64<<10 {
		t.Errorf("%+v after %d bytes", last, r.Spent())
	}
}

// TestFieldLimit: a file of nothing but tiny fields ends.
func TestFieldLimit(t *testing.T) {
	w, r := open(strings.Repeat("\x08\x01", 100))
	w.fields = MaxFields - 50
	var p *diag.Problem
	if err := w.Walk(uint64(r.Size()), func(Field) error { return nil }); !errors.As(err, &p) || p.Kind != diag.Limit {
		t.Error(err)
	}
}

func FuzzWalk(f *testing.F) {
	for _, s := range []string{"\x08\x05", "\x4a\x04\x08\x01\x4a\x00\x08\x02", "\x3a\x03abc", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		if _, err := show(data); err != nil {
			var p *diag.Problem
			if !errors.As(err, &p) || p.Offset > int64(len(data)) {
				t.Errorf("%#v", err)
			}
		}
	})
}
