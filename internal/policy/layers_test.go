package policy

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// archived are the files of one case of testdata/policy/layers.txtar. In them
// "sha256:@FILE" stands for the digest of a file of the case.
type archived map[string]string

func (a archived) Read(name string) ([]byte, error) {
	text, ok := a[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: "/somewhere/" + name, Err: fs.ErrNotExist}
	}
	for other := range a {
		if mark := "sha256:@" + other; strings.Contains(text, mark) && other != name {
			inner, err := a.Read(other)
			if err != nil {
				return nil, err
			}
			text = strings.ReplaceAll(text, mark, digest(inner))
		}
	}
	return []byte(text), nil
}

func (a archived) Exists(name string) bool { _, ok := a[name]; return ok }

// TestLayers loads the cases of testdata/policy/layers.txtar: CASE/rukhsa.yaml
// and the files beside it, and compares CASE/want with the faults or with every
// value and its origin.
func TestLayers(t *testing.T) {
	base := testBase(t)
	file := filepath.Join("..", "..", "testdata", "policy", "layers.txtar")
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]archived{}
	for _, f := range ar.Files {
		name, rest, ok := strings.Cut(f.Name, "/")
		if !ok {
			t.Fatalf("%s: %s is in no case", file, f.Name)
		}
		if cases[name] == nil {
			cases[name] = archived{}
		}
		if rest != "want" {
			cases[name][rest] = string(f.Data)
		}
	}
	for i := range ar.Files {
		name, ok := strings.CutSuffix(ar.Files[i].Name, "/want")
		if !ok {
			continue
		}
		got := tell(Load("rukhsa.yaml", base, cases[name]))
		got = shorten(got, wordLists(base))
		for other := range cases[name] {
			if body, err := cases[name].Read(other); err == nil {
				got = strings.ReplaceAll(got, digest(body), "sha256:@"+other)
			}
		}
		if *update {
			ar.Files[i].Data = []byte(got)
		}
		if d := cmp.Diff(string(ar.Files[i].Data), got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// tell prints faults, or the values of a policy but the built-in weights.
func tell(p *Policy, err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, l := range p.Layers {
		fmt.Fprintf(&b, "layer %s %s %s\n", l.Kind, l.Name, l.Path)
	}
	for _, v := range p.Values() {
		if v.Set && (v.Key != "severities" || v.At.Layer > 0) {
			fmt.Fprintf(&b, "%s = %s (%d:%d:%d)\n", v.Key, v.Value, v.At.Layer, v.At.Pos.Line, v.At.Pos.Column)
		}
	}
	return b.String()
}

// Every built-in profile is right, says what it is for and what its default is,
// and lets a file that extends it change everything.
func TestProfiles(t *testing.T) {
	base := testBase(t)
	want := []string{"ai-commercial", "ai-research", "asf", "cncf", "default", "internal", "no-copyleft", "osi-only", "saas"}
	if d := cmp.Diff(want, Profiles()); d != "" {
		t.Errorf("profiles (-want +got)\n%s", d)
	}
	for _, name := range Profiles() {
		data, err := readProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := yamlpos.Decode[file](profilePath(name), data, wordLists(base))
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if f.Name != name || f.About == "" || f.Default.Value == "" || len(f.Overlay) != 1 || f.Overlay[0].Value != overlayAll {
			t.Errorf("%s: name %q, about %q, default %q, overlay %v", name, f.Name, f.About, f.Default.Value, f.Overlay)
		}
		p, err := Parse("rukhsa.yaml", []byte("version: 1\nextends: ["+name+"]\n"), base)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if p.Default != f.Default.Value {
			t.Errorf("%s: default %q, want %q", name, p.Default, f.Default.Value)
		}
		for _, l := range p.Layers[:len(p.Layers)-1] {
			if l.Kind != BuiltIn || l.Path != "" || l.Digest == "" {
				t.Errorf("%s: layer %+v", name, l)
			}
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		glob Glob
		name string
		want bool
	}{
		{"example.com/a", "example.com/a", true},
		{"example.com/a", "example.com/ab", false},
		{"example.com/*", "example.com/a", true},
		{"example.com/*", "example.com/a/b", false},
		{"example.com/*", "example.com/", true},
		{"example.com/*", "example.com", false},
		{"example.com/**", "example.com/a/b", true},
		{"**", "", true},
		{"*/b", "a/b", true},
		{"*/b", "x/a/b", false},
		{"**/b", "x/a/b", true},
		{"a*c*e", "abcde", true},
		{"a*c*e", "abcd", false},
		{"a**", "a/b", true},
		{"a***b", "a/x/b", true},
		{"", "", true},
		{"", "a", false},
		{Glob(strings.Repeat("*a", 60) + "b"), strings.Repeat("a", 400), false},
	} {
		if got := tt.glob.Match(tt.name); got != tt.want {
			t.Errorf("%q of %q: %v, want %v", tt.glob, tt.name, got, tt.want)
		}
	}
}
