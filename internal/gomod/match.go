package gomod

import (
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// packages matches the patterns and follows the imports of what they match.
func (l *loader) packages() {
	l.match()
	for _, p := range l.roots {
		l.readFiles(p, l.b.all, false)
		var in mask
		for _, f := range p.files {
			if f.kind == goFile {
				in |= f.in
			}
		}
		l.add(p, linked, in)
	}
	l.drain()
	if l.c.Test {
		for _, p := range l.roots {
			l.readFiles(p, l.b.all, true)
			for _, e := range p.test {
				l.add(e.to, tested, e.in)
			}
		}
		l.drain()
	}
	if l.c.Tool {
		for _, m := range l.mains {
			for _, t := range m.file.Tool {
				if !dotted(t.Path) && l.isStd([]byte(t.Path)) {
					continue
				}
				p := l.pkg(t.Path)
				l.tools = append(l.tools, p)
				l.add(p, tooled, l.b.all)
			}
		}
		l.drain()
	}
	if l.lazy && !l.res.Workspace {
		var used []*mod
		for _, m := range l.mods {
			if len(m.pkgs) > 0 {
				used = append(used, m)
			}
		}
		l.checkRoots(used)
	}
	if l.files > maxFiles {
		l.problem(diag.Problem{Path: ".", Kind: diag.Limit, Message: "more files than are looked at", Limit: maxFiles, Actual: int64(l.files)})
	}
}

// match finds the packages that the patterns name. Without patterns it is all
// packages of every main module.
func (l *loader) match() {
	patterns := l.c.Patterns
	if len(patterns) == 0 {
		for _, m := range l.mains {
			l.walk(m, m.root, 0, func(string) bool { return true })
		}
		return
	}
	for _, p := range patterns {
		clean := path.Clean(strings.TrimSuffix(p, "/"))
		if !strings.Contains(p, "...") {
			l.literal(clean)
			continue
		}
		n := len(l.roots)
		match := matcher(clean)
		for _, m := range l.mains {
			from, ok := startOf(clean, m.dir)
			if !ok {
				continue
			}
			at := path.Join(m.root, from)
			if l.isNested(m, at) {
				continue
			}
			l.walk(m, at, 0, func(rel string) bool { return match(path.Join(m.dir, rel)) })
		}
		if len(l.roots) == n {
			l.notExamined(diag.NotExamined{Path: clean, What: "package pattern", Why: "matches no package"})
		}
	}
}

// literal takes the one package of a folder.
func (l *loader) literal(rel string) {
	var best *mod
	for _, m := range l.mains {
		if _, ok := below(m.dir, rel); (ok || m.dir == "." && !outside(rel)) && (best == nil || len(m.dir) > len(best.dir)) {
			best = m
		}
	}
	if best != nil {
		sub, _ := below(best.dir, rel)
		if dir := path.Join(best.root, sub); !l.isNested(best, dir) && l.take(best, dir) {
			return
		}
	}
	l.problem(diag.Problem{Path: rel, Kind: diag.Missing, Message: "no Go package here", Help: "name a folder with .go files of this module"})
}

// startOf is the folder below a main module at which a walk for a pattern may
// start; false where none below the module can match.
func startOf(pattern, dir string) (string, bool) {
	fixed, _, _ := strings.Cut(pattern, "...")
	fixed = path.Clean(fixed[:strings.LastIndexByte(fixed, '/')+1])
	if fixed == dir || fixed == "." && !outside(dir) {
		return ".", true
	}
	if rel, ok := below(dir, fixed); ok {
		return rel, true
	}
	if _, ok := below(fixed, dir); ok {
		return ".", true // the module lies below the fixed part
	}
	return "", false
}

// matcher is the pattern language of the go command: "..." stands for any
// string, and a final "/..." for nothing as well.
func matcher(pattern string) func(string) bool {
	if pattern == "..." {
		return func(string) bool { return true }
	}
	base, all := strings.CutSuffix(pattern, "/...")
	parts := strings.Split(pattern, "...")
	return func(name string) bool {
		if all && !strings.Contains(base, "...") && name == base {
			return true
		}
		rest, ok := strings.CutPrefix(name, parts[0])
		if !ok {
			return all && wild(name, strings.Split(base, "..."))
		}
		return wildRest(rest, parts[1:]) || all && wild(name, strings.Split(base, "..."))
	}
}

func wild(name string, parts []string) bool {
	rest, ok := strings.CutPrefix(name, parts[0])
	return ok && wildRest(rest, parts[1:])
}

// wildRest matches any string before each part; the last part ends the name.
func wildRest(name string, parts []string) bool {
	for i, part := range parts {
		if i == len(parts)-1 {
			return strings.HasSuffix(name, part)
		}
		at := strings.Index(name, part)
		if at < 0 {
			return false
		}
		name = name[at+len(part):]
	}
	return name == ""
}

// walk takes every package in and below a folder of a main module but those in
// folders that patterns leave out.
func (l *loader) walk(m *mod, dir string, depth int, match func(rel string) bool) {
	if l.ctx.Err() != nil || l.files > maxFiles {
		return
	}
	rel, _ := below(m.root, dir)
	if depth > maxDepth {
		l.problem(diag.Problem{Path: path.Join(m.dir, rel), Kind: diag.Limit, Message: "folders nested too deep", Limit: maxDepth, Actual: int64(depth)})
		return
	}
	if depth == 0 && rel != "." && (leftOut(path.Base(rel)) || l.ignored(m, dir)) {
		return
	}
	list, err := m.tree.ReadDir(dir)
	if err != nil {
		l.problem(readProblem(path.Join(m.dir, rel), err))
		return
	}
	goFiles := false
	for _, e := range list {
		if e.Name == "go.mod" && depth > 0 && !e.Type.IsDir() {
			if fi, err := m.tree.Stat(path.Join(dir, e.Name)); err == nil && !fi.IsDir() {
				return
			}
		}
		goFiles = goFiles || strings.HasSuffix(e.Name, ".go") && !e.Type.IsDir()
	}
	if goFiles && match(rel) {
		l.take(m, dir)
	} else {
		l.files += len(list)
	}
	if path.Base(dir) == "vendor" && depth > 0 {
		return // a package of that name counts, what lies below it does not
	}
	for _, e := range list {
		if !e.Type.IsDir() || leftOut(e.Name) {
			continue
		}
		sub := path.Join(dir, e.Name)
		if len(m.ignore) > 0 && l.ignored(m, sub) {
			continue
		}
		l.walk(m, sub, depth+1, match)
	}
}

// leftOut: folders that patterns do not go into.
func leftOut(name string) bool { return name[0] == '.' || name[0] == '_' || name == "testdata" }

// ignored applies the ignore lines of go.mod: "./x" is that folder, "x" any
// folder of that name or path.
func (l *loader) ignored(m *mod, dir string) bool {
	rel, _ := below(m.root, dir)
	rel = "/" + rel + "/"
	for _, x := range m.ignore {
		if x, fixed := strings.CutPrefix(x, "./"); fixed {
			if strings.HasPrefix(rel, slashed(x)) {
				return true
			}
		} else if strings.Contains(rel, slashed(x)) {
			return true
		}
	}
	return false
}

func slashed(p string) string { return "/" + strings.Trim(p, "/") + "/" }

// take makes the package of a folder a root. It is false for a folder without
// Go files.
func (l *loader) take(m *mod, dir string) bool {
	rel, _ := below(m.root, dir)
	p := l.pkg(path.Join(m.Path, rel))
	if p.root {
		return true
	}
	if !p.resolved {
		files, found, err := l.listFolder(m.tree, dir)
		if err != nil || !found {
			return false
		}
		p.resolved = true
		p.mod, p.dir, p.files = m, dir, files
		m.pkgs = append(m.pkgs, p)
	}
	p.root = true
	l.roots = append(l.roots, p)
	return true
}
