package plain

import "unicode/utf16"

// utf16 reads UTF-16 that begins at a byte of the file.
func (t *Text) utf16(begin int, bigEndian bool) {
	w := newRewriter(t)
	b := t.Bytes
	for i := begin; i+1 < len(b); i += 2 {
		from := i
		r := unit16(b, i, bigEndian)
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if full := utf16.DecodeRune(r, unit16(b, i+2, bigEndian)); full != '\uFFFD' {
				r = full
				i += 2
			}
		}
		w.rune(r, from)
	}
	w.done()
}

func unit16(b []byte, i int, bigEndian bool) rune {
	if bigEndian {
		return rune(b[i])<<8 | rune(b[i+1])
	}
	return rune(b[i+1])<<8 | rune(b[i])
}

// bare16 reports whether bytes are UTF-16 without a mark: of nine in ten pairs
// the same half is NUL, and the other never.
func bare16(b []byte) (bigEndian, ok bool) {
	var nul [2]int
	for i, c := range b {
		if c == 0 {
			nul[i%2]++
		}
	}
	enough := len(b) / 2 * 9 / 10
	switch {
	case len(b) < 8:
		return false, false
	case nul[0] >= enough && nul[1] == 0:
		return true, true
	case nul[1] >= enough && nul[0] == 0:
		return false, true
	}
	return false, false
}
