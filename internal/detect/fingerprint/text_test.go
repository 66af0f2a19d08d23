package fingerprint

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// TestText: an entry as text is read back as the same entry.
func TestText(t *testing.T) {
	e, err := Compute(lctest.Text(t, "Apache-2.0.t1").Body, "LicenseRef-x")
	if err != nil {
		t.Fatal(err)
	}
	e.Kind, e.Of, e.Twins = Policy, []string{"LicenseRef-a", "LicenseRef-b"}, []string{"LicenseRef-y"}
	text, err := e.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var back Entry
	if err := back.UnmarshalText(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))); err != nil {
		t.Fatal(err)
	}
	again, err := back.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again) || !back.Same(&e) || back.Words() != e.Words() || back.Required() != e.Required() {
		t.Errorf("%s\nis read as\n%s", text, again)
	}
	a, err := Build([]Entry{e}, Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build([]Entry{back}, Vocabulary{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("tables of the entry and of what was read back differ")
	}
}

// TestTextErrors: the error says what is wrong and where.
func TestTextErrors(t *testing.T) {
	e, err := Compute([]byte(strings.Repeat("one two three four five six ", 5)), "LicenseRef-x")
	if err != nil {
		t.Fatal(err)
	}
	good, err := e.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"no fingerprint", header, "Apache License", "not a fingerprint"},
		{"other version", header, strings.TrimSuffix(header, "1") + "2", "make it anew"},
		{"no id", "id LicenseRef-x\n", "", "no id"},
		{"two ids", "id LicenseRef-x", "id a,b", `an id has a ","`},
		{"no kind", "kind license\n", "", "no kind"},
		{"bad kind", "kind license", "kind contract", `line 3: kind "contract" is none of license, exception, policy`},
		{"bad sum", "sum ", "sum x", "line 4: sum: "},
		{"bad part", "required 30", "required 0", "line 5: required 0: the part has to end after word 0"},
		{"long part", "required 30", "required 65536", "before 65536"},
		{"other part", "required 30", "required 31", "30 words and 4 blocks; its parts have 31 words"},
		{"nothing required", "required 30", "optional 30", "0 words that must be there"},
		{"bad base64", "words ", "words *", "line 6: words: illegal base64"},
		{"unknown key", "words ", "text ", `line 6: unknown key "text"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := bytes.Replace(good, []byte(c.old), []byte(c.new), 1)
			if bytes.Equal(text, good) {
				t.Fatalf("%q is not in\n%s", c.old, good)
			}
			var e Entry
			if err := e.UnmarshalText(text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// TestComputeErrors: texts that cannot be an entry.
func TestComputeErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "0 words"},
		{"short", "Do what you like", "4 words"},
		{"only copyright", strings.Repeat("Copyright (c) 2024 Jane Doe and John Doe\n", 9), "0 words beside titles and copyright lines; at least 8"},
		{"long", strings.Repeat("word ", MaxWords+1), "65536 words; the limit is 65535"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Compute([]byte(c.text), "LicenseRef-x"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	if _, err := Build([]Entry{{ID: "x", Kind: "contract"}}, Vocabulary{}); err == nil || !strings.Contains(err.Error(), "contract") {
		t.Errorf("table of an unknown kind: %v", err)
	}
}

// FuzzText: what is read as an entry can be made a table of and looked for.
func FuzzText(f *testing.F) {
	e, err := Compute([]byte("Title\n\n"+strings.Repeat("one two three four five six seven eight nine ", 5)), "LicenseRef-x")
	if err != nil {
		f.Fatal(err)
	}
	text, err := e.MarshalText()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		var e Entry
		if e.UnmarshalText(text) != nil {
			return
		}
		again, err := e.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back Entry
		if err := back.UnmarshalText(again); err != nil {
			t.Fatalf("%v in\n%s", err, again)
		}
		x, err := Open().With(e)
		if err != nil {
			t.Fatal(err)
		}
		x.Find([]byte(strings.Repeat("one two three four five six seven eight nine ", 5)))
	})
}
