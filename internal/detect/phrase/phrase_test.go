package phrase

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          string // places and ends of hits
	}{
		{"at your option", "or, at your Option, any", "1-4"},
		{"either (of|license)", "either of these, either license", "0-2 3-5"},
		{"[is] licensed under", "is licensed under", "0-3 1-3"},
		{"a *2 z", "a z z z z", "0-4"},
		{"a *2 z", "a b c d z", ""},
		{"a *3", "a b", "0-2"},
		{"(a b|a) [b] c", "a b c", "0-3"},
		{"(a|) b", "a b", "0-2 1-2"},
		{"x (a|b (c|d *2)) y", "x b d 1 2 y", "0-6"},
		{"this (c) x", "THESE © X", ""},
		{"these copyright x", "THIS © X", "0-3"},
		{"multi-licensed", "multi licensed", "0-2"},
	} {
		s, err := New([]string{c.pattern})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range s.Find(s.Words([]byte(c.text), 0)) {
			got = append(got, fmt.Sprintf("%d-%d", h.Start, h.End))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s in %q: %q, want %q", c.pattern, c.text, g, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	s, err := New([]string{"one two"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Word{{0, 10, 13}, {-1, 15, 20}, {1, 21, 24}}
	if got := s.Words([]byte("One, three two"), 10); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := s.Words([]byte(" <br> "), 0); got != nil {
		t.Errorf("no words: %v", got)
	}
}

func TestErrors(t *testing.T) {
	for pattern, want := range map[string]string{
		"a b)":   `nothing opens the ")"`,
		"a (b":   `no ')' closes it`,
		"a [b)":  `no ']' closes it`,
		"a *":    "a gap is * and a number",
		"a *100": "a gap is * and a number",
		"a *0":   "a gap is * and a number",
		"":       "has to begin with a word",
		"[a]":    "has to begin with a word",
		"*2 a":   "has to begin with a word",
		"(a|*2)": "has to begin with a word",
	} {
		if _, err := New([]string{"fine", pattern}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", pattern, err, want)
		}
	}
}

// TestParse: a program that would not end or would lead out of the list is an
// error.
func TestParse(t *testing.T) {
	set, err := New([]string{"a (b|c)", "d *2 e"})
	if err != nil {
		t.Fatal(err)
	}
	words, nodes := set.Text()
	if _, err := Parse(words, nodes); err != nil {
		t.Fatal(err)
	}
	if s, err := Parse("", ""); err != nil || s.Len() != 0 || s.Find(s.Words([]byte("a b"), 0)) != nil {
		t.Errorf("nothing: %v", err)
	}
	numbers := strings.Fields(nodes)
	bad := [][2]string{{"a b", nodes}, {words, nodes + " 0"}, {words, nodes + " x"}, {words, nodes + " -1"}}
	for i := range numbers {
		with := func(op op, arg int) string {
			list := slices.Clone(numbers)
			list[i] = fmt.Sprint(arg*int(ops) + int(op))
			return strings.Join(list, " ")
		}
		bad = append(bad, [2]string{words, with(opJump, i)}, [2]string{words, with(opSplit, 0)}, [2]string{words, with(opJump, len(numbers))},
			[2]string{words, with(opWord, 99)}, [2]string{words, with(opGap, 0)})
	}
	for _, b := range bad {
		if _, err := Parse(b[0], b[1]); err == nil {
			t.Errorf("%q, %q is taken", b[0], b[1])
		}
	}
}

// any stands for a word that a gap takes.
const any = "?"

// drawn makes a pattern and all lists of words that it stands for.
func drawn(r *rand.Rand, depth int) (pattern string, lists [][]string) {
	lists = [][]string{nil}
	add := func(more [][]string) {
		var all [][]string
		for _, a := range lists {
			for _, b := range more {
				all = append(all, append(slices.Clone(a), b...))
			}
		}
		lists = all
	}
	for range 1 + r.IntN(3) {
		kind := r.IntN(6)
		if depth == 0 {
			kind = min(kind, 3)
		}
		switch kind {
		case 3:
			n := 1 + r.IntN(2)
			gap := [][]string{nil}
			for k := 1; k <= n; k++ {
				gap = append(gap, slices.Repeat([]string{any}, k))
			}
			pattern += fmt.Sprintf(" *%d", n)
			add(gap)
		case 4, 5:
			var alts []string
			var all [][]string
			for range 1 + r.IntN(3) {
				p, l := drawn(r, depth-1)
				alts, all = append(alts, p), append(all, l...)
			}
			open, end := " (", ") "
			if kind == 5 {
				open, end, all = " [", "] ", append(all, nil)
			}
			pattern += open + strings.Join(alts, "|") + end
			add(all)
		default:
			w := string(rune('k' + r.IntN(3)))
			pattern += " " + w
			add([][]string{{w}})
		}
	}
	return pattern, lists
}

// longest is where the longest of the lists ends that words begin with.
func longest(lists [][]string, words []string) int {
	best := -1
	for _, l := range lists {
		ok := len(l) <= len(words)
		for i := 0; ok && i < len(l); i++ {
			ok = l[i] == any || l[i] == words[i]
		}
		if ok {
			best = max(best, len(l))
		}
	}
	return best
}

// TestDrawn compares Find with a search through all that a pattern stands for.
func TestDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	hits := 0
	for range 1000 {
		var patterns []string
		var lists [][][]string
		for range 1 + r.IntN(3) {
			p, l := drawn(r, 2)
			if len(l) > 400 {
				continue
			}
			for i := range l {
				l[i] = append([]string{"m"}, l[i]...)
			}
			patterns, lists = append(patterns, "m "+p), append(lists, l)
		}
		s, err := New(patterns)
		if err != nil {
			t.Fatal(err)
		}
		if s, err = Parse(s.Text()); err != nil || s.Len() != len(patterns) {
			t.Fatalf("%q read back: %v", patterns, err)
		}
		var words []string
		for range 12 {
			words = append(words, string(rune('k'+r.IntN(4))))
		}
		var want []Hit
		for i := range words {
			for p, l := range lists {
				if n := longest(l, words[i:]); n >= 0 {
					want = append(want, Hit{p, i, i + n})
				}
			}
		}
		if got := s.Find(s.Words([]byte(strings.Join(words, " ")), 0)); !slices.Equal(got, want) {
			t.Fatalf("%q in %v: %v, want %v", patterns, words, got, want)
		}
		hits += len(want)
	}
	if hits < 300 {
		t.Errorf("only %d hits", hits)
	}
}

func FuzzParse(f *testing.F) {
	set, err := New([]string{"a (b|c *3) [d]", "a b"})
	if err != nil {
		f.Fatal(err)
	}
	words, nodes := set.Text()
	f.Add(words, nodes, "a b c")
	f.Fuzz(func(t *testing.T, words, nodes, text string) {
		if len(nodes) > 100 {
			t.Skip()
		}
		if s, err := Parse(words, nodes); err == nil {
			s.Find(s.Words([]byte(text), 0))
		}
	})
}

func FuzzNew(f *testing.F) {
	f.Add("a (b|c *3) [d]", "a b d")
	f.Add("(a|[b]) c", "b c")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || strings.Count(pattern, "*")+strings.Count(pattern, "|")+strings.Count(pattern, "[") > 6 {
			t.Skip() // patterns are ours; nested gaps cost their product
		}
		s, err := New([]string{pattern})
		if err != nil {
			return
		}
		words := s.Words([]byte(text), 0)
		for _, h := range s.Find(words) {
			if h.Pattern != 0 || h.Start < 0 || h.End <= h.Start || h.End > len(words) {
				t.Fatalf("%q in %q: %v", pattern, text, h)
			}
		}
	})
}
