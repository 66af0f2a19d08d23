package gomod

import (
	"context"
	"path"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// FuzzLoad: whatever the files say, Load ends, says the same twice, and names
// nothing twice.
func FuzzLoad(f *testing.F) {
	f.Add("module example.com/a\ngo 1.21\nrequire example.com/b v1.0.0\nreplace example.com/b => ./b\n", "", "", "", "package main\nimport _ \"example.com/b\"\n")
	f.Add("module a\ngo 1.13\nrequire b v1.0.0\ntool b/c\nexclude b v1.1.0\nignore ./x\n", "b v1.0.0 h1:x=\n", "go 1.22\nuse (\n.\n./b\n)\n", "", "package a\nimport \"C\"\n")
	f.Add("module example.com/a\ngo 1.21\nrequire example.com/b v1.0.0\n", "", "", "# example.com/b v1.0.0\n## explicit; go 1.1\nexample.com/b\n", "//go:build cgo || windows\n\npackage a\nimport (\n\"embed\"\n\"example.com/b\"\n)\n//go:embed x\n")
	f.Add("module example.com/a\ngo 1.16\nrequire example.com/b v1.0.0\nreplace example.com/b => ../../x\n", "x", "use ../x\nreplace a => /etc\n", "#", "package a\nimport _ \"../../etc\"\n")
	f.Add("module a\ngo 1.20\nrequire b v0.0.0\n", "", "", "", "package n\nimport _ \"/bo\"\nimport \"a//b\"\n")
	f.Fuzz(func(t *testing.T, mod, sum, work, vendor, src string) {
		files := map[string]string{"go.mod": mod, "a.go": src, "a_windows_test.go": src, "b/b.go": src, "b/go.mod": "module example.com/b\n"}
		for name, text := range map[string]string{"go.sum": sum, "go.work": work, "vendor/modules.txt": vendor} {
			if text != "" {
				files[name] = text
			}
		}
		for name, text := range files {
			if strings.HasPrefix(text, "-> ") {
				files[name] = "x"
			}
		}
		c := Config{
			Tree: fsx.NewMap(files), Abs: "/t", Test: true, Tool: true, Required: true,
			Env: map[string]string{"GOMODCACHE": "/cache"},
			Open: func(abs string) (fsx.Tree, error) {
				if !path.IsAbs(abs) || abs != path.Clean(abs) {
					t.Errorf("opens %q", abs)
				}
				return fsx.NewMap(map[string]string{"go.mod": "module example.com/x\n"}), nil
			},
		}
		r := Load(context.Background(), c)
		if a, b := dump(r), dump(Load(context.Background(), c)); a != b {
			t.Errorf("first\n%s\nthen\n%s", a, b)
		}
		seen := map[string]bool{}
		for _, m := range append(r.Mains, r.Modules...) {
			key := m.Path + "@" + m.Version
			if seen[key] || m.Path == "" {
				t.Errorf("module %q twice or without a name", key)
			}
			seen[key] = true
			if m.Scope == ScopeLinked && len(m.Links) == 0 {
				t.Errorf("%s is linked by nothing", key)
			}
			if !m.Main && !m.Std && len(m.Why) == 0 && !r.Vendored {
				t.Errorf("%s counts for no reason\n%s", key, dump(r))
			}
			for _, p := range m.Packages {
				if p.Dir != path.Clean(p.Dir) || strings.HasPrefix(p.Dir, "..") {
					t.Errorf("package folder %q", p.Dir)
				}
			}
		}
	})
}
