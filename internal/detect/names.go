package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/phrase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// tagName introduces a license expression, by the SPDX specification, annex E.
const tagName = "SPDX-License-Identifier:"

// tag is an SPDX-License-Identifier.
type tag struct {
	start, end int
	expr       spdx.Expr // nil where it cannot be read
	text       string
}

// findTags lists the tags of a text.
func (s *Scanner) findTags(text []byte) []tag {
	var out []tag
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(tagName))
		if i < 0 {
			return out
		}
		start := at + i
		at = start + len(tagName)
		end := len(text)
		if n := bytes.IndexByte(text[at:], '\n'); n >= 0 {
			end = at + n
		}
		line := text[at:end]
		for _, stop := range []string{"*/", "-->", "`", "#}", "\"", "'", "<"} {
			if n := bytes.Index(line, []byte(stop)); n >= 0 {
				line = line[:n]
			}
		}
		value := strings.TrimSpace(string(line))
		t := tag{start: start, end: at + len(line), text: value}
		if e, err := spdx.Parse(value, s.base.SPDX()); err == nil && value != "" {
			t.expr = e
		}
		out = append(out, t)
	}
}

// tags adds the text's tags to its parts.
func (r *reading) tags() {
	if !bytes.Contains(r.text, []byte(tagName)) {
		return
	}
	for _, t := range r.s.findTags(r.text) {
		u := r.unitAt(t.start)
		if u == nil || t.expr == nil {
			continue
		}
		if slices.ContainsFunc(r.parts, func(p part) bool { return p.Method == ByTag && p.ID == t.expr.String() }) {
			continue
		}
		r.parts = append(r.parts, part{Found: Found{ID: t.expr.String(), Start: t.start, End: t.end, Method: ByTag}, expr: t.expr, kind: kindLicense})
		if u.kind == isOther || u.kind == isTitle {
			u.kind = isStated
		}
	}
}

// named is a license named at words [from, to) of a unit or sentence.
type named struct {
	id       string // an expression, or a family
	family   bool
	from, to int
	lo, hi   int // bytes
}

// findNames lists the licenses that words of a text name, the longest names
// first where they overlap. Where licensing says that nothing but licenses is
// spoken of, names count that may mean something else.
func (s *Scanner) findNames(text []byte, list []phrase.Word, hits []phrase.Hit, from, to int, licensing bool) []named {
	var all []named
	lo, hi := list[from].Lo, list[to-1].Hi
	a := &s.known
	words := textWords(text[lo:hi], lo)
	for i := range words {
		x := a.at(words, i)
		if x == nil || x.lonely() && !licenseBeside(text, words, i, licensing) {
			continue
		}
		end := i + len(x.words)
		all = append(all, named{id: x.id, from: from + i, to: from + end, lo: words[i].lo, hi: words[end-1].hi})
	}
	for _, h := range hits {
		kind := s.phrases.kind[h.Pattern]
		if h.Start < from || h.End > to || kind != isLicense && kind != isFamily {
			continue
		}
		all = append(all, named{id: s.phrases.id[h.Pattern], family: kind == isFamily, from: h.Start, to: h.End, lo: list[h.Start].Lo, hi: list[h.End-1].Hi})
	}
	slices.SortStableFunc(all, func(a, b named) int {
		return cmp.Or(cmp.Compare(b.to-b.from, a.to-a.from), cmp.Compare(a.from, b.from))
	})
	var out []named
	for _, n := range all {
		if !slices.ContainsFunc(out, func(o named) bool { return n.from < o.to && o.from < n.to }) {
			out = append(out, n)
		}
	}
	slices.SortFunc(out, func(a, b named) int { return cmp.Compare(a.from, b.from) })
	return out
}

// near is how many words may stand between "under" or "license" and a name.
const near = 8

// licenseBeside reports whether a name of one word stands where only a license
// can be meant: before "license", or not long after it and written as a name.
func licenseBeside(text []byte, words []textWord, i int, licensing bool) bool {
	name := text[words[i].lo:words[i].hi]
	if i+1 < len(words) && strings.HasPrefix(words[i+1].word, "licen") && !bytes.ContainsAny(text[words[i].hi:words[i+1].lo], ":=") {
		return true
	}
	after := slices.ContainsFunc(words[max(0, i-near):i], func(w textWord) bool { return w.word == "under" || strings.HasPrefix(w.word, "licen") })
	if bytes.Equal(name, bytes.ToUpper(name)) && len(name) > 2 || bytes.ContainsAny(name, "0123456789") {
		return after || licensing
	}
	return after && i+1 == len(words) && !bytes.Equal(name, bytes.ToLower(name))
}

// names adds the licenses that the text between matches names as its own. In a
// text without any, a heading is enough where licenses are spoken of.
func (r *reading) names() {
	r.opening()
	for _, weak := range []bool{false, true} {
		if weak && len(r.parts) > 0 && !r.section {
			r.titles()
			return
		}
		for k := range r.gaps {
			g := &r.gaps[k]
			for i := range g.units {
				u := &g.units[i]
				here := r.licensing(g, i)
				if u.fixed || !r.states(u, weak && (here || r.length() <= shortText)) {
					continue
				}
				here = here || u.words <= nameAlone && r.length() <= shortest
				for _, n := range r.s.findNames(r.text, g.list, g.hits, u.from, u.to, here) {
					if n.from < u.aboutAt {
						r.name(u, n)
					}
				}
			}
		}
	}
}

