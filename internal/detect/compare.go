package detect

import (
	"errors"
	"fmt"
	"github.com/rukhsa/rukhsa/internal/detect/plain"

	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
)

// Comparison is what a text has of one license and what not.
type Comparison struct {
	ID       string
	Coverage float64   // fraction of the license's words that the text has
	Words    int       // of the license, without those that may be missing
	Lost     int       // of them
	Added    []Stretch // what the license does not explain
	Missing  []Lost    // where words of the license are missing
}

// Lost is a place where words of a license are missing.
type Lost struct {
	Line     int    // in the text, from 1
	Words    int    // that are missing
	Instead  string // what stands there, "" for nothing
	Optional bool   // a title, a copyright line, a form or instructions
}

// ErrNoFingerprint says that no text of a license is known.
var ErrNoFingerprint = errors.New("no text of this license is known")

// errNothing says that a text and a license have nothing in common.
var errNothing = errors.New("the text has nothing of this license")

// Compare says what a text has of a license that is known by its fingerprint.
func (s *Scanner) Compare(raw []byte, id string) (*Comparison, error) {
	if !s.prints.Has(id) {
		return nil, fmt.Errorf("%s: %w", id, ErrNoFingerprint)
	}
	return s.compare(s.prints, raw, id)
}

// CompareTexts says what a text has of another one.
func (s *Scanner) CompareTexts(raw, other []byte, id string) (*Comparison, error) {
	p, reason := plain.Read(other)
	if reason != "" {
		return nil, errors.New(reason)
	}
	entry, err := fingerprint.Compute(p.Bytes, id)
	if err != nil {
		return nil, err
	}
	x, err := fingerprint.Open().With(entry)
	if err != nil {
		return nil, err
	}
	return s.compare(x, raw, id)
}

func (s *Scanner) compare(x *fingerprint.Index, raw []byte, id string) (*Comparison, error) {
	p, reason := plain.Read(raw)
	if reason != "" {
		return nil, errors.New(reason)
	}
	text := p.Bytes
	m, ok := x.Compare(text, id)
	if !ok {
		return nil, fmt.Errorf("%s: %w", id, errNothing)
	}
	r := reading{s: s, text: text}
	for _, sp := range m.Spans {
		r.explained = append(r.explained, span{sp[0], sp[1]})
	}
	r.residual()
	c := &Comparison{ID: id, Coverage: rounded(m.Coverage), Words: m.Required, Lost: m.Lost}
	for _, g := range r.gaps {
		for _, u := range g.units {
			c.Added = append(c.Added, Stretch{Start: p.At(u.start), End: p.At(u.end), Line: lineOf(text, u.start), Kind: u.kind.String(), ID: u.id, Text: shown(text[u.start:u.end])})
		}
	}
	for _, g := range m.Missing {
		c.Missing = append(c.Missing, Lost{Line: lineOf(text, g.At), Words: g.To - g.From, Instead: shown(text[g.At:g.End]), Optional: g.Optional})
	}
	return c, nil
}

func rounded(x float64) float64 { return float64(int(x*1e4+0.5)) / 1e4 }

// Fingerprint computes the entry of a license text of one's own, as
// UseFingerprints reads it.
func Fingerprint(text []byte, id string) ([]byte, error) {
	p, reason := plain.Read(text)
	if reason != "" {
		return nil, errors.New(reason)
	}
	e, err := fingerprint.Compute(p.Bytes, id)
	if err != nil {
		return nil, err
	}
	return e.MarshalText()
}

// UseFingerprints makes the scanner know texts beside the built-in ones. Call it
// before the first text is read.
func (s *Scanner) UseFingerprints(file string, data []byte) error {
	var e fingerprint.Entry
	if err := e.UnmarshalText(data); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	x, err := s.prints.With(e)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s.prints = x
	return nil
}
