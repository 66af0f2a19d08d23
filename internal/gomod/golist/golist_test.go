package golist

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
)

// write makes a folder of files from a txtar text.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range strings.Split("\n"+text, "\n-- ")[1:] {
		name, data, ok := strings.Cut(f, " --\n")
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil || !ok {
			t.Fatal(name, err)
		}
		if err := os.WriteFile(file, []byte(data+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, dir string, cfg gomod.Config) *gomod.Result {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	cfg.Abs = dir
	cfg.Env = map[string]string{"GOWORK": "off", "GOFLAGS": cfg.Env["GOFLAGS"], "GOMODCACHE": t.TempDir()}
	var err error
	if cfg.Tree, err = fsx.OpenDir(dir); err != nil {
		t.Fatal(err)
	}
	cfg.Open = fsx.OpenDir
	return Load(t.Context(), cfg)
}

const app = `
-- go.mod --
module example.com/app

go 1.24

require (
	example.com/tool v0.0.0
	example.com/lib v0.0.0
	example.com/win v0.0.0 // indirect
	example.com/testing v0.0.0
	example.com/unused v0.0.0
)

tool example.com/tool

replace (
	example.com/tool => ./dep/tool
	example.com/lib => ./dep/lib
	example.com/win => ./dep/win
	example.com/testing => ./dep/testing
	example.com/unused => ./dep/unused
)
-- cmd/server/main.go --
package main

import _ "example.com/app/internal/a"

func main() {}
-- internal/a/a.go --
package a

import _ "example.com/lib/sub"
-- internal/a/a_test.go --
package a_test

import _ "example.com/testing"
-- pkg/p/p_windows.go --
package p

import _ "example.com/win"
-- pkg/p/p.go --
package p

import _ "fmt"
-- pkg/q/q.go --
//go:build cgo && extra

package q

import _ "example.com/unused"
-- dep/tool/go.mod --
module example.com/tool

go 1.24
-- dep/tool/main.go --
package main

func main() {}
-- dep/lib/go.mod --
module example.com/lib

go 1.24
-- dep/lib/sub/s.go --
package sub
-- dep/win/go.mod --
module example.com/win

go 1.24
-- dep/win/w.go --
package win
-- dep/testing/go.mod --
module example.com/testing

go 1.24
-- dep/testing/t.go --
package testing
-- dep/unused/go.mod --
module example.com/unused

go 1.24
-- dep/unused/u.go --
package unused
`

func lines(r *gomod.Result) []string {
	var out []string
	for _, m := range r.Modules {
		s := m.Path + " " + string(m.Scope)
		if m.Direct {
			s += " direct"
		}
		for _, l := range m.Links {
			s += " [" + l.Root
			if len(l.Platforms) < 6 {
				for _, p := range l.Platforms {
					s += " " + p.String()
				}
			}
			if l.CgoOnly {
				s += " cgo"
			}
			s += "]"
		}
		for _, w := range m.Why {
			s += " " + string(w.Scope) + ": " + strings.Join(w.Path, " → ")
		}
		out = append(out, s)
	}
	return out
}

func TestLoad(t *testing.T) {
	dir := write(t, app)
	all := gomod.Config{Test: true, Tool: true, Required: true}
	tagged := all
	tagged.Env = map[string]string{"GOFLAGS": "-mod=mod -tags=extra"}
	server := gomod.Config{Patterns: []string{"./cmd/server"}}
	cases := []struct {
		name string
		cfg  gomod.Config
		want []string
	}{
		{"all", all, []string{
			"example.com/lib linked direct [cmd/server] linked: example.com/app/cmd/server → example.com/app/internal/a → example.com/lib/sub",
			"example.com/testing test direct test: example.com/app/internal/a → example.com/testing",
			"example.com/tool tool direct tool: example.com/tool",
			"example.com/unused required direct",
			"example.com/win linked [./... windows/amd64 windows/arm64] linked: example.com/app/pkg/p → example.com/win",
			"std linked direct [./...] [cmd/server] linked: example.com/app/cmd/server → runtime",
		}},
		{"tags_of_goflags", tagged, []string{
			"example.com/lib linked direct [cmd/server] linked: example.com/app/cmd/server → example.com/app/internal/a → example.com/lib/sub",
			"example.com/testing test direct test: example.com/app/internal/a → example.com/testing",
			"example.com/tool tool direct tool: example.com/tool",
			"example.com/unused linked direct [./... cgo] linked: example.com/app/pkg/q → example.com/unused",
			"example.com/win linked [./... windows/amd64 windows/arm64] linked: example.com/app/pkg/p → example.com/win",
			"std linked direct [./...] [cmd/server] linked: example.com/app/cmd/server → runtime",
		}},
		{"one_program", server, []string{
			"example.com/lib linked direct [cmd/server] linked: example.com/app/cmd/server → example.com/app/internal/a → example.com/lib/sub",
			"std linked direct [cmd/server] linked: example.com/app/cmd/server → runtime",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := load(t, dir, c.cfg)
			if diff := cmp.Diff(c.want, lines(r)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(r.Problems) > 0 {
				t.Errorf("problems: %v", r.Problems)
			}
			if len(r.Programs) != 1 || r.Programs[0].Dir != "cmd/server" {
				t.Errorf("programs: %v", r.Programs)
			}
		})
	}
}

func TestNoGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	r := Load(t.Context(), gomod.Config{Abs: t.TempDir()})
	if len(r.Problems) != 1 || r.Problems[0].Kind != diag.Missing || r.Problems[0].Help == "" {
		t.Errorf("%+v", r)
	}
}

// fakeGo puts a script in place of the go command.
func fakeGo(t *testing.T, script string) {
	t.Helper()
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
}

const never = time.Hour // more than a test may take

// TestBadGo: whatever stands in place of the go command is one problem, and
// what it leaves running is not waited for.
func TestBadGo(t *testing.T) {
	cases := []struct {
		name, script string
		kind         diag.Kind
		text         string
		after        time.Duration // when it is told to stop
	}{
		{"fails", "echo go: it broke >&2; exit 1", diag.Malformed, "it broke", never},
		{"complains_without_end", "head -c 10000000 /dev/zero | tr '\\0' x >&2; exit 1", diag.Malformed, "xxxxxxxxxx", never},
		{"writes_junk", "echo '{\"GOWORK\": 3}'", diag.Malformed, "reading its output", never},
		{"half_an_answer", "echo '{\"GOWORK\":'", diag.Malformed, "unexpected EOF", never},
		{"hangs", "exec sleep 60", diag.Timeout, "in time", time.Second / 2},
		{"hangs_with_children", "sleep 60 & sleep 60", diag.Timeout, "in time", time.Second / 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fakeGo(t, c.script)
			ctx, cancel := context.WithTimeout(t.Context(), c.after)
			defer cancel()
			start := time.Now()
			r := Load(ctx, gomod.Config{Abs: t.TempDir()})
			if time.Since(start) > 50*time.Second {
				t.Error("it waited for sleep 60")
			}
			if len(r.Problems) != 1 || r.Problems[0].Kind != c.kind || !strings.Contains(r.Problems[0].Message, c.text) || len(r.Problems[0].Message) > 1000 {
				t.Errorf("%+v", r.Problems)
			}
		})
	}
}

// What a user has in GOFLAGS may not make go write, and tags stay.
func TestEnvironment(t *testing.T) {
	fakeGo(t, `env | grep -E '^(GO|CGO)' | sort >> "$OUT"; echo "$@" >> "$OUT"; echo '{}'`)
	out := filepath.Join(t.TempDir(), "out")
	t.Setenv("OUT", out)
	t.Setenv("GOPROXY", "https://proxy.example.com")
	t.Setenv("GOFLAGS", "-x")
	cfg := gomod.Config{Abs: t.TempDir(), Cgo: gomod.CgoOn, Env: map[string]string{"GOFLAGS": "-mod=mod -tags=a,b -toolexec=evil", "GOWORK": "off", "OTHER": "x"}}
	Load(t.Context(), cfg)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := string(b)
	for _, want := range []string{"GOTOOLCHAIN=local\n", "GOPROXY=off\n", "GOVCS=*:off\n", "GOWORK=off\n", "CGO_ENABLED=1\n", "GOOS=darwin\n", "GOOS=windows\n", "-tags=a,b"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, bad := range []string{"-mod=mod", "evil", "GOPROXY=https", "CGO_ENABLED=0", "GOFLAGS=-x"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q in\n%s", bad, got)
		}
	}
}
