package assess

import (
	"fmt"
	"path"
	"slices"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// A bill of materials names what is in a work and not how it is joined: linked
// in, or only beside it. What would not fit if it were linked is for a person to
// decide.

// fromBill reports whether a component is code that only a bill of materials
// names, other than the work that the bill is about.
func fromBill(p *part) bool {
	return p.Scope == inventory.Found && p.Kind == inventory.Code && !subject(p) &&
		slices.ContainsFunc(p.Evidence, func(e inventory.Evidence) bool { return e.Source == "sbom" })
}

func subject(p *part) bool { return p.Property("subject") == "yes" }

// judgeBills compares what bills of materials name with the works they are
// about.
func (j *judging) judgeBills() {
	about := map[diag.Loc]*part{}
	for _, p := range j.parts {
		if subject(p) {
			about[bill(p)] = p
		}
	}
	for _, p := range j.parts {
		if !fromBill(p) || p.refused || p.apart != nil {
			continue
		}
		main := about[bill(p)]
		u := &unit{main: main, name: path.Base(bill(p).Path), outbound: j.outboundOf(main)}
		if main != nil {
			u.name = main.Name
		}
		license := u.outbound.text
		switch {
		case len(u.outbound.readings) > 0:
			license = "its license is not clear"
		case !u.outbound.stated:
			license = "no license stated"
		}
		if v := j.bestFit(u, p); v.Verdict != compat.Yes && !j.decided(p, v) {
			j.whole(u, p, finding{
				code: diag.Undecided, sev: soften(p, diag.Warning), verdict: v,
				message: fmt.Sprintf("%s in %s (%s): a bill of materials does not say how it is joined", v.Inbound, u.name, license),
				help:    fmt.Sprintf("if it is linked into %s, replace it or license the whole to fit; if it only lies beside it, waive this", u.name),
			})
		}
	}
}

// bill is the document that names a part.
func bill(p *part) diag.Loc {
	at := location(p)
	return diag.Loc{Target: at.Target, Path: at.Path}
}

// bestFit is how a part would fit a work if it were linked, under the license of
// the work that it fits best.
func (j *judging) bestFit(u *unit, p *part) compat.Verdict {
	if len(u.outbound.readings) > 0 {
		var fits []compat.Verdict
		for _, as := range u.outbound.readings {
			fits = append(fits, j.bestFit(u.read(as), p))
		}
		return united(fits)
	}
	best := compat.Verdict{Verdict: compat.No}
	for i, b := range u.outbound.branches {
		v := compat.Verdict{Verdict: compat.Yes, Cause: compat.Fits}
		if j.matters(b, p) {
			v = j.fit(b, p.terms, compat.Link)
		}
		if i == 0 || v.Verdict.Better(best.Verdict) {
			best = v
		}
	}
	return best
}
