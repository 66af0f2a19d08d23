package assess

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
)

// fit compares a part's terms with the terms of a whole: the worst answer.
func (j *judging) fit(whole, terms []Term, rel compat.Relation) compat.Verdict {
	worst := compat.Verdict{Verdict: compat.Yes, Cause: compat.Fits}
	for _, in := range terms {
		for _, out := range whole {
			if v := j.cmp.Terms(out, in, rel); worst.Verdict.Better(v.Verdict) {
				worst = v
			}
		}
	}
	return worst
}

// trial is a whole under one of the licenses that its owner may take, and how
// the parts fit it.
type trial struct {
	terms []Term
	fits  []compat.Verdict // parallel to the unit's parts
	bad   int              // answers that are no
	open  int              // answers that are check
}

func (j *judging) try(u *unit, terms []Term) trial {
	t := trial{terms: terms, fits: make([]compat.Verdict, len(u.parts))}
	for i, p := range u.parts {
		v := j.fit(terms, p.terms, relation(p))
		if !j.matters(terms, p) {
			v = compat.Verdict{Verdict: compat.Yes, Cause: compat.Fits}
		}
		t.fits[i] = v
		switch v.Verdict {
		case compat.No:
			t.bad++
		case compat.Check:
			t.open++
		}
	}
	return t
}

// matters reports whether the terms of a part and of the whole around it can
// ask for something of each other here: only network copyleft reaches a work
// that nobody gets a copy of. Work that stays in the house is judged as if it
// were handed over, as a note.
func (j *judging) matters(whole []Term, p *part) bool {
	if j.handsOver() || !j.serves() {
		return true
	}
	return slices.ContainsFunc(p.terms, networked) || slices.ContainsFunc(whole, networked)
}

func networked(t Term) bool {
	return t.License != nil && t.License.Copyleft.Network != "" && t.License.Copyleft.Network != "none"
}

// trials lists the licenses that a unit may go under as a whole: each branch of
// its license as it is, then its later versions.
func (j *judging) trials(u *unit) (asIs, later []trial) {
	for _, b := range u.outbound.branches {
		asIs = append(asIs, j.try(u, b))
	}
	for _, b := range u.outbound.branches {
		for i, t := range b {
			for _, v := range j.cmp.Versions(t) {
				terms := slices.Clone(b)
				terms[i] = v
				later = append(later, j.try(u, terms))
			}
		}
	}
	return asIs, later
}

// better orders trials: fewer parts that do not fit, then fewer questions.
func (t trial) better(u trial) bool {
	return t.bad < u.bad || t.bad == u.bad && t.open < u.open
}

func best(ts []trial) int {
	k := 0
	for i := range ts {
		if ts[i].better(ts[k]) {
			k = i
		}
	}
	return k
}

// bestLater prefers, among versions that fit alike, the one that leaves most
// later versions to choose from.
func bestLater(ts []trial) int {
	k := 0
	for i := range ts {
		if ts[i].better(ts[k]) || !ts[k].better(ts[i]) && choices(ts[i].terms) > choices(ts[k].terms) {
			k = i
		}
	}
	return k
}

// choices counts the later versions that terms leave open.
func choices(terms []Term) int {
	n := 0
	for _, t := range terms {
		if t.License != nil && t.License.LaterVersion != nil {
			n += len(t.License.LaterVersion.IDs)
		}
	}
	return n
}

// judgeWhole judges a unit: does it hold together under its own license, or
// under a later version of it, and if not, which parts do not fit?
func (j *judging) judgeWhole(u *unit) {
	if len(u.outbound.readings) > 0 {
		j.judgeUnclear(u)
		return
	}
	asIs, later := j.trials(u)
	all := slices.Concat(asIs, later)
	chosen, first := taken(asIs, later)
	if chosen.bad == 0 && !first {
		j.wholeOnly(u, chosen.terms)
	}
	alone := make([]bool, len(u.parts))
	for i := range u.parts {
		alone[i] = !slices.ContainsFunc(all, func(t trial) bool { return t.fits[i].Verdict != compat.No })
	}
	for i, p := range u.parts {
		v := chosen.fits[i]
		if alone[i] {
			j.misfit(u, p, asIs[best(asIs)].fits[i])
		} else if v.Verdict == compat.Check {
			j.doubt(u, p, v)
		}
	}
	j.conflicts(u, all, alone)
}

// taken is the trial that fits best: a later version only where the license as
// it is does not hold the unit together. first says that it is the first one.
func taken(asIs, later []trial) (t trial, first bool) {
	k := best(asIs)
	t, first = asIs[k], k == 0
	if t.bad > 0 && len(later) > 0 {
		if n := bestLater(later); later[n].better(t) {
			t, first = later[n], false
		}
	}
	return t, first
}

// conflicts names the smallest sets of parts that fit one by one, each under
// some version of the unit's license, and not together.
func (j *judging) conflicts(u *unit, all []trial, alone []bool) {
	holds := func(t trial) bool {
		return !slices.ContainsFunc(index(u.parts), func(i int) bool { return !alone[i] && t.fits[i].Verdict == compat.No })
	}
	if slices.ContainsFunc(all, holds) {
		return
	}
	seen := map[string]bool{}
	found := false
	for i, p := range u.parts {
		for k := i + 1; k < len(u.parts); k++ {
			q := u.parts[k]
			if alone[i] || alone[k] || together(all, i, k) {
				continue
			}
			found = true
			if key := pairKey(p, q); !seen[key] {
				seen[key] = true
				j.pair(u, []*part{p, q})
			}
		}
	}
	if found {
		return
	}
	var rest []*part
	for i, p := range u.parts {
		if !alone[i] && slices.ContainsFunc(all, func(t trial) bool { return t.fits[i].Verdict == compat.No }) {
			rest = append(rest, p)
		}
	}
	j.pair(u, rest)
}

// together reports whether some version carries both parts.
func together(all []trial, i, k int) bool {
	return slices.ContainsFunc(all, func(t trial) bool { return t.fits[i].Verdict != compat.No && t.fits[k].Verdict != compat.No })
}

func pairKey(p, q *part) string {
	both := []string{termsText(p.terms), termsText(q.terms)}
	slices.Sort(both)
	return strings.Join(both, "\x00")
}

func index[T any](list []T) []int {
	out := make([]int, len(list))
	for i := range list {
		out[i] = i
	}
	return out
}

// termsText prints terms that all hold.
func termsText(terms []Term) string {
	var all []string
	for _, t := range terms {
		all = append(all, t.Text)
	}
	return strings.Join(all, " AND ")
}
