package detect

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/detect/phrase"
)

// gap is a part of a text between two matches of the engine.
type gap struct {
	start, end int  // bytes
	inner      bool // inside a license's text
	list       []phrase.Word
	hits       []phrase.Hit
	units      []unit
}

// unit is a sentence, a heading or a line of a gap.
type unit struct {
	start, end int // bytes
	from, to   int // words of the gap
	words      int
	kind       wording
	id         string // of an exception
	appendix   bool   // it tells how to apply a license
	normative  bool   // it has words that can grant, forbid or order something
	limits     bool   // it has words that can forbid, order or bound something
	stated     bool   // it says under which license something is
	aboutAt    int    // word from which on it only speaks of licenses; to without
	fixed      bool   // it is a fixed sentence that belongs to a license
	weak       bool   // a heading about licenses
	license    bool   // it has the word license
	ported     bool   // code of the work was taken from elsewhere
	pointer    bool   // it refers to another file
	content    bool   // it is about pictures or documentation
	later      bool
	choice     bool
	scope      bool
}

// residual cuts the text between matches into units and says what each is.
func (r *reading) residual() {
	at := 0
	for _, x := range r.explained {
		r.gap(at, x.start)
		at = max(at, x.end)
	}
	r.gap(at, len(r.text))
}

func (r *reading) gap(start, end int) {
	if start >= end {
		return
	}
	set := r.s.phrases.set
	g := gap{start: start, end: end, inner: slices.ContainsFunc(r.inner, func(m span) bool { return m.start < start && end < m.end }), list: set.Words(r.text[start:end], start)}
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
	k := r.kinds(g, from, to)
	u.limits = k.outside(isLimit)
	u.normative = u.limits || k.outside(isGrant)
	u.stated, u.later, u.choice, u.scope = k.has(isStated), k.has(isLater), k.has(isChoice), k.has(isScope)
	u.fixed, u.aboutAt = k.has(isFormula), to
	if k.has(isAbout) {
		u.aboutAt = k.first(isAbout).Start
	}
	u.license = k.has(isWeak)
	u.weak = u.license || k.has(isLicense) || k.has(isFamily)
	u.appendix, u.ported = k.has(isAppendix), k.has(isPorted)
	u.pointer, u.content = k.has(isPointer), k.has(isContent)
	switch {
	case k.has(isFormula) && !k.outside(isRestriction):
		u.kind = isBoilerplate
	case k.has(isBoilerplate) && !u.limits && !k.outside(isRestriction):
		u.kind = isBoilerplate
	case k.has(isRestriction):
		u.kind = isRestriction
	case k.has(isException):
		u.kind, u.id = isException, r.s.phrases.id[k.first(isException).Pattern]
	case k.has(isAppendix):
		u.kind = isAppendix
	case u.limits:
		u.kind = isOther
	case k.has(isChoice):
		u.kind = isChoice
	case k.has(isCopyright) && (!u.normative || u.words <= maxTitle):
		u.kind = isCopyright
	case (u.stated || k.has(isLicense) || u.later || u.pointer) && u.words <= maxStated:
		u.kind = isStated
	case u.scope && u.words <= maxStated:
		u.kind = isScope
	case !u.normative && (u.words <= maxTitle || k.has(isTitle)):
		u.kind = isTitle
	default:
		u.kind = isOther
	}
	return u
}

// unitKinds are the phrases of a unit by their kind.
type unitKinds struct {
	set     uint32 // of kinds
	hits    []phrase.Hit
	kinds   []wording // of hits
	cover   []bool    // by word of the unit: harmless wording says it
	covered int
	from    int
}

func (k *unitKinds) has(kind wording) bool { return k.set>>kind&1 != 0 }

// first returns the first phrase of a kind that is there.
func (k *unitKinds) first(kind wording) phrase.Hit { return k.hits[slices.Index(k.kinds, kind)] }

// outside reports whether a phrase of the kind stands where no harmless wording
// covers it.
func (k *unitKinds) outside(kind wording) bool {
	if !k.has(kind) {
		return false
	}
	for i, h := range k.hits {
		if k.kinds[i] == kind && !k.cover[h.Start-k.from] {
			return true
		}
	}
	return false
}

// covers says which wordings are harmless whatever else stands there.
const covers = 1<<isBoilerplate | 1<<isCopyright | 1<<isAppendix | 1<<isLater | 1<<isLicense | 1<<isFamily | 1<<isPointer

// kinds finds the phrases of the words [from, to) of a gap. What it returns is
// good until the next call.
func (r *reading) kinds(g *gap, from, to int) *unitKinds {
	k := &r.unitKinds
	k.cover = slices.Grow(k.cover[:0], to-from)[:to-from]
	clear(k.cover)
	k.set, k.hits, k.kinds, k.covered, k.from = 0, k.hits[:0], k.kinds[:0], 0, from
	first, _ := slices.BinarySearchFunc(g.hits, from, func(h phrase.Hit, word int) int { return cmp.Compare(h.Start, word) })
	for _, h := range g.hits[first:] {
		if h.Start >= to {
			break
		}
		if h.End > to {
			continue
		}
		kind := r.s.phrases.kind[h.Pattern]
		if ofLaw(kind) && (r.addressed(g.list[h.Start]) || r.addressed(g.list[h.End-1])) {
			continue
		}
		if kind == isDisclaimer {
			if to-from > maxTitle {
				continue // longer ones are terms, and belong to some license
			}
			kind = isBoilerplate
		}
		if kind == isFormula && (h.Start > from+formulaStart || !r.hasFamily(r.s.phrases.id[h.Pattern]) && !r.namesFamily(g, r.s.phrases.id[h.Pattern], from, to)) {
			continue
		}
		k.set |= 1 << kind
		k.hits, k.kinds = append(k.hits, h), append(k.kinds, kind)
		if covers>>kind&1 != 0 {
			for i := h.Start; i < h.End; i++ {
				k.cover[i-from] = true
			}
		}
	}
	for _, c := range k.cover {
		if c {
			k.covered++
		}
	}
	return k
}

// ofLaw reports whether a kind of wording can make terms of a sentence.
func ofLaw(kind wording) bool { return kind == isLimit || kind == isGrant || kind == isRestriction }

// addressStarts begin an address: all up to the next blank or bracket is part of it.
var addressStarts = [][]byte{[]byte("://"), []byte("mailto:")}

// maxAddress is the length up to which an address is taken for one, in bytes.
const maxAddress = 300

// addressed reports whether a word stands in an address on the web or of mail,
// where words say nothing.
func (r *reading) addressed(w phrase.Word) bool {
	from := w.Lo
	for from > max(0, w.Lo-maxAddress) && inAddress(r.text[from-1]) {
		from--
	}
	return slices.ContainsFunc(addressStarts, func(s []byte) bool { return bytes.Contains(r.text[from:w.Lo], s) })
}

// inAddress reports whether a byte can stand in an address: printed ASCII but
// what encloses one.
func inAddress(c byte) bool {
	return ' ' < c && c < utf8.RuneSelf && !strings.ContainsRune("()<>[]\"'`", rune(c))
}

// namesFamily reports whether a gap names a license of one of the families
// (separated by |) outside of the words [from, to).
func (r *reading) namesFamily(g *gap, families string, from, to int) bool {
	return slices.ContainsFunc(r.s.findNames(r.text, g.list, g.hits, 0, len(g.list), false), func(n named) bool {
		h, ok := r.s.base.Lookup(n.id)
		return ok && !n.family && (n.to <= from || to <= n.from) && slices.Contains(strings.Split(families, "|"), h.Family)
	})
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
