// Command lint checks rule files: go run ./internal/rulebase/lint FILE...
// Without files it checks the whole tree of rules. It prints every fault as
// file:line:column: message and exits with 1 when there is one.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(files []string, stdout, stderr io.Writer) int {
	linter, err := rulebase.NewLinter(os.DirFS("rules"))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	var faults yamlpos.Faults
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		faults = append(faults, linter.Lint(name, data)...)
	}
	for _, f := range faults {
		fmt.Fprintln(stdout, f)
	}
	if len(faults) > 0 {
		return 1
	}
	return 0
}
