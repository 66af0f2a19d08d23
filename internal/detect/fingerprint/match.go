package fingerprint

import "slices"

// A Match is a license found in a text.
type Match struct {
	ID     string   // a license expression, or the id of an exception or a policy
	Kind   string   // License, Exception or Policy
	Of     []string // of a policy: the licenses it belongs to
	Twins  []string // ids whose text is the same
	Rivals []string // ids that fit as well: it is not settled which of them and ID it is

	Start, End int      // bytes, from its first word to the end of its last
	Spans      [][2]int // bytes that it explains, in order
	Explained  int      // words of the text in Spans
	Words      int      // words of the text between Start and End

	Required int     // words of the license, without those that may be missing
	Lost     int     // how many of them are missing
	Coverage float64 // the fraction that is not
	Missing  []Gap   // stretches of the license that are not there

	// Numbers are bytes between Spans that are numbers where the license has
	// another one or none, copyright lines apart: it may be another version.
	Numbers [][2]int
}

// A Gap is a stretch of a license that a text does not have.
type Gap struct {
	From, To int  // words of the license, [From, To)
	Optional bool // a title, a copyright line, a form to fill in or instructions
	At, End  int  // bytes of the text that stand there instead; At == End where nothing does
}

// match describes a chosen candidate.
func (f *finder) match(c *candidate) Match {
	f.settle(c, true)
	t, e := f.x.entry(c.entry)
	m := Match{
		ID: t.str(e, enID), Kind: Kinds[t.field(e, enKind)], Of: t.list(e, enOf), Twins: t.list(e, enTwins),
		Required: c.required, Lost: c.missing, Coverage: c.coverage(),
	}
	spans := f.spans[c.spans.from:c.spans.to]
	first, last := spans[0][0], spans[len(spans)-1][1]
	m.Start, m.End, m.Words = f.lo(first), f.hi(last-1), int(last-first)
	for _, s := range spans {
		m.Spans = append(m.Spans, [2]int{f.lo(s[0]), f.hi(s[1] - 1)})
		m.Explained += int(s[1] - s[0])
	}
	f.missing(&m)
	return m
}

// missing lists what settle found missing of the license, and the numbers that
// stand between its words.
func (f *finder) missing(m *Match) {
	a := &f.aligner
	end := int32(-1) // of the words of the text so far
	optional := true // the license's word before
	open := 0        // gaps whose end is not known yet
	closeAt := func(t int32) {
		for k := len(m.Missing) - open; k < len(m.Missing); k++ {
			g := &m.Missing[k]
			switch {
			case end < 0 || end >= t:
				g.At = f.lo(t)
				g.End = g.At
			default:
				g.At, g.End = f.lo(end), f.hi(t-1)
			}
		}
		open = 0
	}
	for _, p := range a.parts {
		gap := false
		for l := p.start; l < p.end; l++ {
			t := a.at[l]
			if t < 0 {
				if !gap {
					m.Missing = append(m.Missing, Gap{From: l, Optional: p.optional})
					gap = true
					open++
				}
				m.Missing[len(m.Missing)-1].To = l + 1
				continue
			}
			closeAt(t)
			if end >= 0 && end < t && !optional && !p.optional {
				f.numbers(m, end, t)
			}
			gap, optional, end = false, p.optional, max(end, t+a.width(l))
		}
	}
	for k := len(m.Missing) - open; k < len(m.Missing); k++ {
		m.Missing[k].At, m.Missing[k].End = m.End, m.End
	}
}

// maxNumberGap is how many words may stand in the place of a version number.
const maxNumberGap = 6

// numbers notes the numbers among a few words of the text that are not
// explained.
func (f *finder) numbers(m *Match, from, to int32) {
	if to-from > maxNumberGap {
		return
	}
	if slices.ContainsFunc(f.words[from:to], func(w word) bool { return w.hash == signHash }) {
		return // a copyright line
	}
	for t := from; t < to; t++ {
		w := &f.words[t]
		if w.marker {
			continue
		}
		for _, c := range f.text[w.lo:w.hi] {
			if isDigit(c) {
				m.Numbers = append(m.Numbers, [2]int{int(w.lo), int(w.hi)})
				break
			}
		}
	}
}

func (f *finder) lo(t int32) int { return int(f.words[t].lo) }
func (f *finder) hi(t int32) int { return int(f.words[t].hi) }
