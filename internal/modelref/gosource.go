package modelref

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Package is a Go package that may be read.
type Package struct {
	Path  string // import path
	Name  string // of its package clause
	Tree  fsx.Tree
	Dir   string   // in Tree
	Files []string // its Go files without tests
	Noted []string // those of Files that import a package of an SDK, or belong to one
	Main  bool     // of the project itself
	Shown string   // how a report calls its folder
}

// Limits of what is read for constants and variables, in bytes; past them a name
// stays unknown.
const (
	maxGoFile  = 4 << 20
	maxGoBytes = 256 << 20
)

// Reader reads Go packages. It is not safe for concurrent use.
type Reader struct {
	table *Table
	find  func(importPath string) (Package, bool)
	fset  *token.FileSet
	pkgs  map[string]*pkg
	left  int64 // bytes that may still be read

	// Of the expression that is looked at: what of a package was asked for
	// already, and how many expressions may still be followed.
	asked map[string]bool
	steps int
}

// NewReader makes a Reader; find returns the packages of the build by their
// import path, for constants that are declared elsewhere.
func (t *Table) NewReader(find func(importPath string) (Package, bool)) *Reader {
	return &Reader{table: t, find: find, fset: token.NewFileSet(), pkgs: map[string]*pkg{}, left: maxGoBytes}
}

// pkg is a package as far as it was parsed.
type pkg struct {
	Package
	files  map[string]*file
	values map[string][]value // constants and variables of the package, and defaults of flags
	fields map[string][]value // what its own code puts into fields of that name
}

// file is a parsed file.
type file struct {
	shown   string // how a report calls it
	main    bool   // of the project itself
	src     []byte
	ast     *ast.File
	imports map[string]string // name in the file → import path
}

// value is an expression and where it stands.
type value struct {
	expr ast.Expr
	in   scope
}

// scope is where names are looked up.
type scope struct {
	file   *file
	locals map[string][]ast.Expr // of the function; a parameter has no expressions
}

// Package finds the models that the noted files of a package name.
func (r *Reader) Package(p Package) []Ref {
	q := r.pkg(p)
	var files []*file
	for _, name := range p.Noted {
		if f := r.file(q, name, nil); f != nil {
			files = append(files, f)
		}
	}
	var out []Ref
	for _, f := range files {
		w := &walk{r: r, pkg: q, file: f, own: r.table.places(p.Path)}
		w.run()
		out = append(out, w.refs...)
	}
	return sorted(out[:min(len(out), MaxRefs)])
}

func (r *Reader) pkg(p Package) *pkg {
	q := r.pkgs[p.Path]
	if q == nil {
		q = &pkg{Package: p, files: map[string]*file{}, values: map[string][]value{}, fields: map[string][]value{}}
		r.pkgs[p.Path] = q
	}
	return q
}

// file parses a file of a package once; with a word only one that holds it. It
// is nil for what cannot be read or parsed: the loader of the packages says so.
func (r *Reader) file(q *pkg, name string, word []byte) *file {
	if f, ok := q.files[name]; ok {
		return f
	}
	if r.left <= 0 {
		return nil
	}
	src, err := q.Tree.ReadFile(path.Join(q.Dir, name), maxGoFile)
	r.left -= int64(len(src))
	if err != nil {
		q.files[name] = nil
		return nil
	}
	if word != nil && !bytes.Contains(src, word) {
		return nil
	}
	tree, err := parser.ParseFile(r.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		q.files[name] = nil
		return nil
	}
	f := &file{shown: path.Join(q.Shown, name), main: q.Main, src: src, ast: tree, imports: map[string]string{}}
	for _, im := range tree.Imports {
		p := strings.Trim(im.Path.Value, "\"`")
		switch {
		case im.Name != nil:
			f.imports[im.Name.Name] = p
		default:
			f.imports[r.nameOf(p)] = p
		}
	}
	q.files[name] = f
	q.declare(f)
	return f
}

// nameOf is the name of a package that is imported without one: as its package
// clause says, else as its path suggests.
func (r *Reader) nameOf(importPath string) string {
	if p, ok := r.find(importPath); ok && p.Name != "" {
		return p.Name
	}
	base := path.Base(unversioned(importPath))
	for _, affix := range []string{"-sdk-go", "-go", ".go"} {
		base = strings.TrimSuffix(base, affix)
	}
	return strings.TrimPrefix(base, "go-")
}

