// Gen computes the table of package fingerprint from license texts:
//
//	go run ./internal/detect/fingerprint/gen -npm DIR -ai DIR -detector FILE
//
// DIR of -npm is the folder licenses of the npm package spdx-license-list, DIR
// of -ai a folder of AI license texts with an index.tsv, FILE the assets of the
// Go module go-enry/go-license-detector, which carry the texts of exceptions
// ("make fingerprints" fetches the first and the last). It runs from the
// repository's root, reads rules/ and writes
// internal/detect/fingerprint/fingerprints.bin, which holds none of the texts.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stderr))
}

// run writes the table and returns the exit code.
func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var from sources
	flags.StringVar(&from.npm, "npm", "", "folder licenses of the npm package spdx-license-list")
	flags.StringVar(&from.ai, "ai", "", "folder of AI license texts")
	flags.StringVar(&from.detector, "detector", "", "licensedb/internal/assets/bindata.go of go-license-detector")
	flags.StringVar(&from.rules, "rules", "rules", "folder of the rules")
	out := flags.String("o", filepath.Join("internal", "detect", "fingerprint", "fingerprints.bin"), "table to write")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	data, skipped, err := generate(from)
	if err == nil {
		err = os.WriteFile(*out, data, 0o644)
	}
	if err != nil {
		fmt.Fprintln(stderr, "gen:", err)
		return 1
	}
	for _, s := range skipped {
		fmt.Fprintln(stderr, "gen: left out:", s)
	}
	fmt.Fprintf(stderr, "%s: %d bytes\n", *out, len(data))
	return 0
}

// generate makes the table, and says which texts it left out and why.
func generate(from sources) (data []byte, skipped []string, err error) {
	if from.npm == "" || from.ai == "" || from.detector == "" {
		return nil, nil, errors.New("-npm, -ai and -detector name the folders and the file to read; make fingerprints does")
	}
	texts, err := from.read()
	if err != nil {
		return nil, nil, err
	}
	data, skipped, err = build(texts)
	if err != nil {
		return nil, nil, err
	}
	without, err := from.without(texts)
	return data, append(skipped, without...), err
}
