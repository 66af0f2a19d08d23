package fingerprint

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

var update = flag.Bool("update", false, "rewrite the files of testdata")

// TestLicensecheck: what is found in licensecheck's 672 test texts. In each line
// of the golden file stands what licensecheck says too, so that a change can be
// judged: the texts themselves are not in this repository.
func TestLicensecheck(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads all of them")
	}
	x := Open()
	var got bytes.Buffer
	for _, s := range lctest.Texts(t) {
		fmt.Fprintf(&got, "%s\t%s\t%s\n", s.Name, oneLine(s.Want), show(find(t, x, s.Name, s.Body)))
	}
	golden(t, "licensecheck.tsv", got.Bytes())
}

// oneLine is a sample's header without the places of its matches.
func oneLine(want string) string {
	var out []string
	for line := range strings.Lines(want) {
		id, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		out = append(out, id)
	}
	return strings.Join(out, " ")
}

// golden compares a file of testdata with what it should be.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s: go test -update rewrites it; (-want +got)\n%s", file, diff)
	}
}
