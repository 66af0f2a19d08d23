package report

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/diag"
)

func TestPlural(t *testing.T) {
	for _, tt := range []struct {
		n    int
		noun string
		want string
	}{
		{1, "module not in the cache", "1 module not in the cache"},
		{2, "module not in the cache", "2 modules not in the cache"},
		{2, "C library", "2 C libraries"},
		{3, "problem", "3 problems"},
		{0, "kind of error", "0 kinds of error"},
	} {
		if got := plural(tt.n, tt.noun); got != tt.want {
			t.Errorf("plural(%d, %q) = %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}

// Every group of problems can be counted: its first word is a noun that takes an s.
func TestPluralGroups(t *testing.T) {
	for _, g := range diag.Groups {
		noun, rest, _ := strings.Cut(g, " ")
		if !slices.Contains([]string{"module", "package", "requirement", "import"}, noun) {
			t.Errorf("%q does not begin with a noun that can be counted", g)
		}
		if got, want := plural(2, g), "2 "+noun+"s "+rest; got != want {
			t.Errorf("two of %q are %q, want %q", g, got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "… · →": 5, "é": 1, "e\u0301": 1, "漢字": 4, "ｱ": 1, "Ａ": 2, "رخصة": 4, "한": 2, "🙂": 2, "x\u200dy": 2,
	} {
		if got := width(s); got != want {
			t.Errorf("width(%q) = %d, want %d", s, got, want)
		}
		if got := width(pad(s, 9)); got != 9 {
			t.Errorf("pad(%q, 9) has %d columns", s, got)
		}
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"漢字漢", 5, "漢字…"}, {"漢字漢", 4, "漢…"}, {"", 0, ""},
	} {
		if got := clip(tt.in, tt.most); got != tt.want || width(got) > tt.most {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.in, tt.most, got, tt.want)
		}
	}
}

func TestFitting(t *testing.T) {
	names := []string{"one", "two", "three", "four"}
	for room, want := range map[int]string{
		100: "one, two, three, four", 21: "one, two, three, four", 20: "one, two and 2 more", 12: "one and 3 more", 0: "one and 3 more",
	} {
		if got := fitting(names, room); got != want {
			t.Errorf("fitting(%d) = %q, want %q", room, got, want)
		}
	}
}

// A broken line loses no word, begins with the indent, and is too long only
// where a single word is.
func FuzzWrap(f *testing.F) {
	f.Add(strings.Repeat("some words 漢字 ", 40), 11, 11)
	f.Add("a"+strings.Repeat("b", 200)+"  c", 0, 4)
	f.Fuzz(func(t *testing.T, s string, used, indent int) {
		s = Printable(s)
		used, indent = min(max(used, 0), maxWidth), min(max(indent, 0), maxWidth/2)
		got := wrap(s, used, indent)
		if a, b := strings.Fields(s), strings.Fields(got); strings.Join(a, " ") != strings.Join(b, " ") {
			t.Fatalf("wrap(%q) = %q: other words", s, got)
		}
		for i, line := range strings.Split(got, "\n") {
			words := strings.TrimSpace(line)
			if i > 0 && (len(line)-len(strings.TrimLeft(line, " ")) != indent || words == "") {
				t.Errorf("wrap(%q): line %q does not begin at %d", s, line, indent)
			}
			if i == 0 {
				line = strings.Repeat(" ", used) + line
			}
			if width(line) > maxWidth && strings.Contains(words, " ") {
				t.Errorf("wrap(%q): line %q has %d columns", s, line, width(line))
			}
		}
		if !utf8.ValidString(got) {
			t.Errorf("wrap(%q): invalid UTF-8", s)
		}
	})
}
