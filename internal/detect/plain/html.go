package plain

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// headSize is how far from its beginning a document shows what it is, in bytes.
const headSize = 1 << 10

// isHTML reports whether a text is a whole HTML document. Tags in other texts
// are dropped by whoever splits them into words.
func isHTML(b []byte) bool {
	head := lowered(b[:min(len(b), headSize)])
	return bytes.Contains(head, []byte("<!doctype html")) || bytes.Contains(head, []byte("<html"))
}

// lowered is a copy with ASCII letters in lower case, at the same places.
func lowered(b []byte) []byte {
	low := bytes.Clone(b)
	for i, c := range low {
		if 'A' <= c && c <= 'Z' {
			low[i] = c | 0x20
		}
	}
	return low
}

// html leaves out scripts and styles and writes characters that are given by
// their numbers. What a style hides is kept: it may be there to be overlooked.
func (t *Text) html() {
	w := newRewriter(t)
	b := t.Bytes
	u := unread{low: lowered(b)}
	for i := 0; i < len(b); {
		if r, n := numbered(b[i:]); n > 0 {
			w.rune(r, i)
			i += n
		} else if end := u.end(i); end > 0 {
			w.rune('\n', i)
			i = end
		} else {
			w.copy(i, i+1)
			i++
		}
	}
	w.done()
}

// unread finds the elements of a document whose content is not for readers.
type unread struct {
	low  []byte // the document in lower case
	open [2]bool
}

// unreadNames are their names. One without an end is read.
var unreadNames = [2]string{"<script", "<style"}

// end returns where the element that begins at byte i ends, 0 where none begins.
func (u *unread) end(i int) int {
	for k, name := range unreadNames {
		if u.open[k] || !bytes.HasPrefix(u.low[i:], []byte(name)) {
			continue
		}
		stop := []byte("</" + name[1:] + ">")
		n := bytes.Index(u.low[i:], stop)
		if n < 0 {
			u.open[k] = true // nor does any later one end
			return 0
		}
		return i + n + len(stop)
	}
	return 0
}

// longestNumber is the length of the longest character by number, in bytes.
const longestNumber = 12

// numbered reads a character that is given by its number (&#169; &#xa9;) and
// returns its size in the text, 0 where none is.
func numbered(b []byte) (rune, int) {
	if len(b) < 4 || b[0] != '&' || b[1] != '#' {
		return 0, 0
	}
	end := bytes.IndexByte(b[:min(len(b), longestNumber)], ';')
	if end < 3 {
		return 0, 0
	}
	digits, base := string(b[2:end]), 10
	if digits[0] == 'x' || digits[0] == 'X' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, 0
	}
	return rune(n), end + 1
}
