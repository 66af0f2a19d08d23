package rulebase

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// Linter checks rule files against the closed lists of a tree of rules.
type Linter struct {
	words *words
	known map[string]bool
}

// NewLinter reads the word lists and the SPDX tables of a tree of rules. The
// error is a yamlpos.Faults where the lists themselves are wrong.
func NewLinter(fsys fs.FS) (*Linter, error) {
	w, err := loadWords(fsys)
	if err != nil {
		return nil, err
	}
	l := &Linter{words: w}
	for _, p := range []string{licensesTable, exceptionsTable} {
		t, err := readTable(fsys, p)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if l.known == nil {
			l.known = map[string]bool{}
		}
		for _, r := range t.rows {
			l.known[r.cells[0]] = true
		}
	}
	return l, nil
}

// Lint returns all faults of one rule file; name decides by its folder whether
// it is an exception. Faults between files are Validate's.
func (l *Linter) Lint(name string, data []byte) yamlpos.Faults {
	if isException(name) {
		_, faults := l.exception(name, data)
		return faults
	}
	_, faults := l.license(name, data)
	return faults
}

func isException(name string) bool { return path.Base(path.Dir(name)) == "exceptions" }

func (l *Linter) license(name string, data []byte) (*licenseFile, yamlpos.Faults) {
	f, err := yamlpos.Decode[licenseFile](name, data, l.words.lists)
	c := checker{words: l.words, known: l.known, file: name, faults: faultsOf(err)}
	if f.Pos != (yamlpos.Pos{}) {
		c.license(&f)
	}
	return &f, faultsOf(c.faults.Err())
}

func (l *Linter) exception(name string, data []byte) (*exceptionFile, yamlpos.Faults) {
	f, err := yamlpos.Decode[exceptionFile](name, data, l.words.lists)
	c := checker{words: l.words, known: l.known, file: name, faults: faultsOf(err)}
	if f.Pos != (yamlpos.Pos{}) {
		c.exception(&f)
	}
	return &f, faultsOf(c.faults.Err())
}

// faultsOf returns the faults that an error is; any other error is one fault.
func faultsOf(err error) yamlpos.Faults {
	var faults yamlpos.Faults
	switch {
	case err == nil:
		return nil
	case errors.As(err, &faults):
		return faults
	}
	return yamlpos.Faults{{Message: err.Error()}}
}

// The tables of the tree of rules.
const (
	licensesTable   = "spdx/licenses.tsv"
	exceptionsTable = "spdx/exceptions.tsv"
	categoriesTable = "categories.tsv"
	familiesTable   = "families.tsv"
)

// table is a table of tab-separated values.
type table struct {
	comment string // the lines that start with #
	rows    []tableRow
}

type tableRow struct {
	line  int
	cells []string
}

// readTable reads a table with one row a line. Lines that start with #, empty
// ones and the header, whose first cell is "id" or "label", are no rows.
func readTable(fsys fs.FS, name string) (table, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return table{}, fmt.Errorf("reading rules: %w", err)
	}
	var t table
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "#"):
			t.comment += line + "\n"
		case line != "" && !strings.HasPrefix(line, "id\t") && !strings.HasPrefix(line, "label\t"):
			t.rows = append(t.rows, tableRow{n, strings.Split(line, "\t")})
		}
	}
	return t, nil
}
