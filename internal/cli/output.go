package cli

import (
	"bytes"
	"errors"
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
	format   report.Format
	template *report.Template // for the template format
	spec     string           // the version of the format, "" for its default
	file     string           // "" is standard output
}

// outputs reads the values of -o and the version that --spec asks for.
func (a *app) outputs(values []string) ([]output, error) {
	outs, err := parseOutputs(values)
	if err != nil || a.spec == "" {
		return outs, err
	}
	used := false
	for i := range outs {
		if slices.Contains(outs[i].format.Specs, a.spec) {
			outs[i].spec, used = a.spec, true
		}
	}
	if !used {
		return nil, usagef(specs(), "--spec %s: no output that is asked for can be written in that version", a.spec)
	}
	return outs, nil
}

// specs lists the versions of all formats that have some.
func specs() string {
	var out []string
	for _, f := range report.Formats() {
		if len(f.Specs) > 0 {
			out = append(out, f.Name+" "+joined(f.Specs))
		}
	}
	return strings.Join(out, "; ")
}

// parseOutputs reads the values of -o, and the templates that they name. At
// most one goes to standard output, and no two to one file.
func parseOutputs(values []string) ([]output, error) {
	var out []output
	for _, v := range values {
		o, err := parseOutput(v)
		if err != nil {
			return nil, err
		}
		switch same := func(p output) bool { return p.file == o.file }; {
		case !slices.ContainsFunc(out, same), o.file == os.DevNull:
		case o.file == "":
			return nil, usagef("-o FORMAT=FILE writes to a file", "only one output can go to standard output")
		default:
			return nil, usagef("", "two outputs go to %s", o.file)
		}
		out = append(out, o)
	}
	return out, nil
}

func parseOutput(value string) (output, error) {
	name, file, hasFile := strings.Cut(value, "=")
	f, arg, ok := report.ParseFormat(name)
	switch {
	case !ok && f.Name != "" && f.Arg != "":
		return output{}, usagef("-o "+f.Form(), "output format %q needs a %s", f.Name, f.Arg)
	case !ok && f.Name != "":
		return output{}, usagef("-o "+f.Name, "output format %q takes nothing after a colon", f.Name)
	case !ok:
		return output{}, usagef("one of "+joined(report.FormatNames()), "unknown output format %q", name)
	case hasFile && file == "":
		return output{}, usagef("-o "+f.Form()+"=FILE", "no file name after %q", value)
	}
	o := output{format: f, file: file}
	if f.Arg == "" {
		return o, nil
	}
	body, err := readTemplate(arg)
	if err != nil {
		return output{}, usagef("", "template %s: %w", arg, err)
	}
	if o.template, err = report.ParseTemplate(arg, body); err != nil {
		return output{}, usagef("rukhsa help formats lists the functions", "template %w", err)
	}
	return o, nil
}

// readTemplate reads a regular file up to the limit of templates.
func readTemplate(name string) ([]byte, error) {
	if name == "" {
		return nil, errors.New("no file name after the colon")
	}
	fi, err := os.Stat(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, report.MaxTemplate+1))
	return body, withoutPath(err)
}

func needTexts(outs []output) bool {
	return slices.ContainsFunc(outs, func(o output) bool { return o.format.Texts })
}

// write renders the report once per output. A template that asks for what the
// report does not have is the user's mistake.
func (a *app) write(r *report.Report, outs []output, details bool) error {
	err := a.render(r, outs, details)
	var wrong *report.TemplateError
	if errors.As(err, &wrong) {
		return usagef("rukhsa scan -o json shows the names", "template %w", wrong)
	}
	return err
}

// render makes all outputs before it writes the first, so that one that cannot
// be made touches no file.
func (a *app) render(r *report.Report, outs []output, details bool) error {
	bodies := make([]bytes.Buffer, len(outs))
	for i, o := range outs {
		opts := report.Options{Details: details, Template: o.template, Spec: o.spec, Color: o.file == "" && a.colour()}
		if err := o.format.Write(&bodies[i], r, opts); err != nil {
			return err
		}
	}
	for i, o := range outs {
		if o.file != "" {
			if err := writeFile(o.file, bodies[i].Bytes()); err != nil {
				return err
			}
		} else if _, err := a.Out.Write(bodies[i].Bytes()); err != nil {
			return fmt.Errorf("writing the report: %w", err)
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
