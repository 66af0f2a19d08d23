package spdx

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tables reads the tables of rules/spdx.
func tables(t testing.TB) (licenses, exceptions []ListEntry) {
	t.Helper()
	dir := filepath.Join("..", "..", "rules", "spdx")
	return readTable(t, filepath.Join(dir, "licenses.tsv"), 6), readTable(t, filepath.Join(dir, "exceptions.tsv"), 4)
}

func readTable(t testing.TB, file string, columns int) []ListEntry {
	t.Helper()
	var out []ListEntry
	for _, f := range readTSV(t, file, columns) {
		if f[2] != "0" && f[2] != "1" {
			t.Fatalf("%s: %s: deprecated is %q", file, f[0], f[2])
		}
		out = append(out, ListEntry{ID: f[0], Deprecated: f[2] == "1", Replacement: f[3]})
	}
	return out
}

func readTSV(t testing.TB, file string, columns int) [][]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != columns {
			t.Fatalf("%s:%d: %d columns, want %d", file, i+1, len(f), columns)
		}
		out = append(out, f)
	}
	return out
}

func testList(t testing.TB) *List {
	t.Helper()
	return NewList(tables(t))
}

// randomExpr builds a canonical tree of few distinct licenses.
func randomExpr(r *rand.Rand, ids []string, depth int) Expr {
	if depth == 0 || r.IntN(3) == 0 {
		l := License{ID: ids[r.IntN(len(ids))]}
		switch r.IntN(8) {
		case 0:
			l.Exception = "Classpath-exception-2.0"
		case 1:
			l.Exception = "AdditionRef-x"
		case 2:
			l.Plus = !strings.Contains(l.ID, "Ref-") && !strings.HasPrefix(l.ID, "GPL")
		}
		return l
	}
	x := make([]Expr, 2+r.IntN(3))
	for i := range x {
		x[i] = randomExpr(r, ids, depth-1)
	}
	if r.IntN(2) == 0 {
		return NewAnd(x...)
	}
	return NewOr(x...)
}

var someIDs = []string{
	"MIT", "Apache-2.0", "GPL-2.0-only", "GPL-3.0-or-later", "LicenseRef-a", "LicenseRef-A",
	"DocumentRef-d:LicenseRef-a", "MPL-2.0", "0BSD",
}
