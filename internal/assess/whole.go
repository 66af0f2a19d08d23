package assess

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// unit is what is judged as one work: a program with all that it links, or the
// packages of a library.
type unit struct {
	root     string
	name     string // as messages call it
	library  bool
	main     *part // the main module that it belongs to; nil where none was found
	outbound outbound
	parts    []*part // all but the main module
	way      *string // kept answer of wayOut
}

// outbound is the license under which a work is passed on.
type outbound struct {
	text     string
	branches [][]Term // a choice (OR) of lists that all hold (AND)
	closed   bool     // no branch is an open-source license
	stated   bool
}

// outboundOf is the policy's word on a main module's license, else its own;
// without either its terms are its owner's alone.
func (j *judging) outboundOf(main *part) outbound {
	switch {
	case j.stance.license != "" && j.stance.license != compat.Proprietary().Text:
		return j.outbound(j.stance.license, j.know.branches(j.stance.license))
	case j.stance.license == "" && main != nil && len(main.choices) > 0:
		return j.outbound(main.License.Concluded, main.choices)
	}
	t := compat.Proprietary()
	return outbound{text: t.Text, branches: [][]Term{{t}}, closed: true, stated: j.stance.license != ""}
}

func (j *judging) outbound(text string, branches [][]Term) outbound {
	o := outbound{text: text, branches: branches, closed: true, stated: true}
	for _, b := range branches {
		if j.openness(b) == openSource {
			o.closed = false
		}
	}
	return o
}

// wholes makes the units: one per folder of a main package, and one for the
// packages of main modules that no program counts.
func (j *judging) wholes() {
	mains := map[string]*part{}
	var first *part
	for _, p := range j.parts {
		if p.Scope == inventory.Main {
			mains[p.ID] = p
			if first == nil {
				first = p
			}
		}
	}
	byRoot := map[string]*unit{}
	for _, prog := range j.inv.Programs {
		u := &unit{root: prog.Root, name: prog.Root, main: mains[prog.Component]}
		if prog.Root == "." {
			u.name = path.Base(prog.Package)
		}
		if old := byRoot[prog.Root]; old != nil && (old.main == nil || u.main == nil || old.main.ID <= u.main.ID) {
			continue
		}
		byRoot[prog.Root] = u
	}
	for _, p := range j.parts {
		for _, l := range p.LinkedBy {
			if byRoot[l.Root] == nil && links(p) {
				u := &unit{root: l.Root, library: true, main: first, name: l.Root}
				if l.Root == "." && first != nil {
					u.name = first.Name
				}
				byRoot[l.Root] = u
			}
		}
	}
	for _, u := range byRoot {
		u.outbound = j.outboundOf(u.main)
		j.units = append(j.units, u)
	}
	slices.SortFunc(j.units, func(a, b *unit) int { return cmp.Compare(a.root, b.root) })
	j.fill()
}

// links reports whether a component is part of programs.
func links(p *part) bool {
	return p.Scope == inventory.Linked || p.Scope == inventory.Bundled || p.Scope == inventory.Embedded
}

// fill puts the linked parts into their units; a part that names no program is
// taken to be in all of them.
func (j *judging) fill() {
	for _, p := range j.parts {
		if !links(p) {
			continue
		}
		for _, u := range j.units {
			if len(p.LinkedBy) == 0 || slices.ContainsFunc(p.LinkedBy, func(l inventory.Link) bool { return l.Root == u.root }) {
				p.units = append(p.units, u)
				u.parts = append(u.parts, p)
			}
		}
	}
}

// relation is how a part takes part in a program.
func relation(p *part) compat.Relation {
	if p.Scope == inventory.Embedded {
		return compat.Embed
	}
	return compat.Link
}

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
		if !j.matters(p) {
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

// matters reports whether a part's copyleft can ask for something here: only
// network copyleft reaches a work that nobody gets a copy of. Work that stays
// in the house is judged as if it were handed over, as a note.
func (j *judging) matters(p *part) bool {
	if j.handsOver() || !j.serves() {
		return true
	}
	return slices.ContainsFunc(p.terms, networked)
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

// judgeWhole judges a unit: does it hold together under its own license, or
// under a later version of it, and if not, which parts do not fit?
func (j *judging) judgeWhole(u *unit) {
	asIs, later := j.trials(u)
	all := slices.Concat(asIs, later)
	k := best(asIs)
	if asIs[k].bad > 0 && len(later) > 0 {
		if n := len(asIs) + best(later); all[n].better(all[k]) {
			k = n
		}
	}
	taken := all[k]
	if taken.bad == 0 && k > 0 {
		j.wholeOnly(u, taken.terms)
	}
	alone := make([]bool, len(u.parts))
	for i := range u.parts {
		alone[i] = !slices.ContainsFunc(all, func(t trial) bool { return t.fits[i].Verdict != compat.No })
	}
	for i, p := range u.parts {
		v := taken.fits[i]
		if alone[i] {
			j.misfit(u, p, asIs[best(asIs)].fits[i])
		} else if v.Verdict == compat.Check {
			j.doubt(u, p, v)
		}
	}
	j.conflicts(u, all, alone)
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

// wayOut looks for a license that carries the whole unit, for a part that does
// not fit: the licenses that the parts with copyleft may move to, and those of
// the family of the unit's own. "" where there is none.
func (j *judging) wayOut(u *unit) string {
	if u.way == nil {
		way := j.findWay(u)
		u.way = &way
	}
	return *u.way
}

func (j *judging) findWay(u *unit) string {
	var ids []string
	for _, p := range u.parts {
		for _, t := range p.terms {
			if t.License != nil && t.License.Copyleft.Scope != "" && t.License.Copyleft.Scope != "none" {
				ids = append(ids, j.cmp.MovesOf(t)...)
			}
		}
	}
	for _, b := range u.outbound.branches {
		for _, t := range b {
			if t.License != nil {
				ids = append(ids, j.know.base.Family(t.License.Family)...)
			}
		}
	}
	slices.Sort(ids)
	found, foundRank := "", 0
	var foundTrial trial
	for _, id := range slices.Compact(ids) {
		l := j.know.License(id)
		if l == nil || l.Deprecated || !l.Full {
			continue
		}
		t := j.try(u, []Term{{Text: id, License: l}})
		if t.bad > 0 {
			continue
		}
		rank := j.know.rank(l.Category)
		if found == "" || t.open < foundTrial.open || t.open == foundTrial.open && rank < foundRank {
			found, foundRank, foundTrial = id, rank, t
		}
	}
	return j.offered(found)
}

// offered prefers, to a license with a fixed version, the one that offers that
// version or later and the fewest others.
func (j *judging) offered(id string) string {
	l := j.know.License(id)
	if l == nil || l.LaterVersion != nil {
		return id
	}
	bestID, n := id, 0
	for _, other := range j.know.base.Family(l.Family) {
		o := j.know.License(other)
		if o == nil || o.Deprecated || o.LaterVersion == nil || !slices.Contains(o.LaterVersion.IDs, id) {
			continue
		}
		if n == 0 || len(o.LaterVersion.IDs) < n {
			bestID, n = other, len(o.LaterVersion.IDs)
		}
	}
	return bestID
}
