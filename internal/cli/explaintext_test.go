package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

func testBase(t *testing.T) *rulebase.Base {
	t.Helper()
	b, err := loadBase()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The words that the page knows are those of the rules, and every context is
// one of an occasion; use inside the house is any use.
func TestExplainWords(t *testing.T) {
	base := testBase(t)
	for _, kind := range restricting {
		if _, ok := base.Type(kind); !ok {
			t.Errorf("%q is no type of obligation", kind)
		}
	}
	contexts := base.ContextNames()
	for _, w := range slices.Concat(trainingContexts, servingContexts) {
		if !slices.Contains(contexts, w) {
			t.Errorf("%q is no context", w)
		}
	}
	for _, c := range contexts {
		if got := occasionOf(rulebase.Obligation{When: []string{c}}); (got == always) != (c == "internal-use") {
			t.Errorf("%s: told as %q", c, occasionTexts[got])
		}
	}
	ids := map[string]bool{}
	for _, a := range base.Actions() {
		ids[a.ID] = true
	}
	if !ids[watchAction] {
		t.Errorf("%q is no action", watchAction)
	}
}

func TestOccasion(t *testing.T) {
	modified := []rulebase.Condition{{Fact: "modified"}}
	for _, tt := range []struct {
		when string
		cond []rulebase.Condition
		want occasion
	}{
		{"", nil, always},
		{"distribute-source distribute-binary", nil, onShipping},
		{"distribute-weights network-service", nil, onShippingOrServing},
		{"serve-model", nil, onServing},
		{"modify", nil, onChanging},
		{"distribute-source", modified, onChanging},
		{"distribute-source modify", nil, onChanging},
		{"link-static distribute-binary", nil, onShipping},
		{"fine-tune distill", nil, onTraining},
		{"publish-derived-weights", nil, onTraining},
		{"distribute-weights publish-derived-weights", nil, onShipping},
		{"internal-use", nil, always},
		{"internal-use distribute-source", nil, always},
	} {
		if got := occasionOf(rulebase.Obligation{When: strings.Fields(tt.when), If: tt.cond}); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.when, occasionTexts[got], occasionTexts[tt.want])
		}
	}
}

// Every license can be told, and no duty of it is lost: each sentence of a rule
// stands on its page.
func TestPagesTellAll(t *testing.T) {
	base := testBase(t)
	for h := range base.Heads() {
		if h.Exception {
			continue
		}
		l, err := base.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		page := strings.Join(strings.Fields(licenseText(base, h, l)), " ")
		for _, o := range l.Obligations {
			if text := strings.TrimSuffix(strings.Join(strings.Fields(o.Text), " "), "."); !strings.Contains(page, text) {
				t.Errorf("%s: %q is not on its page", h.ID, o.Text)
			}
		}
		if h.Openness != openSource && !strings.Contains(page, "Here: - ") {
			t.Errorf("%s is %s and its page does not say why", h.ID, h.Openness)
		}
	}
}

func TestWrapped(t *testing.T) {
	long := strings.Repeat("word ", 60)
	for _, line := range strings.Split(wrapped(long, 10, 4), "\n") {
		if len(line) > answerWidth {
			t.Errorf("%d columns: %q", len(line), line)
		}
	}
	for _, tt := range []struct{ in, want string }{
		{"", ""}, {"a  b\nc", "a b c"}, {strings.Repeat("x", 200), strings.Repeat("x", 200)}, {"a\x1b[31m", `a\u{001b}[31m`},
	} {
		if got := wrapped(tt.in, 0, 2); got != tt.want {
			t.Errorf("wrapped(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
