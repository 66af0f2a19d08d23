package spdx

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	l := testList(t)
	lic := func(id string) License { return License{ID: id} }
	for _, c := range []struct {
		in   string
		want Expr
	}{
		{"MIT", lic("MIT")},
		{" \tmit\r\n", lic("MIT")},
		{"NONE", None{}},
		{" NOASSERTION ", NoAssertion{}},
		{"LicenseRef-MiXed", lic("LicenseRef-MiXed")},
		{"DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2", lic("DocumentRef-spdx-tool-1.2:LicenseRef-MIT-Style-2")},
		{"LicenseRef-", nil},
		{"apache-2.0+", License{ID: "Apache-2.0", Plus: true}},
		{"MIT OR Apache-2.0 AND ISC", Or{[]Expr{lic("MIT"), And{[]Expr{lic("Apache-2.0"), lic("ISC")}}}}},
		{"(MIT OR Apache-2.0) AND ISC", And{[]Expr{Or{[]Expr{lic("MIT"), lic("Apache-2.0")}}, lic("ISC")}}},
		{"MIT and ISC or 0BSD", Or{[]Expr{And{[]Expr{lic("MIT"), lic("ISC")}}, lic("0BSD")}}},
		{"(MIT)AND(ISC)", And{[]Expr{lic("MIT"), lic("ISC")}}},
		{"(MIT AND (ISC AND 0BSD))", And{[]Expr{lic("MIT"), lic("ISC"), lic("0BSD")}}},
		{"MIT AND MIT", lic("MIT")},
		{"GPL-2.0 WITH classpath-exception-2.0", License{ID: "GPL-2.0-only", Exception: "Classpath-exception-2.0"}},
		{"GPL-2.0+ with Bison-exception-2.2", License{ID: "GPL-2.0-or-later", Exception: "Bison-exception-2.2"}},
		{"MIT WITH AdditionRef-x", License{ID: "MIT", Exception: "AdditionRef-x"}},
		{"MIT WITH DocumentRef-d:AdditionRef-x", License{ID: "MIT", Exception: "DocumentRef-d:AdditionRef-x"}},
		{"LicenseRef-x WITH LLVM-exception", License{ID: "LicenseRef-x", Exception: "LLVM-exception"}},
		{"LGPL-2.1-only WITH nokia-qt-exception-1.1", License{ID: "LGPL-2.1-only", Exception: "Qt-LGPL-exception-1.1"}},

		// Deprecated ids and "+".
		{"gpl-2.0", lic("GPL-2.0-only")},
		{"GPL-2.0+", lic("GPL-2.0-or-later")},
		{"gpl-2.0-or-later+", lic("GPL-2.0-or-later")},
		{"AGPL-1.0+", lic("AGPL-1.0-or-later")},
		{"GFDL-1.3+", lic("GFDL-1.3-or-later")},
		{"GPL-2.0-with-classpath-exception", License{ID: "GPL-2.0-only", Exception: "Classpath-exception-2.0"}},
		{"GPL-2.0-with-bison-exception+", License{ID: "GPL-2.0-or-later", Exception: "Bison-exception-2.2"}},
		{"GPL-2.0-with-bison-exception WITH LLVM-exception", License{ID: "GPL-2.0-with-bison-exception", Exception: "LLVM-exception"}},
		{"GPL-2.0-with-bison-exception+ WITH LLVM-exception", License{ID: "GPL-2.0-with-bison-exception", Plus: true, Exception: "LLVM-exception"}},
		{"eCos-2.0", License{ID: "GPL-2.0-or-later", Exception: "eCos-exception-2.0"}},
		{"eCos-2.0+", License{ID: "GPL-2.0-or-later", Exception: "eCos-exception-2.0"}},
		{"bzip2-1.0.5+", License{ID: "bzip2-1.0.6", Plus: true}},
		{"Net-SNMP", lic("Net-SNMP")},
		{"StandardML-NJ OR SMLNJ", lic("SMLNJ")},
	} {
		got, err := Parse(c.in, l)
		if c.want == nil {
			if err == nil {
				t.Errorf("Parse(%q) = %v, want an error", c.in, got)
			}
			continue
		}
		if err != nil {
			t.Errorf("Parse(%q): %v", c.in, err)
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", c.in, d)
		}
	}
}

