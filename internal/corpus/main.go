// Corpus scores the program against the truth tables of a shared folder and
// prints every miss. It is a tool of the developers and not shipped.
//
//	go run ./internal/corpus [-shared DIR] [SECTION...]
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

type section struct {
	name, what string
	run        func(w io.Writer, shared string) (failed bool)
}

var sections = []section{
	{"categories", "names, approvals and categories of licenses", categories},
	{"obligations", "what licenses ask", obligations},
	{"compat", "which licenses hold together", compatibility},
	{"modules", "licenses of Go modules, root and files", moduleLicenses},
	{"draw", "modules of the cache at random, against licensecheck alone", moduleDraw},
}

func main() {
	shared := flag.String("shared", "../shared", "folder with the tables")
	flag.Parse()
	failed := false
	for _, s := range sections {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), s.name) {
			continue
		}
		fmt.Printf("== %s: %s\n", s.name, s.what)
		failed = s.run(os.Stdout, *shared) || failed
	}
	if failed {
		os.Exit(1)
	}
}
