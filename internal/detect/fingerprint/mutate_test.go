package fingerprint

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
)

// A change is what people and programs do to license texts.
type change struct {
	name  string
	apply func(r *rand.Rand, text []byte) []byte
}

// layouts change how a text looks and none of its words.
var layouts = []change{
	{"as it is", func(_ *rand.Rand, text []byte) []byte { return text }},
	{"wrapped at 60", func(_ *rand.Rand, text []byte) []byte { return wrap(text, 60) }},
	{"commented with //", prefix("// ")},
	{"commented with #", prefix("# ")},
	{"commented with *", prefix(" * ")},
	{"quoted", prefix("> ")},
	{"with CRLF", func(_ *rand.Rand, text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }},
	{"in capitals", func(_ *rand.Rand, text []byte) []byte { return bytes.ToUpper(text) }},
	{"as HTML", asHTML},
	{"as Markdown", asMarkdown},
	{"with other quotes", func(_ *rand.Rand, text []byte) []byte {
		return []byte(strings.NewReplacer(`"`, "“", "'", "’", "`", "‘").Replace(string(text)))
	}},
}

// copyrighted puts a copyright line before a text.
var copyrighted = change{"with a copyright line", func(_ *rand.Rand, text []byte) []byte {
	return append([]byte("Copyright (c) 2024 Jane Doe <jane@example.com>. All rights reserved.\n\n"), text...)
}}

func prefix(p string) func(*rand.Rand, []byte) []byte {
	return func(_ *rand.Rand, text []byte) []byte {
		return append([]byte(p), bytes.ReplaceAll(text, []byte("\n"), []byte("\n"+p))...)
	}
}

// wrap breaks the paragraphs of a text into lines of about that width.
func wrap(text []byte, width int) []byte {
	var out []byte
	for _, p := range bytes.Split(text, []byte("\n\n")) {
		line := 0
		for _, w := range bytes.Fields(p) {
			if line > 0 && line+len(w) > width {
				out, line = append(out, '\n'), 0
			}
			out = append(append(out, w...), ' ')
			line += len(w) + 1
		}
		out = append(out, "\n\n"...)
	}
	return out
}

func asHTML(_ *rand.Rand, text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("&"), []byte("&amp;"))
	text = bytes.ReplaceAll(text, []byte(`"`), []byte("&quot;"))
	text = bytes.ReplaceAll(text, []byte("\n\n"), []byte("</p>\n<p class=\"x\">"))
	return append(append([]byte("<html><body>\n<p>"), text...), "</p></body></html>"...)
}

func asMarkdown(_ *rand.Rand, text []byte) []byte {
	var out []byte
	for i, p := range bytes.Split(text, []byte("\n\n")) {
		switch i % 3 {
		case 0:
			out = append(out, "## "...)
		case 1:
			out = append(out, "* "...)
		default:
			out = append(out, "  **"...)
			p = append(bytes.TrimSpace(p), "**"...)
		}
		out = append(append(out, p...), "\n\n"...)
	}
	return out
}

// plainWord is a word that typos and replacements are made in.
var plainWord = regexp.MustCompile(`\b[a-z]{2,}\b`)

// words returns a change of some of the words of a text, so many in 100.
func words(percent float64, replace func(r *rand.Rand, w string) string) func(*rand.Rand, []byte) []byte {
	return func(r *rand.Rand, text []byte) []byte {
		return plainWord.ReplaceAllFunc(text, func(w []byte) []byte {
			if r.Float64()*100 >= percent {
				return w
			}
			return []byte(replace(r, string(w)))
		})
	}
}

// typo is a word with one letter more, less, changed or in its neighbour's place.
func typo(r *rand.Rand, w string) string {
	i := r.IntN(len(w))
	letter := string(rune('a' + r.IntN(26)))
	switch r.IntN(4) {
	case 0:
		return w[:i] + w[i+1:]
	case 1:
		return w[:i] + letter + w[i:]
	case 2:
		if i+1 < len(w) {
			return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
		}
	}
	return w[:i] + letter + w[i+1:]
}

// foreign is a word that no license has.
const foreign = "bananaxyz"

var (
	misspelt = change{"2 % misspelt", words(2, typo)}
	replaced = change{"2 % replaced", words(2, func(*rand.Rand, string) string { return foreign })}
)

// seeded returns the same random numbers for the same name in every run.
func seeded(name string) *rand.Rand {
	var seed [32]byte
	copy(seed[:], strings.Repeat(name+" ", 32))
	return rand.New(rand.NewChaCha8(seed))
}
