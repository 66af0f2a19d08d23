package engine

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// A mutator makes texts out of licensecheck's by the changes that people make
// to license texts.
type mutator struct {
	rand  *rand.Rand
	texts []lctest.Sample
	kinds []mutation
}

type mutation struct {
	name  string
	apply func(m *mutator, text []byte) []byte
}

func newMutator(t testing.TB, seed uint64) *mutator {
	texts := slices.DeleteFunc(lctest.Texts(t), func(s lctest.Sample) bool { return len(s.Body) == 0 })
	return &mutator{rand: rand.New(rand.NewPCG(seed, seed)), texts: texts, kinds: mutations()}
}

// next returns a text and says how it was made.
func (m *mutator) next() (name string, text []byte) {
	s := m.texts[m.rand.IntN(len(m.texts))]
	name, text = s.Name, bytes.Clone(s.Body)
	for range 1 + m.rand.IntN(3) {
		kind := m.kinds[m.rand.IntN(len(m.kinds))]
		name += " " + kind.name
		text = kind.apply(m, text)
	}
	return name, text
}

var (
	wordPattern  = regexp.MustCompile(`[A-Za-z]+`)
	vowelPattern = regexp.MustCompile(`[aeiouAEIOU]`)
	spacePattern = regexp.MustCompile(`\s+`)
)

// mutations is the list of changes. Each is applied to some places of a text.
func mutations() []mutation {
	return []mutation{
		{"typo", words(func(m *mutator, w string) string {
			i := m.rand.IntN(len(w))
			switch letter := string(rune('a' + m.rand.IntN(26))); m.rand.IntN(4) {
			case 0:
				return w[:i] + w[i+1:]
			case 1:
				return w[:i] + letter + w[i:]
			case 2:
				return w[:i] + letter + w[i+1:]
			default:
				return w + letter
			}
		})},
		{"two typos", words(func(m *mutator, w string) string { return "x" + w + "x" })},
		{"joined", places(spacePattern, func(*mutator, string) string { return "" })},
		{"split", words(func(m *mutator, w string) string {
			i := m.rand.IntN(len(w) + 1)
			return w[:i] + []string{" ", "-", "-\n", "\n"}[m.rand.IntN(4)] + w[i:]
		})},
		{"plural", words(func(m *mutator, w string) string { return w + "s" })},
		{"(s)", words(func(m *mutator, w string) string { return w + "(s)" })},
		{"accent", places(vowelPattern, func(m *mutator, v string) string {
			i := strings.Index("aeiouAEIOU", v)
			return string([]rune("áèíòúÀÉÌÓÙ")[i])
		})},
		{"combining", places(vowelPattern, func(m *mutator, v string) string { return v + "\u0301" })},
		{"upper", words(func(m *mutator, w string) string { return strings.ToUpper(w) })},
		{"dropped", words(func(*mutator, string) string { return "" })},
		{"doubled", words(func(m *mutator, w string) string { return w + " " + w })},
		{"foreign", words(func(m *mutator, w string) string { return w + "лицензия许可ſK" })},
		{"canonical", words(func(m *mutator, w string) string {
			return []string{"are", "them", "they", "these", "this", "those", "copies", "is", "the", "copy", "c"}[m.rand.IntN(11)]
		})},
		{"html", words(func(m *mutator, w string) string {
			return []string{"<b>" + w + "</b>", "<p>\n" + w, w + "&nbsp;", "&quot;" + w, "&copy;" + w, "&#169;" + w, "&#xa9; " + w,
				"<a href=\"http://example.com/\">" + w + "</a>", "<http://example.com/" + w + ">", "<me@example.com>" + w,
				"[" + w + "](http://example.com/a_b)", w + " {#" + w + "}", "<" + w}[m.rand.IntN(13)]
		})},
		{"(c)", words(func(m *mutator, w string) string {
			return []string{"(c) " + w, "(C) " + w, "© " + w, "©" + w, "Copyright © " + w, "c. " + w, "copyright " + w}[m.rand.IntN(7)]
		})},
		{"url", words(func(m *mutator, w string) string {
			return w + " " + []string{"http://www.opensource.org/licenses/mit", "https://opensource.org/licenses/UPL/",
				"HTTPS://creativecommons.org/licenses/by/3.0/us/", "https://creativecommons.org/licenses/by-sa/4.0/legalcode",
				"http://www.apache.org/licenses/LICENSE-2.0.", "http://example.com", "httpſ://www.opensource.org/licenses/mit"}[m.rand.IntN(7)] + " "
		})},
		{"header", func(m *mutator, text []byte) []byte {
			return append([]byte(m.pick("Copyright (c) 2019 The Authors. All rights reserved.\n\n",
				"MIT License\n\n", "/*\n", "License\n=======\n", "Copyright 2001-2004, A. Person <a@example.com>\nCopyright © B\n",
				"http://www.opensource.org/licenses/isc\n")), text...)
		}},
		{"wrapped", func(m *mutator, text []byte) []byte { return wrap(text, 20+m.rand.IntN(100)) }},
		{"one line", func(m *mutator, text []byte) []byte { return spacePattern.ReplaceAll(text, []byte(" ")) }},
		{"comment", func(m *mutator, text []byte) []byte {
			prefix := m.pick("// ", "# ", " * ", "> ", "; ", "dnl ", "REM ")
			return []byte(prefix + strings.ReplaceAll(string(text), "\n", "\n"+prefix))
		}},
		{"truncated", func(m *mutator, text []byte) []byte { return text[:m.rand.IntN(len(text)+1)] }},
		{"beheaded", func(m *mutator, text []byte) []byte { return text[m.rand.IntN(len(text)+1):] }},
		{"middle out", func(m *mutator, text []byte) []byte {
			i := m.rand.IntN(len(text) + 1)
			j := min(len(text), i+m.rand.IntN(400))
			return slices.Concat(text[:i], text[j:])
		}},
		{"concatenated", func(m *mutator, text []byte) []byte {
			other := m.texts[m.rand.IntN(len(m.texts))].Body
			return slices.Concat(text, []byte(m.pick("\n", " ", "", "\n-- \nor\n")), other)
		}},
		{"inserted", func(m *mutator, text []byte) []byte {
			other := m.texts[m.rand.IntN(len(m.texts))].Body
			i := m.rand.IntN(len(text) + 1)
			return slices.Concat(text[:i], other, text[i:])
		}},
		{"bytes", func(m *mutator, text []byte) []byte {
			for range min(len(text), 5) {
				text[m.rand.IntN(len(text))] = byte(m.rand.IntN(256))
			}
			return text
		}},
	}
}

