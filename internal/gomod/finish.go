package gomod

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// finish makes the result of what was read.
func (l *loader) finish() {
	counted := l.counted()
	std := l.std()
	for _, m := range l.mains {
		m.result = l.module(m)
		l.res.Mains = append(l.res.Mains, m.result)
	}
	for _, m := range counted {
		m.result = l.module(m)
		l.res.Modules = append(l.res.Modules, m.result)
	}
	if std != nil {
		l.res.Modules = append(l.res.Modules, std)
	}
	l.links(std)
	if std != nil && len(std.Links) == 0 {
		std, l.res.Modules = nil, l.res.Modules[:len(l.res.Modules)-1] // nothing is built
	}
	l.whys(counted, std)
	for _, m := range slices.Concat(l.mains, counted) {
		l.fillPackages(m)
	}
	l.gaps()
	byPath := func(a, b *Module) int {
		return modver.Compare(module.Version{Path: a.Path, Version: a.Version}, module.Version{Path: b.Path, Version: b.Version})
	}
	slices.SortFunc(l.res.Mains, byPath)
	slices.SortFunc(l.res.Modules, byPath)
}

// counted lists the modules that count beside the main ones, with their scopes
// found.
func (l *loader) counted() []*mod {
	var out []*mod
	for _, m := range l.mods {
		for _, p := range m.pkgs {
			for why := range reasons {
				m.live[why] |= p.live[why]
			}
		}
		if m.live != [reasons]mask{} {
			out = append(out, m)
		}
	}
	if l.c.Required {
		out = append(out, l.required()...)
	}
	slices.SortFunc(out, func(a, b *mod) int { return modver.Compare(a.Version, b.Version) })
	return slices.Compact(out)
}

// required are the modules that count for go.mod alone.
func (l *loader) required() []*mod {
	var out []*mod
	take := func(v module.Version) {
		m := l.version(v)
		if m.main {
			return
		}
		m.wanted = true
		if !l.res.Vendored {
			l.locate(m)
			if m.live == ([reasons]mask{}) && m.state == absent {
				m.missing = l.b.all // go.sum has no line for what only go.mod files name
			}
		}
		out = append(out, m)
	}
	if l.res.Vendored {
		for _, v := range l.vendor.order {
			if v.Version != "" {
				take(v)
			}
		}
		return out
	}
	for p, v := range l.moduleGraph().selected {
		if v != "none" && v != "" {
			take(module.Version{Path: p, Version: v})
		}
	}
	return out
}

// module makes the result of a module, without what needs the import graph.
func (l *loader) module(m *mod) *Module {
	r := &Module{
		Path: m.Path, Version: m.Version.Version, Main: m.main, Replace: m.replace, Dir: m.dir,
		Sum: l.sums.module[m.actual], Scope: ScopeRequired,
	}
	if m.state == present {
		r.Tree, r.Root = m.tree, m.root
	}
	for why := range reasons {
		if m.live[why] != 0 {
			r.Scope = [reasons]Scope{ScopeLinked, ScopeTest, ScopeTool}[why]
			if why != tooled { // tools run where they are built
				r.Platforms = l.b.platformsOf(m.live[why])
			}
			break
		}
	}
	switch {
	case m.main:
		r.Scope = ScopeMain
		if m.file.Go != nil {
			r.GoVersion = m.file.Go.Version
		}
	case m.summary != nil:
		r.GoVersion = m.summary.Go
	case l.vendor != nil && l.vendor.meta[m.Version] != nil:
		r.GoVersion = l.vendor.meta[m.Version].goVersion
	}
	selected := false
	for i, q := range l.requires[m.Path] {
		r.Direct = r.Direct || !q.req.Indirect && !m.main
		if i == 0 || q.req.Mod == m.Version && !selected {
			r.Require, selected = LocOf(q.by.shown, q.req.Syntax), q.req.Mod == m.Version
		}
	}
	if r.Require == (diag.Loc{}) && l.vendor != nil && l.vendor.lines[m.Version] > 0 {
		r.Require = diag.Loc{Path: l.vendor.shown, Line: l.vendor.lines[m.Version], Column: 1}
	}
	return r
}

// LocOf is the place of a line of the go.mod or go.work file shown.
func LocOf(shown string, line *modfile.Line) diag.Loc {
	if line == nil {
		return diag.Loc{Path: shown}
	}
	return diag.Loc{Path: shown, Line: line.Start.Line, Column: line.Start.LineRune, EndLine: line.End.Line, EndColumn: line.End.LineRune}
}

// std is the standard library: in every program, in the release that the
// toolchain line names, else the go line.
func (l *loader) std() *Module {
	if len(l.roots) == 0 {
		return nil
	}
	s := &Module{Path: "std", Std: true, Scope: ScopeLinked, Direct: true, Version: l.res.GoVersion, GoVersion: l.res.GoVersion}
	if v, ok := strings.CutPrefix(l.res.Toolchain, "go"); ok && v != "" {
		s.Version = v
	}
	if l.work != nil {
		shown := path.Join(l.workDir, "go.work")
		if l.work.Toolchain != nil {
			s.Require = LocOf(shown, l.work.Toolchain.Syntax)
		} else if l.work.Go != nil {
			s.Require = LocOf(shown, l.work.Go.Syntax)
		}
		return s
	}
	if f := l.mains[0].file; f.Toolchain != nil {
		s.Require = LocOf(l.mains[0].shown, f.Toolchain.Syntax)
	} else if f.Go != nil {
		s.Require = LocOf(l.mains[0].shown, f.Go.Syntax)
	}
	return s
}

