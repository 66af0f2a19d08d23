package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/report"
)

// TestExitCodesOfFormats: the exit code is the outcome's, whatever the format; a
// file is written whole or stays as it was, and is what standard output gets.
func TestExitCodesOfFormats(t *testing.T) {
	dir := readmeProject(t)
	app := filepath.Join(dir, "app")
	write := func(name, body string) {
		t.Helper()
		file := filepath.Join(app, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(body), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("wrong.yaml", "version: 1\nlisence: MIT\n")
	write("nothing/readme.txt", "no module\n")
	write("name.tmpl", "{{.tool.name}}\n")
	outcomes := []struct {
		code int
		args []string
		made bool
	}{
		{exitOK, []string{"scan", "--fail-on", "never"}, true},
		{exitViolated, []string{"scan"}, true},
		{exitUsage, []string{"scan", "--policy", "wrong.yaml"}, false},
		{exitIncomplete, []string{"scan", "--fail-on", "never", "../incomplete"}, true},
		{exitNothing, []string{"scan", "nothing"}, false},
	}
	write("../incomplete/go.mod", "module example.com/incomplete\n\ngo 1.26\n\nrequire example.com/absent v1.0.0\n")
	write("../incomplete/main.go", "package main\n\nimport _ \"example.com/absent\"\n\nfunc main() {}\n")
	t.Chdir(app)
	for _, f := range report.Formats() {
		form := strings.Replace(f.Form(), ":FILE", ":name.tmpl", 1)
		for _, o := range outcomes {
			const before = "as it was"
			write("out", before)
			_, errs, code := runIn(dir, append(o.args, "-o", form+"=out")...)
			got, err := os.ReadFile("out")
			if err != nil {
				t.Fatal(err)
			}
			if code != o.code || (string(got) != before) != o.made {
				t.Errorf("%s %v: exit code %d, want %d; file written: %v\n%s", form, o.args, code, o.code, string(got) != before, errs)
			}
			stdout, _, code := runIn(dir, append(o.args, "-o", form)...)
			if code != o.code || o.made && stdout != string(got) || !o.made && stdout != "" {
				t.Errorf("%s %v: exit code %d on standard output, want %d; the same: %v", form, o.args, code, o.code, stdout == string(got))
			}
		}
		if _, err := os.Stat("/dev/full"); err == nil {
			if _, errs, code := runIn(dir, "scan", "-o", form+"=/dev/full"); code != exitIncomplete || errs == "" {
				t.Errorf("%s: exit code %d on a full disk: %s", form, code, errs)
			}
		}
	}
}

// TestOutputErrors: a wrong -o is told before anything is scanned.
func TestOutputErrors(t *testing.T) {
	dir := readmeProject(t)
	t.Chdir(filepath.Join(dir, "app"))
	for name, body := range map[string]string{"bad.tmpl": "a\n{{.x", "key.tmpl": "a\n{{.nosuch}}", "big.tmpl": strings.Repeat(" ", report.MaxTemplate+1)} {
		if err := os.WriteFile(name, []byte(body), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		outputs []string
		want    string
	}{
		{[]string{"nosuch"}, `unknown output format "nosuch"`},
		{[]string{"sarif:x"}, `"sarif" takes nothing after a colon`},
		{[]string{"template"}, `"template" needs a FILE`},
		{[]string{"template:"}, "no file name after the colon"},
		{[]string{"template:absent.tmpl"}, "template absent.tmpl: no such file"},
		{[]string{"template:cmd"}, "is not a regular file"},
		{[]string{"template:bad.tmpl"}, "template bad.tmpl:2: unclosed action"},
		{[]string{"template:big.tmpl"}, "over the limit"},
		{[]string{"json=never", "template:key.tmpl"}, `template key.tmpl:2:2: executing "key.tmpl" at <.nosuch>`},
		{[]string{"json="}, `no file name after "json="`},
		{[]string{"json", "text"}, "only one output"},
		{[]string{"json=a", "sarif=a"}, "two outputs go to a"},
	} {
		args := []string{"scan"}
		for _, o := range tt.outputs {
			args = append(args, "-o", o)
		}
		out, errs, code := runIn(dir, args...)
		if code != exitUsage || out != "" || !strings.Contains(errs, tt.want) {
			t.Errorf("%v: exit code %d, %q, want %q", tt.outputs, code, errs, tt.want)
		}
	}
	for _, args := range [][]string{{"-o", "sarif", "--spec", "1.6"}, {"-o", "cyclonedx", "--spec", "1.4"}} {
		if out, errs, code := runIn(dir, append([]string{"scan"}, args...)...); code != exitUsage || out != "" || !strings.Contains(errs, "cyclonedx 1.6, 1.7, 1.5; spdx 2.3") {
			t.Errorf("%v: exit code %d, %q", args, code, errs)
		}
	}
	out, _, _ := runIn(dir, "scan", "-o", "cyclonedx", "--spec", "1.7")
	if !strings.Contains(out, `"specVersion": "1.7"`) {
		t.Errorf("--spec 1.7 gives %.200s", out)
	}
	for _, name := range []string{"never", "a"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}
