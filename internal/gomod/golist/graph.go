package golist

import (
	"slices"
)

// graph is the import graph of one build: package → what it imports.
type graph map[string][]string

func (g graph) add(from string, to []string) {
	g[from] = append(g[from], to...)
}

// sorted puts the imports of each package in byte order, each once.
func (g graph) sorted() graph {
	for p, to := range g {
		slices.Sort(to)
		g[p] = slices.Compact(to)
	}
	return g
}

// reach lists what the roots reach, themselves included.
func (g graph) reach(roots ...string) map[string]bool {
	seen := map[string]bool{}
	todo := slices.Clone(roots)
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[p] {
			continue
		}
		seen[p] = true
		todo = append(todo, g[p]...)
	}
	return seen
}

// step is how a search came to a package.
type step struct {
	from  string // "" for a root
	depth int
}

// search walks breadth first from the roots and returns the packages in the
// order in which they were met: by length of the way, then by its byte order.
// g must be sorted.
func (g graph) search(roots []string) (order []string, steps map[string]step) {
	steps = map[string]step{}
	roots = slices.Sorted(slices.Values(roots))
	for _, r := range roots {
		if _, ok := steps[r]; !ok {
			steps[r] = step{}
			order = append(order, r)
		}
	}
	for i := 0; i < len(order); i++ {
		p := order[i]
		for _, to := range g[p] {
			if _, ok := steps[to]; !ok {
				steps[to] = step{p, steps[p].depth + 1}
				order = append(order, to)
			}
		}
	}
	return order, steps
}

// way is the path that a search took to a package.
func way(steps map[string]step, to string) []string {
	path := []string{to}
	for steps[to].from != "" {
		to = steps[to].from
		path = append(path, to)
	}
	slices.Reverse(path)
	return path
}

// shorter reports whether a is the better way: shorter, then first in byte
// order. No way at all is the worst.
func shorter(a, b []string) bool {
	if len(b) == 0 || len(a) == 0 {
		return len(a) > 0
	}
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return slices.Compare(a, b) < 0
}
