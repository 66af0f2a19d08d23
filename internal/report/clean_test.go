package report

import (
	"testing"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// Names keep invalid bytes in sight; texts are decoded, so that an old © lives.
func TestStringsAreValid(t *testing.T) {
	inv := &inventory.Inventory{
		Components: []inventory.Component{{Name: "caf\xe9", Copyrights: []string{"\xa9 2001 Jos\xe9", "© 2002"}}},
		Errors:     []diag.Problem{{Path: "a\xff\xfeb", Message: "fine – é"}},
		Texts: map[string]string{
			"sha256:1": "\xa9 \x93Latin\x94 – \x80 \x81", "sha256:2": "\xff\xfe\xa9\x00a\x00", "sha256:3": "\xfe\xff\x00\xa9\xd8\x3d\xde\x00\x00",
		},
	}
	r := New(Head{Texts: true}, inv, &assess.Judgement{Components: make([]assess.Component, 1)})
	for _, tt := range []struct{ what, got, want string }{
		{"name", r.Components[0].Name, `caf\xe9`},
		{"path", r.Errors[0].Path, `a\xff\xfeb`},
		{"message", r.Errors[0].Message, "fine – é"},
		{"copyright line", r.Components[0].Copyrights[0], "© 2001 José"},
		{"copyright line in UTF-8", r.Components[0].Copyrights[1], "© 2002"},
		{"Windows-1252", r.Texts[0].Content, "© “Latin” – € \u0081"},
		{"UTF-16, little endian", r.Texts[1].Content, "©a"},
		{"UTF-16, big endian", r.Texts[2].Content, "©😀"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", tt.what, tt.got, tt.want)
		}
	}
}

func FuzzDecoded(f *testing.F) {
	f.Add("\xa9 2003")
	f.Add("\xff\xfeA")
	f.Fuzz(func(t *testing.T, s string) {
		for _, got := range []string{decoded(s), escaped(s)} {
			if !utf8.ValidString(got) {
				t.Errorf("%q becomes %q, which is not valid", s, got)
			}
		}
		if utf8.ValidString(s) && (escaped(s) != s || decoded(s) != s) {
			t.Errorf("%q is valid and changes", s)
		}
	})
}
