// Package header reads the beginning of a Go source file: build constraints,
// package clause and imports, and what only some imports make worth reading:
// the #cgo lines above import "C" and the //go:embed lines of a file that
// imports "embed". It answers as go/build does, without building a syntax tree.
package header

import (
	"bytes"
	"go/token"
	"strconv"
	"strings"
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

// parser goes over the package clause and the imports.
type parser struct {
	src   []byte
	pos   int
	whole bool
	more  bool // ran into the end of a text that is not whole
	open  bool // ran into the end of the file in a comment

	doc, docEnd int // comments directly above pos: src[doc:docEnd], both 0 for none
}

// file reads from the package clause on.
func (p *parser) file(h *Header) {
	ok := p.clause(h)
	for next := ok; next; {
		if next, ok = p.next(); next {
			ok = p.decl(h)
			next = ok
		}
	}
	h.End = min(p.pos, len(p.src))
	switch {
	case p.more:
		h.Status, h.Imports = More, h.Imports[:0]
	case !ok || p.open:
		h.Status, h.Imports = Syntax, h.Imports[:0]
	}
}

func (p *parser) clause(h *Header) bool {
	p.space()
	if !p.word("package") {
		return false
	}
	p.space()
	start := p.pos
	if !p.ident() {
		return false
	}
	h.Package = p.src[start:p.pos]
	return true
}

// next goes over the end of a clause or declaration and the word import.
// go/build hands the text to the parser only up to the first byte that cannot
// start that word, so that such a byte ends a declaration as a line break does.
func (p *parser) next() (found, ok bool) {
	newline := p.space()
	switch c := p.peek(); {
	case c == ';' && newline:
		return false, true // an empty declaration: the parser looks for no more imports
	case c == ';':
		p.pos++
		p.space()
		return p.importWord(), true
	case newline:
		return p.importWord(), true
	default:
		return false, c != 'i' && c != '/'
	}
}

// importWord goes over the word import if it is next, and else over a word that
// go/build takes for it until it knows better, which it then reads whole.
func (p *parser) importWord() bool {
	if p.word("import") {
		return true
	}
	if p.peek() == 'i' {
		for p.pos < len(p.src) && identByte(p.src[p.pos]) {
			p.pos++
		}
	}
	return false
}

// decl reads what follows the word import.
func (p *parser) decl(h *Header) bool {
	doc, docEnd := p.doc, p.docEnd
	p.space()
	if p.peek() != '(' {
		return p.spec(h, doc, docEnd)
	}
	p.pos++
	first := len(h.Imports)
	for newline := true; ; {
		if p.space() {
			newline = true
		}
		if p.peek() == ')' {
			break
		}
		if !newline || !p.spec(h, p.doc, p.docEnd) {
			return false
		}
		newline = p.space()
		if p.peek() == ';' && !newline {
			p.pos++
			newline = true
		}
	}
	p.pos++
	// The comment above a group of one counts where its import has none.
	if len(h.Imports) == first+1 && h.Imports[first].Doc == nil && string(h.Imports[first].Path) == "C" && docEnd > doc {
		h.Imports[first].Doc = p.src[doc:docEnd]
	}
	return true
}

// spec reads an optional name and a path.
func (p *parser) spec(h *Header, doc, docEnd int) bool {
	if c := p.peek(); c == '.' {
		p.pos++
		p.space()
	} else if c != '"' && c != '`' {
		if !p.ident() || p.space() {
			return false
		}
	}
	path, ok := p.str()
	if !ok || !validPath(path) {
		return false
	}
	im := Import{Path: path}
	switch string(path) {
	case "C":
		h.Cgo = true
		if docEnd > doc {
			im.Doc = p.src[doc:docEnd]
		}
	case "embed":
		h.Embed = true
	}
	h.Imports = append(h.Imports, im)
	return true
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	p.more = p.more || !p.whole
	return 0
}

// word goes over w if it is next and no letter follows.
func (p *parser) word(w string) bool {
	rest := p.src[min(p.pos, len(p.src)):]
	if len(rest) <= len(w) && !p.whole && strings.HasPrefix(w, string(rest)) {
		p.more = true
		return false
	}
	if len(rest) < len(w) || string(rest[:len(w)]) != w || len(rest) > len(w) && identByte(rest[len(w)]) {
		return false
	}
	p.pos += len(w)
	return true
}

func identByte(c byte) bool {
	return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '_' || c >= utf8.RuneSelf
}

// ident goes over an identifier that is no keyword.
func (p *parser) ident() bool {
	start := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if c < utf8.RuneSelf {
			if !identByte(c) || p.pos == start && '0' <= c && c <= '9' {
				break
			}
			p.pos++
			continue
		}
		if !p.whole && !utf8.FullRune(p.src[p.pos:]) {
			p.pos = len(p.src)
			break
		}
		r, n := utf8.DecodeRune(p.src[p.pos:])
		if !unicode.IsLetter(r) && (p.pos == start || !unicode.IsDigit(r)) {
			return false // go/build counts every such byte as part of the name
		}
		p.pos += n
	}
	if p.pos == len(p.src) {
		p.more = p.more || !p.whole
	}
	return p.pos > start && !token.IsKeyword(string(p.src[start:p.pos]))
}

