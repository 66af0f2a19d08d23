package scan

import (
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// A thing is called by its place as seen from the working directory, and by
// nothing of the machine.
func TestShown(t *testing.T) {
	b := &builder{o: &Options{Cwd: "/home/me/proj"}}
	for _, tt := range []struct {
		target, dir, single string
		named               bool
		want                string
	}{
		{".", ".", "", false, "proj"},
		{".", "llm", "", false, "llm"},
		{"llm", ".", "", false, "llm"},
		{"./a/", "m", "", false, "a/m"},
		{"a", ".", "w.gguf", false, "a/w.gguf"},
		{"a/w.gguf", ".", "w.gguf", true, "a/w.gguf"},
		{"a/README.md", ".", "", true, "a/README.md"},
		{"..", ".", "", false, "me"},
		{"..", "other/m", "", false, "other/m"},
		{"../..", "x", "", false, "x"},
		{"../proj/a", ".", "", false, "a"},
		{"/home/me/proj/a", "m", "", false, "a/m"},
		{"/secret/store", "m", "", false, "store/m"},
		{"/secret/w.gguf", ".", "w.gguf", true, "w.gguf"},
	} {
		thing := &discover.Thing{Target: tt.target, Dir: tt.dir, Single: tt.single, Named: tt.named}
		if got := b.shown(thing); got != tt.want {
			t.Errorf("%s %s%s: %q, want %q", tt.target, tt.dir, tt.single, got, tt.want)
		}
	}
}

// Two things with one id and two licenses are two components; the same thing
// met twice is one.
func TestPutFound(t *testing.T) {
	b := &builder{o: &Options{}, inv: &inventory.Inventory{}, at: map[string]int{}}
	for _, x := range [][2]string{{"MIT", "a"}, {"MIT", "b"}, {"GPL-3.0-only", "c d"}, {"GPL-3.0-only", "c d"}} {
		b.putFound(inventory.Component{ID: "pkg:huggingface/o/m", Scope: inventory.Found, License: inventory.License{Concluded: x[0]}}, x[1])
	}
	var got []string
	for _, c := range b.inv.Components {
		got = append(got, c.ID+" "+c.License.Concluded)
	}
	if want := "pkg:huggingface/o/m MIT, pkg:huggingface/o/m#c%20d GPL-3.0-only"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
