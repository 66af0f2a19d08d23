package modelfile

import (
	"fmt"
	"strings"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// parser goes through the instructions of a Modelfile.
type parser struct {
	text string
	off  int
	line int
}

// next returns the next instruction. A fault is what is wrong with it; parsing
// goes on behind its line unless ok is false.
func (p *parser) next() (c command, ok bool, fault string) {
	for p.off < len(p.text) {
		rest := p.text[p.off:]
		switch rest[0] {
		case ' ', '\t', '\n', '\r':
			p.advance(1)
			continue
		case '#':
			p.advance(lineEnd(rest))
			continue
		}
		c.line = p.line
		n := find(rest, " \t\r\n")
		c.name = strings.ToLower(rest[:n])
		p.advance(n)
		if !commands[c.name] {
			p.advance(lineEnd(p.text[p.off:]))
			return command{line: c.line}, true, fmt.Sprintf("unknown instruction %s", yamlpos.Quote(rest[:n]))
		}
		if c.name == "parameter" || c.name == "message" { // a name or a role first
			p.blanks()
			p.advance(find(p.text[p.off:], " \t\r\n"))
		}
		c.value, ok = p.value()
		if !ok {
			return c, false, fmt.Sprintf("the quotes of %s do not end", strings.ToUpper(c.name))
		}
		return c, true, ""
	}
	return command{line: p.line}, false, ""
}

// advance goes on n bytes and counts lines as editors do.
func (p *parser) advance(n int) {
	for range n {
		b := p.text[p.off]
		p.off++
		if b == '\n' || b == '\r' && !strings.HasPrefix(p.text[p.off:], "\n") {
			p.line++
		}
	}
}

func (p *parser) blanks() {
	for p.off < len(p.text) && (p.text[p.off] == ' ' || p.text[p.off] == '\t') {
		p.off++
	}
}

// value reads a value; ok is false where its quotes do not end. Quotes end a
// value only at the end of a word, so that a text may have quotes in it.
func (p *parser) value() (value string, ok bool) {
	p.blanks()
	rest := p.text[p.off:]
	for _, quote := range []string{`"""`, `"`} {
		if !strings.HasPrefix(rest, quote) {
			continue
		}
		for from := len(quote); ; {
			i := strings.Index(rest[from:], quote)
			if i < 0 {
				p.advance(len(rest))
				return "", false
			}
			end := from + i + len(quote)
			for strings.HasPrefix(rest[end:], `"`) { // a quote that ends the text itself
				end++
			}
			tail := strings.TrimLeft(rest[end:], " \t")
			if tail == "" || tail[0] == '\n' || tail[0] == '\r' {
				p.advance(end)
				return rest[len(quote) : end-len(quote)], true
			}
			from = end
		}
	}
	n := lineEnd(rest)
	p.advance(n)
	return strings.TrimSpace(rest[:n]), true
}

// lineEnd is where the line ends.
func lineEnd(s string) int { return find(s, "\r\n") }

// find is where one of the characters stands first, or the end.
func find(s, chars string) int {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return i
	}
	return len(s)
}
