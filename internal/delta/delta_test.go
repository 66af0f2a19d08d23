package delta

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// state is one state of a project: components as "NAME VERSION LICENSE", those
// of models with a path, and the waivers of its policy.
type state struct {
	components []string
	policy     string
	asOf       string
	rules      string // digest
}

func testBase(t testing.TB) *rulebase.Base {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s state) inventory() *inventory.Inventory {
	inv := &inventory.Inventory{
		Programs: []inventory.Program{{Root: ".", Package: "example.com/app", Component: "pkg:golang/example.com/app"}},
		Components: []inventory.Component{{
			ID: "pkg:golang/example.com/app", Kind: inventory.Code, Name: "example.com/app", Scope: inventory.Main,
			License: inventory.License{Concluded: "MIT", Status: inventory.OK}, Texts: []string{"sha256:app"},
		}},
	}
	for i, line := range s.components {
		words := strings.Fields(line)
		name, version, license := words[0], words[1], strings.Join(words[2:], " ")
		c := inventory.Component{
			ID: "pkg:golang/" + name + "@" + version, Kind: inventory.Code, Name: name, Version: version, Scope: inventory.Linked,
			License:  inventory.License{Concluded: license, Status: inventory.OK},
			LinkedBy: []inventory.Link{{Root: "."}}, Texts: []string{"sha256:" + name + version},
			Locations: []diag.Loc{{Target: ".", Path: "go.mod", Line: 5 + i}},
		}
		switch {
		case license == "NONE":
			c.License.Status, c.Texts = inventory.None, nil
		case license == "unread":
			c.License = inventory.License{Concluded: "NOASSERTION", Status: inventory.Unknown}
			c.Properties, c.Texts = []inventory.Property{{Name: inventory.Unread, Value: "yes"}}, nil
		case strings.HasPrefix(name, "models/"):
			c.ID, c.Kind, c.Scope, c.LinkedBy = "pkg:huggingface/"+strings.TrimPrefix(name, "models/")+"@"+version, inventory.Model, inventory.Found, nil
			c.Locations = []diag.Loc{{Target: ".", Path: "models/m.gguf"}}
		}
		inv.Components = append(inv.Components, c)
	}
	return inv
}

func (s state) report(t testing.TB, base *rulebase.Base) (*report.Report, *policy.Policy) {
	t.Helper()
	p := policy.Default(base)
	if s.policy != "" {
		var err error
		if p, err = policy.Parse("rukhsa.yaml", []byte(s.policy), base); err != nil {
			t.Fatal(err)
		}
	}
	inv := s.inventory()
	j := assess.Judge(assess.Input{Inventory: inv, Base: base, Policy: p, AsOf: s.asOf})
	h := report.Head{AsOf: s.asOf, Policy: report.Policy{Name: p.Name, Path: p.Path, Digest: p.Digest}}
	h.Tool.Rules = report.Rules{Digest: s.rules, Date: "date-of-" + s.rules}
	for _, c := range inv.Components {
		if c.Property(inventory.Unread) != "" {
			inv.Errors = append(inv.Errors, diag.Problem{Path: c.Name + "@" + c.Version, Kind: diag.Missing, Message: "module not in the cache"})
		}
	}
	return report.New(h, inv, j), p
}

func compare(t testing.TB, base *rulebase.Base, old, now state) *Delta {
	t.Helper()
	b, _ := old.report(t, base)
	h, p := now.report(t, base)
	again := assess.Judge(assess.Input{Inventory: b.Inventory(), Base: base, Policy: p, AsOf: now.asOf}).Findings
	return Of(b, h, again)
}

// brief is what a case is about: changes, and new and gone findings with their
// causes, notes left out.
func (d *Delta) brief() []string {
	var out []string
	for _, c := range d.Changed {
		out = append(out, fmt.Sprintf("~ %s %s→%s %s→%s %s by %s", c.Head.Name, c.Base.Version, c.Head.Version, c.Base.License, c.Head.License, strings.Join(c.What, ","), c.Cause))
	}
	for _, c := range d.Added {
		out = append(out, "+ "+c.Name)
	}
	for _, c := range d.Removed {
		out = append(out, "- "+c.Name)
	}
	for _, f := range d.New {
		if f.Severity != diag.Note {
			out = append(out, fmt.Sprintf("new %s %s by %s", f.Code, strings.TrimPrefix(f.Component, "pkg:"), f.Cause))
		}
	}
	for _, f := range d.Gone {
		if f.Severity != diag.Note {
			out = append(out, fmt.Sprintf("gone %s %s", f.Code, strings.TrimPrefix(f.Component, "pkg:")))
		}
	}
	for _, n := range d.NotCompared {
		out = append(out, "not compared "+n.Path)
	}
	return out
}

const waiver = "version: 1\nwaivers:\n  - {finding: RKH1001, component: example.com/gpl, reason: r, owner: o, until: 2026-06-30}\n"

