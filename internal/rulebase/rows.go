package rulebase

import (
	"fmt"
	"io/fs"
	"strings"
)

// Rows reads a table of the tree of rules: lines of tab-separated cells, # begins
// a comment. It hands every line to row; an error names file and line.
func Rows(rules fs.FS, name string, cells int, row func([]string) error) error {
	data, err := fs.ReadFile(rules, name)
	if err != nil {
		return fmt.Errorf("reading rules: %w", err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != cells {
			return fmt.Errorf("%s:%d: %d cells, want %d", name, n, len(c), cells)
		}
		if err := row(c); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
	}
	return nil
}
