package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/gomod/golist"
)

// allPoints are the default platforms with cgo off and on.
func allPoints() []point {
	var out []point
	for _, p := range gomod.DefaultPlatforms() {
		out = append(out, point{p.OS, p.Arch, false}, point{p.OS, p.Arch, true})
	}
	return out
}

// check compares all answers for a tree, prints what it found and reports
// whether they are equal.
func check(w io.Writer, t tree, points []point) (bool, error) {
	want, err := references(t, points)
	if err != nil {
		return false, err
	}
	var diffs []string
	for i, p := range points {
		one := t.config(p)
		got := answerOf(gomod.Load(context.Background(), one))
		diffs = append(diffs, compare(p.String()+" ", "go", t.known(want[i].lines()), "native", t.known(got.lines()))...)
	}
	all := t.config(points...)
	native := gomod.Load(context.Background(), all)
	diffs = append(diffs, compare("at once: ", "go", t.known(unite(points, want)), "native", t.known(unitedOf(native)))...)
	listed := golist.Load(context.Background(), all)
	diffs = append(diffs, compare("--loader=go: ", "go", t.known(facts(listed)), "native", t.known(facts(native)))...)
	diffs = append(diffs, t.unexpected(native)...)
	result := "no difference"
	if len(diffs) > 0 {
		result = fmt.Sprintf("%d DIFFERENCES", len(diffs))
	}
	fmt.Fprintf(w, "%s: %d builds, %s, %d problems: %s\n", t.name, len(points), counts(want), len(native.Problems), result)
	for _, d := range diffs {
		fmt.Fprintln(w, "  "+d)
	}
	return len(diffs) == 0, nil
}

// known drops what no go command can say of lost modules: that they count at
// all; for --loader=go, which knows better, their packages.
func (t tree) known(lines []string) []string {
	return slices.DeleteFunc(lines, func(line string) bool {
		return slices.ContainsFunc(t.lost, func(path string) bool {
			return strings.Contains(line, " "+path+"@") && !strings.HasPrefix(line, "problem ") ||
				strings.HasPrefix(line, path+"@") && strings.Contains(line, " package ")
		})
	})
}

// references asks the go command for every build, as many at a time as there
// are processors.
func references(t tree, points []point) ([]answer, error) {
	out, errs := make([]answer, len(points)), make([]error, len(points))
	free := make(chan struct{}, runtime.NumCPU())
	var wg sync.WaitGroup
	for i, p := range points {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			out[i], errs[i] = reference(t, p)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", points[i], err)
		}
	}
	return out, nil
}

// config is what the loaders are given for some builds: platforms with cgo on,
// off, or each with both.
func (t tree) config(points ...point) gomod.Config {
	disk, err := fsx.OpenDir(t.dir)
	if err != nil {
		panic(err) // the go command was there before
	}
	c := gomod.Config{
		Tree: fsx.Cache(disk), Abs: t.dir, Open: fsx.OpenDir, Env: gomod.ReadEnv(t.getenv), Tags: t.tags, Patterns: t.patterns,
		Test: true, Tool: true, Required: true,
	}
	for _, p := range points {
		c.Platforms = append(c.Platforms, gomod.Platform{OS: p.goos, Arch: p.goarch})
		one := map[bool]string{true: gomod.CgoOn, false: gomod.CgoOff}[p.cgo]
		if c.Cgo == "" {
			c.Cgo = one
		} else if c.Cgo != one {
			c.Cgo = gomod.CgoBoth
		}
	}
	slices.SortFunc(c.Platforms, gomod.Platform.Compare)
	c.Platforms = slices.Compact(c.Platforms)
	return c
}

func (t tree) getenv(key string) string {
	for _, kv := range slices.Backward(t.environ()) {
		if v, ok := strings.CutPrefix(kv, key+"="); ok {
			return v
		}
	}
	return os.Getenv(key)
}

// unexpected compares the problems of the native loader with those that a
// generated tree says it has.
func (t tree) unexpected(r *gomod.Result) []string {
	if !t.generated {
		return nil
	}
	var out []string
	said := make([]bool, len(t.problems))
	for _, p := range r.Problems {
		text := fmt.Sprintf("%s %s:%d %s (%s)", p.Kind, p.Path, p.Line, p.Message, strings.Join(p.Platforms, " "))
		i := slices.IndexFunc(t.problems, func(s string) bool { return strings.Contains(text, s) })
		if i < 0 {
			out = append(out, "unexpected problem: "+text)
		} else {
			said[i] = true
		}
	}
	for i, s := range t.problems {
		if !said[i] {
			out = append(out, "no problem says: "+s)
		}
	}
	return out
}

// answerOf is what a Result for one build says.
func answerOf(r *gomod.Result) answer {
	a := answer{}
	for _, p := range r.Programs {
		a["linked "+p.ImportPath] = map[string]mod{}
	}
	for _, m := range r.Modules {
		if m.Std {
			continue
		}
		x := modOf(m)
		if m.Scope != gomod.ScopeRequired || !r.Vendored {
			a.add(string(m.Scope), x)
		}
		for _, p := range r.Programs {
			if slices.ContainsFunc(m.Links, func(l gomod.Link) bool { return l.Root == p.Dir }) {
				a.add("linked "+p.ImportPath, x)
			}
		}
	}
	return a
}

func modOf(m *gomod.Module) mod {
	x := mod{Path: m.Path, Version: m.Version, Direct: m.Direct}
	if r := m.Replace; r != nil {
		x.Replace = r.Path
		if r.Version != "" {
			x.Replace += "@" + r.Version
		}
	}
	return x
}

// compare lists the lines that only one side has.
func compare(where, left string, a []string, right string, b []string) []string {
	var out []string
	only := func(name string, these, those []string) {
		for _, s := range these {
			if _, ok := slices.BinarySearch(those, s); !ok {
				out = append(out, where+"only "+name+": "+s)
			}
		}
	}
	slices.Sort(a)
	slices.Sort(b)
	only(left, a, b)
	only(right, b, a)
	return out
}

// counts says how much was compared, over all builds: the fewest and the most
// modules of a scope, and the main packages.
func counts(answers []answer) string {
	var out []string
	for _, scope := range scopes {
		lo, hi := len(answers[0][scope]), 0
		for _, a := range answers {
			lo, hi = min(lo, len(a[scope])), max(hi, len(a[scope]))
		}
		text := fmt.Sprintf("%s %d", scope, lo)
		if hi > lo {
			text += fmt.Sprintf("-%d", hi)
		}
		out = append(out, text)
	}
	programs := map[string]bool{}
	for _, a := range answers {
		for scope := range a {
			if p, ok := strings.CutPrefix(scope, "linked "); ok {
				programs[p] = true
			}
		}
	}
	return strings.Join(out, ", ") + fmt.Sprintf(", programs %d", len(programs))
}
