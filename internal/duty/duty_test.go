package duty

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

func testBase(t testing.TB) *rulebase.Base {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// licenses returns every license of the rules, those without a rule file too.
func licenses(t testing.TB, b *rulebase.Base) []rulebase.Term {
	t.Helper()
	var out []rulebase.Term
	for h := range b.Heads() {
		if h.Exception {
			continue
		}
		l, err := b.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, rulebase.Term{Text: h.ID, License: l})
	}
	return out
}

// What the tables call a context, in the words of the rules: those for code and
// those for models. Nobody ships weights under a license for code.
var coarse = map[string]struct{ code, model, joins []string }{
	"source distribution": {[]string{"distribute-source"}, []string{"distribute-source"}, nil},
	"binary distribution": {[]string{"distribute-binary"}, []string{"distribute-binary", "distribute-weights"}, []string{"link-static"}},
	"network use":         {[]string{"network-service"}, []string{"network-service", "serve-model"}, nil},
	"modification": {[]string{"distribute-source", "distribute-binary"},
		[]string{"distribute-source", "distribute-binary", "fine-tune", "publish-derived-weights"}, []string{"modify"}},
}

// TestTruth scores the rules against the table of obligations: at least 97 %
// of the rows, no duty missed.
func TestTruth(t *testing.T) {
	b := testBase(t)
	right, all := 0, 0
	for _, row := range truthtest.Rows(t, "corpus", "obligations.tsv") {
		id, context, kind, want := row[0], row[1], row[2], row[3]
		l, err := b.License(id)
		if err != nil || !l.Full {
			t.Errorf("%s has no rule", id)
			continue
		}
		c, ok := coarse[context]
		if !ok {
			t.Fatalf("unknown context %q", context)
		}
		set := Setting{Contexts: c.code, Joins: c.joins, Fact: facts("modified", yesIf(context == "modification"))}
		if slices.Contains(l.DesignedFor, "parameters") {
			set.Contexts = c.model
		}
		got := "no"
		for _, it := range Of([]rulebase.Term{{Text: l.ID, License: l}}, set) {
			if it.Obligation.Type == kind && it.Status != NotDue {
				got = "yes"
			}
		}
		all++
		switch {
		case got == want:
			right++
		case want == "yes":
			t.Errorf("missed: %s", strings.Join(row, " | "))
		default:
			t.Logf("not asked for: %s", strings.Join(row, " | "))
		}
	}
	t.Logf("obligations: %d of %d rows right", right, all)
	if float64(right) < 0.97*float64(all) {
		t.Errorf("%d of %d rows right, want 97 %%", right, all)
	}
}

