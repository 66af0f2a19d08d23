// Command lint checks rule files: go run ./internal/rulebase/lint FILE...
// Without files it checks the whole tree of rules, what files say of each other
// and the age of the index included. It prints every fault as
// file:line:column: message and exits with 1 when there is one.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

func main() { os.Exit(run("rules", os.Args[1:], os.Stdout, os.Stderr)) }

func run(dir string, files []string, stdout, stderr io.Writer) int {
	faults, err := lint(dir, files)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	for _, f := range faults {
		fmt.Fprintln(stdout, f)
	}
	if len(faults) > 0 {
		return 1
	}
	return 0
}

func lint(dir string, files []string) (yamlpos.Faults, error) {
	if len(files) == 0 {
		return rulebase.Validate(os.DirFS(dir))
	}
	linter, err := rulebase.NewLinter(os.DirFS(dir))
	if err != nil {
		return nil, err
	}
	var faults yamlpos.Faults
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		faults = append(faults, linter.Lint(name, data)...)
	}
	return faults, nil
}
