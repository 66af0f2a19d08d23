package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// GitLab shows one entry per fingerprint.
func TestCodeQuality(t *testing.T) {
	for name, r := range samples() {
		var all []qualityIssue
		fromJSON(t, render(t, format(t, "codequality"), r, Options{}), &all)
		seen := map[string]bool{}
		for _, q := range all {
			if seen[q.Fingerprint] || q.Fingerprint == "" {
				t.Errorf("%s: fingerprint %q twice", name, q.Fingerprint)
			}
			seen[q.Fingerprint] = true
			if !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, q.Severity) || q.Description == "" {
				t.Errorf("%s: %+v", name, q)
			}
			if q.Location.Lines.Begin < 1 || q.Location.Path == "" || strings.HasPrefix(q.Location.Path, "/") {
				t.Errorf("%s: place %+v", name, q.Location)
			}
		}
	}
}

// The identity of a finding is the same in every format.
func TestFingerprints(t *testing.T) {
	r := build("typical")
	for i := range r.Findings {
		r.Findings[i].Fingerprint = fmt.Sprintf("%032x", i/2) // pairs are equal
	}
	run := sarifRunOf(t, render(t, format(t, "sarif"), r, Options{}))
	var quality []qualityIssue
	fromJSON(t, render(t, format(t, "codequality"), r, Options{}), &quality)
	for i, res := range run.Results {
		fp := res.Fingerprints["primaryLocationLineHash"]
		if quality[i].Fingerprint != fp {
			t.Errorf("%d: %s in SARIF, %s in Code Quality", i, fp, quality[i].Fingerprint)
		}
		if same := fp == r.Findings[i].Fingerprint; same != (i%2 == 0) {
			t.Errorf("%d: %s of %s", i, fp, r.Findings[i].Fingerprint)
		}
	}
}
