package cli

import (
	"fmt"
	"slices"

	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// This file writes down what is not a single license: exceptions and expressions.

func exceptionText(base *rulebase.Base, e *rulebase.Exception) string {
	p := &page{}
	p.line(0, e.Name+" · "+e.ID)
	p.line(2, "an additional permission, written LICENSE WITH "+e.ID)
	if len(e.AppliesTo) > 0 {
		p.line(2, "written for "+shortList(e.AppliesTo))
	}
	if e.Category != "" {
		p.line(2, "with it a license of a heavier category is "+e.Category)
	}
	if !e.Full {
		p.line(2, "Nobody has written down yet what it lifts: no answer depends on it. Read the text.")
		return p.String()
	}
	var lifts []string
	for _, r := range e.Removes {
		lifts = append(lifts, "- "+orElse(r.Text, r.Type)+cited(notEmpty(r.Clause)))
	}
	for _, l := range e.Lifts {
		lifts = append(lifts, "- "+l.Text+cited(notEmpty(l.Clause)))
	}
	if len(lifts) > 0 {
		p.title("It lifts")
	}
	for _, s := range slices.Compact(lifts) { // one sentence may stand for several duties
		p.line(2, s)
	}
	if len(e.Adds) > 0 {
		sentences := tell(base, e.Adds)
		mustText(p, sentences)
		group(p, "You must not, and the limits", sentences, func(t told) bool { return t.class != "do" })
	}
	p.reviewed(e.Review, e.Sources)
	return p.String()
}

func expressionText(base *rulebase.Base, q asked, x explainedExpression) string {
	p := &page{}
	p.line(0, q.text)
	p.line(2, x.Category+": "+lowerFirst(meaningOf(base, x.Category)))
	if len(x.Branches) > 1 {
		p.line(2, "a choice: one of the branches below is enough")
	}
	for _, b := range x.Branches {
		title := b.Expression
		if len(b.Licenses) > 1 {
			title += " (all of them hold)"
		}
		p.title(report.Printable(title))
		for _, h := range b.Licenses {
			p.line(2, h.ID+": "+h.Name+" · "+h.Category+" · "+h.Openness)
		}
		for _, id := range b.Exceptions {
			if e, err := base.Exception(id); err == nil {
				for _, r := range e.Removes {
					p.line(2, "- "+id+" lifts: "+orElse(r.Text, r.Type)+cited(notEmpty(r.Clause)))
				}
			}
		}
		p.line(2, countDuties(b.Obligations)+": rukhsa obligations "+fmt.Sprintf("%q", b.Expression))
	}
	return p.String()
}
