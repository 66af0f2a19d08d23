package duty

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// A place is in the regions that hold it, and a region in its countries.
func TestRegions(t *testing.T) {
	b := testBase(t)
	at := func(id string) rulebase.Condition {
		t.Helper()
		l, err := b.License(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range l.Obligations {
			for _, c := range o.If {
				if c.Fact == "regions" {
					return c
				}
			}
		}
		t.Fatalf("%s asks for no region", id)
		return rulebase.Condition{}
	}
	hunyuan, openai := at("tencent-hunyuan-a13b"), at("LicenseRef-rukhsa-openai-tou-2024-12-11")
	for _, tt := range []struct {
		c     rulebase.Condition
		known string
		want  truth
	}{
		{hunyuan, "DE", yes}, {hunyuan, "[US, FR]", yes}, {hunyuan, "EU", yes}, {hunyuan, "eea", yes}, {hunyuan, "UK", yes}, {hunyuan, "GB", yes},
		{hunyuan, "KR", yes}, {hunyuan, "US, CN, CH", no}, {hunyuan, "NO", no}, {hunyuan, "", unknown},
		{openai, "NO", yes}, {openai, "IT", yes}, {openai, "CH", yes}, {openai, "EU", yes}, {openai, "UK", yes}, {openai, "US", no},
	} {
		if got := condition(tt.c, tt.known); got != tt.want {
			t.Errorf("%s %s %s with %q: %d, want %d", tt.c.Fact, tt.c.Op, tt.c.Value, tt.known, got, tt.want)
		}
	}
	if len(hunyuan.Value) > 20 || len(openai.Value) > 20 {
		t.Errorf("the rules list countries: %q, %q", hunyuan.Value, openai.Value)
	}
}

// One duty on several occasions is one item that names them all.
func TestOccasions(t *testing.T) {
	rule := func(clause string, when []string, conditions ...rulebase.Condition) rulebase.Obligation {
		return rulebase.Obligation{Type: "x", Class: "do", Strength: "must", When: when, If: conditions, Clause: clause}
	}
	l := &rulebase.License{ID: "L", Full: true, Obligations: []rulebase.Obligation{
		rule("1", []string{"distribute-binary", "distribute-source"}),
		rule("1", []string{"network-service"}, rulebase.Condition{Fact: "shown_to_public"}),
		rule("2", []string{"network-service"}, rulebase.Condition{Fact: "shown_to_public"}),
		rule("2", []string{"distribute-binary"}, rulebase.Condition{Fact: "commercial"}),
		rule("3", []string{"network-service"}),
		rule("3", nil),
	}}
	before := l.Obligations[0].When
	terms := []rulebase.Term{{Text: "L", License: l}}
	for _, tt := range []struct {
		contexts string
		want     string // CLAUSE STATUS [WHEN] [MISSING]
	}{
		{"distribute-binary network-service", "1 due [distribute-binary distribute-source network-service] [], " +
			"2 confirm [distribute-binary network-service] [commercial shown_to_public], 3 due [] []"},
		{"network-service", "1 confirm [network-service] [shown_to_public], 2 confirm [network-service] [shown_to_public], 3 due [] []"},
		{"internal-use", "3 due [] []"},
	} {
		var got []string
		for _, it := range Of(terms, Setting{Contexts: strings.Fields(tt.contexts)}) {
			got = append(got, fmt.Sprintf("%s %s %v %v", it.Obligation.Clause, it.Status, it.Obligation.When, it.Missing))
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.contexts, s, tt.want)
		}
	}
	if len(before) != 2 || len(l.Obligations[0].When) != 2 {
		t.Errorf("the rule itself was changed: %q", l.Obligations[0].When)
	}
}

// Parameters in another form are modified, and nobody knows whether improved.
func TestConverted(t *testing.T) {
	b := testBase(t)
	for _, tt := range []struct {
		license, kind string
		joins         []string
		want          Status // "" where the duty is not asked for
	}{
		{"Apache-2.0", "state-changes", []string{"quantize-convert"}, Due},
		{"Apache-2.0", "state-changes", nil, ""},
		{"gemma", "state-changes", []string{"quantize-convert"}, Due},
		{"llama3.1", "name-prefix", nil, ""},
		{"llama3.1", "name-prefix", []string{"quantize-convert"}, Confirm},
		{"llama3.1", "name-prefix", []string{"modify"}, Due},
		{"LicenseRef-rukhsa-exaone-3.5-1.1-nc", "name-prefix", []string{"quantize-convert"}, Due}, // its clause says modified
		{"llama2", "name-prefix", []string{"modify"}, ""},
	} {
		l, err := b.License(tt.license)
		if err != nil {
			t.Fatal(err)
		}
		var got Status
		for _, it := range Of([]rulebase.Term{{Text: l.ID, License: l}}, Setting{Contexts: []string{"distribute-weights"}, Joins: tt.joins, Fact: facts("modified", "no")}) {
			if it.Obligation.Type == tt.kind {
				got = it.Status
			}
		}
		if got != tt.want {
			t.Errorf("%s, joined by %v: %s is %q, want %q", tt.license, tt.joins, tt.kind, got, tt.want)
		}
	}
}
