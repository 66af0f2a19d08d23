package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/rules"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, rules.FS); err != nil {
		t.Fatal(err)
	}
	right, wrong := filepath.Join(dir, "licenses", "MIT.yaml"), filepath.Join(dir, "licenses", "ISC.yaml")
	data, err := os.ReadFile(wrong)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(wrong, append(data, "nonsense: x\nmore: y\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir   string
		files []string
		code  int
		want  string // a part of what is printed
		lines int
	}{
		{dir, []string{right}, 0, "", 0},
		{dir, []string{wrong}, 1, `ISC.yaml:`, 2},
		{dir, []string{right, wrong}, 1, `unknown key "nonsense"`, 2},
		{dir, nil, 1, `licenses/ISC.yaml:`, 2}, // the whole tree, the index not being compared while it has faults
		{dir, []string{filepath.Join(dir, "licenses", "Nothing.yaml")}, 1, "no such file", 1},
		{filepath.Join(dir, "nowhere"), nil, 1, "reading rules", 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(tt.dir, tt.files, &stdout, &stderr)
		out := stdout.String() + stderr.String()
		if code != tt.code || !strings.Contains(out, tt.want) || strings.Count(out, "\n") != tt.lines {
			t.Errorf("%q: exit %d, printed:\n%s", tt.files, code, out)
		}
	}
}
