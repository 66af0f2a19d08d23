package rulebase

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// SPDX returns the ids that license expressions may use.
func (b *Base) SPDX() *spdx.List { return b.list() }

// entries reads the ids of a section without parsing its rows in full.
func (ix index) entries(section string) []spdx.ListEntry {
	text := ix[section]
	out := make([]spdx.ListEntry, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		id, rest, _ := strings.Cut(line, "\t")
		if strings.HasPrefix(id, "LicenseRef-") {
			continue
		}
		e := spdx.ListEntry{ID: id}
		for range 6 { // name, family, category, openness, osi, fsf
			_, rest, _ = strings.Cut(rest, "\t")
		}
		if deprecated, rest, _ := strings.Cut(rest, "\t"); deprecated == "yes" {
			e.Deprecated = true
			e.Replacement, _, _ = strings.Cut(rest, "\t")
		}
		out = append(out, e)
	}
	return out
}

// The categories of what has no license in a table.
const (
	Unstated = "unstated" // nothing says which license applies
	Unknown  = "unknown"  // a license that no table holds
)

// Category returns the category of an expression: of an AND the heaviest, of an
// OR the lightest (hand in the branch that was taken where one was). WITH
// follows the exception where that makes the license lighter; an exception that
// leaves the reach over the whole program changes nothing. Licenses that no
// table holds are Unknown, NONE is Unstated.
func (b *Base) Category(e spdx.Expr) string {
	switch e := e.(type) {
	case spdx.License:
		return b.leafCategory(e)
	case spdx.And:
		return b.pick(e.X, func(rank, best int) bool { return rank > best })
	case spdx.Or:
		return b.pick(e.X, func(rank, best int) bool { return rank < best })
	case spdx.None:
		return Unstated
	}
	return Unknown
}

func (b *Base) pick(x []spdx.Expr, better func(rank, best int) bool) string {
	best := Unknown
	for i, e := range x {
		if c := b.Category(e); i == 0 || better(b.Rank(c), b.Rank(best)) {
			best = c
		}
	}
	return best
}

func (b *Base) leafCategory(l spdx.License) string {
	h, ok := b.head(l.ID)
	if !ok || h.Exception || h.Category == "" {
		return Unknown
	}
	if l.Exception == "" {
		return h.Category
	}
	x, ok := b.head(l.Exception)
	if !ok || !x.Exception || b.words().category[x.Category].Whole || b.Rank(x.Category) > b.Rank(h.Category) {
		return h.Category
	}
	return x.Category
}
