package detect

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// more reads source headers where the license files of the root leave a question
// open: none is there, or a GNU text does not say which versions count. The
// README counts then too, and where several license files are there; for itself
// it counts where it limits what the license allows.
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
	if licenses == 0 && w.readme.name == "" && w.readme.without != "" {
		w.endOfReadme()
	}
	w.readReadme(licenses == 0 || several > 0 || bare > 0)
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

// How much of a README is read, at first and at most, in bytes.
const (
	headOfReadme = 32 << 10
	maxReadme    = 512 << 10
)

// readme is a README's section about the license.
type readme struct {
	name    string // "" without a README that has one
	section []byte
	line    int // of the README, at which it begins
	sure    bool
	without string // name of a README without such a section
}

// openReadme reads a README of an open folder.
func (w *treeWalk) openReadme(open fsx.Folder, e fsx.Entry) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	size := headOfReadme
	body, err := open.Head((*buf)[:0], e, size, func(head []byte, _ bool) int {
		if len(head) == size {
			size = min(2*size, maxReadme)
		}
		return size
	})
	*buf = body
	if err != nil {
		w.problem(e.Name, err)
		return
	}
	if start, end, sure := licenseSection(body); start >= 0 {
		w.readme = readme{name: e.Name, section: bytes.Clone(body[start:end]), line: lineOf(body, start), sure: sure}
	} else {
		w.readme.without = e.Name
	}
}

// endOfReadme takes the license text with which a README ends that has no
// heading for it.
func (w *treeWalk) endOfReadme() {
	name := w.readme.without
	body, _, err := w.in.Tree.AppendHead(nil, path.Join(w.in.Root, name), maxReadme)
	if err != nil {
		w.problem(name, err)
		return
	}
	if start := w.s.textAtEnd(body); start >= 0 {
		w.readme = readme{name: name, section: body[start:], line: lineOf(body, start)}
	}
}

// textAtEnd finds the text of a license in a README: where the paragraph before
// it begins, which names the holders; -1 without one.
func (s *Scanner) textAtEnd(body []byte) int {
	for _, m := range s.Text(body).Matches {
		if m.Method != ByText {
			continue
		}
		start := bytes.LastIndexByte(body[:m.Start], '\n') + 1
		before := bytes.TrimRight(body[:start], " \t\r\n")
		if at := bytes.LastIndex(before, []byte("\n\n")) + 1; bytes.Contains(bytes.ToLower(before[at:]), []byte("copyright")) {
			start = at
		}
		return start
	}
	return -1
}

// readReadme adds what the README's section about the license says. Where the
// license is not asked for, only a section with limits is of interest.
func (w *treeWalk) readReadme(asked bool) {
	r := &w.readme
	if r.name == "" || !asked && !r.sure {
		return
	}
	t := w.s.statement(r.section)
	if t == nil || len(t.Limits) == 0 && !asked {
		return
	}
	f := File{Path: r.name, Source: FromReadme, Role: roleCode, Line: r.line, Text: t, Linked: true, Size: len(r.section)}
	w.res.Contents[t.Digest] = r.section
	w.res.Files = append(w.res.Files, f)
}

// maxStatement bounds the part of a section that is taken for the statement, in
// bytes; what follows is about something else.
const maxStatement = 24 << 10

// statement reads a section about the license; nil where it names none and
// limits nothing.
func (s *Scanner) statement(section []byte) *Text {
	if len(section) > maxStatement {
		section = section[:maxStatement]
	}
	t := s.read(section, digestOf(section), true)
	if len(t.Limits) == 0 && (t.Status == None || len(t.Matches) == 0) {
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
