package fingerprint

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// A word is a word of a text. Words that only number a list are none: they
// come and go with its layout.
type word struct {
	hash   uint64
	lo, hi int32 // text[lo:hi]
	marker bool  // it may number a list, though nothing before it ended
	first  bool  // so it does: it is the first of a line
}

// check is the part of a hash that the table holds for every word.
func (w *word) check() byte { return byte(w.hash >> 56) }

// signHash is the hash of the word that copyright signs are read as.
var signHash = lex.Hash([]byte(lex.Copyright))

// appendWords appends the words of text to list.
func appendWords(list []word, l *lex.Lexer, text []byte) []word {
	l.Reset(text)
	defer l.Reset(nil)
	for {
		w, lo, hi, ok := l.Next()
		if !ok {
			return list
		}
		list = appendWord(list, text, w, lex.Hash(w), lo, hi)
	}
}

// appendWord appends a word that stands at text[lo:hi], hash being lex.Hash of
// it; it may change w.
func appendWord(list []word, text, w []byte, hash uint64, lo, hi int) []word {
	if hasWide(w) {
		return appendRunes(list, text, lo, hi)
	}
	x := word{hash: sameWord(w, hash), lo: int32(lo), hi: int32(hi)}
	if len(w) <= maxMarker || x.hash == signHash {
		if x.marker = isMarker(text, lo, hi); x.marker {
			ended, first := before(text, lo)
			if ended {
				return list
			}
			x.first = first
		}
	}
	if n := len(list); x.hash == signHash && n > 0 && list[n-1].hash == signHash {
		return list // "Copyright ©" is one word
	}
	return append(list, x)
}

// hasWide reports whether a word is of a script that does not put spaces
// between its words.
func hasWide(w []byte) bool {
	for _, c := range w {
		if c >= 0xe1 { // the first byte of U+1000 and above
			for i := 0; i < len(w); {
				r, size := utf8.DecodeRune(w[i:])
				if isWide(r) {
					return true
				}
				i += size
			}
			return false
		}
	}
	return false
}

func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// appendRunes makes a word of each rune, so that it does not matter where a
// line was broken.
func appendRunes(list []word, text []byte, lo, hi int) []word {
	var buf [utf8.UTFMax]byte
	for i := lo; i < hi; {
		r, size := utf8.DecodeRune(text[i:hi])
		n := utf8.EncodeRune(buf[:], unicode.ToLower(r))
		list = append(list, word{hash: hashWord(buf[:n]), lo: int32(i), hi: int32(i + size)})
		i += size
	}
	return list
}

// maxMarker is the length of the longest marker of a list, xviii.
const maxMarker = 5

// isMarker reports whether text[lo:hi] looks like the number of an item in a
// list: 1. 12) (a) iv. but not 2.0.
func isMarker(text []byte, lo, hi int) bool {
	w := text[lo:hi]
	switch {
	case len(w) == 3 && w[0] == '(' && w[1] == 'c' && w[2] == ')': // read as a copyright sign
		return hi >= len(text) || !isDigit(nextByte(text, hi))
	case !isNumeral(w) || hi == len(text):
		return false
	case text[hi] == ')':
		return true
	case text[hi] != '.':
		return false
	case hi+1 == len(text):
		return true
	}
	switch c := text[hi+1]; c {
	case '<', '*', '_', '|', '&':
		return true // markup
	default:
		r, _ := utf8.DecodeRune(text[hi+1:])
		return isSpace(c) || unicode.IsSpace(r)
	}
}

// isNumeral: one or two digits, a letter, or a small Roman number.
func isNumeral(w []byte) bool {
	if len(w) <= 2 && isDigit(w[0]) && isDigit(w[len(w)-1]) {
		return true
	}
	if len(w) == 1 {
		return w[0] < utf8.RuneSelf
	}
	for _, c := range w {
		if c |= 0x20; c != 'i' && c != 'v' && c != 'x' {
			return false
		}
	}
	return true
}

