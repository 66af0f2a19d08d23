// Command genindex writes rules/index.tsv from the tree of rules beside it:
// go run ./internal/rulebase/genindex, from the root of the repository. It
// prints every fault of the tree and writes nothing where there is one.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

func main() { os.Exit(run("rules", os.Stderr)) }

func run(dir string, stderr io.Writer) int {
	data, faults, err := rulebase.BuildIndex(os.DirFS(dir))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	for _, f := range faults {
		fmt.Fprintf(stderr, "%s/%s\n", dir, f)
	}
	if len(faults) > 0 {
		return 1
	}
	if err := os.WriteFile(dir+"/index.tsv", data, 0o644); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
