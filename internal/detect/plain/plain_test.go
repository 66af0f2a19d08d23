package plain

import (
	"strings"
	"testing"
	"unicode/utf16"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct{ name, raw, want, reason string }{
		{"ASCII", "one two", "one two", ""},
		{"empty", "", "", ""},
		{"UTF-8 mark", "\xef\xbb\xbfone", "one", ""},
		{"UTF-16 little", "\xff\xfeo\x00n\x00\x3d\xd8\x00\xde", "on😀", ""},
		{"UTF-16 big", "\xfe\xff\x00o\x00n", "on", ""},
		{"UTF-16 without a mark", "o\x00n\x00e\x00 \x00t\x00w\x00o\x00", "one two", ""},
		{"UTF-16 big without a mark", "\x00o\x00n\x00e\x00 \x00t\x00w\x00o", "one two", ""},
		{"UTF-16, odd", "\xff\xfeo\x00n", "o", ""},
		{"UTF-32", "\xff\xfe\x00\x00o\x00\x00\x00", "", "it holds NUL"},
		{"NUL", "per\x00mission", "", "it holds NUL"},
		{"Latin-1", "J\xfcrgen has \xa9 of it all", "J\xfcrgen has \xa9 of it all", ""},
		{"another encoding", "\xd0\xed\xbf\xc9\xd6\xa4 MIT", "", "not a text in UTF-8"},
		{"soft hyphens and what has no width", "per\u00admis\u200bsion\u2060 \u200eok\ufe0f", "permission ok", ""},
		{"full width", "ＭＩＴ License", "MIT License", ""},
		{"Cyrillic", "one\nwith\u043eut", "", "line 2: a word mixes letters of two alphabets"},
		{"Cyrillic words", "текст и text", "текст и text", ""},
		{"micro", "10µs", "10µs", ""},
		{"Chinese beside Latin", "MIT许可证", "MIT许可证", ""},
		{"mathematical", "\n\n𝐌𝐈𝐓", "", "line 3: mathematical signs"},
		{"turned round", "\u202eTIM", "", "line 1: the direction"},
		{"RTF", `{\rtf1\ansi{\fonttbl{\f0 Times;}}{\*\generator X;}\f0 One \b two\b0\par three\'a9\u8220?x\u8221? a\-b\~c\_d \{e\\\}` + "\nf}", "One two\nthree©“x” ab c-d {e\\}f", ""},
		{"RTF, plain characters", `{\rtf1\uc2\u8212--a{\uc0\u8212 b}\u8212}-c}`, "—a—b—-c", ""},
		{"RTF, binary", `{\rtf1 a{\pict\bin3 }}}}b}`, "ab", ""},
		{"RTF, cut", `{\rtf1 a {\b b\'`, "a b", ""},
		{"RTF without text", `{\rtf1{\pict 00ff}}`, "", "without text"},
		{"RTF, deep", `{\rtf1 ` + strings.Repeat("{", 300), "", "more than 256 deep"},
		{"HTML", "<!DOCTYPE html><style>p {color: red}</style><p>&#169; x&#x2014;y &amp; <b>z</b>", "<!DOCTYPE html>\n<p>© x—y &amp; <b>z</b>", ""},
		{"HTML, no end", "<HTML><SCRIPT>a</SCRIPT>b<script>c &#0; &#; &#x110000; &#99999999999;", "<HTML>\nb<script>c &#0; &#; &#x110000; &#99999999999;", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, reason := Read([]byte(tt.raw))
			if string(got.Bytes) != tt.want {
				t.Errorf("got %q, want %q", got.Bytes, tt.want)
			}
			if !strings.Contains(reason, tt.reason) || (reason == "") != (tt.reason == "") {
				t.Errorf("reason %q, want %q", reason, tt.reason)
			}
			checkPlaces(t, []byte(tt.raw), got)
		})
	}
}

// checkPlaces: places in the file grow with those in the text, and lie in it.
func checkPlaces(t *testing.T, raw []byte, x Text) {
	t.Helper()
	last := 0
	for i := range len(x.Bytes) + 1 {
		at := x.At(i)
		if at < last || at > len(raw) {
			t.Fatalf("byte %d is at %d of %d, the one before at %d", i, at, len(raw), last)
		}
		last = at
	}
}

func TestPlaces(t *testing.T) {
	raw := []byte("<html>a\u00adb")
	var units []byte
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(string(raw)))...) {
		units = append(units, byte(u), byte(u>>8))
	}
	x, _ := Read(units)
	if at := x.At(strings.Index(string(x.Bytes), "b")); at != 18 {
		t.Errorf("b is at %d", at)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{`{\rtf1\ansi\uc1\u8220?{\*\x y}\'a9\bin2 }}z\par}`, "<html><script></script>&#65;<style>", "\xff\xfeo\x00\x3d\xd8", "a\u00ad\u200bＭ", "\xd0\xed"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		x, reason := Read(raw)
		if reason != "" && len(x.Bytes) > 0 {
			t.Error("a text with a reason against it")
		}
		if len(x.Bytes) > 4*len(raw) {
			t.Errorf("%d bytes of %d", len(x.Bytes), len(raw))
		}
		checkPlaces(t, raw, x)
	})
}
