package compat

import (
	"bufio"
	"errors"
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
		{"EPL-2.0", "EUPL-1.2", Merge, No, "", ""}, // the Appendix names EPL-1.0
		{"EPL-1.0", "EUPL-1.2", Merge, Yes, "EUPL-1.2 5", ""},
		{"EUPL-1.2", "EUPL-1.1", Merge, Yes, "EUPL-1.1 5", ""},
		{"GPL-3.0-only", "EUPL-1.1", Merge, Yes, "EUPL-1.1 5", ""}, // over EUPL-1.2
		{"MPL-2.0", "CECILL-2.1", Merge, No, "", ""},
		{"EUPL-1.2", "CECILL-2.1", Merge, Yes, "CECILL-2.1 5.3.4", ""},
		{"EPL-2.0", "EPL-1.0", Merge, Yes, "EPL-1.0 7", ""},
		{"GPL-2.0-only", "EPL-1.0", Merge, No, "", ""},    // no Exhibit A came with it
		{"GPL-2.0-only", "EPL-2.0", Merge, Check, "", ""}, // Exhibit A decides
		{"EPL-2.0", "GPL-1.0-or-later", Merge, No, "", ""},
		{"GPL-3.0-only", "CC-BY-SA-4.0", Merge, Yes, "CC-BY-SA-4.0 3(b)(1)", ""},
		{"GPL-3.0-only", "CC-BY-SA-3.0", Merge, Check, "CC-BY-SA-3.0 4(b)", ""},
		{"GPL-3.0-only", "CC-BY-SA-2.5", Merge, Check, "CC-BY-SA-2.5 4(b)", ""},
		{"GPL-3.0-only", "CC-BY-SA-2.0", Merge, Check, "CC-BY-SA-2.0 4(b)", ""},
		{"MIT", "MS-PL", Merge, No, "MS-PL 3(D)", ""},
		{"MIT", "MS-PL", Link, Yes, "MS-PL 3(D)", "compatible-terms/MS-PL"},
		{"MS-PL", "BSD-4-Clause", Merge, Yes, "", ""},
		{"GPL-3.0-only", "MS-PL", Link, No, "", ""},
		{"Apache-2.0", "OpenSSL", Merge, No, "OpenSSL SSLeay", ""},
		{"Apache-2.0", "OpenSSL", Link, Yes, "OpenSSL SSLeay", "ad-acknowledgement/OpenSSL"},
		{"MIT", "ODC-By-1.0", Merge, No, "ODC-By-1.0 4.2(a)", ""},
		{"proprietary", "ODC-By-1.0", Embed, Yes, "ODC-By-1.0 4.2(a)", ""},
		{"GPL-2.0-only", "Apache-2.0 WITH LLVM-exception", Link, Yes, "LLVM-exception paragraph 2", ""},
		{"GPL-2.0-only", "Apache-2.0 WITH LLVM-exception", Merge, Check, "LLVM-exception paragraph 2", ""},
		{"EUPL-1.2", "Apache-2.0", Link, Check, "", ""},
		{"OSL-3.0", "Apache-2.0 WITH LLVM-exception", Link, No, "", ""}, // indemnity; the exception speaks of the GPL
		{"MIT", "CC0-1.0", Train, Yes, "", ""},
		{"MIT", "MIT", Train, Check, "", ""},
		{"MIT", "CC-BY-4.0", Train, Check, "", "state-changes/CC-BY-4.0"},
		{"MIT", "CDLA-Permissive-2.0", Train, Yes, "CDLA-Permissive-2.0 3.1", ""},
		{"proprietary", "CDLA-Sharing-1.0", Train, Yes, "CDLA-Sharing-1.0 1.11", ""},
		{"Apache-2.0", "llama2", Train, No, "LicenseRef-rukhsa-llama2 1.b.v", ""},
		{"llama2", "llama2", Train, Check, "LicenseRef-rukhsa-llama2 1.b.v", ""},
		{"Apache-2.0", "llama3.1", Train, Yes, "LicenseRef-rukhsa-llama3.1 1.b.i", "name-prefix/LicenseRef-rukhsa-llama3.1"},
		{"Apache-2.0", "gemma", Train, Check, "LicenseRef-rukhsa-gemma 1.1(e)", ""},
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

// A text that does not speak of training leaves its duties to be confirmed; one
// that lets results go free asks for nothing.
func TestTrainDuties(t *testing.T) {
	k := testBase(t)
	c := New(k)
	for _, in := range terms(t, k, func(h rulebase.Head) bool { return h.File != "" }) {
		v := c.Terms(Proprietary(), in, Train)
		for _, d := range v.Duties {
			if v.Verdict == Check && d.Status != "confirm" && !speaksOfTraining(d.When) {
				t.Errorf("%s: %s is %s though %s", in.Text, d.ID, d.Status, v.Reason)
			}
		}
		if v.Verdict == Yes && slices.Contains(in.License.DesignedFor, "dataset") && in.License.Category != proprietary && len(v.Duties) > 0 {
			t.Errorf("%s: yes, and asks for %v", in.Text, v.Duties)
		}
	}
}

// shelf is a rule base of a test.
type shelf map[string]*rulebase.License

func (s shelf) License(id string) *rulebase.License { return s[id] }

// A way that ends leads nowhere from there, unless another way leads there and
// on.
func TestWaysEnd(t *testing.T) {
	to := func(ids ...string) []rulebase.Relicense { return []rulebase.Relicense{{IDs: ids, Clause: "1"}} }
	s := shelf{
		"A": {ID: "A", LaterVersion: &rulebase.Later{IDs: []string{"B"}, Last: true, Clause: "9"}},
		"B": {ID: "B", RelicenseTo: to("C")},
		"C": {ID: "C"},
		"D": {ID: "D", Last: to("B"), RelicenseTo: to("E")},
		"E": {ID: "E", RelicenseTo: to("B", "A")},
		"F": {ID: "F", RelicenseTo: to("A"), Last: to("D")},
	}
	c := New(s)
	for id, want := range map[string]string{"A": "A B", "B": "B C", "C": "C", "D": "D E B A C", "F": "F A D B"} {
		if got := strings.Join(c.MovesOf(Term{Text: id, License: s[id]}), " "); got != want {
			t.Errorf("%s moves to %q, want %q", id, got, want)
		}
	}
	m, ok := c.moveTo(sideOf(Term{Text: "D", License: s["D"]}), sideOf(Term{Text: "C", License: s["C"]}))
	if !ok || m.steps != 3 || strings.Join(m.clauses, ", ") != "D 1, E 1, B 1" {
		t.Errorf("D to C: %+v, %v", m, ok)
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
