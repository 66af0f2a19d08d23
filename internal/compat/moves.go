package compat

import "slices"

// move is a license under which a work may be passed on, and the clauses that
// lead there.
type move struct {
	id      string
	clauses []string
	last    bool // the way ends here
}

// maxMoves bounds the walk over licenses that name each other.
const maxMoves = 200

// movesOf lists the licenses under which a work may be passed on, the nearest
// first: its own, later versions, and what its clauses name, step by step. An
// exception may always be dropped.
func (c *Comparer) movesOf(s side) []move {
	if ms, ok := c.moves[s.License.ID]; ok {
		return ms
	}
	ms := []move{{id: s.License.ID}}
	for i := 0; i < len(ms) && len(ms) < maxMoves; i++ {
		l := c.rules.License(ms[i].id)
		if ms[i].id == s.License.ID {
			l = s.License
		}
		if l == nil || ms[i].last {
			continue
		}
		add := func(ids []string, at string, last bool) {
			for _, id := range ids {
				if !slices.ContainsFunc(ms, func(m move) bool { return m.id == id }) {
					ms = append(ms, move{id, append(slices.Clone(ms[i].clauses), clause(l.ID, at)...), last})
				}
			}
		}
		if l.LaterVersion != nil {
			add(l.LaterVersion.IDs, l.LaterVersion.Clause, false)
		}
		for _, r := range l.RelicenseTo {
			add(r.IDs, r.Clause, false)
		}
		for _, r := range l.Last {
			add(r.IDs, r.Clause, true)
		}
	}
	c.moves[s.License.ID] = ms
	return ms
}

// moveTo finds the way from an inbound term to an outbound one. A term with an
// exception is reached only by the very same term: the permission is its
// author's to give.
func (c *Comparer) moveTo(in, out side) (move, bool) {
	if out.Exception != nil {
		return move{}, false
	}
	ms := c.movesOf(in)
	i := slices.IndexFunc(ms, func(m move) bool { return m.id == out.License.ID })
	if i < 0 {
		return move{}, false
	}
	return ms[i], true
}

// Versions lists the terms that an owner of a work has by choosing a version:
// those that the license itself names as later or alternative versions.
func (c *Comparer) Versions(t Term) []Term {
	if t.License == nil || t.License.LaterVersion == nil {
		return nil
	}
	var out []Term
	for _, id := range t.License.LaterVersion.IDs {
		l := c.rules.License(id)
		if l == nil || id == t.License.ID {
			continue
		}
		v := Term{Text: id, License: l, Exception: t.Exception}
		if t.Exception != nil {
			v.Text += " WITH " + t.Exception.ID
		}
		out = append(out, v)
	}
	return out
}

// MovesOf lists the ids of the licenses under which a work may be passed on,
// its own first.
func (c *Comparer) MovesOf(t Term) []string {
	if t.License == nil {
		return nil
	}
	var out []string
	for _, m := range c.movesOf(sideOf(t)) {
		out = append(out, m.id)
	}
	return out
}
