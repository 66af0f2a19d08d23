package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// This file turns the obligations of a license into sentences, in the order of
// the occasions on which they are due.

// occasion is when duties are due, in the order in which they are told.
type occasion int

const (
	always occasion = iota
	onShipping
	onShippingOrServing
	onServing
	onChanging
	onTraining
	occasions
)

var occasionTexts = [occasions]string{
	always: "whatever you do with it", onShipping: "when others get a copy", onShippingOrServing: "when others get a copy or use it over a network",
	onServing: "when others use it over a network", onChanging: "when you change it and pass it on", onTraining: "when you train or make a model with it",
}

// occasionOf sums up the contexts and joins of a duty.
func occasionOf(o rulebase.Obligation) occasion {
	var copies, hosted, trained, joined bool
	for _, w := range o.When {
		switch {
		case rulebase.IsJoin(w):
			joined = true
		case slices.Contains(trainingContexts, w):
			trained = true
		case rulebase.HandsOver(w):
			copies = true
		case slices.Contains(servingContexts, w):
			hosted = true
		default:
			return always
		}
	}
	changed := slices.ContainsFunc(o.If, func(c rulebase.Condition) bool { return c.Fact == "modified" && c.Op != "not" })
	switch {
	case changed || joined && !copies && !hosted && !trained || slices.Contains(o.When, "modify") && copies:
		return onChanging
	case copies && hosted:
		return onShippingOrServing
	case copies:
		return onShipping
	case hosted:
		return onServing
	case trained:
		return onTraining
	}
	return always
}

// The contexts of rules/vocabulary.yaml in which a model is made, and in which
// others reach something without a copy; a test compares them with it.
var (
	trainingContexts = []string{"fine-tune", "train-on-outputs", "distill", "train-on-data", "publish-derived-weights"}
	servingContexts  = []string{"network-service", "serve-model"}
)

// told is one sentence of the page and what it stands for.
type told struct {
	text    string
	clauses []string
	when    occasion
	action  rulebase.Action
	class   string
	should  bool
}

// ends reports whether it tells of an event, or of a duty that an event brings.
func (t told) ends() bool { return t.action.ID == watchAction || t.class == "do" && t.action.Standing }

// tell turns obligations into sentences; the same sentence on several occasions
// is told once, and fixed words are quoted once.
func tell(base *rulebase.Base, list []rulebase.Obligation) []told {
	var out []told
	seen := map[string]int{}
	quoted := map[string]bool{}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b rulebase.Obligation) int { return cmp.Compare(occasionOf(a), occasionOf(b)) })
	for _, o := range list {
		t := told{when: occasionOf(o), class: o.Class, should: o.Strength == "should", action: base.ActionFor(o), clauses: notEmpty(o.Clause)}
		key := strings.Join([]string{o.Type, o.Text, o.Clause, o.Strength}, "\x00")
		if i, ok := seen[key]; ok {
			out[i].when = both(out[i].when, t.when)
			continue
		}
		t.text = sentence(base, o, quoted[o.Value])
		quoted[o.Value] = true
		seen[key] = len(out)
		out = append(out, t)
	}
	return out
}

// both is the occasion of a duty that is due on two of them.
func both(a, b occasion) occasion {
	if a == onShipping && b == onServing || a == onServing && b == onShipping {
		return onShippingOrServing
	}
	return min(a, b)
}

// sentence is a duty with its conditions and, unless they were quoted, its
// fixed words.
func sentence(base *rulebase.Base, o rulebase.Obligation, quoted bool) string {
	s := o.Text
	if o.Value != "" && !quoted && !strings.Contains(s, o.Value) && !number(o.Value) {
		s = strings.TrimSuffix(s, ".") + fmt.Sprintf(": %q", o.Value)
	}
	var conds []string
	for _, c := range o.If {
		if c.Fact == "modified" || o.Class == "limit" && c.Value != "" {
			continue // the occasion or the sentence says it
		}
		w, _ := base.Fact(c.Fact)
		cond := w.Meaning
		switch {
		case c.Op == "not" && c.Value == "":
			cond = "not: " + cond
		case c.Value != "":
			cond += " " + strings.TrimSpace(c.Op+" "+c.Value)
		}
		conds = append(conds, cond)
	}
	if len(conds) > 0 {
		s = strings.TrimSuffix(s, ".") + " (only if " + strings.Join(conds, ", and ") + ")"
	}
	return s
}

func number(s string) bool { return strings.Trim(s, "0123456789_.") == "" }

func notEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
