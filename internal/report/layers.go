package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// waiverLayers says which layers of the policy waive: " (repository)",
// " (1 base, 2 repository)".
func waiverLayers(r *Report) string {
	counts := tally{}
	for _, f := range r.Findings {
		if f.Waived != nil && f.Waived.Layer != "" {
			counts[f.Waived.Layer]++
		}
	}
	var out []string
	for _, c := range counts.list() {
		if len(counts) == 1 {
			return " (" + Printable(c.Name) + ")"
		}
		out = append(out, fmt.Sprintf("%d %s", c.Count, Printable(c.Name)))
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// apart counts the components that the policy takes out of the judgement:
// "2 first-party", "1 excluded (repository)".
func apart(r *Report) []string {
	counts := tally{}
	layers := map[string][]string{}
	for i := range r.Components {
		if a := r.Components[i].Apart; a != nil {
			counts[a.As]++
			if !slices.Contains(layers[a.As], a.Layer) {
				layers[a.As] = append(layers[a.As], a.Layer)
			}
		}
	}
	var out []string
	for _, c := range counts.list() {
		l := layers[c.Name]
		slices.Sort(l)
		out = append(out, fmt.Sprintf("%d %s (%s)", c.Count, Printable(c.Name), Printable(strings.Join(l, ", "))))
	}
	return out
}

// apartText says why a component is not judged: "excluded by the policy
// (repository): not shipped".
func apartText(a *assess.Apart) string {
	s := a.As + " by the policy (" + a.Layer + ")"
	if a.Reason != "" {
		s += ": " + a.Reason
	}
	return s
}

// newErrors reports whether an error counts that no baseline has.
func newErrors(r *Report) bool {
	return slices.ContainsFunc(r.Findings, func(f diag.Finding) bool {
		return f.Severity == diag.Error && f.Waived == nil && !f.Known
	})
}
