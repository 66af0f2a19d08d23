package detect

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Package is a folder of a source tree whose code counts.
type Package struct {
	Dir     string // relative to the tree's root
	Linked  bool   // it is part of a program, not only of tests or tools
	Cgo     bool   // C code of folders below may be compiled in
	GoFiles []string
	// OtherFiles are C, C++, Fortran and assembly sources and their headers.
	OtherFiles []string
	// Roots name what links the package; the reader passes them by.
	Roots []string
}

// TreeInput is a source tree.
type TreeInput struct {
	Tree fsx.Tree
	Root string // folder in Tree
	// GoModule says that Packages are all that counts: only the folders from
	// the root to them are looked at. Without it every folder is.
	GoModule bool
	// NoReadme leaves the README to another reader, as that of cards.
	NoReadme bool
	Packages []Package
}

// The sources of statements, as in a report's evidence.
const (
	FromFile   = "license-file"
	FromNotice = "notice-file"
	FromReadme = "readme"
	FromHeader = "header"
	FromTag    = "spdx-tag"
	FromSource = "source-header" // of a C or assembly source: about that file alone
)

// File is one file that speaks of licenses.
type File struct {
	Path   string // relative to the root
	Source string
	Role   string // what its statement is about
	Line   int
	Text   *Text
	Linked bool // code of a counting package stands in or below its folder
	Size   int
}

// Dir is the folder of a file.
func (f *File) Dir() string { return path.Dir(f.Path) }

// TreeResult is what the files of a tree say.
type TreeResult struct {
	Files    []File            // sorted by path
	Contents map[string][]byte // of the files, by the digest of their text
	Problems []diag.Problem
}

// licensesDir is the folder of the REUSE specification: texts of licenses that
// files of the tree refer to, no statement about the whole.
const licensesDir = "licenses"

// Tree reads what the files of a tree say of licenses. Files are looked for by
// name in the root and where code that counts lives; README and source headers
// are read where the root's license files leave a question.
func (s *Scanner) Tree(in TreeInput) TreeResult {
	w := treeWalk{s: s, in: in, res: TreeResult{Contents: map[string][]byte{}}}
	if in.GoModule {
		for _, d := range w.folders() {
			w.folder(d.dir, d.linked)
		}
	} else {
		w.walk(".", 0)
	}
	w.more()
	slices.SortFunc(w.res.Files, func(a, b File) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Source, b.Source)
	})
	return w.res
}

type treeWalk struct {
	s       *Scanner
	in      TreeInput
	res     TreeResult
	n       int
	readme  readme   // of the root
	sources []string // Go files met where no packages are given
	// included are C sources in folders below cgo packages.
	included []string
}

type folder struct {
	dir    string
	linked bool
}

// folders lists the folders between the root and the packages, the root first.
func (w *treeWalk) folders() []folder {
	at := map[string]int{".": 0}
	out := []folder{{".", true}}
	for _, p := range w.in.Packages {
		for d := p.Dir; d != "."; d = path.Dir(d) {
			i, ok := at[d]
			if !ok {
				i = len(out)
				at[d] = i
				out = append(out, folder{dir: d})
			} else if !p.Linked || out[i].linked {
				break // its parents were seen with it
			}
			out[i].linked = out[i].linked || p.Linked
		}
	}
	for _, p := range w.in.Packages {
		if p.Cgo && p.Linked {
			w.below(p.Dir, &out, at, 0)
		}
	}
	return out
}

// Limits of what is looked at below a folder.
const (
	maxCDepth    = 6
	maxCFolders  = 512
	maxTreeDepth = 64
	maxTreeDirs  = 20_000
)

// below adds the folders below a cgo package: C code of them can be compiled in
// by #include, which only a C compiler could tell.
func (w *treeWalk) below(dir string, out *[]folder, at map[string]int, depth int) {
	entries, err := w.in.Tree.ReadDir(path.Join(w.in.Root, dir))
	if err != nil || depth > maxCDepth {
		return
	}
	for _, e := range entries {
		if depth > 0 && e.Type == 0 && isForeign(e.Name) && len(w.included) < maxForeign {
			w.included = append(w.included, path.Join(dir, e.Name))
		}
		if e.Type != fs.ModeDir || strings.HasPrefix(e.Name, ".") || strings.HasPrefix(e.Name, "_") || isTestdata(e.Name) {
			continue
		}
		d := path.Join(dir, e.Name)
		if _, ok := at[d]; ok || len(*out) > maxCFolders {
			continue
		}
		at[d] = len(*out)
		*out = append(*out, folder{d, true})
		w.below(d, out, at, depth+1)
	}
}

