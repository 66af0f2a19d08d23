// Corpus scores the program against the truth tables of a shared folder and
// prints every miss. It is a tool of the developers and not shipped.
//
//	go run ./internal/corpus [-shared DIR] [SECTION...]
//
// The exit code is 1 when a section misses its bar, 2 for wrong arguments.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// section is one score; failed says that it missed its bar.
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
	{"claims", "licenses found in files of the cache that are no license texts, to be read", claims},
	{"texts", "texts of AI licenses", aiTexts},
	{"ai", "models, datasets and bills of materials", aiSamples},
	{"openness", "classes of the Model Openness Framework", modelOpenness},
	{"spdx", "texts of the SPDX list, as they are and changed", spdxTexts},
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("corpus", flag.ContinueOnError)
	flags.SetOutput(stderr)
	shared := flags.String("shared", "../shared", "folder with the tables")
	if flags.Parse(args) != nil {
		return 2
	}
	for _, name := range flags.Args() {
		if !slices.ContainsFunc(sections, func(s section) bool { return s.name == name }) {
			fmt.Fprintf(stderr, "corpus: no section %q; there are %s\n", name, strings.Join(names(), ", "))
			return 2
		}
	}
	code := 0
	for _, s := range sections {
		if flags.NArg() > 0 && !slices.Contains(flags.Args(), s.name) {
			continue
		}
		fmt.Fprintf(stdout, "== %s: %s\n", s.name, s.what)
		if s.run(stdout, *shared) {
			code = 1
		}
	}
	return code
}

func names() (out []string) {
	for _, s := range sections {
		out = append(out, s.name)
	}
	return out
}
