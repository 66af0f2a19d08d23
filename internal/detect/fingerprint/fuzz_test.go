package fingerprint

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// FuzzFind: no text makes it panic, and what holds for every match holds.
func FuzzFind(f *testing.F) {
	for _, name := range []string{"MIT.t1", "BSD-3-Clause.t1", "ISC.t1", "Zlib.t1", "Beerware.t1", "WTFPL.t1", "MIT.t29"} {
		f.Add(lctest.Text(f, name).Body, "MIT")
	}
	f.Add([]byte("(a) (b) 1. 2. © (c) (C) ©©"), "Apache-2.0")
	f.Add([]byte("許可 라이선스 лицензия licence, licensee's"), "MulanPSL-2.0")
	x := Open()
	f.Fuzz(func(t *testing.T, text []byte, id string) {
		find(t, x, "fuzz", text)
		if m, ok := x.Near(text); ok {
			checkMatch(t, "near", text, &m)
		}
		if m, ok := x.Compare(text, id); ok {
			checkMatch(t, "compare", text, &m)
		}
	})
}

// TestMutants: texts of texts, cut and put together at random.
func TestMutants(t *testing.T) {
	samples := lctest.Texts(t)
	x := Open()
	r := seeded("mutants")
	n := 2000
	if testing.Short() {
		n = 100
	}
	for range n {
		var text []byte
		for range 1 + r.IntN(4) {
			s := samples[r.IntN(len(samples))].Body
			if len(s) > 4000 {
				from := r.IntN(len(s) - 4000)
				s = s[from : from+4000]
			}
			switch r.IntN(4) {
			case 0:
				s = misspelt.apply(r, bytes.Clone(s))
			case 1:
				s = replaced.apply(r, bytes.Clone(s))
			case 2:
				s = layouts[r.IntN(len(layouts))].apply(r, bytes.Clone(s))
			}
			from := r.IntN(len(s) + 1)
			text = append(text, s[from:]...)
			text = append(text, s[:r.IntN(from+1)]...)
		}
		find(t, x, "mutant", text)
	}
}

// TestMemory: memory grows with the length of a text and not faster, whatever
// the text.
func TestMemory(t *testing.T) {
	mit := lctest.Text(t, "MIT.t1").Body
	size := 1 << 20
	if testing.Short() {
		size = 1 << 17
	}
	repeat := func(s string) []byte { return []byte(strings.Repeat(s, size/len(s)+1)[:size]) }
	x := Open()
	for _, c := range []struct {
		name string
		text []byte
	}{
		{"letters", repeat("a ")},
		{"one word", repeat("a")},
		{"markers", repeat("1. (a) ")},
		{"copyright", repeat("© (c) ")},
		{"wide", repeat("許可")},
		{"one license", repeat(string(mit))},
		{"one phrase", repeat("without limitation the rights to use copy modify merge publish distribute ")},
		{"openings", repeat("<a {#a](# ")},
		{"all licenses", all(t, size)},
		{"misspelt licenses", words(20, typo)(seeded("memory"), all(t, size))},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			x.Find(c.text)
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			if limit := uint64(64<<20 + 96*len(c.text)); used > limit {
				t.Errorf("%d MB allocated for a text of %d MB", used>>20, len(c.text)>>20)
			}
		})
	}
}

// all is licensecheck's test texts one after the other.
func all(t *testing.T, size int) []byte {
	var text []byte
	for len(text) < size {
		for _, s := range lctest.Texts(t) {
			text = append(text, s.Body...)
		}
	}
	return slices.Clip(text[:size])
}