func (m *mutator) pick(list ...string) string { return list[m.rand.IntN(len(list))] }

// words changes some words.
func words(change func(*mutator, string) string) func(*mutator, []byte) []byte {
	return places(wordPattern, change)
}

// places changes from one to all places that the pattern matches.
func places(pattern *regexp.Regexp, change func(*mutator, string) string) func(*mutator, []byte) []byte {
	return func(m *mutator, text []byte) []byte {
		n := len(pattern.FindAllIndex(text, -1))
		if n == 0 {
			return text
		}
		odds := []int{1, n, n/2 + 1, n/5 + 1, 5}[m.rand.IntN(5)] // one in odds
		return pattern.ReplaceAllFunc(text, func(w []byte) []byte {
			if m.rand.IntN(odds) > 0 {
				return w
			}
			return []byte(change(m, string(w)))
		})
	}
}

// wrap breaks the text into lines of about that width.
func wrap(text []byte, width int) []byte {
	var out []byte
	line := 0
	for _, w := range bytes.Fields(text) {
		if line+len(w) > width {
			out, line = append(out, '\n'), 0
		}
		out = append(append(out, w...), ' ')
		line += len(w) + 1
	}
	return out
}

// TestMutator: the mutants are the same in every run and differ from the texts.
func TestMutator(t *testing.T) {
	a, b := newMutator(t, 7), newMutator(t, 7)
	kinds := map[string]bool{}
	const count = 120
	for range count {
		name, text := a.next()
		if name2, text2 := b.next(); name != name2 || !bytes.Equal(text, text2) {
			t.Fatalf("%s: %s differs", name, name2)
		}
		for _, k := range a.kinds {
			if strings.Contains(name, " "+k.name) {
				kinds[k.name] = true
			}
		}
	}
	if len(kinds) != len(a.kinds) {
		t.Errorf("%d kinds of mutation in %d mutants, want %d: %v", len(kinds), count, len(a.kinds), kinds)
	}
}
