package compat

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

// known is the rule base as compat asks it.
type known struct{ *rulebase.Base }

func (k known) License(id string) *rulebase.License {
	l, err := k.Base.License(id)
	if err != nil {
		return nil
	}
	return l
}

func testBase(t testing.TB) known {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return known{b}
}

// branches reads an expression, or one name as the tables write it.
func branches(t testing.TB, k known, text string) [][]Term {
	t.Helper()
	if text == Proprietary().Text {
		return [][]Term{{Proprietary()}}
	}
	if h, ok := k.Lookup(text); ok {
		text = h.ID
	}
	e, err := spdx.Parse(text, k.SPDX())
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	dnf, _ := spdx.DNF(e, 16)
	var out [][]Term
	for _, licenses := range dnf {
		var terms []Term
		for _, l := range licenses {
			term := Term{Text: l.String(), License: k.License(l.ID)}
			if l.Exception != "" {
				term.Exception = &rulebase.Exception{ID: l.Exception}
				if x, err := k.Exception(l.Exception); err == nil {
					term.Exception = x
				}
			}
			terms = append(terms, term)
		}
		out = append(out, terms)
	}
	return out
}

func shared(t *testing.T, name string) [][]string {
	t.Helper()
	root := os.Getenv("RUKHSA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(root, "corpus", name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no corpus: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	for s := bufio.NewScanner(f); s.Scan(); {
		rows = append(rows, strings.Split(s.Text(), "\t"))
	}
	if len(rows) < 2 {
		t.Fatalf("%s is empty", name)
	}
	return rows[1:]
}

// TestTruth scores the answers against the table of compatibility. A yes where
// no is right is never let through. Rows of merge whose licenses have rules are
// right in 98 of 100, and always where a text or a steward is their source;
// link is reported, for one source alone speaks of it.
func TestTruth(t *testing.T) {
	k := testBase(t)
	c := New(k)
	type score struct{ right, all, without int }
	scores := map[Relation]*score{Merge: {}, Link: {}}
	for _, row := range shared(t, "compat.tsv") {
		want, rel := Answer(row[2]), Relation(row[4])
		s := scores[rel]
		if s == nil {
			t.Fatalf("unknown relation %q", rel)
		}
		out, in := branches(t, k, row[0]), branches(t, k, row[1])
		v := c.Expressions(out, in, rel)
		if v.Verdict == Yes && want == No {
			t.Errorf("yes where no is right: %s: %s", strings.Join(row, " | "), v.Reason)
		}
		if !sideOf(out[0][0]).full() || !sideOf(in[0][0]).full() {
			s.without++
			continue
		}
		s.all++
		if v.Verdict == want {
			s.right++
			continue
		}
		matrix := strings.HasPrefix(row[3], "OSADL matrix 2") || strings.HasPrefix(row[3], "RecLicense")
		if rel == Merge && !matrix {
			t.Errorf("%s: got %s: %s", strings.Join(row, " | "), v.Verdict, v.Reason)
		} else {
			t.Logf("%s: got %s: %s", strings.Join(row, " | "), v.Verdict, v.Reason)
		}
	}
	for _, rel := range []Relation{Merge, Link} {
		s := scores[rel]
		t.Logf("compat, %s: %d of %d rows right, %d without a rule", rel, s.right, s.all, s.without)
		if rel == Merge && float64(s.right) < 0.98*float64(s.all) {
			t.Errorf("merge: %d of %d rows right, want 98 %%", s.right, s.all)
		}
	}
}

