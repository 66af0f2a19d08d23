package detect

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// more reads the README and source headers where the license files of the root
// leave a question open: none is there, several are, or a GNU text does not say
// which versions count.
func (w *treeWalk) more() {
	var licenses, bare, several int
	var first string
	for i := range w.res.Files {
		f := &w.res.Files[i]
		if f.Dir() != "." || f.Role != roleCode || f.Source != FromFile || f.Text.Status == None {
			continue
		}
		licenses++
		if f.Text.Bare {
			bare++
		}
		if s := f.Text.Expr.String(); first == "" {
			first = s
		} else if s != first {
			several++
		}
	}
	if licenses == 0 || several > 0 || bare > 0 {
		w.readReadme()
	}
	if bare > 0 || licenses == 0 && !w.stated() {
		w.readHeaders()
	}
	w.readForeign()
}

// stated reports whether the README gave a license.
func (w *treeWalk) stated() bool {
	return slices.ContainsFunc(w.res.Files, func(f File) bool { return f.Source == FromReadme && f.Text.Status == Match })
}

// readmeNames are the files in which a project introduces itself.
func isReadme(name string) bool {
	low := strings.ToLower(name)
	switch strings.TrimSuffix(low, path.Ext(low)) {
	case "readme":
		switch path.Ext(low) {
		case "", ".md", ".markdown", ".rst", ".txt", ".adoc", ".org":
			return true
		}
	}
	return false
}

// maxReadme is how much of a README is read, in bytes.
const maxReadme = 512 << 10

func (w *treeWalk) readReadme() {
	if w.readme == "" {
		return
	}
	body, _, err := w.in.Tree.AppendHead(nil, path.Join(w.in.Root, w.readme), maxReadme)
	if err != nil {
		w.problem(w.readme, err)
		return
	}
	start, end, ok := licenseSection(body)
	if !ok {
		return
	}
	section := body[start:end]
	t := w.s.statement(section)
	if t == nil {
		return
	}
	f := File{Path: w.readme, Source: FromReadme, Role: roleCode, Line: lineOf(body, start), Text: t, Linked: true, Size: len(section)}
	w.res.Contents[t.Digest] = string(section)
	w.res.Files = append(w.res.Files, f)
}

// licenseSection finds the section of a README whose heading speaks of the
// license: the bytes after the heading, up to the next one.
func licenseSection(body []byte) (start, end int, ok bool) {
	at := 0
	var previous []byte
	level := 0
	for line := range bytes.Lines(body) {
		lineStart := at
		at += len(line)
		text := bytes.TrimSpace(line)
		heading, depth := headingOf(text, previous)
		if ok && heading != nil {
			if isUnderline(text) {
				// The heading was the line before.
				lineStart -= len(previous) + 1
			}
			if depth <= level || !aboutLicense(heading) {
				return start, max(start, lineStart), true
			}
		}
		if !ok && heading != nil && aboutLicense(heading) {
			ok, start, end, level = true, at, len(body), depth
		}
		previous = append(previous[:0], text...)
	}
	return start, len(body), ok
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
	case bytes.HasPrefix(bytes.ToLower(line), []byte("<h")) && len(line) > 4 && '1' <= line[2] && line[2] <= '6':
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

func aboutLicense(heading []byte) bool {
	low := bytes.ToLower(heading)
	return len(low) < 60 && (bytes.Contains(low, []byte("licen")) || bytes.Equal(low, []byte("copying")) || bytes.Contains(low, []byte("copyright")))
}

// maxStatement bounds the part of a section that is taken for the statement, in
// bytes; what follows is about something else.
const maxStatement = 24 << 10

// statement reads a section about the license; nil where it names none.
func (s *Scanner) statement(section []byte) *Text {
	if len(section) > maxStatement {
		section = section[:maxStatement]
	}
	t := s.read(section, digestOf(section), true)
	if t.Status == None || len(t.Matches) == 0 {
		return nil
	}
	return t
}

// Limits of reading source headers.
const (
	maxHeaders    = 24      // files of one tree
	maxHeaderSize = 4 << 10 // bytes of one file
)

// readHeaders reads the beginning of source files for tags and notices. What
// they say counts where all that say something agree.
func (w *treeWalk) readHeaders() {
	n := 0
	seen := map[string]bool{}
	for _, name := range w.sources {
		w.header(name, seen)
	}
	for _, p := range w.in.Packages {
		if !p.Linked {
			continue
		}
		for i, name := range p.GoFiles {
			if i >= 4 || n >= maxHeaders {
				break
			}
			n++
			w.header(path.Join(p.Dir, name), seen)
		}
	}
}

// isSource: Go files that are no tests.
func isSource(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go")
}

func (w *treeWalk) header(name string, seen map[string]bool) {
	head, _, err := w.in.Tree.AppendHead(nil, path.Join(w.in.Root, name), maxHeaderSize)
	if err != nil {
		return // the loader reports files that cannot be read
	}
	comment := leadingComment(head)
	if len(comment) == 0 || !bytes.Contains(bytes.ToLower(comment), []byte("licen")) {
		return
	}
	t := &Text{Status: None}
	source := FromTag
	for _, tag := range w.s.findTags(comment) {
		if tag.expr != nil {
			t = &Text{Digest: w.s.Text(comment).Digest, Status: Match, Expr: tag.expr, Code: tag.expr, Coverage: 1, Method: ByTag, Line: lineOf(comment, tag.start)}
			break
		}
	}
	if t.Status == None {
		source = FromHeader
		if t = w.s.Text(comment); t.Status != Match || t.Method != ByText {
			return
		}
	}
	if key := t.Expr.String(); !seen[key] {
		seen[key] = true
		w.res.Files = append(w.res.Files, File{Path: name, Source: source, Role: roleCode, Line: max(1, t.Line), Text: t, Linked: true, Size: len(comment)})
	}
}

// leadingComment is the part of a Go file before its package clause.
func leadingComment(head []byte) []byte {
	if i := bytes.Index(head, []byte("\npackage ")); i >= 0 {
		return head[:i]
	}
	if bytes.HasPrefix(head, []byte("package ")) {
		return nil
	}
	return head
}
