package plain

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// invisible reports whether a character is not seen and would split a word: soft
// hyphens, zero-width spaces and joiners, marks of direction, variation selectors,
// tags.
func invisible(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x034f, r == 0x180e, 0x200b <= r && r <= 0x200f, r == 0x202a, r == 0x202b, r == 0x202c,
		0x2060 <= r && r <= 0x2064, 0x2066 <= r && r <= 0x2069, 0xfe00 <= r && r <= 0xfe0f, r == 0xfeff, 0xe0000 <= r && r <= 0xe007f:
		return true
	}
	return false
}

// fullWidth are the ASCII characters as wide as Chinese ones.
const (
	fullWidthFirst = 0xff01
	fullWidthLast  = 0xff5e
	fullWidthShift = 0xff01 - '!'
)

// visible leaves out what nobody sees, and writes full-width letters as letters.
func (t *Text) visible() {
	odd := func(r rune) bool { return invisible(r) || fullWidthFirst <= r && r <= fullWidthLast }
	if !t.contains(odd) {
		return
	}
	w := newRewriter(t)
	for i := 0; i < len(t.Bytes); {
		r, n := utf8.DecodeRune(t.Bytes[i:])
		switch {
		case invisible(r):
		case odd(r):
			w.rune(r-fullWidthShift, i)
		default:
			w.copy(i, i+n)
		}
		i += n
	}
	w.done()
}

// contains reports whether a character outside of ASCII is as asked for.
func (t *Text) contains(as func(rune) bool) bool {
	for i := 0; i < len(t.Bytes); {
		if t.Bytes[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(t.Bytes[i:])
		if as(r) {
			return true
		}
		i += n
	}
	return false
}

// alike are the scripts with letters that look like Latin ones.
var alike = []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu}

// unlike says where a text reads otherwise than it looks: a word has letters of
// two alphabets that look alike, letters are mathematical signs, or the direction
// of the text is turned round.
func (t *Text) unlike() string {
	latin, other := false, false
	for i := 0; i < len(t.Bytes); {
		r, n := rune(t.Bytes[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRune(t.Bytes[i:])
		}
		switch {
		case r < utf8.RuneSelf && ('a' <= r|0x20 && r|0x20 <= 'z'):
			latin = true
		case r < utf8.RuneSelf:
			latin, other = false, false
		case r == 0x202d || r == 0x202e:
			return fmt.Sprintf("line %d: the direction of the text is turned round", t.line(i))
		case 0x1d400 <= r && r <= 0x1d7ff:
			return fmt.Sprintf("line %d: mathematical signs stand for letters", t.line(i))
		case r != 'µ' && unicode.In(r, alike...):
			other = true
		case !unicode.IsLetter(r) && !invisible(r):
			latin, other = false, false
		}
		if latin && other {
			return fmt.Sprintf("line %d: a word mixes letters of two alphabets that look alike", t.line(i))
		}
		i += n
	}
	return ""
}

// line is the number of the line of byte i, from 1.
func (t *Text) line(i int) int { return 1 + bytes.Count(t.Bytes[:i], []byte("\n")) }
