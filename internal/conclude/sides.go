package conclude

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// withoutPrompts leaves out what is shown before access and is no license: a
// request for a name, or the gist of the license that the card states. One that
// limits something settles nothing beside a license without limits, and one that
// stands alone may be all the terms there are.
func (m *modelSides) withoutPrompts(sides []side) []side {
	stated := slices.DeleteFunc(slices.Clone(sides), func(s side) bool { return s.prompt })
	if !slices.ContainsFunc(stated, func(s side) bool { return s.expr != nil }) {
		return sides
	}
	limited := slices.ContainsFunc(stated, func(s side) bool { return s.expr != nil && m.limited(s.expr) })
	return slices.DeleteFunc(sides, func(s side) bool { return s.prompt && (limited || !s.limits) })
}

// limited reports whether some license of an expression is not open to all and
// for everything.
func (m *modelSides) limited(e spdx.Expr) bool {
	return slices.ContainsFunc(spdx.Leaves(e), func(l spdx.License) bool {
		h, ok := m.base.Lookup(l.ID)
		return ok && (h.Openness == "open-restricted" || h.Openness == "closed")
	})
}

// reason says why a side settles nothing.
func (s *side) reason() string {
	switch {
	case len(s.family) > 0:
		return s.path + ": " + s.said + " stands for several licenses: " + strings.Join(s.family, ", ")
	case s.said != "":
		return s.path + ": the license stated there is not known: " + s.said
	}
	return s.path + ": " + cmp.Or(s.why, "no license recognised in it")
}

// dangling says that a side links to a file that is not there.
func (m *modelSides) dangling(s *side) string {
	if s.link == "" || strings.Contains(s.link, "://") || slices.ContainsFunc(m.out.Evidence, func(e inventory.Evidence) bool {
		return path.Base(e.Path) == path.Base(s.link)
	}) {
		return ""
	}
	return "; the file that it links, " + s.link + ", is not there or says nothing of a license"
}

// best is what the sources that win say, all of them together. A source that is
// not understood is returned instead: what it says may be less than the others
// grant. Only a card, and what ranks below it, that says nothing but "other" or
// the name of a family may be explained by what follows it in rank.
func (m *modelSides) best(sides []side) (spdx.Expr, *side) {
	for i := 0; i < len(sides); {
		var all []spdx.Expr
		var open *side
		rank := sides[i].rank
		for ; i < len(sides) && sides[i].rank == rank; i++ {
			if s := &sides[i]; s.expr != nil {
				all = append(all, s.expr)
			} else if open == nil || open.vague {
				open = s
			}
		}
		if open == nil {
			return spdx.NewAnd(all...), nil
		}
		if len(all) > 0 || !open.vague {
			return nil, open
		}
	}
	return nil, &sides[0]
}

func (s *side) isText() bool { return s.rank <= rankOf("layer") }

// contrary finds the sides that say something else than the best.
func (m *modelSides) contrary(sides []side, best spdx.Expr) []side {
	return slices.DeleteFunc(slices.Clone(sides), func(s side) bool {
		if s.expr != nil {
			return coversAll(best, []spdx.Expr{s.expr})
		}
		return oneOf(best, s.family)
	})
}

// differ words who says what, each once.
func differ(best spdx.Expr, at string, others []side) string {
	who, what := []string{path.Base(at)}, []string{best.String()}
	for _, s := range others {
		if name := path.Base(s.path); !slices.Contains(who, name) {
			who = append(who, name)
		}
		if says := cmp.Or(text(s.expr), s.said); !slices.Contains(what, says) {
			what = append(what, says)
		}
	}
	verb := " say"
	if len(who) == 1 {
		verb = " says"
	}
	last := len(who) - 1
	if last > 0 {
		who[last] = "and " + who[last]
	}
	sep := ", "
	if last == 1 {
		sep = " "
	}
	return strings.Join(who, sep) + verb + " different things: " + strings.Join(what, ", ")
}

// oneOf reports whether an expression names a member of a family; a family
// without members excludes nothing.
func oneOf(e spdx.Expr, family []string) bool {
	return len(family) == 0 || slices.ContainsFunc(spdx.Leaves(e), func(l spdx.License) bool {
		return slices.ContainsFunc(family, func(id string) bool { return detect.SameVersion(id, l.ID) })
	})
}

func joinSides(sides []side, want func(side) bool) spdx.Expr {
	var all []spdx.Expr
	for _, s := range sides {
		if want(s) && s.expr != nil {
			all = append(all, s.expr)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return spdx.NewAnd(all...)
}

func text(e spdx.Expr) string {
	if e == nil {
		return ""
	}
	return e.String()
}
