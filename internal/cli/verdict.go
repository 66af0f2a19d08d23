package cli

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// failOn is the value of --fail-on: which findings violate the policy.
type failOn string

const (
	failNew   failOn = "new" // errors that no baseline knows
	failNever failOn = "never"
)

func failOns() []string {
	return []string{string(diag.Error), string(diag.Warning), string(failNew), string(failNever)}
}

// verdict decides the exit code of a report, for every format alike: a
// violated policy beats an incomplete report, and an incomplete one is never 0.
func verdict(r *report.Report, on failOn) error {
	s := r.Summary.Findings
	violated := s.Error > 0 && on != failNever && on != failNew || s.Warning > 0 && on == failOn(diag.Warning)
	if on == failNew {
		violated = slices.ContainsFunc(r.Findings, func(f diag.Finding) bool { return f.Severity == diag.Error && f.Waived == nil && !f.Known })
	}
	switch {
	case violated:
		return codeError(exitViolated)
	case !r.Complete:
		return codeError(exitIncomplete)
	}
	return nil
}

func joined(names []string) string { return strings.Join(names, ", ") }
