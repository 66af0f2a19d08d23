package detect

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of the copyright lines that are kept of one text.
const (
	maxCopyrights    = 32
	maxCopyrightLine = 200 // bytes
)

// notHolders are words that show a line to be about copyright and no notice of
// it: text of a license, or a form to fill in.
var notHolders = []string{
	"notice", "holder", "owner", "copyright law", "copyright license", "copyright interest", "copyright statement", "copyright and",
	"copyrights", "copyrighted", "copyrightable", "[yyyy]", "<year>", "{yyyy}", "yyyy", "[year]", "{year}", "name of author", "and/or",
}

// copyrights lists the copyright lines of a text, each once, in their order.
func copyrights(text []byte) []string {
	var out []string
	for line := range signed(text) {
		if len(line) > maxCopyrightLine || !hasCopyright(line) {
			continue
		}
		s := strings.TrimSpace(utf8Line(line))
		s = strings.TrimSpace(strings.TrimLeft(s, "/*#;-=>|%\"'`.! \t"))
		s = strings.TrimSpace(strings.TrimRight(s, "*/ \t"))
		low := strings.ToLower(s)
		rest := low
		for _, p := range []string{"portions ", "copyright", "(c)", "©"} {
			rest = strings.TrimSpace(strings.TrimPrefix(rest, p))
		}
		if rest == low || rest == "" || slices.ContainsFunc(notHolders, func(w string) bool { return strings.Contains(low, w) }) {
			continue
		}
		if lettered(low) || inSentence(s) {
			continue
		}
		first, _ := utf8.DecodeRuneInString(rest)
		if !strings.ContainsAny(rest, "0123456789") && !strings.Contains(low, "(c)") && first != '©' && !strings.HasPrefix(low, "copyright ") {
			continue
		}
		if !slices.Contains(out, s) {
			if out = append(out, s); len(out) == maxCopyrights {
				return out
			}
		}
	}
	return out
}

// lettered reports whether a line is clause (c) of a list and no notice: it
// names no year.
func lettered(low string) bool {
	return strings.HasPrefix(low, "(c)") && !strings.ContainsAny(low, "0123456789")
}

// inSentence reports whether a line goes on with a sentence: "copyright
// starting in 2011".
func inSentence(s string) bool {
	rest, ok := strings.CutPrefix(s, "copyright ")
	return ok && rest != "" && 'a' <= rest[0] && rest[0] <= 'z'
}

// utf8Line reads bytes that are no UTF-8 as Latin-1.
func utf8Line(line []byte) string {
	if utf8.Valid(line) {
		return string(line)
	}
	r := make([]rune, len(line))
	for i, b := range line {
		r[i] = rune(b)
	}
	return string(r)
}

// signs are what a copyright line has one of, the last one alone or as a part of
// the sign in UTF-8.
var signs = [...][]byte{[]byte("opyright"), []byte("OPYRIGHT"), []byte("(c)"), []byte("(C)"), {latin1Sign}}

// signed yields the lines of a text that have one of the signs.
func signed(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var next [len(signs)]int // where each sign stands next, from at on
		for i := range next {
			next[i] = -1
		}
		for at := 0; at < len(text); {
			first := len(text)
			for i, sign := range signs {
				if next[i] < at {
					next[i] = indexFrom(text, at, sign)
				}
				first = min(first, next[i])
			}
			if first == len(text) {
				return
			}
			start := at + bytes.LastIndexByte(text[at:first], '\n') + 1
			at = min(len(text), indexFrom(text, first, newline)+1)
			if !yield(text[start:at]) {
				return
			}
		}
	}
}

var newline = []byte("\n")

// indexFrom is where sign stands in text from at on, len(text) if nowhere.
func indexFrom(text []byte, at int, sign []byte) int {
	if n := bytes.Index(text[at:], sign); n >= 0 {
		return at + n
	}
	return len(text)
}

// latin1Sign is © where a text is Latin-1.
const latin1Sign = 0xa9

func hasCopyright(line []byte) bool {
	if bytes.IndexByte(line, latin1Sign) >= 0 && !utf8.Valid(line) {
		return true
	}
	return bytes.Contains(line, []byte("opyright")) || bytes.Contains(line, []byte("OPYRIGHT")) ||
		bytes.Contains(line, []byte("©")) || bytes.Contains(line, []byte("(c)")) || bytes.Contains(line, []byte("(C)"))
}
