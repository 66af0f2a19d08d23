package cli

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// failOns are the values of --fail-on.
func failOns() []string {
	var out []string
	for _, f := range report.FailOns() {
		out = append(out, string(f))
	}
	return out
}

// verdict decides the exit code of a report, for every format alike: a
// violated policy beats an incomplete report, and an incomplete one is never 0.
func verdict(r *report.Report) error {
	switch {
	case slices.ContainsFunc(r.Findings, func(f diag.Finding) bool { return r.Fails(&f) }):
		return codeError(exitViolated)
	case !r.Complete:
		return codeError(exitIncomplete)
	}
	return nil
}

func joined(names []string) string { return strings.Join(names, ", ") }
