package gomod

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod/header"
)

// readFiles reads the headers of files that may count in some of the builds
// and were not read before.
func (l *loader) readFiles(p *pkg, in mask, tests bool) {
	if !tests {
		if in&^p.read == 0 {
			return
		}
		p.read |= in
	}
	for i := range p.files {
		f := &p.files[i]
		want := f.kind == goFile || f.kind == testFile && tests
		if f.read || !want || f.in&in == 0 {
			continue
		}
		open, err := l.openFolder(p.mod.tree, p.dir)
		if err != nil {
			l.unread(p, "", err)
			return
		}
		l.readFile(p, f, open)
	}
}

// openFolder opens a folder, and keeps it open until another one is: a folder
// is listed first and its files are read then.
func (l *loader) openFolder(t fsx.Tree, dir string) (fsx.Folder, error) {
	if l.kept.open != nil && l.kept.tree == t && l.kept.dir == dir {
		return l.kept.open, nil
	}
	l.closeFolder()
	open, err := fsx.OpenFolder(t, dir)
	if err != nil {
		return nil, err
	}
	l.kept = keptFolder{t, dir, open}
	return open, nil
}

// keptFolder is the folder that was opened last.
type keptFolder struct {
	tree fsx.Tree
	dir  string
	open fsx.Folder
}

func (l *loader) closeFolder() {
	if l.kept.open != nil {
		l.kept.open.Close() // of a folder that was read nothing can be lost
	}
	l.kept = keptFolder{}
}

// parseHead is handed the start of a source file and says how much of it is
// wanted: all imports, and the whole of a file that embeds others.
func (l *loader) parseHead(src []byte, whole bool) int {
	l.head.Parse(src, whole)
	l.tooLong = false
	if whole || l.head.Status != header.More && !l.head.Embed {
		return 0
	}
	if len(src) >= maxSource {
		l.tooLong = true
		return 0
	}
	return min(8*max(len(src), headSize), maxSource)
}

func (l *loader) readFile(p *pkg, f *file, open fsx.Folder) {
	f.read = true
	src, err := open.Head(l.buf, f.entry, headSize, l.parse)
	if cap(src) <= maxKept {
		l.buf = src
	}
	if err != nil {
		f.in = 0
		l.unread(p, f.entry.Name, err)
		return
	}
	if l.tooLong {
		f.in = 0
		l.problem(diag.Problem{Path: l.fileName(p, f.entry.Name), Kind: diag.Limit, Message: "source file longer than is read", Limit: maxSource, Actual: int64(len(src))})
		return
	}
	h := &l.head
	f.in &= l.b.header(h)
	if h.Cgo && f.kind == goFile {
		f.cgo = true
		f.in &= l.b.cgoOn
	}
	if f.in == 0 {
		return
	}
	if string(h.Package) == "documentation" {
		f.in = 0
		return
	}
	if len(p.files) > 0 && p.files[0].name == string(h.Package) {
		f.name = p.files[0].name
	} else {
		f.name = string(h.Package)
	}
	if h.Status == header.Syntax || h.Status == header.Dead {
		l.notExamined(diag.NotExamined{Path: l.fileName(p, f.entry.Name), What: "Go file", Why: "not Go before its imports end: it cannot be built"})
	}
	l.imports(p, f, h)
	if h.Cgo || h.Embed {
		l.extras(p, f, h, src)
	}
}

// imports makes edges of a file's imports.
func (l *loader) imports(p *pkg, f *file, h *header.Header) {
	edges, mark := &p.edges, 2*p.id
	if f.kind == testFile {
		edges, mark = &p.test, 2*p.id+1
	}
	for i := range h.Imports {
		im := h.Imports[i].Path
		if !dotted(im) && l.isStd(im) {
			if p.mod.main && f.kind == goFile && string(im) != "C" && (p.std == "" || string(im) < p.std) {
				p.std = string(im)
			}
			continue
		}
		q, ok := l.pkgs[string(im)]
		if !ok {
			q = l.pkg(string(im))
		}
		f.noted = f.noted || p.mod.main && f.kind == goFile && l.notes(q)
		if q.mark == mark {
			(*edges)[q.markAt].in |= f.in
			continue
		}
		q.mark, q.markAt = mark, len(*edges)
		*edges = append(*edges, edge{q, f.in})
	}
}

// extras reads what only cgo files and files that embed others have.
func (l *loader) extras(p *pkg, f *file, h *header.Header, src []byte) {
	f.more = &more{}
	if h.Embed {
		f.more.embeds = header.Embeds(nil, src)
		p.embeds = p.embeds || f.kind == goFile && len(f.more.embeds) > 0
	}
	for i := range h.Imports {
		if doc := h.Imports[i].Doc; len(doc) > 0 {
			f.more.ldflags = l.cgoFlags(f.more.ldflags, doc)
		}
	}
}

