package assess_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// drawn are random inventories beside the written stories; the same at every run.
func drawn(t testing.TB, base *rulebase.Base, n int) []*story {
	t.Helper()
	var ids []string
	for h := range base.Heads() {
		if !h.Exception && (h.File != "" || len(h.ID)%9 == 0) {
			ids = append(ids, h.ID)
		}
	}
	rng := rand.New(rand.NewPCG(2, 7))
	pick := func(list []string) string { return list[rng.IntN(len(list))] }
	expr := func() string {
		switch rng.IntN(8) {
		case 0:
			return pick(ids) + " OR " + pick(ids)
		case 1:
			return pick(ids) + " AND " + pick(ids)
		case 2:
			return pick([]string{"none", "unknown", "disagree", "LicenseRef-nobody"})
		}
		return pick(ids)
	}
	var out []*story
	for i := range n {
		var b strings.Builder
		roots := []string{"cmd/a", "cmd/b", "lib/..."}
		b.WriteString("program cmd/a\nprogram cmd/b\n")
		fmt.Fprintf(&b, "main | example.com/app | %s\n", expr())
		if rng.IntN(4) == 0 {
			fmt.Fprintf(&b, "main | example.com/lib | %s | in=%s\n", expr(), pick(roots))
		}
		for k := range 2 + rng.IntN(6) {
			scope := pick([]string{"linked", "linked", "linked", "bundled", "test", "tool", "required", "embedded", "found", "referenced"})
			line := fmt.Sprintf("%s | example.com/m%d v1.%d.0 | %s | ", scope, k, rng.IntN(3), expr())
			if scope == "linked" || scope == "bundled" || scope == "embedded" {
				line += "in=" + pick(roots) + " "
			}
			if scope == "found" || scope == "referenced" || scope == "embedded" {
				line += "kind=" + pick([]string{"model", "dataset"}) + " "
			}
			line += pick([]string{"", "notice", "modified", "nested=x/LICENSE:" + pick(ids), "nested=y/LICENSE:NOASSERTION"})
			b.WriteString(line + "\n")
		}
		s, err := parseStory(fmt.Sprintf("drawn %d", i), b.String())
		if err != nil {
			t.Fatalf("%v in\n%s", err, b.String())
		}
		if rng.IntN(2) == 0 {
			s.use = []string{pick(base.ContextNames())}
		}
		s.policy = pick([]string{
			"", "", "version: 1\nproject: {license: proprietary, facts: {commercial: true, user_product: false}}\n",
			"version: 1\nallow: [MIT, Apache-2.0, {category: weak-copyleft}]\ndeny: [{category: strong-copyleft}, {openness: closed}]\n",
			decided,
		})
		s.asOf = pick([]string{"", "2026-06-30", "2026-07-01"})
		out = append(out, s)
	}
	return out
}

// decided is a policy that decides about single components of drawn stories.
const decided = `version: 1
default: review
deny: [{category: proprietary}]
components:
  first_party: ["example.com/m4"]
  exclude: [{component: example.com/m3, versions: v1.1.0, reason: r}]
  choose: [{component: "example.com/m*", license: MIT}]
waivers:
  - {component: "example.com/m1", finding: RKH1009, reason: r, owner: o, until: 2026-06-30}
  - {component: "example.com/**", finding: RKH1001, reason: r, owner: o, until: 2026-07-30}
  - {component: "example.com/m*", finding: RKH1009, reason: r, owner: o, until: 2026-08-30}
  - {component: "example.com/m2", license: NOASSERTION, reason: r, owner: o, until: 2027-06-30}
fulfilled:
  - {action: ship-notices, component: "example.com/m1", path: NOTICES.txt}
  - {obligation: no-endorsement, note: n}
  - {action: credit, path: gone.txt}
`

// everyStory are the written stories and the drawn ones.
func everyStory(t testing.TB, base *rulebase.Base) []*story {
	_, all, _ := stories(t)
	return append(all, drawn(t, base, 120)...)
}

func mustJudge(t testing.TB, s *story, base *rulebase.Base) *assess.Judgement {
	t.Helper()
	j, err := s.judge(base)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return j
}

