package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"rukhsa": func() { os.Exit(Main(os.Args[1:], System())) },
	})
}

// TestScripts runs testdata/script/*.txtar, one topic a file. Beside
// testscript's own commands there are
//
//	exits CODE rukhsa ARG...   the program ends with exactly this code
//	license NAME... FILE       puts license texts of licensecheck's test data into a file
//	modcache GO.SUM            makes a module cache of the folders PATH@VERSION below $GOMODCACHE
//	                           and writes their lines into the go.sum file
//	lines MAX FILE             the file (or stdout) has at most that many lines
//	fifo FILE                  makes a named pipe
//	big SIZE FILE              makes a file of that many bytes
//	digest FILE                keeps sha256: and the sum of a file, for template
//	append FROM TO             puts a file at the end of another one
//	weights FILE KEY=VALUE...  writes a GGUF or ONNX file, as its name says, with this metadata
//	trim FILE                  takes the last line end away from a file
//	template FROM TO           copies a file with DIGEST in it replaced by what digest kept
//	project [GOOS:]PATH@V...   makes a program that links these modules, with their cache
func TestScripts(t *testing.T) {
	runScripts(t, filepath.Join("..", "..", "testdata", "script"), "mod")
}

// runScripts runs the scripts of a folder; cache is where $GOMODCACHE is.
func runScripts(t *testing.T, dir, cache string) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(e *testscript.Env) error {
			for _, kv := range []string{
				"GOMODCACHE=" + filepath.Join(e.WorkDir, cache), "GOPATH=" + filepath.Join(e.WorkDir, "gopath"),
				"GOENV=off", "GOFLAGS=", "GOWORK=", "NO_COLOR=1", "GOCACHE=" + filepath.Join(e.WorkDir, ".gocache"),
			} {
				k, v, _ := strings.Cut(kv, "=")
				e.Setenv(k, v)
			}
			e.Values["t"] = t
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "license": license, "modcache": modcache, "lines": lines, "fifo": fifo, "big": big,
			"digest": digestOf, "template": template, "append": appendFile, "weights": weightsFile, "project": project, "trim": trim,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func license(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: license NAME... FILE")
	}
	t, ok := ts.Value("t").(*testing.T)
	if !ok {
		ts.Fatalf("no test")
	}
	last := len(args) - 1
	file := ts.MkAbs(args[last])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o777))
	ts.Check(os.WriteFile(file, licenseTexts(args[:last], func(name string) []byte { return lctest.Text(t, name).Body }), 0o666))
}

// licenseTexts joins texts as one file would hold them.
func licenseTexts(names []string, text func(string) []byte) []byte {
	var parts [][]byte
	for _, name := range names {
		parts = append(parts, text(name))
	}
	return bytes.Join(parts, []byte("\n\n"))
}

func modcache(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: modcache GO.SUM")
	}
	sum, err := makeCache(ts.Getenv("GOMODCACHE"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), sum, 0o666))
}

// makeCache completes the folders PATH@VERSION below a folder to a module cache
// and returns their go.sum lines.
func makeCache(cache string) ([]byte, error) {
	var sum bytes.Buffer
	err := filepath.WalkDir(cache, func(dir string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && dir == filepath.Join(cache, "cache") {
			return filepath.SkipDir
		}
		if err != nil || !d.IsDir() || !strings.Contains(d.Name(), "@") {
			return err
		}
		rel, err := filepath.Rel(cache, dir)
		if err != nil {
			return err
		}
		lines, err := addToCache(cache, dir, filepath.ToSlash(rel))
		if err != nil {
			return err
		}
		sum.WriteString(lines)
		return filepath.SkipDir
	})
	return sum.Bytes(), err
}

func addToCache(cache, dir, name string) (sums string, err error) {
	escaped, version, _ := strings.Cut(name, "@")
	path, err := module.UnescapePath(escaped)
	if err != nil {
		return "", err
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if errors.Is(err, fs.ErrNotExist) {
		mod, err = []byte("module "+path+"\n"), nil
	}
	if err != nil {
		return "", err
	}
	at := filepath.Join(cache, "cache", "download", filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(at, version+".mod"), mod, 0o666); err != nil {
		return "", err
	}
	tree, err := dirhash.HashDir(dir, path+"@"+version, dirhash.Hash1)
	if err != nil {
		return "", err
	}
	file, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(mod)), nil
	})
	return fmt.Sprintf("%s %s %s\n%s %s/go.mod %s\n", path, version, tree, path, version, file), err
}

func lines(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: lines MAX FILE")
	}
	most, err := strconv.Atoi(args[0])
	ts.Check(err)
	if n := strings.Count(ts.ReadFile(args[1]), "\n"); n > most {
		ts.Fatalf("%d lines, want at most %d", n, most)
	}
}

func big(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: big SIZE FILE")
	}
	size, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(f.Truncate(size))
	ts.Check(f.Close())
}

func weightsFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: weights FILE KEY=VALUE...")
	}
	var pairs []string
	for _, a := range args[1:] {
		key, value, _ := strings.Cut(a, "=")
		pairs = append(pairs, key, value)
	}
	write := map[string]func(...string) []byte{".gguf": artifacttest.GGUF, ".onnx": artifacttest.ONNX}[filepath.Ext(args[0])]
	if write == nil {
		ts.Fatalf("no writer for %s", args[0])
	}
	file := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(file), 0o777))
	ts.Check(os.WriteFile(file, write(pairs...), 0o666))
}

func trim(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: trim FILE")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.TrimSuffix(ts.ReadFile(args[0]), "\n")), 0o666))
}

func digestOf(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: digest FILE")
	}
	sum := sha256.Sum256([]byte(ts.ReadFile(args[0])))
	ts.Setenv("DIGEST", "sha256:"+hex.EncodeToString(sum[:]))
}

func template(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: template FROM TO")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "DIGEST", ts.Getenv("DIGEST"))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o666))
}

func appendFile(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: append FROM TO")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[1])+ts.ReadFile(args[0])), 0o666))
}
