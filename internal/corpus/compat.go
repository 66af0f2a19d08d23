package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// knowledge is the rule base as package compat asks it.
type knowledge struct{ *rulebase.Base }

func (k knowledge) License(id string) *rulebase.License {
	l, err := k.Base.License(id)
	if err != nil {
		return nil
	}
	return l
}

// compatibility scores the answers of compat. The two matrices are known to
// hold wrong cells; a row with another source, a text or a steward, does not.
func compatibility(w io.Writer, shared string) bool {
	return scored(w, shared, "compat.tsv", func(b *rulebase.Base, rows [][]string) (bool, error) {
		c := compat.New(knowledge{b})
		relations := map[compat.Relation]*tally{compat.Merge: {}, compat.Link: {}}
		var texts tally
		wrongYes, without := 0, map[string]bool{}
		for _, row := range rows {
			want, rel := compat.Answer(row[2]), compat.Relation(row[4])
			out, err := terms(b, row[0])
			if err != nil {
				return true, err
			}
			in, err := terms(b, row[1])
			if err != nil {
				return true, err
			}
			for _, l := range append(withoutRule(out), withoutRule(in)...) {
				without[l] = true
			}
			v := c.Expressions(out, in, rel)
			t := relations[rel]
			if t == nil {
				return true, fmt.Errorf("relation %q is not known", rel)
			}
			right := v.Verdict == want
			t.add(right)
			if matrix := strings.HasPrefix(row[3], "OSADL matrix") || strings.HasPrefix(row[3], "RecLicense"); !matrix {
				texts.add(right)
			}
			if !right {
				if v.Verdict == compat.Yes && want == compat.No {
					wrongYes++
				}
				fmt.Fprintf(w, "  %s: %s here: %s %s\n", strings.Join(row, " | "), v.Verdict, v.Reason, v.Clauses)
			}
		}
		failed := bar(w, "merge", *relations[compat.Merge], 0.98)
		failed = bar(w, "rows from texts and stewards", texts, 1) || failed
		fmt.Fprintf(w, "%-28s %d, at most 0%s\n", "yes where no is right", wrongYes, mark(wrongYes > 0))
		fmt.Fprintf(w, "%-28s %s, from one source\n%-28s %d\n", "link", *relations[compat.Link], "licenses without a rule", len(without))
		return failed || wrongYes > 0, nil
	})
}
