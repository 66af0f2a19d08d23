package header

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Embeds appends the patterns of the //go:embed lines of a whole Go source
// file to out. Lines that are malformed are left out, as go list does.
func Embeds(out []string, src []byte) []string {
	for pos := 0; pos < len(src); {
		i := bytes.IndexAny(src[pos:], "\"'`/")
		if i < 0 {
			break
		}
		pos += i
		switch c := src[pos]; {
		case c == '"' || c == '\'':
			pos = skipQuoted(src, pos)
		case c == '`':
			end := bytes.IndexByte(src[pos+1:], '`')
			if end < 0 {
				return out
			}
			pos += end + 2
		case pos+1 < len(src) && src[pos+1] == '*':
			end := bytes.Index(src[pos+2:], []byte("*/"))
			if end < 0 {
				return out
			}
			pos += end + 4
		case pos+1 < len(src) && src[pos+1] == '/':
			line := src[pos:]
			if end := bytes.IndexByte(line, '\n'); end >= 0 {
				line = line[:end]
			}
			pos += len(line)
			if rest, ok := bytes.CutPrefix(line, []byte("//go:embed")); ok {
				out = appendPatterns(out, string(rest))
			}
		default:
			pos++
		}
	}
	return out
}

// skipQuoted returns where the string or rune literal at pos ends, at the
// latest with its line.
func skipQuoted(src []byte, pos int) int {
	quote := src[pos]
	for pos++; pos < len(src); pos++ {
		switch src[pos] {
		case '\\':
			pos++
		case quote:
			return pos + 1
		case '\n':
			return pos
		}
	}
	return len(src)
}

// appendPatterns splits what follows "//go:embed": words between blanks,
// quoted ones unquoted.
func appendPatterns(out []string, args string) []string {
	args = strings.TrimRight(args, "\r")
	if r, _ := utf8.DecodeRuneInString(args); !unicode.IsSpace(r) {
		return out
	}
	n := len(out)
	for {
		args = strings.TrimSpace(args)
		if args == "" {
			return out
		}
		word := args
		if args[0] == '"' || args[0] == '`' {
			q, err := strconv.QuotedPrefix(args)
			if err != nil {
				return out[:n]
			}
			if word, err = strconv.Unquote(q); err != nil {
				return out[:n]
			}
			args = args[len(q):]
			if r, _ := utf8.DecodeRuneInString(args); args != "" && !unicode.IsSpace(r) {
				return out[:n]
			}
		} else {
			if i := strings.IndexFunc(args, unicode.IsSpace); i >= 0 {
				word = args[:i]
			}
			args = args[len(word):]
		}
		out = append(out, word)
	}
}
