package spdx

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error says what is wrong with an expression, and where.
type Error struct {
	Offset int      // byte offset of Token in the expression; its length when the end came too early
	Column int      // the same place counted in characters from 1
	Token  string   // the offending text as written, at most tokenShown bytes; "" at the end
	Msg    string   // what is wrong, with the token in it where that helps
	Near   []string // known ids close to the token, best first
}

// tokenShown bounds how much of a hostile token a message repeats.
const tokenShown = 64

// Error is the message with its place and what was perhaps meant.
func (e *Error) Error() string {
	s := e.Msg + " at column " + strconv.Itoa(e.Column)
	if len(e.Near) > 0 {
		q := make([]string, len(e.Near))
		for i, n := range e.Near {
			q[i] = strconv.Quote(n)
		}
		s += "; did you mean " + strings.Join(q, " or ") + "?"
	}
	return s
}

func newError(src string, offset int, token, msg string, near ...string) *Error {
	return &Error{
		Offset: offset, Column: utf8.RuneCountInString(src[:offset]) + 1,
		Token: shorten(token), Msg: msg, Near: near,
	}
}

// shorten cuts a token to tokenShown bytes at a character boundary.
func shorten(s string) string {
	if len(s) <= tokenShown {
		return s
	}
	n := tokenShown
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// quote shows a token in a message: printable, and "..." where it was cut.
func quote(s string) string {
	if t := shorten(s); len(t) < len(s) {
		return strconv.Quote(t + "...")
	}
	return strconv.Quote(s)
}
