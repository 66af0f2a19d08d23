// Package discover finds what a target holds: Go modules, workspaces and
// binaries. It reads names and first bytes only and judges nothing.
package discover

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gobinary"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// Kind is what a unit is.
type Kind string

// The kinds of units.
const (
	GoModule    Kind = "go-module"
	GoWorkspace Kind = "go-workspace"
	GoBinary    Kind = "go-binary"
)

// Unit is one thing to scan.
type Unit struct {
	Kind     Kind
	Target   string   // as it was asked for
	Tree     fsx.Tree // the tree that holds it
	Abs      string   // where Tree's root is
	Dir      string   // Go module or workspace: its folder in Tree
	Patterns []string // Go module or workspace: packages asked for, relative to Dir; empty means all
	File     string   // Go binary: its name in Tree
}

// Limits of a walk; past one of them the target is reported as not complete.
const (
	MaxDepth = 256
	MaxFiles = 1_000_000
)

// A Repository is a tree of a hub, pinned to a commit.
type Repository struct {
	Tree fsx.Tree
	Kind inventory.Kind
	// Answer is the file in Tree that holds the hub's answer about it.
	Answer artifact.File
}

// Finder finds units.
type Finder struct {
	Cwd  string                             // absolute
	Open func(abs string) (fsx.Tree, error) // opens a folder
	Stat func(abs string) (fs.FileInfo, error)
	// NoWork says that an enclosing go.work is not to be looked for (GOWORK=off).
	NoWork bool
	// Readers read models, datasets and bills of materials; Wants tells by a
	// base name in lower case whether a file is offered to them, and Project
	// whether it makes its folder that of a program.
	Readers []artifact.Reader
	Wants   func(base string) bool
	Project func(base string) bool
	// Names tells by a base name whether a file of a Go project is a configuration
	// that may name models; nil: none is.
	Names func(base string) bool
	// Uses lists the folders that the text of a go.work file uses.
	Uses func(work []byte) []string
	// Remote reports whether a target names a repository of a hub, and opens it.
	// Opening it may ask the network; an error that is a *diag.Problem is one of
	// the report. nil: no target does.
	Remote func(target string) (is bool, open func() (*Repository, error))

	trees map[string]fsx.Tree
}

// Result is what the targets hold.
type Result struct {
	Units    []Unit
	Things   []Thing
	Problems []diag.Problem
	// Configs are files of Go projects that may name models.
	Configs []Config
	// NotExamined is what readers saw and did not look into.
	NotExamined []diag.NotExamined
	// Nothing names the targets below which nothing to scan was found.
	Nothing []string
}

// Config is a file of a Go project that may name models.
type Config struct {
	Target string
	Tree   fsx.Tree
	Path   string
}

// TargetError says that a target cannot be looked at at all.
type TargetError struct {
	Target string
	Err    error
}

func (e *TargetError) Error() string { return fmt.Sprintf("target %s: %v", e.Target, e.Err) }
func (e *TargetError) Unwrap() error { return e.Err }

// Find looks at every target. The error is a *TargetError for a target that
// does not exist.
func (f *Finder) Find(targets []string) (*Result, error) {
	f.trees = map[string]fsx.Tree{}
	res := &Result{}
	for _, t := range targets {
		n := len(res.Units) + len(res.Things) + len(res.Problems)
		if err := f.target(t, res); err != nil {
			return nil, &TargetError{t, err}
		}
		if len(res.Units)+len(res.Things)+len(res.Problems) == n {
			res.Nothing = append(res.Nothing, t)
		}
	}
	res.Units = united(res.Units)
	return res, nil
}

func (f *Finder) target(target string, res *Result) error {
	if f.Remote != nil {
		if is, open := f.Remote(target); is {
			return f.remote(target, open, res)
		}
	}
	base, pattern := splitPattern(target)
	abs := base
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(f.Cwd, abs)
	}
	abs = filepath.Clean(abs)
	fi, err := f.Stat(abs)
	if err != nil {
		return cause(err)
	}
	switch {
	case fi.IsDir() && pattern != "":
		return f.packages(target, abs, pattern, res)
	case fi.IsDir():
		return f.folder(target, abs, res)
	case pattern != "":
		return errors.New("a pattern needs a folder before its dots")
	case !fi.Mode().IsRegular():
		return fsx.ErrNotRegular
	}
	return f.file(target, abs, res)
}

// splitPattern cuts "./cmd/..." into the folder and the rest from the first
// element with dots on.
func splitPattern(target string) (base, pattern string) {
	if !strings.Contains(target, "...") {
		return target, ""
	}
	elems := strings.Split(filepath.ToSlash(target), "/")
	i := slices.IndexFunc(elems, func(e string) bool { return strings.Contains(e, "...") })
	base = strings.Join(elems[:i], "/")
	if base == "" && i > 0 {
		base = "/"
	} else if base == "" {
		base = "."
	}
	return base, strings.Join(elems[i:], "/")
}

// sniffLen is what gobinary.Sniff needs of a file's start, in bytes.
const sniffLen = 64

func (f *Finder) file(target, abs string, res *Result) error {
	dir, name := filepath.Split(abs)
	if name == "go.mod" || name == "go.work" {
		return f.module(target, filepath.Clean(dir), ".", "", res)
	}
	tree, err := f.tree(filepath.Clean(dir))
	if err != nil {
		return cause(err)
	}
	head, _, err := tree.AppendHead(nil, name, sniffLen)
	if err != nil {
		res.Problems = append(res.Problems, diag.Problem{Path: target, Kind: diag.Unreadable, Message: cause(err).Error()})
		return nil
	}
	if gobinary.Sniff(head) {
		res.Units = append(res.Units, Unit{Kind: GoBinary, Target: target, Tree: tree, Abs: filepath.Clean(dir), File: name})
		return nil
	}
	o := f.offer(target, tree, res)
	o.wants, o.explicit = func(string) bool { return true }, name
	o.file(name)
	o.cardBeside()
	o.group()
	return nil
}

