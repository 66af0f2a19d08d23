package spdx

import (
	"strings"
	"unicode/utf8"
)

type kind byte

const (
	tEnd kind = iota
	tWord
	tOpen
	tClose
	tPlus
	tAnd
	tOr
	tWith
)

// token is a piece of the expression. A word is an idstring or a reference
// with its document, "DocumentRef-d:LicenseRef-x".
type token struct {
	kind   kind
	text   string
	at     int  // byte offset
	spaced bool // white space or nothing stands before it
}

const (
	docPrefix = "DocumentRef-"
	refPrefix = "LicenseRef-"
	addPrefix = "AdditionRef-"
)

// next scans the token at p.pos and leaves it in p.tok.
func (p *parser) next() *Error {
	start := p.pos
	for p.pos < len(p.src) && isSpace(p.src[p.pos]) {
		p.pos++
	}
	p.tok = token{at: p.pos, spaced: p.pos > start || p.pos == 0}
	if p.pos == len(p.src) {
		return nil
	}
	switch c := p.src[p.pos]; {
	case c == '(':
		p.take(tOpen, 1)
	case c == ')':
		p.take(tClose, 1)
	case c == '+':
		if p.tok.spaced {
			return p.fail(p.pos, "+", `"+" must follow the license id without a space`)
		}
		p.take(tPlus, 1)
	case isIDByte(c):
		return p.word()
	default:
		_, n := utf8.DecodeRuneInString(p.src[p.pos:])
		bad := p.src[p.pos : p.pos+n]
		return p.fail(p.pos, bad, "unexpected character "+quote(bad)+hint(c))
	}
	return nil
}

// hint says what to write instead of the marks that people use for operators.
func hint(c byte) string {
	switch c {
	case '/', '|', ',', ';':
		return ": join licenses by AND or OR"
	case '&':
		return ": write AND"
	case ':':
		return `: only "DocumentRef-x:LicenseRef-y" has a colon`
	case '_':
		return `: ids hold letters, digits, "-" and "."`
	}
	return ""
}

func (p *parser) take(k kind, n int) {
	p.tok.kind, p.tok.text = k, p.src[p.pos:p.pos+n]
	p.pos += n
}

func (p *parser) word() *Error {
	n := idLen(p.src[p.pos:])
	w := p.src[p.pos : p.pos+n]
	if k, canon := operator(w); k != tEnd {
		if w != canon && w != strings.ToLower(canon) {
			return p.fail(p.pos, w, "operator "+quote(w)+" must be written "+canon)
		}
		p.take(k, n)
		return nil
	}
	end := p.pos + n
	if !strings.HasPrefix(w, docPrefix) {
		p.take(tWord, n)
		return nil
	}
	if len(w) == len(docPrefix) {
		return p.fail(end, "", quote(docPrefix)+" needs a name")
	}
	if end == len(p.src) || p.src[end] != ':' {
		return p.fail(end, "", quote(w)+` needs ":LicenseRef-..." after it`)
	}
	ref := p.src[end+1 : end+1+idLen(p.src[end+1:])]
	if !isRef(ref, refPrefix) && !isRef(ref, addPrefix) {
		return p.fail(end+1, ref, quote(w)+` needs "LicenseRef-..." after the colon`)
	}
	p.take(tWord, n+1+len(ref))
	return nil
}

// operator reports which operator a word is in any case, and its spelling.
func operator(w string) (kind, string) {
	switch {
	case len(w) == 2 && foldCompare(w, "OR") == 0:
		return tOr, "OR"
	case len(w) == 3 && foldCompare(w, "AND") == 0:
		return tAnd, "AND"
	case len(w) == 4 && foldCompare(w, "WITH") == 0:
		return tWith, "WITH"
	}
	return tEnd, ""
}

// isRef reports whether s is the prefix and at least one more character.
func isRef(s, prefix string) bool { return len(s) > len(prefix) && strings.HasPrefix(s, prefix) }

// reference returns the part after "DocumentRef-d:" of a reference, else w.
func reference(w string) string {
	if i := strings.IndexByte(w, ':'); i >= 0 {
		return w[i+1:]
	}
	return w
}

func idLen(s string) int {
	n := 0
	for n < len(s) && isIDByte(s[n]) {
		n++
	}
	return n
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
