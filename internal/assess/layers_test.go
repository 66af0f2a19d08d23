package assess_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// drawnPolicy writes a random policy of entries and a default.
func drawnPolicy(rng *rand.Rand, ids, categories []string) string {
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	entry := func() string {
		filter := pick([]string{"", "", "", ", kinds: [model]", ", kinds: [code]", ", scopes: [linked]", ", scopes: [test, tool]"})
		switch rng.IntN(8) {
		case 0, 1:
			return "{category: " + pick(categories) + filter + "}"
		case 2:
			return "{openness: " + pick([]string{"open-source", "open-restricted", "closed"}) + filter + "}"
		case 3:
			return "{obligation: " + pick([]string{"disclose-source", "non-commercial", "include-license-text"}) + filter + "}"
		case 4:
			return "{approved: " + pick([]string{"osi", "fsf"}) + filter + "}"
		case 5:
			return pick([]string{"{kinds: [model]}", "{scopes: [linked]}"})
		}
		return "{id: " + pick(ids) + filter + "}"
	}
	var b strings.Builder
	if w := pick([]string{"", "", "deny", "review", "profile"}); w != "" {
		b.WriteString("default: " + w + "\n")
	}
	for _, key := range []string{"allow", "review", "deny"} {
		if n := rng.IntN(3); n > 0 {
			b.WriteString(key + ":\n")
			for range n {
				b.WriteString("  - " + entry() + "\n")
			}
		}
	}
	return b.String()
}

// What a base without an overlay refuses, no file that extends it and is
// accepted makes milder, whatever it says.
func TestNothingIsLoosenedUnseen(t *testing.T) {
	base := testBase(t)
	ids := []string{"MIT", "ISC", "MPL-2.0", "GPL-3.0-only", "BUSL-1.1", "CC-BY-NC-4.0", "LicenseRef-acme", "GPL-2.0-only", "GPL-2.0-only WITH Classpath-exception-2.0"}
	var categories []string
	for _, c := range base.Categories() {
		categories = append(categories, c.Name)
	}
	var lines []string
	for i, id := range append(ids, "none", "unknown", "MIT OR BUSL-1.1") {
		lines = append(lines, fmt.Sprintf("linked | example.com/l%d v1 | %s | in=.", i, id), fmt.Sprintf("test | example.com/t%d v1 | %s", i, id),
			fmt.Sprintf("found | example.com/m%d v1 | %s | kind=model", i, id))
	}
	inventory := "program .\nmain | example.com/app | MIT\n" + strings.Join(lines, "\n") + "\n"
	rng := rand.New(rand.NewPCG(11, 12))
	accepted, refused := 0, 0
	for range 600 {
		s, err := parseStory("drawn", inventory)
		if err != nil {
			t.Fatal(err)
		}
		s.base = "version: 1\n" + drawnPolicy(rng, ids, categories)
		alone := *s
		alone.policy = s.base
		if _, err := alone.rules(base); err != nil {
			continue // it says a thing twice
		}
		s.policy = "version: 1\nextends: [{file: base.yaml, digest: DIGEST}]\n" + drawnPolicy(rng, ids, categories)
		if _, err := s.rules(base); err != nil {
			refused++
			continue
		}
		accepted++
		before, after := worst(t, &alone, base), worst(t, s, base)
		for component, severity := range before {
			if now, ok := after[component]; !ok || now.Rank() > severity.Rank() {
				t.Errorf("%s weighs %q, and %q under the base alone\n%s\nbase.yaml:\n%s", component, now, severity, s.policy, s.base)
			}
		}
	}
	if accepted < 20 || refused < 20 {
		t.Errorf("%d policies were accepted and %d refused: too few to tell", accepted, refused)
	}
}

// worst is the worst severity that the policy itself gives each component.
func worst(t *testing.T, s *story, base *rulebase.Base) map[string]diag.Severity {
	t.Helper()
	p, err := s.rules(base)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]diag.Severity{}
	for _, f := range assess.Judge(assess.Input{Inventory: s.inv, Base: base, Policy: p}).Findings {
		if !policy.Waivable(f.Code) || strings.HasPrefix(string(f.Code), "RKH5") || strings.HasPrefix(string(f.Code), "RKH2") || strings.HasPrefix(string(f.Code), "RKH7") {
			continue
		}
		if old, ok := out[f.Component]; !ok || f.Severity.Rank() < old.Rank() {
			out[f.Component] = f.Severity
		}
	}
	return out
}
