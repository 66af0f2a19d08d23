package modelref

import (
	"cmp"
	"go/ast"
	"go/token"
	"strings"

	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// walk finds the places of one file.
type walk struct {
	r      *Reader
	pkg    *pkg
	file   *file
	own    []place // of the file's own package
	scope  scope
	types  map[string]typed // variable → its type of an SDK
	refs   []Ref
	places map[string][]place // name of an import → places
}

// typed is a type of a package.
type typed struct{ pkg, name string }

func compare(a, b Ref) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.Registry, b.Registry), cmp.Compare(a.By, b.By))
}

func (w *walk) run() {
	w.places = map[string][]place{}
	for name, p := range w.file.imports {
		if places := w.r.table.places(p); len(places) > 0 {
			w.places[name] = places
		}
	}
	for _, d := range w.file.ast.Decls {
		w.scope, w.types = scope{file: w.file}, map[string]typed{}
		if fn, ok := d.(*ast.FuncDecl); ok {
			w.scope.locals = localsOf(fn)
			w.typesOf(fn)
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if len(w.refs) >= MaxRefs {
				return false
			}
			w.node(n)
			return true
		})
	}
}

func (w *walk) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		w.literal(n)
	case *ast.CallExpr:
		w.call(n)
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			s, ok := l.(*ast.SelectorExpr)
			if !ok || len(n.Lhs) != len(n.Rhs) {
				continue
			}
			if id, ok := s.X.(*ast.Ident); ok {
				w.field(w.types[id.Name], s.Sel.Name, n.Rhs[i])
			}
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING {
			w.link(n)
		}
	}
}

// typeOf is the type of an SDK that an expression of a type names.
func (w *walk) typeOf(e ast.Expr) typed {
	switch e := e.(type) {
	case *ast.StarExpr:
		return w.typeOf(e.X)
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok && len(w.places[id.Name]) > 0 {
			return typed{id.Name, e.Sel.Name}
		}
	case *ast.Ident:
		if len(w.own) > 0 {
			return typed{"", e.Name}
		}
	}
	return typed{}
}

// typesOf finds the variables of a function whose type is one of an SDK, as far
// as the function itself says it.
func (w *walk) typesOf(fn *ast.FuncDecl) {
	set := func(name string, t typed) {
		if t.name != "" {
			w.types[name] = t
		}
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				set(name.Name, w.typeOf(n.Type))
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if n.Type != nil {
					set(name.Name, w.typeOf(n.Type))
				} else if i < len(n.Values) {
					set(name.Name, w.typeOfValue(n.Values[i]))
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) {
					set(id.Name, w.typeOfValue(n.Rhs[i]))
				}
			}
		}
		return true
	})
}

// typeOfValue is the type of T{…}, &T{…} and new(T).
func (w *walk) typeOfValue(e ast.Expr) typed {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		return w.typeOfValue(e.X)
	case *ast.CompositeLit:
		return w.typeOf(e.Type)
	case *ast.CallExpr:
		if id, ok := e.Fun.(*ast.Ident); ok && id.Name == "new" && len(e.Args) == 1 {
			return w.typeOf(e.Args[0])
		}
	}
	return typed{}
}

func (w *walk) literal(n *ast.CompositeLit) {
	t := w.typeOf(n.Type)
	if list, ok := n.Type.(*ast.ArrayType); ok { // its elements need not repeat their type
		t = w.typeOf(list.Elt)
		for _, e := range n.Elts {
			if c, ok := e.(*ast.CompositeLit); ok && c.Type == nil {
				w.fields(t, c)
			}
		}
		return
	}
	w.fields(t, n)
}

func (w *walk) fields(t typed, n *ast.CompositeLit) {
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				w.field(t, key.Name, kv.Value)
			}
		}
	}
}

// field looks at what is put into a field of a type.
func (w *walk) field(t typed, name string, e ast.Expr) {
	if t.name == "" {
		return
	}
	for _, p := range w.of(t.pkg) {
		if p.kind == isField && p.name == name && (p.of == t.name || p.of == "*") {
			w.take(e, p, w.shown(t.pkg, t.name+"."+name))
			return
		}
	}
}

