package gomod

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/gomod/modlite"
	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// pruning says how far the requirements of a module reach, see
// https://go.dev/ref/mod#graph-pruning.
type pruning uint8

const (
	unpruned  pruning = iota // all that it requires, and what that requires
	pruned                   // what it requires, no further where that prunes too
	workspace                // the main modules of a workspace
)

// summary is what a go.mod file says to those who require it.
type summary struct {
	modlite.File
	pruning pruning
	failed  bool // could not be read: it requires nothing
}

func pruningOf(goVersion string) pruning {
	if modver.GoMinor(goVersion) >= 17 {
		return pruned
	}
	return unpruned
}

// version finds the module of a path and version; the version of main modules
// is "".
func (l *loader) version(v module.Version) *mod {
	if m := l.byPath[v.Path]; m != nil && m.main && v.Version == "" {
		return m
	}
	if m, ok := l.mods[v]; ok {
		return m
	}
	m := &mod{Version: v, actual: v}
	if r, ok := l.replacement(v); ok {
		m.actual = r.to
		m.replace = &Replacement{Path: r.to.Path, Version: r.to.Version}
		m.base = r.base
	}
	l.mods[v] = m
	return m
}

// summarize reads the go.mod file of a module or of what replaces it. A file
// that is not to be had is a problem once.
func (l *loader) summarize(m *mod) *summary {
	if m.summary != nil {
		return m.summary
	}
	m.summary = &summary{}
	switch {
	case m.main:
		m.summary.Module = m.Path
		if m.file.Go != nil {
			m.summary.Go = m.file.Go.Version
		}
		for _, r := range m.file.Require {
			m.summary.Require = append(m.summary.Require, r.Mod)
		}
	case m.actual.Version == "":
		l.summarizeFolder(m)
	default:
		l.summarizeCached(m)
	}
	s := m.summary
	s.pruning = pruningOf(s.Go)
	if len(l.exclude) > 0 {
		s.Require = slices.DeleteFunc(s.Require, func(r module.Version) bool { return l.exclude[r] })
	}
	return s
}

func (l *loader) summarizeFolder(m *mod) {
	t, root, rel, err := l.folder(m.base, m.actual.Path)
	shown := path.Join(rel, "go.mod")
	var data []byte
	if err == nil {
		data, err = t.ReadFile(path.Join(root, "go.mod"), maxModFile)
	}
	if err != nil {
		m.summary.failed = true
		p := readProblem(shown, err)
		if p.Kind == diag.Missing {
			if !l.locate(m) {
				m.missing = l.b.all // which says it
				return
			}
			p.Message, p.Help = "replaces "+m.Path+" and has no go.mod", "go mod edit -dropreplace="+m.Path
		}
		l.problem(p)
		return
	}
	l.parseSummary(m, data, shown)
}

// summarizeCached reads the go.mod that the module cache keeps of every version
// that was looked at, with or without its files.
func (l *loader) summarizeCached(m *mod) {
	if l.needSums && !l.sums.gomod[m.actual] {
		m.noModSum = true
	}
	data, err := l.cachedMod(m.actual)
	if err != nil {
		m.summary.failed = true
		if errors.Is(err, fs.ErrNotExist) {
			m.noMod = true
			return
		}
		l.problem(readProblem(m.actual.String(), err))
		return
	}
	l.parseSummary(m, data, m.actual.String()+"/go.mod")
	if got := m.summary.Module; !m.summary.failed && got != m.Path && got != m.actual.Path {
		l.problem(diag.Problem{Path: m.actual.String(), Kind: diag.Mismatch, Message: "declares its path as " + got + " but is required as " + m.Path})
	}
}

func (l *loader) cachedMod(v module.Version) ([]byte, error) {
	name, err := modver.CacheFile(v, ".mod")
	if err != nil {
		return nil, err
	}
	cache, err := l.cache()
	if err != nil {
		return nil, err
	}
	data, err := cache.ReadFile(name, maxModFile)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	// Somebody copied the files alone: what is in them is the same, and a module
	// without a go.mod requires nothing.
	dir, _ := modver.CacheDir(v)
	own, ownErr := cache.ReadFile(dir+"/go.mod", maxModFile)
	if ownErr == nil {
		return own, nil
	}
	if fi, dirErr := cache.Stat(dir); dirErr == nil && fi.IsDir() && errors.Is(ownErr, fs.ErrNotExist) {
		return []byte("module " + v.Path + "\n"), nil
	}
	return nil, err
}

func (l *loader) parseSummary(m *mod, data []byte, shown string) {
	if f, plain := modlite.Parse(data); plain {
		m.summary.File = f
		return
	}
	f, err := modfile.ParseLax(shown, data, nil)
	if err != nil {
		m.summary.failed = true
		l.parseProblems(shown, err)
		return
	}
	if f.Module != nil {
		m.summary.Module = f.Module.Mod.Path
	}
	if f.Go != nil {
		m.summary.Go = f.Go.Version
	}
	for _, r := range f.Require {
		m.summary.Require = append(m.summary.Require, r.Mod)
	}
}

