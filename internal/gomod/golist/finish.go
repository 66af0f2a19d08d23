package golist

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/module"
)

// finish folds the graphs into the result and sorts it.
func (l *loader) finish() {
	l.links()
	l.ways()
	for _, path := range sortedKeys(l.mods) {
		l.finishModule(l.mods[path])
	}
	r := l.result
	slices.SortFunc(r.Programs, func(a, b gomod.Program) int { return cmp.Compare(a.Dir, b.Dir) })
	slices.SortFunc(r.Mains, compareModules)
	slices.SortFunc(r.Modules, compareModules)
	for _, t := range l.troubles {
		if !t.all {
			t.problem.Platforms = l.someOf(t.builds)
		}
		r.Problems = append(r.Problems, t.problem)
	}
	slices.SortFunc(r.Problems, diag.Problem.Compare)
	slices.SortFunc(r.NotExamined, diag.NotExamined.Compare)
}

func compareModules(a, b *gomod.Module) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Version, b.Version))
}

// someOf names platforms where not all have it.
func (l *loader) someOf(s set) []string {
	with, all := l.platforms(s), l.platforms(^set(0))
	if len(with) == len(all) {
		return nil
	}
	var out []string
	for _, p := range with {
		out = append(out, p.String())
	}
	return out
}

// platforms lists the platforms of a set of builds, sorted.
func (l *loader) platforms(s set) []gomod.Platform {
	var out []gomod.Platform
	for i, b := range l.builds {
		if s.has(i) && (len(out) == 0 || out[len(out)-1] != b.platform) {
			out = append(out, b.platform)
		}
	}
	return out
}

// cgoOnly reports whether a set holds no build without cgo.
func (l *loader) cgoOnly(s set) bool {
	for i, b := range l.builds {
		if s.has(i) && !b.cgo {
			return false
		}
	}
	return true
}

// links finds which programs, and which rest of a main module, reach a module.
func (l *loader) links() {
	for i, v := range l.views {
		covered := map[string]bool{}
		for _, p := range v.programs {
			v.linked.add(p, []string{runtimePackage}) // in every program, imported or not
		}
		v.linked.sorted()
		for _, p := range v.programs {
			got := v.linked.reach(p)
			for q := range got {
				covered[q] = true
			}
			l.link(i, v, l.programDir(p), got)
		}
		rest := map[string][]string{}
		for _, p := range v.matched {
			if m := l.mods[v.owner[p]]; m != nil && m.Main && !covered[p] {
				root := m.Dir + "/..."
				rest[root] = append(rest[root], p)
			}
		}
		for root, pkgs := range rest {
			l.link(i, v, root, v.linked.reach(append(pkgs, runtimePackage)...))
		}
	}
}

func (l *loader) programDir(importPath string) string {
	for _, p := range l.result.Programs {
		if p.ImportPath == importPath {
			return p.Dir
		}
	}
	return importPath
}

func (l *loader) link(i int, v *view, root string, pkgs map[string]bool) {
	for p := range pkgs {
		if !slices.Contains(l.linkers[p], root) {
			l.linkers[p] = append(l.linkers[p], root)
		}
		if m := l.owner(v, p); m != nil {
			mark(m.links, root, i)
			if m.Std {
				mark(m.scopes, gomod.ScopeLinked, i)
			}
		}
	}
}

// owner is the module of a package; the standard library is made when it is
// first met.
func (l *loader) owner(v *view, pkg string) *modState {
	path, ok := v.owner[pkg]
	if pkg == runtimePackage {
		path, ok = stdPath, true
	}
	if !ok {
		return nil
	}
	if path == stdPath && l.mods[stdPath] == nil {
		l.mods[stdPath] = &modState{
			Module: &gomod.Module{Path: stdPath, Std: true, Direct: true, Version: l.stdVersion(), GoVersion: l.result.GoVersion, Require: l.stdLine},
			from:   &goModule{}, scopes: map[gomod.Scope]*set{}, links: map[string]*set{}, why: map[gomod.Scope][]string{},
		}
	}
	return l.mods[path]
}

func (l *loader) stdVersion() string {
	return cmp.Or(strings.TrimPrefix(l.result.Toolchain, "go"), l.result.GoVersion)
}

// ways finds a shortest import path to each module, of all builds.
func (l *loader) ways() {
	for _, v := range l.views {
		programs := v.programs
		l.search(v, v.linked, gomod.ScopeLinked, programs, true)
		l.search(v, v.linked, gomod.ScopeLinked, v.matched, false)
		l.search(v, v.tests.sorted(), gomod.ScopeTest, v.matched, false)
		l.search(v, v.tools.sorted(), gomod.ScopeTool, v.toolMains, false)
	}
}