func TestParseLax(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"llama3.1", "llama3.1"},
		{"mit or apache-2.0", "mit OR apache-2.0"},
		{"GPL-2.0+ WITH my-exception", "GPL-2.0+ WITH my-exception"},
		{"GPL-2.0-only+", "GPL-2.0-only+"},
		{"(a OR b) AND (c)", "(a OR b) AND c"},
		{"NONE", "NONE"},
	} {
		got, err := ParseLax(c.in)
		if err != nil {
			t.Errorf("ParseLax(%q): %v", c.in, err)
		} else if got.String() != c.want {
			t.Errorf("ParseLax(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestParseWithoutList(t *testing.T) {
	if e, err := Parse("MIT", nil); err == nil {
		t.Errorf("Parse without a list accepted %v", e)
	}
}

func TestErrors(t *testing.T) {
	l := testList(t)
	deep := strings.Repeat("(", MaxDepth+1) + "MIT" + strings.Repeat(")", MaxDepth+1)
	for _, c := range []struct {
		in     string
		offset int
		want   string
	}{
		{"", 0, `empty license expression at column 1`},
		{"  ", 2, `empty license expression at column 3`},
		{"MIT OR Apache2", 7, `unknown license id "Apache2" at column 8; did you mean "Apache-2.0"?`},
		{"GPLv3", 0, `unknown license id "GPLv3" at column 1; did you mean "GPL-3.0-only" or "GPL-3.0-or-later"?`},
		{"MIT License", 4, `AND or OR expected before "License" at column 5`},
		{"MIT And ISC", 4, `operator "And" must be written AND at column 5`},
		{"MIT WITH mit", 9, `"MIT" is a license, not an exception at column 10`},
		{"LLVM-exception", 0, `"LLVM-exception" is an exception: write LICENSE WITH LLVM-exception at column 1`},
		{"MIT WITH classpath-exception", 9, `unknown exception id "classpath-exception" at column 10; did you mean "Classpath-exception-2.0" or "Classpath-exception-2.0-short"?`},
		{"MIT WITH", 8, `exception id expected after WITH at column 9`},
		{"MIT WITH LicenseRef-x", 9, `"LicenseRef-x" cannot follow WITH: write an exception id or AdditionRef-... at column 10`},
		{"MIT WITH LLVM-exception+", 23, `"+" cannot follow an exception at column 24`},
		{"(MIT OR ISC) WITH LLVM-exception", 13, `WITH follows one license id, not ")" at column 14`},
		{"AdditionRef-x", 0, `"AdditionRef-x" is an addition: write LICENSE WITH AdditionRef-x at column 1`},
		{"Apache-2.0 +", 11, `"+" must follow the license id without a space at column 12`},
		{"MIT++", 4, `"+" follows a license id only at column 5`},
		{"(MIT)+", 5, `"+" follows a license id only at column 6`},
		{"LicenseRef-x+", 12, `"+" cannot follow a LicenseRef at column 13`},
		{"GPL-2.0-only+", 0, `"GPL-2.0-only+" contradicts itself: "-only" against "or any later version" at column 1; did you mean "GPL-2.0-only" or "GPL-2.0-or-later"?`},
		{"MIT/ISC", 3, `unexpected character "/": join licenses by AND or OR at column 4`},
		{"MIT & ISC", 4, `unexpected character "&": write AND at column 5`},
		{"Apache_2.0", 6, `unexpected character "_": ids hold letters, digits, "-" and "." at column 7`},
		{"MIT OR é", 7, `unexpected character "é" at column 8`},
		{"MIT OR \xff", 7, `unexpected character "\xff" at column 8`},
		{"é OR \x1b", 0, `unexpected character "é" at column 1`},
		{"(MIT", 0, `"(" is never closed at column 1`},
		{"((MIT)", 0, `"(" is never closed at column 1`},
		{"MIT)", 3, `")" without "(" at column 4`},
		{"()", 1, `license id expected, not ")" at column 2`},
		{"MIT AND", 7, `license id expected, the expression ends at column 8`},
		{"OR MIT", 0, `license id expected, not "OR" at column 1`},
		{"MIT OR NONE", 7, `NONE must stand alone, not in an expression at column 8`},
		{"(NONE)", 1, `NONE must stand alone, not in an expression at column 2`},
		{"NOASSERTION AND MIT", 0, `NOASSERTION must stand alone, not in an expression at column 1`},
		{"none", 0, `unknown license id "none" at column 1; did you mean "NONE"?`},
		{"licenseref-X", 0, `unknown license id "licenseref-X" at column 1; did you mean "LicenseRef-X"?`},
		{"DocumentRef-x", 13, `"DocumentRef-x" needs ":LicenseRef-..." after it at column 14`},
		{"DocumentRef-x:MIT", 14, `"DocumentRef-x" needs "LicenseRef-..." after the colon at column 15`},
		{"DocumentRef-x :LicenseRef-y", 13, `"DocumentRef-x" needs ":LicenseRef-..." after it at column 14`},
		{"DocumentRef-:LicenseRef-y", 12, `"DocumentRef-" needs a name at column 13`},
		{deep, MaxDepth, `parentheses are nested deeper than 128 at column 129`},
		{strings.Repeat(" ", MaxLength+1), MaxLength, `expression is longer than 65536 bytes at column 65537`},
		{strings.Repeat("x", 100), 0, `unknown license id "` + strings.Repeat("x", 64) + `..." at column 1`},
	} {
		got, err := Parse(c.in, l)
		if err == nil {
			t.Errorf("Parse(%.80q) = %v, want an error", c.in, got)
			continue
		}
		if got != nil {
			t.Errorf("Parse(%.80q) returned %v beside its error", c.in, got)
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("Parse(%.80q): error is a %T", c.in, err)
		}
		if e.Offset != c.offset {
			t.Errorf("Parse(%.80q): offset %d, want %d", c.in, e.Offset, c.offset)
		}
		if d := cmp.Diff(c.want, err.Error()); d != "" {
			t.Errorf("Parse(%.80q) (-want +got):\n%s", c.in, d)
		}
	}
}

// Printing and parsing are inverse on canonical trees, with and without list.
func TestRoundTrip(t *testing.T) {
	l := testList(t)
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		want := randomExpr(r, someIDs, 4)
		text := want.String()
		for name, parse := range map[string]func(string) (Expr, error){
			"Parse": func(s string) (Expr, error) { return Parse(s, l) }, "ParseLax": ParseLax,
		} {
			got, err := parse(text)
			if err != nil {
				t.Fatalf("%s(%q): %v", name, text, err)
			}
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("%s(%q) (-want +got):\n%s", name, text, cmp.Diff(want, got))
			}
		}
	}
}

