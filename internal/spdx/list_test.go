package spdx

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTables(t *testing.T) {
	licenses, exceptions := tables(t)
	l := NewList(licenses, exceptions)
	if err := l.Check(); err != nil {
		t.Error(err)
	}
	if &l.licenses[0] != &licenses[0] || &l.exceptions[0] != &exceptions[0] {
		t.Error("the tables are not sorted as NewList wants them")
	}
	for name, list := range map[string][]ListEntry{"licenses": licenses, "exceptions": exceptions} {
		deprecated, replaced := 0, 0
		for _, e := range list {
			if e.Deprecated {
				deprecated++
			}
			if e.Replacement != "" {
				replaced++
			}
		}
		got := [3]int{len(list), deprecated, replaced}
		want := map[string][3]int{"licenses": {740, 32, 31}, "exceptions": {86, 1, 1}}[name]
		if got != want {
			t.Errorf("%s: ids, deprecated, replaced are %v, want %v", name, got, want)
		}
	}
}

func TestUnsortedList(t *testing.T) {
	in := []ListEntry{{ID: "MIT"}, {ID: "0BSD"}, {ID: "apache"}}
	l := NewList(in, nil)
	for _, id := range []string{"mit", "0bsd", "APACHE"} {
		if _, ok := l.License(id); !ok {
			t.Errorf("%s not found", id)
		}
	}
	for _, id := range []string{"", "MI", "MITT", "zzz"} {
		if e, ok := l.License(id); ok {
			t.Errorf("%q found %v", id, e)
		}
	}
	if d := cmp.Diff([]ListEntry{{ID: "MIT"}, {ID: "0BSD"}, {ID: "apache"}}, in); d != "" {
		t.Errorf("NewList changed its argument (-want +got):\n%s", d)
	}
}

func TestCheck(t *testing.T) {
	l := NewList([]ListEntry{
		{ID: "A"}, {ID: "a"}, {ID: "b_c"}, {ID: "D", Replacement: "A"}, {ID: "E", Deprecated: true, Replacement: "nope"},
		{ID: "F", Deprecated: true, Replacement: "E"}, {ID: "G", Deprecated: true, Replacement: "(A)"},
	}, []ListEntry{{ID: "x", Deprecated: true, Replacement: "y"}})
	err := l.Check()
	if err == nil {
		t.Fatal("no fault found")
	}
	for _, want := range []string{
		"a: listed twice", "b_c: not an id", "D: has a replacement and is not deprecated",
		`E: replacement: unknown license id "nope"`, "F: replacement", `G: replacement "(A)" should be written "A"`,
		`x: replacement "y" is not an exception in use`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("missing %q in:\n%v", want, err)
		}
	}
}

func TestNear(t *testing.T) {
	l := testList(t)
	for _, c := range []struct{ in, want string }{
		{"Apache2", "Apache-2.0"},
		{"apache-v2", "Apache-2.0"},
		{"BSD3", "BSD-3-Clause"},
		{"MITT", "MIT"},
		{"GPL3", "GPL-3.0-only"},
		{"GPL-3.0-and-later", "GPL-3.0-or-later"},
		{"LGPLv2.1", "LGPL-2.1-only"},
		{"MPL2", "MPL-2.0"},
		{"MIT-License", "MIT"},
		{"ISC-License", "ISC"},
		{"Apache-License-2.0", "Apache-2.0"},
		{"utterly-different", ""},
		{strings.Repeat("a", 10000), ""},
		{"-", ""},
	} {
		got := append(nearLicense(c.in, l), "")[0]
		if got != c.want {
			t.Errorf("near(%.40s) = %q, want %q", c.in, got, c.want)
		}
	}
}

func BenchmarkNewList(b *testing.B) {
	licenses, exceptions := tables(b)
	b.ReportAllocs()
	for b.Loop() {
		NewList(licenses, exceptions)
	}
}

func BenchmarkParse(b *testing.B) {
	l := testList(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("(mit OR apache-2.0) AND GPL-2.0+ WITH classpath-exception-2.0", l); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnknown(b *testing.B) {
	l := testList(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("Apache2", l); err == nil {
			b.Fatal("accepted")
		}
	}
}

// The worst that a hostile expression within the limits costs.
func BenchmarkEqualHostile(b *testing.B) {
	many := "(" + chain("a", 3000, " OR ") + ") AND (" + chain("b", 3000, " OR ") + ")"
	x, y := lax(b, many), lax(b, many+" AND z")
	b.ReportAllocs()
	for b.Loop() {
		if Equal(x, y) {
			b.Fatal("equal")
		}
	}
}
