package compat

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

// known is the rule base as compat asks it, with what it asked for.
type known struct {
	*rulebase.Base
	read map[string]*rulebase.License
}

func (k known) License(id string) *rulebase.License {
	l, ok := k.read[id]
	if !ok {
		l, _ = k.Base.License(id)
		k.read[id] = l
	}
	return l
}

func testBase(t testing.TB) known {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return known{b, map[string]*rulebase.License{}}
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

// TestTruth scores the answers against the table of compatibility. A yes where
// no is right is never let through. Rows of merge whose licenses have rules are
// right in 98 of 100, and always where a text or a steward is their source;
// link is reported, for one source alone speaks of it.
func TestTruth(t *testing.T) {
	k := testBase(t)
	c := New(k)
	type score struct{ right, all, without int }
	scores := map[Relation]*score{Merge: {}, Link: {}}
	for _, row := range truthtest.Rows(t, "corpus", "compat.tsv") {
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

// Answers that the texts settle, with one of their clauses and duties.
func TestAnswersOfTexts(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "answers.txt"))
	if err != nil {
		t.Fatal(err)
	}
	k := testBase(t)
	c := New(k)
	n := 0
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := append(strings.Split(strings.TrimSpace(line), " | "), "", "")
		if len(cells) < 6 || len(cells) > 8 {
			t.Fatalf("%q: not outbound | inbound | relation | answer | clause | duty", line)
		}
		n++
		out, in, rel, want, clause, duty := cells[0], cells[1], Relation(cells[2]), Answer(cells[3]), cells[4], cells[5]
		v := c.Expressions(branches(t, k, out), branches(t, k, in), rel)
		if v.Verdict != want {
			t.Errorf("%s <- %s, %s: %s, want %s: %s", out, in, rel, v.Verdict, want, v.Reason)
			continue
		}
		if clause != "" && !slices.ContainsFunc(v.Clauses, func(s string) bool { return strings.HasPrefix(s, clause) }) {
			t.Errorf("%s <- %s, %s: clauses %q, want %s", out, in, rel, v.Clauses, clause)
		}
		if duty != "" && !slices.ContainsFunc(v.Duties, func(d Duty) bool { return d.ID == duty }) {
			t.Errorf("%s <- %s, %s: duties %v, want %s", out, in, rel, v.Duties, duty)
		}
		if v.Reason == "" || v.Clauses == nil || v.Duties == nil || v.Outbound == "" || v.Inbound == "" || v.Relation != rel {
			t.Errorf("%s <- %s, %s: incomplete answer %+v", out, in, rel, v)
		}
	}
	if n == 0 {
		t.Error("no answers")
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
