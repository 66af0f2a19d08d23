package gomod

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/module"
)

// step is one package on the way from a seed; parent is the step before it.
type step struct {
	p      *pkg
	in     mask
	parent int
}

// whys finds for every module the shortest import path that makes it count in
// its scope, the first in byte order among the shortest; and for every linked
// package that embeds files the one that leads to it.
func (l *loader) whys(counted []*mod, std *Module) {
	for _, p := range l.list {
		byPath := func(a, b edge) int { return strings.Compare(a.to.path, b.to.path) }
		slices.SortFunc(p.edges, byPath)
		slices.SortFunc(p.test, byPath)
	}
	l.walkWhy(ScopeLinked, l.programs, (*pkg).imports)
	l.walkWhy(ScopeLinked, l.rest, (*pkg).imports)
	if l.c.Test {
		var from []seed
		for _, p := range l.roots {
			from = append(from, seed{p, l.b.all})
		}
		l.walkWhy(ScopeTest, from, func(p *pkg) []edge { return p.test })
	}
	if l.c.Tool {
		var from []seed
		for _, p := range l.tools {
			from = append(from, seed{p, l.b.all})
		}
		slices.SortFunc(from, func(a, b seed) int { return strings.Compare(a.p.path, b.p.path) })
		l.walkWhy(ScopeTool, from, (*pkg).imports)
	}
	if l.c.Required && !l.res.Vendored {
		l.requiredWhy(counted)
	}
	if std != nil {
		l.stdWhy(std)
	}
}

func (p *pkg) imports() []edge { return p.edges }

// walkWhy goes breadth first from the seeds. Steps of one length stand in the
// order of their paths, so that the first to enter a module is the one wanted.
// A way counts only where one build takes all of it. first gives the imports
// of a seed.
func (l *loader) walkWhy(scope Scope, from []seed, first func(*pkg) []edge) {
	seen := make([]mask, len(l.list))
	steps := make([]step, 0, len(l.list))
	enter := func(p *pkg, in mask, parent int) {
		if parent >= 0 {
			in &^= seen[p.id]
		}
		if in == 0 {
			return
		}
		// The seeds of tests may be reached again, by their plain imports.
		if parent >= 0 || scope != ScopeTest {
			seen[p.id] |= in
		}
		steps = append(steps, step{p, in, parent})
		m := p.mod
		if m != nil && m.result != nil && m.result.Scope == scope && len(m.result.Why) == 0 {
			m.result.Why = append(m.result.Why, Why{scope, pathOf(steps, len(steps)-1)})
		}
		if scope == ScopeLinked && p.embeds && p.way == nil {
			p.way = pathOf(steps, len(steps)-1)
		}
	}
	for _, s := range from {
		enter(s.p, s.in, -1)
	}
	for i := 0; i < len(steps); i++ {
		s := steps[i]
		edges := s.p.edges
		if s.parent < 0 {
			edges = first(s.p)
		}
		for _, e := range edges {
			if e.to != s.p { // a test imports the package that it tests
				enter(e.to, e.in&s.in, i)
			}
		}
	}
}

func pathOf(steps []step, i int) []string {
	var out []string
	for ; i >= 0; i = steps[i].parent {
		out = append(out, steps[i].p.path)
	}
	slices.Reverse(out)
	return out
}

// requiredWhy finds the way over requirements to what counts for go.mod alone.
func (l *loader) requiredWhy(counted []*mod) {
	type hop struct {
		v      module.Version
		parent int
	}
	var hops []hop
	for _, m := range l.mains {
		hops = append(hops, hop{m.Version, -1})
	}
	g := l.moduleGraph()
	seen := map[string]bool{}
	at := map[string]int{}
	for i := 0; i < len(hops); i++ {
		if seen[hops[i].v.Path] {
			continue
		}
		seen[hops[i].v.Path] = true
		at[hops[i].v.Path] = i
		reqs := slices.Clone(g.reqs[hops[i].v])
		slices.SortFunc(reqs, modver.Compare)
		for _, r := range reqs {
			if !seen[r.Path] {
				hops = append(hops, hop{module.Version{Path: r.Path, Version: g.selected[r.Path]}, i})
			}
		}
	}
	for _, m := range counted {
		i, ok := at[m.Path]
		if !ok || m.result.Scope != ScopeRequired {
			continue
		}
		var out []string
		for ; i >= 0; i = hops[i].parent {
			out = append(out, hops[i].v.Path)
		}
		slices.Reverse(out)
		m.result.Why = append(m.result.Why, Why{ScopeRequired, out})
	}
}

// stdWhy is the import of the standard library by the first root that has one.
func (l *loader) stdWhy(std *Module) {
	for _, from := range [][]seed{l.programs, l.rest} {
		for _, s := range from {
			if s.p.std != "" {
				std.Why = append(std.Why, Why{ScopeLinked, []string{s.p.path, s.p.std}})
				return
			}
		}
	}
}
