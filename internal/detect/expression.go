package detect

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// expression joins the parts of a text to one expression; nil where there is
// none. patents says that only patents are granted.
func (r *reading) expression(t *Text) (expr spdx.Expr, patents bool) {
	if e := r.topTag(); e != nil {
		r.top = true
		return e, false
	}
	var lics, content, extra, policies []part
	for _, p := range r.parts {
		switch p.kind {
		case kindLicense:
			lics = append(lics, p)
		case kindContent:
			content = append(content, p)
		case kindPolicy:
			policies = append(policies, p)
		case kindPatents:
			extra = append(extra, p)
		}
	}
	if len(lics) == 0 {
		lics, content = content, nil
	}
	if len(lics) == 0 && len(policies) > 0 {
		t.Policy = true
		return policies[0].expr, false
	}
	if len(lics) == 0 {
		if len(extra) == 0 {
			return nil, false
		}
		return extra[0].expr, true
	}
	lics = r.versions(t, lics)
	lics = r.embedded(lics)
	lics = r.dedications(lics)
	r.exceptions(lics)
	t.Code = r.join(t, lics)
	all := []spdx.Expr{t.Code}
	for _, p := range content {
		all = append(all, p.expr)
	}
	return spdx.NewAnd(all...), false
}

// topTag returns the expression of a tag that stands before every license text
// and speaks of the whole; nil without one, or where a license of the text is
// not in it.
func (r *reading) topTag() spdx.Expr {
	var first *part
	for i := range r.parts {
		if p := &r.parts[i]; p.Method == ByTag {
			first = p
			break
		} else if p.full {
			return nil
		}
	}
	if first == nil {
		return nil
	}
	if u := r.unitAt(first.Start); u == nil || u.scope {
		return nil
	}
	leaves := spdx.Leaves(first.expr)
	for _, p := range r.parts {
		for _, l := range spdx.Leaves(p.expr) {
			if !slices.ContainsFunc(leaves, func(m spdx.License) bool { return r.sameVersion(l.ID, m.ID) }) {
				return nil
			}
		}
	}
	return first.expr
}

// sameVersion reports whether two ids are one license, whatever they say of
// later versions.
func (r *reading) sameVersion(a, b string) bool {
	trim := func(id string) string { return strings.TrimSuffix(strings.TrimSuffix(id, suffixOnly), suffixLater) }
	return a == b || trim(a) == trim(b)
}

// versions settles which versions of a GNU license count: what a notice or a
// sentence says, unless it stands in the appendix that tells how to apply the
// license; a bare text is that version only, and the text is marked.
func (r *reading) versions(t *Text, lics []part) []part {
	var out []part
	for i, p := range lics {
		l, ok := p.expr.(spdx.License)
		if !ok || !versioned(l.ID) {
			out = append(out, p)
			continue
		}
		if p.full {
			said := ""
			for k, q := range lics {
				m, ok := q.expr.(spdx.License)
				if k != i && ok && !q.full && r.sameVersion(l.ID, m.ID) && !(q.Method == ByText && r.inAppendix(q)) {
					said = m.ID
				}
			}
			if said == "" && r.laterSaid() {
				said = twin(l.ID, suffixLater, r.s.base.SPDX())
			}
			if said == "" {
				t.Bare = true
			} else {
				l.ID = said
				p.expr, p.ID = l, l.String()
			}
			out = append(out, p)
			continue
		}
		if slices.ContainsFunc(lics, func(q part) bool {
			m, ok := q.expr.(spdx.License)
			return ok && r.sameVersion(l.ID, m.ID) && (q.full || m.ID != l.ID && strings.HasSuffix(m.ID, suffixLater))
		}) {
			continue // its text stands for it, or a statement that says more
		}
		out = append(out, p)
	}
	return out
}

// inAppendix reports whether a notice stands in the part of a license text that
// tells how to use it.
func (r *reading) inAppendix(p part) bool {
	return slices.ContainsFunc(r.gaps, func(g gap) bool {
		return g.start <= p.Start && g.end >= p.Start && slices.ContainsFunc(g.units, func(u unit) bool { return u.appendix })
	})
}