// titles looks at headings beside license texts: one that names a license that
// the text does not hold leaves open what is meant.
func (r *reading) titles() {
	for k := range r.gaps {
		g := &r.gaps[k]
		for i := range g.units {
			u := &g.units[i]
			if u.kind != isTitle || !u.weak || u.aboutAt < u.to || u.pointer {
				continue
			}
			for _, n := range r.s.findNames(r.text, g.list, g.hits, u.from, u.to, false) {
				switch {
				case r.belongs(n):
				case r.labels(u, n):
					u.kind = isStated
					r.name(u, n)
				default:
					u.kind, u.limits, u.normative = isOther, true, true
				}
			}
		}
	}
}

// labels reports whether a unit is a line "License: NAME" below a license's text:
// an entry of a list of parts with licenses of their own.
func (r *reading) labels(u *unit, n named) bool {
	const label = "license:"
	line := bytes.ToLower(r.text[u.start:min(u.end, u.start+len(label))])
	return !n.family && string(line) == label && n.from == u.from+1 && n.to == u.to &&
		slices.ContainsFunc(r.parts, func(p part) bool { return p.full && p.End <= u.start })
}

// belongs reports whether a name is that of a license of the text, of one of
// the same family, or of a family of which one was found.
func (r *reading) belongs(n named) bool {
	if n.family {
		return r.hasFamily(n.id)
	}
	e, err := spdx.ParseLax(n.id)
	if err != nil {
		return true
	}
	for _, l := range spdx.Leaves(e) {
		h, ok := r.s.base.Lookup(l.ID)
		same := slices.ContainsFunc(r.parts, func(p part) bool {
			return slices.ContainsFunc(spdx.Leaves(p.expr), func(m spdx.License) bool { return SameVersion(m.ID, l.ID) })
		})
		if !same && (!ok || h.Family == "" || !r.hasFamily(h.Family)) {
			return false
		}
	}
	return true
}

// Bounds in words of what may name a license without that word: a text in which
// names of several words count, one in which a name that stands alone counts even
// if it may mean something else, and such a name. And of a heading before a name.
const (
	shortText    = 60
	shortest     = 12
	nameAlone    = 2
	shortHeading = 6
)

// licensing reports whether a unit stands where licenses are spoken of: in a
// section about them, or with or right below that word.
func (r *reading) licensing(g *gap, i int) bool {
	u := &g.units[i]
	return r.section || u.license || i > 0 && g.units[i-1].license && g.units[i-1].words <= shortHeading && u.words <= shortHeading
}

// length is the number of words that no license's text explains.
func (r *reading) length() (n int) {
	for k := range r.gaps {
		n += len(r.gaps[k].list)
	}
	return n
}

// states reports whether a unit says under which license something is.
func (r *reading) states(u *unit, weak bool) bool {
	switch u.kind {
	case isBoilerplate:
		return u.stated
	case isStated, isChoice, isScope, isCopyright:
		return u.stated || weak || u.kind == isChoice
	}
	return weak && (u.weak || u.words <= maxTitle) && !u.normative
}

// openingWords is how near to its beginning a text must show which license it is.
const openingWords = 80

// opening recognises a license without a pattern by how it begins, in a text
// where no other license is found.
func (r *reading) opening() {
	if len(r.parts) > 0 || len(r.gaps) != 1 {
		return
	}
	g := &r.gaps[0]
	for _, h := range g.hits {
		if r.s.phrases.kind[h.Pattern] != isOpening || h.Start > openingWords {
			continue
		}
		e, err := spdx.ParseLax(r.s.phrases.id[h.Pattern])
		if err != nil {
			continue
		}
		r.parts = append(r.parts, part{
			Found: Found{ID: e.String(), Start: g.start, End: g.end, Method: ByPattern}, expr: e, kind: kindLicense, full: true,
		})
		r.gaps, r.whole = nil, true
		return
	}
}

// name adds a named license unless the text states it already.
func (r *reading) name(u *unit, n named) {
	if n.family {
		if u.kind != isBoilerplate && !r.hasFamily(n.id) && len(r.parts) > 0 && !r.refers() {
			u.kind, u.normative = isOther, true // a license that nobody can tell
		}
		return
	}
	e, err := spdx.Parse(n.id, r.s.base.SPDX())
	if err != nil {
		if e, err = spdx.ParseLax(n.id); err != nil {
			return
		}
	}
	id := e.String()
	known := slices.IndexFunc(r.parts, func(p part) bool {
		return slices.ContainsFunc(spdx.Leaves(p.expr), func(l spdx.License) bool { return l.String() == id })
	})
	if known >= 0 {
		if p := &r.parts[known]; u.content && p.Method == ByURL && p.ID == id {
			p.kind = kindContent // the address is that of what the sentence speaks of
		}
		return
	}
	kind := kindLicense
	if u.content {
		kind = kindContent
	}
	r.parts = append(r.parts, part{Found: Found{ID: id, Start: n.lo, End: n.hi, Method: ByAlias, Only: bytes.Contains(bytes.ToLower(r.text[n.lo:n.hi]), []byte("only"))}, expr: e, kind: kind})
}

// refers reports whether the text refers to another file for what it names.
func (r *reading) refers() bool {
	return slices.ContainsFunc(r.gaps, func(g gap) bool {
		return slices.ContainsFunc(g.units, func(u unit) bool { return u.pointer || u.kind == isBoilerplate && u.weak })
	})
}

// hasFamily reports whether a license of one of the families (separated by |)
// was found; "" stands for any.
func (r *reading) hasFamily(families string) bool {
	if families == "" {
		return true
	}
	list := strings.Split(families, "|")
	for _, p := range r.parts {
		for _, l := range spdx.Leaves(p.expr) {
			if h, ok := r.s.base.Lookup(l.ID); ok && slices.Contains(list, h.Family) {
				return true
			}
		}
	}
	return false
}
