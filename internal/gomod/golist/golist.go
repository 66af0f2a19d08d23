// Package golist answers as package gomod does, but asks the go command. It is
// what --loader=go runs, and the other opinion of the tests.
//
// It and internal/vcs are the only packages that start a process. The go
// command runs with GOTOOLCHAIN=local, GOPROXY=off, GOVCS=*:off and no -mod but
// vendor, which leaves it go's own rule: readonly, or vendor where vendor/ is
// to be used. So it downloads nothing, writes nothing and starts nothing
// itself.
package golist

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
)

// Load asks the go command for what gomod.Load finds natively. Whatever is
// wrong, of the sources or of the go command, is among the Problems.
// Config.Release does not count: it is that of the go command.
func Load(ctx context.Context, cfg gomod.Config) *gomod.Result {
	l := &loader{
		cfg: &cfg, linkers: map[string][]string{}, dir: filepath.Join(cfg.Abs, filepath.FromSlash(cfg.Dir)),
		mods: map[string]*modState{}, trees: map[string]fsx.Tree{}, seen: map[string]*trouble{},
		result: &gomod.Result{},
	}
	if l.start() && l.modules(ctx) {
		l.packages(ctx)
	}
	l.finish()
	return l.result
}

// start prepares the runs of go and reports whether there can be any.
func (l *loader) start() bool {
	if l.cfg.Abs == "" {
		l.trouble(allBuilds, diag.Problem{
			Path: l.cfg.Dir, Kind: diag.Unsupported, Message: "the go command reads folders on disk only", Help: "--loader=native",
		})
		return false
	}
	var err error
	if l.builds, err = builds(l.cfg); err != nil {
		l.trouble(allBuilds, diag.Problem{Kind: diag.Limit, Message: err.Error(), Limit: gomod.MaxBuilds, Help: "fewer --platform"})
		return false
	}
	if l.cmd, err = newCommand(l.dir, l.cfg.Env, l.cfg.Tags); err != nil {
		l.trouble(allBuilds, diag.Problem{
			Path: "go", Kind: diag.Missing, Message: "no go command was found, and --loader=go asks one",
			Help: "install Go, or leave --loader=go out",
		})
		return false
	}
	return true
}

// builds lists platforms × cgo settings.
func builds(cfg *gomod.Config) ([]build, error) {
	platforms := slices.SortedFunc(slices.Values(cfg.Platforms), gomod.Platform.Compare)
	if len(platforms) == 0 {
		platforms = gomod.DefaultPlatforms()
	}
	var out []build
	for _, p := range slices.Compact(platforms) {
		if cfg.Cgo != gomod.CgoOn {
			out = append(out, build{p, false})
		}
		if cfg.Cgo != gomod.CgoOff {
			out = append(out, build{p, true})
		}
	}
	if len(out) > gomod.MaxBuilds {
		return nil, fmt.Errorf("%d builds, over the limit of %d", len(out), gomod.MaxBuilds)
	}
	return out, nil
}

// set is a set of builds, by their place in loader.builds.
type set uint64

func (s *set) add(i int) { *s |= 1 << i }

func (s set) has(i int) bool { return s>>i&1 != 0 }

// loader collects what the runs of go say.
type loader struct {
	cfg    *gomod.Config
	dir    string // absolute
	cmd    *command
	goEnv  map[string]string // of `go env`
	builds []build
	result *gomod.Result

	mods     map[string]*modState // by path
	mains    []*modState
	trees    map[string]fsx.Tree
	views    []*view             // one a build
	linkers  map[string][]string // package → roots that link it
	tools    bool                // a main module has tool lines
	stdLine  diag.Loc
	vendored bool

	troubles []*trouble
	seen     map[string]*trouble
}

// modState is a module with what is known of it so far.
type modState struct {
	*gomod.Module
	from   *goModule
	scopes map[gomod.Scope]*set
	links  map[string]*set
	pkgs   map[string]*pkgState
	why    map[gomod.Scope][]string
	better bool // the way to it starts at a program

	selected bool // Require is a line with the version that is selected
}

type pkgState struct {
	gomod.Package
	scopes map[gomod.Scope]*set
	better bool // Way starts at a program
}

// view is the graph of one build.
type view struct {
	linked, tests, tools graph
	matched              []string // packages that the patterns name
	programs             []string // those of them that are programs
	toolMains            []string
	owner                map[string]string // import path → module path; "std" for the standard library
}

func (l *loader) args(args ...string) []string {
	if tags := l.cmd.tags; len(tags) > 0 {
		args = slices.Insert(args, 1, "-tags="+joinTags(tags))
	}
	return args
}

