package spdx

import (
	"strconv"
	"strings"
)

// Limits of an expression; no real one comes near them.
const (
	MaxLength = 64 << 10 // bytes
	MaxDepth  = 128      // nested parentheses
)

// Parse reads an expression whose ids are on the list. Ids are corrected in
// case, deprecated ids become what the list says they stand for, "X+" becomes
// "X-or-later" where that is an id. A fault is an [*Error].
func Parse(s string, l *List) (Expr, error) {
	if l == nil {
		l = &List{} // knows no id; a missing list must not accept all
	}
	return parse(s, l, true)
}

// ParseLax reads an expression by its syntax alone and takes every id as it is
// written. A fault is an [*Error].
func ParseLax(s string) (Expr, error) {
	return parse(s, nil, false)
}

type parser struct {
	src   string
	list  *List // nil: any id
	remap bool  // deprecated ids become their replacement
	pos   int
	tok   token
	depth int
}

func parse(s string, l *List, remap bool) (Expr, error) {
	p := &parser{src: s, list: l, remap: remap}
	e, err := p.all()
	if err != nil {
		return nil, err // a typed nil must not escape into the interface
	}
	return e, nil
}

func (p *parser) all() (Expr, *Error) {
	if len(p.src) > MaxLength {
		return nil, p.fail(MaxLength, "", "expression is longer than "+strconv.Itoa(MaxLength)+" bytes")
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.tok.kind == tEnd {
		return nil, p.fail(p.tok.at, "", "empty license expression")
	}
	if e, err := p.special(); e != nil || err != nil {
		return e, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tEnd {
		return nil, p.trailing()
	}
	return e, nil
}

// special reads NONE or NOASSERTION, which stand alone.
func (p *parser) special() (Expr, *Error) {
	var e Expr
	switch p.tok.text {
	case textNone:
		e = None{}
	case textNoAssertion:
		e = NoAssertion{}
	default:
		return nil, nil
	}
	w := p.tok
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.tok.kind != tEnd {
		return nil, p.alone(w)
	}
	return e, nil
}

func (p *parser) alone(w token) *Error {
	return p.fail(w.at, w.text, w.text+" must stand alone, not in an expression")
}

func (p *parser) or() (Expr, *Error)  { return p.joined(tOr, p.and, NewOr) }
func (p *parser) and() (Expr, *Error) { return p.joined(tAnd, p.operand, NewAnd) }

func (p *parser) joined(op kind, operand func() (Expr, *Error), join func(...Expr) Expr) (Expr, *Error) {
	first, err := operand()
	if err != nil || p.tok.kind != op {
		return first, err
	}
	x := []Expr{first}
	for p.tok.kind == op {
		if err := p.next(); err != nil {
			return nil, err
		}
		e, err := operand()
		if err != nil {
			return nil, err
		}
		x = append(x, e)
	}
	return join(x...), nil
}

func (p *parser) operand() (Expr, *Error) {
	switch p.tok.kind {
	case tOpen:
		return p.parens()
	case tWord:
		return p.license()
	case tEnd:
		return nil, p.fail(p.tok.at, "", "license id expected, the expression ends")
	default:
		return nil, p.fail(p.tok.at, p.tok.text, "license id expected, not "+quote(p.tok.text))
	}
}

func (p *parser) parens() (Expr, *Error) {
	open := p.tok
	if p.depth++; p.depth > MaxDepth {
		return nil, p.fail(open.at, "(", "parentheses are nested deeper than "+strconv.Itoa(MaxDepth))
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind == tEnd {
		return nil, p.fail(open.at, "(", `"(" is never closed`)
	}
	if p.tok.kind != tClose {
		return nil, p.trailing()
	}
	p.depth--
	if err := p.next(); err != nil {
		return nil, err
	}
	return e, nil
}

// trailing explains a token that stands where an operator or the end should.
func (p *parser) trailing() *Error {
	t := p.tok
	switch t.kind {
	case tClose:
		return p.fail(t.at, t.text, `")" without "("`)
	case tPlus:
		return p.fail(t.at, t.text, `"+" follows a license id only`)
	case tWith:
		return p.fail(t.at, t.text, "WITH follows one license id, not "+quote(")"))
	default:
		return p.fail(t.at, t.text, "AND or OR expected before "+quote(t.text))
	}
}

// license reads ID ["+"] ["WITH" EXCEPTION].
func (p *parser) license() (Expr, *Error) {
	id := p.tok
	if id.text == textNone || id.text == textNoAssertion {
		return nil, p.alone(id)
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	plus := p.tok.kind == tPlus
	if plus {
		if isRef(reference(id.text), refPrefix) {
			return nil, p.fail(p.tok.at, "+", `"+" cannot follow a LicenseRef`)
		}
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	exception := ""
	if p.tok.kind == tWith {
		if err := p.next(); err != nil {
			return nil, err
		}
		var err *Error
		if exception, err = p.exception(); err != nil {
			return nil, err
		}
	}
	return p.resolve(id, plus, exception)
}

// exception reads what follows WITH.
func (p *parser) exception() (string, *Error) {
	t := p.tok
	if t.kind != tWord {
		return "", p.fail(t.at, t.text, "exception id expected after WITH")
	}
	ref := reference(t.text)
	if isRef(ref, refPrefix) || ref == textNone || ref == textNoAssertion {
		return "", p.fail(t.at, t.text, quote(t.text)+" cannot follow WITH: write an exception id or AdditionRef-...")
	}
	name := t.text
	if !isRef(ref, addPrefix) {
		if ref == addPrefix {
			return "", p.fail(t.at, t.text, quote(addPrefix)+" needs a name")
		}
		var err *Error
		if name, err = p.listedException(t); err != nil {
			return "", err
		}
	}
	if err := p.next(); err != nil {
		return "", err
	}
	if p.tok.kind == tPlus {
		return "", p.fail(p.tok.at, "+", `"+" cannot follow an exception`)
	}
	return name, nil
}

func (p *parser) listedException(t token) (string, *Error) {
	if p.list == nil {
		return t.text, nil
	}
	e, ok := p.list.Exception(t.text)
	switch {
	case ok && p.remap && e.Replacement != "":
		return e.Replacement, nil
	case ok:
		return e.ID, nil
	}
	if x, ok := p.list.License(t.text); ok {
		return "", p.fail(t.at, t.text, quote(x.ID)+" is a license, not an exception")
	}
	err := p.fail(t.at, t.text, "unknown exception id "+quote(t.text))
	err.Near = near(t.text, p.list.exceptions, squashAll(p.list.exceptions))
	return "", err
}

// resolve turns an id as written into a canonical license.
func (p *parser) resolve(id token, plus bool, exception string) (Expr, *Error) {
	ref := reference(id.text)
	switch {
	case isRef(ref, refPrefix):
		return License{ID: id.text, Exception: exception}, nil
	case ref == refPrefix:
		return nil, p.fail(id.at, id.text, quote(refPrefix)+" needs a name")
	case strings.HasPrefix(ref, addPrefix):
		return nil, p.fail(id.at, id.text, quote(id.text)+" is an addition: write LICENSE WITH "+shorten(id.text))
	case p.list == nil:
		return License{ID: id.text, Plus: plus, Exception: exception}, nil
	}
	e, ok := p.list.License(id.text)
	if !ok {
		return nil, p.unknown(id)
	}
	if plus {
		return p.orLater(id, e, exception)
	}
	return p.current(License{ID: e.ID, Exception: exception}, e), nil
}

// The GNU licenses say in the id which versions apply.
const (
	suffixOnly    = "-only"
	suffixOrLater = "-or-later"
)

// orLater finds the license that "X+" means. By the SPDX list "+" says "this
// version or any later one", which GNU ids say themselves: "X+" is X-or-later
// where that id exists, "X-or-later+" says it twice, and "X-only+" contradicts
// itself, so that either reading would be a guess.
func (p *parser) orLater(id token, e ListEntry, exception string) (Expr, *Error) {
	if x, ok := p.list.License(e.ID + "+"); ok {
		return p.current(License{ID: x.ID, Exception: exception}, x), nil
	}
	if x, ok := p.list.License(e.ID + suffixOrLater); ok {
		return License{ID: x.ID, Exception: exception}, nil
	}
	if strings.HasSuffix(e.ID, suffixOrLater) {
		return License{ID: e.ID, Exception: exception}, nil
	}
	if base, ok := strings.CutSuffix(e.ID, suffixOnly); ok {
		if x, ok := p.list.License(base + suffixOrLater); ok {
			msg := quote(id.text+"+") + ` contradicts itself: "-only" against "or any later version"`
			err := p.fail(id.at, id.text+"+", msg)
			err.Near = []string{e.ID, x.ID}
			return nil, err
		}
	}
	lic := License{ID: e.ID, Plus: true, Exception: exception}
	if x, ok := p.replacement(e).(License); ok && !x.Plus {
		return p.plusReplaced(lic, x), nil
	}
	return lic, nil
}

// plusReplaced puts the "+" of a deprecated id onto its replacement:
// "GPL-2.0-with-bison-exception+" is GPL-2.0-or-later WITH Bison-exception-2.2.
func (p *parser) plusReplaced(lic, x License) License {
	if x.Exception != "" && lic.Exception != "" {
		return lic
	}
	if x.Exception != "" {
		lic.Exception = x.Exception
	}
	if base, ok := strings.CutSuffix(x.ID, suffixOnly); ok {
		if later, ok := p.list.License(base + suffixOrLater); ok {
			return License{ID: later.ID, Exception: lic.Exception}
		}
	}
	if strings.HasSuffix(x.ID, suffixOrLater) {
		return License{ID: x.ID, Exception: lic.Exception}
	}
	return License{ID: x.ID, Plus: true, Exception: lic.Exception}
}

// current is the license under the id that is in use today. A deprecated id
// stays when its replacement cannot take the exception as well.
func (p *parser) current(lic License, e ListEntry) Expr {
	switch x := p.replacement(e).(type) {
	case nil:
		return lic
	case License:
		if lic.Exception == "" {
			return x
		}
		if x.Exception == "" || x.Exception == lic.Exception {
			x.Exception = lic.Exception
			return x
		}
	default:
		if lic.Exception == "" {
			return x
		}
	}
	return lic
}

// replacement is the expression that a deprecated id stands for, or nil.
func (p *parser) replacement(e ListEntry) Expr {
	if !p.remap || e.Replacement == "" {
		return nil
	}
	x, err := parse(e.Replacement, p.list, false)
	if err != nil {
		return nil // List.Check reports it
	}
	return x
}

func (p *parser) unknown(id token) *Error {
	if x, ok := p.list.Exception(id.text); ok {
		return p.fail(id.at, id.text, quote(x.ID)+" is an exception: write LICENSE WITH "+x.ID)
	}
	err := p.fail(id.at, id.text, "unknown license id "+quote(id.text))
	err.Near = nearLicense(id.text, p.list)
	return err
}

func (p *parser) fail(at int, tok, msg string) *Error { return newError(p.src, at, tok, msg) }
