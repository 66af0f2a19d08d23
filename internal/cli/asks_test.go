package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/module"
)

const asksDir = "../../testdata/asks"

// numberOfAsks is how many things users of other license checkers ask for most;
// testdata/asks/asks.tsv lists them.
const numberOfAsks = 32

// TestAsks: every ask has a script of its name, or a line that says why not.
func TestAsks(t *testing.T) {
	scripts := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(asksDir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		scripts[strings.TrimSuffix(filepath.Base(f), ".txtar")] = true
	}
	n := 0
	for line := range strings.Lines(read(t, filepath.Join(asksDir, "asks.tsv"))) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		n++
		if len(cells) != 4 || cells[0] != strconv.Itoa(n) || cells[2] == "" {
			t.Errorf("line %q: want number %d, name, ask and reason", line, n)
			continue
		}
		name, reason := fmt.Sprintf("%02d-%s", n, cells[1]), cells[3]
		if scripts[name] == (reason != "") {
			t.Errorf("%s: script %v, reason %q: want one of them", name, scripts[name], reason)
		}
		delete(scripts, name)
	}
	if n != numberOfAsks {
		t.Errorf("%d asks, want %d", n, numberOfAsks)
	}
	for name := range scripts {
		t.Errorf("%s.txtar belongs to no ask", name)
	}
	if testing.Short() {
		return // the other scripts run the same code
	}
	runScripts(t, asksDir, ".mod") // a hidden folder is no target
}

// project makes the folder it is in a program that links the modules; what is
// not there of them is made. "windows:" before a module links it there only.
func project(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.MkdirAll(ts.Getenv("GOMODCACHE"), 0o777))
	imports := map[string][]string{"main.go": nil}
	requires := ""
	for _, arg := range args {
		file := "main.go"
		if system, rest, ok := strings.Cut(arg, ":"); ok {
			file, arg = "main_"+system+".go", rest
		}
		path, version, ok := strings.Cut(arg, "@")
		if !ok {
			ts.Fatalf("usage: project [GOOS:]MODULE@VERSION...")
		}
		escaped, err := module.EscapePath(path)
		ts.Check(err)
		dir := filepath.Join(ts.Getenv("GOMODCACHE"), filepath.FromSlash(escaped)+"@"+version)
		name := path[strings.LastIndexByte(path, '/')+1:]
		makeFile(ts, filepath.Join(dir, "go.mod"), "module "+path+"\n")
		makeFile(ts, filepath.Join(dir, "p.go"), "package "+strings.Trim(name, "0123456789.-")+"\n")
		requires += "\t" + path + " " + version + "\n"
		imports[file] = append(imports[file], path)
	}
	makeFile(ts, ts.MkAbs("go.mod"), "module example.com/app\n\ngo 1.26.1\n\nrequire (\n"+requires+")\n")
	for file, paths := range imports {
		body := "package main\n\n"
		slices.Sort(paths)
		for _, p := range paths {
			body += fmt.Sprintf("import _ %q\n", p)
		}
		if file == "main.go" {
			body += "\nfunc main() {}\n"
		}
		makeFile(ts, ts.MkAbs(file), body)
	}
	modcache(ts, false, []string{"go.sum"})
}

// makeFile writes a file that is not there.
func makeFile(ts *testscript.TestScript, name, body string) {
	if _, err := os.Stat(name); err == nil {
		return
	}
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
	ts.Check(os.WriteFile(name, []byte(body), 0o666))
}
