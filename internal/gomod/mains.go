package gomod

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// mod is a module, main or not, while loading.
type mod struct {
	module.Version
	main    bool
	actual  module.Version // what stands in for it: itself, a replacement, a folder (no version)
	replace *Replacement
	base    string // folder that a replacement's relative path counts from, relative to Config.Dir

	state    state
	tree     fsx.Tree
	root     string
	missing  mask // builds that need it while it is not to be had
	noSum    mask // builds that need it while go.sum has no line for it
	noMod    bool // its go.mod is not to be had
	noModSum bool // go.sum has no line for its go.mod, which was read

	// of main modules
	file   *modfile.File
	dir    string // relative to Config.Dir
	shown  string // its go.mod in messages
	ignore []string

	summary *summary
	pkgs    []*pkg
	live    [reasons]mask
	wanted  bool // by the module graph
	inRoot  mask // scratch of one walk
	result  *Module
}

type state uint8

const (
	unknown state = iota
	present
	absent
)

// local says that go.mod files below its root belong to other modules. In the
// module cache there are none.
func (m *mod) local() bool { return m.main || m.actual.Version == "" }

// replacing is a replace line of a main module or of go.work.
type replacing struct {
	to   module.Version
	base string // folder that a relative path counts from, relative to Config.Dir
}

// folder finds a folder that a file in base (relative to Config.Dir) names:
// inside the tree, or on disk beside it.
func (l *loader) folder(base, name string) (t fsx.Tree, root, rel string, err error) {
	name = filepath.ToSlash(name)
	if path.IsAbs(name) || filepath.IsAbs(filepath.FromSlash(name)) {
		abs := filepath.Clean(filepath.FromSlash(name))
		if l.c.Abs != "" {
			if r, err := filepath.Rel(l.c.Abs, abs); err == nil && !outside(filepath.ToSlash(r)) {
				return l.c.Tree, filepath.ToSlash(r), l.relative(filepath.ToSlash(r)), nil
			}
		}
		t, err = l.open(abs)
		return t, ".", filepath.ToSlash(abs), err
	}
	rel = path.Join(base, name)
	inTree := path.Join(l.c.Dir, rel)
	if !outside(inTree) {
		return l.c.Tree, inTree, rel, nil
	}
	if l.c.Abs == "" {
		return nil, "", rel, errOutsideTarget
	}
	t, err = l.open(filepath.Join(l.c.Abs, filepath.FromSlash(inTree)))
	return t, ".", rel, err
}

var errOutsideTarget = errors.New("outside of what is scanned")

// relative makes a folder of the tree relative to Config.Dir.
func (l *loader) relative(inTree string) string {
	rel, err := filepath.Rel(filepath.FromSlash(l.c.Dir), filepath.FromSlash(inTree))
	if err != nil {
		return inTree
	}
	return filepath.ToSlash(rel)
}

func (l *loader) open(abs string) (fsx.Tree, error) {
	if l.c.Open == nil {
		return nil, errOutsideTarget
	}
	if t, ok := l.opened[abs]; ok {
		return t.tree, t.err
	}
	t, err := l.c.Open(abs)
	if err == nil {
		// Who looks for licenses walks the same folders after this loader.
		t = fsx.Cache(t)
	}
	l.opened[abs] = opened{t, err}
	return t, err
}

type opened struct {
	tree fsx.Tree
	err  error
}

// readMains reads go.work or go.mod. It is false when there is nothing to go
// on with.
func (l *loader) readMains() bool {
	if name, ok := l.workFile(); ok {
		return l.readWork(name)
	}
	return l.readMain(".", diag.Problem{
		Kind: diag.Missing, Message: "no go.mod here", Help: "go mod init",
	})
}

// workFile is the go.work file in force: GOWORK, or the one in Config.Dir.
func (l *loader) workFile() (string, bool) {
	switch w := l.c.Env["GOWORK"]; {
	case w == "off":
		return "", false
	case w != "":
		return w, true
	}
	if fi, err := l.c.Tree.Stat(path.Join(l.c.Dir, "go.work")); err != nil || fi.IsDir() {
		return "", false
	}
	return "go.work", true
}

func (l *loader) readWork(name string) bool {
	l.res.Workspace = true
	t, root, rel, err := l.folder(".", path.Dir(filepath.ToSlash(name)))
	shown := path.Join(rel, path.Base(filepath.ToSlash(name)))
	var data []byte
	if err == nil {
		data, err = t.ReadFile(path.Join(root, path.Base(filepath.ToSlash(name))), maxModFile)
	}
	if err != nil {
		l.problem(readProblem(shown, err))
		return false
	}
	w, err := modfile.ParseWork(shown, data, nil)
	if err != nil {
		l.parseProblems(shown, err)
		return false
	}
	l.work, l.workDir = w, rel
	if w.Go != nil {
		l.res.GoVersion = w.Go.Version
	}
	if w.Toolchain != nil {
		l.res.Toolchain = w.Toolchain.Name
	}
	for _, r := range w.Replace {
		l.workReplace[r.Old] = replacing{r.New, rel}
	}
	seen := map[string]bool{}
	for _, u := range w.Use {
		dir := u.Path
		if !path.IsAbs(dir) && !filepath.IsAbs(dir) {
			dir = path.Join(rel, dir)
		}
		if seen[dir] {
			l.problem(diag.Problem{Path: shown, Kind: diag.Malformed, Line: u.Syntax.Start.Line, Message: "uses " + u.Path + " twice"})
			continue
		}
		seen[dir] = true
		l.readMain(dir, diag.Problem{
			Kind: diag.Missing, Line: u.Syntax.Start.Line, Message: "used by " + shown + " and not there", Help: "go work edit -dropuse=" + u.Path,
		})
	}
	l.loadSums(t, root, path.Base(filepath.ToSlash(name))+".sum", path.Join(rel, path.Base(filepath.ToSlash(name))+".sum"))
	return len(l.mains) > 0
}

