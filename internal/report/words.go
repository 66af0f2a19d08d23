package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWidth is how many columns a line of text takes before it is broken; a
// single word may be longer.
const maxWidth = 140

// width is the number of columns that a terminal gives a string: none for marks
// that combine with the character before them, two for wide ones.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x300:
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wideRanges are the blocks of characters that East Asian Width calls wide or
// full width (Unicode, EastAsianWidth.txt), with gaps of unassigned ones.
var wideRanges = [][2]rune{
	{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x4dbf}, {0x4e00, 0xa4cf}, {0xa960, 0xa97c}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
	{0xfe30, 0xfe6f}, {0xff01, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
}

func wide(r rune) bool {
	return r >= 0x1100 && slices.ContainsFunc(wideRanges, func(x [2]rune) bool { return x[0] <= r && r <= x[1] })
}

// pad fills s with spaces to n columns.
func pad(s string, n int) string {
	if k := n - width(s); k > 0 {
		return s + strings.Repeat(" ", k)
	}
	return s
}

// widest is the width of the widest string, at most most.
func widest(most int, list ...string) int {
	w := 0
	for _, s := range list {
		w = max(w, min(width(s), most))
	}
	return w
}

// wrap breaks s at spaces into lines of at most maxWidth columns, of which the
// first has used columns taken already and the others begin with indent spaces.
// Runs of several spaces are kept where they do not end a line.
func wrap(s string, used, indent int) string {
	var b strings.Builder
	at := used
	gap := ""
	for s != "" {
		word := s[:wordEnd(s)]
		s = s[len(word):]
		if at > indent && at+width(gap)+width(word) > maxWidth && gap != "" {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at, gap = indent, ""
		}
		b.WriteString(gap + word)
		at += width(gap) + width(word)
		rest := strings.TrimLeft(s, " ")
		gap, s = s[:len(s)-len(rest)], rest
	}
	return b.String()
}

func wordEnd(s string) int {
	if i := strings.IndexByte(s, ' '); i >= 0 {
		return i
	}
	return len(s)
}

// fitting joins as many of the names as fit into room columns, at least one,
// and counts the rest.
func fitting(names []string, room int) string {
	for n := min(len(names), maxWidth); n > 1; n-- {
		if s := capped(names, n); width(s) <= room {
			return s
		}
	}
	return capped(names, 1)
}

// capped joins at most n of the names and counts the rest.
func capped(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
}

// plural counts a noun: its first word takes the s ("2 modules not in the
// cache"), or its last where the noun is two words ("2 C libraries").
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	head, rest, _ := strings.Cut(noun, " ")
	if rest != "" && !strings.Contains(rest, " ") && !strings.HasPrefix(rest, "not") {
		return fmt.Sprintf("%d %s %s", n, head, many(rest))
	}
	if rest != "" {
		rest = " " + rest
	}
	return fmt.Sprintf("%d %s%s", n, many(head), rest)
}

func many(word string) string {
	if strings.HasSuffix(word, "y") && !strings.HasSuffix(word, "ey") {
		return strings.TrimSuffix(word, "y") + "ies"
	}
	return word + "s"
}

// hidden reports whether a reader would not see the rune as what it is: a
// control character, a direction mark, a zero-width or other invisible one.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad:
		return true
	case r == 0x61c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe007f, r >= 0xd800 && r < 0xe000:
		return true
	}
	return false
}

// Printable returns s with every hidden character and every invalid byte
// written out, so that no name or message from outside can act on a terminal.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || hidden(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04x}`, r)
		default:
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
