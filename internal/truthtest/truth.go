// Package truthtest finds for tests the tables, texts and samples that lie
// beside the repository. Not every checkout has them, so that what asks for
// them is skipped where they are not.
package truthtest

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Root is the folder of the shared material: RUKHSA_SHARED, or the folder named
// shared beside the one that holds go.mod. It need not be there.
func Root(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("RUKHSA_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared")
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the folder of the test")
		}
		dir = up
	}
}

// Path is a file or folder below Root; without it the test is skipped.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{Root(t)}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%v (RUKHSA_SHARED names the folder that has it)", err)
	}
	return path
}

// Rows reads a table of tab-separated values below Root, without its head line.
// A table without rows is an error, for it would prove nothing.
func Rows(t testing.TB, elem ...string) [][]string {
	t.Helper()
	path := Path(t, elem...)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows [][]string
	s := bufio.NewScanner(f)
	for s.Scan() {
		rows = append(rows, strings.Split(s.Text(), "\t"))
	}
	if err := s.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(rows) < 2 {
		t.Fatalf("%s has no rows", path)
	}
	return rows[1:]
}
