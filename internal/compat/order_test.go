package compat

import (
	"os"
	"strings"
	"testing"
)

// A license that asks for more than another never fits better, whatever the
// work goes into.
func TestStricter(t *testing.T) {
	k := testBase(t)
	c, outs := New(k), everyRule(t, k)
	text, err := os.ReadFile("testdata/stricter.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		mild, strict, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("%q: want two licenses", line)
		}
		m, s := branches(t, k, mild), branches(t, k, strict)
		for _, out := range outs {
			if out.Text == s[0][0].Text {
				continue
			}
			for _, rel := range []Relation{Merge, Link, Embed} {
				one, two := c.Expressions([][]Term{{out}}, m, rel), c.Expressions([][]Term{{out}}, s, rel)
				if two.Verdict.Better(one.Verdict) {
					t.Errorf("%s: %s is %s (%s), and the stricter %s is %s (%s)", out.Text, mild, one.Verdict, one.Reason, strict, two.Verdict, two.Reason)
				}
			}
		}
	}
}

// What is no more than notices and conditions goes into a later version of a
// copyleft where it goes into an earlier one, and the same way into the forms
// of one version.
func TestVersionsOfCopyleft(t *testing.T) {
	k := testBase(t)
	c := New(k)
	ladders := [][]string{
		{"GPL-1.0-only", "GPL-2.0-only", "GPL-3.0-only", "AGPL-3.0-only"},
		{"LGPL-2.0-only", "LGPL-2.1-only", "LGPL-3.0-only", "GPL-3.0-only"},
		{"EPL-2.0", "EPL-1.0"}, // 1.0 names a law of its own
		{"MPL-2.0", "MPL-1.1"},
		{"CDDL-1.0", "CDDL-1.1"},
		{"CC-BY-SA-2.0", "CC-BY-SA-2.5", "CC-BY-SA-3.0"},
		{"OSL-2.1", "OSL-3.0"},
		{"SSPL-1.0", "GPL-3.0-only"},
	}
	alike := [][]string{
		{"GPL-2.0-only", "GPL-2.0-or-later", "LGPL-2.1-only", "LGPL-2.1-or-later"},
		{"GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0-only", "AGPL-3.0-only", "SSPL-1.0"},
		{"MPL-2.0", "MPL-2.0-no-copyleft-exception"},
		{"EUPL-1.1", "EUPL-1.2"},
	}
	for _, in := range everyRule(t, k) {
		if s := sideOf(in); s.kind != free || s.scope != scopeNone {
			continue
		}
		answer := func(id string) Answer { return c.Terms(Term{Text: id, License: k.License(id)}, in, Merge).Verdict }
		for _, l := range ladders {
			for i := range l[1:] {
				if answer(l[i]).Better(answer(l[i+1])) {
					t.Errorf("%s: %s into %s, %s into %s", in.Text, answer(l[i]), l[i], answer(l[i+1]), l[i+1])
				}
			}
		}
		for _, l := range alike {
			for _, id := range l[1:] {
				if answer(id) != answer(l[0]) {
					t.Errorf("%s: %s into %s, %s into %s", in.Text, answer(l[0]), l[0], answer(id), id)
				}
			}
		}
	}
}
