package engine

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// full reports whether the long form of the tests is asked for.
func full() bool { return os.Getenv("RUKHSA_FULL") != "" }

// check compares the engine with licensecheck on one text.
func check(t *testing.T, e *Engine, name string, text []byte) {
	t.Helper()
	if diff := cmp.Diff(e.ScanWithLibrary(text, nil), e.Scan(text, nil)); diff != "" {
		t.Errorf("%s (%d bytes): -licensecheck +engine:\n%s", name, len(text), diff)
		if testing.Verbose() {
			t.Logf("%q", text[:min(len(text), 4000)])
		}
	}
}

func TestLibraryTexts(t *testing.T) {
	e := New()
	for _, s := range lctest.Texts(t) {
		check(t, e, s.Name, s.Body)
	}
}

// candidate is the name of a file of the module cache that is worth comparing.
var candidate = regexp.MustCompile(`(?i)licen[cs]e|copying|copyright|notice|patents|readme|legal|credits|authors`)

// maxText is the size of text that package detect hands in.
const maxText = 2 << 20

// cacheTexts calls yield with distinct candidate texts of the module cache,
// at most limit of them.
func cacheTexts(t testing.TB, limit int, yield func(name string, text []byte)) (n int) {
	root := filepath.Join(lctest.Dir(t), "..", "..", "..")
	seen := map[[sha256.Size]byte]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // a folder that another test removed
		}
		if d.IsDir() {
			if path == filepath.Join(root, "cache") {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !candidate.MatchString(d.Name()) || strings.HasSuffix(path, ".go") {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > maxText {
			return nil
		}
		text, err := os.ReadFile(path)
		if sum := sha256.Sum256(text); err == nil && !seen[sum] {
			seen[sum] = true
			n++
			yield(path[len(root):], text)
		}
		if n >= limit {
			return filepath.SkipAll
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestModuleCache(t *testing.T) {
	limit := 300
	switch {
	case full():
		limit = 1 << 30
	case testing.Short():
		limit = 50
	}
	e := New()
	n := cacheTexts(t, limit, func(name string, text []byte) { check(t, e, name, text) })
	if n < 20 {
		t.Skipf("the module cache has %d license texts only", n)
	}
	t.Logf("%d distinct texts", n)
}

func TestMutants(t *testing.T) {
	count := 1000
	switch {
	case full():
		count = 10_000
	case testing.Short():
		count = 100
	}
	e := New()
	m := newMutator(t, 1)
	for i := range count {
		name, text := m.next()
		check(t, e, fmt.Sprintf("mutant %d: %s", i, name), text)
		if t.Failed() && i > 100 {
			break
		}
	}
}

// TestAfterMatch: where the search goes on after a match, the second word of
// that match still counts as the word before, so that a match is tried one word
// early when a phrase made of it and the next word can begin one.
func TestAfterMatch(t *testing.T) {
	e := New()
	tables := &e.tables
	tries := 0
	for i, s := range lctest.Texts(t) {
		if i%3 > 0 && !full() {
			continue
		}
		var sc scanner
		sc.begin(e, s.Body, nil)
		for _, m := range sc.matches() {
			second := sc.words[m.start+1].id
			for j := u16(tables.phraseIndex, int(second)); j < u16(tables.phraseIndex, int(second)+1); j++ {
				next := tables.word(u16(tables.phraseList, int(j)))
				last := sc.words[m.end-1]
				text := slices.Concat(s.Body[:last.hi], []byte(" "+next+" "), s.Body[sc.words[m.start].lo:])
				check(t, e, s.Name+" and "+next, text)
				// With the match's last word made nearly the one that stands in for it.
				text = slices.Concat(s.Body[:last.lo], []byte(tables.word(uint32(second))+"x "+next+" "), s.Body[sc.words[m.start].lo:])
				check(t, e, s.Name+" nearly and "+next, text)
				tries++
			}
		}
	}
	if tries < 50 {
		t.Errorf("%d texts only", tries)
	}
}

// TestStateLimit: a limit on the states changes no result.
func TestStateLimit(t *testing.T) {
	for _, limit := range []int{0, 3 * pageSize, 1 << 17} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			e := newEngine(limit)
			m := newMutator(t, 2)
			for i := range 40 {
				name, text := m.next()
				check(t, e, fmt.Sprintf("mutant %d: %s", i, name), text)
			}
			every := 5
			if testing.Short() {
				every = 30
			}
			for i, s := range lctest.Texts(t) {
				if limit > 0 && i%every == 0 {
					check(t, e, s.Name, s.Body)
				}
			}
			st := e.current()
			if most := max(limit, st.startSize()+1<<12) + len(st.table)/2; st.total > most {
				t.Errorf("%d states take %d × 4 bytes, want at most %d", st.count, st.total, most)
			}
		})
	}
}

// startSize returns the size of the record that every generation holds.
func (st *states) startSize() int {
	p := place{st: st, rec: st.record(st.start)}
	words, links := p.choices()
	return links + len(words)
}

// TestConcurrent: goroutines that share an engine get the same answers as one.
func TestConcurrent(t *testing.T) {
	texts := lctest.Texts(t)[:150]
	alone := New()
	for _, limit := range []int{stateLimit, 4 * pageSize} {
		shared := newEngine(limit)
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				for _, i := range rand.New(rand.NewPCG(1, uint64(g))).Perm(len(texts)) {
					if diff := cmp.Diff(alone.Scan(texts[i].Body, nil), shared.Scan(texts[i].Body, nil)); diff != "" {
						t.Errorf("%s: -alone +shared\n%s", texts[i].Name, diff)
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestHostile: texts that are all openings, or begin a match at every word,
// take time in proportion to their length; this test would not end otherwise.
func TestHostile(t *testing.T) {
	e := New()
	mit := string(lctest.Text(t, "MIT.t1").Body)
	for _, unit := range []string{
		"{#", "](#", "](http://", "<a ", "<a <", "&", "&#", "&#x", "{#x", "<a\n", "(c)", "\u00a9",
		"http://http.", "http://a.com/", "https", "e\u0301", "\xff", "\xe2\x84",
		"redistribution and ", "permission is hereby ", "permission is hereby granted ",
		mit[:len(mit)*3/4],
	} {
		text := bytes.Repeat([]byte(unit), 1<<20/len(unit))
		if c := e.Scan(text, nil); c.Percent < 0 || c.Percent > 100.5 {
			t.Errorf("%.20q repeated: %v %%", unit, c.Percent)
		}
		check(t, e, fmt.Sprintf("%.20q repeated", unit), text[:min(len(text), 20_000)])
	}
	check(t, e, "one long word", bytes.Repeat([]byte("a"), 1<<16))
	check(t, e, "empty", nil)
}

// FuzzScan: the engine agrees with licensecheck on every text.
func FuzzScan(f *testing.F) {
	for _, s := range lctest.Texts(f)[:40] {
		f.Add(s.Body)
	}
	e := newEngine(1 << 16)
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			t.Skip()
		}
		check(t, e, "fuzz", text)
	})
}
