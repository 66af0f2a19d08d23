package spdx

import (
	"slices"
	"strings"
)

const (
	tableAtoms  = 14   // up to here equality is decided by the whole truth table
	equalBranch = 1024 // above: by minimal branches, up to this many
)

// Equal reports whether two expressions ask the same of every user, whatever
// the order, nesting or repetition: "A AND (B OR A)" equals "A". Two licenses
// are the same when id, "+" and exception are; names of references are compared
// without regard to case, as SPDX asks. It is exact up to tableAtoms distinct
// licenses or equalBranch branches; beyond, only what [Normal] makes the same
// is equal.
func Equal(a, b Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	a, b = Normal(a), Normal(b)
	if Same(a, b) {
		return true
	}
	if !isCompound(a) || !isCompound(b) {
		if !isCompound(a) && !isCompound(b) || len(Leaves(a)) == 0 || len(Leaves(b)) == 0 {
			return false
		}
	}
	_, index := numbered(a, b)
	if len(index) <= tableAtoms {
		return slices.Equal(table(a, index), table(b, index))
	}
	x, ok1 := minimal(a, index)
	y, ok2 := minimal(b, index)
	return ok1 && ok2 && slices.Equal(x, y)
}

func isCompound(e Expr) bool {
	switch e.(type) {
	case And, Or:
		return true
	}
	return false
}

// Normal sorts and deduplicates at every level and folds the case of reference
// names, so that expressions that differ in nothing else become the same.
func Normal(e Expr) Expr {
	switch e := e.(type) {
	case License:
		e.ID, e.Exception = foldReference(e.ID), foldReference(e.Exception)
		return e
	case And:
		return NewAnd(normalAll(e.X)...)
	case Or:
		return NewOr(normalAll(e.X)...)
	}
	return e
}

func normalAll(in []Expr) []Expr {
	type keyed struct {
		key string
		e   Expr
	}
	all := make([]keyed, len(in))
	for i, x := range in {
		n := Normal(x)
		all[i] = keyed{n.String(), n}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	out := make([]Expr, len(in))
	for i, k := range all {
		out[i] = k.e
	}
	return out
}

// foldReference lowers the case of the names in a reference, not its prefixes.
func foldReference(id string) string {
	doc, ref, found := strings.Cut(id, ":")
	if !found {
		doc, ref = "", id
	}
	for _, prefix := range []string{refPrefix, addPrefix} {
		if !isRef(ref, prefix) {
			continue
		}
		ref = prefix + strings.ToLower(ref[len(prefix):])
		if !found {
			return ref
		}
		return docPrefix + strings.ToLower(strings.TrimPrefix(doc, docPrefix)) + ":" + ref
	}
	return id
}

// table is the truth table of an expression over the indexed licenses, one bit
// a row, 64 rows a word.
func table(e Expr, index map[License]int) []uint64 {
	words := max(1, 1<<len(index)/64)
	switch e := e.(type) {
	case License:
		return column(index[e], words)
	case And:
		return fold(e.X, index, func(a, b uint64) uint64 { return a & b })
	case Or:
		return fold(e.X, index, func(a, b uint64) uint64 { return a | b })
	}
	return make([]uint64, words)
}

func fold(x []Expr, index map[License]int, op func(a, b uint64) uint64) []uint64 {
	acc := table(x[0], index)
	for _, e := range x[1:] {
		for i, w := range table(e, index) {
			acc[i] = op(acc[i], w)
		}
	}
	return acc
}

// column has bit r set where bit n of the row number r is set.
func column(n, words int) []uint64 {
	// The rows of the first six variables repeat within each word.
	within := [6]uint64{
		0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc, 0xf0f0f0f0f0f0f0f0,
		0xff00ff00ff00ff00, 0xffff0000ffff0000, 0xffffffff00000000,
	}
	out := make([]uint64, words)
	for i := range out {
		switch {
		case n < len(within):
			out[i] = within[n]
		case i>>(n-len(within))&1 == 1:
			out[i] = ^uint64(0)
		}
	}
	return out
}

// minimal returns the smallest sufficient sets of licenses, as sorted keys.
// Expressions have no negation, so these sets are theirs alone: two of them are
// equal if and only if their minimal sets are.
func minimal(e Expr, index map[License]int) ([]string, bool) {
	branches, ok := expand(e, index, equalBranch)
	if !ok {
		return nil, false
	}
	slices.SortFunc(branches, func(a, b set) int { return a.len() - b.len() })
	var kept []set
	for _, s := range branches {
		if !slices.ContainsFunc(kept, func(k set) bool { return k.within(s) }) {
			kept = append(kept, s)
		}
	}
	keys := make([]string, len(kept))
	for i, k := range kept {
		keys[i] = k.key()
	}
	slices.Sort(keys)
	return keys, true
}
