package compat

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// everyRule lists all licenses with a rule; with -short one of each kind.
func everyRule(t testing.TB, k known) []Term {
	if testing.Short() {
		return kindsOf(t, k)
	}
	others := slices.DeleteFunc(kindsOf(t, k), func(x Term) bool { return sideOf(x).full() })
	return append(terms(t, k, func(h rulebase.Head) bool { return h.File != "" }), append(others, Proprietary())...)
}

// kindsOf picks licenses of every kind that answers depend on: one of each
// set of properties.
func kindsOf(t testing.TB, k known) []Term {
	t.Helper()
	seen := map[string]bool{}
	out := []Term{Proprietary(), {Text: "LicenseRef-nobody"}}
	for _, x := range terms(t, k, func(rulebase.Head) bool { return true }) {
		l := x.License
		s := sideOf(x)
		shape := fmt.Sprint(s.kind, s.scope, s.full(), s.grant("share").Answer, l.Category, l.Conditions, l.Accepts, len(l.Undecided), len(l.RelicenseTo))
		if !seen[shape] {
			seen[shape] = true
			out = append(out, x)
		}
	}
	return out
}

func terms(t testing.TB, k known, f func(rulebase.Head) bool) []Term {
	t.Helper()
	var out []Term
	for h := range k.Heads() {
		if !h.Exception && f(h) {
			out = append(out, Term{Text: h.ID, License: k.License(h.ID)})
		}
	}
	return out
}

// A work under the very same terms is never refused, and where sharing changes
// is excluded a person decides.
func TestSame(t *testing.T) {
	k := testBase(t)
	c := New(k)
	for _, x := range append(terms(t, k, func(rulebase.Head) bool { return true }), Proprietary()) {
		for _, rel := range Relations() {
			v := c.Terms(x, x, rel)
			ask := x.License.Category == noDerivatives || x.License.Category == proprietary
			if v.Verdict == No || ask && v.Verdict != Check && rel != Train {
				t.Errorf("%s (%s), %s: %s", x.Text, x.License.Category, rel, v.Verdict)
			}
		}
	}
}

// Over all pairs of rules: what may be merged may be linked; what limits its
// users is never let through silently into open terms; nothing unknown is a yes;
// an answer that is not yes has a reason, a no has no duties.
func TestPairs(t *testing.T) {
	k := testBase(t)
	all := everyRule(t, k)
	for _, out := range all {
		c := New(k)
		for _, in := range all {
			m, l := c.Terms(out, in, Merge), c.Terms(out, in, Link)
			if m.Verdict == Yes && l.Verdict != Yes {
				t.Errorf("%s <- %s: merge yes, link %s: %s", out.Text, in.Text, l.Verdict, l.Reason)
			}
			checkVerdict(t, out, in, m)
			checkVerdict(t, out, in, l)
		}
	}
}

// The same holds for files inside a binary and for training.
func TestPairsOfKinds(t *testing.T) {
	k := testBase(t)
	c := New(k)
	all := kindsOf(t, k)
	for _, out := range all {
		for _, in := range all {
			checkVerdict(t, out, in, c.Terms(out, in, Embed))
			checkVerdict(t, out, in, c.Terms(out, in, Train))
		}
	}
}

func checkVerdict(t *testing.T, out, in Term, v Verdict) {
	t.Helper()
	o, i := sideOf(out), sideOf(in)
	switch {
	case v.Reason == "" || v.Verdict.rank() < 0:
		t.Errorf("%s <- %s, %s: no answer or no reason: %+v", out.Text, in.Text, v.Relation, v)
	case v.Verdict == No && len(v.Duties) > 0:
		t.Errorf("%s <- %s, %s: no with duties", out.Text, in.Text, v.Relation)
	case v.Verdict == Yes && (!i.known() || !o.known() && v.Relation != Train):
		t.Errorf("%s <- %s, %s: yes though not known", out.Text, in.Text, v.Relation)
	case v.Verdict == Yes && i.kind == restricted && o.kind != restricted && (v.Relation != Train || i.License.Train == nil):
		t.Errorf("%s <- %s, %s: yes for restricted terms", out.Text, in.Text, v.Relation)
	}
}

// One more license that holds beside another never makes an answer better, and
// never takes a duty away while the answer stays.
func TestMoreLicenses(t *testing.T) {
	k := testBase(t)
	c := New(k)
	full := kindsOf(t, k)
	permissive := terms(t, k, func(h rulebase.Head) bool { return h.File != "" && h.Category == "permissive" })
	if len(permissive) == 0 {
		t.Fatal("no permissive license with a rule")
	}
	for n, in := range full {
		add := permissive[n%len(permissive)]
		for _, out := range full {
			for _, rel := range []Relation{Merge, Link} {
				one := c.Expressions([][]Term{{out}}, [][]Term{{in}}, rel)
				both := c.Expressions([][]Term{{out}}, [][]Term{{in, add}}, rel)
				if both.Verdict.Better(one.Verdict) {
					t.Errorf("%s <- %s: %s, and AND %s makes it %s", out.Text, in.Text, one.Verdict, add.Text, both.Verdict)
				}
				if both.Verdict == No {
					continue
				}
				for _, d := range one.Duties {
					if !slices.ContainsFunc(both.Duties, func(e Duty) bool { return e.ID == d.ID && e.Clause == d.Clause }) {
						t.Errorf("%s <- %s AND %s: %s is gone", out.Text, in.Text, add.Text, d.ID)
					}
				}
			}
		}
	}
}

// A choice takes the best branch, wherever it stands.
func TestChoice(t *testing.T) {
	k := testBase(t)
	c := New(k)
	full := kindsOf(t, k)
	for n, out := range full {
		for m, a := range full[n%3:] {
			b := full[(m*5+n)%len(full)]
			va, vb := c.Terms(out, a, Link), c.Terms(out, b, Link)
			best := va.Verdict
			if vb.Verdict.Better(best) {
				best = vb.Verdict
			}
			for _, in := range [][][]Term{{{a}, {b}}, {{b}, {a}}} {
				if v := c.Expressions([][]Term{{out}}, in, Link); v.Verdict != best {
					t.Errorf("%s <- %s: %s, want %s", out.Text, v.Inbound, v.Verdict, best)
				}
			}
		}
	}
}

// The walk over licenses that name each other ends, and says what it skipped
// to nobody: a term that the base does not hold has no moves.
func TestMoves(t *testing.T) {
	k := testBase(t)
	c := New(k)
	for _, x := range terms(t, k, func(rulebase.Head) bool { return true }) {
		moves := c.MovesOf(x)
		if len(moves) == 0 || moves[0] != x.Text {
			t.Errorf("%s: moves %q do not start with itself", x.Text, moves)
		}
		if sorted := slices.Compact(slices.Sorted(slices.Values(moves))); len(sorted) != len(moves) {
			t.Errorf("%s: %q names a license twice", x.Text, moves)
		}
		for _, v := range c.Versions(x) {
			if !slices.Contains(moves, v.Text) {
				t.Errorf("%s: version %s is no move", x.Text, v.Text)
			}
		}
	}
	if got := c.MovesOf(Term{Text: "LicenseRef-nobody"}); got != nil {
		t.Errorf("moves of an unknown license: %q", got)
	}
}
