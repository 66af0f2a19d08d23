package rulebase

import (
	"slices"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
	"github.com/rukhsa/rukhsa/internal/detect/phrase"
)

// TestNamesFrom compares what is found by the first word with all names.
func TestNamesFrom(t *testing.T) {
	b := testBase(t)
	want := map[string][]string{}
	for h := range b.Heads() {
		if h.Exception || h.Deprecated && h.Replacement == "" {
			continue
		}
		id := h.ID
		if h.Deprecated {
			id = h.Replacement
		}
		for _, name := range append([]string{h.ID, h.Name}, h.Aliases...) {
			var l lex.Lexer
			l.Reset([]byte(name))
			if w, _, _, ok := l.Next(); ok {
				want[string(w)] = append(want[string(w)], name+" = "+id)
			}
		}
	}
	if len(want["gnu"]) < 10 {
		t.Fatalf("only %d names begin with gnu", len(want["gnu"]))
	}
	for _, none := range []string{"", "a-word-that-no-name-begins-with", "\x00", "zzzz", "ﬀ"} {
		want[none] = nil
	}
	for word, names := range want {
		var got []string
		for name, id := range b.NamesFrom(word) {
			got = append(got, name+" = "+id)
		}
		if !slices.Equal(got, names) {
			t.Errorf("%q: %q, want %q", word, got, names)
		}
	}
}

func TestPhrases(t *testing.T) {
	b := testBase(t)
	set, kinds, ids, err := b.Phrases()
	if err != nil {
		t.Fatal(err)
	}
	words := set.Words([]byte("either license at your option"), 0)
	if hits := set.Find(words); !slices.ContainsFunc(hits, func(h phrase.Hit) bool { return kinds[h.Pattern] == "choice" && ids[h.Pattern] == "" }) {
		t.Errorf("no choice: %v", hits)
	}
	for _, rows := range []string{"words\ta\nnodes\t0\nkinds\tchoice\n", "words\ta\nnodes\t0 4\nkinds\tchoice choice\n", "words\ta\nnodes\t0 4\nkinds\tchoice\nid\t1\tMIT\n"} {
		if _, _, _, err := (&Base{ix: index{secPhrases: rows}}).Phrases(); err == nil {
			t.Errorf("%q is taken", rows)
		}
	}
}
