package detect

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/detect/engine"
	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
	"github.com/rukhsa/rukhsa/internal/detect/plain"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Status says how much of a text is understood.
type Status string

// The statuses of a text.
const (
	Match   Status = "match"   // the expression accounts for all of it
	Partial Status = "partial" // licenses were found, and more that may change what they say
	None    Status = "none"    // it says nothing about a license
	Unknown Status = "unknown" // terms that nobody recognises
)

// The methods by which a statement was recognised.
const (
	ByText    = "text"    // the license's own text or notice
	ByPattern = "pattern" // a wording that stands for a license
	ByTag     = "tag"     // an SPDX-License-Identifier
	ByAlias   = "alias"   // a license's name in a sentence
	ByURL     = "url"     // a license's address
)

// Found is one license found in a text, at bytes [Start, End).
type Found struct {
	ID     string // expression
	Start  int
	End    int
	Line   int // of Start, from 1
	Last   int // line of its last byte
	Method string
	Twins  []string // ids with the same text
	Of     []string // of a use policy: the licenses that refer to it
	// Only says that a name spells out that no later version counts.
	Only bool
}

// Stretch is a part of a text that no license explains.
type Stretch struct {
	Start, End int // bytes
	Line       int // of Start, from 1
	Kind       string
	ID         string // of an exception or a license that is named
	Text       string // its words in one line, at most maxShown runes
}

// Text is what one text says.
type Text struct {
	Digest   string // sha256:…
	Status   Status
	Expr     spdx.Expr // NoAssertion unless Status is Match, None for none
	Code     spdx.Expr // Expr without licenses that are for pictures or documentation only
	Coverage float64   // fraction of words that licenses explain
	Matches  []Found
	Residual []Stretch
	Reason   string // why it is not settled, or what was assumed; "" where nothing needs saying
	Method   string // of the first match
	Line     int    // of the first match, from 1
	Bare     bool   // a GNU text, and nothing says whether later versions count
	Policy   bool   // it is a use policy and no license
	Choice   bool   // it offers a choice between licenses
	Ported   bool   // it says that code of the work was taken from elsewhere
	Patents  bool   // it is a grant of patents and nothing else
	// Limits are the stretches of Residual that may restrict what a license allows.
	Limits     []Stretch
	Copyrights []string
}

// minCoverage is the fraction of a text's words that licenses and harmless
// wording must explain before its license is taken: pkgsite's threshold.
const minCoverage = 0.75

// once is a text that is read when it is first asked for.
type once struct {
	read func() *Text
	raw  []byte
}

// Text reads a text. Identical texts are read once.
func (s *Scanner) Text(raw []byte) *Text { return s.once(raw).read() }

// once returns what is kept of a text. It holds a copy.
func (s *Scanner) once(raw []byte) *once {
	sum := sha256.Sum256(raw)
	if o, ok := s.texts.Load(sum); ok {
		return o.(*once)
	}
	kept := bytes.Clone(raw)
	o, _ := s.texts.LoadOrStore(sum, &once{
		read: sync.OnceValue(func() *Text { return s.read(kept, digestText(sum), false) }),
		raw:  kept,
	})
	return o.(*once)
}

// File reads a file by its base name: in one that is named after licenses, the
// name of a license is enough, and a language that is not read is not nothing.
func (s *Scanner) File(base string, raw []byte) *Text { return s.fileText(base, raw, s.Text(raw)) }

// fileText is File for a text that was read as Text.
func (s *Scanner) fileText(base string, raw []byte, t *Text) *Text {
	if t.Status != None || s.role(base) != roleCode {
		return t
	}
	t = s.read(raw, t.Digest, true)
	if t.Status == None && foreignLetters(raw) > maxForeignLetters {
		t.Status, t.Reason = Unknown, "in a language that is not read"
		t.Expr, t.Code = spdx.NoAssertion{}, spdx.NoAssertion{}
	}
	return t
}

// maxForeignLetters is how many letters of other alphabets may stand in a name.
const maxForeignLetters = 40

// foreignLetters counts letters of other alphabets than the Latin one.
func foreignLetters(raw []byte) (n int) {
	for _, r := range string(raw) {
		if r >= utf8.RuneSelf && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			n++
		}
	}
	return n
}

