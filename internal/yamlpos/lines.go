package yamlpos

import (
	"slices"
	"unicode/utf8"
)

// lines turns places as the YAML library counts them into places as editors
// do. The library counts characters, and ends a line at CR, LF, CRLF, NEL, LS
// and PS too; editors end one at CR, LF and CRLF and count UTF-16 units.
//
// Places are mostly asked for in the order of the file, so the last answer is
// kept: a line of a megabyte is then walked once, not once a value. It is not
// safe for concurrent use.
type lines struct {
	data    []byte
	plain   bool  // only ASCII: the two ways to count agree
	library []int // offsets of lines as the library counts; built when needed
	editor  []int // and as editors count
	asked   mark  // the last place: line and column of the library
	given   mark  // the last place: start of the editor's line and UTF-16 units
}

// mark is a known step in a line: count characters or units lead from the
// line's start to off.
type mark struct{ start, count, off int }

func newLines(data []byte) *lines {
	return &lines{
		data:  data,
		plain: !slices.ContainsFunc(data, func(b byte) bool { return b >= utf8.RuneSelf }),
	}
}

// pos converts a 1-based line and a 1-based column in characters. Places
// outside the file are moved to its end.
func (l *lines) pos(line, column int) Pos {
	if line < 1 {
		return Pos{1, 1}
	}
	column = max(column, 1)
	if l.plain {
		return Pos{line, column}
	}
	l.index()
	if line > len(l.library) {
		return l.at(len(l.data))
	}
	m := mark{start: l.library[line-1], off: l.library[line-1]}
	if l.asked.start == m.start && l.asked.count <= column-1 {
		m = l.asked
	}
	for ; m.count < column-1 && m.off < len(l.data); m.count++ {
		_, size := utf8.DecodeRune(l.data[m.off:])
		m.off += size
	}
	l.asked = m
	return l.at(m.off)
}

// at gives the place of an offset as editors count.
func (l *lines) at(off int) Pos {
	l.index()
	i, found := slices.BinarySearch(l.editor, off)
	if !found {
		i--
	}
	m := mark{start: l.editor[i], off: l.editor[i]}
	if l.given.start == m.start && l.given.off <= off {
		m = l.given
	}
	for m.off < off {
		r, size := utf8.DecodeRune(l.data[m.off:])
		m.off += size
		m.count++
		if r > 0xFFFF {
			m.count++ // a surrogate pair
		}
	}
	l.given = m
	return Pos{i + 1, m.count + 1}
}

// index finds where lines begin, by both counts.
func (l *lines) index() {
	if l.editor != nil {
		return
	}
	l.editor, l.library = []int{0}, []int{0}
	for i, b := range l.data {
		switch {
		case b == '\n', b == '\r' && !(i+1 < len(l.data) && l.data[i+1] == '\n'):
			l.editor = append(l.editor, i+1)
			l.library = append(l.library, i+1)
		case b == 0x85 && i > 0 && l.data[i-1] == 0xC2, // NEL
			(b == 0xA8 || b == 0xA9) && i > 1 && l.data[i-1] == 0x80 && l.data[i-2] == 0xE2: // LS, PS
			l.library = append(l.library, i+1)
		}
	}
}
