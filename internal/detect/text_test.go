package detect

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// textCase is a case of testdata/license/texts.txt.
type textCase struct {
	name, want string
	text       []byte
}

func textCases(t *testing.T) []textCase {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "license", "texts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []textCase
	var c textCase
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, rest, _ := strings.Cut(lines.Text(), " ")
		switch key {
		case "case":
			c = textCase{name: rest}
		case "text":
			c.text = append(append(c.text, lctest.Text(t, rest).Body...), "\n\n"...)
		case "say":
			c.text = append(append(c.text, rest...), "\n\n"...)
		case "expect":
			c.want = rest
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		t.Fatal("no cases")
	}
	return out
}

func TestTexts(t *testing.T) {
	s := testScanner(t)
	for _, c := range textCases(t) {
		t.Run(c.name, func(t *testing.T) {
			got := s.Text(c.text)
			if said := string(got.Status) + " " + got.Expr.String(); said != c.want {
				t.Errorf("got %s, want %s\nreason: %s\nmatches: %v\nresidual: %v", said, c.want, got.Reason, got.Matches, got.Residual)
			}
			checkText(t, c.text, got)
		})
	}
}

// checkText holds for every text.
func checkText(t testing.TB, raw []byte, x *Text) {
	t.Helper()
	if _, ok := x.Expr.(spdx.NoAssertion); (x.Status == Partial || x.Status == Unknown) != ok {
		t.Errorf("status %s with %s", x.Status, x.Expr)
	}
	if x.Status != Match && x.Status != None && x.Reason == "" {
		t.Errorf("status %s without a reason", x.Status)
	}
	if x.Code == nil || x.Digest == "" {
		t.Errorf("code %v, digest %q", x.Code, x.Digest)
	}
	for _, m := range x.Matches {
		if m.Start < 0 || m.End > len(raw) || m.Start > m.End {
			t.Errorf("match %v outside of %d bytes", m, len(raw))
		}
	}
	for _, r := range x.Residual {
		if r.Start < 0 || r.End > len(raw) || r.Start >= r.End || r.Line < 1 {
			t.Errorf("stretch %v outside of %d bytes", r, len(raw))
		}
	}
}

// TestLibraryTexts reads every text of licensecheck's test data: what is asserted
// holds no id that the engine did not see or a name in the text does not give.
func TestLibraryTexts(t *testing.T) {
	s := testScanner(t)
	asserted := 0
	for _, sample := range lctest.Texts(t) {
		got := s.Text(sample.Body)
		checkText(t, sample.Body, got)
		if got.Status == Match {
			asserted++
		}
	}
	if asserted < 400 {
		t.Errorf("only %d of the texts get a license", asserted)
	}
}

func TestCopyrights(t *testing.T) {
	for text, want := range map[string]string{
		"Copyright (c) 2020 Foo, Inc.":                             "Copyright (c) 2020 Foo, Inc.",
		" * Copyright 2020 The Foo Authors\n":                      "Copyright 2020 The Foo Authors",
		"© 2020 Ada":                                               "© 2020 Ada",
		"Portions Copyright (c) 2009 The Go Authors":               "Portions Copyright (c) 2009 The Go Authors",
		"The above copyright notice and this permission notice":    "",
		"Copyright [yyyy] [name of copyright owner]":               "",
		"Neither the name of the copyright holder nor the names":   "",
		"Copyrights in the project are retained":                   "",
		"Copyright (C) <year>  <name of author>":                   "",
		"no line about it":                                         "",
		"Copyright 2020 Foo\nCopyright 2020 Foo\n":                 "Copyright 2020 Foo",
		strings.Repeat("x", 300) + " Copyright (c) 2020 Foo, Inc.": "",
	} {
		if got := strings.Join(copyrights([]byte(text)), "|"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	s := testScanner(f)
	for _, name := range common {
		f.Add(lctest.Text(f, name).Body)
	}
	f.Add([]byte("SPDX-License-Identifier: MIT\n\xff\xfe\x00"))
	f.Add([]byte("\xff\xfe\x00\xd8"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkText(t, raw, s.read(raw, digestOf(raw), false))
		checkText(t, raw, s.read(raw, digestOf(raw), true))
	})
}

// A word before what a pattern matches belongs to the license too where its text
// says so.
func TestReplacedBeforeMatch(t *testing.T) {
	s := testScanner(t)
	body := string(lctest.Text(t, "WTFPL.t1").Body)
	if got := s.Text([]byte(body)); got.Status != Match {
		t.Fatalf("%s: %s", got.Expr, got.Reason)
	}
	changed := strings.Replace(body, "modified", "quagmire", 1)
	if got := s.Text([]byte(changed)); changed == body || got.Status == Match {
		t.Errorf("%s for a text with another word", got.Expr)
	}
}
