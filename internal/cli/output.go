package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/report"
)

// output is one -o FORMAT[=FILE].
type output struct {
	format report.Format
	file   string // "" is standard output
}

// parseOutputs reads the values of -o. At most one goes to standard output.
func parseOutputs(values []string) ([]output, error) {
	var out []output
	stdout := 0
	for _, v := range values {
		name, file, hasFile := strings.Cut(v, "=")
		f, ok := report.LookupFormat(name)
		if !ok {
			return nil, usagef("one of "+strings.Join(report.FormatNames(), ", "), "unknown output format %q", name)
		}
		if hasFile && file == "" {
			return nil, usagef("-o "+name+"=FILE", "no file name after %q", v)
		}
		if !hasFile {
			stdout++
		}
		out = append(out, output{f, file})
	}
	if stdout > 1 {
		return nil, usagef("-o FORMAT=FILE writes to a file", "only one output can go to standard output")
	}
	return out, nil
}

func needTexts(outs []output) bool {
	return slices.ContainsFunc(outs, func(o output) bool { return o.format.Texts })
}

// write renders the report once per output.
func (a *app) write(r *report.Report, outs []output, details bool) error {
	for _, o := range outs {
		opts := report.Options{Details: details}
		if o.file == "" {
			opts.Color = a.colour()
			if err := o.format.Write(a.Out, r, opts); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			continue
		}
		var buf bytes.Buffer
		if err := o.format.Write(&buf, r, opts); err != nil {
			return fmt.Errorf("writing %s: %w", o.file, err)
		}
		if err := writeFile(o.file, buf.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// writeFile replaces a file in one step: it is there whole, or as it was. What
// is not a regular file (a pipe, a device) is written to as it is.
func writeFile(name string, body []byte) (err error) {
	fi, statErr := os.Stat(name)
	if statErr == nil && !fi.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.Write(body)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return err
	}
	mode := os.FileMode(0o644)
	if statErr == nil {
		mode = fi.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("writing %s: %w", name, err)
		}
	}()
	if _, err = f.Write(body); err == nil {
		err = f.Chmod(mode)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	return err
}

func (a *app) colour() bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	return a.OutTTY && a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb"
}

func printable(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = report.Printable(l)
	}
	return strings.Join(lines, "\n")
}

// readAll reads a file or, for "-", standard input.
func (a *app) readAll(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(a.In), nil
	}
	fi, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return nil, fmt.Errorf("%s: is a folder", name)
	}
	return os.Open(name)
}