// search notes the ways from some roots. In linked, a way from a program is
// better than any that starts elsewhere.
func (l *loader) search(v *view, g graph, scope gomod.Scope, roots []string, program bool) {
	order, steps := g.search(roots)
	met := map[*modState]bool{}
	for _, p := range order {
		m := l.owner(v, p)
		if m == nil {
			continue
		}
		if q := m.pkgs[p]; scope == gomod.ScopeLinked && q != nil && len(q.Embeds) > 0 {
			q.wayTo(steps, program)
		}
		if met[m] {
			continue
		}
		met[m] = true
		if scope == gomod.ScopeLinked && m.better && !program {
			continue
		}
		if w := way(steps, p); shorter(w, m.why[scope]) || program && !m.better {
			m.why[scope] = w
		}
		m.better = m.better || program
	}
}

// wayTo notes the way that a search took to a package that embeds files. One
// from a program is better than any that starts elsewhere.
func (s *pkgState) wayTo(steps map[string]step, program bool) {
	if s.better && !program {
		return
	}
	if w := way(steps, s.ImportPath); shorter(w, s.Way) || program && !s.better {
		s.Way = w
	}
	s.better = s.better || program
}

// finishModule fills in what follows from the builds and enters the module.
func (l *loader) finishModule(m *modState) {
	r := l.result
	m.Scope = gomod.ScopeRequired
	for _, s := range []gomod.Scope{gomod.ScopeLinked, gomod.ScopeTest, gomod.ScopeTool} {
		if m.scopes[s] != nil {
			m.Scope = s
			break
		}
	}
	if m.Scope == gomod.ScopeRequired && !m.Main {
		if !l.cfg.Required {
			return
		}
		l.requiredOnly(m)
	}
	if m.Scope == gomod.ScopeLinked || m.Scope == gomod.ScopeTest {
		m.Module.Platforms = l.platforms(*m.scopes[m.Scope])
	}
	for _, root := range sortedKeys(m.links) {
		s := *m.links[root]
		m.Links = append(m.Links, gomod.Link{Root: root, Platforms: l.platforms(s), CgoOnly: l.cgoOnly(s)})
	}
	if w := m.why[m.Scope]; len(w) > 0 && !m.Main {
		m.Why = []gomod.Why{{Scope: m.Scope, Path: w}}
	}
	for _, id := range sortedKeys(m.pkgs) {
		p := l.finishPackage(m.pkgs[id])
		p.Roots = slices.Sorted(slices.Values(l.linkers[p.ImportPath]))
		m.Packages = append(m.Packages, p)
	}
	slices.SortFunc(m.Packages, func(a, b gomod.Package) int { return cmp.Compare(a.Dir, b.Dir) })
	if !m.Std {
		m.Tree, m.Root = l.place(m)
	}
	if m.Main {
		m.Scope = gomod.ScopeMain
		r.Mains = append(r.Mains, m.Module)
		return
	}
	r.Modules = append(r.Modules, m.Module)
}

// requiredOnly finds a module that only go.mod files name in the module cache.
// go list says where one is only if go.sum has a line for it, and says nothing
// of one that is not there.
func (l *loader) requiredOnly(m *modState) {
	at := module.Version{Path: m.Path, Version: m.Version}
	if r := m.Replace; r != nil {
		at = module.Version{Path: r.Path, Version: r.Version}
	}
	if m.from.Dir != "" || l.vendored || at.Version == "" {
		return
	}
	if dir, err := modver.CacheDir(at); err == nil && l.goEnv["GOMODCACHE"] != "" {
		dir = filepath.Join(l.goEnv["GOMODCACHE"], filepath.FromSlash(dir))
		if fi, err := os.Stat(dir); err == nil && fi.IsDir() {
			m.from.Dir = dir
			return
		}
	}
	l.trouble(allBuilds, diag.Problem{
		Path: at.String(), Kind: diag.Missing, Message: "module not in the cache", Group: diag.NotCached, Help: "go mod download all",
	})
}

func (l *loader) finishPackage(s *pkgState) gomod.Package {
	for _, scope := range []gomod.Scope{gomod.ScopeLinked, gomod.ScopeTest, gomod.ScopeTool} {
		if b := s.scopes[scope]; b != nil {
			s.Scope, s.Platforms = scope, l.platforms(*b)
			break
		}
	}
	for _, list := range []*[]string{&s.GoFiles, &s.OtherFiles, &s.Syso, &s.Embeds, &s.LDFlags, &s.Noted} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s.Package
}