func digestOf(raw []byte) string {
	return digestText(sha256.Sum256(raw))
}

func digestText(sum [sha256.Size]byte) string { return "sha256:" + hex.EncodeToString(sum[:]) }

func (s *Scanner) read(raw []byte, digest string, section bool) *Text {
	t := &Text{Digest: digest, Expr: spdx.NoAssertion{}, Code: spdx.NoAssertion{}}
	p, reason := plain.Read(raw)
	if reason != "" {
		t.Status, t.Reason = Unknown, reason
		return t
	}
	text := p.Bytes
	prints := s.prints.Search(text)
	r := reading{s: s, text: text, cov: s.scan(text, prints.Word), prints: prints, section: section}
	r.run(t)
	for i := range t.Matches {
		m := &t.Matches[i]
		m.Line, m.Last = lineOf(text, m.Start), lineOf(text, max(m.Start, m.End-1))
		m.Start, m.End = p.At(m.Start), p.At(m.End)
	}
	for i := range t.Residual {
		x := &t.Residual[i]
		x.Line = lineOf(text, x.Start)
		x.Start, x.End = p.At(x.Start), p.At(x.End)
	}
	for _, i := range r.limits {
		t.Limits = append(t.Limits, t.Residual[i])
	}
	t.Copyrights = copyrights(text)
	return t
}

// reading is one text while it is read.
type reading struct {
	s      *Scanner
	text   []byte
	cov    engine.Coverage
	prints fingerprint.Search // with the words of the text
	parts  []part             // what states a license, in the order of the text
	gaps   []gap
	// explained are the stretches that licenses explain, by their start; inner
	// are the matches of patterns whose own words are known one by one.
	explained []span
	inner     []span
	// variants are where a text that a pattern knows has other words than the
	// license's canonical text: another wording of it.
	variants []span
	excepted []excepted // exceptions with their text
	printed  int        // words that the second engine alone explains
	// section says that the text is what stands under a heading about the
	// license: a license's name is enough.
	section bool
	whole   bool  // an opening stands for all of the text
	top     bool  // a tag at the top says what the whole is under
	limits  []int // which of Text.Residual are Text.Limits

	unitKinds unitKinds // scratch memory of kinds
}

// part is one statement of a license.
type part struct {
	Found
	expr spdx.Expr
	kind string
	full bool // the license's whole text; a notice, a name and a tag are not
	lost int  // words of the license that are missing, where they are too many to be taken as the same
	// rivals are the licenses between which the text does not decide.
	rivals []string
}

func (r *reading) run(t *Text) {
	r.both()
	r.residual()
	r.hidden()
	r.tags()
	r.names()
	slices.SortStableFunc(r.parts, func(a, b part) int { return cmp.Compare(a.Start, b.Start) })
	r.settle(t)
}

// licenses turns the engine's matches into parts. The address of a license
// counts where nothing else in the text states it.
func (r *reading) licenses() {
	for _, m := range r.cov.Match {
		p := r.idOf(m.ID)
		p.Start, p.End, p.Method, p.full = m.Start, m.End, ByText, p.full && !m.IsURL
		if m.IsURL {
			p.Method = ByURL
		}
		r.parts = append(r.parts, p)
	}
}

// idOf is what a name of licensecheck's stands for; full says that it is the
// name of a text and not of a notice.
func (r *reading) idOf(id string) part {
	p := part{kind: kindLicense}
	name := id
	if n, ok := r.s.names[name]; ok {
		name, p.kind = n.expression, n.kind
	}
	e, err := spdx.Parse(name, r.s.base.SPDX())
	if err != nil {
		e = lax(name)
	}
	p.expr, p.ID = e, e.String()
	p.full = p.ID != id || !versioned(p.ID)
	return p
}

