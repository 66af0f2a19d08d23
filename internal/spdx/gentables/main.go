// Gentables writes the tables of SPDX ids, rules/spdx/licenses.tsv and
// exceptions.tsv, from the JSON files of the SPDX license list.
//
// Usage: go run ./internal/spdx/gentables [-out rules/spdx] DIR
//
// DIR holds licenses.json and exceptions.json as SPDX publishes them; the Go
// module github.com/github/go-spdx/v2 carries them in its folder cmd. What a
// deprecated id became is not in those files: deprecated.tsv in the output
// folder, written by hand, says it with the reason.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("gentables", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", filepath.Join("rules", "spdx"), "folder of the tables")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: gentables [-out FOLDER] DIR")
		return 2
	}
	if err := generate(flags.Arg(0), *out); err != nil {
		fmt.Fprintln(stderr, "gentables:", err)
		return 1
	}
	return 0
}

// list is the shape of both files of the SPDX list.
type list struct {
	Version    string  `json:"licenseListVersion"`
	Released   string  `json:"releaseDate"`
	Licenses   []entry `json:"licenses"`
	Exceptions []entry `json:"exceptions"`
}

type entry struct {
	LicenseID   string `json:"licenseId"`
	ExceptionID string `json:"licenseExceptionId"`
	Name        string `json:"name"`
	Deprecated  bool   `json:"isDeprecatedLicenseId"`
	OSI         bool   `json:"isOsiApproved"`
	FSF         *bool  `json:"isFsfLibre"` // absent: the FSF has not said
}

func (e entry) id() string { return e.LicenseID + e.ExceptionID }

func generate(dir, out string) error {
	var licenses, exceptions list
	if err := errors.Join(
		read(filepath.Join(dir, "licenses.json"), &licenses),
		read(filepath.Join(dir, "exceptions.json"), &exceptions),
	); err != nil {
		return err
	}
	became, err := readDeprecated(filepath.Join(out, "deprecated.tsv"))
	if err != nil {
		return err
	}
	if err := check(licenses.Licenses, exceptions.Exceptions, became); err != nil {
		return err
	}
	return errors.Join(
		write(filepath.Join(out, "licenses.tsv"), table(licenses, licenses.Licenses, became, true)),
		write(filepath.Join(out, "exceptions.tsv"), table(exceptions, exceptions.Exceptions, became, false)),
	)
}

func read(file string, into *list) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	return nil
}

// readDeprecated reads the columns id and replacement; the rest is the reason.
func readDeprecated(file string) (map[string]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 3 || f[0] == "" || f[2] == "" {
			return nil, fmt.Errorf("%s:%d: want id, replacement and reason", file, i+1)
		}
		if _, ok := out[f[0]]; ok {
			return nil, fmt.Errorf("%s:%d: %s stands twice", file, i+1, f[0])
		}
		out[f[0]] = f[1]
	}
	return out, nil
}

// check holds the hand-written replacements against the list: every deprecated
// id has a row, no other id has, and each replacement is an expression in use.
func check(licenses, exceptions []entry, became map[string]string) error {
	var errs []error
	seen := map[string]bool{}
	entries := func(in []entry) (out []spdx.ListEntry) {
		for _, e := range in {
			r, ok := became[e.id()]
			if ok != e.Deprecated {
				errs = append(errs, fmt.Errorf("%s: deprecated %v, row in deprecated.tsv %v", e.id(), e.Deprecated, ok))
			}
			if strings.ContainsAny(e.id()+e.Name, "\t\r\n") {
				errs = append(errs, fmt.Errorf("%q: white space that a table cannot hold", e.id()))
			}
			seen[e.id()] = true
			out = append(out, spdx.ListEntry{ID: e.id(), Deprecated: e.Deprecated, Replacement: r})
		}
		return out
	}
	errs = append(errs, spdx.NewList(entries(licenses), entries(exceptions)).Check())
	for id := range became {
		if !seen[id] {
			errs = append(errs, fmt.Errorf("%s: in deprecated.tsv and not on the list", id))
		}
	}
	return errors.Join(errs...)
}

func table(l list, in []entry, became map[string]string, facts bool) []byte {
	in = slices.Clone(in)
	slices.SortFunc(in, func(a, b entry) int {
		return strings.Compare(strings.ToLower(a.id()), strings.ToLower(b.id()))
	})
	var b bytes.Buffer
	columns := "id, name, deprecated, replacement"
	if facts {
		columns += ", osi, fsf"
	}
	released, _, _ := strings.Cut(l.Released, "T")
	fmt.Fprintf(&b, "# SPDX license list %s, %s (CC0-1.0); columns: %s\n", l.Version, released, columns)
	for _, e := range in {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s", e.id(), e.Name, pick(e.Deprecated, "1", "0"), became[e.id()])
		if facts {
			fsf := "not-reviewed"
			if e.FSF != nil {
				fsf = pick(*e.FSF, "yes", "no")
			}
			fmt.Fprintf(&b, "\t%s\t%s", pick(e.OSI, "yes", "no"), fsf)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func pick(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// write replaces a file as a whole or not at all.
func write(file string, b []byte) error {
	tmp := file + ".tmp"
	if err := os.WriteFile(tmp, b, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, file)
}
