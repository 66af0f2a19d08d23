package card

import "bytes"

// front is a front matter: what stands between two lines of three hyphens.
type front struct {
	text []byte
	line int  // of the opening line, from 1
	late bool // other text stands above it, so that the Hub does not see it
	open bool // it has no end
}

// lateSearch is how far into a file a front matter below other text is looked
// for, in bytes.
const lateSearch = 64 << 10

// findFront finds the front matter of a card. Blank lines and a byte order mark
// may stand above it, lines may end in LF, CRLF or CR, as on the Hub; a trailing
// blank behind the hyphens is let through.
func findFront(data []byte) (front, bool) {
	data = bytes.TrimPrefix(data, bom)
	var fm front
	for off, n := 0, 1; off < len(data); n++ {
		line, next := cutLine(data, off)
		if isFence(line) {
			fm = front{line: n}
			fm.text, fm.open = body(data[next:])
			return fm, true
		}
		if len(bytes.TrimSpace(line)) > 0 {
			return findLate(data, off, n)
		}
		off = next
	}
	return fm, false
}

// findLate looks for a front matter below other text: a closed block with a key
// of a card, and not in an example of code.
func findLate(data []byte, off, n int) (front, bool) {
	code := false
	for ; off < min(len(data), lateSearch); n++ {
		line, next := cutLine(data, off)
		if t := bytes.TrimLeft(line, " \t>"); bytes.HasPrefix(t, []byte("```")) || bytes.HasPrefix(t, []byte("~~~")) {
			code = !code
		}
		if !code && isFence(line) {
			text, open := body(data[next:min(len(data), lateSearch)])
			if first, _ := cutLine(text, 0); !open && cardKey.Match(text) && bytes.IndexByte(first, ':') > 0 {
				return front{text: text, line: n, late: true}, true
			}
		}
		off = next
	}
	return front{}, false
}

// body returns the lines up to the closing one.
func body(data []byte) (text []byte, open bool) {
	for off := 0; off < len(data); {
		line, next := cutLine(data, off)
		if isFence(line) {
			return data[:off], false
		}
		off = next
	}
	return data, true
}

func isFence(line []byte) bool { return string(bytes.TrimRight(line, " \t\r")) == "---" }

// cutLine returns the line at off without its end, and where the next begins.
func cutLine(data []byte, off int) (line []byte, next int) {
	i := bytes.IndexAny(data[off:], "\r\n")
	if i < 0 {
		return data[off:], len(data)
	}
	next = off + i + 1
	if data[off+i] == '\r' && next < len(data) && data[next] == '\n' {
		next++
	}
	return data[off : off+i], next
}
