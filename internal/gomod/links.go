package gomod

import (
	"path"
	"slices"
	"strings"
)

// mainMask is where a package is a program: where the first of its files that
// counts says so.
func (p *pkg) mainMask() mask {
	var in, done mask
	for i := range p.files {
		f := &p.files[i]
		if f.kind != goFile || !f.read {
			continue
		}
		if f.name == "main" {
			in |= f.in &^ done
		}
		done |= f.in
	}
	return in
}

// links finds what each root links: every program, and for each main module
// what no program links.
func (l *loader) links(std *Module) {
	covered := make([]mask, len(l.list))
	slices.SortFunc(l.roots, func(a, b *pkg) int { return strings.Compare(a.path, b.path) })
	for _, p := range l.roots {
		in := p.mainMask() & p.live[linked]
		if in == 0 {
			continue
		}
		rel, _ := below(p.mod.root, p.dir)
		prog := Program{Dir: path.Join(p.mod.dir, rel), ImportPath: p.path, Module: p.mod.result}
		l.res.Programs = append(l.res.Programs, prog)
		l.programs = append(l.programs, seed{p, in})
		l.link(prog.Dir, []seed{{p, in}}, covered, std)
	}
	slices.SortFunc(l.res.Programs, func(a, b Program) int { return strings.Compare(a.Dir, b.Dir) })
	for _, m := range l.mains {
		var rest []seed
		for _, p := range l.roots {
			if in := p.live[linked] &^ covered[p.id]; p.mod == m && in != 0 {
				rest = append(rest, seed{p, in})
			}
		}
		if len(rest) > 0 {
			l.rest = append(l.rest, rest...)
			l.link(restRoot(m.dir), rest, nil, std)
		}
	}
	for _, m := range slices.Concat(l.res.Mains, l.res.Modules) {
		slices.SortFunc(m.Links, func(a, b Link) int { return strings.Compare(a.Root, b.Root) })
		if m.Main || m.Std {
			for _, k := range m.Links {
				m.Platforms = append(m.Platforms, k.Platforms...)
			}
			m.Platforms = sortedPlatforms(m.Platforms)
		}
	}
}

func restRoot(dir string) string {
	if dir == "." {
		return "./..."
	}
	return dir + "/..."
}

// seed is a package to start from and the builds to start in.
type seed struct {
	p  *pkg
	in mask
}

// link walks from the packages of one root and notes the modules that it links.
func (l *loader) link(root string, from []seed, covered []mask, std *Module) {
	queue := make([]*pkg, 0, 256)
	var touched []*pkg
	var all mask
	push := func(p *pkg, in mask) {
		if in&^p.inRoot == 0 {
			return
		}
		if p.inRoot == 0 {
			touched = append(touched, p)
		}
		p.inRoot |= in
		if !p.onQueue {
			p.onQueue = true
			queue = append(queue, p)
		}
	}
	for _, s := range from {
		push(s.p, s.in)
		all |= s.in
	}
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue, p.onQueue = queue[:len(queue)-1], false
		for _, e := range p.edges {
			push(e.to, e.in&p.inRoot)
		}
	}
	var mods []*mod
	for _, p := range touched {
		if m := p.mod; m != nil {
			if m.inRoot == 0 {
				mods = append(mods, m)
			}
			m.inRoot |= p.inRoot
		}
		if covered != nil {
			covered[p.id] |= p.inRoot
		}
		p.inRoot = 0
		p.linkers = append(p.linkers, root)
	}
	for _, m := range mods {
		m.result.Links = append(m.result.Links, l.newLink(root, m.inRoot))
		m.inRoot = 0
	}
	if std != nil {
		std.Links = append(std.Links, l.newLink(root, all))
	}
}

func (l *loader) newLink(root string, in mask) Link {
	return Link{Root: root, Platforms: l.b.platformsOf(in), CgoOnly: in&^l.b.cgoOn == 0 && l.b.cgoOn != l.b.all}
}