// settle decides what the whole text says.
func (r *reading) settle(t *Text) {
	for _, p := range r.parts {
		t.Matches = append(t.Matches, p.Found)
	}
	if len(r.parts) > 0 {
		t.Method, t.Line = r.parts[0].Method, lineOf(r.text, r.parts[0].Start)
	}
	total, explained := 0, 0
	for _, g := range r.gaps {
		for _, u := range g.units {
			total += u.words
			t.Ported = t.Ported || u.ported
			if harmless(u.kind) {
				explained += u.words
			}
			t.Residual = append(t.Residual, Stretch{Start: u.start, End: u.end, Kind: u.kind.String(), ID: u.id, Text: shown(r.text[u.start:u.end])})
			if r.restricts(&g, &u) {
				r.limits = append(r.limits, len(t.Residual)-1)
			}
		}
	}
	t.Coverage = r.coverage()
	if r.whole {
		t.Coverage = 1
	}
	t.Code = nil
	expr, patents := r.expression(t)
	switch {
	case expr == nil && total == 0 && len(r.parts) == 0:
		t.Status, t.Expr = None, spdx.None{}
	case expr == nil && (!r.speaks() || r.points()):
		t.Status, t.Expr = None, spdx.None{}
	case expr == nil:
		t.Status, t.Reason = Unknown, "no license recognised in it"
	default:
		t.Patents = patents
		t.Reason = r.doubt(t.Coverage, total, explained)
		if t.Status = Partial; t.Reason == "" {
			t.Status, t.Expr = Match, expr
		}
	}
	if t.Status != Match || t.Code == nil {
		t.Code = t.Expr
	}
}

// coverage is the fraction of the text's words that licenses explain.
func (r *reading) coverage() float64 {
	left := 0
	for _, g := range r.gaps {
		left += len(g.list)
	}
	words := r.cov.Words
	if words == 0 {
		return 0
	}
	return max(r.cov.Percent/100, float64(words-left)/float64(words))
}

// doubt says why the expression cannot be taken as all that the text says; ""
// where it can. Coverage counts harmless wording in.
func (r *reading) doubt(coverage float64, left, explained int) string {
	for _, g := range r.gaps {
		for _, u := range g.units {
			switch {
			case u.kind == isRestriction && r.restricts(&g, &u):
				return fmt.Sprintf("line %d: a restriction beside the license: %q", lineOf(r.text, u.start), shown(r.text[u.start:u.end]))
			case u.kind == isOther && !r.top && (r.restricts(&g, &u) || u.normative && !g.inner):
				return fmt.Sprintf("line %d: terms that no license explains: %q", lineOf(r.text, u.start), shown(r.text[u.start:u.end]))
			}
		}
	}
	for _, p := range r.parts {
		if len(p.rivals) > 0 {
			return fmt.Sprintf("line %d: the text does not settle which of %s it is", lineOf(r.text, p.Start), strings.Join(p.rivals, ", "))
		}
		if p.lost > 0 {
			return fmt.Sprintf("line %d: %d words of %s are missing or others", lineOf(r.text, p.Start), p.lost, p.ID)
		}
		if p.kind == kindAddendum {
			return fmt.Sprintf("line %d: %s changes the license", lineOf(r.text, p.Start), p.ID)
		}
	}
	words := float64(left) / max(1-coverage, 1e-9) // of the whole text
	if left > 0 && coverage+float64(explained)/words < minCoverage {
		return fmt.Sprintf("licenses explain only %.0f %% of its words", 100*coverage)
	}
	return ""
}

// restricts reports whether a unit may forbid or bound something, and is not
// another wording of the license around it.
func (r *reading) restricts(g *gap, u *unit) bool {
	if u.kind != isRestriction && (u.kind != isOther || !u.limits) {
		return false
	}
	return !g.inner || u.words >= minInner && !r.variant(u)
}

// minInner is the length from which on words inside a license's text that are
// not its own are more than another wording of it.
const minInner = 4

// variant reports whether a unit inside a license's text stands in the place of
// words of the license.
func (r *reading) variant(u *unit) bool {
	return slices.ContainsFunc(r.variants, func(v span) bool { return v.start <= u.end && u.start <= v.end })
}

func harmless(kind wording) bool { return kind != isRestriction && kind != isOther }

// points reports whether a text without a license refers to another file for it.
func (r *reading) points() bool {
	found := false
	for _, g := range r.gaps {
		for _, u := range g.units {
			if u.kind == isRestriction || u.normative && !u.pointer {
				return false
			}
			found = found || u.pointer
		}
	}
	return found
}

// speaks reports whether a text without a license has words of law.
func (r *reading) speaks() bool {
	for _, g := range r.gaps {
		for _, u := range g.units {
			if u.normative || u.stated || u.kind == isRestriction {
				return true
			}
		}
	}
	return false
}
