package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// errors writes what kept the report from being complete.
func (t *text) errors() {
	if len(t.r.Errors) == 0 {
		return
	}
	t.b.WriteString("\n")
	groups := groupErrors(t.r)
	if t.o.Details {
		groups = eachError(t.r)
	}
	for i, g := range groups {
		if i == maxErrors && !t.o.Details {
			t.printf("  … and %d more: --details shows all\n", len(groups)-i)
			return
		}
		t.paint(yellow, "?")
		t.b.WriteString(" ")
		t.flow(2, 2, g.text())
	}
}

// ErrorLines says in one line per group what kept the report from being
// complete.
func ErrorLines(r *Report) []string {
	var out []string
	for _, g := range groupErrors(r) {
		out = append(out, g.text())
	}
	return out
}

type errorGroup struct {
	first      diag.Problem
	count      int
	platforms  []string
	everywhere bool
}

// groupErrors unites errors of one group and one help into one line.
func groupErrors(r *Report) []errorGroup {
	var out []errorGroup
	at := map[string]int{}
	for _, p := range r.Errors {
		key := p.Group + "\x00" + p.Help
		if p.Group == "" {
			key = fmt.Sprintf("%s\x00%s\x00%d", p.Path, p.Message, p.Line)
		}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, errorGroup{first: p})
		}
		out[i].add(p)
	}
	return out
}

// eachError is one line per error.
func eachError(r *Report) []errorGroup {
	var out []errorGroup
	for _, p := range r.Errors {
		p.Group = ""
		g := errorGroup{first: p}
		g.add(p)
		out = append(out, g)
	}
	return out
}

func (g *errorGroup) add(p diag.Problem) {
	g.count++
	g.everywhere = g.everywhere || len(p.Platforms) == 0
	for _, x := range p.Platforms {
		if !slices.Contains(g.platforms, x) {
			g.platforms = append(g.platforms, x)
		}
	}
}

func (g *errorGroup) text() string {
	var b strings.Builder
	if g.first.Group == "" {
		if g.first.Path != "" {
			b.WriteString(g.first.Path)
			if g.first.Line > 0 {
				fmt.Fprintf(&b, ":%d", g.first.Line)
			}
			b.WriteString(": ")
		}
		b.WriteString(g.first.Message)
	} else {
		b.WriteString(plural(g.count, g.first.Group))
	}
	if !g.everywhere && len(g.platforms) > 0 {
		b.WriteString(", " + capped(osOnly(g.platforms), 3) + " only")
	}
	if g.first.Help != "" {
		b.WriteString(": " + g.first.Help)
	}
	return b.String()
}

// osOnly names the operating systems of platforms.
func osOnly(platforms []string) []string {
	var out []string
	for _, p := range platforms {
		goos, _, _ := strings.Cut(p, "/")
		if !slices.Contains(out, goos) {
			out = append(out, goos)
		}
	}
	slices.Sort(out)
	return out
}