func yesIf(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func facts(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestCondition(t *testing.T) {
	for _, tt := range []struct {
		fact, op, value string
		known           string
		want            truth
	}{
		{"commercial", "", "", "yes", yes},
		{"commercial", "", "", "true", yes},
		{"commercial", "", "", "no", no},
		{"commercial", "", "", "", unknown},
		{"commercial", "not", "", "no", yes},
		{"commercial", "not", "", "false", yes},
		{"commercial", "not", "", "yes", no},
		{"commercial", "not", "", "", unknown},
		{"monthly_users", ">", "700000000", "700000000", no},
		{"monthly_users", ">", "700000000", "700000001", yes},
		{"monthly_users", ">", "700000000", "700_000_001", yes},
		{"monthly_users", ">=", "700000000", "700000000", yes},
		{"monthly_users", "<", "10", "9", yes},
		{"monthly_users", "<", "10", "10", no},
		{"monthly_users", "<=", "10", "10", yes},
		{"monthly_users", "<=", "10", "11", no},
		{"monthly_users", ">", "10", "many", unknown},
		{"monthly_users", ">", "many", "10", unknown},
		{"monthly_users", ">", "10", strings.Repeat("9", 41), unknown},
		{"monthly_users", ">", "10", "-3", unknown},
		{"monthly_users", "=", "10", "10", yes},
		{"monthly_users", "=", "10", "11", no},
		{"regions", "in", "EU, GB", "DE, GB", yes},
		{"regions", "in", "EU, GB", "gb", yes},
		{"regions", "in", "EU, GB", "DE", no},
		{"regions", "in", "EU, GB", "", unknown},
		{"regions", "not", "EU", "US", yes},
		{"regions", "not", "EU", "US, EU", no},
	} {
		c := rulebase.Condition{Fact: tt.fact, Op: tt.op, Value: tt.value}
		if got := condition(c, tt.known); got != tt.want {
			t.Errorf("%s %s %s with %q: %d, want %d", tt.fact, tt.op, tt.value, tt.known, got, tt.want)
		}
	}
	if got, missing := conditions([]rulebase.Condition{{Fact: "x"}, {Fact: "y"}, {Fact: "x"}}, Setting{}); got != unknown || !slices.Equal(missing, []string{"x", "y"}) {
		t.Errorf("without facts: %d, missing %q", got, missing)
	}
}

func TestOf(t *testing.T) {
	rule := func(kind, strength string, when []string, conditions ...rulebase.Condition) rulebase.Obligation {
		return rulebase.Obligation{Type: kind, Class: "do", Strength: strength, When: when, If: conditions, Clause: "1"}
	}
	l := &rulebase.License{ID: "L", Full: true, Obligations: []rulebase.Obligation{
		rule("always", "must", nil),
		rule("binary", "must", []string{"distribute-binary"}),
		rule("should", "should", nil, rulebase.Condition{Fact: "commercial"}),
		rule("changed", "must", []string{"modify"}, rulebase.Condition{Fact: "modified"}),
		rule("both", "must", []string{"distribute-binary", "link-static"}),
		rule("rich", "must", nil, rulebase.Condition{Fact: "annual_revenue_usd", Op: ">", Value: "10"}, rulebase.Condition{Fact: "commercial"}),
		rule("twice", "must", []string{"distribute-binary"}, rulebase.Condition{Fact: "commercial"}),
		rule("twice", "must", []string{"distribute-source"}),
		{Type: "usual", Class: "do", Strength: "must", Derived: true, Clause: "1"},
	}}
	e := &rulebase.Exception{ID: "E", Full: true, Removes: []rulebase.Removal{{Type: "always"}}, Adds: []rulebase.Obligation{rule("added", "must", nil)}}
	plain, with := rulebase.Term{Text: "L", License: l}, rulebase.Term{Text: "L WITH E", License: l, Exception: e}
	for _, tt := range []struct {
		name  string
		terms []rulebase.Term
		set   Setting
		want  []string // TYPE STATUS[: IF][; MISSING]
	}{
		{"nothing is done with it", []rulebase.Term{plain}, Setting{}, nil},
		{"an unknown license", []rulebase.Term{{Text: "X"}}, Setting{Contexts: []string{"internal-use"}}, nil},
		{"inside", []rulebase.Term{plain}, Setting{Contexts: []string{"internal-use"}}, []string{
			"always due", "rich confirm: annual_revenue_usd > 10, commercial; annual_revenue_usd commercial", "should not-due: commercial", "usual confirm",
		}},
		{"a join needs a copy handed over", []rulebase.Term{plain}, Setting{Contexts: []string{"network-service"}, Joins: []string{"modify", "link-static"}, Fact: facts("modified", "yes", "commercial", "no")},
			[]string{"always due", "usual confirm"}},
		{"shipped, changed", []rulebase.Term{plain}, Setting{Contexts: []string{"distribute-binary", "distribute-source"}, Joins: []string{"link-static", "modify"},
			Fact: facts("modified", "yes", "commercial", "yes", "annual_revenue_usd", "11")}, []string{
			"always due", "binary due", "both due", "changed due: modified", "rich due: annual_revenue_usd > 10, commercial", "should not-due: commercial", "twice due", "usual confirm",
		}},
		{"shipped, as it is", []rulebase.Term{plain}, Setting{Contexts: []string{"distribute-binary"}, Fact: facts("modified", "no", "annual_revenue_usd", "10")}, []string{
			"always due", "binary due", "should not-due: commercial", "twice confirm: commercial; commercial", "usual confirm",
		}},
		{"an exception takes and adds", []rulebase.Term{with}, Setting{Contexts: []string{"internal-use"}, Fact: facts("commercial", "no")}, []string{"added due", "usual confirm"}},
		{"terms add up", []rulebase.Term{plain, with, plain}, Setting{Contexts: []string{"internal-use"}, Fact: facts("commercial", "no")},
			[]string{"always due", "usual confirm", "added due", "usual confirm"}},
	} {
		var got []string
		for _, it := range Of(tt.terms, tt.set) {
			s := it.Obligation.Type + " " + string(it.Status)
			if it.If != "" {
				s += ": " + it.If
			}
			if len(it.Missing) > 0 {
				s += "; " + strings.Join(it.Missing, " ")
			}
			got = append(got, s)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, d)
		}
	}
}

func TestWorse(t *testing.T) {
	order := []Status{NotDue, Met, Confirm, Due}
	for i, a := range order {
		for k, b := range order {
			if got, want := Worse(a, b), order[max(i, k)]; got != want {
				t.Errorf("Worse(%s, %s) = %s", a, b, got)
			}
		}
	}
}

// asked lists what terms ask for in a setting, with the weight of each.
func asked(terms []rulebase.Term, s Setting) map[string]Status {
	out := map[string]Status{}
	for _, it := range Of(terms, s) {
		key := it.ID() + " " + it.Obligation.Clause + " " + it.Obligation.Value
		out[key] = Worse(out[key], it.Status)
	}
	return out
}

// covers reports whether everything in less is in more with no less weight.
func covers(more, less map[string]Status) (string, bool) {
	for key, s := range less {
		if have, ok := more[key]; !ok || Worse(have, s) != have {
			return key, false
		}
	}
	return "", true
}

// Doing more with a component never asks for less, for any license.
func TestMoreUseMoreDuties(t *testing.T) {
	b := testBase(t)
	contexts := b.ContextNames()
	joins := []string{"link-static", "link-dynamic", "embed-asset", "modify", "quantize-convert"}
	for _, term := range licenses(t, b) {
		terms := []rulebase.Term{term}
		for i, c := range contexts {
			one := Setting{Contexts: []string{c}}
			base := asked(terms, one)
			for k, d := range contexts {
				if k == i {
					continue
				}
				if key, ok := covers(asked(terms, Setting{Contexts: []string{c, d}}), base); !ok {
					t.Errorf("%s: %s is asked for in %s and not with %s", term.Text, key, c, d)
				}
			}
			for _, join := range joins {
				if key, ok := covers(asked(terms, Setting{Contexts: []string{c}, Joins: []string{join}}), base); !ok {
					t.Errorf("%s: %s is asked for in %s and not when it is joined by %s", term.Text, key, c, join)
				}
			}
		}
	}
}

// One more license that holds never removes a duty of another.
func TestMoreLicensesMoreDuties(t *testing.T) {
	b := testBase(t)
	all := licenses(t, b)
	set := Setting{Contexts: b.ContextNames(), Joins: []string{"link-static", "modify"}}
	for i, term := range all {
		other := all[(i*7+1)%len(all)]
		more := asked([]rulebase.Term{term, other}, set)
		if key, ok := covers(more, asked([]rulebase.Term{term}, set)); !ok {
			t.Errorf("%s AND %s: %s is gone", term.Text, other.Text, key)
		}
		if !slices.Equal(keys(more), keys(asked([]rulebase.Term{other, term}, set))) {
			t.Errorf("%s AND %s: the order matters", term.Text, other.Text)
		}
	}
}

func keys(m map[string]Status) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// A license that nobody wrote a rule for always leaves something to confirm.
func TestDerivedIsNeverNothing(t *testing.T) {
	b := testBase(t)
	for _, term := range licenses(t, b) {
		if term.License.Full {
			continue
		}
		for _, c := range b.ContextNames() {
			if !slices.ContainsFunc(Of([]rulebase.Term{term}, Setting{Contexts: []string{c}}), func(it Item) bool { return it.Derived && it.Status == Confirm }) {
				t.Errorf("%s: nothing to confirm in %s", term.Text, c)
			}
		}
	}
}
