package gomod

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

var update = flag.Bool("update", false, "rewrite the expectations of testdata")

// TestLoad reads generated trees. Lines before the first file are settings;
// files below cache/ are the module cache, below outside/ what lies beside the
// tree, and the file want holds what Load is to say.
func TestLoad(t *testing.T) {
	files, err := filepath.Glob("testdata/load/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := readArchive(file)
			if err != nil {
				t.Fatal(err)
			}
			c, want := configOf(t, a)
			got := dump(Load(context.Background(), c))
			if again := dump(Load(context.Background(), c)); again != got {
				t.Errorf("the second run differs:\n%s", cmp.Diff(got, again))
			}
			if *update {
				text, _, _ := strings.Cut(a.text, "-- want --\n")
				if err := os.WriteFile(file, []byte(text+"-- want --\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// archive is a text of files, each after a line "-- name --".
type archive struct {
	text, comment string
	files         [][2]string
}

func readArchive(file string) (*archive, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parts := strings.Split("\n"+string(data), "\n-- ")
	a := &archive{text: string(data), comment: parts[0]}
	for _, p := range parts[1:] {
		name, text, ok := strings.Cut(p+"\n", " --\n")
		if !ok {
			return nil, fmt.Errorf("%s: no name in %q", file, p)
		}
		a.files = append(a.files, [2]string{name, strings.TrimRight(text, "\n") + "\n"})
	}
	return a, nil
}

func configOf(t *testing.T, a *archive) (c Config, want string) {
	tree, cache, beside := map[string]string{}, map[string]string{}, map[string]string{}
	for _, f := range a.files {
		switch name, data := f[0], f[1]; {
		case name == "want":
			want = data
		case strings.HasPrefix(name, "cache/"):
			cache[name[len("cache/"):]] = data
		case strings.HasPrefix(name, "outside/"):
			beside[name[len("outside/"):]] = data
		default:
			tree[name] = data
		}
	}
	c = Config{
		Tree: fsx.NewMap(tree), Abs: "/outside/tree", Env: map[string]string{"GOMODCACHE": "/cache"}, Cgo: CgoOff,
		Platforms: []Platform{{"linux", "amd64"}, {"windows", "amd64"}},
		Open: func(abs string) (fsx.Tree, error) {
			if rel, ok := strings.CutPrefix(abs, "/outside/"); ok {
				t := fsx.Rooted(fsx.NewMap(beside), rel)
				if _, err := t.Stat("."); err != nil {
					return nil, err
				}
				return t, nil
			}
			if abs == "/cache" && len(cache) > 0 {
				return fsx.NewMap(cache), nil
			}
			return nil, fs.ErrNotExist
		},
	}
	for line := range strings.Lines(a.comment) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "", "#":
		case "dir":
			c.Dir = value
		case "cgo":
			c.Cgo = value
		case "tags":
			c.Tags = strings.Fields(value)
		case "patterns":
			c.Patterns = strings.Fields(value)
		case "scopes":
			c.Test, c.Tool, c.Required = strings.Contains(value, "test"), strings.Contains(value, "tool"), strings.Contains(value, "required")
		case "note":
			c.Note = func(p string) bool { return p == value }
		case "env":
			k, v, _ := strings.Cut(value, "=")
			c.Env[k] = v
		case "release":
			fmt.Sscan(value, &c.Release)
		default:
			t.Fatalf("unknown setting %q", line)
		}
	}
	return c, want
}

// dump writes a result for people to review.
func dump(r *Result) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if r.Workspace {
		p("workspace")
	}
	if r.Vendored {
		p("vendored")
	}
	for _, prog := range r.Programs {
		p("program %s %s", prog.Dir, prog.ImportPath)
	}
	for _, m := range append(slices.Clone(r.Mains), r.Modules...) {
		if m.Std {
			p("std %s %s:%d %v", m.Version, m.Require.Path, m.Require.Line, m.Why)
			continue
		}
		p("%s %s@%s%s %s", m.Scope, m.Path, m.Version, dumpReplace(m.Replace), strings.Join(dumpPlatforms(m.Platforms), " "))
		if !m.Main {
			p("  at %q require %s:%d direct %v go %q sum %q", m.Root, m.Require.Path, m.Require.Line, m.Direct, m.GoVersion, m.Sum)
		}
		for _, k := range m.Links {
			cgo := ""
			if k.CgoOnly {
				cgo = " cgo only"
			}
			p("  linked by %s: %s%s", k.Root, strings.Join(dumpPlatforms(k.Platforms), " "), cgo)
		}
		for _, w := range m.Why {
			p("  why %s: %s", w.Scope, strings.Join(w.Path, " -> "))
		}
		for _, k := range m.Packages {
			p("  package %s %s %s %v%s", k.Dir, k.Name, k.Scope, k.GoFiles, dumpExtras(k))
		}
	}
	for _, x := range r.Problems {
		p("problem %s %s:%d %s | %s | %s %v", x.Kind, x.Path, x.Line, x.Message, x.Help, x.Group, x.Platforms)
	}
	for _, x := range r.NotExamined {
		p("not examined %s: %s: %s", x.Path, x.What, x.Why)
	}
	return b.String()
}

func dumpReplace(r *Replacement) string {
	if r == nil {
		return ""
	}
	return fmt.Sprintf(" => %s@%s dir %q", r.Path, r.Version, r.Dir)
}

func dumpPlatforms(list []Platform) []string {
	var out []string
	for _, p := range list {
		out = append(out, strings.TrimSuffix(p.String(), "/amd64"))
	}
	return out
}

func dumpExtras(k Package) string {
	out := ""
	add := func(name string, list []string) {
		if len(list) > 0 {
			out += fmt.Sprintf(" %s=%v", name, list)
		}
	}
	if k.Cgo {
		out = " cgo"
	}
	add("other", k.OtherFiles)
	add("syso", k.Syso)
	add("embed", k.Embeds)
	add("way", k.Way)
	add("noted", k.Noted)
	add("ldflags", k.LDFlags)
	return out
}

// TestAllBuildsAtOnce: one pass for all platforms and both cgo settings says
// what one pass for each says.
func TestAllBuildsAtOnce(t *testing.T) {
	a, err := readArchive("testdata/load/constraints.txtar")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := configOf(t, a)
	c.Cgo, c.Platforms = CgoBoth, append(DefaultPlatforms(), Platform{"freebsd", "386"}, Platform{"ios", "arm64"}, Platform{"android", "arm"})
	c.Test = true
	at := map[string]bool{}
	for _, p := range c.Platforms {
		for _, cgo := range []string{CgoOn, CgoOff} {
			one := c
			one.Platforms, one.Cgo = []Platform{p}, cgo
			for _, m := range Load(context.Background(), one).Modules {
				for _, k := range m.Packages {
					at[k.ImportPath+" "+p.String()+" "+string(k.Scope)] = true
				}
			}
		}
	}
	all := map[string]bool{}
	for _, m := range Load(context.Background(), c).Modules {
		for _, k := range m.Packages {
			for _, p := range k.Platforms {
				all[k.ImportPath+" "+p.String()+" "+string(k.Scope)] = true
			}
		}
	}
	if diff := cmp.Diff(at, all); diff != "" || len(all) < 20 {
		t.Errorf("(-one by one +all at once)\n%s", diff)
	}
}

func TestTooManyBuilds(t *testing.T) {
	c := Config{Tree: fsx.NewMap(map[string]string{"go.mod": "module a\n"})}
	for i := range 33 {
		c.Platforms = append(c.Platforms, Platform{"linux", fmt.Sprint(i)})
	}
	r := Load(context.Background(), c)
	if len(r.Problems) != 1 || r.Problems[0].Kind != diag.Limit {
		t.Errorf("problems %v, want one of kind limit", r.Problems)
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r := Load(ctx, Config{Tree: fsx.NewMap(map[string]string{"go.mod": "module example.com/a\ngo 1.20\n", "a.go": "package a\n"})})
	if len(r.Problems) != 1 || r.Problems[0].Kind != diag.Timeout {
		t.Errorf("problems %v, want one of kind timeout", r.Problems)
	}
}

func TestLimits(t *testing.T) {
	deep := strings.Repeat("d/", maxDepth+2)
	for name, tt := range map[string]struct {
		files map[string]string
		kind  diag.Kind
	}{
		"large go.mod":         {map[string]string{"go.mod": "module example.com/a\n//" + strings.Repeat("x", maxModFile)}, diag.Limit},
		"large go.sum":         {map[string]string{"go.mod": "module example.com/a\n", "go.sum": strings.Repeat("x", maxModFile+1)}, diag.Limit},
		"deep":                 {map[string]string{"go.mod": "module example.com/a\n", deep + "a.go": "package a\n"}, diag.Limit},
		"long imports":         {map[string]string{"go.mod": "module example.com/a\n", "a.go": "package a\n/*" + strings.Repeat("x", maxSource)}, diag.Limit},
		"go.mod is a link out": {map[string]string{"go.mod": "-> ../x"}, diag.Unreadable},
	} {
		r := Load(context.Background(), Config{Tree: fsx.NewMap(tt.files)})
		if len(r.Problems) != 1 || r.Problems[0].Kind != tt.kind {
			t.Errorf("%s: problems %+v, want one of kind %s", name, r.Problems, tt.kind)
		}
	}
}

func TestReadEnv(t *testing.T) {
	home := t.TempDir()
	file := filepath.Join(configDir(func(k string) string { return map[string]string{"HOME": home, "AppData": home}[k] }), "go", "env")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("GOFLAGS=-tags=x\nGOMODCACHE=/from/file\nGOWORK=off\r\nPATH=/evil\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"GOMODCACHE": "/from/env", "HOME": home, "AppData": home, "SECRET": "x"}
	got := ReadEnv(func(k string) string { return vars[k] })
	want := map[string]string{"GOMODCACHE": "/from/env", "HOME": home, "GOFLAGS": "-tags=x", "GOWORK": "off"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	vars["GOENV"] = "off"
	if got := ReadEnv(func(k string) string { return vars[k] }); got["GOFLAGS"] != "" {
		t.Errorf("GOENV=off reads the file: %v", got)
	}
	vars["GOENV"] = file
	if got := ReadEnv(func(k string) string { return map[string]string{"GOENV": file}[k] }); got["GOWORK"] != "off" {
		t.Errorf("GOENV names a file that is not read: %v", got)
	}
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"GOMODCACHE": "/c", "GOPATH": "/p", "HOME": "/h"}, "/c"},
		{map[string]string{"GOPATH": "/p" + string(filepath.ListSeparator) + "/q", "HOME": "/h"}, filepath.FromSlash("/p/pkg/mod")},
		{map[string]string{"HOME": "/h"}, filepath.FromSlash("/h/go/pkg/mod")},
		{nil, ""},
	} {
		if got := modCache(tt.env); got != tt.want {
			t.Errorf("modCache(%v) = %q, want %q", tt.env, got, tt.want)
		}
	}
}