// str reads a string literal and returns what it stands for.
func (p *parser) str() ([]byte, bool) {
	quote := p.peek()
	if quote != '"' && quote != '`' {
		return nil, false
	}
	start := p.pos
	plain := true
	for i := start + 1; i < len(p.src); i++ {
		switch c := p.src[i]; {
		case c == quote:
			p.pos = i + 1
			if plain {
				return p.src[start+1 : i], true
			}
			s, err := strconv.Unquote(string(p.src[start : i+1]))
			return []byte(s), err == nil
		case c == '\n' && quote == '"':
			p.pos = i
			return nil, false
		case c == '\\' && quote == '"':
			plain = false
			i++
		case c == '\r':
			plain = false
		}
	}
	p.pos = len(p.src)
	p.more = p.more || !p.whole
	return nil, false
}

// space goes over blanks and comments and reports whether it went over a line
// break (a block comment with one counts as one). It keeps the comments
// directly above what follows: no blank line between, and not on the line of
// what comes before or after.
func (p *parser) space() (newline bool) {
	p.doc, p.docEnd = 0, 0
	lines := 0 // line breaks since the last comment
	for p.pos < len(p.src) {
		switch p.src[p.pos] {
		case ' ', '\t', '\r':
			p.pos++
			continue
		case '\n':
			newline = true
			if lines++; lines > 1 {
				p.doc, p.docEnd = 0, 0
			}
			p.pos++
			continue
		case '/':
			start, own := p.pos, newline
			if p.comment(&newline) {
				lines = 0
				if p.docEnd == 0 {
					p.doc = start
				}
				if p.docEnd = p.pos; !own {
					p.docEnd = 0
				}
				continue
			}
		}
		if lines != 1 {
			p.doc, p.docEnd = 0, 0
		}
		return newline
	}
	p.more = p.more || !p.whole
	return newline
}

// comment goes over one comment; a line comment's line break stays.
func (p *parser) comment(newline *bool) bool {
	rest := p.src[p.pos:]
	n := -1
	switch {
	case len(rest) < 2:
	case rest[1] == '/':
		if n = bytes.IndexByte(rest, '\n'); n < 0 && p.whole {
			n = len(rest)
		}
	case rest[1] == '*':
		if n = bytes.Index(rest[2:], []byte("*/")); n >= 0 {
			n += 4
			*newline = *newline || bytes.IndexByte(rest[:n], '\n') >= 0
		}
	default:
		return false
	}
	if n < 0 {
		p.more = p.more || !p.whole
		p.open = p.open || len(rest) > 1
		return false
	}
	p.pos += n
	return true
}

// validPath is the rule of the Go specification for import paths.
func validPath(path []byte) bool {
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c >= utf8.RuneSelf {
			return validUnicode(path)
		}
		if !pathByte[c] {
			return false
		}
	}
	return len(path) > 0
}

// pathByte: printable ASCII but for the characters that the specification lets
// compilers refuse.
var pathByte = func() (ok [utf8.RuneSelf]bool) {
	for c := byte('!'); c < 0x7f; c++ {
		ok[c] = strings.IndexByte(illegal, c) < 0
	}
	return ok
}()

const illegal = "!\"#$%&'()*,:;<=>?[\\]^{|}`\uFFFD"

func validUnicode(path []byte) bool {
	for _, r := range string(path) {
		if !unicode.IsGraphic(r) || unicode.IsSpace(r) || strings.ContainsRune(illegal, r) {
			return false
		}
	}
	return true
}
