package gomod

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// TestGoList compares packages and modules with the go command on the trees
// below the folder that GOMOD_TREES names, build by build.
func TestGoList(t *testing.T) {
	root := os.Getenv("GOMOD_TREES")
	if root == "" {
		t.Skip("GOMOD_TREES is not set")
	}
	dirs, err := filepath.Glob(filepath.Join(root, os.Getenv("GOMOD_TREE")+"*", "go.*d"))
	if _, err := os.Stat(filepath.Join(root, "go.work")); err == nil {
		dirs = []string{filepath.Join(root, "go.work")}
	}
	if err != nil || len(dirs) == 0 {
		t.Fatal("no trees", err)
	}
	for _, d := range dirs {
		dir := filepath.Dir(d)
		t.Run(filepath.Base(dir), func(t *testing.T) { compareTree(t, dir) })
	}
}

func compareTree(t *testing.T, dir string) {
	for _, p := range DefaultPlatforms() {
		for _, cgo := range []string{CgoOff, CgoOn} {
			got := load(t, dir, Config{Platforms: []Platform{p}, Cgo: cgo, Test: true, Tool: true, Required: true})
			want := map[string][]string{}
			var patterns []string
			for _, m := range got.Mains {
				patterns = append(patterns, "./"+m.Dir+"/...")
			}
			want["linked"] = goList(t, dir, p, cgo, append([]string{"-deps"}, patterns...)...)
			isMain := func(s string) bool {
				return slices.ContainsFunc(got.Mains, func(m *Module) bool { return strings.HasSuffix(s, " "+m.Path) })
			}
			want["test"] = slices.DeleteFunc(minus(goList(t, dir, p, cgo, append([]string{"-deps", "-test"}, patterns...)...), want["linked"]), isMain)
			want["tool"] = minus(minus(goList(t, dir, p, cgo, "-deps", "tool"), want["linked"]), want["test"])
			for _, scope := range []string{"linked", "test", "tool"} {
				if diff := cmp.Diff(want[scope], packagesOf(got, Scope(scope))); diff != "" {
					t.Fatalf("%s %s cgo %s (-go list +got):\n%s", scope, p, cgo, diff)
				}
			}
			if cgo == CgoOff && !got.Vendored {
				compareRequired(t, dir, got)
			}
			for _, prog := range got.Programs {
				want := modulesIn(goList(t, dir, p, cgo, "-deps", prog.ImportPath))
				var links []string
				for _, m := range append(slices.Clone(got.Mains), got.Modules...) {
					if !m.Std && slices.ContainsFunc(m.Links, func(k Link) bool { return k.Root == prog.Dir }) {
						links = append(links, m.Path+" "+m.Version)
					}
				}
				slices.Sort(links)
				if diff := cmp.Diff(want, links); diff != "" {
					t.Fatalf("%s %s cgo %s (-go list +got):\n%s", prog.ImportPath, p, cgo, diff)
				}
			}
			for _, p := range got.Problems {
				if p.Help != "go mod download all" { // only required, and not in this cache
					t.Fatalf("problem %+v", p)
				}
			}
		}
	}
}

func compareRequired(t *testing.T, dir string, got *Result) {
	t.Helper()
	all := run(t, dir, nil, "list", "-m", "-e", "-f", "{{if not .Main}}{{.Path}} {{.Version}}{{end}}", "all")
	var have []string
	for _, m := range got.Modules {
		if !m.Std {
			have = append(have, m.Path+" "+m.Version)
		}
	}
	slices.Sort(have)
	if diff := cmp.Diff(all, have); diff != "" {
		t.Fatalf("required (-go list +got):\n%s", diff)
	}
}

func load(t testing.TB, dir string, c Config) *Result {
	t.Helper()
	tree, err := fsx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Tree, c.Abs, c.Open = fsx.Cache(tree), dir, fsx.OpenDir
	c.Env = map[string]string{"GOWORK": workMode(dir), "HOME": os.Getenv("HOME"), "GOMODCACHE": os.Getenv("GOMODCACHE"), "GOPATH": os.Getenv("GOPATH")}
	return Load(context.Background(), c)
}