// Every id is accepted in any case and becomes one that is in use or itself.
func TestEveryID(t *testing.T) {
	licenses, exceptions := tables(t)
	l := NewList(licenses, exceptions)
	for _, e := range licenses {
		want := e.ID
		if e.Replacement != "" {
			want = e.Replacement
		}
		for _, in := range []string{e.ID, strings.ToLower(e.ID), strings.ToUpper(e.ID)} {
			got, err := Parse(in, l)
			if err != nil || got.String() != want {
				t.Errorf("Parse(%q) = %v, %v, want %s", in, got, err, want)
			}
		}
	}
	for _, e := range exceptions {
		want := e.ID
		if e.Replacement != "" {
			want = e.Replacement
		}
		in := "0BSD WITH " + strings.ToUpper(e.ID)
		got, err := Parse(in, l)
		if err != nil || got.String() != "0BSD WITH "+want {
			t.Errorf("Parse(%q) = %v, %v, want %s", in, got, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"MIT", "(MIT OR Apache-2.0) AND ISC+", "GPL-2.0-with-bison-exception+ WITH LLVM-exception", "NONE",
		"DocumentRef-d:LicenseRef-x WITH DocumentRef-d:AdditionRef-y", "((((MIT))))", "a+b", "mit\x00", "MIT And é",
		"GPL-2.0-only+ or eCos-2.0", "Apache2 / MIT", "NOASSERTION+",
	} {
		f.Add(s)
	}
	l := testList(f)
	f.Fuzz(func(t *testing.T, s string) {
		for name, parse := range map[string]func(string) (Expr, error){
			"Parse": func(s string) (Expr, error) { return Parse(s, l) }, "ParseLax": ParseLax,
		} {
			e, err := parse(s)
			if err != nil {
				checkError(t, s, err)
				continue
			}
			text := e.String()
			again, err := parse(text)
			if err != nil {
				t.Fatalf("%s(%q) printed %q: %v", name, s, text, err)
			}
			if !reflect.DeepEqual(e, again) {
				t.Fatalf("%s(%q) printed %q (-first +again):\n%s", name, s, text, cmp.Diff(e, again))
			}
			if !Equal(e, again) || !Equal(e, Normal(e)) {
				t.Fatalf("%s(%q): not equal to itself", name, s)
			}
		}
	})
}

func checkError(t *testing.T, s string, err error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%q: error is a %T", s, err)
	}
	if e.Offset < 0 || e.Offset > len(s) || e.Column < 1 || e.Column > len(s)+1 || !strings.Contains(s[e.Offset:], e.Token) {
		t.Fatalf("%q: error %+v points outside", s, e)
	}
	if msg := e.Error(); strings.ContainsFunc(msg, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		t.Fatalf("%q: control characters in %q", s, msg)
	}
}
