package assess

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// soon is how many days before its end a waiver is about to expire.
const soon = 30

// waive marks the findings that waivers of the policy accept, and reports the
// waivers that have ended, end soon, or accept nothing.
func (j *judging) waive() {
	slices.SortFunc(j.findings, diag.Finding.Compare)
	n := len(j.findings)
	by := map[int]policy.Waiver{} // finding → the waiver that it goes by
	for _, w := range j.stance.policy.Waivers {
		var mine []int
		for i := range n {
			if j.about(w, &j.findings[i]) {
				mine = append(mine, i)
			}
		}
		switch {
		case len(mine) == 0:
			j.idle(w)
		case w.Until < j.asOf || j.asOf == "":
			j.expired(w, mine)
		default:
			j.accept(w, mine, by)
			j.expiring(w, &j.findings[mine[0]])
		}
	}
}

// about reports whether a waiver covers a finding.
func (j *judging) about(w policy.Waiver, f *diag.Finding) bool {
	if !policy.Waivable(f.Code) || w.Finding != "" && w.Finding != string(f.Code) || w.License != "" && w.License != f.License {
		return false
	}
	p := j.part(f.Component)
	return p != nil && w.Holds(p.ID, p.Name, p.Version)
}

// accept waives findings; one that is waived already makes the waiver an
// overlapping one.
func (j *judging) accept(w policy.Waiver, mine []int, by map[int]policy.Waiver) {
	twice := -1
	for _, i := range mine {
		if f := &j.findings[i]; f.Waived == nil {
			by[i] = w
			f.Waived = &diag.Waiver{Reason: w.Reason, Owner: w.Owner, Until: w.Until, Layer: j.stance.layer(w.At)}
		} else if twice < 0 {
			twice = i
		}
	}
	if twice < 0 {
		return
	}
	f := j.waiverLine(diag.PolicyOverlap, diag.Note, w)
	at := j.inPolicy(by[twice].At)
	f.Component, f.Related = j.findings[twice].Component, []diag.Loc{at}
	f.Message = fmt.Sprintf("waiver for %s: another one accepts this already (%s:%d)", w.Subject(), at.Path, at.Line)
	f.Help = "keep one of them"
	j.findings = append(j.findings, f)
}

func (j *judging) expired(w policy.Waiver, mine []int) {
	f := j.waiverLine(diag.WaiverExpired, diag.Warning, w)
	first := &j.findings[mine[0]]
	f.Component, f.License = first.Component, first.License
	f.Message = fmt.Sprintf("waiver for %s ended on %s: what it accepted counts again", w.Subject(), w.Until)
	f.Help = fmt.Sprintf("ask %s whether it still holds and give it a new day, or mend the finding and remove it", w.Owner)
	for _, i := range mine {
		g := &j.findings[i]
		g.Because = append(g.Because, fmt.Sprintf("waived until %s by %s", w.Until, w.Owner))
		g.Related = append(g.Related, j.inPolicy(w.At))
	}
	j.findings = append(j.findings, f)
}

// expiring notes a waiver that ends within soon days.
func (j *judging) expiring(w policy.Waiver, first *diag.Finding) {
	until, err := time.Parse(time.DateOnly, w.Until)
	if err != nil {
		return
	}
	today, err := time.Parse(time.DateOnly, j.asOf)
	if err != nil || until.Sub(today) > soon*24*time.Hour {
		return
	}
	component, license := first.Component, first.License
	f := j.waiverLine(diag.WaiverExpiring, diag.Note, w)
	f.Component, f.License = component, license
	f.Message = fmt.Sprintf("waiver for %s ends on %s", w.Subject(), w.Until)
	f.Help = fmt.Sprintf("ask %s whether it still holds", w.Owner)
	j.findings = append(j.findings, f)
}

// idle reports a waiver that accepts nothing: because its component has no such
// finding any more, or because there is no such component.
func (j *judging) idle(w policy.Waiver) {
	if !j.nearest(w.At) {
		return
	}
	i := slices.IndexFunc(j.parts, func(p *part) bool { return w.Names(p.ID, p.Name) })
	if i < 0 {
		j.unused(w.At, "waiver for "+w.Subject(), string(w.Component), w.Finding, w.License, strings.Join(w.Versions, " "), "waiver")
		return
	}
	p := j.parts[i]
	f := j.waiverLine(diag.PolicyMismatch, diag.Warning, w)
	f.Component = p.ID
	switch {
	case !w.Holds(p.ID, p.Name, p.Version):
		f.Message = fmt.Sprintf("waiver for %s is not for %s, which is here", w.Subject(), p.Version)
	default:
		f.Message = fmt.Sprintf("waiver for %s accepts nothing: %s", w.Subject(), j.findingsOf(p))
	}
	f.Help = "remove it, or correct what it names"
	j.findings = append(j.findings, f)
}

// findingsOf says what is found of a part.
func (j *judging) findingsOf(p *part) string {
	var all []string
	for _, f := range j.findings {
		text := strings.TrimSpace(string(f.Code) + " " + f.License)
		if f.Component == p.ID && policy.Waivable(f.Code) && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return "it has no finding"
	}
	return "it has " + named(all)
}

func (j *judging) waiverLine(code diag.Code, sev diag.Severity, w policy.Waiver) diag.Finding {
	return j.line(code, sev, w.At, string(w.Component), w.Finding, w.License, strings.Join(w.Versions, " "))
}