func TestOf(t *testing.T) {
	base := testBase(t)
	for _, tt := range []struct {
		name     string
		old, now state
		want     []string
	}{
		{"nothing", state{components: []string{"example.com/a v1 GPL-3.0-only"}}, state{components: []string{"example.com/a v1 GPL-3.0-only"}}, nil},
		{"three things: a license, a waiver, a model", state{
			components: []string{"example.com/lib v1 MIT", "example.com/gpl v1 GPL-3.0-only", "example.com/ok v1 MIT", "models/org/one v1 Apache-2.0"},
			policy:     waiver, asOf: "2026-06-01",
		}, state{
			components: []string{"example.com/lib v2 BUSL-1.1", "example.com/gpl v1 GPL-3.0-only", "example.com/ok v1 MIT", "models/org/two v7 CC-BY-NC-4.0"},
			policy:     waiver, asOf: "2026-07-01",
		}, []string{
			"~ example.com/lib v1→v2 MIT→BUSL-1.1 version,license,obligations by project",
			"~ models/org/two v1→v7 Apache-2.0→CC-BY-NC-4.0 replaced,version,license,obligations by project",
			"new RKH1001 golang/example.com/gpl@v1 by waiver",
			"new RKH1002 golang/example.com/lib@v2 by project",
			"new RKH1002 huggingface/org/two@v7 by project",
			"new RKH6003 golang/example.com/gpl@v1 by waiver",
		}},
		{"a bump that keeps what is wrong", state{components: []string{"example.com/a v1 GPL-3.0-only"}}, state{components: []string{"example.com/a v2 GPL-3.0-only"}},
			[]string{"~ example.com/a v1→v2 GPL-3.0-only→GPL-3.0-only version by project"}},
		{"came and went", state{components: []string{"example.com/a v1 MIT", "example.com/b v1 BUSL-1.1"}}, state{components: []string{"example.com/a v1 MIT", "example.com/c v1 NONE"}},
			[]string{"+ example.com/c", "- example.com/b", "new RKH1201 golang/example.com/c@v1 by project", "gone RKH1002 golang/example.com/b@v1"}},
		{"a stricter policy", state{components: []string{"example.com/a v1 MIT"}}, state{components: []string{"example.com/a v1 MIT"}, policy: "version: 1\ndeny: [MIT]\n"},
			[]string{"new RKH1004 golang/example.com/a@v1 by policy"}},
		{"a looser policy", state{components: []string{"example.com/a v1 BUSL-1.1"}}, state{components: []string{"example.com/a v1 BUSL-1.1"}, policy: "version: 1\ndefault: profile\nallow: [BUSL-1.1]\n"},
			[]string{"gone RKH1002 golang/example.com/a@v1"}},
		{"waived now", state{components: []string{"example.com/gpl v1 GPL-3.0-only"}}, state{components: []string{"example.com/gpl v1 GPL-3.0-only"}, policy: waiver, asOf: "2026-06-01"},
			[]string{"gone RKH1001 golang/example.com/gpl@v1"}},
		{"a text that other rules read otherwise", state{components: []string{"example.com/a v1 MIT"}, rules: "one"}, state{components: []string{"example.com/a v1 BUSL-1.1"}, rules: "two"},
			[]string{"~ example.com/a v1→v1 MIT→BUSL-1.1 license,obligations by rules", "new RKH1002 golang/example.com/a@v1 by rules"}},
		{"other rules, and another version", state{components: []string{"example.com/a v1 MIT"}, rules: "one"}, state{components: []string{"example.com/a v2 BUSL-1.1"}, rules: "two"},
			[]string{"~ example.com/a v1→v2 MIT→BUSL-1.1 version,license,obligations by project", "new RKH1002 golang/example.com/a@v2 by project"}},
		{"other rules and another policy count as the policy", state{components: []string{"example.com/a v1 MIT"}, rules: "one"},
			state{components: []string{"example.com/a v1 MIT"}, policy: "version: 1\ndeny: [MIT]\n", rules: "two"},
			[]string{"new RKH1004 golang/example.com/a@v1 by policy"}},
		{"not at hand before", state{components: []string{"example.com/a v1 unread", "example.com/b v1 unread"}}, state{components: []string{"example.com/a v2 BUSL-1.1"}},
			[]string{
				"~ example.com/a v1→v2 NOASSERTION→BUSL-1.1 version by project", "- example.com/b", "new RKH1002 golang/example.com/a@v2 by project",
				"not compared example.com/a@v1", "not compared example.com/b@v1",
			}},
		{"two versions of one module", state{components: []string{"example.com/a v1 MIT", "example.com/a v2 MIT"}}, state{components: []string{"example.com/a v1 MIT", "example.com/a v3 MIT"}},
			[]string{"~ example.com/a v2→v3 MIT→MIT version by project"}},
		{"from two versions to one", state{components: []string{"example.com/a v1 MIT", "example.com/a v2 MIT"}}, state{components: []string{"example.com/a v3 MIT"}},
			[]string{"+ example.com/a", "- example.com/a", "- example.com/a"}},
	} {
		if diff := cmp.Diff(tt.want, compare(t, base, tt.old, tt.now).brief()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
	}
}

// What an old judgement of the same facts says decides; without it a finding is
// told to come from the rules only where its component is the very same.
func TestWithoutOldJudgement(t *testing.T) {
	base := testBase(t)
	b, _ := state{components: []string{"example.com/a v1 MIT", "example.com/b v1 MIT"}, rules: "one"}.report(t, base)
	h, _ := state{components: []string{"example.com/a v1 BUSL-1.1", "example.com/b v2 BUSL-1.1"}, rules: "two"}.report(t, base)
	var got []string
	for _, f := range Of(b, h, nil).New {
		if f.Severity == diag.Error {
			got = append(got, f.Component+" "+f.Cause)
		}
	}
	if d := cmp.Diff([]string{"pkg:golang/example.com/a@v1 rules", "pkg:golang/example.com/b@v2 project"}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Nothing differs from itself; what comes in one direction goes in the other;
// every component and every finding is in exactly one place.
func TestLaws(t *testing.T) {
	base := testBase(t)
	rng := rand.New(rand.NewPCG(8, 9))
	draw := func() state {
		var s state
		for i := range 6 {
			if rng.IntN(3) == 0 {
				continue
			}
			license := []string{"MIT", "GPL-3.0-only", "BUSL-1.1", "NONE", "unread", "MPL-2.0"}[rng.IntN(6)]
			s.components = append(s.components, fmt.Sprintf("example.com/m%d v%d %s", i, 1+rng.IntN(2), license))
		}
		s.rules = []string{"one", "two"}[rng.IntN(2)]
		if rng.IntN(2) == 0 {
			s.policy, s.asOf = "version: 1\ndeny: [MPL-2.0]\nwaivers:\n  - {finding: RKH1001, component: \"**\", reason: r, owner: o, until: 2026-06-30}\n", []string{"2026-06-01", "2026-07-01"}[rng.IntN(2)]
		}
		return s
	}
	for range 60 {
		one, two := draw(), draw()
		a, _ := one.report(t, base)
		b, _ := two.report(t, base)
		if d := compare(t, base, one, one); len(d.New)+len(d.Gone)+len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Obligations.Added)+len(d.Obligations.Removed) > 0 {
			t.Errorf("%v differs from itself: %v", one, d.brief())
		}
		there, back := compare(t, base, one, two), compare(t, base, two, one)
		ids := func(list []Component) (out []string) {
			for _, c := range list {
				out = append(out, c.ID)
			}
			return out
		}
		if d := cmp.Diff(ids(there.Added), ids(back.Removed)); d != "" {
			t.Errorf("%v to %v and back\n%s", one, two, d)
		}
		if d := cmp.Diff(there.Obligations.Added, back.Obligations.Removed); d != "" {
			t.Errorf("%v to %v and back\n%s", one, two, d)
		}
		if n := len(there.Added) + len(there.Changed) + same(a, b); n != len(b.Components) {
			t.Errorf("%v to %v: %d of %d components are told", one, two, n, len(b.Components))
		}
		waived, known := 0, 0
		for _, f := range b.Findings {
			if f.Waived != nil {
				waived++
			} else if slices.ContainsFunc(a.Findings, func(g diag.Finding) bool {
				return g.Fingerprint == f.Fingerprint && g.Waived == nil && g.Severity.Rank() <= f.Severity.Rank()
			}) {
				known++
			}
		}
		if len(there.New)+waived+known != len(b.Findings) {
			t.Errorf("%v to %v: %d new, %d waived, %d known of %d", one, two, len(there.New), waived, known, len(b.Findings))
		}
		n := there.Summary.New
		if n.Error+n.Warning+n.Note+there.Summary.ByRules != len(there.New) {
			t.Errorf("%+v of %d new findings", there.Summary, len(there.New))
		}
		var text strings.Builder
		if err := there.Text(&text, true); err != nil {
			t.Error(err)
		}
		for _, f := range there.New {
			if !strings.Contains(text.String(), f.Message) {
				t.Errorf("%v to %v: the text does not say %q\n%s", one, two, f.Message, text.String())
			}
		}
	}
}

// same counts the components that are the same in both reports.
func same(a, b *report.Report) int {
	n := 0
	for i := range b.Components {
		x := &b.Components[i]
		for k := range a.Components {
			y := &a.Components[k]
			if x.ID == y.ID && (y.Property(inventory.Unread) != "" || x.License.Concluded == y.License.Concluded && sameSet(x.Texts, y.Texts) && slices.Equal(x.Obligations, y.Obligations)) {
				n++
			}
		}
	}
	return n
}
