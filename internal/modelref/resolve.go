package modelref

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// How far the value of an expression is followed, how many expressions that may
// lead to, and how many values it may have.
const (
	maxDepth  = 8
	maxSteps  = 2000
	maxValues = 8
)

// literal is a string and where it is written.
type literal struct {
	text string
	file *file
	pos  token.Pos
}

// strings lists the strings that an expression in the place of a model may be.
func (r *Reader) strings(q *pkg, in scope, e ast.Expr) []literal {
	r.asked, r.steps = map[string]bool{}, maxSteps
	return r.resolve(q, in, e, 0)
}

// resolve lists the strings that an expression may be, as far as constants,
// assignments in the same function, defaults of flags and what the package puts
// into fields of the same name tell.
func (r *Reader) resolve(q *pkg, in scope, e ast.Expr, depth int) []literal {
	if r.steps--; depth > maxDepth || r.steps < 0 {
		return nil
	}
	depth++
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return []literal{{s, in.file, e.Pos()}}
		}
	case *ast.ParenExpr:
		return r.resolve(q, in, e.X, depth)
	case *ast.StarExpr:
		return r.resolve(q, in, e.X, depth)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return r.resolve(q, in, e.X, depth)
		}
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return nil
		}
		a, b := r.resolve(q, in, e.X, depth), r.resolve(q, in, e.Y, depth)
		if len(a) == 1 && len(b) == 1 && len(a[0].text)+len(b[0].text) <= maxName {
			return []literal{{a[0].text + b[0].text, in.file, e.Pos()}}
		}
	case *ast.Ident:
		return r.ident(q, in, e.Name, depth)
	case *ast.SelectorExpr:
		return r.selector(q, in, e, depth)
	case *ast.CallExpr:
		return r.callOf(q, in, e, depth)
	case elements:
		if list, ok := e.Expr.(*ast.CompositeLit); ok {
			return r.all(q, in, list.Elts, depth)
		}
	}
	return nil
}

// all unites the values of several expressions.
func (r *Reader) all(q *pkg, in scope, list []ast.Expr, depth int) []literal {
	var out []literal
	for _, e := range list {
		for _, s := range r.resolve(q, in, e, depth) {
			if !slices.Contains(out, s) && len(out) < maxValues {
				out = append(out, s)
			}
		}
	}
	return out
}

func (r *Reader) ident(q *pkg, in scope, name string, depth int) []literal {
	if list, ok := in.locals[name]; ok {
		return r.all(q, in, list, depth)
	}
	return r.values(q, func() []value { return q.values[name] }, name, depth)
}

// values resolves what is known by a name in a package; where nothing is, the
// files of the package that hold the name are parsed.
func (r *Reader) values(q *pkg, known func() []value, name string, depth int) []literal {
	key := q.Path + "." + name
	if r.asked[key] {
		return nil
	}
	r.asked[key] = true
	if len(known()) == 0 {
		for _, f := range q.Files {
			r.file(q, f, []byte(name))
		}
	}
	var out []literal
	for _, v := range known() {
		for _, s := range r.resolve(q, v.in, v.expr, depth) {
			if !slices.Contains(out, s) && len(out) < maxValues {
				out = append(out, s)
			}
		}
	}
	return out
}

func (r *Reader) selector(q *pkg, in scope, e *ast.SelectorExpr, depth int) []literal {
	if id, ok := e.X.(*ast.Ident); ok {
		if _, isLocal := in.locals[id.Name]; !isLocal && in.file.imports[id.Name] != "" {
			p, ok := r.find(in.file.imports[id.Name])
			if !ok {
				return nil
			}
			of := r.pkg(p)
			return r.values(of, func() []value { return of.values[e.Sel.Name] }, e.Sel.Name, depth)
		}
	}
	if !modelish(e.Sel.Name) {
		return nil
	}
	return r.values(q, func() []value { return q.fields[e.Sel.Name] }, e.Sel.Name, depth)
}

// wrappers are functions whose one argument is their result, or what it points
// to; conversions and helpers of SDKs.
var wrappers = map[string]bool{
	"F": true, "String": true, "StringPtr": true, "Ptr": true, "ToPtr": true, "To": true, "Pointer": true, "Of": true, "Some": true,
	"string": true, "TrimSpace": true, "ToLower": true,
}

func (r *Reader) callOf(q *pkg, in scope, e *ast.CallExpr, depth int) []literal {
	name, pkg := "", ""
	switch f := e.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if id, ok := f.X.(*ast.Ident); ok {
			pkg = in.file.imports[id.Name]
		}
	case *ast.IndexExpr: // a generic one with its type
		return r.callOf(q, in, &ast.CallExpr{Fun: f.X, Args: e.Args}, depth)
	}
	switch n := len(e.Args); {
	case n == 1 && (wrappers[name] || pkg != "" && r.table.Knows(pkg) && !strings.HasPrefix(name, "New")):
		return r.resolve(q, in, e.Args[0], depth)
	case pkg == "cmp" && name == "Or":
		return r.all(q, in, e.Args, depth)
	case n == 3 && name == "String" || n == 4 && name == "StringP": // a flag: its name, its default
		return r.resolve(q, in, e.Args[n-2], depth)
	case n == 2: // a variable of the environment and what holds without it
		if first := r.resolve(q, in, e.Args[0], depth); len(first) == 1 && isVariable(first[0].text) {
			return r.resolve(q, in, e.Args[1], depth)
		}
	}
	return nil
}

// isVariable reports whether s is written as names of environment variables are.
func isVariable(s string) bool {
	return len(s) > 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && 'A' <= s[0] && s[0] <= 'Z'
}
