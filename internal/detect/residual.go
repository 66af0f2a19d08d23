package detect

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/detect/phrase"
)

// gap is a part of a text between two matches of the engine.
type gap struct {
	start, end int // bytes
	list       []phrase.Word
	hits       []phrase.Hit
	units      []unit
}

// unit is a sentence, a heading or a line of a gap.
type unit struct {
	start, end int // bytes
	from, to   int // words of the gap
	words      int
	kind       string
	id         string // of an exception
	normative  bool   // it has words that can grant, forbid or order something
	stated     bool   // it says under which license something is
	about      bool   // it only speaks of a license
	weak       bool   // a heading about licenses
	pointer    bool   // it refers to another file
	content    bool   // it is about pictures or documentation
	later      bool
	choice     bool
	scope      bool
}

// residual cuts the text between matches into units and says what each is.
func (r *reading) residual() {
	at := 0
	for _, m := range r.cov.Match {
		if m.IsURL {
			continue
		}
		r.gap(at, m.Start)
		at = max(at, m.End)
	}
	r.gap(at, len(r.text))
}

func (r *reading) gap(start, end int) {
	if start >= end {
		return
	}
	set := r.s.phrases.set
	g := gap{start: start, end: end, list: set.Words(r.text[start:end], start)}
	if len(g.list) == 0 {
		return
	}
	g.hits = set.Find(g.list)
	from := 0
	for i := 1; i <= len(g.list); i++ {
		if i == len(g.list) || r.boundary(g.list[i-1].Hi, g.list[i].Lo) {
			g.units = append(g.units, r.unit(&g, from, i))
			from = i
		}
	}
	r.gaps = append(r.gaps, g)
}

// shortLine is the length up to which a line that ends before the next begins
// with a capital is taken to stand alone, in bytes.
const shortLine = 56

// boundary reports whether a sentence, a heading or a paragraph ends between
// two words that end and begin at bytes.
func (r *reading) boundary(end, begin int) bool {
	between := r.text[end:begin]
	nl := bytes.Count(between, []byte("\n"))
	for i, c := range between {
		if (c == '.' || c == '!' || c == '?' || c == ';') && i+1 < len(between) && isSpace(between[i+1]) {
			return true
		}
		if (c == '.' || c == ':') && nl > 0 && bytes.IndexByte(between[i:], '\n') >= 0 {
			return true
		}
	}
	switch {
	case nl == 0:
		return false
	case nl > 1:
		return true
	case bytes.ContainsAny(between, "*-•=#_"):
		return true // a bullet, a comment's edge or a rule
	}
	line := end - 1 - bytes.LastIndexByte(r.text[:end], '\n')
	next, _ := utf8.DecodeRune(r.text[begin:])
	return line < shortLine && (unicode.IsUpper(next) || next == '©' || next == '(')
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// maxTitle is the length up to which words without force are taken for a title
// or a name.
const maxTitle = 14

func (r *reading) unit(g *gap, from, to int) unit {
	u := unit{start: g.list[from].Lo, end: g.list[to-1].Hi, from: from, to: to, words: to - from}
	kinds := map[string]string{} // kind → id
	covered := 0                 // words that harmless wording covers
	last := from
	for _, h := range g.hits {
		if h.Start < from || h.End > to {
			continue
		}
		kind := r.s.phrases.kind[h.Pattern]
		if kind == isFormula && h.Start > from+formulaStart {
			continue
		}
		if _, ok := kinds[kind]; !ok {
			kinds[kind] = r.s.phrases.id[h.Pattern]
		}
		if kind == isBoilerplate || kind == isCopyright || kind == isAppendix {
			covered += max(0, h.End-max(h.Start, last))
			last = max(last, h.End)
		}
	}
	has := func(kind string) bool { _, ok := kinds[kind]; return ok }
	u.normative, u.stated, u.about = has(isNormative), has(isStated), has(isAbout)
	u.weak = has(isWeak) || has(isLicense) || has(isFamily)
	u.pointer, u.content = has(isPointer), has(isContent)
	u.later, u.choice, u.scope = has(isLater), has(isChoice), has(isScope)
	switch {
	case has(isFormula):
		u.kind = isBoilerplate
	case has(isBoilerplate) && (!has(isRestriction) || 2*covered >= u.words):
		u.kind = isBoilerplate
	case has(isRestriction):
		u.kind = isRestriction
	case has(isException):
		u.kind, u.id = isException, kinds[isException]
	case has(isChoice):
		u.kind = isChoice
	case has(isAppendix):
		u.kind = isAppendix
	case has(isCopyright) && (!u.normative || u.words <= maxTitle):
		u.kind = isCopyright
	case u.stated && u.words <= maxStated:
		u.kind = isStated
	case has(isLicense) && u.words <= maxStated, u.later && u.words <= maxStated:
		u.kind = isStated
	case u.scope && u.words <= maxStated:
		u.kind = isScope
	case !u.normative && (u.words <= maxTitle || has(isTitle)):
		u.kind = isTitle
	default:
		u.kind = isOther
	}
	return u
}

// formulaStart is how many words may stand before a fixed sentence, such as its
// number.
const formulaStart = 4

// maxStated is the length up to which a sentence that says under which license
// something is can be taken to say nothing more.
const maxStated = 60

// unitAt returns the unit that holds byte i, nil where a match does.
func (r *reading) unitAt(i int) *unit {
	for k := range r.gaps {
		g := &r.gaps[k]
		if i < g.start || i >= g.end {
			continue
		}
		n, _ := slices.BinarySearchFunc(g.units, i, func(u unit, i int) int {
			if u.end <= i {
				return -1
			}
			return 1
		})
		if n < len(g.units) {
			return &g.units[n]
		}
	}
	return nil
}