// before reports whether a sentence or an item ended before text[lo], or the text
// begins there, and else whether a line does. What a line ends with says nothing
// of a text that may have been wrapped anew.
func before(text []byte, lo int) (ended, first bool) {
	i := lo
	switch {
	case i > 0 && text[i-1] == '(':
		i--
		if r, _ := utf8.DecodeLastRune(text[:i]); unicode.IsLetter(r) || unicode.IsDigit(r) {
			return false, false // 4(b)
		}
	case i > 1 && text[i-1] == '.' && isAlnum(text[i-2]):
		return false, false // 2.1
	}
	for i > 0 {
		c := text[i-1]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeLastRune(text[:i])
			switch {
			case r == '。' || r == '；' || r == '：' || r == '，' || r == '、':
				return true, false
			case unicode.IsLetter(r) || unicode.IsDigit(r) || r == utf8.RuneError:
				return false, first
			}
			i -= size
			continue
		}
		switch c {
		case ';':
			n := entityBefore(text[:i])
			if n == 0 || string(text[i-n:i]) == "&amp;" {
				return n == 0, first
			}
			i -= n - 1
		case '.', ':', ',':
			return true, false
		case '\n':
			first = true
		case '>':
			i -= tagBefore(text[:i])
		case ' ', '\t', '\r', '\v', '\f', '*', '/', '#', '-', '|', '_', '<', '"', '\'', '`', '=', '+':
		default:
			return false, first
		}
		i--
	}
	return true, false
}

// maxTag is the length up to which what stands between angle brackets is looked
// at as an HTML tag.
const maxTag = 200

// tagBefore returns the length without its last byte of the HTML tag that text
// ends with, or 0.
func tagBefore(text []byte) int {
	tail := text[max(0, len(text)-maxTag):]
	i := bytes.LastIndexByte(tail, '<')
	if i < 0 || bytes.IndexByte(tail[i:len(tail)-1], '>') >= 0 || i+1 == len(tail) || !isAlnum(tail[i+1]) && tail[i+1] != '/' {
		return 0
	}
	return len(tail) - i - 1
}

// entityBefore returns the length of the HTML entity that text ends with, or 0.
func entityBefore(text []byte) int {
	tail := text[max(0, len(text)-len("&rsquo;")-1):]
	i := bytes.LastIndexByte(tail, '&')
	if i < 0 || i+2 >= len(tail) {
		return 0
	}
	for _, c := range tail[i+1 : len(tail)-1] {
		if !isAlnum(c) && c != '#' {
			return 0
		}
	}
	return len(tail) - i
}

func isAlnum(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' || isDigit(c) }

func nextByte(text []byte, i int) byte {
	for ; i < len(text); i++ {
		if !isSpace(text[i]) {
			return text[i]
		}
	}
	return 0
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// equivalents are words that the SPDX license list's matching guidelines take
// as the same (https://spdx.org/licenses/equivalentwords.txt), as far as
// hashWord does not see it.
var equivalents = map[string]string{
	"acknowledgement":  "acknowledgment",
	"acknowledgements": "acknowledgments",
	"analogue":         "analog",
	"artefact":         "artifact",
	"artefacts":        "artifacts",
	"catalogue":        "catalog",
	"centre":           "center",
	"favour":           "favor",
	"favourite":        "favorite",
	"fulfil":           "fulfill",
	"fulfilment":       "fulfillment",
	"judgement":        "judgment",
	"labour":           "labor",
	"licence":          "license",
	"licences":         "licenses",
	"licenced":         "licensed",
	"offence":          "offense",
	"practise":         "practice",
	"programme":        "program",
	"sublicence":       "sublicense",
	"sublicences":      "sublicenses",
	"sublicenced":      "sublicensed",
	"whilst":           "while",
	"wilful":           "willful",
}

// sameAs is equivalents by the hashes of the words.
var sameAs = func() map[uint64]uint64 {
	m := make(map[uint64]uint64, len(equivalents))
	for from, to := range equivalents {
		m[lex.Hash([]byte(from))] = lex.Hash([]byte(to))
	}
	return m
}()

// mayBeSame tells for the last byte of a hash whether sameAs may have it.
var mayBeSame = func() (may [256]bool) {
	for h := range sameAs {
		may[byte(h)] = true
	}
	return may
}()

// ends are the endings of verbs and nouns that are spelt with s or z.
var ends = [...]string{"ise", "ised", "ises", "ising", "isation", "isations"}

// hashWord hashes a word or what it is equivalent to; it may change w.
func hashWord(w []byte) uint64 { return sameWord(w, lex.Hash(w)) }

// sameWord returns the hash of what word w is equivalent to, its own being h; it
// may change w. The table is made of these numbers: a change here needs another
// format.
func sameWord(w []byte, h uint64) uint64 {
	if len(w) < 6 {
		return h
	}
	if i := bytes.LastIndexByte(w, 's'); i > 3 && w[i-1] == 'i' || i == len(w)-1 {
		for _, end := range ends {
			if n := len(w) - len(end); n > 2 && string(w[n:]) == end { // authorise, authorize
				w[n+1] = 'z'
				h = lex.Hash(w)
				break
			}
		}
	}
	if mayBeSame[byte(h)] {
		if to, ok := sameAs[h]; ok {
			return to
		}
	}
	return h
}
