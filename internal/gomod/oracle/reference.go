package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
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
	ForTest           string
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
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOVCS=*:off")
	cmd.Env = append(cmd.Env, t.env...)
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
func reference(t tree, p point, tools bool) (answer, error) {
	const fields = "-json=ImportPath,Name,Standard,DepOnly,ForTest,Module"
	tags := "-tags=" + strings.Join(t.tags, ",")
	patterns := t.patterns
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	all, err := goList[listModule](t, p, "-m", "-e", "-json=Path,Version,Main,Indirect,Replace,Dir", "all")
	if err != nil {
		return nil, err
	}
	known := map[string]mod{}
	for _, m := range all {
		if !m.Main {
			known[m.Path] = convert(m)
		}
	}
	a := answer{"linked": {}, "test": {}, "tool": {}, "required": {}}
	collect := func(scope string, except []string, args ...string) ([]listPackage, error) {
		pkgs, err := goList[listPackage](t, p, append([]string{"-e", "-deps", tags, fields}, args...)...)
		for _, pkg := range pkgs {
			if pkg.Module == nil || pkg.Module.Main || pkg.Standard {
				continue
			}
			m := convert(*pkg.Module)
			if !slices.ContainsFunc(except, func(s string) bool { _, ok := a[s][m.Path]; return ok }) {
				a.add(scope, m)
			}
		}
		return pkgs, err
	}
	linked, err := collect("linked", nil, patterns...)
	if err != nil {
		return nil, err
	}
	if _, err := collect("test", []string{"linked"}, append([]string{"-test"}, patterns...)...); err != nil {
		return nil, err
	}
	if tools {
		if _, err := collect("tool", []string{"linked", "test"}, "tool"); err != nil {
			return nil, err
		}
	}
	for path, m := range known {
		if !slices.ContainsFunc([]string{"linked", "test", "tool"}, func(s string) bool { _, ok := a[s][path]; return ok }) {
			a.add("required", m)
		}
	}
	for _, pkg := range linked {
		if pkg.Name != "main" || pkg.DepOnly || pkg.Standard {
			continue
		}
		scope := "linked " + pkg.ImportPath
		a[scope] = map[string]mod{}
		if _, err := collect(scope, nil, pkg.ImportPath); err != nil {
			return nil, err
		}
	}
	return a, nil
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
