package views

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

func builtin(t *testing.T) (*rulebase.Base, []*View) {
	t.Helper()
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Load(rules.FS, base)
	if err != nil {
		t.Fatal(err)
	}
	return base, all
}

// The views of the program: an address, a day, every fact that is asked for is
// one of the list, and what the issue of each is: the definition's seven
// criteria, the framework's 17 components in three classes, and what of the law
// no file can tell.
func TestRules(t *testing.T) {
	_, all := builtin(t)
	if len(all) != 3 {
		t.Fatalf("%d views", len(all))
	}
	of := map[string][]int{"osaid-1.0": {7}, "mof-1.0": {6, 10, 14}, "eu-ai-act": {7, 4, 2}}
	asked := map[string]bool{}
	for _, v := range all {
		if !strings.HasPrefix(v.Source, "https://") || v.Note == "" {
			t.Errorf("%s: source %q, note %q", v.ID, v.Source, v.Note)
		}
		results := v.Evaluate(func(name string) Fact { asked[name] = true; return Fact{Answer: "unknown", Why: "no file tells"} }, nil)
		for _, r := range results {
			if r.Answer != Unknown || r.Why == "" {
				t.Errorf("%s %s: %s, %q of a model of which nothing is known", v.ID, r.Criterion.ID, r.Answer, r.Why)
			}
		}
		for i, s := range v.Standing(results) {
			if want := of[v.ID]; i >= len(want) || s.Of != want[i] || s.Unknown != s.Of || s.Met+s.Missing > 0 {
				t.Errorf("%s, %s: %+v", v.ID, s.Group.Name, s)
			}
		}
	}
	for _, name := range Facts() {
		if !asked[name] {
			t.Errorf("no view asks for %s", name)
		}
	}
}

// Whatever is there, nothing that a provider earns, plans or owes is ever met.
func TestNeverMet(t *testing.T) {
	base, all := builtin(t)
	for _, v := range all {
		met := 0
		for _, r := range v.Evaluate(func(string) Fact { return Fact{Answer: "yes", Why: "there", License: "MIT"} }, base) {
			if len(r.Criterion.By) == 0 && r.Answer != Unknown {
				t.Errorf("%s: %s", r.Criterion.ID, r.Answer)
			}
			if r.Answer == Met {
				met++
			}
		}
		if met == 0 {
			t.Errorf("%s: nothing is met by a model that has everything", v.ID)
		}
		for _, id := range []string{"systemic-risk", "monetisation", "copyright-policy", "training-summary"} {
			if v.ID == "eu-ai-act" && !slices.ContainsFunc(v.Criteria, func(c Criterion) bool { return c.ID == id && len(c.By) == 0 && c.Because != "" }) {
				t.Errorf("%s is not always unknown", id)
			}
		}
	}
}

const small = `id: x
name: X
short: X
version: "1"
date: 2025-01-01
source: https://example.com/
note: none
terms: {approved: [osi], also: [CC0-1.0]%s}
groups:
  - {id: low, name: Low}
  - {id: high, name: High, with: low}
criteria:
  - {id: report, group: low, by: [technical-report], terms: true, instead: paper, text: A report.}
  - {id: card, group: low, by: [model-card], text: A card.}
  - {id: paper, group: high, by: [research-paper], terms: true, text: A paper.}
  - {id: more, group: high, by: [datasets, code], optional: true, text: More.}
review: {by: person, on: 2025-01-01}
`

