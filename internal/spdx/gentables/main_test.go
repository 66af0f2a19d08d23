package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	licensesJSON = `{"licenseListVersion": "9.9", "releaseDate": "2026-01-02T00:00:00Z", "licenses": [
		{"licenseId": "zlib-x", "name": "zlib X", "isOsiApproved": true, "isFsfLibre": true},
		{"licenseId": "Old", "name": "Old", "isDeprecatedLicenseId": true},
		{"licenseId": "New", "name": "New License", "isFsfLibre": false}]}`
	exceptionsJSON = `{"licenseListVersion": "9.9", "exceptions": [{"licenseExceptionId": "X-exception", "name": "X"}]}`
	deprecated     = "# by hand\nOld\tNew\tthe list says so\n"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name, licenses, exceptions, deprecated string
		code                                   int
		want                                   string // a part of the message
	}{
		{"right", licensesJSON, exceptionsJSON, deprecated, 0, ""},
		{"no row", licensesJSON, exceptionsJSON, "# nothing\n", 1, "Old: deprecated true, row in deprecated.tsv false"},
		{"row of a live id", licensesJSON, exceptionsJSON, deprecated + "New\tOld\tx\n", 1, "New: deprecated false"},
		{"unknown row", licensesJSON, exceptionsJSON, deprecated + "Gone\tNew\tx\n", 1, "Gone: in deprecated.tsv and not on the list"},
		{"twice", licensesJSON, exceptionsJSON, deprecated + "Old\tNew\tx\n", 1, "deprecated.tsv:3: Old stands twice"},
		{"cells", licensesJSON, exceptionsJSON, "Old\tNew\n", 1, "want id, replacement and reason"},
		{"bad replacement", licensesJSON, exceptionsJSON, "Old\tNewer\tx\n", 1, "Newer"},
		{"tab in a name", strings.Replace(licensesJSON, "zlib X", `zlib\tX`, 1), exceptionsJSON, deprecated, 1, "white space"},
		{"no JSON", "{", exceptionsJSON, deprecated, 1, "licenses.json"},
	} {
		dir, out := t.TempDir(), t.TempDir()
		for name, data := range map[string]string{
			filepath.Join(dir, "licenses.json"): tt.licenses, filepath.Join(dir, "exceptions.json"): tt.exceptions,
			filepath.Join(out, "deprecated.tsv"): tt.deprecated,
		} {
			if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var stderr bytes.Buffer
		code := run([]string{"-out", out, dir}, &stderr)
		if code != tt.code || !strings.Contains(stderr.String(), tt.want) {
			t.Errorf("%s: exit %d: %s", tt.name, code, stderr.String())
		}
		got, err := os.ReadFile(filepath.Join(out, "licenses.tsv"))
		const want = "# SPDX license list 9.9, 2026-01-02 (CC0-1.0); columns: id, name, deprecated, replacement, osi, fsf\n" +
			"New\tNew License\t0\t\tno\tno\nOld\tOld\t1\tNew\tno\tnot-reviewed\nzlib-x\tzlib X\t0\t\tyes\tyes\n"
		if tt.code == 0 && string(got) != want {
			t.Errorf("%s: wrote %q", tt.name, got)
		} else if tt.code != 0 && err == nil {
			t.Errorf("%s: a table was written", tt.name)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"a", "b"}, {"-nonsense"}} {
		var stderr bytes.Buffer
		if code := run(args, &stderr); code != 2 || stderr.Len() == 0 {
			t.Errorf("%q: exit %d: %s", args, code, stderr.String())
		}
	}
}
