package gomod

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod/header"
	"golang.org/x/mod/module"
)

// Limits of what is read, see DESIGN §7 in the project's contract: past one of
// them the result has a problem.
const (
	maxFiles  = 1_000_000 // files looked at
	maxDepth  = 256       // folders below each other
	maxSource = 16 << 20  // bytes of a source file that are read for its header
	headSize  = 4 << 10   // bytes read first: the imports of 19 files in 20 end before
)

// Reasons to read a package: each has its own set of builds.
const (
	linked = iota
	tested
	tooled
	reasons
)

// pkg is a package while loading.
type pkg struct {
	id       int
	path     string
	mod      *mod // nil while not resolved, and where nobody provides it
	dir      string
	root     bool // matched by a pattern
	resolved bool
	failed   bool // not provided, or its folder could not be read

	live   [reasons]mask // builds in which it counts
	done   [reasons]mask // of live: handed on to its imports
	tests  mask          // of the main module: builds for which the tests' imports were handed on
	queued bool

	files []file
	read  mask // builds whose files have been read
	edges []edge
	test  []edge // from its test files

	std     string // the first import from the standard library, of packages of main modules
	mark    int    // of the package that was last seen importing it
	markAt  int    // where in its edges
	inRoot  mask   // scratch of one walk
	onQueue bool
}

// file is a file of a package that may count.
type file struct {
	entry fsx.Entry
	in    mask // by its name; by its header once it is read
	kind  kind
	read  bool
	cgo   bool
	name  string // package clause
	more  *more
}

type kind uint8

const (
	goFile kind = iota
	testFile
	otherFile // C, assembly …
	sysoFile
)

// more is what few files have.
type more struct {
	embeds  []string
	ldflags []ldflag
}

type ldflag struct {
	text string
	in   mask
}

type edge struct {
	to *pkg
	in mask
}

// pkg finds or makes the package of an import path.
func (l *loader) pkg(p string) *pkg {
	if q, ok := l.pkgs[p]; ok {
		return q
	}
	q := &pkg{id: len(l.list), path: p, mark: -1}
	l.pkgs[p] = q
	l.list = append(l.list, q)
	return q
}

// add makes a package count in some builds.
func (l *loader) add(p *pkg, why int, in mask) {
	if in&^p.live[why] == 0 {
		return
	}
	p.live[why] |= in
	if !p.queued {
		p.queued = true
		l.queue = append(l.queue, p)
	}
}

// drain reads what counts and hands it on to what it imports.
func (l *loader) drain() {
	for n := 0; len(l.queue) > 0; n++ {
		if n%64 == 0 && l.ctx.Err() != nil {
			l.queue = nil
			return
		}
		p := l.queue[len(l.queue)-1]
		l.queue = l.queue[:len(l.queue)-1]
		p.queued = false
		var in mask
		for why := range reasons {
			in |= p.live[why]
		}
		if !p.resolved {
			l.resolve(p, in)
		}
		if p.mod != nil {
			l.need(p.mod, in)
		}
		if p.failed {
			continue
		}
		l.readFiles(p, in, false)
		for why := range reasons {
			live := p.live[why]
			if live == p.done[why] {
				continue
			}
			p.done[why] = live
			for _, e := range p.edges {
				l.add(e.to, why, e.in&live)
			}
		}
	}
}

// readFiles reads the headers of files that may count in some of the builds
// and were not read before.
func (l *loader) readFiles(p *pkg, in mask, tests bool) {
	if !tests {
		if in&^p.read == 0 {
			return
		}
		p.read |= in
	}
	var open fsx.Folder
	for i := range p.files {
		f := &p.files[i]
		want := f.kind == goFile || f.kind == testFile && tests
		if f.read || !want || f.in&in == 0 {
			continue
		}
		if open == nil {
			var err error
			if open, err = fsx.OpenFolder(p.mod.tree, p.dir); err != nil {
				l.unread(p, "", err)
				return
			}
			defer open.Close()
		}
		l.readFile(p, f, open)
	}
}

