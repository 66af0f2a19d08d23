package spdx

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func lax(t testing.TB, s string) Expr {
	t.Helper()
	e, err := ParseLax(s)
	if err != nil {
		t.Fatalf("ParseLax(%q): %v", s, err)
	}
	return e
}

// chain joins n numbered ids: chain("a", 3, " OR ") is "a0 OR a1 OR a2".
func chain(prefix string, n int, op string) string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(prefix, i)
	}
	return strings.Join(ids, op)
}

func TestEqual(t *testing.T) {
	many := chain("a", 20, " OR ")
	pairs := make([]string, 20) // 2^20 branches
	for i := range pairs {
		pairs[i] = fmt.Sprintf("(a%d OR b%d)", i, i)
	}
	huge := strings.Join(pairs, " AND ")
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"A", "A", true},
		{"A", "B", false},
		{"A", "A+", false},
		{"A", "A WITH x", false},
		{"A OR B", "B OR A", true},
		{"A OR B", "A AND B", false},
		{"A AND (B OR A)", "A", true},
		{"A OR (A AND B)", "A", true},
		{"A AND (B OR C)", "(A AND B) OR (C AND A)", true},
		{"A AND (B OR C)", "A AND B OR C", false},
		{"LicenseRef-Name", "LicenseRef-name", true},
		{"DocumentRef-D:LicenseRef-Name", "DocumentRef-d:LicenseRef-name", true},
		{"DocumentRef-D:LicenseRef-Name", "LicenseRef-name", false},
		{"A WITH AdditionRef-X", "A WITH AdditionRef-x", true},
		{"LicenseRef-x AND LicenseRef-X", "LicenseRef-x", true},
		{"NONE", "NONE", true},
		{"NONE", "NOASSERTION", false},
		{"NONE", "A", false},
		{"A OR B", "NOASSERTION", false},
		// More licenses than a truth table takes: by branches.
		{many, many + " OR (a0 AND z)", true},
		{many, many + " OR z", false},
		{"z AND (" + many + ")", "(" + strings.ReplaceAll(many, " OR ", " AND z) OR (") + " AND z)", true},
		{"z AND (" + many + ")", many, false},
		// More branches than are compared: by normal form only.
		{huge, strings.ReplaceAll(huge, "(a3 OR b3)", "(b3 OR a3)"), true},
		{huge, strings.ReplaceAll(huge, "(a3 OR b3)", "(b3 OR a4)"), false},
	} {
		for _, x := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := Equal(lax(t, x[0]), lax(t, x[1])); got != c.want {
				t.Errorf("Equal(%.60s, %.60s) = %v, want %v", x[0], x[1], got, c.want)
			}
		}
	}
	if !Equal(nil, nil) || Equal(nil, None{}) || Equal(None{}, nil) {
		t.Error("nil is equal to nil alone")
	}
}

// truth evaluates an expression for a set of accepted licenses: the definition
// that Equal is held against.
func truth(e Expr, accepted map[License]bool) bool {
	switch e := e.(type) {
	case License:
		return accepted[e]
	case And:
		for _, x := range e.X {
			if !truth(x, accepted) {
				return false
			}
		}
		return true
	case Or:
		for _, x := range e.X {
			if truth(x, accepted) {
				return true
			}
		}
	}
	return false
}

// truthEqual tries every set of at most 16 licenses.
func truthEqual(a, b Expr) bool {
	all := Leaves(NewAnd(a, b))
	for set := range 1 << len(all) {
		accepted := map[License]bool{}
		for i, l := range all {
			accepted[l] = set>>i&1 == 1
		}
		if truth(a, accepted) != truth(b, accepted) {
			return false
		}
	}
	return true
}

// Both ways to decide equality agree with the definition.
func TestEqualIsTruth(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	ids := []string{"a", "b", "c", "d"}
	equal := 0
	for range 3000 {
		a, b := Normal(randomExpr(r, ids[:2+r.IntN(3)], 3)), Normal(randomExpr(r, ids[:2+r.IntN(3)], 3))
		if len(Leaves(NewAnd(a, b))) > 10 {
			continue
		}
		want := truthEqual(a, b)
		if want {
			equal++
		}
		if got := Equal(a, b); got != want {
			t.Fatalf("Equal(%s, %s) = %v, want %v", a, b, got, want)
		}
		index := map[License]int{}
		for _, l := range Leaves(NewAnd(a, b)) {
			index[l] = len(index)
		}
		x, ok1 := minimal(a, index)
		y, ok2 := minimal(b, index)
		if ok1 && ok2 && cmp.Equal(x, y) != want {
			t.Fatalf("minimal branches of %s and %s: equal %v, want %v", a, b, !want, want)
		}
	}
	if equal < 50 {
		t.Errorf("only %d equal pairs were tried: the test shows nothing", equal)
	}
}

// The truth table is right beyond one word of 64 rows.
func TestTableColumns(t *testing.T) {
	const atoms = 8
	for n := range atoms {
		col := column(n, 1<<atoms/64)
		for row := range 1 << atoms {
			if got, want := col[row/64]>>(row%64)&1, uint64(row>>n&1); got != want {
				t.Fatalf("column %d row %d is %d, want %d", n, row, got, want)
			}
		}
	}
}

