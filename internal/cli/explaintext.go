package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// This file writes down a license on one screen, as a careful colleague would:
// what it is, what you may do, what you must do and when, what stops you, what
// can end it, and why it is not open source.

// page collects the lines of a page.
type page struct{ strings.Builder }

func (p *page) title(s string) { p.WriteString("\n" + s + "\n") }

// line writes a broken line, indented.
func (p *page) line(indent int, s string) {
	p.WriteString(strings.Repeat(" ", indent) + wrapped(s, indent, indent+2) + "\n")
}

func cited(clauses []string) string {
	if len(clauses) == 0 {
		return ""
	}
	return " (" + strings.Join(clauses, "; ") + ")"
}

func licenseText(base *rulebase.Base, h rulebase.Head, l *rulebase.License) string {
	p := &page{}
	p.line(0, h.Name+" · "+h.ID+by(l.Steward))
	p.line(2, h.Category+": "+lowerFirst(meaningOf(base, h.Category)))
	p.line(2, h.Openness+": "+opennessMeaning(base, h.Openness)+"; OSI "+approval(h.OSI)+", FSF "+approval(h.FSF))
	if h.Deprecated {
		p.line(2, "deprecated id; use "+orElse(h.Replacement, "another one"))
	}
	p.madeFor(l)
	if !l.Full {
		p.line(2, "Nobody has written down its own clauses yet: what follows is usual for its category. Read the text.")
	}
	grantsText(p, l)
	sentences := tell(base, l.Obligations)
	mustText(p, sentences)
	group(p, "You must not, and the limits", sentences, func(t told) bool { return t.class != "do" && !t.should && !t.ends() })
	group(p, "It asks for, and does not order", sentences, func(t told) bool { return t.should })
	endsText(p, sentences)
	reachText(p, l)
	if h.Openness != openSource {
		whyNotOpen(p, base, l)
	}
	if l.Full {
		p.reviewed(l.Review, l.Sources)
	}
	return p.String()
}

const openSource = "open-source" // vocabulary: openness

func by(steward string) string {
	if steward == "" {
		return ""
	}
	return ", by " + steward
}

func meaningOf(base *rulebase.Base, category string) string {
	for _, c := range base.Categories() {
		if c.Name == category {
			return c.Meaning
		}
	}
	return "not known"
}

