package detect

import (
	"cmp"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect/engine"
	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// span is a stretch of a text, in bytes.
type span struct {
	start, end int
}

func (s span) size() int { return s.end - s.start }

// overlap is how many bytes two stretches share.
func (s span) overlap(o span) int { return max(0, min(s.end, o.end)-max(s.start, o.start)) }

// ByFingerprint is the method of matches with texts that no pattern knows.
const ByFingerprint = "fingerprint"

// both unites the answers of the two engines. Where both know a license, the
// pattern says which it is, and the fingerprint which words inside it are not
// the license's. A license that takes in what a pattern matched, and explains
// more of the text, stands for it: a text that begins as MIT and goes on.
func (r *reading) both() {
	found := r.prints.Find()
	prints := slices.Clone(found) // the Kind of those that are dealt with is taken away
	var kept []engine.Match
	twins, lost := map[int][]string{}, map[int]int{} // by place in kept
	for _, m := range r.cov.Match {
		if m.IsURL {
			if !slices.ContainsFunc(prints, func(p fingerprint.Match) bool { return p.Start <= m.Start && m.End <= p.End }) {
				kept = append(kept, m)
			}
			continue
		}
		own := span{max(m.Start, m.Body), m.End}
		e := r.idOf(m.ID).expr
		if r.quoted(own, e, found) {
			continue
		}
		inner, same, replaced := r.inside(own, e, prints)
		if replaced {
			continue
		}
		twins[len(kept)] = same
		lost[len(kept)] = r.replaced(own, e, found)
		kept = append(kept, m)
		if inner != nil {
			r.explained = append(r.explained, inner...)
			r.inner = append(r.inner, own)
		} else {
			r.explained = append(r.explained, own)
		}
	}
	r.cov.Match = kept
	r.licenses()
	for i := range r.parts {
		r.parts[i].Twins, r.parts[i].lost = twins[i], lost[i]
	}
	for i := range prints {
		r.print(&prints[i])
	}
	slices.SortFunc(r.explained, func(a, b span) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
}

// enough is the fraction of a license's words that must be there for a
// fingerprint to stand for a pattern's match, or to stand alone.
const (
	exact         = 0.98
	enoughInstead = 0.9
	enoughAlone   = 0.75
)

// quoted reports whether a notice stands inside the whole text of its license,
// which tells there how to apply it.
func (r *reading) quoted(own span, e spdx.Expr, prints []fingerprint.Match) bool {
	return slices.ContainsFunc(prints, func(p fingerprint.Match) bool {
		return p.Kind == fingerprint.License && p.Start < own.start && own.end <= p.End && p.Coverage >= enoughInstead &&
			4*own.size() < p.End-p.Start && r.sameLicense(&p, e)
	})
}

// unaltered is the fraction of a license's words that a text must have to be
// taken for it where no pattern knows which of its words may differ.
const unaltered = 0.997

// replaced counts the words of a license before or after a pattern's match that
// have others in their place: the pattern does not vouch for them. What is only
// missing there may be left out.
func (r *reading) replaced(own span, e spdx.Expr, prints []fingerprint.Match) (n int) {
	for i := range prints {
		p := &prints[i]
		if p.Coverage >= unaltered || p.Kind != fingerprint.License || 2*own.overlap(span{p.Start, p.End}) < own.size() || !r.sameLicense(p, e) {
			continue
		}
		for _, g := range p.Missing {
			if !g.Optional && g.At < g.End && own.overlap(span{g.At, g.End}) == 0 {
				n += g.To - g.From
			}
		}
		return n
	}
	return 0
}

// inside looks at the fingerprints that overlap a pattern's match. It returns
// the stretches that a fingerprint of the same license explains and the ids
// with the same text, or says that another license takes the match in.
func (r *reading) inside(own span, e spdx.Expr, prints []fingerprint.Match) (inner []span, twins []string, replaced bool) {
	for i := range prints {
		p := &prints[i]
		if 2*own.overlap(span{p.Start, p.End}) < own.size() || p.Kind != fingerprint.License || !r.sameLicense(p, e) {
			continue
		}
		for _, s := range p.Spans {
			inner = append(inner, span{s[0], s[1]})
		}
		for _, g := range p.Missing {
			if !g.Optional {
				r.variants = append(r.variants, span{g.At, g.End})
			}
		}
		p.Kind = ""
		return inner, append([]string{p.ID}, p.Twins...), false
	}
	for i := range prints {
		p := &prints[i]
		if 2*own.overlap(span{p.Start, p.End}) < own.size() || p.Kind == fingerprint.Exception || p.Kind == "" || len(p.Rivals) > 0 {
			continue
		}
		bytes := explainedBytes(p)
		if p.Coverage >= enoughInstead && 20*bytes > 21*own.size() || p.Coverage >= exact && 20*bytes > 19*own.size() {
			return nil, nil, true
		}
	}
	for i := range prints {
		// What a pattern explains better is not said twice.
		if p := &prints[i]; 2*own.overlap(span{p.Start, p.End}) >= p.End-p.Start && p.Kind != fingerprint.Exception {
			p.Kind = ""
		}
	}
	return nil, nil, false
}

func explainedBytes(p *fingerprint.Match) (n int) {
	for _, s := range p.Spans {
		n += s[1] - s[0]
	}
	return n
}

// sameLicense reports whether a fingerprint is of the license that a pattern
// gave, whatever each says of later versions.
func (r *reading) sameLicense(p *fingerprint.Match, e spdx.Expr) bool {
	l, ok := e.(spdx.License)
	if !ok {
		return false
	}
	for _, id := range append([]string{p.ID}, p.Twins...) {
		if x, err := spdx.Parse(id, r.s.base.SPDX()); err == nil {
			if m, ok := x.(spdx.License); ok && SameVersion(m.ID, l.ID) {
				return true
			}
		}
	}
	return false
}

// print adds a match of the second engine to the parts.
func (r *reading) print(p *fingerprint.Match) {
	if p.Kind == "" {
		return
	}
	if p.Coverage < enoughAlone {
		return // too little of the license: its words stay unexplained
	}
	for _, s := range p.Spans {
		r.explained = append(r.explained, span{s[0], s[1]})
	}
	r.printed += p.Explained
	f := Found{ID: p.ID, Start: p.Start, End: p.End, Method: ByFingerprint, Twins: p.Twins, Of: p.Of}
	switch p.Kind {
	case fingerprint.Exception:
		r.excepted = append(r.excepted, excepted{p.Start, p.ID})
		return
	case fingerprint.Policy:
		r.parts = append(r.parts, part{Found: f, expr: lax(p.ID), kind: kindPolicy, full: true})
		return
	}
	e, err := spdx.Parse(p.ID, r.s.base.SPDX())
	if err != nil {
		e = lax(p.ID)
	}
	f.ID = e.String()
	x := part{Found: f, expr: e, kind: kindLicense, full: true}
	if p.Coverage < unaltered {
		x.lost = p.Lost
	}
	if len(p.Rivals) > 0 || len(p.Numbers) > 0 {
		x.rivals = append([]string{f.ID}, p.Rivals...)
	}
	r.parts = append(r.parts, x)
}

// excepted is an exception whose text stands at a byte.
type excepted struct {
	start int
	id    string
}

func lax(id string) spdx.Expr {
	e, err := spdx.ParseLax(id)
	if err != nil {
		return spdx.NoAssertion{}
	}
	return e
}