// Answers that the texts settle, and their reasons.
func TestExpressions(t *testing.T) {
	k := testBase(t)
	c := New(k)
	for _, tt := range []struct {
		out, in string
		rel     Relation
		want    Answer
		clause  string // one of the clauses
		duty    string // one of the duties, "" for none
	}{
		{"GPL-2.0-only", "Apache-2.0", Link, No, "GPL-2.0-only 6", ""},
		{"GPL-2.0-only", "Apache-2.0", Merge, No, "GPL-2.0-only 6", ""},
		{"GPL-3.0-only", "Apache-2.0", Link, Yes, "", "include-license-text/Apache-2.0"},
		{"GPL-2.0-only", "MIT OR Apache-2.0", Link, Yes, "", "include-license-text/MIT"},
		{"GPL-2.0-only", "MIT AND Apache-2.0", Link, No, "GPL-2.0-only 6", ""},
		{"GPL-2.0-only OR GPL-3.0-only", "Apache-2.0", Link, Check, "", ""},
		{"MIT", "GPL-3.0-only", Link, No, "GPL-3.0-only 5(c)", ""},
		{"MIT", "GPL-2.0-only WITH Classpath-exception-2.0", Merge, No, "", ""},
		{"MIT", "MPL-2.0", Link, Yes, "", "disclose-source/MPL-2.0"},
		{"MIT", "MPL-2.0", Merge, No, "", ""},
		{"proprietary", "MPL-2.0", Link, Yes, "", "disclose-source/MPL-2.0"},
		{"proprietary", "MIT", Link, Yes, "", "include-license-text/MIT"},
		{"proprietary", "LGPL-3.0-only", Link, Check, "LGPL-3.0-only 4(d)", "relink/LGPL-3.0-only"},
		{"MIT", "LGPL-3.0-only", Link, Yes, "", "disclose-source/LGPL-3.0-only"},
		{"proprietary", "GPL-3.0-only", Link, No, "", ""},
		{"proprietary", "proprietary", Link, Check, "", ""},
		{"GPL-2.0-or-later", "GPL-3.0-only", Merge, No, "", ""},
		{"GPL-3.0-only", "GPL-2.0-or-later", Merge, Yes, "", ""},
		{"GPL-3.0-only", "LGPL-2.1-only", Merge, Yes, "LGPL-2.1-only 3", ""},
		{"GPL-2.0-only", "LGPL-3.0-only", Link, No, "", ""},
		{"MPL-2.0", "MPL-1.1", Merge, Yes, "MPL-1.1 6.2", ""},
		{"GPL-3.0-only", "MPL-2.0", Merge, Yes, "MPL-2.0 3.3", ""},
		{"GPL-3.0-only", "MPL-1.1", Merge, No, "", ""}, // MPL-2.0 1.5(b)
		{"AGPL-3.0-only", "GPL-3.0-only", Link, Check, "", ""},
		{"MIT", "LicenseRef-nobody", Link, Check, "", ""},
		{"LicenseRef-nobody", "MIT", Link, Check, "", ""},
		{"LicenseRef-nobody", "LicenseRef-nobody", Merge, Check, "", ""},
		{"MIT", "CC0-1.0", Train, Yes, "", ""},
		{"MIT", "MIT", Train, Check, "", ""},
		{"MIT", "MIT", Embed, Yes, "", ""},
	} {
		v := c.Expressions(branches(t, k, tt.out), branches(t, k, tt.in), tt.rel)
		if v.Verdict != tt.want {
			t.Errorf("%s <- %s, %s: %s, want %s: %s", tt.out, tt.in, tt.rel, v.Verdict, tt.want, v.Reason)
			continue
		}
		if tt.clause != "" && !slices.ContainsFunc(v.Clauses, func(s string) bool { return strings.HasPrefix(s, tt.clause) }) {
			t.Errorf("%s <- %s, %s: clauses %q, want %s", tt.out, tt.in, tt.rel, v.Clauses, tt.clause)
		}
		if tt.duty != "" && !slices.ContainsFunc(v.Duties, func(d Duty) bool { return d.ID == tt.duty }) {
			t.Errorf("%s <- %s, %s: duties %v, want %s", tt.out, tt.in, tt.rel, v.Duties, tt.duty)
		}
		if v.Reason == "" || v.Clauses == nil || v.Duties == nil || v.Outbound == "" || v.Inbound == "" || v.Relation != tt.rel {
			t.Errorf("%s <- %s, %s: incomplete answer %+v", tt.out, tt.in, tt.rel, v)
		}
	}
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
		for _, rel := range []Relation{Merge, Link} {
			v := c.Terms(x, x, rel)
			ask := x.License.Category == noDerivatives || x.License.Category == proprietary
			if v.Verdict == No || ask && v.Verdict != Check {
				t.Errorf("%s (%s), %s: %s", x.Text, x.License.Category, rel, v.Verdict)
			}
		}
	}
}

// Over all pairs: what may be merged may be linked; what limits its users is
// never let through silently into open terms; nothing unknown is a yes; an
// answer that is not yes has a reason, a no has no duties.
func TestPairs(t *testing.T) {
	k := testBase(t)
	c := New(k)
	all := kindsOf(t, k)
	for _, out := range all {
		for _, in := range all {
			m, l := c.Terms(out, in, Merge), c.Terms(out, in, Link)
			if m.Verdict == Yes && l.Verdict != Yes {
				t.Errorf("%s <- %s: merge yes, link %s: %s", out.Text, in.Text, l.Verdict, l.Reason)
			}
			for _, v := range []Verdict{m, l, c.Terms(out, in, Embed), c.Terms(out, in, Train)} {
				checkVerdict(t, out, in, v)
			}
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
	case v.Verdict == Yes && i.kind == restricted && o.kind != restricted:
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

func TestAnswers(t *testing.T) {
	order := []Answer{Yes, Check, No}
	for i, a := range order {
		for k, b := range order {
			if got := a.Better(b); got != (i < k) {
				t.Errorf("%s.Better(%s) = %v", a, b, got)
			}
			if got, want := Worst(a, b), order[max(i, k)]; got != want {
				t.Errorf("Worst(%s, %s) = %s", a, b, got)
			}
		}
	}
}
