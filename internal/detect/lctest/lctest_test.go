package lctest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTexts(t *testing.T) {
	all := Texts(t)
	if len(all) < 600 {
		t.Errorf("%d texts, want the 672 of v0.3.1", len(all))
	}
	for _, s := range all {
		if empty := len(s.Body) == 0; empty != (s.Name == "empty.t1") || !strings.Contains(s.Want, "%") {
			t.Errorf("%s: header %q, %d bytes of text", s.Name, s.Want, len(s.Body))
		}
	}
}

func TestText(t *testing.T) {
	s := Text(t, "MIT.t1")
	if want := "100%\nMIT 0,$"; s.Want != want {
		t.Errorf("Want = %q, want %q", s.Want, want)
	}
	if !strings.HasPrefix(string(s.Body), "Copyright") {
		t.Errorf("Body begins %.20q", s.Body)
	}
}

func TestParse(t *testing.T) {
	got, err := parse("x.t1", []byte("# note\n50%\nMIT 0,$\n\nbody\n\nmore"))
	if err != nil {
		t.Fatal(err)
	}
	want := Sample{Name: "x.t1", Want: "50%\nMIT 0,$", Body: []byte("body\n\nmore")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := parse("x.t1", []byte("50%\nbody")); err == nil {
		t.Error("no error for a file without a header")
	}
}
