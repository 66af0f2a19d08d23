package detect

import (
	"bytes"
	"path"
)

// maxForeign bounds the C sources of a tree whose headers are read.
const maxForeign = 2048

// readForeign reads the headers of C and assembly sources that are compiled in.
// Such files are often taken over one by one, and carry their license in
// themselves.
func (w *treeWalk) readForeign() {
	n := 0
	for _, p := range w.in.Packages {
		if !p.Linked || !p.Cgo {
			continue
		}
		for _, name := range p.OtherFiles {
			if n++; n <= maxForeign {
				w.foreign(path.Join(p.Dir, name))
			}
		}
	}
	for _, name := range w.included {
		if n++; n <= maxForeign {
			w.foreign(name)
		}
	}
}

func (w *treeWalk) foreign(name string) {
	head, _, err := w.in.Tree.AppendHead(nil, path.Join(w.in.Root, name), maxHeaderSize)
	if err != nil {
		return // the loader reports files that cannot be read
	}
	comments := firstComments(head)
	for _, comment := range append([][]byte{comments}, blocks(comments)...) {
		if !hasCopyright(comment) && !bytes.Contains(comment, []byte(tagName)) {
			continue
		}
		t := w.s.Text(comment)
		if t.Status != Match || len(t.Matches) == 0 || t.Matches[0].Method == ByAlias {
			continue
		}
		w.res.Contents[t.Digest] = comment
		w.res.Files = append(w.res.Files, File{
			Path: name, Source: FromSource, Role: roleCode, Line: 1, Text: t, Linked: true, Size: len(comment),
		})
		return
	}
}

// blocks cuts comments at blank lines: what follows the license is about the
// code.
func blocks(comments []byte) [][]byte {
	var out [][]byte
	start, at := 0, 0
	for line := range bytes.Lines(comments) {
		at += len(line)
		if len(bytes.TrimSpace(line)) == 0 {
			out = append(out, comments[start:at])
			start = at
		}
	}
	return append(out, comments[start:])
}

// isForeign: the names of C, C++ and assembly sources and their headers.
func isForeign(name string) bool {
	switch path.Ext(name) {
	case ".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".hxx", ".inl", ".inc", ".m", ".mm", ".s", ".S":
		return true
	}
	return false
}

// firstComments are the comments that a C or assembly source begins with.
func firstComments(head []byte) []byte {
	at := 0
	for at < len(head) {
		rest := bytes.TrimLeft(head[at:], " \t\r\n")
		end, found := -1, false
		switch {
		case bytes.HasPrefix(rest, []byte("/*")):
			found, end = true, after(rest, "*/")
		case bytes.HasPrefix(rest, []byte("//")), bytes.HasPrefix(rest, []byte(";")), bytes.HasPrefix(rest, []byte("#")) && !isDirective(rest):
			found, end = true, after(rest, "\n")
		}
		switch {
		case !found:
			return head[:at]
		case end < 0:
			return head
		}
		at = len(head) - len(rest) + end
	}
	return head[:at]
}

// after returns where a mark ends, -1 without it.
func after(b []byte, mark string) int {
	i := bytes.Index(b, []byte(mark))
	if i < 0 {
		return -1
	}
	return i + len(mark)
}

// directives are the words that tell a line of the C preprocessor from the
// comment of an assembly source.
var directives = []string{"include", "if", "define", "pragma", "undef", "error", "else", "endif", "import", "line"}

func isDirective(line []byte) bool {
	word := bytes.TrimLeft(line[1:], " \t")
	for _, d := range directives {
		if bytes.HasPrefix(word, []byte(d)) {
			return true
		}
	}
	return false
}