// of lists the places of an import, of the file's own package for "".
func (w *walk) of(name string) []place {
	if name == "" {
		return w.own
	}
	return w.places[name]
}

// shown is how a report calls a place.
func (w *walk) shown(pkg, name string) string {
	if pkg == "" {
		return w.pkg.Name + "." + name
	}
	return w.r.nameOf(w.file.imports[pkg]) + "." + name
}

func (w *walk) call(n *ast.CallExpr) {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		w.called(n, "", f.Name)
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			if _, isLocal := w.scope.locals[id.Name]; !isLocal && w.file.imports[id.Name] != "" {
				w.called(n, id.Name, f.Sel.Name)
				return
			}
		}
		before := ""
		switch x := f.X.(type) {
		case *ast.SelectorExpr:
			before = x.Sel.Name
		case *ast.Ident:
			before = x.Name
		}
		for name, places := range w.places {
			for _, p := range places {
				if p.kind == isMethod && p.name == f.Sel.Name && (p.of == "" || strings.EqualFold(p.of, before)) && p.arg < len(n.Args) {
					w.take(n.Args[p.arg], p, w.shown(name, strings.TrimPrefix(p.of+"."+p.name, ".")))
					return
				}
			}
		}
	}
}

func (w *walk) called(n *ast.CallExpr, pkg, name string) {
	for _, p := range w.of(pkg) {
		if p.kind == isCall && p.name == name && p.arg < len(n.Args) {
			w.take(n.Args[p.arg], p, w.shown(pkg, name))
			return
		}
	}
}

// take notes the names that an expression in the place of a model may have, each
// where it is written in the project.
func (w *walk) take(e ast.Expr, p place, by string) {
	for _, l := range w.r.strings(w.pkg, w.scope, e) {
		name := w.r.table.name(l.text)
		switch {
		case name == "":
		case l.file.main:
			w.add(name, p.registry, by, l.file, l.pos)
		default: // a constant of somebody else
			w.add(name, p.registry, by, w.file, e.Pos())
		}
	}
}

func (w *walk) add(name, registry, by string, in *file, at token.Pos) {
	line, column := w.r.position(in, at)
	w.refs = append(w.refs, Ref{Name: name, Registry: registry, By: by, Path: in.shown, Line: line, Column: column})
}

// hubLink is an address of a model on the Hub; pages of the Hub itself have
// names of their own.
var hubLink = lazyre.New(`(?:^|[/"'\s=(])(?:www\.)?(?:huggingface\.co|hf\.co)/(datasets/)?([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(:[\w.-]+)?`)

// hubPages are the first steps of addresses of the Hub that are no namespaces.
var hubPages = map[string]bool{
	"docs": true, "blog": true, "papers": true, "spaces": true, "api": true, "models": true, "settings": true, "join": true, "login": true,
	"tasks": true, "learn": true, "posts": true, "organizations": true, "collections": true, "chat": true, "pricing": true, "new": true, "v2": true,
	"datasets": true, "terms-of-service": true, "privacy": true, "support": true, "enterprise": true, "inference": true, "course": true,
}

// link notes an address of the Hub that is a string of its own.
func (w *walk) link(n *ast.BasicLit) {
	s := strings.Trim(n.Value, "\"`")
	if strings.ContainsAny(s, " \t\n") {
		return
	}
	for _, name := range hubNames(s) {
		w.add(name, Hub, "an address", w.file, n.Pos())
	}
}

// hubNames lists the models and datasets of the Hub that a text has addresses of.
func hubNames(s string) []string {
	if !strings.Contains(s, "hf.co/") && !strings.Contains(s, "huggingface.co/") {
		return nil
	}
	var out []string
	for _, m := range hubLink.FindAllStringSubmatch(s, -1) {
		space, _, _ := strings.Cut(m[2], "/")
		if hubPages[strings.ToLower(space)] {
			continue
		}
		out = append(out, m[1]+strings.TrimRight(m[2], ".-"))
	}
	return out
}
