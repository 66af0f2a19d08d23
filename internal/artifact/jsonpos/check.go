package jsonpos

import (
	"bytes"
	"fmt"
	"strconv"
)

// checker walks a document once; what it lets through can be walked again
// without a look at its ends.
type checker struct {
	doc *doc
	off int
}

func (c *checker) fail(format string, args ...any) *Error {
	return &Error{Line: c.doc.line(c.off), Offset: int64(c.off), Message: fmt.Sprintf(format, args...)}
}

func (c *checker) space() { c.off = c.doc.space(c.off) }

// expected is the error for what stands at the present place.
func (c *checker) expected(what string) error {
	if c.off >= len(c.doc.data) {
		return c.fail("the text ends where %s was expected", what)
	}
	if c.doc.data[c.off] == 0 || bytes.HasPrefix(c.doc.data, []byte("\xFF\xFE")) || bytes.HasPrefix(c.doc.data, []byte("\xFE\xFF")) {
		return c.fail("not UTF-8 text")
	}
	return c.fail("%s where %s was expected", strconv.QuoteToASCII(string(c.doc.data[c.off:c.off+1])), what)
}

func (c *checker) value(depth int) error {
	if depth > MaxDepth {
		e := c.fail("over the limit of %d levels", MaxDepth)
		e.Limit, e.Actual = MaxDepth, int64(depth)
		return e
	}
	if c.off >= len(c.doc.data) {
		return c.expected("a value")
	}
	switch b := c.doc.data[c.off]; {
	case b == '{':
		return c.members('}', func() error { return c.member(depth) })
	case b == '[':
		return c.members(']', func() error { return c.value(depth + 1) })
	case b == '"':
		return c.str()
	case b == '-' || b >= '0' && b <= '9':
		return c.number()
	}
	for _, word := range []string{"true", "false", "null", "NaN", "Infinity"} {
		if bytes.HasPrefix(c.doc.data[c.off:], []byte(word)) {
			c.off += len(word)
			return nil
		}
	}
	return c.expected("a value")
}

// members checks what stands between an opening bracket and end.
func (c *checker) members(end byte, one func() error) error {
	c.off++
	if c.space(); c.at(end) {
		c.off++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		c.space()
		switch {
		case c.at(end):
			c.off++
			return nil
		case !c.at(','):
			return c.expected(fmt.Sprintf("a comma or %q", end))
		}
		c.off++
		c.space()
	}
}

func (c *checker) member(depth int) error {
	if !c.at('"') {
		return c.expected("a key in double quotes")
	}
	if err := c.str(); err != nil {
		return err
	}
	if c.space(); !c.at(':') {
		return c.expected("a colon")
	}
	c.off++
	c.space()
	return c.value(depth + 1)
}

func (c *checker) at(b byte) bool { return c.off < len(c.doc.data) && c.doc.data[c.off] == b }

func (c *checker) str() error {
	data := c.doc.data
	for c.off++; c.off < len(data); c.off++ {
		switch b := data[c.off]; {
		case b == '"':
			c.off++
			return nil
		case b < 0x20:
			return c.fail("a string with a control character in it: its closing quote may be missing")
		case b == '\\':
			if err := c.escape(); err != nil {
				return err
			}
		}
	}
	return c.expected("the closing quote of a string")
}

// escape checks the escape at the present place and leads to its last byte.
func (c *checker) escape() error {
	c.off++
	if c.off >= len(c.doc.data) {
		return c.expected("the closing quote of a string")
	}
	switch c.doc.data[c.off] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
		for range 4 {
			if c.off++; c.off >= len(c.doc.data) || !isHex(c.doc.data[c.off]) {
				return c.expected("a hexadecimal digit")
			}
		}
		return nil
	}
	return c.expected("an escape")
}

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

// number checks a number. Leading zeros are let through.
func (c *checker) number() error {
	if c.at('-') {
		c.off++
		if bytes.HasPrefix(c.doc.data[c.off:], []byte("Infinity")) {
			c.off += len("Infinity")
			return nil
		}
	}
	if err := c.digits(); err != nil {
		return err
	}
	if c.at('.') {
		c.off++
		if err := c.digits(); err != nil {
			return err
		}
	}
	if c.at('e') || c.at('E') {
		c.off++
		if c.at('+') || c.at('-') {
			c.off++
		}
		return c.digits()
	}
	return nil
}

func (c *checker) digits() error {
	start := c.off
	for c.off < len(c.doc.data) && c.doc.data[c.off] >= '0' && c.doc.data[c.off] <= '9' {
		c.off++
	}
	if c.off == start {
		return c.expected("a digit")
	}
	return nil
}