// folder finds the modules in and below a folder. What they do not hold may be
// packages of a module above it.
func (f *Finder) folder(target, abs string, res *Result) error {
	tree, err := f.tree(abs)
	if err != nil {
		return cause(err)
	}
	w := walker{tree: tree, target: target, noWork: f.NoWork, res: res, offer: f.offer(target, tree, res), names: f.Names}
	w.walk(".", 0, false)
	things := len(res.Things)
	w.offer.group()
	if w.goFiles && (w.rootGo || len(res.Things) == things) {
		pattern := "."
		if !w.rootGo {
			pattern = "./..."
		}
		if err := f.packages(target, abs, pattern, res); err != nil {
			return err
		}
	}
	for _, m := range w.found {
		if slices.ContainsFunc(w.found, func(o found) bool { return o.work && o.dir != m.dir && f.usedBy(tree, o.dir, m.dir) }) {
			continue
		}
		if err := f.module(target, abs, m.dir, "", res); err != nil {
			return err
		}
	}
	return nil
}

func (f *Finder) offer(target string, tree fsx.Tree, res *Result) *offer {
	never := func(string) bool { return false }
	o := &offer{readers: f.Readers, wants: f.Wants, marks: f.Project, target: target, tree: tree, res: res}
	if o.wants == nil {
		o.wants = never
	}
	if o.marks == nil {
		o.marks = never
	}
	return o
}

// packages resolves a folder and a pattern inside a module above.
func (f *Finder) packages(target, abs, pattern string, res *Result) error {
	for dir := abs; ; dir = filepath.Dir(dir) {
		if f.exists(filepath.Join(dir, "go.mod")) {
			rel, err := filepath.Rel(dir, abs)
			if err != nil {
				return err
			}
			p := "./" + path.Join(filepath.ToSlash(rel), pattern)
			if p == "./." {
				p = "."
			}
			return f.module(target, dir, ".", p, res)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// module adds the module in folder dir of the tree at abs, or the workspace
// that it belongs to.
func (f *Finder) module(target, abs, dir, pattern string, res *Result) error {
	tree, err := f.tree(abs)
	if err != nil {
		return cause(err)
	}
	u := Unit{Kind: GoModule, Target: target, Tree: tree, Abs: abs, Dir: dir}
	if pattern != "" {
		u.Patterns = []string{pattern}
	}
	moduleDir := filepath.Join(abs, filepath.FromSlash(dir))
	work, ok := f.enclosingWork(moduleDir)
	if ok {
		u.Kind = GoWorkspace
		if work != moduleDir {
			rel, err := filepath.Rel(work, moduleDir)
			if err != nil {
				return err
			}
			if pattern == "" {
				pattern = "./..."
			}
			if u.Tree, err = f.tree(work); err != nil {
				return cause(err)
			}
			u.Abs, u.Dir, u.Patterns = work, ".", []string{"./" + path.Join(filepath.ToSlash(rel), pattern)}
		}
	}
	res.Units = append(res.Units, u)
	return nil
}

// enclosingWork finds the go.work that the go command would use in a folder:
// the nearest one above, if it uses the folder.
func (f *Finder) enclosingWork(moduleDir string) (string, bool) {
	if f.NoWork {
		return "", false
	}
	for dir := moduleDir; ; dir = filepath.Dir(dir) {
		if f.exists(filepath.Join(dir, "go.work")) {
			if dir == moduleDir {
				return dir, true
			}
			tree, err := f.tree(dir)
			if err != nil {
				return "", false
			}
			rel, err := filepath.Rel(dir, moduleDir)
			return dir, err == nil && f.usedBy(tree, ".", filepath.ToSlash(rel))
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
}

// maxWork bounds a go.work file, in bytes; the go command's own limit for go.mod.
const maxWork = 16 << 20

func (f *Finder) usedBy(tree fsx.Tree, workDir, moduleDir string) bool {
	if f.NoWork {
		return false
	}
	body, err := tree.ReadFile(path.Join(workDir, "go.work"), maxWork)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(f.Uses(body), func(use string) bool {
		return path.Join(workDir, filepath.ToSlash(use)) == moduleDir
	})
}

func (f *Finder) exists(abs string) bool {
	fi, err := f.Stat(abs)
	return err == nil && fi.Mode().IsRegular()
}

func (f *Finder) tree(abs string) (fsx.Tree, error) {
	if t, ok := f.trees[abs]; ok {
		return t, nil
	}
	t, err := f.Open(abs)
	if err != nil {
		return nil, err
	}
	t = fsx.Cache(t)
	f.trees[abs] = t
	return t, nil
}

// united makes one unit of several that differ only in their packages.
func united(units []Unit) []Unit {
	var out []Unit
	for _, u := range units {
		i := slices.IndexFunc(out, func(o Unit) bool {
			return o.Kind == u.Kind && o.Abs == u.Abs && o.Dir == u.Dir && o.File == u.File
		})
		switch {
		case i < 0:
			out = append(out, u)
		case len(out[i].Patterns) == 0 || len(u.Patterns) == 0:
			out[i].Patterns = nil
		default:
			for _, p := range u.Patterns {
				if !slices.Contains(out[i].Patterns, p) {
					out[i].Patterns = append(out[i].Patterns, p)
				}
			}
		}
	}
	return out
}

// cause strips the operation and the machine's path from a file system error.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
