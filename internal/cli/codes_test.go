package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// positive are lines of a script that want to see something.
var positive = regexp.MustCompile(`(?m)^(?:stdout|stderr|grep) .*$`)

// elsewhere are the codes whose findings need files that no script can hold,
// and the test that makes them.
var elsewhere = map[diag.Code]string{
	diag.PackageLabel: "../scan/known_test.go", // weights that are known by their content
}

// TestEveryCodeInScripts: some script wants to see every finding code, so that
// none is documented and never said. TestEveryCode of package report has them
// in every format.
func TestEveryCodeInScripts(t *testing.T) {
	seen := map[string]bool{}
	for _, dir := range []string{"script", "asks"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "testdata", dir, "*.txtar"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, f := range files {
			for _, line := range positive.FindAllString(read(t, f), -1) {
				for _, code := range regexp.MustCompile(`RKH\d{4}`).FindAllString(line, -1) {
					seen[code] = true
				}
			}
		}
	}
	for code, file := range elsewhere {
		if seen[string(code)] || !strings.Contains(read(t, file), string(code)) {
			t.Errorf("%s: is in a script, or not in %s", code, file)
		}
		seen[string(code)] = true
	}
	for _, d := range diag.Codes() {
		if !seen[string(d.Code)] {
			t.Errorf("no script wants to see %s", d.Code)
		}
	}
}

// TestExplainEveryCode: what, why, how to fix it and an example.
func TestExplainEveryCode(t *testing.T) {
	for _, d := range diag.Codes() {
		out, errs, code := runIn(".", "explain", string(d.Code))
		if code != exitOK || errs != "" {
			t.Errorf("%s: exit code %d: %s", d.Code, code, errs)
		}
		for _, part := range []string{d.Title, d.Text, "Do: " + d.Fix, "Example:\n  ", string(d.Severity)} {
			if part == "" || !strings.Contains(out, part) {
				t.Errorf("%s: %q is not in its page", d.Code, part)
			}
		}
		if d.Title == "" || d.Text == "" || d.Fix == "" || d.Example == "" {
			t.Errorf("%s is not documented", d.Code)
		}
	}
}
