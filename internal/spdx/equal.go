package spdx

import (
	"encoding/binary"
	"math/bits"
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
	index := map[License]int{}
	for _, e := range []Expr{a, b} {
		for _, l := range Leaves(e) {
			if _, ok := index[l]; !ok {
				index[l] = len(index)
			}
		}
	}
	if !isCompound(a) && !isCompound(b) {
		return false
	}
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

// minimal returns the smallest sufficient sets of licenses, encoded and sorted.
// Expressions have no negation, so these sets are theirs alone: two of them are
// equal if and only if their minimal sets are.
func minimal(e Expr, index map[License]int) ([]string, bool) {
	branches, ok := DNF(e, equalBranch)
	if !ok {
		return nil, false
	}
	words := len(index)/64 + 1
	sets := make([][]uint64, len(branches))
	for i, b := range branches {
		sets[i] = make([]uint64, words)
		for _, l := range b {
			n := index[l]
			sets[i][n/64] |= 1 << (n % 64)
		}
	}
	slices.SortFunc(sets, func(a, b []uint64) int { return count(a) - count(b) })
	var kept [][]uint64
	for _, s := range sets {
		if !slices.ContainsFunc(kept, func(k []uint64) bool { return subset(k, s) }) {
			kept = append(kept, s)
		}
	}
	out := make([]string, len(kept))
	for i, k := range kept {
		var b []byte
		for _, w := range k {
			b = binary.BigEndian.AppendUint64(b, w)
		}
		out[i] = string(b)
	}
	slices.Sort(out)
	return out, true
}

func count(s []uint64) (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func subset(a, b []uint64) bool {
	for i := range a {
		if a[i]&^b[i] != 0 {
			return false
		}
	}
	return true
}

// DNF lists the branches of the choices in an expression: each a set of
// licenses required together, in order of appearance. Branches with the same
// licenses are listed once; larger ones that contain another are kept. NONE and
// NOASSERTION have no branches. It returns false when there are more than max.
func DNF(e Expr, max int) ([][]License, bool) {
	switch e := e.(type) {
	case License:
		return [][]License{{e}}, max >= 1
	case Or:
		var all branches
		for _, x := range e.X {
			b, ok := DNF(x, max)
			for _, branch := range b {
				all.add(branch)
			}
			if !ok || len(all.list) > max {
				return nil, false
			}
		}
		return all.list, true
	case And:
		return product(e.X, max)
	}
	return nil, true
}

func product(x []Expr, max int) ([][]License, bool) {
	acc := [][]License{nil}
	for _, e := range x {
		b, ok := DNF(e, max)
		if !ok {
			return nil, false
		}
		if len(acc) == 1 && len(b) == 1 { // the common case: a plain list
			acc[0] = union(acc[0], b[0])
			continue
		}
		var next branches
		for _, left := range acc {
			for _, right := range b {
				next.add(union(slices.Clip(left), right))
				if len(next.list) > max {
					return nil, false
				}
			}
		}
		acc = next.list
	}
	return acc, true
}

// union appends to a what b has more.
func union(a, b []License) []License {
	for _, l := range b {
		if !slices.Contains(a, l) {
			a = append(a, l)
		}
	}
	return a
}

// branches collects sets of licenses without repetition.
type branches struct {
	list [][]License
	seen map[string]bool
}

func (s *branches) add(b []License) {
	names := make([]string, len(b))
	for i, l := range b {
		names[i] = l.String()
	}
	slices.Sort(names)
	key := strings.Join(names, "\x00")
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	if !s.seen[key] {
		s.seen[key] = true
		s.list = append(s.list, b)
	}
}
