package fingerprint

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// own is an index of licensecheck's test texts, and the texts that are in it by
// their ids. Of texts of the same words there is one.
type own struct {
	x     *Index
	texts map[string][]byte
	ids   []string // of texts, sorted; in short tests some of them
}

var (
	ownOnce sync.Once
	ownData own
)

func ownIndex(t testing.TB) own {
	t.Helper()
	samples := lctest.Texts(t)
	ownOnce.Do(func() {
		ownData.texts = map[string][]byte{}
		var list []Entry
		var bodies [][]byte
		for _, s := range samples {
			// What stands in angle brackets is read as HTML, here as words.
			body := bytes.Map(func(r rune) rune {
				if r == '<' || r == '>' {
					return ' '
				}
				return r
			}, s.Body)
			e, err := Compute(body, s.Name)
			if err != nil || slices.ContainsFunc(list, func(o Entry) bool { return o.Same(&e) }) {
				continue
			}
			list = append(list, e)
			bodies = append(bodies, body)
			ownData.texts[e.ID] = body
			if !testing.Short() || len(list)%8 == 0 {
				ownData.ids = append(ownData.ids, e.ID)
			}
		}
		file, err := Build(list, NewVocabulary(bodies, 3))
		if err != nil {
			t.Fatal(err)
		}
		ownData.x = open(openTable(string(file)))
	})
	return ownData
}

// checkMatch checks what holds for every match.
func checkMatch(t *testing.T, name string, text []byte, m *Match) {
	t.Helper()
	last := 0
	for i, s := range m.Spans {
		if s[0] < last || s[1] <= s[0] || s[1] > len(text) || i == 0 && s[0] != m.Start {
			t.Fatalf("%s: %s: span %v of %v does not follow in a text of %d bytes", name, m.ID, s, m.Spans, len(text))
		}
		last = s[1]
	}
	if last != m.End {
		t.Errorf("%s: %s: spans end at %d, the match at %d", name, m.ID, last, m.End)
	}
	lost, at := 0, m.Start
	for _, g := range m.Missing {
		if g.To <= g.From || g.End < g.At || g.At < at || g.End > m.End {
			t.Errorf("%s: %s: gap %+v is out of order in %+v", name, m.ID, g, m.Missing)
		}
		at = g.At
		if !g.Optional {
			lost += g.To - g.From
		}
	}
	if lost != m.Lost {
		t.Errorf("%s: %s: %d words in gaps, Lost is %d", name, m.ID, lost, m.Lost)
	}
	if want := 1 - float64(m.Lost)/float64(m.Required); m.Coverage != want {
		t.Errorf("%s: %s: coverage %v, want %v", name, m.ID, m.Coverage, want)
	}
}

// find returns the matches of a text and checks them.
func find(t *testing.T, x *Index, name string, text []byte) []Match {
	t.Helper()
	list := x.Find(text)
	start := 0
	for i := range list {
		if list[i].Start < start {
			t.Errorf("%s: matches are not in the order of the text", name)
		}
		start = list[i].Start
		checkMatch(t, name, text, &list[i])
	}
	return list
}

// TestOwnText: a text is explained by its own entry, all of it.
func TestOwnText(t *testing.T) {
	o := ownIndex(t)
	for _, id := range o.ids {
		m, ok := o.x.Compare(o.texts[id], id)
		if !ok {
			t.Errorf("%s: not found in its own text", id)
			continue
		}
		checkMatch(t, id, o.texts[id], &m)
		if m.Coverage != 1 || m.Lost != 0 || len(m.Missing) != 0 || m.Explained != m.Words || len(m.Spans) != 1 {
			t.Errorf("%s: %d of %d words explained, missing %v", id, m.Explained, m.Words, m.Missing)
		}
	}
}

// explains reports whether the text is an entry's and nothing is missing or
// left over. Texts that hold others may be several matches.
func explains(list []Match, id string) bool {
	return slices.ContainsFunc(list, func(m Match) bool {
		return m.ID == id && m.Lost == 0 && len(m.Spans) == 1
	})
}

