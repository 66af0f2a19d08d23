// Package lctest gives tests the license texts of licensecheck's own test
// data, read from the module cache, so that no license text has to be copied
// into this repository. It opens no socket.
package lctest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Sample is one file of licensecheck's testdata folder.
type Sample struct {
	Name string // file name: MIT.t1
	Want string // header: percentage, then one match per line ("MIT 0,$")
	Body []byte // the text that the header speaks of
}

const module = "github.com/google/licensecheck"

// load reads the samples once per test binary.
var load = sync.OnceValues(readAll)

// moduleDir finds the module's folder once per test binary.
var moduleDir = sync.OnceValues(findModule)

// Texts returns every sample, sorted by name; a test that cannot have them fails.
// The caller may keep the slice but must not change the bodies.
func Texts(t testing.TB) []Sample {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(all)
}

// Text returns the sample of that name ("MIT.t1").
func Text(t testing.TB, name string) Sample {
	t.Helper()
	all, err := load()
	if err != nil {
		t.Fatal(err)
	}
	i, ok := slices.BinarySearchFunc(all, name, func(s Sample, name string) int {
		return strings.Compare(s.Name, name)
	})
	if !ok {
		t.Fatalf("licensecheck has no test text %q", name)
	}
	return all[i]
}

// Dir returns licensecheck's folder in the module cache.
func Dir(t testing.TB) string {
	t.Helper()
	dir, err := moduleDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// findModule asks the go command, which needs no network for a module that
// the running test binary was built with.
func findModule() (string, error) {
	cmd := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module)
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=-mod=readonly")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	dir := strings.TrimSpace(string(out))
	if err == nil && dir == "" {
		err = errors.New("it is not in the module cache: go mod download " + module)
	}
	if err != nil {
		return "", fmt.Errorf("find %s: %w: %s", module, err, stderr.String())
	}
	return dir, nil
}

func readAll() ([]Sample, error) {
	dir, err := moduleDir()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "testdata", "*.t*"))
	if err != nil {
		return nil, fmt.Errorf("list licensecheck's test texts: %w", err)
	}
	var all []Sample
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read licensecheck's test texts: %w", err)
		}
		s, err := parse(filepath.Base(file), data)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no test texts in %s", filepath.Join(dir, "testdata"))
	}
	slices.SortFunc(all, func(a, b Sample) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// parse splits a file at its first blank line into header and text; comment
// lines (#) of the header are dropped.
func parse(name string, data []byte) (Sample, error) {
	head, body, ok := bytes.Cut(data, []byte("\n\n"))
	if !ok {
		return Sample{}, fmt.Errorf("%s: no blank line after the header", name)
	}
	var want []string
	for line := range strings.SplitSeq(string(head), "\n") {
		if !strings.HasPrefix(line, "#") {
			want = append(want, line)
		}
	}
	return Sample{Name: name, Want: strings.Join(want, "\n"), Body: body}, nil
}
