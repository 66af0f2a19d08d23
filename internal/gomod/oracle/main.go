// Oracle compares the native loader, package gomod, with the go command, and
// with --loader=go, package golist. It is a tool of the developers and not
// shipped.
//
//	go run ./internal/gomod/oracle [DIR...]
//
// Every DIR is the folder of a go.mod or go.work file, its modules downloaded.
// Without one the generated trees of testdata are compared. It prints a line for
// each tree and one for each difference; the exit code is 1 where there is one.
//
// Equal means, for six platforms with cgo on and off and for each module its
// path, version, replacement and whether it is required directly:
//
//   - linked is what `go list -e -deps ./...` lists, of all and of each main
//     package alone;
//   - test is what `-deps -test` adds to that;
//   - tool is what `go list -e -deps tool` adds to both;
//   - required is what `go list -m all` adds to all three. Where packages come
//     from vendor/, go has no answer to that and it is not compared.
//
// The native loader answers twice: build by build, and for all twelve builds at
// once, as it is used. What the go command is asked shares nothing with the code
// under test. A dangling go.work, which stops every go command, is switched off.
//
// --loader=go must say the same of every module and package, ways and files
// included; see facts.
package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	same, err := run(os.Stdout, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(2)
	}
	if !same {
		os.Exit(1)
	}
}

// run compares the folders, or the generated trees where there are none.
func run(w io.Writer, dirs []string) (same bool, err error) {
	same = true
	for _, dir := range dirs {
		t, err := project(dir)
		if err != nil {
			return false, err
		}
		ok, err := check(w, t, allPoints())
		if err != nil {
			return false, fmt.Errorf("%s: %w", dir, err)
		}
		same = same && ok
	}
	if len(dirs) > 0 {
		return same, nil
	}
	files, err := generated.ReadDir("testdata")
	if err != nil {
		return false, err
	}
	for _, file := range files {
		ok, err := checkFixture(w, file.Name(), allPoints())
		if err != nil {
			return false, err
		}
		same = same && ok
	}
	return same, nil
}

// project is the tree of a folder that somebody names.
func project(dir string) (tree, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return tree{}, err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return tree{}, err
	}
	t := tree{name: filepath.Base(abs), dir: abs}
	if dangling(abs) {
		t.name += " (GOWORK=off)"
		t.env = []string{"GOWORK=off"}
	}
	return t, nil
}

//go:embed testdata/*.txtar
var generated embed.FS

// checkFixture writes a generated tree and compares it.
func checkFixture(w io.Writer, file string, points []point) (bool, error) {
	data, err := generated.ReadFile("testdata/" + file)
	if err != nil {
		return false, err
	}
	f, err := parseFixture(file, string(data))
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "oracle")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return false, err
	}
	t, err := f.write(dir)
	if err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	same, err := check(w, t, points)
	if err != nil {
		return false, fmt.Errorf("%s: %w", file, err)
	}
	return same, nil
}
