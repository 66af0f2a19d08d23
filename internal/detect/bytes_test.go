package detect

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// wrapping is a way in which the bytes of a license text may come. What is safe
// to undo is read as the license; of the rest nobody can say which license it is,
// and never that there is none.
type wrapping struct {
	name string
	wrap func(string) string
	want Status // Unknown stands for every answer but the license and none
}

var wrappings = []wrapping{
	{"UTF-8 mark", func(s string) string { return "\xef\xbb\xbf" + s }, Match},
	{"UTF-16 little", func(s string) string { return "\xff\xfe" + units(s, false) }, Match},
	{"UTF-16 big", func(s string) string { return "\xfe\xff" + units(s, true) }, Match},
	{"UTF-16 little without a mark", func(s string) string { return units(s, false) }, Match},
	{"UTF-16 big without a mark", func(s string) string { return units(s, true) }, Match},
	{"UTF-16, half a unit at the end", func(s string) string { return "\xff\xfe" + units(s, false) + "x" }, Match},
	{"CRLF", replacing("\n", "\r\n"), Match},
	{"CR", replacing("\n", "\r"), Match},
	{"Latin-1", func(s string) string { return "Copyright \xa9 2020 J\xfcrgen\n\n" + s }, Match},
	{"zero-width space", inside("\u200b"), Match},
	{"zero-width joiner", inside("\u200d"), Match},
	{"soft hyphen", inside("\u00ad"), Match},
	{"word joiner", inside("\u2060"), Match},
	{"mark of direction", inside("\u200e"), Match},
	{"full width", replacing("software", "ｓｏｆｔｗａｒｅ"), Match},
	{"no-break spaces", replacing(" ", "\u00a0"), Match},
	{"form feeds", replacing("\n\n", "\n\f\n"), Match},
	{"RTF", rtf, Match},
	{"RTF, lines as paragraphs", func(s string) string { return "{\\rtf1\\ansi " + strings.ReplaceAll(escaped(s), "\n", "\\par\n") + "}" }, Match},
	{"HTML", func(s string) string {
		return page("<p>" + strings.ReplaceAll(entities(s), "\n\n", "</p>\n<p>") + "</p>")
	}, Match},
	{"HTML, preformatted", func(s string) string { return page("<pre>" + entities(s) + "</pre>") }, Match},
	{"HTML, lines", func(s string) string { return page(strings.ReplaceAll(entities(s), "\n", "<br/>\n")) }, Match},
	{"HTML, quotes by number", func(s string) string {
		return page("<pre>" + strings.ReplaceAll(entities(s), "&quot;", "&#8220;") + "</pre>")
	}, Match},
	{"HTML, words by number", func(s string) string { return page("<pre>" + byNumber(s) + "</pre>") }, Match},
	{"XML comment", func(s string) string { return "<!--\n" + s + "\n-->\n" }, Match},

	{"NUL", func(s string) string { return s + "\x00" }, Unknown},
	{"NUL inside words", inside("\x00"), Unknown},
	{"UTF-32", func(s string) string {
		return "\xff\xfe\x00\x00" + strings.ReplaceAll(units(s, false), "\x00", "\x00\x00\x00")
	}, Unknown},
	{"Cyrillic o", replacing("o", "\u043e"), Unknown},
	{"one Greek o", func(s string) string { return strings.Replace(s, "o", "\u03bf", 1) }, Unknown},
	{"Armenian o", replacing("o", "\u0585"), Unknown},
	{"mathematical letters", func(s string) string {
		return strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				return 0x1d41a + r - 'a'
			}
			return r
		}, s)
	}, Unknown},
	{"turned round", func(s string) string { return "\u202e" + s }, Unknown},
	{"another encoding", func(s string) string {
		b := []byte(s)
		for i := range b {
			b[i] ^= 0x80
		}
		return string(b)
	}, Unknown},
	{"RTF with a text as picture", func(string) string { return `{\rtf1\ansi{\pict\pngblip 89504e470d0a1a0a}}` }, Unknown},
}

func TestWrappings(t *testing.T) {
	s := testScanner(t)
	for _, name := range []string{"MIT.t1", "Apache-2.0.t1", "BSD-3-Clause.t1", "GPL-3.0.t1", "MPL-2.0.t1", "ISC.t1", "Unlicense.t1", "EUPL-1.2.t1", "CC-BY-4.0.t1"} {
		body := string(lctest.Text(t, name).Body)
		as := s.Text([]byte(body))
		for _, w := range wrappings {
			raw := []byte(w.wrap(body))
			got := s.Text(raw)
			switch {
			case w.want == Match && (got.Status != as.Status || got.Expr.String() != as.Expr.String()):
				t.Errorf("%s, %s: %s %s, %s; want %s %s", name, w.name, got.Status, got.Expr, got.Reason, as.Status, as.Expr)
			case w.want != Match && (got.Status == Match || got.Status == None):
				t.Errorf("%s, %s: %s %s", name, w.name, got.Status, got.Expr)
			}
			checkText(t, raw, got)
		}
	}
}

func units(s string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

func replacing(old, by string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, by) }
}

// inside puts something into the middle of words.
func inside(what string) func(string) string {
	return func(s string) string {
		words := strings.SplitAfter(s, " ")
		for i, w := range words {
			if len(w) > 6 && i%7 == 0 && w[3] < 0x80 && w[2] < 0x80 {
				words[i] = w[:3] + what + w[3:]
			}
		}
		return strings.Join(words, "")
	}
}

func escaped(s string) string { return strings.NewReplacer(`\`, `\\`, "{", `\{`, "}", `\}`).Replace(s) }

// rtf is a text as an editor saves it.
func rtf(s string) string {
	var b strings.Builder
	b.WriteString("{\\rtf1\\ansi\\ansicpg1252\\deff0\\nouicompat{\\fonttbl{\\f0\\fnil\\fcharset0 Calibri;}}\n{\\colortbl ;\\red0\\green0\\blue255;}\n" +
		"{\\*\\generator Riched20 10.0}\\viewkind4\\uc1 \n\\pard\\sa200\\sl276\\slmult1\\f0\\fs22\\lang9 ")
	for i, p := range strings.Split(s, "\n\n") {
		p = strings.Join(strings.Fields(p), " ")
		p = strings.ReplaceAll(escaped(p), `"`, `\ldblquote `)
		if i%2 == 1 {
			p = "\\b " + p + "\\b0"
		}
		for _, r := range p {
			switch {
			case r < 0x80:
				b.WriteRune(r)
			case r < 0x100:
				fmt.Fprintf(&b, "\\'%02x", r)
			default:
				fmt.Fprintf(&b, "\\u%d?", int16(r))
			}
		}
		b.WriteString("\\par\n")
	}
	return b.String() + "}\n\x20"
}

func entities(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

func byNumber(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i%5 == 0 || r == '<' || r == '&' {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func page(body string) string {
	return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>License</title>\n" +
		"<style>body { font-family: sans-serif; } .x { display: none; }</style>\n<script>if (!window.x) { window.x = function(a) { return a && only(a); } }</script>\n" +
		"</head>\n<body class=\"text\">\n<div id='main'>\n" + body + "\n</div>\n</body>\n</html>\n"
}
