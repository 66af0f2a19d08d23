package header

import (
	"bytes"
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

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
