package detect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// TestWordingsHideNoLimit puts every harmless wording of the table into a
// sentence that goes on with a restriction: none may make it part of the license.
func TestWordingsHideNoLimit(t *testing.T) {
	s := testScanner(t)
	license := string(lctest.Text(t, "MIT.t1").Body)
	n := 0
	err := rulebase.Rows(rules.FS, "detect/phrases.tsv", 3, func(c []string) error {
		switch c[0] {
		case isRestriction.String(), isLimit.String():
			return nil
		}
		said := first(c[2])
		for _, limit := range []string{"for non-commercial use only", "and you may not sell it", "except for commercial purposes"} {
			for _, subject := range []string{"", "This program "} {
				n++
				text := license + "\n\n" + subject + said + " " + limit + ".\n"
				if got := s.read([]byte(text), "", false); got.Status == Match {
					t.Errorf("%s: %s for %q", c[2], got.Expr, subject+said+" "+limit)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 2500 {
		t.Errorf("only %d sentences", n)
	}
}

// first is a sentence that a pattern stands for: the first of alternatives,
// nothing of what may be left out, and nothing in gaps.
func first(pattern string) string {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '(', ')':
		case '[':
			i += closing(pattern[i:])
		case '|':
			i += closing(pattern[i:]) - 1
		case '*':
			for i+1 < len(pattern) && '0' <= pattern[i+1] && pattern[i+1] <= '9' {
				i++
			}
		default:
			b.WriteByte(c)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// closing is where the bracket stands that closes what s begins in.
func closing(s string) int {
	depth := 1
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// TestLimitsShow puts sentences that limit a license before and after its text.
func TestLimitsShow(t *testing.T) {
	s := testScanner(t)
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "license", "limits.txt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		sentence := strings.TrimSpace(line)
		if sentence == "" || sentence[0] == '#' {
			continue
		}
		for _, name := range []string{"MIT.t1", "Apache-2.0.t1", "BSD-3-Clause.t1"} {
			license := string(lctest.Text(t, name).Body)
			for _, text := range []string{license + "\n\n" + sentence + "\n", sentence + "\n\n" + license} {
				if got := s.read([]byte(text), "", false); got.Status == Match {
					t.Errorf("%s: %s with %q", name, got.Expr, sentence)
				}
				n++
			}
		}
	}
	if n < 600 {
		t.Errorf("only %d texts", n)
	}
}
