package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/gomod"
)

// scopes, strongest first.
var scopes = []string{"linked", "test", "tool", "required"}

// lines are the facts of an answer.
func (a answer) lines() []string {
	var out []string
	for scope, mods := range a {
		if strings.HasPrefix(scope, "linked ") {
			out = append(out, "program "+scope)
		}
		for _, m := range mods {
			out = append(out, scope+" "+m.String())
		}
	}
	return out
}

// unite says of the answers for many builds what a Result for all of them says:
// a module has its strongest scope, with the platforms on which it has it, and
// each program links it on some platforms, perhaps only with cgo.
func unite(points []point, answers []answer) []string {
	type key struct{ scope, module string }
	where := map[key][]point{}
	best := map[string]int{}
	for i, a := range answers {
		for scope, mods := range a {
			for _, m := range mods {
				k := key{scope, m.String()}
				where[k] = append(where[k], points[i])
				if rank := slices.Index(scopes, scope); rank >= 0 {
					if have, ok := best[k.module]; !ok || rank < have {
						best[k.module] = rank
					}
				}
			}
		}
	}
	withoutCgo := slices.ContainsFunc(points, func(p point) bool { return !p.cgo })
	var out []string
	for k, ps := range where {
		rank := slices.Index(scopes, k.scope)
		if rank > best[k.module] {
			continue
		}
		line := k.scope + " " + k.module
		if rank < 2 { // tools and requirements have no platforms
			line += on(ps)
		}
		if rank < 0 && withoutCgo && !slices.ContainsFunc(ps, func(p point) bool { return !p.cgo }) {
			line += " cgo only"
		}
		out = append(out, line)
	}
	return out
}

func on(points []point) string {
	names := map[string]bool{}
	for _, p := range points {
		names[p.goos+"/"+p.goarch] = true
	}
	return " on " + strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// unitedOf is what unite says, of a Result for all builds.
func unitedOf(r *gomod.Result) []string {
	var out []string
	for _, m := range r.Modules {
		if m.Std || m.Scope == gomod.ScopeRequired && r.Vendored {
			continue
		}
		line := string(m.Scope) + " " + modOf(m).String()
		if m.Scope == gomod.ScopeLinked || m.Scope == gomod.ScopeTest {
			line += onPlatforms(m.Platforms)
		}
		out = append(out, line)
		for _, p := range r.Programs {
			for _, l := range m.Links {
				if l.Root == p.Dir {
					out = append(out, "linked "+p.ImportPath+" "+modOf(m).String()+onPlatforms(l.Platforms)+cgoOnly(l.CgoOnly))
				}
			}
		}
	}
	return out
}

func onPlatforms(list []gomod.Platform) string {
	var out strings.Builder
	for i, p := range list {
		if i == 0 {
			out.WriteString(" on")
		}
		out.WriteString(" " + p.String())
	}
	return out.String()
}

func cgoOnly(yes bool) string {
	if yes {
		return " cgo only"
	}
	return ""
}

// facts are all that a Result says of modules and packages, a line each. What
// the two loaders say in their own way is left out: where the files of a module
// are and the wording of problems; of std and of modules that are only required,
// the way that leads to them; of the latter, their go line, which nobody has to
// read.
func facts(r *gomod.Result) []string {
	out := []string{fmt.Sprintf("go %s toolchain %s vendored %v workspace %v", r.GoVersion, r.Toolchain, r.Vendored, r.Workspace)}
	for _, p := range r.Programs {
		out = append(out, "program "+p.Dir+" "+p.ImportPath+" of "+p.Module.Path)
	}
	for _, m := range slices.Concat(r.Mains, r.Modules) {
		if m.Scope == gomod.ScopeRequired && r.Vendored {
			continue
		}
		out = append(out, moduleFacts(m)...)
	}
	for _, p := range r.Problems {
		out = append(out, fmt.Sprintf("problem %s of %s: %s %v", p.Kind, p.Path, p.Group, p.Platforms))
	}
	return out
}

func moduleFacts(m *gomod.Module) []string {
	name := modOf(m).String()
	out := []string{name + " is " + string(m.Scope) + onPlatforms(m.Platforms)}
	add := func(format string, args ...any) { out = append(out, name+" "+fmt.Sprintf(format, args...)) }
	add("dir %q required at %s:%d", m.Dir, m.Require.Path, m.Require.Line)
	if m.Scope != gomod.ScopeRequired {
		add("go %q", m.GoVersion)
	}
	for _, l := range m.Links {
		add("linked by %s%s%s", l.Root, onPlatforms(l.Platforms), cgoOnly(l.CgoOnly))
	}
	for _, w := range m.Why {
		if !m.Std && w.Scope != gomod.ScopeRequired {
			add("why %s: %s", w.Scope, strings.Join(w.Path, " -> "))
		}
	}
	for _, p := range m.Packages {
		add("package %s %s %q %s%s", p.Dir, p.ImportPath, p.Name, p.Scope, onPlatforms(p.Platforms))
		add("package %s files %q others %q syso %q cgo %v embeds %q libraries %q", p.Dir, p.GoFiles, p.OtherFiles, p.Syso, p.Cgo, p.Embeds, p.LDFlags)
	}
	return out
}
