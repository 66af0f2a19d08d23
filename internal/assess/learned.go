package assess

import (
	"fmt"
	"slices"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// judgeTeacher compares a part with a model whose outputs it learned from.
func (j *judging) judgeTeacher(p *part, a ancestor) {
	if a.family != nil && a.family.Outputs.Answer == "yes" {
		j.bound(p, a, a.family.Name, a.family.Outputs.Text, a.family.Outputs.AsOf)
		return
	}
	if len(a.branches) == 0 {
		return
	}
	_, own := j.own(p)
	v := j.trained(own, a.branches)
	switch {
	case v.Verdict == compat.Yes:
		j.taught(p, a, v)
	case v.Verdict == compat.No && p.Kind != inventory.Dataset: // data trains nothing by itself
		f := j.aboutBase(p, a, diag.OutputTraining, a.license)
		f.Severity = j.soften(p, diag.Error)
		f.Message = fmt.Sprintf("%s what %s puts out: %s forbids that", learned(p), a.name, v.Inbound)
		f.Help = "train it on something else, or ask the licensor"
		switch {
		case samePublisher(p, a):
			f.Severity = diag.Note
		case a.guessed || a.unsure:
			f.Severity = j.soften(p, diag.Warning)
		}
		f.Because = append(f.Because, reasons(v)...)
		j.findings = append(j.findings, f)
	case j.travels(a.branches) && !outputsFree(a.branches):
		j.lineageCheck(p, a, a.license, fmt.Sprintf("%s what %s puts out: to be decided", learned(p), a.name), v)
	}
}

// learned says what a part has of the outputs of another: a model learned from
// them, a dataset holds them.
func learned(p *part) string {
	if p.Kind == inventory.Dataset {
		return "made of"
	}
	return "trained on"
}

// outputsFree reports whether the texts of some branch say that they do not
// reach what running the work puts out.
func outputsFree(branches [][]Term) bool {
	return slices.ContainsFunc(branches, func(b []Term) bool {
		return !slices.ContainsFunc(b, func(t Term) bool {
			return t.License == nil || t.License.Outputs == nil || t.License.Outputs.Answer != "yes"
		})
	})
}

// taught notes what a license that allows training on outputs asks for it.
func (j *judging) taught(p *part, a ancestor, v compat.Verdict) {
	duties := slices.DeleteFunc(slices.Clone(v.Duties), func(d compat.Duty) bool { return !slices.Contains(travelTypes, d.Type) })
	if len(duties) == 0 || samePublisher(p, a) {
		return
	}
	f := j.aboutBase(p, a, diag.LineageCheck, a.license)
	f.Severity, f.Message = diag.Note, fmt.Sprintf("%s what %s puts out: %s asks for something in return", learned(p), a.name, v.Inbound)
	f.Help = "meet the clauses named"
	for _, d := range duties {
		f.Because = append(f.Because, Cite(d.License, d.Clause)+": "+d.Text)
	}
	j.findings = append(j.findings, f)
}

// bound reports training on the outputs of a service whose terms bind them.
func (j *judging) bound(p *part, a ancestor, service, text, date string) {
	f := j.aboutBase(p, a, diag.LineageCheck, p.License.Concluded)
	f.Severity = j.soften(p, diag.Warning)
	f.Message = fmt.Sprintf("%s what %s puts out: to be decided", learned(p), service)
	f.Help = "find out who made the outputs, and whether that person accepted the terms"
	f.Fingerprint = fingerprint(f.Code, p, f.License, inventory.WithoutRevision(a.id)+"\x00"+service)
	f.Because = append(f.Because, fmt.Sprintf("terms of %s: %s (as of %s)", service, text, date))
	j.findings = append(j.findings, f)
}

// judgeData compares a model with a dataset that it was trained on.
func (j *judging) judgeData(p *part, a ancestor) {
	if a.family != nil && a.how.Sure() {
		for _, id := range a.family.MadeWith {
			if s := j.service(id); s != nil && s.Outputs.Answer == "yes" {
				j.bound(p, a, s.Name, s.Outputs.Text, s.Outputs.AsOf)
				break
			}
		}
	}
	if len(a.branches) == 0 || !j.travels(a.branches) {
		return
	}
	_, own := j.own(p)
	v := j.trained(own, a.branches)
	switch {
	case v.Verdict == compat.Yes:
	case v.Verdict == compat.No && !a.guessed && !a.unsure && !samePublisher(p, a):
		f := j.aboutBase(p, a, diag.OutputTraining, a.license)
		f.Severity = j.soften(p, diag.Error)
		f.Message = fmt.Sprintf("trained on %s: %s forbids that", a.name, v.Inbound)
		f.Help = "train it on something else, or ask the licensor"
		f.Because = append(f.Because, reasons(v)...)
		j.findings = append(j.findings, f)
	default:
		j.lineageCheck(p, a, a.license, fmt.Sprintf("trained on %s, which is under %s: to be decided", a.name, a.license), v)
	}
}

// trained compares the terms of what was learned from with those of the result.
func (j *judging) trained(own, from [][]Term) compat.Verdict {
	if own == nil {
		own = [][]Term{{compat.Proprietary()}}
	}
	return j.cmp.Expressions(own, from, compat.Train)
}
