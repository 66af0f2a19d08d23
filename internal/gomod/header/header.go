// Package header reads the beginning of a Go source file: build constraints,
// package clause and imports, and what only some imports make worth reading:
// the #cgo lines above import "C" and the //go:embed lines of a file that
// imports "embed". It answers as go/build does, without building a syntax tree.
package header

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// Status says how reading ended.
type Status uint8

// What became of a header.
const (
	OK     Status = iota
	More          // the text ended before the header did: call again with more of the file
	Syntax        // not Go before the imports end; Imports is empty then, the rest holds
	Dead          // the file counts for nothing: its constraint cannot be parsed, or it holds a NUL
)

// Header is what a file says before its first declaration. The byte slices
// point into the text that was parsed and are good as long as that is.
type Header struct {
	Status  Status
	Build   []byte   // the //go:build line, nil where there is none
	Plus    []byte   // where Build is nil: the region whose // +build lines count, nil where it has none
	Package []byte   // name in the package clause
	Imports []Import // in order, duplicates included
	Comment int      // offset of the first byte after the leading comments
	End     int      // offset of the first byte after the imports
	Cgo     bool     // imports "C"
	Embed   bool     // imports "embed"

	start int // after a byte order mark
}

// Import is an import declaration.
type Import struct {
	Path []byte
	Doc  []byte // of import "C": the comments directly above, as written
}

var bom = []byte{0xef, 0xbb, 0xbf}

// Parse reads the header of src into h, reusing its memory. whole says that
// src is all of the file.
func (h *Header) Parse(src []byte, whole bool) {
	*h = Header{Imports: h.Imports[:0]}
	if bytes.HasPrefix(src, bom) {
		h.start = len(bom)
	}
	if !h.constraints(src, whole) || h.Status == Dead {
		return
	}
	p := parser{src: src, pos: h.Comment, whole: whole}
	p.file(h)
	if h.Status == More {
		return
	}
	// go/build takes a NUL for an error of reading, and the scanner takes
	// bytes that are no UTF-8 for an error of syntax.
	read := src[h.start:h.End]
	if bytes.IndexByte(src[h.start:min(h.End+1, len(src))], 0) >= 0 {
		h.Status, h.Imports = Dead, h.Imports[:0]
	} else if !utf8.Valid(read) {
		h.Status, h.Imports = Syntax, h.Imports[:0]
	}
}

// constraints finds the lines that limit where a file is built, as
// parseFileHeader of go/build does. It is false when src ends too early.
func (h *Header) constraints(src []byte, whole bool) bool {
	end := h.start // after the last blank line before anything but // comments
	ended, inBlock := false, false
	pos := h.start
	for pos < len(src) {
		lineStart := pos
		line := src[pos:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, pos = line[:i], pos+i+1
		} else if whole {
			pos = len(src)
		} else {
			h.Status = More
			return false
		}
		line = trim(line)
		if len(line) == 0 && !ended {
			end = pos
			continue
		}
		slashes := len(line) >= 2 && line[0] == '/' && line[1] == '/'
		if !slashes {
			ended = true
		} else if !inBlock {
			if isGoBuild(line) {
				if h.Build != nil {
					h.Status = Dead
					return true
				}
				h.Build = line
			}
			continue
		}
		if text := skipComments(line, &inBlock); text >= 0 {
			h.Comment = lineStart
			h.plus(src[h.start:end])
			return true
		}
	}
	if !whole {
		h.Status = More
		return false
	}
	h.Comment = len(src)
	h.plus(src[h.start:end])
	return true
}

func (h *Header) plus(region []byte) {
	if h.Build == nil && bytes.Contains(region, []byte("+build")) {
		h.Plus = region
	}
}

// skipComments goes over the comments of a line and returns where other text
// starts, -1 for nowhere.
func skipComments(line []byte, inBlock *bool) int {
	at := 0
	for {
		rest := line[at:]
		if *inBlock {
			i := bytes.Index(rest, []byte("*/"))
			if i < 0 {
				return -1
			}
			*inBlock = false
			at += i + 2
			continue
		}
		n := len(rest) - len(bytes.TrimLeftFunc(rest, unicode.IsSpace))
		at, rest = at+n, rest[n:]
		switch {
		case len(rest) == 0, len(rest) > 1 && rest[0] == '/' && rest[1] == '/':
			return -1
		case len(rest) > 1 && rest[0] == '/' && rest[1] == '*':
			*inBlock = true
			at += 2
		default:
			return at
		}
	}
}

// trim is bytes.TrimSpace, quick for the common case.
func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	if n := len(b); n > 0 && (b[n-1] <= ' ' || b[n-1] >= utf8.RuneSelf || b[0] <= ' ' || b[0] >= utf8.RuneSelf) {
		return bytes.TrimSpace(b)
	}
	return b
}

func isGoBuild(line []byte) bool {
	const mark = "//go:build"
	if len(line) < len(mark) || string(line[:len(mark)]) != mark {
		return false
	}
	rest := line[len(mark):]
	return len(rest) == 0 || len(bytes.TrimSpace(rest)) < len(rest)
}