func isTestdata(name string) bool { return name == "testdata" }

// walk looks at every folder.
func (w *treeWalk) walk(dir string, depth int) {
	if w.n++; w.n > maxTreeDirs || depth > maxTreeDepth {
		w.problem(dir, &fsx.LimitError{Name: dir, Limit: maxTreeDirs, Actual: int64(w.n)})
		return
	}
	for _, e := range w.folder(dir, true) {
		if e.Type == fs.ModeDir && e.Name != ".git" && e.Name != "vendor" && e.Name != "node_modules" {
			w.walk(path.Join(dir, e.Name), depth+1)
		}
	}
}

// folder reads the files of a folder that speak of licenses by their name.
func (w *treeWalk) folder(dir string, linked bool) []fsx.Entry {
	open, err := fsx.OpenFolder(w.in.Tree, path.Join(w.in.Root, dir))
	var entries []fsx.Entry
	if err == nil {
		defer open.Close()
		entries, err = open.List()
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.problem(dir, err)
		}
		return nil
	}
	readme := -1
	inLicenses := strings.EqualFold(path.Base(dir), licensesDir) || strings.EqualFold(path.Base(dir), "license")
	for i, e := range entries {
		if e.Type == fs.ModeDir {
			if dir == "." && w.in.GoModule && strings.EqualFold(e.Name, licensesDir) {
				w.folder(e.Name, false)
			}
			continue
		}
		if dir == "." && readme < 0 && !w.in.NoReadme && isReadme(e.Name) {
			readme = i
		}
		if !w.in.GoModule && len(w.sources) < maxHeaders && isSource(e.Name) {
			w.sources = append(w.sources, path.Join(dir, e.Name))
		}
		role := w.s.role(e.Name)
		if role == "" && inLicenses && isTextFile(e.Name) {
			role = roleCode
		}
		if role == "" {
			continue
		}
		w.file(open, path.Join(dir, e.Name), role, linked, e)
	}
	if readme >= 0 {
		w.openReadme(open, entries[readme])
	}
	return entries
}

// isTextFile: the names that texts have in a folder of licenses.
func isTextFile(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".go", ".license", ".html", ".png", ".svg":
		return false
	}
	return true
}

// buffers are what files are read into.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// file reads a file of an open folder; name is its path from the root.
func (w *treeWalk) file(open fsx.Folder, name, role string, linked bool, e fsx.Entry) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	body, err := open.ReadFile(*buf, e, MaxText)
	if err != nil {
		if e.Type == fs.ModeSymlink && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fsx.ErrNotRegular) && w.isDir(name)) {
			return // a link to nowhere or to a folder says nothing
		}
		w.problem(name, err)
		return
	}
	if *buf = body; len(bytes.TrimSpace(body)) == 0 {
		return
	}
	o := w.s.once(body)
	t := w.s.fileText(e.Name, o.raw, o.read())
	f := File{Path: name, Source: FromFile, Role: role, Line: max(1, t.Line), Text: t, Linked: linked, Size: len(body)}
	switch {
	case role == roleNotice:
		f.Source, f.Line = FromNotice, 1
	case role == roleCode && t.Patents:
		f.Role = rolePatents
	}
	w.res.Contents[t.Digest] = o.raw
	w.res.Files = append(w.res.Files, f)
}

func (w *treeWalk) isDir(name string) bool {
	fi, err := w.in.Tree.Stat(path.Join(w.in.Root, name))
	return err == nil && fi.IsDir()
}

func (w *treeWalk) problem(name string, err error) {
	p := diag.Problem{Path: name, Kind: diag.Unreadable, Message: causeOf(err), Help: "make it a readable text file, or remove it"}
	if known := new(diag.Problem); errors.As(err, &known) {
		p = *known // a tree that knows more of the reason
		p.Path = name
	}
	var limit *fsx.LimitError
	if errors.As(err, &limit) {
		p.Kind, p.Limit, p.Actual = diag.Limit, limit.Limit, limit.Actual
		p.Message = "over the limit of what is read as a license text"
		p.Help = "rukhsa help limits"
	}
	w.res.Problems = append(w.res.Problems, p)
}

// causeOf is an error without the operation and the machine's path.
func causeOf(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// LooksLikeNotice reports whether a file's name is that of a notice file; such
// a file obliges whoever passes the work on.
func (f *File) LooksLikeNotice() bool { return f.Source == FromNotice }
