package safetensors

import (
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// next returns the next byte that is no space, and does not go past it.
func (p *parser) next() (byte, error) {
	for {
		b, err := p.r.Ahead()
		if err != nil {
			return 0, err
		}
		if len(b) == 0 {
			return 0, p.r.Fail(p.r.Pos(), "the header ends too early")
		}
		if !isSpace(b[0]) {
			return b[0], nil
		}
		if _, err := p.r.Byte(); err != nil {
			return 0, err
		}
	}
}

// expect goes past one byte, which must be next but for spaces.
func (p *parser) expect(want byte) error {
	b, err := p.next()
	if err != nil {
		return err
	}
	if b != want {
		return p.r.Fail(p.r.Pos(), "%q where %q must stand", b, want)
	}
	_, err = p.r.Byte()
	return err
}

// more goes past what stands before an item of a list, and reports whether
// there is one; first is set for the first item.
func (p *parser) more(closing byte, first bool) (bool, error) {
	b, err := p.next()
	if err != nil {
		return false, err
	}
	if b == closing {
		_, err := p.r.Byte()
		return false, err
	}
	if !first {
		if err := p.expect(','); err != nil {
			return false, err
		}
		_, err = p.next()
	}
	return err == nil, err
}

// number reads a whole number that is not negative.
func (p *parser) number() (uint64, error) {
	if _, err := p.next(); err != nil {
		return 0, err
	}
	at, n := p.r.Pos(), uint64(0)
	for digits := 0; ; digits++ {
		b, err := p.r.Ahead()
		if err != nil {
			return 0, err
		}
		if len(b) == 0 || b[0] < '0' || b[0] > '9' {
			if digits == 0 || len(b) > 0 && (b[0] == '.' || b[0] == 'e' || b[0] == 'E') {
				return 0, p.r.Fail(at, "no whole number here")
			}
			return n, nil
		}
		if digits > 0 && n == 0 {
			return 0, p.r.Fail(at, "a number that begins with 0")
		}
		d := uint64(b[0] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, p.r.Fail(at, "a number of more than 63 bits")
		}
		n = n*10 + d
		if _, err := p.r.Byte(); err != nil {
			return 0, err
		}
	}
}

// str reads a string behind its opening quote into the parser's buffer, where
// it stays until the next one. More than keep bytes are a Problem of the kind
// limit.
func (p *parser) str(keep int64) ([]byte, error) {
	at := p.r.Pos()
	p.buf = p.buf[:0]
	err := p.decode(func(b []byte) error {
		if int64(len(p.buf)+len(b)) > keep {
			return p.r.Over(at, "a text", keep, keep+1)
		}
		p.buf = append(p.buf, b...)
		return nil
	})
	return p.buf, err
}

// skipString goes past a string behind its opening quote.
func (p *parser) skipString() error { return p.decode(func([]byte) error { return nil }) }

// isPlain tells the bytes of a string that stand for themselves.
func isPlain(b byte) bool { return b >= 0x20 && b < utf8.RuneSelf && b != '"' && b != '\\' }

// decode calls f with the text of a string, piece by piece. It must be UTF-8
// without control characters; half of a surrogate pair becomes U+FFFD.
func (p *parser) decode(f func([]byte) error) error {
	for {
		ahead, err := p.r.Ahead()
		if err != nil {
			return err
		}
		n := 0
		for n < len(ahead) && isPlain(ahead[n]) {
			n++
		}
		if n > 0 {
			if err := f(ahead[:n]); err != nil {
				return err
			}
			if err := p.r.Skip(uint64(n)); err != nil {
				return err
			}
			continue
		}
		r, err := p.special()
		if err != nil || r < 0 {
			return err
		}
		var buf [utf8.UTFMax]byte
		if err := f(utf8.AppendRune(buf[:0], r)); err != nil {
			return err
		}
	}
}

// special decodes what does not stand for itself; -1 is the closing quote.
func (p *parser) special() (rune, error) {
	at := p.r.Pos()
	b, err := p.r.Byte()
	switch {
	case err != nil:
		return 0, err
	case b == '"':
		return -1, nil
	case b < 0x20:
		return 0, p.r.Fail(at, "a control character in a text: its closing quote may be missing")
	case b == '\\':
		return p.escape()
	}
	return p.multi(b, at)
}

// multi decodes a rune of several bytes that begins with first.
func (p *parser) multi(first byte, at int64) (rune, error) {
	rest, err := p.r.Peek(utf8.UTFMax - 1)
	if err != nil {
		return 0, err
	}
	buf := [utf8.UTFMax]byte{first}
	r, n := utf8.DecodeRune(buf[:1+copy(buf[1:], rest)])
	if r == utf8.RuneError && n <= 1 {
		return 0, p.r.Fail(at, "not UTF-8 text")
	}
	_, err = p.r.Next(n - 1)
	return r, err
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (p *parser) escape() (rune, error) {
	at := p.r.Pos()
	b, err := p.r.Byte()
	if err != nil {
		return 0, err
	}
	if r, ok := escapes[b]; ok {
		return r, nil
	}
	if b != 'u' {
		return 0, p.r.Fail(at, "escape \\%c", b)
	}
	r, err := p.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	next, err := p.r.Peek(2)
	if err != nil || string(next) != `\u` {
		return utf8.RuneError, err
	}
	// A low half that does not fit is left for the next escape.
	next, err = p.r.Peek(6)
	if err != nil {
		return 0, err
	}
	low, ok := hex4(next[min(2, len(next)):])
	if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
		_, err := p.r.Next(6)
		return pair, err
	}
	return utf8.RuneError, nil
}

func (p *parser) hex() (rune, error) {
	at := p.r.Pos()
	b, err := p.r.Next(4)
	if err != nil {
		return 0, err
	}
	r, ok := hex4(b)
	if !ok {
		return 0, p.r.Fail(at, "%q where four hexadecimal digits must stand", b)
	}
	return r, nil
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) != 4 {
		return 0, false
	}
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// skip goes past a value that nobody asks for.
func (p *parser) skip(depth int) error {
	if depth > MaxDepth {
		return p.r.Over(p.r.Pos(), "values in one another", MaxDepth, int64(depth))
	}
	b, err := p.next()
	if err != nil {
		return err
	}
	switch b {
	case '{':
		return p.object(func([]byte) error { return p.skip(depth + 1) })
	case '[':
		if err := p.expect('['); err != nil {
			return err
		}
		for first := true; ; first = false {
			if more, err := p.more(']', first); !more {
				return err
			}
			if err := p.skip(depth + 1); err != nil {
				return err
			}
		}
	case '"':
		if err := p.expect('"'); err != nil {
			return err
		}
		return p.skipString()
	}
	return p.word()
}

// word goes past a number, true, false or null.
func (p *parser) word() error {
	at := p.r.Pos()
	var word []byte
	for {
		b, err := p.r.Peek(1)
		if err != nil {
			return err
		}
		if len(b) == 0 || isSpace(b[0]) || b[0] == ',' || b[0] == '}' || b[0] == ']' {
			break
		}
		if word = append(word, b[0]); len(word) > 64 {
			break
		}
		if _, err := p.r.Byte(); err != nil {
			return err
		}
	}
	if s := string(word); s == "true" || s == "false" || s == "null" || isNumber(word) {
		return nil
	}
	return p.r.Fail(at, "%q is no value", word)
}

// isNumber reports whether a word is a JSON number.
func isNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for len(b) > 0 && b[0] >= '0' && b[0] <= '9' {
			b = b[1:]
			n++
		}
		return n > 0
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9' || !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		if b = b[1:]; !digits() {
			return false
		}
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		if b = b[1:]; len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		return digits() && len(b) == 0
	}
	return len(b) == 0
}
