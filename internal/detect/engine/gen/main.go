// Gen computes the pattern tables of package engine from
// licensecheck.BuiltinLicenses:
//
//	go run ./internal/detect/engine/gen
//
// It runs from the repository's root and writes internal/detect/engine/tables.bin.
// A test of this package fails when the committed file is not what it writes.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/licensecheck"
)

func main() {
	os.Exit(run(filepath.Join("internal", "detect", "engine", "tables.bin"), os.Stderr))
}

// run writes the tables to file and returns the exit code.
func run(file string, stderr io.Writer) int {
	data, err := build(licensecheck.BuiltinLicenses())
	if err == nil {
		err = os.WriteFile(file, data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 1
	}
	fmt.Fprintf(stderr, "%s: %d bytes\n", file, len(data))
	return 0
}
