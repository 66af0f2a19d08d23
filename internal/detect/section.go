package detect

import (
	"bytes"
	"strings"
	"unicode"
)

// licenseSection finds the section of a README whose heading speaks of the
// license: the bytes after the heading, up to the next one. A heading that speaks
// of nothing else (sure) goes before one that does; start is -1 without any.
func licenseSection(body []byte) (start, end int, sure bool) {
	start, end = -1, len(body)
	open := false
	at, level := 0, 0
	var previous []byte
	for line := range bytes.Lines(body) {
		lineStart := at
		at += len(line)
		text := bytes.TrimSpace(line)
		if heading, depth := headingOf(text, previous); heading != nil {
			about, only := aboutLicense(heading)
			if isUnderline(text) {
				lineStart -= len(previous) + 1 // the heading was the line before
			}
			if open && (depth <= level || !about) {
				open, end = false, max(start, lineStart)
			}
			if about && !open && (start < 0 || only && !sure) {
				open, start, end, level, sure = true, at, len(body), depth, only
			}
		}
		previous = append(previous[:0], text...)
	}
	return start, end, sure
}

// headingOf returns the words of a heading and its depth: a line of Markdown's
// or AsciiDoc's, or one with a line of dashes below; nil for another line.
func headingOf(line, previous []byte) ([]byte, int) {
	switch {
	case len(line) > 1 && (line[0] == '#' || line[0] == '='):
		words := bytes.TrimLeft(line, string(line[0]))
		if depth := len(line) - len(words); depth <= 6 && len(words) > 0 && words[0] == ' ' {
			return bytes.Trim(words, "# ="), depth
		}
	case len(line) > 4 && line[0] == '<' && line[1]|0x20 == 'h' && '1' <= line[2] && line[2] <= '6':
		return line, int(line[2] - '0')
	}
	if isUnderline(line) && len(previous) > 0 && len(previous) < 80 && !isUnderline(previous) {
		if line[0] == '=' {
			return previous, 1
		}
		return previous, 2
	}
	return nil, 0
}

func isUnderline(line []byte) bool {
	if len(line) < 3 || !bytes.ContainsAny(line[:1], "=-~^") {
		return false
	}
	return len(bytes.Trim(line, string(line[0]))) == 0
}

// headingWords are what headings of sections about the license are made of; true
// are those that one of them needs. Plurals are not among them: such sections are
// often about other people's licenses.
var headingWords = map[string]bool{
	"license": true, "licence": true, "licensing": true, "licencing": true,
	"copyright": true, "copyrights": true, "copying": true,
	"public": false, "domain": false, "dedication": false,
	"and": false, "the": false, "of": false, "this": false, "project": false, "software": false, "legal": false, "terms": false,
	"notice": false, "notices": false, "information": false, "info": false, "agreement": false, "code": false, "source": false,
	"credit": false, "credits": false, "acknowledgments": false, "acknowledgements": false, "authors": false, "contributing": false,
}

// maxHeading is the length up to which a line is taken for a heading, in bytes.
const maxHeading = 60

// aboutLicense reports whether a heading speaks of the license, and whether of
// nothing else.
func aboutLicense(heading []byte) (about, only bool) {
	if len(heading) >= maxHeading {
		return false, false
	}
	only = true
	for _, w := range bytes.FieldsFunc(bytes.ToLower(heading), func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '>' || r == '[' || r == '&' }) {
		word := string(bytes.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && r != ':' }))
		if word = strings.TrimSuffix(word, ":"); word == "" || word[0] == ':' {
			continue // no word, or an emoji's name
		}
		needed, known := headingWords[word]
		about = about || needed || strings.HasPrefix(word, "licen")
		only = only && known
	}
	about = about || only && bytes.Contains(bytes.ToLower(heading), []byte("public domain"))
	return about, about && only
}