// TestLayout: how a text is laid out does not matter.
func TestLayout(t *testing.T) {
	o := ownIndex(t)
	for _, c := range layouts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bad := 0
			for _, id := range o.ids {
				text := c.apply(seeded(id), bytes.Clone(o.texts[id]))
				m, ok := o.x.Compare(text, id)
				if !ok || m.Coverage < 0.98 {
					bad++
					t.Logf("%s: coverage %.3f, %v", id, m.Coverage, m.Missing)
				}
			}
			if bad > 3 { // texts that are layout: words in columns
				t.Errorf("%d of %d texts suffer", bad, len(o.texts))
			}
		})
	}
}

// TestMisspelt: words with one wrong letter are explained nearly always.
func TestMisspelt(t *testing.T) {
	o := ownIndex(t)
	mistakes, left := 0, 0
	for _, id := range o.ids {
		n := 0
		count := func(r *rand.Rand, w string) string { n++; return typo(r, w) }
		text := words(2, count)(seeded(id), bytes.Clone(o.texts[id]))
		m, ok := o.x.Compare(text, id)
		if !ok {
			continue // a short text with a mistake in each block
		}
		checkMatch(t, id, text, &m)
		mistakes += n
		left += m.Lost
	}
	if mistakes < 500 || left*10 > mistakes {
		t.Errorf("%d words are missing after %d mistakes", left, mistakes)
	}
}

// TestReplaced: a word that is not the license's is never explained, and the
// words around it are.
func TestReplaced(t *testing.T) {
	o := ownIndex(t)
	all, missing := 0, 0
	for _, id := range o.ids {
		text := replaced.apply(seeded(id), bytes.Clone(o.texts[id]))
		m, ok := o.x.Compare(text, id)
		if !ok {
			continue
		}
		checkMatch(t, id, text, &m)
		for _, s := range m.Spans {
			if bytes.Contains(text[s[0]:s[1]], []byte(foreign)) {
				t.Errorf("%s explains %q", id, text[s[0]:s[1]])
			}
		}
		all += m.Required
		missing += m.Lost
	}
	if missing*100 < all || missing*100 > 4*all {
		t.Errorf("%d of %d words are missing where 2 %% were replaced", missing, all)
	}
}

// TestInserted: a sentence is not explained wherever it stands.
func TestInserted(t *testing.T) {
	o := ownIndex(t)
	const sentence = " You may not use it for commerce. "
	for _, id := range o.ids {
		r := seeded(id)
		text := o.texts[id]
		if len(text) < 400 {
			continue
		}
		at := r.IntN(len(text))
		for at > 0 && text[at] != ' ' && text[at] != '\n' {
			at--
		}
		text = slices.Concat(text[:at], []byte(sentence), text[at:])
		m, ok := o.x.Compare(text, id)
		if !ok {
			t.Errorf("%s: not found", id)
			continue
		}
		checkMatch(t, id, text, &m)
		lo, hi := at+strings.Index(sentence, "use"), at+strings.Index(sentence, ".")
		for _, s := range m.Spans {
			if s[0] < hi && lo < s[1] && s[0] <= lo && s[1] >= hi {
				t.Errorf("%s explains the sentence put into it at byte %d", id, at)
			}
		}
		if m.Coverage < 0.97 {
			t.Errorf("%s: coverage %.3f after a sentence was put into it", id, m.Coverage)
		}
	}
}

// TestConcatenated: of two texts one after the other both are found.
func TestConcatenated(t *testing.T) {
	x := Open()
	list := []string{"MIT.t1", "Apache-2.0.t1", "BSD-3-Clause.t1", "MPL-2.0.t1", "ISC.t1", "GPL-2.0.t1", "Zlib.t1", "BSL-1.0.t1"}
	for i, a := range list {
		for _, b := range list[:i] {
			first, second := lctest.Text(t, a).Body, lctest.Text(t, b).Body
			text := slices.Concat(first, []byte("\n\n-----\n\n"), second)
			found := find(t, x, a+" "+b, text)
			if len(found) != 2 || !isOf(found[0], a) || !isOf(found[1], b) {
				t.Errorf("%s, %s: found %s", a, b, show(found))
				continue
			}
			if found[0].End > len(first) || found[1].Start < len(first) {
				t.Errorf("%s, %s: matches %d-%d and %d-%d, the second text begins at %d", a, b,
					found[0].Start, found[0].End, found[1].Start, found[1].End, len(first)+9)
			}
		}
	}
}