// declare takes the constants and variables of a file, the defaults of flags,
// and what is put into fields.
func (q *pkg) declare(f *file) {
	top := scope{file: f}
	for _, d := range f.ast.Decls {
		switch d := d.(type) {
		case *ast.GenDecl:
			for _, s := range d.Specs {
				v, ok := s.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, name := range v.Names {
					if i < len(v.Values) {
						q.values[name.Name] = append(q.values[name.Name], value{v.Values[i], top})
					}
				}
				q.contents(v, top)
			}
		case *ast.FuncDecl:
			q.contents(d, scope{f, localsOf(d)})
		}
	}
}

// contents takes what a declaration puts into fields and flags.
func (q *pkg) contents(n ast.Node, in scope) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if k, ok := n.Key.(*ast.Ident); ok && modelish(k.Name) {
				q.fields[k.Name] = append(q.fields[k.Name], value{n.Value, in})
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if s, ok := l.(*ast.SelectorExpr); ok && modelish(s.Sel.Name) && len(n.Lhs) == len(n.Rhs) {
					q.fields[s.Sel.Name] = append(q.fields[s.Sel.Name], value{n.Rhs[i], in})
				}
			}
		case *ast.CallExpr:
			switch at, def := flagOf(n); at := at.(type) {
			case *ast.Ident:
				if _, isLocal := in.locals[at.Name]; !isLocal {
					q.values[at.Name] = append(q.values[at.Name], value{def, in})
				}
			case *ast.SelectorExpr:
				q.fields[at.Sel.Name] = append(q.fields[at.Sel.Name], value{def, in})
			}
		}
		return true
	})
}

// modelish reports whether a field may hold the name of a model.
func modelish(name string) bool { return strings.Contains(strings.ToLower(name), "model") }

// flagOf finds the variable and the default of a flag's declaration:
// StringVar(&v, "name", "default", …), StringVarP(&v, "name", "n", "default", …).
func flagOf(call *ast.CallExpr) (at, def ast.Expr) {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) < 3 {
		return nil, nil
	}
	i := map[string]int{"StringVar": 2, "StringVarP": 3}[s.Sel.Name]
	if u, ok := call.Args[0].(*ast.UnaryExpr); ok && u.Op == token.AND && i > 0 && i < len(call.Args) {
		return u.X, call.Args[i]
	}
	return nil, nil
}

// localsOf lists what a function assigns to its variables; its parameters and
// results are known without.
func localsOf(fn *ast.FuncDecl) map[string][]ast.Expr {
	locals := map[string][]ast.Expr{}
	add := func(name string, e ast.Expr) {
		if name != "_" {
			locals[name] = append(locals[name], e)
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				if locals[name.Name] == nil {
					locals[name.Name] = []ast.Expr{}
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				id, ok := l.(*ast.Ident)
				switch {
				case !ok:
				case len(n.Lhs) == len(n.Rhs):
					if _, known := locals[id.Name]; n.Tok == token.DEFINE || known {
						add(id.Name, n.Rhs[i])
					}
				case n.Tok == token.DEFINE && locals[id.Name] == nil:
					locals[id.Name] = []ast.Expr{}
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if i < len(n.Values) {
					add(name.Name, n.Values[i])
				} else if locals[name.Name] == nil {
					locals[name.Name] = []ast.Expr{}
				}
			}
		case *ast.RangeStmt:
			if id, ok := n.Value.(*ast.Ident); ok && n.Tok == token.DEFINE {
				add(id.Name, elements{n.X})
			}
		case *ast.CallExpr:
			if at, def := flagOf(n); def != nil {
				if id, ok := at.(*ast.Ident); ok && locals[id.Name] != nil {
					add(id.Name, def)
				}
			}
		}
		return true
	})
	return locals
}

// elements stands for each of the elements of a list.
type elements struct{ ast.Expr }

// position is the line and column of a node, the column in UTF-16 units.
func (r *Reader) position(f *file, at token.Pos) (line, column int) {
	p := r.fset.PositionFor(at, false)
	start := p.Offset - (p.Column - 1)
	if start < 0 || p.Offset > len(f.src) {
		return p.Line, 0
	}
	return p.Line, len(utf16.Encode([]rune(string(f.src[start:p.Offset])))) + 1
}

// sorted orders refs by place and leaves out those that say the same of it.
func sorted(refs []Ref) []Ref {
	slices.SortFunc(refs, compare)
	return slices.Compact(refs)
}