// readMain reads the go.mod of a main module in dir (relative to Config.Dir).
// gone is what to say when there is none.
func (l *loader) readMain(dir string, gone diag.Problem) bool {
	t, root, rel, err := l.folder(".", dir)
	shown := path.Join(rel, "go.mod")
	var data []byte
	if err == nil {
		data, err = t.ReadFile(path.Join(root, "go.mod"), maxModFile)
	}
	if errors.Is(err, fs.ErrNotExist) {
		gone.Path = rel
		l.problem(gone)
		return false
	}
	if err != nil {
		l.problem(readProblem(shown, err))
		return false
	}
	f, err := modfile.Parse(shown, data, nil)
	if err != nil {
		l.parseProblems(shown, err)
		return false
	}
	if f.Module == nil || module.CheckImportPath(f.Module.Mod.Path) != nil {
		l.problem(diag.Problem{Path: shown, Kind: diag.Malformed, Message: "no valid module line", Help: "go mod edit -module PATH"})
		return false
	}
	m := &mod{
		Version: module.Version{Path: f.Module.Mod.Path}, main: true, state: present,
		tree: t, root: root, file: f, dir: rel, shown: shown,
	}
	m.actual = m.Version
	for _, x := range f.Ignore {
		m.ignore = append(m.ignore, x.Path)
	}
	if slices.ContainsFunc(l.mains, func(o *mod) bool { return o.Path == m.Path }) {
		l.problem(diag.Problem{Path: shown, Kind: diag.Malformed, Message: "module " + m.Path + " appears twice in the workspace"})
		return false
	}
	l.mains = append(l.mains, m)
	l.byPath[m.Path] = m
	l.takeMain(m)
	l.loadSums(t, root, "go.sum", path.Join(rel, "go.sum"))
	return true
}

// takeMain takes over what a main module says of others.
func (l *loader) takeMain(m *mod) {
	if !l.res.Workspace {
		if m.file.Go != nil {
			l.res.GoVersion = m.file.Go.Version
		}
		if m.file.Toolchain != nil {
			l.res.Toolchain = m.file.Toolchain.Name
		}
	}
	for _, x := range m.file.Exclude {
		l.exclude[x.Mod] = true
	}
	for _, r := range m.file.Replace {
		old, dup := l.replace[r.Old]
		if dup && !l.sameReplacement(old, replacing{r.New, m.dir}) {
			l.problem(diag.Problem{Path: m.shown, Kind: diag.Mismatch, Line: r.Syntax.Start.Line, Message: "replaces " + r.Old.Path + " by something else than another go.mod of the workspace", Help: "add the replace line that counts to go.work"})
			continue
		}
		l.replace[r.Old] = replacing{r.New, m.dir}
	}
	for _, r := range m.file.Require {
		l.requires[r.Mod.Path] = append(l.requires[r.Mod.Path], required{m, r})
	}
}

// required is a require line of a main module.
type required struct {
	by  *mod
	req *modfile.Require
}

func (l *loader) sameReplacement(a, b replacing) bool {
	if a.to.Version != "" || b.to.Version != "" {
		return a.to == b.to
	}
	return path.Join(a.base, a.to.Path) == path.Join(b.base, b.to.Path)
}

// replacement is what stands in for a module: go.work before go.mod, a line
// with the version before one without.
func (l *loader) replacement(v module.Version) (replacing, bool) {
	for _, from := range []map[module.Version]replacing{l.workReplace, l.replace} {
		if r, ok := from[v]; ok {
			return r, true
		}
		if r, ok := from[module.Version{Path: v.Path}]; ok {
			return r, true
		}
	}
	return replacing{}, false
}

func (l *loader) loadSums(t fsx.Tree, root, name, rel string) {
	for _, p := range l.sums.read(t, path.Join(root, name), rel) {
		l.problem(p)
	}
}

// parseProblems says what x/mod found wrong in a file, line by line.
func (l *loader) parseProblems(shown string, err error) {
	var list modfile.ErrorList
	if !errors.As(err, &list) {
		l.problem(diag.Problem{Path: shown, Kind: diag.Malformed, Message: err.Error()})
		return
	}
	for _, e := range list[:min(len(list), 20)] {
		message := "cannot be parsed"
		if e.Err != nil {
			message = e.Err.Error()
		}
		if e.Verb != "" {
			message = e.Verb + " " + e.ModPath + ": " + message
		}
		l.problem(diag.Problem{Path: shown, Kind: diag.Malformed, Line: e.Pos.Line, Message: strings.ReplaceAll(message, "\n", " ")})
	}
}
