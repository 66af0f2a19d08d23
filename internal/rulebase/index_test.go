package rulebase

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rukhsa/rukhsa/rules"
)

// find finds every row of a section by its first cell, and no other.
func TestFind(t *testing.T) {
	ix, err := readIndex(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{secLicenses, secExceptions, secAliases, secFamilies} {
		n := 0
		for line := range strings.Lines(ix[section]) {
			line = strings.TrimSuffix(line, "\n")
			key, _, _ := strings.Cut(line, "\t")
			for _, k := range []string{key, strings.Map(upper, key)} {
				if row, ok := ix.find(section, k); !ok || row != line {
					t.Errorf("%s %q: found %q", section, k, row)
				}
			}
			if row, ok := ix.find(section, key+"\x00"); ok {
				t.Errorf("%s: %q was found: %q", section, key+"\x00", row)
			}
			n++
		}
		if n == 0 {
			t.Errorf("%s is empty", section)
		}
	}
	if row, ok := ix.find(secLicenses, ""); ok {
		t.Errorf("the empty id was found: %q", row)
	}
}

func upper(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

func TestFindSmall(t *testing.T) {
	for _, text := range []string{"", "a\n", "a\tx\nb\ty\n", "a\nb\nc\nd", "\n"} {
		ix := index{secAliases: text}
		for line := range strings.Lines(text) {
			key, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if _, ok := ix.find(secAliases, key); !ok {
				t.Errorf("%q: %q was not found", text, key)
			}
		}
		if _, ok := ix.find(secAliases, "zz"); ok {
			t.Errorf("%q: zz was found", text)
		}
	}
}

// An index of another make is refused, and says what to do.
func TestReadIndex(t *testing.T) {
	data, err := fs.ReadFile(rules.FS, indexPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, want string }{
		{"", "generate it again"},
		{"== about\n", "generate it again"},
		{strings.Replace(string(data), "== families\n", "== tribes\n", 1), `section "families" is missing`},
	} {
		_, err := Load(fstest.MapFS{indexPath: {Data: []byte(tt.text)}})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), indexPath) {
			t.Errorf("%.20q: %v", tt.text, err)
		}
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("a tree without an index was loaded")
	}
}

// A head survives the index; a rule file that is not there is an error and no
// license without duties.
func TestHeadRow(t *testing.T) {
	for h := range testBase(t).Heads() {
		got, ok := parseHead(h.row(), h.Exception)
		if !ok || got.row() != h.row() || !slices.Equal(got.Aliases, h.Aliases) || got.File != h.File {
			t.Errorf("%s: %+v", h.ID, got)
		}
	}
	data, err := fs.ReadFile(rules.FS, indexPath)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load(fstest.MapFS{indexPath: {Data: data}, "licenses/MIT.yaml": {Data: []byte("id: [\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"MIT", "ISC", "MPL-2.0"} {
		if l, err := b.License(id); err == nil || l != nil || !strings.Contains(err.Error(), "reading rules") {
			t.Errorf("%s: %v, %v", id, l, err)
		}
	}
	if _, err := b.Exception("Classpath-exception-2.0"); err == nil {
		t.Error("an exception without its file was read")
	}
	if _, err := b.Std(); err == nil {
		t.Error("std.yaml was read from nowhere")
	}
}

// FuzzIndex: no text of an index makes a reader panic.
func FuzzIndex(f *testing.F) {
	f.Add("# x\n== about\n== licenses\nMIT\tMIT License\n== exceptions\n", "mit")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, text, key string) {
		ix, err := parseIndex(text)
		if err != nil {
			ix = index{secLicenses: text, secAliases: text, secFamilies: text, secDuties: text}
		}
		newTables(ix)
		b := &Base{ix: ix, words: func() *tables { return newTables(ix) }}
		b.Lookup(key)
		b.Family(key)
		b.Derived(key, nil)
		for range b.Heads() {
		}
	})
}
