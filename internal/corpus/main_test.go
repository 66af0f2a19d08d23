package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A section prints its misses and its figures, and misses its bar where the
// table says otherwise than the rules.
func TestSections(t *testing.T) {
	const (
		categoriesHead  = "id\tid_kind\tscancode_category\tgoogle_license_type\tblueoak_rating\tosi_approved\tfsf_free\n"
		obligationsHead = "license\tcontext\tobligation\trequired\tsource\n"
		compatHead      = "outbound\tinbound\texpected\tsource\trelation\n"
	)
	for _, tt := range []struct {
		section, table string
		code           int
		want           []string // lines or parts of them
	}{
		{"categories", categoriesHead + "MIT\tspdx\tPermissive\tnotice\tsilver\tyes\tyes\nopenrail\thf\tunlisted\tunlisted\tunlisted\tno\tunlisted\n", 0,
			[]string{"ids resolve                  2 of 2 (100.00 %)", "OSI                          2 of 2", "FSF                          1 of 1"}},
		{"categories", categoriesHead + "MIT\tspdx\tCopyleft\tnotice\tsilver\tno\tyes\nnobody\thf\tunlisted\tunlisted\tunlisted\tno\tno\n", 1,
			[]string{"MIT: permissive here, ScanCode says Copyleft", `MIT: OSI: "yes" here, "no" in the table`, "nobody does not resolve", "ids resolve                  1 of 2 (50.00 %), at least 100 %  MISSED"}},
		{"categories", categoriesHead + "Vim\tspdx\tCopyleft\tunlisted\tunlisted\tno\tyes\n", 0, []string{"Vim: weak-copyleft here, ScanCode says Copyleft: II asks"}},
		{"obligations", obligationsHead + "MIT\tbinary distribution\tinclude-license-text\tyes\tx\nMIT\tnetwork use\tnetwork-source\tno\tx\n", 0,
			[]string{"obligations                  2 of 2", "duties missed                0"}},
		{"obligations", obligationsHead + "MIT\tnetwork use\tnetwork-source\tyes\tx\n", 1,
			[]string{"MIT | network use | network-source: asked for no, yes | x in the table", "duties missed                1, at most 0  MISSED"}},
		{"obligations", obligationsHead + "MIT\tspace travel\trelink\tno\tx\n", 1, []string{`context "space travel" is not known`}},
		{"obligations", obligationsHead + "MTLL\tbinary distribution\tinclude-license-text\tyes\tx\n", 0, []string{"licenses without a rule      1"}},
		{"compat", compatHead + "MIT\tGPL-3.0-only\tno\ttext\tmerge\nMIT\tMPL-2.0\tyes\ttext\tlink\nGPL-2.0-only WITH Classpath-exception-2.0\tmit\tyes\ttext\tmerge\n", 0,
			[]string{"merge                        2 of 2", "yes where no is right        0", "link                         1 of 1"}},
		{"compat", compatHead + "MIT\tBSD-3-Clause\tno\tOSADL matrix\tmerge\n", 1, []string{"MIT | BSD-3-Clause | no | OSADL matrix | merge: yes here", "yes where no is right        1, at most 0  MISSED"}},
		{"compat", compatHead + "MIT\tnobody\tno\tx\tmerge\n", 1, []string{"nobody"}},
		{"compat", compatHead + "MIT\tMIT\tyes\tx\n", 1, []string{"4 cells, not 5"}},
		{"compat", compatHead, 1, []string{"has no rows"}},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "corpus"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "corpus", tt.section+".tsv"), []byte(tt.table), 0o644); err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		if code := run([]string{"-shared", dir, tt.section}, &stdout, &stderr); code != tt.code || stderr.Len() > 0 {
			t.Errorf("%s: exit %d: %s%s", tt.section, code, stdout.String(), stderr.String())
		}
		for _, w := range tt.want {
			if !strings.Contains(stdout.String(), w) {
				t.Errorf("%s: %q was not printed:\n%s", tt.section, w, stdout.String())
			}
		}
	}
}

func TestArguments(t *testing.T) {
	for _, args := range [][]string{{"nonsense"}, {"-nonsense"}} {
		var stdout, stderr bytes.Buffer
		if code := run(args, &stdout, &stderr); code != 2 || stderr.Len() == 0 || stdout.Len() > 0 {
			t.Errorf("%q: exit %d: %s", args, code, stderr.String())
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-shared", t.TempDir(), "compat"}, &stdout, &stderr); code != 1 || !strings.Contains(stdout.String(), "no such file") {
		t.Errorf("without tables: exit %d: %s", code, stdout.String())
	}
}
