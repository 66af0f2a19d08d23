package compat

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// move is a license under which a work may be passed on, and the clauses that
// lead there.
type move struct {
	id      string
	clauses []string
	steps   int  // licenses that were passed on the way
	last    bool // the way ends here: what this license names in turn is not open to the work
}

// maxMoves bounds the walk over licenses that name each other.
const maxMoves = 200

// movesOf lists the licenses under which a work may be passed on: its own,
// later versions, and what its clauses name, step by step, the nearest first;
// then those where the way ends. An exception may always be dropped.
func (c *Comparer) movesOf(s side) []move {
	if ms, ok := c.moves[s.License.ID]; ok {
		return ms
	}
	ms := []move{{id: s.License.ID}}
	walk := func(i int, last bool) {
		for _, w := range waysOf(c.licenseOf(ms[i].id, s), last) {
			for _, id := range w.IDs {
				if !slices.ContainsFunc(ms, func(m move) bool { return m.id == id }) {
					ms = append(ms, move{id, append(slices.Clone(ms[i].clauses), clause(ms[i].id, w.Clause)...), ms[i].steps + 1, last})
				}
			}
		}
	}
	for i := 0; i < len(ms) && len(ms) < maxMoves; i++ {
		walk(i, false)
	}
	for i, open := 0, len(ms); i < open; i++ {
		walk(i, true)
	}
	c.moves[s.License.ID] = ms
	return ms
}

// licenseOf finds a license on the way of a work; the rules need not know the
// work's own.
func (c *Comparer) licenseOf(id string, s side) *rulebase.License {
	if id == s.License.ID {
		return s.License
	}
	return c.rules.License(id)
}

// waysOf lists what a license names as next: later versions, then others; the
// ways that end there or those that lead on.
func waysOf(l *rulebase.License, last bool) []rulebase.Relicense {
	if l == nil {
		return nil
	}
	var ways []rulebase.Relicense
	if v := l.LaterVersion; v != nil && v.Last == last {
		ways = append(ways, rulebase.Relicense{IDs: v.IDs, Clause: v.Clause})
	}
	if last {
		return append(ways, l.Last...)
	}
	return append(ways, l.RelicenseTo...)
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
