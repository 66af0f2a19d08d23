package golist

import (
	"cmp"
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"golang.org/x/mod/modfile"
)

const (
	stdPath = "std"
	// runtimePackage is linked into every program.
	runtimePackage = "runtime"
	maxGoMod       = 16 << 20 // bytes; x/mod/zip.MaxGoMod
)

// modules lists the build list and reads what go list does not say of the main
// modules: lines, toolchain, tools. It reports whether packages can be listed.
func (l *loader) modules(ctx context.Context) bool {
	list := func(args ...string) error {
		return decode(ctx, l.cmd, l.builds[0].env(), append([]string{"list", "-m", "-e", moduleFields}, args...), func(m *goModule) {
			l.module(m)
		})
	}
	if err := l.environment(ctx); err != nil {
		return l.fail(allBuilds, err)
	}
	if err := list(); err != nil {
		return l.fail(allBuilds, err)
	}
	err := list("all")
	var f *failure
	if errors.As(err, &f) && strings.Contains(f.stderr, usesVendor) {
		l.vendored = true
		// The cache may hold enough for the build list; packages come from vendor/ either way.
		if err = list("-mod=readonly", "all"); ctx.Err() == nil {
			err = nil
		}
	}
	l.result.Vendored = l.vendored
	for _, m := range l.mains {
		l.mainFile(m)
	}
	l.result.Workspace = len(l.mains) > 1 || len(l.mains) == 1 && l.workFile() != ""
	if l.result.Workspace {
		l.workVersions()
	}
	return err == nil || l.fail(allBuilds, err)
}

// module returns the state of a module that go named; new ones are entered.
func (l *loader) module(g *goModule) *modState {
	if m := l.mods[g.Path]; m != nil {
		if m.from.Dir == "" && g.Dir != "" {
			m.from.Dir = g.Dir
		}
		return m
	}
	m := &modState{
		Module: &gomod.Module{
			Path: g.Path, Version: g.Version, Main: g.Main, Direct: !g.Indirect && !g.Main, GoVersion: g.GoVersion, Sum: g.Sum,
		},
		from: g, scopes: map[gomod.Scope]*set{}, links: map[string]*set{}, pkgs: map[string]*pkgState{}, why: map[gomod.Scope][]string{},
	}
	if r := g.Replace; r != nil {
		m.Replace = &gomod.Replacement{Path: r.Path, Version: r.Version}
		if r.Version == "" {
			m.Replace.Dir = l.replaceDir(r)
		}
		m.GoVersion = cmp.Or(m.GoVersion, r.GoVersion)
		g.Dir = cmp.Or(g.Dir, r.Dir)
	}
	if g.Main {
		m.Dir = l.rel(g.Dir)
		l.mains = append(l.mains, m)
	}
	l.mods[g.Path] = m
	return m
}

// replaceDir says a folder as gomod.Replacement.Dir wants it.
func (l *loader) replaceDir(r *goModule) string {
	if filepath.IsAbs(r.Path) || r.Dir == "" {
		return path.Clean(filepath.ToSlash(r.Path))
	}
	return l.rel(r.Dir)
}

// rel is an absolute path relative to Config.Dir, slash separated.
func (l *loader) rel(abs string) string {
	rel, err := filepath.Rel(l.dir, abs)
	if err != nil {
		return filepath.ToSlash(abs)
	}
	return filepath.ToSlash(rel)
}

// place says where the files of a module are: the tree and the folder in it.
func (l *loader) place(m *modState) (fsx.Tree, string) {
	dir := m.from.Dir
	if l.vendored && !m.Main {
		dir = filepath.Join(l.dir, "vendor", filepath.FromSlash(m.Path))
	}
	if dir == "" {
		return nil, ""
	}
	if rel, err := filepath.Rel(l.cfg.Abs, dir); err == nil && filepath.IsLocal(rel) && l.cfg.Tree != nil {
		return l.cfg.Tree, filepath.ToSlash(rel)
	}
	if t, ok := l.trees[dir]; ok {
		return t, "."
	}
	var t fsx.Tree
	if l.cfg.Open != nil {
		var err error
		if t, err = l.cfg.Open(dir); err != nil {
			l.result.Problems = append(l.result.Problems, diag.Problem{
				Path: named(m.Module), Kind: diag.Unreadable, Message: err.Error(), Help: "go mod download",
			})
			t = nil
		}
	}
	l.trees[dir] = t
	return t, "."
}

// named is how a user would name a module.
func named(m *gomod.Module) string {
	if m.Version == "" {
		return m.Path
	}
	return m.Path + "@" + m.Version
}

// mainFile reads the go.mod of a main module for what go list leaves out.
func (l *loader) mainFile(m *modState) {
	if l.cfg.Tree == nil {
		return
	}
	rel, err := filepath.Rel(l.cfg.Abs, m.from.GoMod)
	if err != nil || !filepath.IsLocal(rel) {
		return
	}
	name := l.rel(m.from.GoMod)
	data, err := l.cfg.Tree.ReadFile(filepath.ToSlash(rel), maxGoMod)
	if err != nil {
		l.result.Problems = append(l.result.Problems, diag.Problem{Path: name, Kind: diag.Unreadable, Message: err.Error()})
		return
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return // go said so already
	}
	for _, r := range f.Require {
		s := l.mods[r.Mod.Path]
		if s != nil && !s.selected && (s.Require == (diag.Loc{}) || r.Mod.Version == s.Version) {
			s.Require, s.selected = gomod.LocOf(name, r.Syntax), r.Mod.Version == s.Version
		}
	}
	strict, err := modfile.Parse(name, data, nil) // tool lines are not among the lax
	if err == nil && len(strict.Tool) > 0 {
		l.tools = true
	}
	if f.Go != nil {
		l.result.GoVersion, l.stdLine = f.Go.Version, gomod.LocOf(name, f.Go.Syntax)
	}
	if strict != nil && strict.Toolchain != nil {
		l.result.Toolchain, l.stdLine = strict.Toolchain.Name, gomod.LocOf(name, strict.Toolchain.Syntax)
	}
}

// environment asks go for the variables that it goes by.
func (l *loader) environment(ctx context.Context) error {
	return decode(ctx, l.cmd, nil, []string{"env", "-json", "GOWORK", "GOMODCACHE"}, func(v *map[string]string) { l.goEnv = *v })
}

// workFile is the go.work in force, "" where there is none.
func (l *loader) workFile() string {
	if file := l.goEnv["GOWORK"]; file != "off" {
		return file
	}
	return ""
}

// workVersions reads the go and toolchain lines of the workspace.
func (l *loader) workVersions() {
	l.result.GoVersion, l.result.Toolchain, l.stdLine = "", "", diag.Loc{}
	file := l.workFile()
	rel, err := filepath.Rel(l.cfg.Abs, file)
	if file == "" || err != nil || !filepath.IsLocal(rel) || l.cfg.Tree == nil {
		return
	}
	data, err := l.cfg.Tree.ReadFile(filepath.ToSlash(rel), maxGoMod)
	if err != nil {
		return
	}
	f, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return
	}
	name := l.rel(file)
	if f.Go != nil {
		l.result.GoVersion, l.stdLine = f.Go.Version, gomod.LocOf(name, f.Go.Syntax)
	}
	if f.Toolchain != nil {
		l.result.Toolchain, l.stdLine = f.Toolchain.Name, gomod.LocOf(name, f.Toolchain.Syntax)
	}
}

func joinTags(tags []string) string { return strings.Join(tags, ",") }

// trimModule is the part of an import path below its module.
func trimModule(importPath, module string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}
