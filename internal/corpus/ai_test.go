package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The section hands the score a line for every unit, each once, and fails where
// the score does. The script here stands for the score: it prints what it got.
func TestSamples(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3 here")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"ai/samples/index.tsv":     "file\tunit\nm/README.md\tm\nm/config.json\tm\nx.json\tx.json\nnotes\t-\n",
		"ai/samples/m/README.md":   "---\nlicense: mit\nbase_model: org/base\ndatasets: org/data\n---\n",
		"ai/samples/m/config.json": `{"model_type": "llama"}`,
		"ai/samples/x.json":        "{}",
		"corpus/score_ai.py":       "import sys\nprint(open(sys.argv[-1]).read())\nsys.exit(1)\n",
	} {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-shared", dir, "ai"}, &stdout, &stderr); code != 1 || stderr.Len() > 0 {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	for _, want := range []string{"\nm\tMIT\tok\torg/base\t", "\t1\n", "x.json: exit code 4: rukhsa: nothing to scan\n"} {
		if strings.Count(stdout.String(), want) != 1 {
			t.Errorf("%q was not printed once:\n%s", want, stdout.String())
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "ai", "samples", "index.tsv"), []byte("file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	stdout.Reset()
	if code := run([]string{"-shared", dir, "ai"}, &stdout, &stderr); code != 1 || !strings.Contains(stdout.String(), "no column unit") {
		t.Errorf("exit %d: %s", code, stdout.String())
	}
}
