package detect

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

func testScanner(t testing.TB) *Scanner {
	t.Helper()
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(base, rules.FS, Engines[0])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// common are the texts that restrictions are put into.
var common = []string{"MIT.t1", "Apache-2.0.t1", "BSD-3-Clause.t1", "GPL-3.0.t1", "MPL-2.0.t1"}

// TestRestrictionsShow puts sentences of restricted licenses into permissive
// and copyleft texts, at the head, in the middle and at the tail: none may pass
// as the plain license.
func TestRestrictionsShow(t *testing.T) {
	s := testScanner(t)
	sentences := lctest.Restrictive(t, filepath.Join(truthtest.Root(t), "ai", "license-texts"))
	r := rand.New(rand.NewPCG(1, 2))
	n, bad := 0, 0
	each := 200
	if testing.Short() {
		each = 40
	}
	for _, name := range common {
		base := string(lctest.Text(t, name).Body)
		for range each {
			sentence := sentences[r.IntN(len(sentences))]
			for _, where := range []string{"head", "middle", "tail"} {
				n++
				if got := s.Text([]byte(with(base, sentence, where, r))); got.Status == Match {
					bad++
					if bad <= 40 {
						t.Errorf("%s, %s: %s for a text with %q", name, where, got.Expr, sentence)
					}
				}
			}
		}
	}
	t.Logf("%d of %d pass as the plain license; %d sentences", bad, n, len(sentences))
}

// with puts a sentence into a text, as a paragraph of its own.
func with(base, sentence, where string, r *rand.Rand) string {
	p := "\n\n" + sentence + ".\n\n"
	switch where {
	case "head":
		return sentence + ".\n\n" + base
	case "tail":
		return base + p
	}
	parts := strings.Split(base, "\n\n")
	k := 1
	if len(parts) > 2 {
		k = 1 + r.IntN(len(parts)-1)
	}
	return strings.Join(parts[:k], "\n\n") + p + strings.Join(parts[k:], "\n\n")
}

// TestHarmless puts names, years, addresses and titles around texts: they keep
// their license.
func TestHarmless(t *testing.T) {
	s := testScanner(t)
	r := rand.New(rand.NewPCG(3, 4))
	names := []string{"Ada Lovelace", "The Foo Authors", "Example Corp.", "Jürgen Müller", "李雷", "ACME GmbH & Co. KG", "contributors to foo"}
	lines := []func(string, int) string{
		func(n string, y int) string { return fmt.Sprintf("Copyright (c) %d %s", y, n) },
		func(n string, y int) string {
			return fmt.Sprintf("Copyright © %d-%d %s <me@example.com>. All rights reserved.", y, y+3, n)
		},
		func(n string, y int) string { return fmt.Sprintf("foo - a small library for Go, by %s", n) },
		func(n string, y int) string { return fmt.Sprintf("# foo %d.%d\n\nhttps://example.com/foo", y%7, y%5) },
		func(n string, y int) string { return "See also https://example.com/foo for the source code." },
		func(n string, y int) string { return "License\n=======" },
		func(n string, y int) string { return fmt.Sprintf("Author: %s <foo@example.org>", n) },
		func(n string, y int) string { return fmt.Sprintf("Written by %s, %d.", n, y) },
		func(n string, y int) string { return "foo is maintained at https://github.com/example/foo" },
		func(n string, y int) string { return fmt.Sprintf("Contact: %s, 1 Main Street, Springfield", n) },
	}
	n, bad := 0, 0
	for range 400 {
		for _, name := range common {
			base := string(lctest.Text(t, name).Body)
			line := lines[r.IntN(len(lines))](names[r.IntN(len(names))], 1990+r.IntN(36))
			text := line + "\n\n" + base
			if r.IntN(2) == 0 {
				text = base + "\n\n" + line + "\n"
			}
			n++
			if got := s.Text([]byte(text)); got.Status != Match {
				bad++
				if bad <= 20 {
					t.Logf("%s: %s with %q: %s", name, got.Expr, line, got.Reason)
				}
			}
		}
	}
	if bad*100 > n {
		t.Errorf("%d of %d harmless variants lost their license", bad, n)
	}
	t.Logf("%d of %d harmless variants lost their license", bad, n)
}
