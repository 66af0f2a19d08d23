package gomod

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod/header"
	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// loader is one Load.
type loader struct {
	ctx   context.Context
	c     Config
	b     *builds
	flags goFlags
	res   *Result

	opened   map[string]opened
	modCache *opened

	mains       []*mod
	byPath      map[string]*mod // main modules and, of a single one that prunes, its requirements
	mods        map[module.Version]*mod
	work        *modfile.WorkFile
	workDir     string // relative to Config.Dir
	workReplace map[module.Version]replacing
	replace     map[module.Version]replacing
	exclude     map[module.Version]bool
	requires    map[string][]required
	sums        sums
	needSums    bool
	vendor      *vendoring
	lazy        bool   // what stands in byPath is looked at first, the graph only when that is not enough
	mg          *graph // of all modules, when it was needed

	pkgs           map[string]*pkg
	list           []*pkg // by id
	bare           bool   // a module path has no dot in its first element
	queue          []*pkg
	roots          []*pkg // matched by the patterns
	tools          []*pkg
	lost           []lost
	programs, rest []seed
	files          int
	nested         map[string]bool // folder of a local module's tree: it has its own go.mod
	kept           keptFolder
	buf            []byte
	head           header.Header
	parse          func(src []byte, whole bool) int // parseHead, made once
	tooLong        bool                             // what parseHead found
	seen           map[string]bool                  // problems by subject
}

// Load reads the build list and the import graph. What is wrong stands in the
// result's problems; a context that ends makes one of them.
func Load(ctx context.Context, c Config) *Result {
	l := newLoader(ctx, c)
	if l.b == nil {
		return l.res
	}
	defer l.closeFolder()
	if l.readMains() {
		l.modules()
		l.packages()
		l.finish()
	}
	if err := ctx.Err(); err != nil {
		l.problem(diag.Problem{Path: ".", Kind: diag.Timeout, Message: "stopped before all packages were read: " + err.Error()})
	}
	l.sort()
	return l.res
}

func newLoader(ctx context.Context, c Config) *loader {
	if c.Dir == "" {
		c.Dir = "."
	}
	l := &loader{
		ctx: ctx, c: c, res: &Result{}, flags: parseFlags(c.Env),
		opened: map[string]opened{}, byPath: map[string]*mod{}, mods: map[module.Version]*mod{},
		workReplace: map[module.Version]replacing{}, replace: map[module.Version]replacing{}, exclude: map[module.Version]bool{},
		requires: map[string][]required{}, pkgs: map[string]*pkg{}, nested: map[string]bool{}, seen: map[string]bool{},
		buf: make([]byte, 0, headSize),
	}
	l.parse = l.parseHead
	if len(l.c.Tags) == 0 {
		l.c.Tags = l.flags.tags
	}
	b, err := newBuilds(&l.c)
	if err != nil {
		l.problem(diag.Problem{Path: ".", Kind: diag.Limit, Message: err.Error(), Help: "ask for fewer platforms at once", Limit: MaxBuilds})
		return l
	}
	l.b = b
	for _, f := range l.flags.unsupported {
		l.problem(diag.Problem{Path: "GOFLAGS", Kind: diag.Unsupported, Message: f + " is not followed", Help: "--loader=go"})
	}
	return l
}

// modules decides where modules and packages come from.
func (l *loader) modules() {
	l.decideVendor()
	l.needSums = !l.res.Workspace && !l.res.Vendored && l.flags.mod != "mod"
	prunes := !l.res.Workspace && pruningOf(l.res.GoVersion) == pruned
	l.lazy = !l.res.Vendored && (prunes || l.res.Workspace)
	if prunes && l.lazy {
		for _, r := range l.rootReqs() {
			if m := l.byPath[r.Path]; m == nil || !m.main && modver.Higher(r.Version, m.Version.Version) {
				l.byPath[r.Path] = l.version(r)
			}
		}
	} else if !l.lazy && !l.res.Vendored {
		l.moduleGraph()
	}
	if l.mg != nil {
		l.bare = hasBare(l.mg.selected)
		return
	}
	for p := range l.byPath {
		l.bare = l.bare || !dotted(p)
	}
	for p := range l.requires {
		l.bare = l.bare || !dotted(p)
	}
	if l.res.Vendored {
		for p := range l.vendor.packages {
			l.bare = l.bare || !dotted(p)
		}
	}
}

