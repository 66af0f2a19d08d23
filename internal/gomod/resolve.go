package gomod

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"golang.org/x/mod/module"
)

// isNested reports whether a folder of a local module lies in another module:
// it or a folder between it and the root has a go.mod file.
func (l *loader) isNested(m *mod, dir string) bool {
	for d := dir; d != m.root && d != "." && d != "/"; d = path.Dir(d) {
		key := m.tree.String() + "\x00" + d
		own, ok := l.nested[key]
		if !ok {
			fi, err := m.tree.Stat(path.Join(d, "go.mod"))
			own = err == nil && !fi.IsDir()
			l.nested[key] = own
		}
		if own {
			return true
		}
	}
	return false
}

// provides looks whether a module holds the package of an import path.
func (l *loader) provides(m *mod, importPath string) (dir string, files []file, ok bool) {
	dir = path.Join(m.root, strings.TrimPrefix(importPath[len(m.Path):], "/"))
	if m.local() && l.isNested(m, dir) {
		return dir, nil, false
	}
	files, found, err := l.listFolder(m.tree, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			l.problem(readProblem(path.Join(m.actual.String(), strings.TrimPrefix(importPath[len(m.Path):], "/")), err))
		}
		return dir, nil, false
	}
	return dir, files, found
}

// resolve finds the module of a package that counts in some builds.
func (l *loader) resolve(p *pkg, in mask) {
	p.resolved = true
	if err := module.CheckImportPath(p.path); err != nil {
		l.unresolved(p, "not a valid import path", diag.NotImportPath)
		return
	}
	if l.res.Vendored {
		l.resolveVendored(p)
		return
	}
	if l.lazy && l.mg == nil {
		if l.tryModules(p, in, func(prefix string) *mod { return l.byPath[prefix] }) {
			return
		}
	}
	g := l.moduleGraph()
	if l.tryModules(p, in, func(prefix string) *mod {
		v, ok := g.selected[prefix]
		if !ok || v == "none" {
			return nil
		}
		return l.version(module.Version{Path: prefix, Version: v})
	}) {
		return
	}
	l.unresolved(p, "no required module provides it", diag.NotProvided)
}

// tryModules asks every module whose path the import path starts with. The
// longest that holds the package provides it; a second one is an ambiguity that
// the go command refuses.
func (l *loader) tryModules(p *pkg, in mask, find func(prefix string) *mod) bool {
	var gone *mod
	for prefix := p.path; prefix != ""; prefix = up(prefix) {
		m := find(prefix)
		if m == nil {
			continue
		}
		if !l.locate(m) {
			l.need(m, in)
			if gone == nil {
				gone = m
			}
			continue
		}
		dir, files, ok := l.provides(m, p.path)
		if !ok {
			continue
		}
		if p.mod != nil {
			l.problem(diag.Problem{
				Path: p.path, Kind: diag.Mismatch, Message: "ambiguous import: " + p.mod.String() + " and " + m.String() + " both have it",
				Help: "go get one of them in a version without the package", Group: diag.ProvidedTwice,
			})
			continue
		}
		p.mod, p.dir, p.files = m, dir, files
		m.pkgs = append(m.pkgs, p)
	}
	if p.mod == nil && gone != nil {
		p.mod, p.failed = gone, true
		gone.pkgs = append(gone.pkgs, p)
	}
	return p.mod != nil
}

func (l *loader) resolveVendored(p *pkg) {
	for _, m := range l.mains {
		if p.path != m.Path && !strings.HasPrefix(p.path, m.Path+"/") {
			continue
		}
		if dir, files, ok := l.provides(m, p.path); ok && p.mod == nil {
			p.mod, p.dir, p.files = m, dir, files
			m.pkgs = append(m.pkgs, p)
		}
	}
	v, ok := l.vendor.packages[p.path]
	if !ok || p.mod != nil {
		if p.mod == nil {
			l.unresolved(p, "not in vendor/modules.txt", diag.NotInModulesTxt)
		}
		return
	}
	m := l.vendored(v)
	dir := path.Join(m.root, strings.TrimPrefix(strings.TrimPrefix(p.path, v.Path), "/"))
	files, found, err := l.listFolder(m.tree, dir)
	p.mod, p.dir, p.files = m, dir, files
	m.pkgs = append(m.pkgs, p)
	if err != nil || !found {
		p.failed = true
		l.problem(diag.Problem{Path: p.path, Kind: diag.Missing, Message: "listed in vendor/modules.txt and not there", Help: "go mod vendor", Group: diag.NotVendored})
	}
}

// vendored is the module of a line of modules.txt.
func (l *loader) vendored(v module.Version) *mod {
	m := l.version(v)
	if m.state == unknown {
		m.state = absent
		if t, root, _, err := l.folder(".", path.Join(l.vendorDir(), v.Path)); err == nil {
			m.tree, m.root, m.state = t, root, present
		}
		if m.replace != nil && m.replace.Version == "" {
			m.replace.Dir = path.Join(m.base, m.actual.Path)
		}
	}
	return m
}

// unresolved says that nobody provides a package. Who imports it is said when
// all importers are known.
func (l *loader) unresolved(p *pkg, why, group string) {
	p.failed = true
	l.lost = append(l.lost, lost{p, why, group})
}

// lost is a package that nobody provides.
type lost struct {
	p     *pkg
	why   string
	group string // of the problem: one of diag.Groups
}

// isStd reports whether an import without a dot in its first element is of the
// standard library: no module provides it.
func (l *loader) isStd(p []byte) bool {
	if !l.bare {
		return stdTree(p)
	}
	for prefix := string(p); prefix != ""; prefix = up(prefix) {
		if l.mg != nil {
			if v, ok := l.mg.selected[prefix]; ok && v != "none" {
				return false
			}
		} else if l.byPath[prefix] != nil {
			return false
		}
	}
	if l.res.Vendored {
		if _, ok := l.vendor.packages[string(p)]; ok {
			return false
		}
	}
	return stdTree(p)
}

// up is the import path above another, "" at the top.
func up(p string) string { return p[:max(0, strings.LastIndexByte(p, '/'))] }

// stdTree reports whether the first element of an import path is a folder of
// the standard library, as of Go 1.26 (go list std), or one of the names that
// the go command passes over without asking any module.
func stdTree(p []byte) bool {
	if i := bytes.IndexByte(p, '/'); i >= 0 {
		p = p[:i]
	}
	switch string(p) {
	case "C", "appengine", "appengine_internal", "archive", "arena", "bufio", "builtin", "bytes", "cmd", "cmp", "compress",
		"container", "context", "crypto", "database", "debug", "embed", "encoding", "errors", "expvar", "flag", "fmt", "go",
		"hash", "html", "image", "index", "internal", "io", "iter", "log", "maps", "math", "mime", "net", "os", "path", "plugin",
		"reflect", "regexp", "runtime", "simd", "slices", "sort", "strconv", "strings", "structs", "sync", "syscall",
		"testing", "text", "time", "unicode", "unique", "unsafe", "uuid", "vendor", "weak":
		return true
	}
	return false
}