// Another order of components, edges and programs is the same judgement.
func TestOrderDoesNotMatter(t *testing.T) {
	base := testBase(t)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, s := range everyStory(t, base) {
		want := mustJudge(t, s, base)
		byID := map[string]assess.Component{}
		for i, c := range s.inv.Components {
			byID[c.ID] = want.Components[i]
		}
		for range 3 {
			shuffled := *s.inv
			shuffled.Components = slices.Clone(s.inv.Components)
			shuffled.Programs = slices.Clone(s.inv.Programs)
			rng.Shuffle(len(shuffled.Components), func(a, b int) {
				shuffled.Components[a], shuffled.Components[b] = shuffled.Components[b], shuffled.Components[a]
			})
			rng.Shuffle(len(shuffled.Programs), func(a, b int) {
				shuffled.Programs[a], shuffled.Programs[b] = shuffled.Programs[b], shuffled.Programs[a]
			})
			other := *s
			other.inv = &shuffled
			got := mustJudge(t, &other, base)
			for i, c := range shuffled.Components {
				if d := cmp.Diff(byID[c.ID], got.Components[i]); d != "" {
					t.Errorf("%s: %s (-want +got)\n%s", s.name, c.ID, d)
				}
			}
			got.Components = want.Components
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s: another order, another judgement (-want +got)\n%s", s.name, d)
			}
		}
	}
}

// Every obligation that asks for something is in exactly one action, and every
// action names what it satisfies, for the components that owe it.
func TestActionsCoverObligations(t *testing.T) {
	base := testBase(t)
	for _, s := range everyStory(t, base) {
		j := mustJudge(t, s, base)
		in := map[string][]string{} // obligation → actions
		byID := map[string]assess.Obligation{}
		for _, o := range j.Obligations {
			if _, twice := byID[o.ID]; twice {
				t.Errorf("%s: two obligations %s", s.name, o.ID)
			}
			byID[o.ID] = o
		}
		for _, a := range j.Actions {
			var owe []string
			for _, id := range a.Satisfies {
				in[id] = append(in[id], a.ID)
				owe = append(owe, byID[id].Components...)
			}
			slices.Sort(owe)
			if owe = slices.Compact(owe); !slices.Equal(owe, a.Components) {
				t.Errorf("%s: action %s is for %v, and %v owe it", s.name, a.ID, a.Components, owe)
			}
			if a.Do == "" || a.How == "" || a.Who == "" || a.Detail == "" || len(a.Satisfies) == 0 {
				t.Errorf("%s: incomplete action %+v", s.name, a)
			}
		}
		for id, o := range byID {
			want := 0
			if o.Status == "due" || o.Status == "confirm" {
				want = 1
			}
			if len(in[id]) != want {
				t.Errorf("%s: %s (%s) is in the actions %v", s.name, id, o.Status, in[id])
			}
		}
		for i, c := range j.Components {
			for _, id := range c.Obligations {
				if !slices.Contains(byID[id].Components, s.inv.Components[i].ID) {
					t.Errorf("%s: %s owes %s, which does not name it", s.name, s.inv.Components[i].ID, id)
				}
			}
		}
	}
}

// Findings have all that a report prints of them, and no two are the same.
func TestFindingsAreWhole(t *testing.T) {
	base := testBase(t)
	for _, s := range everyStory(t, base) {
		seen := map[string]diag.Finding{}
		for _, f := range mustJudge(t, s, base).Findings {
			if _, ok := diag.Lookup(f.Code); !ok || f.Severity == "" || f.Message == "" || f.Help == "" || len(f.Fingerprint) != 32 {
				t.Errorf("%s: incomplete finding %+v", s.name, f)
			}
			if f.Because == nil || f.Related == nil || f.Paths == nil {
				t.Errorf("%s: null list in %+v", s.name, f)
			}
			if old, ok := seen[f.Fingerprint]; ok {
				t.Errorf("%s: two findings with one fingerprint:\n%+v\n%+v", s.name, old, f)
			}
			seen[f.Fingerprint] = f
		}
	}
}

var weights = []string{"not-due", "met", "confirm", "due"}