// graph is the module graph as far as it counts.
type graph struct {
	selected map[string]string // path to version, "" for main modules
	reqs     map[module.Version][]module.Version
}

// moduleGraph reads the whole module graph, once.
func (l *loader) moduleGraph() *graph {
	if l.mg != nil {
		return l.mg
	}
	g := &grapher{l: l, graph: graph{selected: map[string]string{}, reqs: map[module.Version][]module.Version{}}, seen: map[visit]bool{}}
	l.mg = &g.graph
	for _, m := range l.mains {
		g.selected[m.Path] = ""
	}
	if l.res.Workspace {
		for _, m := range l.mains {
			g.visit(m.Version, workspace)
		}
		g.upgraded()
		return l.mg
	}
	mode := pruningOf(l.res.GoVersion)
	roots := l.rootReqs()
	g.require(l.mains[0].Version, roots)
	for _, r := range roots {
		g.visit(r, mode)
	}
	g.run()
	return l.mg
}

// rootReqs are the requirements of the one main module.
func (l *loader) rootReqs() []module.Version {
	var roots []module.Version
	for _, r := range l.mains[0].file.Require {
		if !l.exclude[r.Mod] {
			roots = append(roots, r.Mod)
		}
	}
	return roots
}

type visit struct {
	module.Version
	pruning pruning
}

type grapher struct {
	l *loader
	graph
	seen  map[visit]bool
	queue []visit
}

func (g *grapher) require(m module.Version, reqs []module.Version) {
	if _, ok := g.reqs[m]; ok {
		return
	}
	g.reqs[m] = reqs
	for _, r := range reqs {
		if v, ok := g.selected[r.Path]; !ok || modver.Higher(r.Version, v) {
			g.selected[r.Path] = r.Version
		}
	}
}

func (g *grapher) visit(v module.Version, mode pruning) {
	k := visit{v, mode}
	if v.Version == "none" || g.seen[k] {
		return
	}
	g.seen[k] = true
	g.queue = append(g.queue, k)
}

// run follows the queue. A module that does not prune brings all that it leads
// to; the rest brings what it requires itself.
func (g *grapher) run() {
	for len(g.queue) > 0 && g.l.ctx.Err() == nil {
		k := g.queue[0]
		g.queue = g.queue[1:]
		// A main module that a dependency requires is asked in that version too,
		// though it is never selected.
		s := g.l.summarize(g.l.version(k.Version))
		g.require(k.Version, s.Require)
		next := s.pruning
		if k.pruning == unpruned {
			next = unpruned
		}
		if k.pruning == pruned && s.pruning != unpruned {
			continue
		}
		for _, r := range s.Require {
			g.visit(r, next)
		}
	}
}

// upgraded reads what the modules of a workspace require in the versions that
// are selected for all of them, where those are later than the ones asked for.
func (g *grapher) upgraded() {
	g.run()
	seen := map[module.Version]bool{}
	reach := map[string]bool{}
	for _, m := range g.l.mains {
		reach[m.Path] = true
	}
	for {
		var need []module.Version
		for p := range reach {
			m := module.Version{Path: p, Version: g.selected[p]}
			if !seen[m] {
				need = append(need, m)
				continue
			}
			for _, r := range g.reqs[m] {
				s := module.Version{Path: r.Path, Version: g.selected[r.Path]}
				if modver.Higher(s.Version, r.Version) && !seen[s] {
					need = append(need, s)
				}
			}
		}
		if len(need) == 0 || g.l.ctx.Err() != nil {
			return
		}
		slices.SortFunc(need, modver.Compare)
		for _, m := range need {
			g.visit(m, workspace)
			seen[m], reach[m.Path] = true, true
		}
		g.run()
	}
}

// checkRoots looks whether a pruned go.mod is as tidy as lazy loading needs it:
// no module that packages come from requires more than it says.
func (l *loader) checkRoots(used []*mod) {
	for _, m := range used {
		for _, r := range l.summarize(m).Require {
			have, ok := l.rootVersion(r.Path)
			if !ok || !modver.Higher(r.Version, have) {
				continue
			}
			l.problem(diag.Problem{
				Path: l.mains[0].shown, Kind: diag.Mismatch, Line: l.requireLine(r.Path),
				Message: "requires " + r.Path + " " + have + ", but " + m.Path + " needs " + r.Version,
				Help:    "go mod tidy", Group: diag.NotTidy,
			})
		}
	}
}

func (l *loader) rootVersion(p string) (string, bool) {
	if m := l.byPath[p]; m != nil {
		return m.Version.Version, true
	}
	return "", false
}

func (l *loader) requireLine(p string) int {
	for _, r := range l.requires[p] {
		return r.req.Syntax.Start.Line
	}
	return 0
}
