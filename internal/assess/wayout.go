package assess

import "slices"

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