// fillPackages lists the packages of a module that count.
func (l *loader) fillPackages(m *mod) {
	m.result.Packages = make([]Package, 0, len(m.pkgs))
	for _, p := range m.pkgs {
		why := slices.IndexFunc(p.live[:], func(in mask) bool { return in != 0 })
		if p.failed || why < 0 && !(l.c.Test && p.root && p.testMask() != 0) {
			continue
		}
		rel, _ := below(m.root, p.dir)
		out := Package{Dir: rel, ImportPath: p.path, Scope: ScopeTest}
		var in mask
		if why >= 0 {
			out.Scope, in = [reasons]Scope{ScopeLinked, ScopeTest, ScopeTool}[why], p.live[why]
		}
		tests := mask(0)
		if l.c.Test && p.root {
			tests = p.testMask()
		}
		out.Platforms = l.b.platformsOf(in | tests)
		out.Roots = slices.Sorted(slices.Values(p.linkers))
		out.Way = p.way
		l.fillFiles(&out, p, in, tests)
		if why >= 0 && len(out.GoFiles) == 0 && !p.root {
			l.notExamined(diag.NotExamined{Path: p.path, What: "package", Why: "build constraints exclude all its Go files where it is imported"})
		}
		m.result.Packages = append(m.result.Packages, out)
	}
	slices.SortFunc(m.result.Packages, func(a, b Package) int { return strings.Compare(a.Dir, b.Dir) })
}

// testMask is where a package has tests.
func (p *pkg) testMask() mask {
	var in mask
	for i := range p.files {
		if f := &p.files[i]; f.kind == testFile && f.read {
			in |= f.in
		}
	}
	return in
}

func (l *loader) fillFiles(out *Package, p *pkg, in, tests mask) {
	var cgo mask
	named := false
	out.GoFiles = make([]string, 0, len(p.files))
	for i := range p.files {
		f := &p.files[i]
		used := f.kind == goFile && f.in&in != 0 || f.kind == testFile && f.in&tests != 0
		if !f.read || !used {
			continue
		}
		out.GoFiles = append(out.GoFiles, f.entry.Name)
		if f.kind == goFile && p.mod.main && (f.noted || l.notes(p)) {
			out.Noted = append(out.Noted, f.entry.Name)
		}
		if f.kind == goFile && !named {
			out.Name, named = f.name, true
		} else if out.Name == "" {
			out.Name = strings.TrimSuffix(f.name, "_test")
		}
		if f.cgo {
			out.Cgo = true
			cgo |= f.in & in
		}
		if f.more != nil {
			out.Embeds = append(out.Embeds, f.more.embeds...)
			for _, g := range f.more.ldflags {
				if g.in&f.in&in != 0 {
					out.LDFlags = append(out.LDFlags, g.text)
				}
			}
		}
	}
	out.Embeds, out.LDFlags = sortedStrings(out.Embeds), sortedStrings(out.LDFlags)
	l.fillOthers(out, p, in, cgo)
}

// fillOthers lists the files that are no Go and are built in: C and the like
// where a file uses cgo or SWIG, which is cgo too, assembly and objects
// everywhere.
func (l *loader) fillOthers(out *Package, p *pkg, in, cgo mask) {
	if slices.ContainsFunc(p.files, func(f file) bool { return f.kind == otherFile && strings.HasPrefix(path.Ext(f.entry.Name), ".swig") }) {
		cgo |= in & l.b.cgoOn
	}
	asm := slices.ContainsFunc(p.files, func(f file) bool { return f.kind == otherFile && strings.HasSuffix(f.entry.Name, ".s") && f.in&in != 0 })
	for i := range p.files {
		f := &p.files[i]
		switch {
		case f.kind == sysoFile:
			if f.in&in != 0 {
				out.Syso = append(out.Syso, f.entry.Name)
			}
			continue
		case f.kind != otherFile:
			continue
		}
		where := cgo
		if ext := path.Ext(f.entry.Name); ext == ".s" || asm && strings.HasPrefix(ext, ".h") {
			where = in
		}
		if f.in&where == 0 {
			continue
		}
		open, err := l.openFolder(p.mod.tree, p.dir)
		if err != nil {
			l.unread(p, "", err)
			return
		}
		l.buf, err = open.Head(l.buf, f.entry, headSize, func(src []byte, _ bool) int {
			l.head.Parse(src, true) // only the constraints are of use
			return 0
		})
		if err != nil {
			l.unread(p, f.entry.Name, err)
			continue
		}
		if f.in&where&l.b.header(&l.head) != 0 {
			out.OtherFiles = append(out.OtherFiles, f.entry.Name)
		}
	}
}
