package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
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

// How much ExplainComponent shows of what can be long, so that the answer stays
// on one screen.
const (
	maxLinkedBy = 5
	maxEvidence = 8
	maxBecause  = 3 // reasons of a finding, of models
)

// ExplainComponent writes on one screen what a report says of a component and
// from what: license and evidence, who links it, what the license asks,
// findings; full lifts what keeps the answer about a model on a screen.
func ExplainComponent(w io.Writer, r *Report, c *Component, full bool) error {
	t := &text{b: &strings.Builder{}, r: r, o: Options{Details: true}, full: full}
	t.paint(bold, Label(&c.Facts))
	about := []string{string(c.Kind), string(c.Scope)}
	if c.Direct {
		about = append(about, "required directly")
	}
	if c.ReplacedBy != "" {
		about = append(about, "replaced by "+c.ReplacedBy)
	}
	if c.Apart != nil {
		about = append(about, apartText(c.Apart))
	}
	for _, l := range c.Locations {
		about = append(about, place(l))
	}
	t.printf("  %s\n  %s\n", strings.Join(about, ", "), c.ID)
	said := false
	for i, first := 0, true; i < len(r.Findings); i++ {
		f := r.Findings[i]
		if f.Component != c.ID {
			continue
		}
		if first || !t.brief(c) {
			t.b.WriteString("\n")
		}
		first = false
		said = said || f.Message == c.License.Reason
		t.finding(t.within(f, c), true)
	}
	t.license(c, !said)
	if learned(c) {
		t.model(c)
	}
	t.linked(c)
	var mine []assess.Obligation
	for _, o := range r.Obligations {
		if slices.Contains(o.Components, c.ID) {
			mine = append(mine, o)
		}
	}
	all := len(mine)
	if t.brief(c) {
		mine = pressing(mine)
	}
	t.asked(mine, func(*assess.Obligation) string { return "" })
	if n := all - len(mine); n > 0 {
		t.printf("  … and %d more: --details\n", n)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// within is a finding in an answer about its component: without the component,
// and where the place is that of the component, without it; of the reasons of an
// error on a model the first ones and the last, of others none.
func (t *text) within(f diag.Finding, c *Component) *diag.Finding {
	f.Component = ""
	if !t.brief(c) {
		return &f
	}
	if slices.Contains(c.Locations, f.Location) {
		f.Location = diag.Loc{}
	}
	if f.Severity != diag.Error {
		f.Because = nil
	}
	if n := len(f.Because) - maxBecause - 1; n > 1 {
		last := f.Because[len(f.Because)-1]
		f.Because = append(slices.Clone(f.Because[:maxBecause]), fmt.Sprintf("%d more: --details", n), last)
	}
	return &f
}

// brief reports whether the answer about a component is cut to a screen.
func (t *text) brief(c *Component) bool { return learned(c) && !t.full }

// license writes what was concluded, and every statement that it comes from.
func (t *text) license(c *Component, reason bool) {
	l := c.License
	parts := []string{licenseOf(c)}
	switch {
	case l.Status == inventory.None:
		parts = append(parts, "no license was found")
	case l.Status == inventory.Unknown && c.Service != nil:
		parts = []string{"none of its own; the terms of its provider hold"}
	case l.Status == inventory.Unknown:
		parts = append(parts, "not recognised")
	case l.Status == inventory.Disagree:
		parts = append(parts, "its sources differ")
	case l.Status == inventory.Assumed, l.Basis == "declared", l.Basis == "clarified":
		parts = append(parts, "as "+l.Basis)
	}
	if l.Status != inventory.None && l.Status != inventory.Unknown {
		for _, s := range []string{c.Category, c.LicenseOpenness} {
			if s != "" {
				parts = append(parts, s)
			}
		}
	}
	t.printf("\nLicense: ")
	t.flow(len("License: "), 2, strings.Join(parts, " · "))
	if reason && l.Reason != "" {
		t.b.WriteString("  ")
		t.flow(2, 2, l.Reason)
	}
	var lines []string
	for _, e := range c.Evidence {
		if c.Service == nil || e.Expression != noAssertion { // the terms of a service are told with it
			lines = append(lines, statement(&e))
		}
	}
	for _, n := range c.Nested {
		s := n.Path + "  " + orNone(n.Expression)
		switch {
		case c.Kind == inventory.Model:
			s += "  (of a component)"
		case !n.Linked:
			s += "  (no linked package below it)"
		}
		lines = append(lines, s)
	}
	for i, l := range lines {
		if i == maxEvidence {
			t.printf("  … and %d more: -o json\n", len(lines)-i)
			break
		}
		t.b.WriteString("  ")
		t.flow(2, 4, l)
	}
}

// statement says where evidence stands and what it says.
func statement(e *inventory.Evidence) string {
	s := e.Path
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	s += "  " + orNone(e.Expression) + "  (" + e.Source
	if e.Method != "" {
		s += ", by " + e.Method
	}
	if e.Coverage > 0 {
		s += fmt.Sprintf(", %.1f %% of its words", 100*e.Coverage)
	}
	return s + ")"
}

// orNone is an expression in words where it names no license.
func orNone(expression string) string {
	switch expression {
	case "", spdx.None{}.String():
		return "names no license"
	case spdx.NoAssertion{}.String():
		return "not recognised"
	}
	return expression
}

func (t *text) linked(c *Component) {
	if len(c.LinkedBy) == 0 && len(c.Paths) == 0 {
		return
	}
	t.printf("\nLinked by\n")
	for i, l := range c.LinkedBy {
		if i == maxLinkedBy {
			t.printf("  … and %d more: -o json\n", len(c.LinkedBy)-i)
			break
		}
		s := t.root(l.Root) + "  on " + platforms(l.Platforms, t.r.Go.Platforms)
		if l.CgoOnly {
			s += ", with cgo only"
		}
		t.b.WriteString("  ")
		t.flow(2, 4, s)
	}
	for _, p := range c.Paths {
		if len(p) > 1 {
			t.b.WriteString("  ")
			t.flow(2, 4, t.path(p))
		}
	}
}

// root names a program by its folder, or says that the packages of a library
// are meant.
func (t *text) root(root string) string {
	if root == "." {
		for _, p := range t.r.Programs {
			if p.Root == root {
				return programName(p)
			}
		}
	}
	if dir, ok := strings.CutSuffix(root, "/..."); ok {
		switch {
		case len(t.r.Programs) == 0:
			return "the library in " + dir
		case dir == ".":
			return "packages that no program links"
		}
		return "packages below " + dir + " that no program links"
	}
	return root
}

func platforms(some, all []string) string {
	if len(some) == len(all) && len(all) > 1 {
		return fmt.Sprintf("all %d platforms", len(all))
	}
	return strings.Join(some, ", ")
}
