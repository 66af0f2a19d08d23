package fingerprint

import "github.com/rukhsa/rukhsa/internal/detect/engine/lex"

// A speller keeps the words that words of the text may be misspellings of.
type speller struct {
	of     map[uint64]slice // hash of a word → its variants
	checks []byte
	hashes []uint64
	have   []byte
	word   []byte
}

// maxVariants bounds what a speller keeps: 2.3 MB, of some 600 words.
const maxVariants = 1 << 18

// variants returns the hashes, and their check bytes, of what word t of the text
// is with one letter more, less, changed, or in the place of its neighbour.
// Numbers are never misspelt, nor are words that several licenses use.
func (s *speller) variants(f *finder, t int32) (checks []byte, hashes []uint64) {
	hash := f.words[t].hash
	v, ok := s.of[hash]
	if !ok {
		if len(s.hashes) > maxVariants {
			s.reset()
		}
		if s.of == nil {
			s.of = map[uint64]slice{}
		}
		v.from = int32(len(s.hashes))
		if !f.x.isKnown(hash) {
			s.have = f.spelling(s.have[:0], t)
			s.vary(s.have)
		}
		v.to = int32(len(s.hashes))
		s.of[hash] = v
	}
	return s.checks[v.from:v.to], s.hashes[v.from:v.to]
}

// reset forgets all words.
func (s *speller) reset() {
	clear(s.of)
	s.checks, s.hashes = s.checks[:0], s.hashes[:0]
}

// vary adds the variants of a word.
func (s *speller) vary(w []byte) {
	for _, c := range w {
		if c < 'a' || 'z' < c {
			return
		}
	}
	for i := range w {
		if len(w) > 1 {
			s.add(w[:i], "", w[i+1:])
		}
		if i+1 < len(w) && w[i] != w[i+1] {
			s.add(w[:i], string([]byte{w[i+1], w[i]}), w[i+2:])
		}
	}
	const letters = "abcdefghijklmnopqrstuvwxyz"
	for i := range len(w) + 1 {
		for k := range letters {
			s.add(w[:i], letters[k:k+1], w[i:])
			if i < len(w) && w[i] != letters[k] {
				s.add(w[:i], letters[k:k+1], w[i+1:])
			}
		}
	}
}

// add adds the word of three parts.
func (s *speller) add(a []byte, b string, c []byte) {
	s.word = append(append(append(s.word[:0], a...), b...), c...)
	h := hashWord(lex.Canonical(s.word))
	s.checks, s.hashes = append(s.checks, byte(h>>56)), append(s.hashes, h)
}

// spelling appends word t of the text in the form in which words are compared.
func (f *finder) spelling(dst []byte, t int32) []byte {
	w := &f.words[t]
	return lex.AppendFold(dst, f.text[w.lo:w.hi])
}