func hasBare(selected map[string]string) bool {
	for p := range selected {
		if !dotted(p) {
			return true
		}
	}
	return false
}

// dotted reports whether the first element of a path has a dot: those of the
// standard library have none.
func dotted[T string | []byte](p T) bool {
	for i := range len(p) {
		switch p[i] {
		case '.':
			return true
		case '/':
			return false
		}
	}
	return false
}

// problem records a problem once.
func (l *loader) problem(p diag.Problem) {
	key := p.Path + "\x00" + string(p.Kind) + "\x00" + p.Message
	if !l.seen[key] {
		l.seen[key] = true
		l.res.Problems = append(l.res.Problems, p)
	}
}

func (l *loader) notExamined(n diag.NotExamined) {
	key := n.Path + "\x00" + n.What + "\x00" + n.Why
	if !l.seen[key] {
		l.seen[key] = true
		l.res.NotExamined = append(l.res.NotExamined, n)
	}
}

func (l *loader) sort() {
	slices.SortFunc(l.res.Problems, diag.Problem.Compare)
	slices.SortFunc(l.res.NotExamined, diag.NotExamined.Compare)
}

// cache is the module cache.
func (l *loader) cache() (fsx.Tree, error) {
	if l.modCache == nil {
		l.modCache = &opened{err: fs.ErrNotExist}
		if dir := modCache(l.c.Env); dir != "" {
			l.modCache.tree, l.modCache.err = l.open(dir)
		}
	}
	return l.modCache.tree, l.modCache.err
}

// stat looks at a file relative to Config.Dir.
func (l *loader) stat(rel string) (fs.FileInfo, error) {
	t, root, _, err := l.folder(".", rel)
	if err != nil {
		return nil, err
	}
	return t.Stat(root)
}

// locate finds the files of a module.
func (l *loader) locate(m *mod) bool {
	if m.state != unknown {
		return m.state == present
	}
	m.state = absent
	if m.actual.Version == "" {
		t, root, rel, err := l.folder(m.base, m.actual.Path)
		var fi fs.FileInfo
		if err == nil {
			fi, err = t.Stat(root)
		}
		m.replace.Dir = rel
		if err != nil || !fi.IsDir() {
			return false
		}
		m.tree, m.root, m.state = t, root, present
		return true
	}
	cache, err := l.cache()
	if err != nil {
		return false
	}
	dir, err := modver.CacheDir(m.actual)
	if err != nil {
		return false
	}
	if fi, err := cache.Stat(dir); err != nil || !fi.IsDir() {
		return false
	}
	// The go command leaves this mark while it unpacks a module.
	partial, _ := modver.CacheFile(m.actual, ".partial")
	if _, err := cache.Stat(partial); err == nil {
		return false
	}
	m.tree, m.root, m.state = cache, dir, present
	return true
}

// need notes that a module is needed in some builds and cannot be had, or that
// go.sum has no line for it.
func (l *loader) need(m *mod, in mask) {
	if m.main {
		return
	}
	if l.needSums && m.actual.Version != "" && l.sums.module[m.actual] == "" {
		m.noSum |= in
	}
	if m.state == absent {
		m.missing |= in
	}
}

func (l *loader) sumProblem(m *mod, in mask, what string) {
	l.problem(diag.Problem{
		Path: m.actual.String(), Kind: diag.Mismatch, Message: "go.sum has no line" + what,
		Help: "go mod download " + m.Path, Group: diag.NoSum, Platforms: l.b.namesOf(in),
	})
}

func (l *loader) missingProblem(m *mod) {
	p := diag.Problem{
		Path: m.actual.String(), Kind: diag.Missing, Message: "module not in the cache", Group: diag.NotCached,
		Help: "go mod download " + m.actual.String(), Platforms: l.b.namesOf(m.missing),
	}
	switch {
	case m.live == [reasons]mask{} && m.wanted:
		p.Help = "go mod download all"
	case len(l.requires[m.Path]) > 0:
		p.Help = "go mod download"
	}
	if m.actual.Version == "" {
		p.Path, p.Message, p.Group = path.Join(m.base, m.actual.Path), "replaces "+m.Path+" and is not there", ""
		p.Help = "go mod edit -dropreplace=" + m.Path
		if strings.HasPrefix(m.actual.Path, "/") {
			p.Path = m.actual.Path
		}
	}
	l.problem(p)
}