func opennessMeaning(base *rulebase.Base, word string) string {
	for _, w := range base.Openness() {
		if w.Name == word {
			return w.Meaning
		}
	}
	return "not known"
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'a' && s[1] <= 'z' || len(s) > 1 && s[1] == ' ' {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}

func approval(word string) string {
	switch word {
	case "yes":
		return "approved"
	case "no":
		return "not approved"
	}
	return "not reviewed"
}

// reviewed says who compared the rule with the text, and where that is.
func (p *page) reviewed(r rulebase.Review, from []rulebase.Source) {
	line := "Compared with the text by a " + r.By + " on " + r.On
	if len(from) > 0 {
		line += ": " + from[0].URL
	}
	p.WriteString("\n")
	p.line(0, line)
}

// answerTexts are the answers to a grant, as a sentence ends; the vocabulary
// has them as words.
var answerTexts = map[string]string{
	"yes": "", "conditional": ", with duties that anyone can meet", "limited": ", but not everyone or not for every purpose",
	"no": ": not granted", "unknown": ": the text does not say",
}

// grantsText says what one may do; grants with one answer share a line.
func grantsText(p *page, l *rulebase.License) {
	p.title("You may")
	for i, g := range l.Grants {
		if slices.ContainsFunc(l.Grants[:i], func(o rulebase.Grant) bool { return o.Answer == g.Answer }) {
			continue
		}
		var names, clauses []string
		for _, o := range l.Grants {
			if o.Answer != g.Answer {
				continue
			}
			names = append(names, o.Grant)
			if o.Clause != "" && !slices.Contains(clauses, o.Clause) {
				clauses = append(clauses, o.Clause)
			}
		}
		p.line(2, listed(names)+" it"+answerTexts[g.Answer]+cited(clauses))
	}
}

// listed joins words as a sentence does.
func listed(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// endsText tells in one paragraph what can change or end the license.
func endsText(p *page, list []told) {
	var all []string
	for _, t := range list {
		if t.ends() && !t.should {
			all = append(all, t.text+cited(t.clauses))
		}
	}
	if len(all) > 0 {
		p.title("What can change or end it")
		p.WriteString("  " + wrapped(strings.Join(all, " "), 2, 2) + "\n")
	}
}

// mustText tells what has to be done, by occasion.
func mustText(p *page, list []told) {
	first := true
	for when := range occasions {
		lead := true
		for _, t := range list {
			if t.class != "do" || t.should || t.when != when || t.ends() {
				continue
			}
			if first {
				p.title("You must")
				first = false
			}
			if lead {
				p.line(2, occasionTexts[when])
				lead = false
			}
			p.line(4, "- "+t.text+cited(t.clauses))
		}
	}
	if first {
		p.title("You must")
		p.line(2, "do nothing")
	}
}

func group(p *page, title string, list []told, in func(told) bool) {
	first := true
	for _, t := range list {
		if !in(t) {
			continue
		}
		if first {
			p.title(title)
			first = false
		}
		p.line(2, "- "+t.text+cited(t.clauses))
	}
}

// trainTexts are the answers to whether the material or its outputs may train
// models.
var trainTexts = map[string]string{"yes": "allowed", "no": "not allowed", "check": "to be checked"}

// madeFor says what the license was written for and what it says of training
// models; where its text is silent, only for what models are trained on.
func (p *page) madeFor(l *rulebase.License) {
	t := trainingOf(l)
	training := ""
	switch {
	case t.Answer != "silent":
		training = "training models with it: " + trainTexts[t.Answer] + cited(notEmpty(t.Clause))
	case l.Full && slices.ContainsFunc(l.DesignedFor, func(w string) bool { return w == "dataset" || w == "parameters" || w == "output" }):
		training = "training models with it: the text does not speak of it"
	}
	parts := notEmpty(training)
	if len(l.DesignedFor) > 0 {
		parts = append([]string{"written for " + strings.Join(l.DesignedFor, ", ")}, parts...)
	}
	if len(parts) > 0 {
		p.line(2, strings.Join(parts, "; "))
	}
}

const watchAction = "watch" // rules/actions.yaml

// reachText says how far the license's own terms reach and where a work may go.
func reachText(p *page, l *rulebase.License) {
	var lines []string
	if s := l.Copyleft.Scope; s != "" && s != "none" {
		line := "its own terms reach over the " + s
		if l.Copyleft.Network != "none" && l.Copyleft.Network != "" {
			line += ", for users over a network too"
		}
		lines = append(lines, line+cited([]string{l.Copyleft.Clause}))
	}
	if v := l.LaterVersion; v != nil {
		lines = append(lines, "may be taken as "+strings.Join(v.IDs, ", ")+cited([]string{v.Clause}))
	}
	for _, r := range l.Moves() {
		lines = append(lines, "may be passed on under "+shortList(r.IDs)+cited([]string{r.Clause}))
	}
	if len(lines) == 0 {
		return
	}
	p.title("Reach")
	for _, s := range lines {
		p.line(2, "- "+s)
	}
}

func shortList(ids []string) string {
	if len(ids) > maxMembers {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxMembers], ", "), len(ids)-maxMembers)
	}
	return strings.Join(ids, ", ")
}

// restricting are the types of duties, of rules/vocabulary.yaml, that take a
// freedom from somebody or for some purpose; a test compares them with it.
var restricting = []string{
	"scale-limit", "unequal-terms", "region-exclusion", "register-first", "non-commercial", "research-only", "no-production-use", "no-managed-service",
	"no-redistribution", "no-derivatives", "use-restrictions", "use-policy", "no-train-other-models", "output-restriction",
	"no-reverse-engineering", "pass-on-use-restrictions",
}

// whyNotOpen names what takes a freedom, each kind once with its clauses; where
// no duty does, the grants that are not given.
func whyNotOpen(p *page, base *rulebase.Base, l *rulebase.License) {
	p.title("Why it is not open source")
	p.line(2, "Open source lets anyone use, study, change and share the work for any purpose. Here:")
	clauses := map[string][]string{}
	for _, o := range l.Obligations {
		if o.Strength != "should" && !slices.Contains(clauses[o.Type], o.Clause) {
			clauses[o.Type] = append(clauses[o.Type], notEmpty(o.Clause)...)
			if o.Clause == "" {
				clauses[o.Type] = []string{}
			}
		}
	}
	found := false
	for _, kind := range restricting {
		if at, ok := clauses[kind]; ok {
			t, _ := base.Type(kind)
			p.line(2, "- "+t.Meaning+cited(at))
			found = true
		}
	}
	for _, g := range l.Grants {
		if !found && (g.Answer == "no" || g.Answer == "limited" || g.Answer == "unknown") {
			p.line(2, "- "+g.Grant+" it"+answerTexts[g.Answer]+cited(notEmpty(g.Clause)))
		}
	}
	for _, o := range l.Obligations {
		if !found && personal(base, o) {
			p.line(2, "- not everyone has the same rights: "+lowerFirst(o.Text)+cited(notEmpty(o.Clause)))
		}
	}
}

// personal reports whether a duty hangs on who somebody is: how large, how rich,
// where, or whether for money.
func personal(base *rulebase.Base, o rulebase.Obligation) bool {
	return slices.ContainsFunc(o.If, func(c rulebase.Condition) bool {
		w, ok := base.Fact(c.Fact)
		return ok && w.Of == "project" && (w.Kind != "bool" || w.Name == "commercial")
	})
}