func TestEvaluate(t *testing.T) {
	base, _ := builtin(t)
	for _, tt := range []struct{ name, exhaustive, facts, want string }{
		{"nothing", "", "", "report unknown; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"all", "", "technical-report=yes:MIT model-card=yes research-paper=yes:CC0-1.0 datasets=yes code=yes", "report met; card met; paper met; more met; low 2/2; high 3/3"},
		{"the paper stands for the report", "", "model-card=yes research-paper=yes:CC0-1.0", "report met; card met; paper met; more unknown; low 2/2; high 2/2"},
		{"a paper that is not open stands for nothing", "", "model-card=yes research-paper=yes:CC-BY-NC-4.0", "report unknown; card met; paper missing; more unknown; low 1/2; high 1/3"},
		{"no license known", "", "technical-report=yes", "report unknown; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"open and not approved", "", "technical-report=yes:CC-BY-4.0", "report unknown; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"the list is all", ", exhaustive: true", "technical-report=yes:CC-BY-4.0", "report missing; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"of a choice one is enough", "", "technical-report=yes:CC-BY-NC-4.0_OR_MIT", "report met; card unknown; paper unknown; more unknown; low 1/2; high 1/3"},
		{"of a list every one counts", "", "technical-report=yes:CC-BY-NC-4.0_AND_MIT", "report missing; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"what no rule knows", "", "technical-report=yes:LicenseRef-strange", "report unknown; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
		{"a part is not the whole", "", "model-card=partly", "report unknown; card missing; paper unknown; more unknown; low 0/2; high 0/3"},
		{"what is missing decides", "", "datasets=no code=yes", "report unknown; card unknown; paper unknown; more missing; low 0/2; high 0/3"},
		{"what is unknown comes before what is met", "", "code=yes", "report unknown; card unknown; paper unknown; more unknown; low 0/2; high 0/3"},
	} {
		v, err := Parse("x.yaml", fmt.Appendf(nil, small, tt.exhaustive), base)
		if err != nil {
			t.Fatal(err)
		}
		results := v.Evaluate(func(name string) Fact {
			for _, f := range strings.Fields(tt.facts) {
				if key, value, _ := strings.Cut(f, "="); key == name {
					answer, license, _ := strings.Cut(value, ":")
					return Fact{Answer: answer, Why: key, License: strings.ReplaceAll(license, "_", " ")}
				}
			}
			return Fact{Answer: "unknown", Why: "no file tells"}
		}, base)
		var got []string
		for _, r := range results {
			got = append(got, r.Criterion.ID+" "+r.Answer)
		}
		for _, s := range v.Standing(results) {
			got = append(got, fmt.Sprintf("%s %d/%d", s.Group.ID, s.Met, s.Of))
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.name, s, tt.want)
		}
	}
}

// All that is wrong in a view is said at once, with its place.
func TestFaults(t *testing.T) {
	base, _ := builtin(t)
	wrong := strings.NewReplacer(
		"date: 2025-01-01\n", "date: soon\n", "also: [CC0-1.0]%s", "also: [CC0]", "with: low", "with: lower", "instead: paper", "instead: book",
		"by: [model-card], ", "", "by: [research-paper]", "by: [paper-plane]", "{id: more, group: high", "{id: paper",
	).Replace(small)
	_, err := Parse("views/x.yaml", []byte(wrong), base)
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"views/x.yaml:5:", "no license \"CC0\"", "no group \"lower\"", "no criterion \"book\"", "\"card\" needs facts that decide", "paper-plane", "\"paper\" is there already", "is in no group",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	if _, err := Load(fstest.MapFS{"views/x.yaml": {Data: []byte(wrong)}, "views/y.yaml": {Data: []byte("nonsense: 1\n")}}, nil); err == nil || !strings.Contains(err.Error(), "views/y.yaml") {
		t.Errorf("a tree: %v", err)
	}
}

// Every claim is about families and licenses that there are, and those of the
// licenses that it names are as open as it says.
func TestClaims(t *testing.T) {
	base, _ := builtin(t)
	table, err := models.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	claims, err := LoadClaims(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claims.List {
		for _, id := range c.Families {
			if table.Family(id) == nil {
				t.Errorf("%s: no family %s", c.ID, id)
			}
			if got := claims.About(id); len(got) != 1 || got[0].ID != c.ID {
				t.Errorf("claims about %s: %+v", id, got)
			}
		}
		n := 0
		for h := range base.Heads() {
			if slices.Contains(c.Licenses, h.Family) && !h.Exception {
				n++
				if h.Openness != c.Says {
					t.Errorf("%s: %s is %s", c.ID, h.ID, h.Openness)
				}
			}
		}
		if len(c.Licenses) > 0 && n == 0 || len(c.Licenses)+len(c.Families) == 0 {
			t.Errorf("%s is about nothing", c.ID)
		}
	}
}