// isOf reports whether a match is what a sample is named by.
func isOf(m Match, sample string) bool {
	id, _, _ := strings.Cut(sample, ".t")
	return len(m.Rivals) == 0 && slices.ContainsFunc(append([]string{m.ID}, m.Twins...), func(s string) bool {
		return s == id || s == id+"-only"
	})
}

func show(list []Match) string {
	var out []string
	for _, m := range list {
		s := fmt.Sprintf("%s %.3f", m.ID, m.Coverage)
		if len(m.Rivals) > 0 {
			s += " or " + strings.Join(m.Rivals, " or ")
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// TestWith: entries of one's own are found beside those of the table.
func TestWith(t *testing.T) {
	text := []byte("Acme Internal License\n\nYou may look at the files of this folder on Tuesdays, and on no other day of the week, " +
		"unless somebody from the fourth floor says in a letter with a stamp that you may not.\n")
	e, err := Compute(text, "LicenseRef-acme")
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open().With(e)
	if err != nil {
		t.Fatal(err)
	}
	both := slices.Concat(lctest.Text(t, "MIT.t1").Body, text)
	found := find(t, x, "both", both)
	if len(found) != 2 || found[0].ID != "MIT" || !explains(found[1:], "LicenseRef-acme") {
		t.Errorf("found %s", show(found))
	}
	if !x.Has("LicenseRef-acme") || !x.Has("MIT") || Open().Has("LicenseRef-acme") {
		t.Error("Has is wrong")
	}
	if m, ok := x.Compare([]byte("nothing in common"), "LicenseRef-acme"); ok {
		t.Errorf("compared: %+v", m)
	}
}

// TestNear: half a license is not reported as one, and can be asked for.
func TestNear(t *testing.T) {
	x := Open()
	text := lctest.Text(t, "Apache-2.0.t1").Body
	text = text[:len(text)*2/3]
	if found := find(t, x, "cut", text); len(found) > 0 {
		t.Errorf("found %s in two thirds of a text", show(found))
	}
	if m, ok := x.Near(text); !ok || m.ID != "Apache-2.0" || m.Coverage < 0.5 || m.Coverage > 0.85 {
		t.Errorf("near: %v %s %.3f", ok, m.ID, m.Coverage)
	}
	if m, ok := x.Near(lctest.Text(t, "MIT.t1").Body); ok && m.ID == "MIT" {
		t.Errorf("%s is there, and said to be near", m.ID)
	}
}

// TestPositions is one small match in full.
func TestPositions(t *testing.T) {
	const license = "Small License\n\nCopyright (c) <year> <owner>\n\n" +
		"1. Whoever has one of the twelve copper kettles may boil water in it.\n" +
		"2. Whoever boils water has to leave some of it to the next who comes.\n" +
		"3. Version 4 of this license came with the seventh kettle of the house.\n" +
		"4. Nobody answers for burnt fingers, broken spouts or tea that is too weak.\n"
	e, err := Compute([]byte(license), "LicenseRef-kettle")
	if err != nil {
		t.Fatal(err)
	}
	x, err := Open().With(e)
	if err != nil {
		t.Fatal(err)
	}
	text := "Read this!\n\n" +
		"(a) Whoever has one of the twelve coper kettles may boil water in it.\n" +
		"(b) Whoever boils water has to leave all of it to the next who comes.\n" +
		"(d) Version 5 of this license came with the seventh kettle of the house.\n"
	m, ok := x.Compare([]byte(text), "LicenseRef-kettle")
	if !ok {
		t.Fatal("not found")
	}
	checkMatch(t, "kettle", []byte(text), &m)
	var got []string
	for _, s := range m.Spans {
		got = append(got, text[s[0]:s[1]])
	}
	for _, g := range m.Missing {
		got = append(got, fmt.Sprintf("%d-%d %v %q", g.From, g.To, g.Optional, text[g.At:g.End]))
	}
	for _, n := range m.Numbers {
		got = append(got, "number "+text[n[0]:n[1]])
	}
	want := []string{
		"Whoever has one of the twelve coper kettles may boil water in it.\n(b) Whoever boils water has to leave",
		"of it to the next who comes.\n(d) Version",
		"of this license came with the seventh kettle of the house",
		"0-2 true \"\"",
		"2-3 true \"\"",
		"3-4 true \"\"",
		"23-24 false \"all\"",
		"32-33 false \"5\"",
		"44-57 false \"\"",
		"number 5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