// asked lists the duties of a judgement by component, with their weight.
func asked(s *story, j *assess.Judgement) map[string]int {
	status := map[string]string{}
	for _, o := range j.Obligations {
		status[o.ID] = o.Status
	}
	out := map[string]int{}
	for i, c := range j.Components {
		for _, id := range c.Obligations {
			out[s.inv.Components[i].ID+" "+id] = slices.Index(weights, status[id])
		}
	}
	return out
}

func covers(t *testing.T, what string, more, less map[string]int) {
	t.Helper()
	for key, w := range less {
		if have, ok := more[key]; !ok || have < w {
			t.Errorf("%s: %s is gone or weighs less", what, key)
		}
	}
}

// choosing reports whether a story has a choice: what is done decides which
// branch is taken, so that duties may change.
func (s *story) choosing() bool {
	return slices.ContainsFunc(s.inv.Components, func(c inventory.Component) bool {
		return strings.Contains(c.License.Concluded, " OR ") ||
			slices.ContainsFunc(c.Nested, func(n inventory.Nested) bool { return strings.Contains(n.Expression, " OR ") })
	})
}

// One more context never removes a duty.
func TestMoreUseMoreDuties(t *testing.T) {
	base := testBase(t)
	contexts := base.ContextNames()
	for n, s := range everyStory(t, base) {
		if s.choosing() {
			continue
		}
		for k := range 3 {
			c, d := contexts[(n+k)%len(contexts)], contexts[(n+k+1+n%(len(contexts)-1))%len(contexts)]
			one, two := *s, *s
			one.use = []string{c}
			two.use = []string{c, d}
			covers(t, fmt.Sprintf("%s: %s with %s", s.name, c, d), asked(&two, mustJudge(t, &two, base)), asked(&one, mustJudge(t, &one, base)))
		}
	}
}

// One more permissive license that holds never removes a duty or an error.
func TestMoreLicensesMoreDuties(t *testing.T) {
	base := testBase(t)
	for _, s := range everyStory(t, base) {
		if s.choosing() {
			continue
		}
		before := mustJudge(t, s, base)
		for i := range s.inv.Components {
			c := &s.inv.Components[i]
			if c.License.Status != inventory.OK || c.Scope == inventory.Main {
				continue
			}
			more := *s
			inv := *s.inv
			inv.Components = slices.Clone(s.inv.Components)
			inv.Components[i].License.Concluded = c.License.Concluded + " AND ISC"
			more.inv = &inv
			after := mustJudge(t, &more, base)
			covers(t, s.name+": "+c.ID+" AND ISC", asked(&more, after), asked(s, before))
			for _, f := range before.Findings {
				if !slices.ContainsFunc(after.Findings, func(g diag.Finding) bool { return g.Component == f.Component && g.Severity.Rank() <= f.Severity.Rank() }) {
					t.Errorf("%s: %s AND ISC removes %s of %s", s.name, c.ID, f.Code, f.Component)
				}
			}
		}
	}
}

// A report holds every fact that a judgement needs: judged again after a round
// through JSON it is the same document, byte for byte.
func TestJudgedAgain(t *testing.T) {
	base := testBase(t)
	json, ok := report.LookupFormat("json")
	if !ok {
		t.Fatal("no format json")
	}
	write := func(r *report.Report) string {
		var b bytes.Buffer
		if err := json.Write(&b, r, report.Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, s := range everyStory(t, base) {
		p, err := s.rules(base)
		if err != nil {
			t.Fatal(err)
		}
		judged := func(inv *inventory.Inventory, use []string) *report.Report {
			return report.New(report.Head{}, inv, assess.Judge(assess.Input{Inventory: inv, Base: base, Policy: p, Use: use, AsOf: s.asOf}))
		}
		first := judged(s.inv, s.use)
		want := write(first)
		back, err := report.Decode(strings.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		var use []string
		if !back.Use.Assumed {
			use = back.Use.Contexts
		}
		if d := cmp.Diff(want, write(judged(back.Inventory(), use))); d != "" {
			t.Errorf("%s: judged again it is another report (-want +got)\n%s", s.name, d)
		}
	}
}
