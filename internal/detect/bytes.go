package detect

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// decode gives the text that bytes hold as UTF-8, and for a place in it the
// place in the bytes. The reason says why bytes are no text.
func decode(raw []byte) (text []byte, at func(int) int, reason string) {
	same := func(i int) int { return i }
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		text, at = decode16(raw[2:], raw[0] == 0xfe, 2)
		if bytes.IndexByte(text, 0) >= 0 {
			return nil, same, "not a text: it holds NUL"
		}
		return text, at, ""
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, same, "not a text: it holds NUL"
	}
	if !slices.ContainsFunc(raw, func(c byte) bool { return c >= utf8.RuneSelf }) {
		return raw, same, ""
	}
	if line := mixedScript(raw); line > 0 {
		return nil, same, fmt.Sprintf("line %d: a word mixes letters of two alphabets that look alike", line)
	}
	if text, at, ok := withoutInvisible(raw); ok {
		return text, at, ""
	}
	return raw, same, ""
}

// invisible reports whether a rune inside a word is not seen: soft hyphens,
// zero-width spaces and joiners, word joiners, byte order marks.
func invisible(r rune) bool {
	return r == 0xad || 0x200b <= r && r <= 0x200d || r == 0x2060 || r == 0xfeff
}

// withoutInvisible leaves out what nobody sees and what would split words; ok is
// false where there is nothing of it.
func withoutInvisible(raw []byte) (text []byte, at func(int) int, ok bool) {
	if bytes.IndexFunc(raw, invisible) < 0 {
		return nil, nil, false
	}
	starts := make([]int, 0, len(raw))
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		if !invisible(r) {
			text = append(text, raw[i:i+n]...)
			for k := range n {
				starts = append(starts, i+k)
			}
		}
		i += n
	}
	return text, func(i int) int {
		if i < len(starts) {
			return starts[i]
		}
		return len(raw)
	}, true
}

// mixedScript returns the line of the first word that has Latin letters and
// Cyrillic or Greek ones, 0 without one: such a word reads as another than it is.
func mixedScript(raw []byte) int {
	latin, other := false, false
	for i := 0; i < len(raw); {
		r, n := utf8.DecodeRune(raw[i:])
		switch {
		case r < utf8.RuneSelf && ('a' <= r|0x20 && r|0x20 <= 'z'):
			latin = true
		case r < utf8.RuneSelf:
			latin, other = false, false
		case unicode.Is(unicode.Cyrillic, r) || unicode.Is(unicode.Greek, r) && r != 'µ':
			other = true
		case !unicode.IsLetter(r) && !invisible(r):
			latin, other = false, false
		}
		if latin && other {
			return lineOf(raw, i)
		}
		i += n
	}
	return 0
}

// decode16 reads UTF-16 that begins at offset base of the file.
func decode16(b []byte, bigEndian bool, base int) ([]byte, func(int) int) {
	var out []byte
	var starts []int // of each byte of out, in b
	for i := 0; i+1 < len(b); i += 2 {
		from := i
		r := unit16(b, i, bigEndian)
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if full := utf16.DecodeRune(r, unit16(b, i+2, bigEndian)); full != utf8.RuneError {
				r = full
				i += 2
			}
		}
		n := len(out)
		out = utf8.AppendRune(out, r)
		for range out[n:] {
			starts = append(starts, from)
		}
	}
	return out, func(i int) int {
		if i < len(starts) {
			return base + starts[i]
		}
		return base + len(b)
	}
}

func unit16(b []byte, i int, bigEndian bool) rune {
	if bigEndian {
		return rune(b[i])<<8 | rune(b[i+1])
	}
	return rune(b[i+1])<<8 | rune(b[i])
}

// lineOf returns the number of the line that holds byte i, from 1.
func lineOf(text []byte, i int) int {
	return 1 + bytes.Count(text[:min(i, len(text))], []byte("\n"))
}

// maxShown is how much of a stretch is shown, in runes.
const maxShown = 160

// shown is a stretch in one line, cut where it is long.
func shown(b []byte) string {
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(b), "�")), " ")
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	r := []rune(s)
	return string(r[:maxShown]) + "…"
}

// versioned reports whether an id says if later versions count.
func versioned(id string) bool {
	return strings.HasSuffix(id, suffixOnly) || strings.HasSuffix(id, suffixLater)
}

// SPDX's endings of ids that say which versions of a license count.
const (
	suffixOnly  = "-only"
	suffixLater = "-or-later"
)

// twin returns the id of the same version with the other ending, "" where there
// is none.
func twin(id, suffix string, list *spdx.List) string {
	base := strings.TrimSuffix(strings.TrimSuffix(id, suffixOnly), suffixLater)
	if base == id {
		return ""
	}
	if e, ok := list.License(base + suffix); ok {
		return e.ID
	}
	return ""
}
