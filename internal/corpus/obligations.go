package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// coarse is what the table calls a context, in the words of the rules: those for
// code and those for models. Nobody ships weights under a license for code, so
// of two words for one thing the license's own counts.
var coarse = map[string]struct{ code, model, joins []string }{
	"source distribution": {[]string{"distribute-source"}, []string{"distribute-source"}, nil},
	"binary distribution": {[]string{"distribute-binary"}, []string{"distribute-binary", "distribute-weights"}, []string{"link-static"}},
	"network use":         {[]string{"network-service"}, []string{"network-service", "serve-model"}, []string{"link-static"}},
	"modification": {[]string{"distribute-source", "distribute-binary"},
		[]string{"distribute-source", "distribute-binary", "fine-tune", "publish-derived-weights"}, []string{"modify"}},
}

// setting is the table's context for a license.
func setting(context string, l *rulebase.License) (duty.Setting, error) {
	c, ok := coarse[context]
	if !ok {
		return duty.Setting{}, fmt.Errorf("context %q is not known", context)
	}
	set := duty.Setting{Contexts: c.code, Joins: c.joins}
	if slices.Contains(l.DesignedFor, "parameters") {
		set.Contexts = c.model
	}
	set.Fact = func(fact string) string {
		switch {
		case fact != "modified":
			return "" // nobody said: the duty is to be confirmed
		case context == "modification":
			return "yes"
		}
		return "no"
	}
	return set, nil
}

// asks: the table has one word for listed uses and for a use policy that lists
// them.
func asks(o rulebase.Obligation, kind string) bool {
	return o.Type == kind || kind == "use-restrictions" && o.Type == "use-policy"
}

// obligations scores the duties of licenses: right answers, and duties that the
// table asks for and the rules do not.
func obligations(w io.Writer, shared string) bool {
	return scored(w, shared, "obligations.tsv", func(b *rulebase.Base, rows [][]string) (bool, error) {
		var all tally
		missed, without := 0, map[string]bool{}
		for _, row := range rows {
			id, context, kind, want := row[0], row[1], row[2], row[3]
			branches, err := terms(b, id)
			if err != nil {
				return true, err
			}
			for _, l := range withoutRule(branches) {
				without[l] = true
			}
			set, err := setting(context, branches[0][0].License)
			if err != nil {
				return true, err
			}
			got := "no"
			for _, it := range duty.Of(branches[0], set) {
				if asks(it.Obligation, kind) && it.Status != duty.NotDue {
					got = "yes"
				}
			}
			if all.add(got == want); got != want {
				if want == "yes" {
					missed++
				}
				fmt.Fprintf(w, "  %s: asked for %s, %s in the table\n", strings.Join(row[:3], " | "), got, strings.Join(row[3:], " | "))
			}
		}
		failed := bar(w, "obligations", all, 0.97)
		fmt.Fprintf(w, "%-28s %d, at most 0%s\n%-28s %d\n", "duties missed", missed, mark(missed > 0), "licenses without a rule", len(without))
		return failed || missed > 0, nil
	})
}
