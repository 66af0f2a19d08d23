package report

import (
	"encoding/xml"
	"testing"
)

func suitesOf(t *testing.T, out string) junitSuites {
	t.Helper()
	var doc junitSuites
	if err := xml.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v in %.300s", err, out)
	}
	return doc
}

// The counts of JUnit are those of its cases, no two cases of a suite have one
// name, and it is red where the exit code is 1.
func TestJUnit(t *testing.T) {
	for name, r := range samples() {
		doc := suitesOf(t, render(t, format(t, "junit"), r, Options{}))
		if want := max(1, len(r.Targets)); len(doc.Suites) != want {
			t.Errorf("%s: %d suites, want %d", name, len(doc.Suites), want)
		}
		tests, failures := 0, 0
		for _, s := range doc.Suites {
			var got junitSuite
			seen := map[string]bool{}
			for _, c := range s.Cases {
				if key := c.Class + "\x00" + c.Name; seen[key] {
					t.Errorf("%s: two cases %q", name, key)
				} else {
					seen[key] = true
				}
				got.Tests++
				switch {
				case c.Failure != nil:
					got.Failures++
				case c.Error != nil:
					got.Errors++
				case c.Skipped != "":
					got.Skipped++
				}
			}
			if got.Tests != s.Tests || got.Failures != s.Failures || got.Errors != s.Errors || got.Skipped != s.Skipped {
				t.Errorf("%s: suite %s counts %d/%d/%d/%d, has %d/%d/%d/%d", name, s.Name, s.Tests, s.Failures, s.Errors, s.Skipped, got.Tests, got.Failures, got.Errors, got.Skipped)
			}
			tests, failures = tests+s.Tests, failures+s.Failures
		}
		if tests != doc.Tests || failures != doc.Failures {
			t.Errorf("%s: the sums are %d and %d, want %d and %d", name, doc.Tests, doc.Failures, tests, failures)
		}
		if (failures > 0) != (r.Summary.Findings.Error > 0) {
			t.Errorf("%s: %d failures with %d errors", name, failures, r.Summary.Findings.Error)
		}
	}
}
