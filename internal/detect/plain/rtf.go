package plain

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// isRTF reports whether a text is an RTF document.
func isRTF(b []byte) bool { return bytes.HasPrefix(b, []byte(`{\rtf`)) }

// maxGroups is how deep the groups of an RTF document may stand in each other.
const maxGroups = 256

// Words of RTF 1.9.1 that stand for a character, and those that begin a group of
// something else than text.
var (
	rtfSigns = map[string]rune{
		"par": '\n', "line": '\n', "sect": '\n', "page": '\n', "row": '\n', "tab": '\t', "cell": '\t',
		"emdash": '—', "endash": '–', "bullet": '•', "lquote": '‘', "rquote": '’', "ldblquote": '“', "rdblquote": '”',
		"emspace": ' ', "enspace": ' ', "qmspace": ' ',
	}
	rtfApart = map[string]bool{
		"fonttbl": true, "colortbl": true, "stylesheet": true, "filetbl": true, "listtable": true, "listoverridetable": true,
		"revtbl": true, "rsidtbl": true, "info": true, "generator": true, "pict": true, "object": true, "fldinst": true,
		"themedata": true, "colorschememapping": true, "datastore": true, "latentstyles": true, "xmlnstbl": true, "mmathPr": true,
		"nonshppict": true, "bkmkstart": true, "bkmkend": true,
	}
)

// windows1252 are the characters of bytes 0x80 to 0x9f in the code page that RTF
// documents use unless they say otherwise; the others are those of Latin-1.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// rtfReader reads an RTF document.
type rtfReader struct {
	w     *rewriter
	b     []byte
	i     int
	group rtfGroup
	outer []rtfGroup
	skip  int // characters that stand for the one before, for readers without Unicode
}

type rtfGroup struct {
	apart bool // it is not text
	plain int  // characters after one in Unicode that stand for it
}

// rtf makes the text of an RTF document; the reason says why it cannot.
func (t *Text) rtf() string {
	r := rtfReader{w: newRewriter(t), b: t.Bytes, group: rtfGroup{plain: 1}}
	for r.i < len(r.b) {
		switch c := r.b[r.i]; c {
		case '{':
			if len(r.outer) >= maxGroups {
				return fmt.Sprintf("an RTF document with groups more than %d deep", maxGroups)
			}
			r.outer = append(r.outer, r.group)
			r.skip = 0
			r.i++
		case '}':
			if n := len(r.outer); n > 0 {
				r.group, r.outer = r.outer[n-1], r.outer[:n-1]
			}
			r.skip = 0
			r.i++
		case '\\':
			r.control()
		case '\r', '\n':
			r.i++
		default:
			sign, n := utf8.DecodeRune(r.b[r.i:])
			if sign == utf8.RuneError {
				sign = latin(c)
			}
			r.put(sign, r.i)
			r.i += n
		}
	}
	if len(bytes.TrimSpace(r.w.out)) == 0 {
		return "an RTF document without text"
	}
	r.w.done()
	return ""
}

// put writes a character that stands at byte i.
func (r *rtfReader) put(c rune, i int) {
	switch {
	case r.skip > 0:
		r.skip--
	case !r.group.apart:
		r.w.rune(c, i)
	}
}

// control reads what a backslash begins.
func (r *rtfReader) control() {
	start := r.i
	r.i++
	if r.i >= len(r.b) {
		return
	}
	c := r.b[r.i]
	if 'a' <= c|0x20 && c|0x20 <= 'z' {
		word, n, given := r.word()
		r.apply(word, n, given, start)
		return
	}
	r.i++
	switch c {
	case '\'':
		if r.i+2 <= len(r.b) {
			if n, err := strconv.ParseUint(string(r.b[r.i:r.i+2]), 16, 8); err == nil {
				r.put(latin(byte(n)), start)
				r.i += 2
			}
		}
	case '*':
		r.group.apart = true
	case '~':
		r.put(' ', start)
	case '_':
		r.put('-', start)
	case '\r', '\n':
		r.put('\n', start)
	case '-':
		// a place to divide a word
	case '\\', '{', '}':
		r.put(rune(c), start)
	}
}

// longestWord is the length of the longest control word, in bytes.
const longestWord = 32

// word reads a control word and its number, and the space that ends it.
func (r *rtfReader) word() (word string, n int, given bool) {
	start := r.i
	for r.i < len(r.b) && r.i-start < longestWord && 'a' <= r.b[r.i]|0x20 && r.b[r.i]|0x20 <= 'z' {
		r.i++
	}
	word = string(r.b[start:r.i])
	start = r.i
	if r.i < len(r.b) && r.b[r.i] == '-' {
		r.i++
	}
	for r.i < len(r.b) && r.i-start < longestNumber && '0' <= r.b[r.i] && r.b[r.i] <= '9' {
		r.i++
	}
	n, err := strconv.Atoi(string(r.b[start:r.i]))
	if r.i < len(r.b) && r.b[r.i] == ' ' {
		r.i++
	}
	return word, n, err == nil
}

// apply does what a control word that stands at byte i says.
func (r *rtfReader) apply(word string, n int, given bool, i int) {
	sign, ok := rtfSigns[word]
	switch {
	case ok:
		r.put(sign, i)
	case rtfApart[word]:
		r.group.apart = true
	case word == "bin" && given && n > 0:
		r.i = min(len(r.b), r.i+n)
	case word == "uc" && given:
		r.group.plain = max(0, n)
	case word == "u" && given:
		r.skip = 0
		r.put(rune(uint16(n)), i)
		r.skip = r.group.plain
	}
}

func latin(c byte) rune {
	if 0x80 <= c && c < 0xa0 {
		return windows1252[c-0x80]
	}
	return rune(c)
}
