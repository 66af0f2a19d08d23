package fingerprint

import (
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// split lists the words of a text as they stand in it; those that may number a
// list are marked.
func split(text string) string {
	var l lex.Lexer
	var out []string
	for _, w := range appendWords(nil, &l, []byte(text)) {
		s := text[w.lo:w.hi]
		switch {
		case w.first:
			s = "^" + s
		case w.marker:
			s = "~" + s
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// TestWords: what is a word and what numbers a list.
func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1. One. 2. Two: a) three; (b) four, iv. five.", "One Two three four five"},
		{"Terms\n1. One", "Terms ^1 One"},
		{"Terms 1. One", "Terms ~1 One"},
		{"under version 2. You", "under version ~2 You"},
		{"under version 2.1. You", "under version 2 ~1 You"},
		{"version 2.0 or 3", "version 2 0 or 3"},
		{"see 4(b) there", "see 4 ~b there"},
		{"so (c) Jane", "so ~(c) Jane"},
		{"so, (c) Jane", "so Jane"},
		{"so, (c) 2024 Jane", "so (c) 2024 Jane"},
		{"Copyright © 2024 (C) Jane", "Copyright 2024 (C) Jane"},
		{"over.</p>\n<p class=\"x\">1. One", "over One"},
		{"over;\u00a0 (ii)\u00a0Two", "over Two"},
		{"R&amp;D. AT&amp;T. x&nbsp;2. y", "R ~D AT ~T x ~2 y"},
		{"a <b@example.com> c <http://example.com/d> e", "a b example com c http example com d e"},
		{"許可 する。1. 付", "許 可 す る 付"},
	} {
		if got := split(c.text); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// TestEqualWords: spellings that are one word.
func TestEqualWords(t *testing.T) {
	for _, pair := range [][2]string{
		{"licence", "license"}, {"Authorised", "authorized"}, {"organisations", "organizations"}, {"whilst", "while"},
		{"judgement", "JUDGMENT"}, {"fulfil", "fulfill"}, {"these", "the"}, {"notice(s)", "notices"},
	} {
		var l lex.Lexer
		a, b := appendWords(nil, &l, []byte(pair[0])), appendWords(nil, &l, []byte(pair[1]))
		if len(a) != 1 || len(b) != 1 || a[0].hash != b[0].hash {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	var l lex.Lexer
	seen := map[uint64]bool{}
	for _, w := range appendWords(nil, &l, []byte("rise arise wise no not now advice advise")) {
		if seen[w.hash] {
			t.Error("two different words have the same hash")
		}
		seen[w.hash] = true
	}
}
