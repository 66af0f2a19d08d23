package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFixtures is the comparison of the generated trees for some of the builds;
// it downloads nothing.
func TestFixtures(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	cgoOff := []point{{"linux", "amd64", false}, {"windows", "arm64", false}}
	both := append(slices.Clone(cgoOff), point{"linux", "amd64", true}, point{"windows", "arm64", true})
	files, err := generated.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		files = files[:3]
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(f.Name(), ".txtar"), func(t *testing.T) {
			points := cgoOff
			if f.Name() == "constraints.txtar" {
				points = both
			}
			var out strings.Builder
			same, err := checkFixture(&out, f.Name(), points)
			if err != nil {
				t.Fatal(err)
			}
			if !same {
				t.Error(out.String())
			}
		})
	}
}

// TestCompare: a difference is seen, whichever side has more.
func TestCompare(t *testing.T) {
	got := compare("x ", "go", []string{"b", "a"}, "native", []string{"c", "b"})
	if diff := cmp.Diff([]string{"x only go: a", "x only native: c"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestUnite: what answers for single builds are together.
func TestUnite(t *testing.T) {
	points := []point{{"linux", "amd64", false}, {"linux", "amd64", true}, {"windows", "amd64", false}}
	a, b, c := mod{Path: "a", Version: "v1"}, mod{Path: "b", Version: "v1"}, mod{Path: "c", Version: "v1"}
	answers := []answer{
		{"linked": {"a": a}, "test": {"b": b}, "required": {"c": c}, "linked x": {"a": a}},
		{"linked": {"a": a, "c": c}, "test": {"b": b}, "linked x": {"a": a, "c": c}},
		{"tool": {"a": a}, "required": {"b": b, "c": c}, "linked x": {}},
	}
	want := []string{
		"linked a@v1 on linux/amd64", "linked c@v1 on linux/amd64",
		"linked x a@v1 on linux/amd64", "linked x c@v1 on linux/amd64 cgo only",
		"test b@v1 on linux/amd64",
	}
	if diff := compare("", "want", want, "got", unite(points, answers)); diff != nil {
		t.Error(strings.Join(diff, "\n"))
	}
}
