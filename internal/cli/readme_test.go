package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/report"
)

var readmes = []string{filepath.Join("..", "..", "README.md")}

// TestReadme runs every console block of the README in the project of
// testdata/readme.txtar and compares what it prints; -update rewrites it.
func TestReadme(t *testing.T) {
	dir := readmeProject(t)
	for _, file := range readmes {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got := string(body)
		ran := 0
		for at := 0; ; {
			i := strings.Index(got[at:], "```console\n")
			if i < 0 {
				break
			}
			start := at + i + len("```console\n")
			end := start + strings.Index(got[start:], "```")
			block := runConsole(t, dir, got[start:end])
			got = got[:start] + block + got[end:]
			at = start + len(block) + len("```")
			ran++
		}
		for name, table := range tables() {
			got = fill(t, got, name, table)
		}
		if ran == 0 {
			t.Errorf("%s shows no run", file)
		}
		if got == string(body) {
			continue
		}
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		t.Errorf("%s is not what the program does (-file +program)\n%s", file, cmp.Diff(string(body), got))
	}
}

// tables are the lists of the README that are made from the program's own.
func tables() map[string]string {
	var codes, formats strings.Builder
	codes.WriteString("| code | meaning |\n|---|---|\n")
	for _, e := range ExitCodes() {
		fmt.Fprintf(&codes, "| %d | %s |\n", e.Code, e.Doc)
	}
	formats.WriteString("| `-o` | what it is |\n|---|---|\n")
	for _, f := range report.Formats() {
		fmt.Fprintf(&formats, "| `%s` | %s |\n", f.Name, f.Doc)
	}
	return map[string]string{"exit-codes": codes.String(), "formats": formats.String(), "disclaimer": report.Disclaimer + "\n"}
}

func fill(t *testing.T, doc, name, table string) string {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- end -->"
	i := strings.Index(doc, begin)
	if i < 0 {
		t.Errorf("no %q in the README", strings.TrimSpace(begin))
		return doc
	}
	i += len(begin)
	j := strings.Index(doc[i:], end)
	return doc[:i] + table + doc[i+j:]
}

// runConsole runs the lines that begin with "$ rukhsa" and returns the block as
// it should be.
func runConsole(t *testing.T, dir, block string) string {
	t.Helper()
	var out strings.Builder
	for line := range strings.Lines(block) {
		args, ok := strings.CutPrefix(strings.TrimSpace(line), "$ rukhsa")
		if !ok {
			continue
		}
		out.WriteString(line)
		var stdout, stderr bytes.Buffer
		env := map[string]string{"GOMODCACHE": filepath.Join(dir, "mod"), "GOENV": "off", "GOWORK": "off", "HOME": dir}
		Main(strings.Fields(args), Streams{
			In: strings.NewReader(""), Out: &stdout, Err: &stderr,
			Getenv: func(k string) string { return env[k] },
			Getwd:  func() (string, error) { return filepath.Join(dir, "app"), nil },
		})
		if stderr.Len() > 0 {
			t.Errorf("%s: %s", strings.TrimSpace(line), stderr.String())
		}
		out.Write(stdout.Bytes())
	}
	return out.String()
}

// readmeProject lays out testdata/readme.txtar. Its comment names the license
// texts: lines "license NAME... FILE" as in the scripts.
func readmeProject(t *testing.T) string {
	t.Helper()
	ar, err := txtar.ParseFile(filepath.Join("..", "..", "testdata", "readme.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, body []byte) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range ar.Files {
		write(f.Name, f.Data)
	}
	for line := range strings.Lines(string(ar.Comment)) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != "license" {
			continue
		}
		last := len(words) - 1
		write(words[last], licenseTexts(words[1:last], func(name string) []byte { return lctest.Text(t, name).Body }))
	}
	sum, err := makeCache(filepath.Join(dir, "mod"))
	if err != nil {
		t.Fatal(err)
	}
	write("app/go.sum", sum)
	return dir
}