func (l *loader) readFile(p *pkg, f *file, open fsx.Folder) {
	f.read = true
	src, whole, err := open.AppendHead(l.buf[:0], f.entry, headSize)
	for n := headSize; ; {
		if err != nil {
			f.in = 0
			l.unread(p, f.entry.Name, err)
			return
		}
		l.head.Parse(src, whole)
		if l.head.Status != header.More && (whole || !l.head.Embed) {
			break
		}
		if n >= maxSource {
			f.in = 0
			l.problem(diag.Problem{Path: l.fileName(p, f.entry.Name), Kind: diag.Limit, Message: "source file longer than is read", Limit: maxSource, Actual: int64(n)})
			return
		}
		n *= 8
		src, whole, err = open.AppendHead(l.buf[:0], f.entry, min(n, maxSource))
	}
	if cap(src) <= 1<<20 {
		l.buf = src
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
		l.extras(f, h, src)
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
		if q.mark == mark {
			(*edges)[q.markAt].in |= f.in
			continue
		}
		q.mark, q.markAt = mark, len(*edges)
		*edges = append(*edges, edge{q, f.in})
	}
}

// extras reads what only cgo files and files that embed others have.
func (l *loader) extras(f *file, h *header.Header, src []byte) {
	f.more = &more{}
	if h.Embed {
		f.more.embeds = header.Embeds(nil, src)
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
		prefix := ""
		switch words[len(words)-1] {
		case "LDFLAGS":
		case "pkg-config":
			prefix = "pkg-config: "
		default:
			continue
		}
		in := l.b.cgoLine(words[:len(words)-1])
		for a := range strings.FieldsSeq(args) {
			out = append(out, ldflag{prefix + a, in})
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
	open, err := fsx.OpenFolder(t, dir)
	if err != nil {
		return nil, false, err
	}
	defer open.Close()
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

// isNested reports whether a folder of a local module lies in another module:
// it or a folder between it and the root has a go.mod file.
func (l *loader) isNested(m *mod, dir string) bool {
	for d := dir; d != m.root && d != "."; d = path.Dir(d) {
		key := m.tree.String() + "\x00" + d
		own, ok := l.nested[key]
		if !ok {
			fi, err := m.tree.Stat(path.Join(d, "go.mod"))
			own = err == nil && !fi.IsDir()
			l.nested[key] = own
		}
		if own {
			return true
		}
	}
	return false
}

// provides looks whether a module holds the package of an import path.
func (l *loader) provides(m *mod, importPath string) (dir string, files []file, ok bool) {
	dir = path.Join(m.root, strings.TrimPrefix(importPath[len(m.Path):], "/"))
	if m.local() && l.isNested(m, dir) {
		return dir, nil, false
	}
	files, found, err := l.listFolder(m.tree, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.problem(readProblem(path.Join(m.actual.String(), strings.TrimPrefix(importPath[len(m.Path):], "/")), err))
		}
		return dir, nil, false
	}
	return dir, files, found
}

// resolve finds the module of a package that counts in some builds.
func (l *loader) resolve(p *pkg, in mask) {
	p.resolved = true
	if err := module.CheckImportPath(p.path); err != nil {
		l.unresolved(p, "not a valid import path")
		return
	}
	if l.res.Vendored {
		l.resolveVendored(p)
		return
	}
	if l.lazy && l.mg == nil {
		if l.tryModules(p, in, func(prefix string) *mod { return l.byPath[prefix] }) {
			return
		}
	}
	g := l.moduleGraph()
	if l.tryModules(p, in, func(prefix string) *mod {
		v, ok := g.selected[prefix]
		if !ok || v == "none" {
			return nil
		}
		return l.version(module.Version{Path: prefix, Version: v})
	}) {
		return
	}
	l.unresolved(p, "no required module provides it")
}

// tryModules asks every module whose path the import path starts with. The
// longest that holds the package provides it; a second one is an ambiguity that
// the go command refuses.
func (l *loader) tryModules(p *pkg, in mask, find func(prefix string) *mod) bool {
	var gone *mod
	for prefix := p.path; prefix != "."; prefix = path.Dir(prefix) {
		m := find(prefix)
		if m == nil {
			continue
		}
		if !l.locate(m) {
			l.need(m, in)
			if gone == nil {
				gone = m
			}
			continue
		}
		dir, files, ok := l.provides(m, p.path)
		if !ok {
			continue
		}
		if p.mod != nil {
			l.problem(diag.Problem{
				Path: p.path, Kind: diag.Mismatch, Message: "ambiguous import: " + p.mod.String() + " and " + m.String() + " both have it",
				Help: "go get one of them in a version without the package", Group: "several modules provide it",
			})
			continue
		}
		p.mod, p.dir, p.files = m, dir, files
		m.pkgs = append(m.pkgs, p)
	}
	if p.mod == nil && gone != nil {
		p.mod, p.failed = gone, true
		gone.pkgs = append(gone.pkgs, p)
	}
	return p.mod != nil
}

func (l *loader) resolveVendored(p *pkg) {
	for _, m := range l.mains {
		if p.path != m.Path && !strings.HasPrefix(p.path, m.Path+"/") {
			continue
		}
		if dir, files, ok := l.provides(m, p.path); ok && p.mod == nil {
			p.mod, p.dir, p.files = m, dir, files
			m.pkgs = append(m.pkgs, p)
		}
	}
	v, ok := l.vendor.packages[p.path]
	if !ok || p.mod != nil {
		if p.mod == nil {
			l.unresolved(p, "not in vendor/modules.txt")
		}
		return
	}
	m := l.vendored(v)
	dir := path.Join(m.root, strings.TrimPrefix(strings.TrimPrefix(p.path, v.Path), "/"))
	files, found, err := l.listFolder(m.tree, dir)
	p.mod, p.dir, p.files = m, dir, files
	m.pkgs = append(m.pkgs, p)
	if err != nil || !found {
		p.failed = true
		l.problem(diag.Problem{Path: p.path, Kind: diag.Missing, Message: "listed in vendor/modules.txt and not there", Help: "go mod vendor", Group: "package not vendored"})
	}
}

// vendored is the module of a line of modules.txt.
func (l *loader) vendored(v module.Version) *mod {
	m := l.version(v)
	if m.state == unknown {
		m.state = absent
		if t, root, _, err := l.folder(".", path.Join(l.vendorDir(), v.Path)); err == nil {
			m.tree, m.root, m.state = t, root, present
		}
		if m.replace != nil && m.replace.Version == "" {
			m.replace.Dir = path.Join(m.base, m.actual.Path)
		}
	}
	return m
}

// unresolved says that nobody provides a package. Who imports it is said when
// all importers are known.
func (l *loader) unresolved(p *pkg, why string) {
	p.failed = true
	l.lost = append(l.lost, lost{p, why})
}

// lost is a package that nobody provides.
type lost struct {
	p   *pkg
	why string
}

// isStd reports whether an import without a dot in its first element is of the
// standard library: no module provides it.
func (l *loader) isStd(p []byte) bool {
	if !l.bare {
		return stdTree(p)
	}
	for prefix := string(p); prefix != "."; prefix = path.Dir(prefix) {
		if l.mg != nil {
			if v, ok := l.mg.selected[prefix]; ok && v != "none" {
				return false
			}
		} else if l.byPath[prefix] != nil {
			return false
		}
	}
	if l.res.Vendored {
		if _, ok := l.vendor.packages[string(p)]; ok {
			return false
		}
	}
	return stdTree(p)
}

// stdTree reports whether the first element of an import path is a folder of
// the standard library, as of Go 1.26 (go list std), or one of the names that
// the go command passes over without asking any module.
func stdTree(p []byte) bool {
	if i := bytes.IndexByte(p, '/'); i >= 0 {
		p = p[:i]
	}
	switch string(p) {
	case "C", "appengine", "appengine_internal", "archive", "arena", "bufio", "builtin", "bytes", "cmd", "cmp", "compress",
		"container", "context", "crypto", "database", "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "go",
		"hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin",
		"reflect", "regexp", "runtime", "simd", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
		"testing", "text", "time", "unicode", "unique", "unsafe", "uuid", "vendor", "weak":
		return true
	}
	return false
}

func sortedStrings(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
