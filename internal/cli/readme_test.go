package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
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
	var codes, formats, commands, bounds strings.Builder
	codes.WriteString("| code | meaning |\n|---|---|\n")
	for _, e := range ExitCodes() {
		fmt.Fprintf(&codes, "| %d | %s |\n", e.Code, e.Doc)
	}
	formats.WriteString("| `-o` | what it is |\n|---|---|\n")
	for _, f := range report.Formats() {
		fmt.Fprintf(&formats, "| `%s` | %s |\n", f.Form(), f.Doc)
	}
	commands.WriteString("| command | what it does |\n|---|---|\n")
	for _, c := range (&app{}).root().Commands() {
		if c.Runnable() && !c.Hidden {
			fmt.Fprintf(&commands, "| `rukhsa %s` | %s |\n", strings.ReplaceAll(c.Use, "|", "\\|"), c.Short)
		}
	}
	bounds.WriteString("| what | at most | past it |\n|---|---|---|\n")
	for _, l := range limits() {
		fmt.Fprintf(&bounds, "| %s | %s | %s |\n", l.what, l.most, l.then)
	}
	return map[string]string{
		"exit-codes": codes.String(), "formats": formats.String(), "commands": commands.String(), "limits": bounds.String(),
		"disclaimer": report.Disclaimer + "\n",
	}
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
		stdout, stderr, _ := runIn(dir, strings.Fields(args)...)
		if stderr != "" {
			t.Errorf("%s: %s", strings.TrimSpace(line), stderr)
		}
		out.WriteString(stdout)
	}
	return out.String()
}

// runIn runs a command line in the project of the README.
func runIn(dir string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	env := map[string]string{"GOMODCACHE": filepath.Join(dir, "mod"), "GOENV": "off", "GOWORK": "off", "HOME": dir}
	code = Main(args, Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs,
		Getenv: func(k string) string { return env[k] },
		Getwd:  func() (string, error) { return filepath.Join(dir, "app"), nil },
	})
	return out.String(), errs.String(), code
}

// blocks returns the fenced blocks of a language.
func blocks(doc, language string) []string {
	var out []string
	for _, part := range strings.Split(doc, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(part, "```")
		out = append(out, block)
	}
	return out
}

func readme(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile(readmes[0])
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestReadmeCommands reads every command line of the README as the program
// would: its commands, flags and formats exist.
func TestReadmeCommands(t *testing.T) {
	ran := 0
	for _, block := range blocks(readme(t), "sh") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(line, "#")
			line = strings.Replace(line, "go run ./cmd/rukhsa", "rukhsa", 1)
			words := strings.Fields(line)
			if len(words) == 0 || words[0] != "rukhsa" {
				continue
			}
			ran++
			c, args, err := (&app{}).root().Find(words[1:])
			if err == nil {
				err = c.ParseFlags(args)
			}
			if f := c.Flags().Lookup("output"); err == nil && f != nil && f.Value.Type() == "stringArray" {
				values, _ := c.Flags().GetStringArray("output")
				_, err = parseOutputs(values)
			}
			if err != nil || len(words) > 1 && !strings.HasPrefix(c.CommandPath()+" ", "rukhsa "+words[1]+" ") {
				t.Errorf("%s: is read as %q, %v", strings.TrimSpace(line), c.CommandPath(), err)
			}
		}
	}
	if ran == 0 {
		t.Error("the README has no command line")
	}
}

// TestReadmeLinks finds every file that the README points to.
func TestReadmeLinks(t *testing.T) {
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)`).FindAllStringSubmatch(readme(t), -1) {
		if strings.Contains(m[1], "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(m[1]))); err != nil {
			t.Error(err)
		}
	}
}

// TestReadmePolicy applies the example of a policy to the project of the first
// screen: it is read without a fault and does what its comments say.
func TestReadmePolicy(t *testing.T) {
	examples := slices.DeleteFunc(blocks(readme(t), "yaml"), func(b string) bool { return !strings.HasPrefix(b, "version: 1\n") })
	if len(examples) != 1 {
		t.Fatalf("the README has %d policies", len(examples))
	}
	dir := readmeProject(t)
	file := filepath.Join(dir, "app", "rukhsa.yaml")
	if err := os.WriteFile(file, []byte(examples[0]), 0o666); err != nil {
		t.Fatal(err)
	}
	out, errs, code := runIn(dir, "scan")
	if code != exitViolated || errs != "" {
		t.Fatalf("exit code %d, want %d\n%s%s", code, exitViolated, errs, out)
	}
	for text, want := range map[string]bool{
		"RKH1201":                   false, // clarified
		"GPL-3.0-only":              true,
		"user_product":              false, // answered
		"example.com/lru/v2 v2.0.7": false, // allowed by name
	} {
		if strings.Contains(out, text) != want {
			t.Errorf("%q in the output: %v, want %v\n%s", text, !want, want, out)
		}
	}
}

// TestOwnNotices: the notices of this program name what it is derived from.
func TestOwnNotices(t *testing.T) {
	var out, errs bytes.Buffer
	code := Main([]string{"notice", "--platform", "host", "./cmd/rukhsa"}, Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: os.Getenv,
		Getwd: func() (string, error) { return filepath.Abs(filepath.Join("..", "..")) },
	})
	if code != exitOK || errs.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	for _, want := range []string{
		"\ngithub.com/rukhsa/rukhsa/internal/detect/engine\n    License: BSD-3-Clause\n    Copyright (c) 2019 The Go Authors.",
		"\ngithub.com/google/licensecheck v", "\ngithub.com/spf13/cobra v", "\nGo standard library 1.", "SPDX License List",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the notices do not have %q", want)
		}
	}
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
