package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// mod is what is compared of a module.
type mod struct {
	Path, Version, Replace string // Replace: "path@version", a folder as in go.mod, or ""
	Direct                 bool
}

func (m mod) String() string {
	s := m.Path + "@" + m.Version
	if m.Replace != "" {
		s += " => " + m.Replace
	}
	if m.Direct {
		s += " (direct)"
	}
	return s
}

// answer is what one loader says for one platform and cgo setting: scope →
// module path → module. Scopes are linked, test, tool, required, and
// "linked PACKAGE" for each main package.
type answer map[string]map[string]mod

func (a answer) add(scope string, m mod) {
	if a[scope] == nil {
		a[scope] = map[string]mod{}
	}
	a[scope][m.Path] = m
}

// tree is a module or workspace to load.
type tree struct {
	name, dir string
	env       []string // besides the process's: GOWORK, GOMODCACHE, GOFLAGS …
	tags      []string
	patterns  []string
	generated bool     // from a fixture
	problems  []string // of a generated tree: what the native loader must say
	lost      []string // of a generated tree: modules that are not compared with go list
}

// environ is what the go command gets besides the process's environment and
// the native loader gets too. GOFLAGS is go's own rule for -mod: vendor where
// vendor/ is to be used, else readonly.
func (t tree) environ() []string {
	return append([]string{"GOFLAGS="}, t.env...)
}

// point is one build: a platform with cgo on or off.
type point struct {
	goos, goarch string
	cgo          bool
}

func (p point) String() string {
	s := p.goos + "/" + p.goarch
	if p.cgo {
		s += "+cgo"
	}
	return s
}

type listModule struct {
	Path, Version, Dir string
	Main, Indirect     bool
	Replace            *listModule
}

type listPackage struct {
	ImportPath, Name  string
	Standard, DepOnly bool
	Module            *listModule
}

// goList runs the plain command that a person would run and decodes its
// output; nothing is shared with the code under test.
func goList[T any](t tree, p point, args ...string) ([]T, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = t.dir
	cgo := "0"
	if p.cgo {
		cgo = "1"
	}
	cmd.Env = append(append(os.Environ(), t.environ()...), "GOTOOLCHAIN=local", "GOPROXY=off", "GOVCS=*:off")
	cmd.Env = append(cmd.Env, "GOOS="+p.goos, "GOARCH="+p.goarch, "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w: %s", strings.Join(args, " "), err, firstLines(stderr.String(), 5))
	}
	var list []T
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var v T
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
}

func firstLines(s string, n int) string {
	lines := strings.SplitAfterN(s, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}

// reference is the go command's answer; see the definition of equality in
// the package comment.
func reference(t tree, p point) (answer, error) {
	r := referrer{t: t, p: p, a: answer{"linked": {}, "test": {}, "tool": {}}}
	if len(t.patterns) == 0 {
		var err error
		if r.t.patterns, err = everything(t, p); err != nil {
			return nil, err
		}
	}
	linked, err := r.collect("linked", nil, r.t.patterns...)
	if err != nil {
		return nil, err
	}
	if _, err := r.collect("test", []string{"linked"}, append([]string{"-test"}, r.t.patterns...)...); err != nil {
		return nil, err
	}
	if _, err := r.collect("tool", []string{"linked", "test"}, "tool"); err != nil {
		return nil, err
	}
	if err := r.required(); err != nil {
		return nil, err
	}
	for _, pkg := range linked {
		if pkg.Name != "main" || pkg.DepOnly || pkg.Standard {
			continue
		}
		scope := "linked " + pkg.ImportPath
		r.a[scope] = map[string]mod{}
		if _, err := r.collect(scope, nil, pkg.ImportPath); err != nil {
			return nil, err
		}
	}
	return r.a, nil
}

// everything are the patterns for all packages of all main modules. In a
// workspace "./..." alone would not do where no module is in its root.
func everything(t tree, p point) ([]string, error) {
	mains, err := goList[listModule](t, p, "-m", "-json=Path,Dir,Main")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range mains {
		rel, err := filepath.Rel(t.dir, m.Dir)
		if err != nil {
			return nil, err
		}
		out = append(out, "./"+filepath.ToSlash(filepath.Join(rel, "...")))
	}
	return out, nil
}

type referrer struct {
	t tree
	p point
	a answer
}

// collect adds the modules of a list of packages to a scope, except those of
// stronger scopes.
func (r *referrer) collect(scope string, except []string, args ...string) ([]listPackage, error) {
	const fields = "-json=ImportPath,Name,Standard,DepOnly,Module"
	pkgs, err := goList[listPackage](r.t, r.p, append([]string{"-e", "-deps", "-tags=" + strings.Join(r.t.tags, ","), fields}, args...)...)
	for _, pkg := range pkgs {
		if pkg.Module == nil || pkg.Module.Main || pkg.Standard {
			continue
		}
		if m := convert(*pkg.Module); !r.has(m.Path, except) {
			r.a.add(scope, m)
		}
	}
	return pkgs, err
}

func (r *referrer) has(path string, scopes []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { _, ok := r.a[s][path]; return ok })
}

// required adds the rest of the build list, where go tells it.
func (r *referrer) required() error {
	all, err := goList[listModule](r.t, r.p, "-m", "-e", "-json=Path,Version,Main,Indirect,Replace", "all")
	if err != nil && strings.Contains(err.Error(), "using the vendor directory") {
		return nil
	}
	for _, m := range all {
		if !m.Main && !r.has(m.Path, []string{"linked", "test", "tool"}) {
			r.a.add("required", convert(m))
		}
	}
	return err
}

func convert(m listModule) mod {
	out := mod{Path: m.Path, Version: m.Version, Direct: !m.Indirect}
	if r := m.Replace; r != nil {
		out.Replace = r.Path
		if r.Version != "" {
			out.Replace += "@" + r.Version
		}
	}
	return out
}

// dangling reports whether a folder has a go.work that the go command refuses,
// as one that uses folders that are not there.
func dangling(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, "go.work")); err != nil {
		return false
	}
	cmd := exec.Command("go", "list", "-m")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOPROXY=off", "GOFLAGS=")
	return cmd.Run() != nil
}
