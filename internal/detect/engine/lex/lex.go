// Package lex splits a text into words as licensecheck does: lower case,
// without accents on vowels, HTML tags and entities, Markdown anchors and link
// targets; "(c)", "©" and "&copy;" are the word copyright, "notice(s)" is
// notices, and a few words stand for others (see canonical).
//
// The rules are those of google/licensecheck v0.3.1, internal/match/dict.go,
// Copyright 2020 The Go Authors, BSD-3-Clause. Unlike there, no input takes
// more than linear time.
package lex

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Copyright is the word that the signs for it are read as.
const Copyright = "copyright"

// A Lexer is the state of splitting one text. The zero Lexer is an empty text.
type Lexer struct {
	text []byte
	pos  int
	buf  []byte

	// Where the next byte that ends an anchor or a link stands: what keeps a
	// text of nothing but openings from being searched again and again.
	anchorEnd, linkEnd int
}

// maxKept is the size of word buffer that is kept for the next text.
const maxKept = 1 << 10

// Reset begins a new text. The Lexer reads text until the next Reset.
func (l *Lexer) Reset(text []byte) {
	l.text, l.pos, l.anchorEnd, l.linkEnd = text, 0, 0, 0
	if l.buf == nil || cap(l.buf) > maxKept {
		l.buf = make([]byte, 0, 64)
	}
}

// Next returns the next word and its place in the text, text[lo:hi], or ok =
// false at the end. The word is valid until the next call.
func (l *Lexer) Next() (word []byte, lo, hi int, ok bool) {
	text := l.text
	for l.pos < len(text) {
		switch c := text[l.pos]; {
		case isLetterOrDigit(c):
			word, lo, hi = l.word(0)
			return word, lo, hi, true

		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[l.pos:])
			switch {
			case r == '©':
				l.pos += size
				return append(l.buf[:0], Copyright...), l.pos - size, l.pos, true
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				word, lo, hi = l.word(size)
				return word, lo, hi, true
			}
			l.pos += size

		default:
			size := 1
			switch c {
			case '<':
				size = max(1, TagSize(text[l.pos:]))
			case '{':
				size = max(1, l.anchorSize())
			case ']':
				size = max(1, l.linkSize())
			case '&':
				size = max(1, entitySize(text[l.pos:]))
			}
			l.pos += size
			if size == len("&copy;") && c == '&' && string(text[l.pos-size:l.pos]) == "&copy;" {
				return append(l.buf[:0], Copyright...), l.pos - size, l.pos, true
			}
		}
	}
	return nil, len(text), len(text), false
}