// workMode is GOWORK: off where there is no go.work, or where it stands in a
// module's folder beside its go.mod and names folders that are not there.
func workMode(dir string) string {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return ""
	}
	return "off"
}

func packagesOf(r *Result, scope Scope) []string {
	var out []string
	for _, m := range append(slices.Clone(r.Mains), r.Modules...) {
		for _, p := range m.Packages {
			if p.Scope != scope || m.Main && scope == ScopeTest {
				continue // of the main module a package may have files in its tests alone
			}
			if !m.Main || slices.ContainsFunc(p.GoFiles, func(f string) bool { return !strings.HasSuffix(f, "_test.go") }) {
				out = append(out, strings.TrimSpace(p.ImportPath+" "+m.Path+" "+m.Version))
			}
		}
	}
	slices.Sort(out)
	return out
}

func modulesIn(packages []string) []string {
	var out []string
	for _, p := range packages {
		_, m, _ := strings.Cut(p, " ")
		if !strings.Contains(m, " ") {
			m += " "
		}
		out = append(out, m)
	}
	return sortedStrings(out)
}

func minus(a, b []string) []string {
	var out []string
	for _, s := range a {
		if _, ok := slices.BinarySearch(b, s); !ok {
			out = append(out, s)
		}
	}
	return out
}

// goList lists "import path, module, version" of all packages but those of the
// standard library; test variants count as their package.
func goList(t *testing.T, dir string, p Platform, cgo string, args ...string) []string {
	t.Helper()
	env := []string{"GOOS=" + p.OS, "GOARCH=" + p.Arch, "CGO_ENABLED=" + map[string]string{CgoOn: "1", CgoOff: "0"}[cgo]}
	args = append([]string{"list", "-e", "-f", "{{if and (not .Standard) (or .GoFiles .CgoFiles .ForTest (not .Module) (not .Module.Main))}}{{.ImportPath}} {{with .Module}}{{.Path}} {{.Version}}{{end}}{{end}}"}, args...)
	var out []string
	for _, line := range run(t, dir, env, args...) {
		p, m, _ := strings.Cut(line, " ")
		if strings.HasPrefix(m, "[") {
			_, m, _ = strings.Cut(m, "] ")
		}
		if strings.HasSuffix(p, ".test") {
			continue
		}
		p = strings.TrimSuffix(p, "_test")
		out = append(out, strings.TrimSpace(p+" "+strings.TrimSpace(m)))
	}
	return sortedStrings(out)
}

func run(t *testing.T, dir string, env []string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOWORK="+workMode(dir), "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local"), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Logf("go %v: %v\n%.2000s", args, err, stderr.String())
	}
	var lines []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// TestSpeed prints the cost of a load; run with -v.
func TestSpeed(t *testing.T) {
	dir := os.Getenv("GOMOD_SPEED")
	if dir == "" {
		t.Skip("GOMOD_SPEED is not set")
	}
	for range 5 {
		start := time.Now()
		r := load(t, dir, Config{})
		n := 0
		for _, m := range r.Modules {
			for _, p := range m.Packages {
				n += len(p.GoFiles)
			}
		}
		for _, p := range r.Problems {
			t.Logf("%s %s: %s (%s) %v", p.Kind, p.Path, p.Message, p.Help, p.Platforms)
		}
		t.Logf("%v: %d modules, %d programs, %d files, %d problems", time.Since(start), len(r.Modules), len(r.Programs), n, len(r.Problems))
	}
}

func BenchmarkLoad(b *testing.B) {
	dir := os.Getenv("GOMOD_SPEED")
	if dir == "" {
		b.Skip("GOMOD_SPEED is not set")
	}
	b.ReportAllocs()
	for b.Loop() {
		load(b, dir, Config{})
	}
}
