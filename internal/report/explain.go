package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
)

// FindComponents returns the components that a person means by what: a purl, a
// name with or without @version, or the end of a name after a slash.
func FindComponents(r *Report, what string) []*Component {
	for _, match := range []func(*Component) bool{
		func(c *Component) bool { return c.ID == what || c.Name == what || c.Name+"@"+c.Version == what },
		func(c *Component) bool { return strings.EqualFold(c.Name, what) },
		func(c *Component) bool { return strings.HasSuffix(c.Name, "/"+what) },
	} {
		var out []*Component
		for i := range r.Components {
			if match(&r.Components[i]) {
				out = append(out, &r.Components[i])
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// ExplainComponent writes on one screen what a report says of a component and
// from what: license and evidence, who links it, duties with their clauses,
// findings.
func ExplainComponent(w io.Writer, r *Report, c *Component) error {
	t := &text{w: bufio.NewWriter(w), r: r, o: Options{Details: true}}
	t.printf("%s\n  %s, %s", Label(&c.Facts), string(c.Kind), string(c.Scope))
	if c.Direct {
		t.printf(", required directly")
	}
	if c.ReplacedBy != "" {
		t.printf(", replaced by %s", c.ReplacedBy)
	}
	t.printf("\n  %s\n\nLicense    %s", c.ID, c.License.Concluded)
	if c.License.Choice != "" {
		t.printf(" (taken: %s)", c.License.Choice)
	}
	t.printf("   %s", string(c.License.Status))
	if c.Category != "" {
		t.printf(", %s", c.Category)
	}
	if c.LicenseOpenness != "" {
		t.printf(", %s", c.LicenseOpenness)
	}
	t.printf("\n")
	if c.License.Reason != "" {
		t.printf("           %s\n", c.License.Reason)
	}
	t.evidence(c)
	t.linked(c)
	t.duties(c)
	first := true
	for i := range r.Findings {
		if r.Findings[i].Component == c.ID {
			if first {
				t.printf("\n")
				first = false
			}
			t.finding(&r.Findings[i])
		}
	}
	return t.w.Flush()
}

func (t *text) evidence(c *Component) {
	for _, e := range c.Evidence {
		t.printf("  %s", e.Path)
		if e.Line > 0 {
			t.printf(":%d", e.Line)
		}
		expr := e.Expression
		if expr == "" {
			expr = "no license recognised"
		}
		t.printf("  %s  (%s, by %s", expr, e.Source, e.Method)
		if e.Coverage > 0 {
			t.printf(", %.1f %% of its words", 100*e.Coverage)
		}
		t.printf(")\n")
	}
	for _, n := range c.Nested {
		t.printf("  %s  %s", n.Path, n.Expression)
		if !n.Linked {
			t.printf("  (no linked package below it)")
		}
		t.printf("\n")
	}
}

func (t *text) linked(c *Component) {
	if len(c.LinkedBy) > 0 {
		t.printf("\nLinked by\n")
	}
	for _, l := range c.LinkedBy {
		t.printf("  %s  on %s", l.Root, platforms(l.Platforms, t.r.Go.Platforms))
		if l.CgoOnly {
			t.printf(", with cgo only")
		}
		t.printf("\n")
	}
	for _, p := range c.Paths {
		t.printf("  %s\n", t.path(p))
	}
}

func platforms(some, all []string) string {
	if len(some) == len(all) && len(all) > 1 {
		return fmt.Sprintf("all %d platforms", len(all))
	}
	return strings.Join(some, ", ")
}

func (t *text) duties(c *Component) {
	var mine []assess.Obligation
	for _, o := range t.r.Obligations {
		if slices.Contains(o.Components, c.ID) {
			mine = append(mine, o)
		}
	}
	if len(mine) == 0 {
		return
	}
	t.printf("\nObligations\n")
	for _, o := range mine {
		t.printf("  %s  %s  (%s, clause %s%s)\n", pad(o.Status, 7), o.Text, o.License, o.Clause, derivedMark(o))
	}
}

func derivedMark(o assess.Obligation) string {
	if o.Derived {
		return ", derived from its category: confirm"
	}
	return ""
}
