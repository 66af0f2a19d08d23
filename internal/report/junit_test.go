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
	}
}

// A test case has failed where the finding makes exit code 1, whatever makes it.
func TestJUnitFollowsFailOn(t *testing.T) {
	seen := map[int]bool{}
	for name, r := range samples() {
		for _, r.FailOn = range append(FailOns(), "", "later") {
			want := 0
			for i := range r.Findings {
				if r.Fails(&r.Findings[i]) {
					want++
				}
			}
			if doc := suitesOf(t, render(t, format(t, "junit"), r, Options{})); doc.Failures != want {
				t.Errorf("%s, %q: %d failures, want %d", name, r.FailOn, doc.Failures, want)
			}
			if name == "typical" {
				seen[want] = true
			}
		}
	}
	if len(seen) < 3 {
		t.Errorf("the fixture does not tell the values apart: %v", seen)
	}
}
