// Package spdx reads, prints and compares SPDX license expressions.
//
// The grammar is that of SPDX 2.3 Annex D and SPDX 3.0.1 "SPDX license
// expressions": operators in upper case or all in lower case, "+" binds tighter
// than WITH, WITH tighter than AND, AND tighter than OR. NONE and NOASSERTION
// stand alone. The list of known ids is handed in, never built in.
//
// A tree from [Parse], [ParseLax], [NewAnd], [NewOr] or [Map] is canonical: an
// And or Or has at least two elements, none of its own kind, no two the same,
// and holds neither None nor NoAssertion. Printing a canonical tree and parsing
// the text again gives the same tree. Nodes are values and are never changed
// after they were built; compare them with [Same] or [Equal], not with ==.
package spdx

// Expr is a node of a license expression: [License], [And], [Or], [None] or
// [NoAssertion], always as a value, never as a pointer.
type Expr interface {
	// String prints the canonical text: operators in upper case, the fewest
	// parentheses that keep the tree.
	String() string
	appendTo(b []byte, within int) []byte
}

// License is one license: an id, with or without "+" and an exception.
type License struct {
	ID        string // "MIT", "LicenseRef-x", "DocumentRef-d:LicenseRef-x"; canonical case after Parse
	Plus      bool   // a "+" that no -or-later id stands for
	Exception string // "Classpath-exception-2.0", "AdditionRef-x", "DocumentRef-d:AdditionRef-x" or ""
}

// And holds licenses that all apply; order as written.
type And struct{ X []Expr }

// Or holds licenses of which one is chosen; order as written.
type Or struct{ X []Expr }

// None says that there is no license.
type None struct{}

// NoAssertion says that nothing is claimed about the license.
type NoAssertion struct{}

const (
	textNone        = "NONE"
	textNoAssertion = "NOASSERTION"
)

// NewAnd joins by AND. Nested Ands are flattened, repeated elements dropped but
// for the first, a single element is returned itself, nil elements are skipped.
// None and NoAssertion cannot stand in a compound: if all elements are None the
// result is None; any other mixture with them, and no element at all, is
// NoAssertion, because nothing can be claimed about the whole.
func NewAnd(x ...Expr) Expr { return join(x, true) }

// NewOr joins by OR, by the same rules as [NewAnd].
func NewOr(x ...Expr) Expr { return join(x, false) }

func join(in []Expr, and bool) Expr {
	out := make([]Expr, 0, len(in))
	none, unsaid := false, false
	for _, e := range in {
		switch e := e.(type) {
		case nil:
		case None:
			none = true
		case NoAssertion:
			unsaid = true
		case And:
			if and {
				out = append(out, e.X...)
			} else {
				out = append(out, e)
			}
		case Or:
			if and {
				out = append(out, e)
			} else {
				out = append(out, e.X...)
			}
		default:
			out = append(out, e)
		}
	}
	if len(out) == 0 && none && !unsaid {
		return None{}
	}
	if len(out) == 0 || none || unsaid {
		return NoAssertion{}
	}
	out = distinct(out)
	switch {
	case len(out) == 1:
		return out[0]
	case and:
		return And{out}
	default:
		return Or{out}
	}
}

// distinct drops repetitions in place, keeping the first of each.
func distinct(x []Expr) []Expr {
	if len(x) < 2 {
		return x
	}
	seen := make(map[string]bool, len(x))
	out := x[:0]
	for _, e := range x {
		s := e.String()
		if !seen[s] {
			seen[s] = true
			out = append(out, e)
		}
	}
	return out
}

// Same reports whether two trees are identical, order included.
func Same(a, b Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.String() == b.String() // canonical trees and their texts are one to one
}

// Walk calls f for every license in order of appearance, repetitions included.
func Walk(e Expr, f func(License)) {
	switch e := e.(type) {
	case License:
		f(e)
	case And:
		for _, x := range e.X {
			Walk(x, f)
		}
	case Or:
		for _, x := range e.X {
			Walk(x, f)
		}
	}
}

// Leaves returns the distinct licenses in order of appearance.
func Leaves(e Expr) []License {
	var out []License
	seen := map[License]bool{}
	Walk(e, func(l License) {
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	})
	return out
}

// Map replaces every license by what f returns for it and joins the results
// again by [NewAnd] and [NewOr]; nil drops the license. The result is nil when
// every license was dropped.
func Map(e Expr, f func(License) Expr) Expr {
	switch e := e.(type) {
	case License:
		return f(e)
	case And:
		return mapAll(e.X, f, NewAnd)
	case Or:
		return mapAll(e.X, f, NewOr)
	}
	return e
}

func mapAll(in []Expr, f func(License) Expr, join func(...Expr) Expr) Expr {
	out := make([]Expr, 0, len(in))
	for _, x := range in {
		if y := Map(x, f); y != nil {
			out = append(out, y)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return join(out...)
}

// How tightly the surroundings bind, for parentheses.
const (
	withinNothing = iota
	withinOr
	withinAnd
)

func (l License) appendTo(b []byte, _ int) []byte {
	b = append(b, l.ID...)
	if l.Plus {
		b = append(b, '+')
	}
	if l.Exception != "" {
		b = append(b, " WITH "...)
		b = append(b, l.Exception...)
	}
	return b
}

func (a And) appendTo(b []byte, within int) []byte {
	return appendJoined(b, a.X, " AND ", withinAnd, false)
}

func (o Or) appendTo(b []byte, within int) []byte {
	return appendJoined(b, o.X, " OR ", withinOr, within == withinAnd && len(o.X) > 1)
}

func (None) appendTo(b []byte, _ int) []byte        { return append(b, textNone...) }
func (NoAssertion) appendTo(b []byte, _ int) []byte { return append(b, textNoAssertion...) }

func appendJoined(b []byte, x []Expr, op string, within int, parens bool) []byte {
	if len(x) == 0 { // not canonical; claims nothing
		return append(b, textNoAssertion...)
	}
	if parens {
		b = append(b, '(')
	}
	for i, e := range x {
		if i > 0 {
			b = append(b, op...)
		}
		b = e.appendTo(b, within)
	}
	if parens {
		b = append(b, ')')
	}
	return b
}

// String prints the license as an expression, see [Expr].
func (l License) String() string {
	if !l.Plus && l.Exception == "" {
		return l.ID
	}
	return string(l.appendTo(nil, withinNothing))
}

// String prints the expression, see [Expr].
func (a And) String() string { return string(a.appendTo(nil, withinNothing)) }

// String prints the expression, see [Expr].
func (o Or) String() string { return string(o.appendTo(nil, withinNothing)) }

// String prints NONE.
func (None) String() string { return textNone }

// String prints NOASSERTION.
func (NoAssertion) String() string { return textNoAssertion }