// laterSaid reports whether a sentence outside the texts allows later versions.
func (r *reading) laterSaid() bool {
	for _, g := range r.gaps {
		for _, u := range g.units {
			if u.later && !u.appendix && u.kind != isBoilerplate {
				return true
			}
		}
	}
	return false
}

// embedded drops a license whose text stands there only because another one
// refers to it.
func (r *reading) embedded(lics []part) []part {
	return slices.DeleteFunc(slices.Clone(lics), func(p part) bool {
		return p.full && slices.ContainsFunc(lics, func(q part) bool {
			return q.full && slices.Contains(r.s.embeds[baseOf(q.ID)], baseOf(p.ID))
		})
	})
}

func baseOf(id string) string {
	return strings.TrimSuffix(strings.TrimSuffix(id, suffixOnly), suffixLater)
}

// dedications drops a plain "public domain" where a license with that effect
// stands or is named too.
func (r *reading) dedications(lics []part) []part {
	free := func(p part) bool { return r.s.base.Category(p.expr) == publicDomain }
	return slices.DeleteFunc(slices.Clone(lics), func(p part) bool {
		return !p.full && free(p) && strings.HasPrefix(p.ID, "LicenseRef-") && slices.ContainsFunc(lics, func(q part) bool { return q.ID != p.ID && free(q) })
	})
}

const publicDomain = "public-domain" // vocabulary: categories

// exceptions puts the exceptions that the text adds to the license before them,
// or to the first.
func (r *reading) exceptions(lics []part) {
	for _, x := range r.excepted {
		attach(lics, x.start, x.id)
	}
	for _, g := range r.gaps {
		for _, u := range g.units {
			if u.kind != isException {
				continue
			}
			attach(lics, u.start, u.id)
		}
	}
}

// attach puts an exception that stands at a byte to the license before it, or
// to the first.
func attach(lics []part, at int, id string) {
	k := -1
	for i, p := range lics {
		l, ok := p.expr.(spdx.License)
		if ok && l.Exception == "" && versioned(l.ID) && (k < 0 || p.Start < at) {
			k = i
		}
	}
	if k < 0 && len(lics) == 1 {
		k = 0
	}
	if k < 0 {
		return
	}
	if l, ok := lics[k].expr.(spdx.License); ok && l.Exception == "" {
		l.Exception = id
		lics[k].expr, lics[k].ID = l, l.String()
	}
}

// join makes one expression of several licenses: a choice where the text offers
// one, else all of them.
func (r *reading) join(t *Text, lics []part) spdx.Expr {
	var all []spdx.Expr
	for _, p := range lics {
		if !slices.ContainsFunc(all, func(e spdx.Expr) bool { return spdx.Same(e, p.expr) }) {
			all = append(all, p.expr)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	offered := r.offered(lics)
	if offered == nil {
		return spdx.NewAnd(all...)
	}
	t.Choice = true
	if len(offered) < 2 || len(offered) == len(all) {
		if len(all) > 2 && len(offered) < 2 {
			return spdx.NewAnd(all...) // a choice between which of them is not said
		}
		return spdx.NewOr(all...)
	}
	rest := slices.DeleteFunc(all, func(e spdx.Expr) bool {
		return slices.ContainsFunc(offered, func(o spdx.Expr) bool { return spdx.Same(o, e) })
	})
	return spdx.NewAnd(append([]spdx.Expr{spdx.NewOr(offered...)}, rest...)...)
}

// offered lists the licenses that a sentence of choice names, as the parts
// state them; nil where no choice is offered.
func (r *reading) offered(lics []part) []spdx.Expr {
	var found bool
	out := []spdx.Expr{}
	for _, g := range r.gaps {
		for _, u := range g.units {
			if !u.choice {
				continue
			}
			found = true
			for _, n := range r.s.findNames(r.text, g.list, g.hits, u.from, u.to, true) {
				for _, p := range lics {
					if l, ok := p.expr.(spdx.License); ok && !n.family && r.sameVersion(l.ID, n.id) &&
						!slices.ContainsFunc(out, func(e spdx.Expr) bool { return spdx.Same(e, p.expr) }) {
						out = append(out, p.expr)
					}
				}
			}
		}
	}
	if !found {
		return nil
	}
	return out
}