// word reads the word that starts at l.pos; first is the size of its first
// rune when that is not ASCII.
func (l *Lexer) word(first int) (word []byte, lo, hi int) {
	text, lo, i := l.text, l.pos, l.pos
	w := l.buf[:0]
	if first > 0 {
		w = AppendFold(w, text[i:i+first])
		i += first
	}
	for i < len(text) {
		c := text[i]
		if isLetterOrDigit(c) {
			w = append(w, lower(c))
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRune(text[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		w = appendFoldRune(w, r)
		i += size
	}
	if i+3 <= len(text) && text[i] == '(' && string(text[i:i+3]) == "(s)" {
		w = append(w, 's')
		i += 3
	}
	l.buf, l.pos, hi = w, i, i
	if len(w) == 1 && w[0] == 'c' && lo > 0 && text[lo-1] == '(' && hi < len(text) && text[hi] == ')' {
		return append(w[:0], Copyright...), lo - 1, hi + 1
	}
	return canonical(w), lo, hi
}

// Canonical returns the word that w is read as, w being in the form that
// AppendFold makes. It may change w.
func Canonical(w []byte) []byte { return canonical(w) }

// canonical returns the word that w is read as.
func canonical(w []byte) []byte {
	if len(w) < 3 || len(w) > 6 {
		return w
	}
	switch string(w) {
	case "https":
		return w[:4]
	case "are":
		return append(w[:0], "is"...)
	case "them", "they":
		return append(w[:0], "it"...)
	case "these", "this", "those":
		return append(w[:0], "the"...)
	case "copies":
		return append(w[:0], "copy"...)
	}
	return w
}

// AppendFold appends s in the form that words are compared in (lower case, no
// accents on vowels, no parentheses), without canonical rewriting.
func AppendFold(dst, s []byte) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c != '(' && c != ')' {
				dst = append(dst, lower(c))
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		dst = appendFoldRune(dst, r)
		i += size
	}
	return dst
}

// appendFoldRune appends the folded form of r.
func appendFoldRune(dst []byte, r rune) []byte {
	for { // down to a smaller rune of the same letter while there is one next
		next := unicode.SimpleFold(r)
		if next >= r {
			break
		}
		r = next
	}
	switch r {
	case 'Á', 'À':
		r = 'a'
	case 'É', 'È':
		r = 'e'
	case 'Í', 'Ì':
		r = 'i'
	case 'Ó', 'Ò':
		r = 'o'
	case 'Ú', 'Ù':
		r = 'u'
	}
	if r < utf8.RuneSelf {
		return append(dst, lower(byte(r)))
	}
	return utf8.AppendRune(dst, r)
}

func isLetterOrDigit(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// TagSize returns the length of the HTML tag that t begins with, which is no word,
// or 0. <me@example.com> and <http://example.com> are kept.
func TagSize(t []byte) int {
	if len(t) < 3 {
		return 0
	}
	i := 1
	if t[i] == '/' {
		i++
	}
	if c := t[i] | 0x20; c < 'a' || 'z' < c {
		return 0
	}
	space, lines := false, 0
	for ; i < len(t); i++ {
		switch t[i] {
		case '@':
			if !space {
				return 0
			}
		case ':':
			if !space && i+1 < len(t) && t[i+1] == '/' {
				return 0
			}
		case '\r', '\n':
			if lines++; lines > 2 {
				return 0
			}
		case '<':
			return 0
		case '>':
			return i + 1
		case ' ':
			space = true
		}
	}
	return 0
}

// entitySize returns the length of the HTML entity that t begins with, or 0.
func entitySize(t []byte) int {
	i, ok := 1, func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	if len(t) >= 3 && t[1] == '#' {
		i, ok = 2, func(c byte) bool { return '0' <= c && c <= '9' }
		if t[2] == 'x' {
			i, ok = 3, func(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
		}
	}
	first := i
	for i < len(t) && ok(t[i]) {
		i++
	}
	if i > first && i < len(t) && t[i] == ';' {
		return i + 1
	}
	return 0
}

// anchorSize returns the length of the Markdown anchor at l.pos ({#head}), or 0.
func (l *Lexer) anchorSize() int {
	t := l.text[l.pos:]
	if len(t) < 4 || t[1] != '#' {
		return 0
	}
	if l.anchorEnd < l.pos+2 {
		l.anchorEnd = len(l.text)
		if n := bytes.IndexAny(t[2:], "} \r\n"); n >= 0 {
			l.anchorEnd = l.pos + 2 + n
		}
	}
	if l.anchorEnd < len(l.text) && l.text[l.anchorEnd] == '}' {
		return l.anchorEnd + 1 - l.pos
	}
	return 0
}

// linkSize returns the length of the Markdown link target at l.pos
// (](http://example.com)), or 0.
func (l *Lexer) linkSize() int {
	t := l.text[l.pos:]
	if len(t) < 2 || t[1] != '(' || !isLinkTarget(t[2:]) {
		return 0
	}
	if l.linkEnd < l.pos+2 {
		l.linkEnd = len(l.text)
		if n := bytes.IndexAny(t[2:], ") \t\r\n"); n >= 0 {
			l.linkEnd = l.pos + 2 + n
		}
	}
	if l.linkEnd < len(l.text) && l.text[l.linkEnd] == ')' {
		return l.linkEnd + 1 - l.pos
	}
	return 0
}

func isLinkTarget(t []byte) bool {
	for _, prefix := range [...]string{"http://", "https://", "mailto:", "file:", "#"} {
		if len(t) >= len(prefix) && string(t[:len(prefix)]) == prefix {
			return true
		}
	}
	return false
}
