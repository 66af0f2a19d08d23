package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// This file parses license regular expressions as google/licensecheck v0.3.1
// does (internal/match/resyntax.go, Copyright 2020 The Go Authors,
// BSD-3-Clause). Its input is that module's own data, which that module has
// checked already: only what would lead to wrong tables is an error here.

// dict numbers words in the order in which they are first seen.
type dict struct {
	id    map[string]int32
	words []string
}

func (d *dict) insert(w string) int32 {
	id, ok := d.id[w]
	if !ok {
		if d.id == nil {
			d.id = map[string]int32{}
		}
		id = int32(len(d.words))
		d.id[w] = id
		d.words = append(d.words, w)
	}
	return id
}

// split returns the words of text, which it adds to d; a copyright sign after
// a copyright word says nothing new.
func (d *dict) split(text string) []int32 {
	var list []int32
	var l lex.Lexer
	l.Reset([]byte(text))
	for {
		w, _, _, ok := l.Next()
		if !ok {
			return list
		}
		id := d.insert(string(w))
		if n := len(list); n > 0 && list[n-1] == id && string(w) == lex.Copyright {
			continue
		}
		list = append(list, id)
	}
}

type nodeKind int

const (
	empty nodeKind = iota
	words          // a run of words
	concat
	alternate
	wild  // up to n words
	quest // sub[0] or nothing

	// Marks on the parser's stack.
	leftParen
	verticalBar
)

// A node is a node of the syntax tree.
type node struct {
	kind nodeKind
	sub  []*node
	w    []int32
	n    int
}

func (n *node) mark() bool { return n.kind >= leftParen }

type parser struct {
	dict  *dict
	stack []*node
}

// maxWild bounds the wildcard __N__; the longest in use is far shorter.
const maxWild = 1000

// parse parses one license regular expression and adds its words to d.
func parse(d *dict, s string) (*node, error) {
	p := parser{dict: d}
	start := 0
	for i := 0; i < len(s); {
		size, err := p.operator(s, start, i)
		if err != nil {
			return nil, fmt.Errorf("offset %d: %w", i, err)
		}
		i += max(1, size)
		if size > 0 {
			start = i
		}
	}
	p.text(s[start:], "")
	p.closeGroup()
	if len(p.stack) != 1 || p.stack[0].mark() {
		return nil, errors.New("missing )) at the end")
	}
	return p.stack[0], nil
}

// operator handles the operator at s[i:] after the plain text s[start:i] and
// returns its length, or 0 if there is none.
func (p *parser) operator(s string, start, i int) (int, error) {
	text, rest := s[start:i], s[i:]
	switch {
	case strings.HasPrefix(rest, "(("):
		p.text(text, "((")
		p.push(&node{kind: leftParen})
	case strings.HasPrefix(rest, "||"):
		p.text(text, "||")
		p.concat()
		if !p.swapBar() {
			p.push(&node{kind: verticalBar})
		}
	case strings.HasPrefix(rest, "))"):
		p.text(text, "))")
		p.closeGroup()
		n := len(p.stack)
		if n < 2 || p.stack[n-2].kind != leftParen {
			return 0, errors.New("unexpected ))")
		}
		p.stack = append(p.stack[:n-2], p.stack[n-1])
	case strings.HasPrefix(rest, "??"):
		p.text(text, "??")
		return 2, p.quest()
	case strings.HasPrefix(rest, "__"):
		digits := rest[2:]
		digits = digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789"))]
		if digits == "" || !strings.HasPrefix(rest[2+len(digits):], "__") {
			return 0, nil
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n > maxWild {
			return 0, fmt.Errorf("wildcard of more than %d words", maxWild)
		}
		p.text(text, "__")
		p.push(&node{kind: wild, n: n})
		return len(digits) + 4, nil
	case strings.HasPrefix(rest, "//**"):
		j := strings.Index(rest[4:], "**//")
		if j < 0 {
			return 0, errors.New("//** without **//")
		}
		p.text(text, "//**")
		return j + 8, nil
	default:
		return 0, nil
	}
	return 2, nil
}

func (p *parser) push(n *node) { p.stack = append(p.stack, n) }

// text handles a stretch of plain text before the operator next. Before ?? the
// last word is kept apart, as the operator takes only that one.
func (p *parser) text(s, next string) {
	list := p.dict.split(s)
	if len(list) == 0 {
		return
	}
	var last []int32
	if next == "??" {
		list, last = list[:len(list)-1], list[len(list)-1:]
	}
	if len(list) > 0 {
		n := len(p.stack)
		if n == 0 || p.stack[n-1].kind != words {
			p.push(&node{kind: words})
			n++
		}
		p.stack[n-1].w = append(p.stack[n-1].w, list...)
	}
	if last != nil {
		p.push(&node{kind: words, w: slices.Clone(last)})
	}
}

// swapBar moves a vertical bar from below the top of the stack to its top.
func (p *parser) swapBar() bool {
	n := len(p.stack)
	if n < 2 || p.stack[n-2].kind != verticalBar {
		return false
	}
	p.stack[n-1], p.stack[n-2] = p.stack[n-2], p.stack[n-1]
	return true
}

// closeGroup makes one node of everything above the last ((.
func (p *parser) closeGroup() {
	p.concat()
	if p.swapBar() {
		p.stack = p.stack[:len(p.stack)-1]
	}
	p.push(collapse(alternate, p.popOperands()))
}

// concat makes one node of everything above the last (( or ||.
func (p *parser) concat() {
	if list := p.popOperands(); len(list) > 0 {
		p.push(collapse(concat, list))
		return
	}
	p.push(&node{kind: empty})
}

func (p *parser) popOperands() []*node {
	i := len(p.stack)
	for i > 0 && !p.stack[i-1].mark() {
		i--
	}
	list := slices.Clone(p.stack[i:])
	p.stack = p.stack[:i]
	return list
}

// quest makes the top of the stack optional.
func (p *parser) quest() error {
	n := len(p.stack)
	if n == 0 || p.stack[n-1].mark() {
		return errors.New("nothing before ??")
	}
	if top := p.stack[n-1]; top.kind != quest {
		p.stack[n-1] = &node{kind: quest, sub: []*node{top}}
	}
	return nil
}

// collapse joins list under kind, without a node of kind directly below it.
func collapse(kind nodeKind, list []*node) *node {
	if len(list) == 1 {
		return list[0]
	}
	n := &node{kind: kind}
	for _, sub := range list {
		if sub.kind == kind {
			n.sub = append(n.sub, sub.sub...)
		} else {
			n.sub = append(n.sub, sub)
		}
	}
	return n
}