// packages lists every build.
func (l *loader) packages(ctx context.Context) {
	patterns := l.cfg.Patterns
	if len(patterns) == 0 {
		// "./..." alone would not do in a workspace without a module in its root.
		for _, m := range l.mains {
			patterns = append(patterns, "./"+path.Join(m.Dir, "..."))
		}
	}
	for i, b := range l.builds {
		v := &view{linked: graph{}, tests: graph{}, tools: graph{}, owner: map[string]string{}}
		l.views = append(l.views, v)
		run := func(scope gomod.Scope, g graph, args ...string) bool {
			err := decode(ctx, l.cmd, b.env(), l.args(append([]string{"list", "-e", "-deps", packageFields}, args...)...), func(p *goPackage) {
				l.take(i, v, g, scope, p)
			})
			return err == nil || l.fail(i, err)
		}
		if !run(gomod.ScopeLinked, v.linked, patterns...) {
			return
		}
		if l.cfg.Test && !run(gomod.ScopeTest, v.tests, append([]string{"-test"}, patterns...)...) {
			return
		}
		if l.cfg.Tool && l.tools && !run(gomod.ScopeTool, v.tools, "tool") {
			return
		}
	}
}

// take records a package of a list.
func (l *loader) take(i int, v *view, g graph, scope gomod.Scope, p *goPackage) {
	id := p.id()
	if id == "" {
		return
	}
	g.add(id, p.imports())
	if p.Error != nil {
		l.packageError(i, v, scope, p)
	}
	if p.Standard {
		v.owner[id] = stdPath
		return
	}
	if p.Module == nil {
		return
	}
	v.owner[id] = p.Module.Path
	m := l.module(p.Module)
	if p.Error == nil || p.Name != "" || p.Dir != "" {
		l.addPackage(m, i, scope, p, id)
	}
	mark(m.scopes, scope, i)
	if p.DepOnly {
		return
	}
	switch scope {
	case gomod.ScopeLinked:
		v.matched = append(v.matched, id)
		if p.Name == "main" && m.Main {
			v.programs = append(v.programs, id)
			l.program(m, p)
		}
	case gomod.ScopeTool:
		v.toolMains = append(v.toolMains, id)
	case gomod.ScopeMain, gomod.ScopeTest, gomod.ScopeRequired:
	}
}

func mark[K comparable](m map[K]*set, k K, i int) {
	if m[k] == nil {
		m[k] = new(set)
	}
	m[k].add(i)
}

func (l *loader) program(m *modState, p *goPackage) {
	dir := l.rel(p.Dir)
	for _, q := range l.result.Programs {
		if q.ImportPath == p.ImportPath {
			return
		}
	}
	l.result.Programs = append(l.result.Programs, gomod.Program{Dir: dir, ImportPath: p.ImportPath, Module: m.Module})
}

// addPackage unites what the builds say about a package.
func (l *loader) addPackage(m *modState, i int, scope gomod.Scope, p *goPackage, id string) {
	s := m.pkgs[id]
	if s == nil {
		s = &pkgState{scopes: map[gomod.Scope]*set{}}
		s.ImportPath, s.Name = id, p.Name
		s.Dir = l.packageDir(m, p)
		m.pkgs[id] = s
	}
	if m.Main && scope == gomod.ScopeLinked && len(p.GoFiles)+len(p.CgoFiles) == 0 {
		scope = gomod.ScopeTest // go list names it for its tests
	}
	mark(s.scopes, scope, i)
	if p.ForTest != "" && id == p.ForTest {
		return // its tests are in TestGoFiles of the package itself
	}
	s.GoFiles = append(append(s.GoFiles, p.GoFiles...), p.CgoFiles...)
	if m.Main && scope == gomod.ScopeLinked && l.notes(p) {
		s.Noted = append(append(s.Noted, p.GoFiles...), p.CgoFiles...) // go list tells imports of packages only
	}
	s.Embeds = append(s.Embeds, p.EmbedPatterns...)
	if m.Main && l.cfg.Test && !p.DepOnly {
		s.GoFiles = append(append(s.GoFiles, p.TestGoFiles...), p.XTestGoFiles...)
		s.Embeds = append(append(s.Embeds, p.TestEmbedPatterns...), p.XTestEmbedPatterns...)
	}
	s.OtherFiles = append(s.OtherFiles, p.otherFiles()...)
	s.Syso = append(s.Syso, p.SysoFiles...)
	s.LDFlags = append(s.LDFlags, p.libraries()...)
	s.Cgo = s.Cgo || len(p.CgoFiles) > 0
}

// notes reports whether a package is, or imports, one that Config.Note asks for.
func (l *loader) notes(p *goPackage) bool {
	return l.cfg.Note != nil && (l.cfg.Note(p.ImportPath) || slices.ContainsFunc(p.Imports, l.cfg.Note))
}

// packageDir is the folder of a package relative to its module's root.
func (l *loader) packageDir(m *modState, p *goPackage) string {
	if l.vendored && !m.Main {
		return cmp.Or(trimModule(p.ImportPath, m.Path), ".")
	}
	if m.from.Dir == "" || p.Dir == "" {
		return "."
	}
	rel, err := filepath.Rel(m.from.Dir, p.Dir)
	if err != nil {
		return "."
	}
	return filepath.ToSlash(rel)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
