package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/truthtest"
)

// poem is a text of so many different words.
func poem(seed string, words int) string {
	var out []string
	for i := range words {
		out = append(out, fmt.Sprintf("%s%s", seed, strings.Repeat(string(rune('a'+i%26)), 1+i/26)))
	}
	return strings.Join(out, " ") + "\n"
}

// write makes files below a temporary folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// bindata is a Go file as go-bindata makes it, with a tar of files in it.
func bindata(t *testing.T, files map[string]string) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	w := tar.NewWriter(z)
	for name, body := range files {
		if err := w.WriteHeader(&tar.Header{Name: "./" + name, Mode: 0o644, Size: int64(len(body))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return "package assets\n\nvar " + assetsName + " = []byte(" + strconv.Quote(packed.String()) + ")\n"
}

// tree is a small set of sources.
func tree(t *testing.T) sources {
	t.Helper()
	npm := func(text string) string { return `{"licenseText": ` + strconv.Quote(text) + `}` }
	gpl := "GNU LICENSE\n\n" + poem("g", 30)
	dir := write(t, map[string]string{
		"npm/A-1.0.json":                npm(poem("a", 30)),
		"npm/A-1.0-twin.json":           npm("  " + strings.ToUpper(poem("a", 30))),
		"npm/G-1.0.json":                npm(gpl), // deprecated
		"npm/G-1.0-only.json":           npm(gpl),
		"npm/G-1.0-or-later.json":       npm(gpl),
		"npm/G-1.0-with-x.json":         npm(poem("x", 30)), // deprecated
		"npm/L-1.0-only.json":           npm("LESSER\n\n" + poem("l", 30) + "\n" + gpl),
		"npm/Old.json":                  npm(poem("o", 30)), // deprecated, of no other license
		"npm/Short.json":                npm("do it"),
		"rules/spdx/exceptions.tsv":     "# id\nX-exception\tX\t0\nY-exception\tY\t0\n",
		"rules/spdx/licenses.tsv":       "A-1.0\tA\t0\nG-1.0\tG\t1\nG-1.0-only\tG\t0\nG-1.0-or-later\tG\t0\nNew-1.0\tN\t0\n",
		"rules/spdx/deprecated.tsv":     "G-1.0\tG-1.0-only\twhy\nG-1.0-with-x\tG-1.0-only WITH X-exception\twhy\nOld\t\twhy\n",
		"rules/detect/embeds.tsv":       "L-1.0\tG-1.0\n",
		"rules/detect/fingerprints.tsv": "# name\nodd\tA-1.0\tlicense\t\ntrap\t-\t-\t-\nuse\tLicenseRef-rukhsa-use\tpolicy\tA-1.0 G-1.0-only\n",
		"ai/index.tsv":                  "id\tsource\nllama+\tx\nllama+-aup\tx\nodd\tx\ntrap\tx\nuse\tx\n",
		"ai/llama+.txt":                 poem("m", 30),
		"ai/llama+-aup.txt":             poem("n", 30),
		"ai/odd.txt":                    poem("a", 30),
		"ai/trap.txt":                   poem("t", 30),
		"ai/use.txt":                    poem("u", 30),
		"bindata.go":                    bindata(t, map[string]string{"X-exception.txt": poem("x", 30), "A-1.0.txt": poem("z", 30)}),
	})
	return sources{
		npm: filepath.Join(dir, "npm"), ai: filepath.Join(dir, "ai"),
		rules: filepath.Join(dir, "rules"), detector: filepath.Join(dir, "bindata.go"),
	}
}

// TestBuild: which texts become which entries.
func TestBuild(t *testing.T) {
	from := tree(t)
	texts, err := from.read()
	if err != nil {
		t.Fatal(err)
	}
	list, skipped := entries(texts)
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprintf("%s %s %d twins %v of %v", e.ID, e.Kind, e.Words(), e.Twins, e.Of))
	}
	want := []string{
		"A-1.0 license 30 twins [A-1.0-twin] of []",
		"G-1.0-only license 32 twins [G-1.0-or-later] of []",
		"L-1.0-only license 31 twins [L-1.0-or-later] of []",
		"LicenseRef-rukhsa-llamaplus license 30 twins [] of []",
		"LicenseRef-rukhsa-llamaplus-aup policy 30 twins [] of [LicenseRef-rukhsa-llamaplus]",
		"LicenseRef-rukhsa-use policy 30 twins [] of [A-1.0 G-1.0-only]",
		"X-exception exception 30 twins [] of []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(skipped) != 1 || !strings.Contains(skipped[0], "Short") {
		t.Errorf("left out: %q", skipped)
	}
	without, err := from.without(texts)
	if err != nil {
		t.Fatal(err)
	}
	wantOut := []string{"1 ids of licenses.tsv without a text: New-1.0", "1 ids of exceptions.tsv without a text: Y-exception"}
	if !slices.Equal(without, wantOut) {
		t.Errorf("without a text: %q, want %q", without, wantOut)
	}
}

// TestRun: the same texts give the same table; what cannot be read is said.
func TestRun(t *testing.T) {
	from := tree(t)
	args := func(out string) []string {
		return []string{"-npm", from.npm, "-ai", from.ai, "-detector", from.detector, "-rules", from.rules, "-o", out}
	}
	var tables [2][]byte
	for i := range tables {
		out := filepath.Join(t.TempDir(), "table")
		var stderr bytes.Buffer
		if code := run(args(out), &stderr); code != 0 || !strings.Contains(stderr.String(), "left out: the text of Short") {
			t.Fatalf("exit code %d: %s", code, &stderr)
		}
		var err error
		if tables[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(tables[0], tables[1]) {
		t.Error("two runs differ")
	}
	for _, file := range []string{filepath.Join(from.ai, "odd.txt"), filepath.Join(from.npm, "A-1.0.json"), from.detector, filepath.Join(from.rules, "detect", "embeds.tsv")} {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, ".json") {
			if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var stderr bytes.Buffer
		if code := run(args(filepath.Join(t.TempDir(), "table")), &stderr); code != 1 || !strings.Contains(stderr.String(), filepath.Base(file)) {
			t.Errorf("%s: exit code %d: %s", filepath.Base(file), code, &stderr)
		}
		if err := os.WriteFile(file, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stderr bytes.Buffer
	if code := run(nil, &stderr); code != 1 || !strings.Contains(stderr.String(), "make fingerprints") {
		t.Errorf("no arguments: exit code %d: %s", code, &stderr)
	}
}

// TestFresh: the table in the repository is what the texts give.
func TestFresh(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	from := sources{npm: os.Getenv("RUKHSA_SPDX_TEXTS"), detector: os.Getenv("RUKHSA_EXCEPTION_TEXTS"), rules: filepath.Join(root, "rules")}
	if from.npm == "" || from.detector == "" {
		t.Skip("RUKHSA_SPDX_TEXTS and RUKHSA_EXCEPTION_TEXTS name what make fingerprints reads with -npm and -detector")
	}
	from.ai = truthtest.Path(t, "ai", "license-texts")
	data, _, err := generate(from)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(filepath.Join("..", "fingerprints.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, have) {
		t.Error("fingerprints.bin is stale: make fingerprints")
	}
}