// cgoFlags reads the lines "#cgo [conditions] LDFLAGS: …" of a comment, and
// those of pkg-config.
func (l *loader) cgoFlags(out []ldflag, doc []byte) []ldflag {
	for line := range bytes.Lines(doc) {
		s := strings.TrimSpace(string(line))
		s = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(s, "//"), "/*"))
		rest, ok := strings.CutPrefix(strings.TrimSuffix(s, "*/"), "#cgo")
		if !ok || rest == "" || rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		head, args, ok := strings.Cut(rest, ":")
		words := strings.Fields(head)
		if !ok || len(words) == 0 {
			continue
		}
		var libs []string
		switch words[len(words)-1] {
		case "LDFLAGS":
			libs = libraries(strings.Fields(args))
		case "pkg-config":
			for a := range strings.FieldsSeq(args) {
				libs = append(libs, "pkg-config: "+a)
			}
		}
		if len(libs) == 0 {
			continue
		}
		in := l.b.cgoLine(words[:len(words)-1])
		for _, lib := range libs {
			out = append(out, ldflag{lib, in})
		}
	}
	return out
}

// libraries are those of a linker's arguments that name something to link in.
func libraries(args []string) []string {
	var out []string
	for i, a := range args {
		switch path.Ext(a) {
		case ".a", ".o", ".so", ".dylib", ".lib", ".dll":
			out = append(out, a)
			continue
		}
		if strings.HasPrefix(a, "-l") && len(a) > 2 {
			out = append(out, a)
		} else if a == "-framework" && i+1 < len(args) {
			out = append(out, a+" "+args[i+1])
		}
	}
	return out
}

// unread records that a file or folder of a package could not be read.
func (l *loader) unread(p *pkg, name string, err error) {
	l.problem(readProblem(l.fileName(p, name), err))
}

// fileName names a file for a user: by its module, or by its path in the target.
func (l *loader) fileName(p *pkg, name string) string {
	if p.mod.main {
		if rel, ok := below(p.mod.root, p.dir); ok {
			return path.Join(p.mod.dir, rel, name)
		}
	}
	rel, _ := below(p.mod.root, p.dir)
	return path.Join(p.mod.actual.String(), rel, name)
}

// below is the path of dir relative to root.
func below(root, dir string) (string, bool) {
	if root == "." || root == dir {
		if root == dir {
			return ".", true
		}
		return dir, true
	}
	rel, ok := strings.CutPrefix(dir, root+"/")
	return rel, ok
}

// listFolder lists the files of a folder that may belong to a package. found
// says whether the folder holds any .go file, which makes it the place of the
// package whatever those say.
func (l *loader) listFolder(t fsx.Tree, dir string) (files []file, found bool, err error) {
	open, err := l.openFolder(t, dir)
	if err != nil {
		return nil, false, err
	}
	list, err := open.List()
	if err != nil {
		return nil, false, err
	}
	l.files += len(list)
	n := 0
	for _, e := range list {
		if strings.HasSuffix(e.Name, ".go") {
			n++
		}
	}
	if n > 0 {
		files = make([]file, 0, n)
	}
	for _, e := range list {
		k, ok := kindOf(e.Name)
		if !ok || e.Type.IsDir() {
			continue
		}
		if e.Type != 0 {
			fi, err := t.Stat(path.Join(dir, e.Name))
			if errors.Is(err, fs.ErrNotExist) || err == nil && fi.IsDir() {
				continue // a link to nothing or to a folder
			}
			// Whatever else is no plain file shows when it is read.
		}
		if k <= testFile {
			found = true
		}
		if e.Name[0] == '_' || e.Name[0] == '.' {
			continue
		}
		if in := l.b.file(e.Name); in != 0 {
			files = append(files, file{entry: e, in: in, kind: k})
		}
	}
	return files, found, nil
}

// kindOf tells a file that may count by its name.
func kindOf(name string) (kind, bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return 0, false
	}
	switch name[i:] {
	case ".go":
		if strings.HasSuffix(name, "_test.go") {
			return testFile, true
		}
		return goFile, true
	case ".c", ".cc", ".cpp", ".cxx", ".m", ".h", ".hh", ".hpp", ".hxx", ".f", ".F", ".for", ".f90", ".s", ".S", ".sx", ".swig", ".swigcxx":
		return otherFile, true
	case ".syso":
		return sysoFile, true
	}
	return 0, false
}
