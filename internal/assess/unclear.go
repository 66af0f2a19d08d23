package assess

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// A project whose own license nobody can tell may be under any of its readings:
// each license that was found, and terms of its owner's own. What fits all of
// them fits, what fits none does not, and the rest is to be decided.

// unclear reports whether something says under which license a part is, and it
// is not clear what.
func unclear(p *part) bool {
	return p.License.Status == inventory.Unknown || p.License.Status == inventory.Disagree
}

// unclearOutbound is the outbound side of a main module without a clear license.
func (j *judging) unclearOutbound(p *part) outbound {
	own := proprietary(false)
	out := outbound{text: spdx.NoAssertion{}.String(), branches: own.branches, closed: true, readings: []outbound{own}}
	for _, text := range slices.Compact([]string{p.License.Declared, p.License.Detected}) {
		if b := j.know.branches(text); len(b) > 0 {
			out.readings = append(out.readings, j.outbound(text, b))
		}
	}
	return out
}

// read is a copy of a unit whose license is that of one of its readings.
func (u *unit) read(as outbound) *unit {
	r := *u
	r.outbound, r.way = as, nil
	return &r
}

// judgeUnclear judges a unit under each reading of its license.
func (j *judging) judgeUnclear(u *unit) {
	var readings []trial
	for _, as := range u.outbound.readings {
		asIs, later := j.trials(u.read(as))
		t, _ := taken(asIs, later)
		readings = append(readings, t)
	}
	for i, p := range u.parts {
		fits := make([]compat.Verdict, len(readings))
		for k := range readings {
			fits[k] = readings[k].fits[i]
		}
		switch v := united(fits); {
		case v.Cause == depends:
			j.depends(u, p, fits)
		case v.Verdict == compat.No:
			j.misfit(u, p, v)
		case v.Verdict == compat.Check:
			j.doubt(u, p, v)
		}
	}
}

// depends is the cause of an answer that the readings of a license differ in.
const depends compat.Cause = "depends"

// united is the answer for all readings: the last one's where all answer alike,
// and a question where they differ.
func united(fits []compat.Verdict) compat.Verdict {
	v := fits[len(fits)-1]
	if slices.ContainsFunc(fits, func(w compat.Verdict) bool { return w.Verdict != v.Verdict }) {
		v.Verdict, v.Cause, v.Clauses, v.Duties = compat.Check, depends, nil, nil
		v.Reason = "it depends on what the license of the project is"
	}
	return v
}

// depends adds a part to what the finding about the project's license says.
func (j *judging) depends(u *unit, p *part, fits []compat.Verdict) {
	if p.refused || u.main == nil {
		return
	}
	i := slices.IndexFunc(j.findings, func(f diag.Finding) bool { return f.Code == diag.MainUnlicensed && f.Component == u.main.ID })
	if i < 0 {
		return // said already, or the policy does not want to hear it
	}
	var all []string
	for k, r := range u.outbound.readings {
		all = append(all, fmt.Sprintf("%s under %s", fits[k].Verdict, r.text))
	}
	f := &j.findings[i]
	line := fmt.Sprintf("may %s be part of it? %s", termsText(p.terms), strings.Join(all, ", "))
	if !slices.Contains(f.Because, line) {
		f.Because = append(f.Because, line)
	}
}