func TestDNF(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string // branches joined by " | ", licenses by ","
		ok   bool
	}{
		{"A", 1, "A", true},
		{"A", 0, "A", false},
		{"A AND B", 1, "A,B", true},
		{"A OR B", 2, "A | B", true},
		{"A OR B", 1, "", false},
		{"A AND (B OR C)", 2, "A,B | A,C", true},
		{"(A OR B) AND (A OR C)", 4, "A | A,C | A,B | B,C", true},
		{"A AND B OR B AND A", 2, "A,B", true},
		{"(A OR B) AND (C OR D) AND E WITH x", 4, "A,C,E WITH x | A,D,E WITH x | B,C,E WITH x | B,D,E WITH x", true},
		{"(A OR B) AND (C OR D)", 3, "", false},
		{"NONE", 4, "", true},
		{"NOASSERTION", 4, "", true},
	} {
		got, ok := DNF(lax(t, c.in), c.max)
		if ok != c.ok {
			t.Errorf("DNF(%s, %d): %v, want %v", c.in, c.max, ok, c.ok)
			continue
		}
		var text []string
		for _, b := range got {
			var ids []string
			for _, l := range b {
				ids = append(ids, l.String())
			}
			text = append(text, strings.Join(ids, ","))
		}
		if d := cmp.Diff(c.want, strings.Join(text, " | ")); ok && d != "" {
			t.Errorf("DNF(%s) (-want +got):\n%s", c.in, d)
		}
	}
}

// An expression and the choice between its branches are equal.
func TestDNFIsEqual(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		e := randomExpr(r, someIDs, 3)
		b, ok := DNF(e, 500)
		if !ok {
			continue
		}
		var or []Expr
		for _, branch := range b {
			var and []Expr
			for _, l := range branch {
				and = append(and, l)
			}
			or = append(or, NewAnd(and...))
		}
		if !Equal(e, NewOr(or...)) {
			t.Fatalf("DNF(%s) = %s", e, NewOr(or...))
		}
	}
}

// Expressions that are built to cost much are given up, quickly.
func TestHostile(t *testing.T) {
	pairs := make([]string, 12)
	for i := range pairs {
		pairs[i] = fmt.Sprintf("(a%d OR b)", i)
	}
	block := strings.Join(pairs, " AND ") // every subset of the a's, and b
	var blocks []string
	for len(strings.Join(blocks, ") AND (")) < MaxLength/2 {
		blocks = append(blocks, fmt.Sprintf("(%s OR c%d) OR d", block, len(blocks)))
	}
	hostile := lax(t, "("+strings.Join(blocks, ") AND (")+")")
	if b, ok := DNF(hostile, 5000); ok {
		t.Errorf("%d branches", len(b))
	}
	if Equal(hostile, NewAnd(hostile, License{ID: "z"})) {
		t.Error("equal")
	}
	// A long plain list is not hostile.
	long := lax(t, chain("a", 6000, " AND "))
	if b, ok := DNF(long, 1); !ok || len(b) != 1 || len(b[0]) != 6000 {
		t.Errorf("a list of 6000: %v, %d branches", ok, len(b))
	}
	if !Equal(long, NewAnd(long, License{ID: "a0"})) {
		t.Error("a list of 6000 is not equal to itself")
	}
}

func TestJoin(t *testing.T) {
	a, b := License{ID: "A"}, License{ID: "B"}
	for _, c := range []struct {
		name string
		got  Expr
		want Expr
	}{
		{"nothing", NewAnd(), NoAssertion{}},
		{"nil", NewOr(nil, a), a},
		{"single", NewAnd(a), a},
		{"twice", NewOr(a, b, a), Or{[]Expr{a, b}}},
		{"flat", NewAnd(NewAnd(a, b), License{ID: "C"}), And{[]Expr{a, b, License{ID: "C"}}}},
		{"nested", NewAnd(NewOr(a, b), a), And{[]Expr{Or{[]Expr{a, b}}, a}}},
		{"none", NewAnd(None{}, None{}), None{}},
		{"none_and_license", NewAnd(None{}, a), NoAssertion{}},
		{"noassertion_or_license", NewOr(NoAssertion{}, a), NoAssertion{}},
		{"none_or_noassertion", NewOr(None{}, NoAssertion{}), NoAssertion{}},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestMapAndLeaves(t *testing.T) {
	e := lax(t, "(A OR B) AND C AND B WITH x AND A")
	var ids []string
	for _, l := range Leaves(e) {
		ids = append(ids, l.String())
	}
	if d := cmp.Diff([]string{"A", "B", "C", "B WITH x"}, ids); d != "" {
		t.Errorf("Leaves (-want +got):\n%s", d)
	}
	got := Map(e, func(l License) Expr {
		switch l.ID {
		case "A":
			return nil
		case "C":
			return lax(t, "D AND E")
		}
		return l
	})
	if got.String() != "B AND D AND E AND B WITH x" {
		t.Errorf("Map = %s", got)
	}
	if e.String() != "(A OR B) AND C AND B WITH x AND A" {
		t.Errorf("Map changed its argument to %s", e)
	}
	if got := Map(e, func(License) Expr { return nil }); got != nil {
		t.Errorf("Map to nothing = %v", got)
	}
	if got := Map(None{}, func(l License) Expr { return l }); got != (None{}) {
		t.Errorf("Map(NONE) = %v", got)
	}
}
