package golist

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// allBuilds is the place of a build for what concerns them all.
const allBuilds = -1

// usesVendor is how go refuses to list modules: modload, ListModules.
const usesVendor = "using the vendor directory"

// sayings are what the go command writes (1.21 to 1.26) and what it means. The
// first that occurs counts.
var sayings = []struct {
	text        string
	kind        diag.Kind
	group, help string
	harmless    string // set for what hides no license: diag.NotExamined.What
}{
	{text: "build constraints exclude all Go files", harmless: "Go package"},
	{text: "no matching files found", harmless: "embedded files"},
	{text: "missing go.sum entry", kind: diag.Mismatch, group: diag.NoSum, help: "go mod tidy"},
	{text: "checksum mismatch", kind: diag.Mismatch, group: diag.WrongSum, help: "go clean -modcache, then go mod download"},
	{text: "module lookup disabled by GOPROXY=off", kind: diag.Missing, group: diag.NotCached, help: "go mod download"},
	{text: "no required module provides package", kind: diag.Missing, group: diag.NotProvided, help: "go mod tidy"},
	{text: "cannot find module providing package", kind: diag.Missing, group: diag.NotProvided, help: "go mod tidy"},
	{text: "does not contain package", kind: diag.Missing, group: diag.NotProvided, help: "go mod tidy"},
	{text: "is not in std", kind: diag.Missing, group: diag.NotProvided, help: "go mod tidy"},
	{text: "ambiguous import", kind: diag.Malformed, group: diag.ProvidedTwice, help: "go mod tidy"},
	{text: "inconsistent vendoring", kind: diag.Mismatch, group: diag.VendorDiffers, help: "go mod vendor"},
	{text: "listed in go.work file", kind: diag.Missing, help: "go work edit -dropuse, or GOWORK=off"},
	{text: "updates to go.mod needed", kind: diag.Mismatch, group: diag.NotTidy, help: "go mod tidy"},
	{text: "requires go >=", kind: diag.Unsupported, help: "a newer go command"},
	{text: "go.mod file not found", kind: diag.Missing, help: "name a folder with a go.mod"},
	{text: "no such file or directory", kind: diag.Missing},
}

// moduleRE finds the module that a message is about.
var moduleRE = lazyre.New(`(?:^|[\s(])([\w.~/-]+@v[\w.+-]+)`)

// trouble is a problem with the builds that have it.
type trouble struct {
	problem diag.Problem
	builds  set
	all     bool
}

// fail records that a run of go ended with an error. It reports whether it is
// worth going on.
func (l *loader) fail(i int, err error) bool {
	var f *failure
	if !errors.As(err, &f) {
		l.trouble(i, diag.Problem{Kind: diag.Internal, Message: err.Error()})
		return false
	}
	text := strings.TrimSpace(f.stderr)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		l.trouble(i, diag.Problem{Path: "go", Kind: diag.Timeout, Message: "the go command did not end in time", Help: "--timeout with more time"})
		return false
	}
	p := l.classify(strings.ReplaceAll(strings.TrimPrefix(text, "go: "), "\n", "; "), "go.mod")
	if p.Message == "" {
		p.Message = err.Error()
	}
	l.trouble(i, p)
	return false
}

// classify says a message of go as a problem.
func (l *loader) classify(text, subject string) diag.Problem {
	p := diag.Problem{Path: subject, Kind: diag.Malformed, Message: strings.ReplaceAll(text, l.dir+string(filepath.Separator), "")}
	if p.Message != "" && len(p.Message) > 500 {
		p.Message = p.Message[:500] + "…"
	}
	for _, s := range sayings {
		if strings.Contains(text, s.text) {
			p.Kind, p.Group, p.Help = s.kind, s.group, s.help
			break
		}
	}
	if m := moduleRE.FindStringSubmatch(text); m != nil && (p.Kind == diag.Missing || p.Kind == diag.Mismatch) {
		p.Path = m[1]
	}
	return p
}

// packageError records what go said about a package.
func (l *loader) packageError(i int, v *view, scope gomod.Scope, pkg *goPackage) {
	text := strings.TrimSpace(pkg.Error.Err)
	for _, s := range sayings {
		if s.harmless != "" && strings.Contains(text, s.text) {
			l.harmless(pkg, s.harmless, strings.ReplaceAll(text, l.dir+string(filepath.Separator), ""))
			return
		}
	}
	p := l.classify(text, pkg.id())
	if file, line, ok := position(pkg.Error.Pos); ok && p.Kind == diag.Malformed {
		p.Path, p.Line = l.relAny(file), line
	}
	if p.Group == diag.NotCached || p.Group == diag.NoSum {
		if m := l.hidden(i, v, scope, pkg); m != nil {
			p.Path = named(m.Module)
		}
	}
	l.trouble(i, p)
}

// hidden finds the module of a package that go could not look at, and makes it
// count: the longest path of the build list that leads to the package.
func (l *loader) hidden(i int, v *view, scope gomod.Scope, pkg *goPackage) *modState {
	if pkg.Module != nil {
		return l.module(pkg.Module)
	}
	for p := pkg.id(); p != "."; p = path.Dir(p) {
		if m := l.mods[p]; m != nil && !m.Main {
			v.owner[pkg.id()] = p
			mark(m.scopes, scope, i)
			return m
		}
	}
	return nil
}

// harmless notes a package that hides no license.
func (l *loader) harmless(pkg *goPackage, what, why string) {
	n := diag.NotExamined{Path: pkg.id(), What: what, Why: why}
	if !slices.Contains(l.result.NotExamined, n) {
		l.result.NotExamined = append(l.result.NotExamined, n)
	}
}

// trouble records a problem once for all builds that have it.
func (l *loader) trouble(i int, p diag.Problem) {
	key := strings.Join([]string{p.Path, string(p.Kind), p.Group}, "\x00")
	if p.Group == "" {
		key += p.Message
	}
	t := l.seen[key]
	if t == nil {
		t = &trouble{problem: p}
		l.seen[key] = t
		l.troubles = append(l.troubles, t)
	}
	if i == allBuilds {
		t.all = true
	} else {
		t.builds.add(i)
	}
}

// position splits "a/b.go:3:8".
func position(s string) (file string, line int, ok bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || parts[0] == "" {
		return "", 0, false
	}
	for _, r := range parts[1] {
		if r < '0' || r > '9' || line > 1<<30 {
			return "", 0, false
		}
		line = line*10 + int(r-'0')
	}
	return parts[0], line, true
}

func (l *loader) relAny(file string) string {
	if filepath.IsAbs(file) {
		return l.rel(file)
	}
	return filepath.ToSlash(file)
}
