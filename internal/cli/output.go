package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// render makes the outputs that go to files before it puts the first in its
// place, so that one that cannot be made touches no file. What goes to a regular
// file is made beside it and not in memory; what goes to standard output or to a
// device is written while it is made, after the others. Only a template may turn
// out to be wrong, so that its output is made in memory first.
func (a *app) render(r *report.Report, outs []output, details bool) error {
	made := make([]*pending, len(outs))
	defer func() {
		for _, p := range made {
			p.discard()
		}
	}()
	write := func(w io.Writer, o *output) error {
		return o.format.Write(w, r, report.Options{Details: details, Template: o.template, Spec: o.spec, Color: o.file == "" && a.colour()})
	}
	for i := range outs {
		var err error
		if made[i], err = newPending(outs[i].file); err != nil {
			return err
		}
		if made[i].temp == nil && outs[i].template == nil {
			continue
		}
		if err := write(made[i], &outs[i]); err != nil {
			return made[i].named(err)
		}
	}
	for i, p := range made {
		if p.temp != nil {
			continue
		}
		err := a.stream(p.name, func(w io.Writer) error {
			if outs[i].template == nil {
				return write(w, &outs[i])
			}
			_, err := w.Write(p.body.Bytes())
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, p := range made {
		if p.temp != nil {
			if err := p.place(); err != nil {
				return err
			}
		}
	}
	return nil
}

// held is how much of an output is made before its first byte is written, in
// bytes.
const held = 1 << 20

// stream writes an output to standard output, or to a device.
func (a *app) stream(name string, write func(io.Writer) error) error {
	if name == "" {
		if err := buffered(a.Out, write); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		return nil
	}
	return toDevice(name, write)
}

// toDevice writes to a file that is there and stays as it is: a device, a pipe.
func toDevice(name string, write func(io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = buffered(f, write)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func buffered(w io.Writer, write func(io.Writer) error) error {
	out := bufio.NewWriterSize(w, held)
	if err := write(out); err != nil {
		return err
	}
	return out.Flush()
}

// pending is a file that is being made: it replaces the one of its name in one
// step, which is there whole or as it was. What is not a regular file (a pipe,
// a device) is written to as it is.
type pending struct {
	name string
	body bytes.Buffer // where there is no file beside it
	temp *os.File
	out  *bufio.Writer // to temp
	mode os.FileMode
}

// newPending starts a file; without a name it stays in memory.
func newPending(name string) (*pending, error) {
	p := &pending{name: name, mode: 0o644}
	if name == "" {
		return p, nil
	}
	fi, err := os.Stat(name)
	switch {
	case err == nil && !fi.Mode().IsRegular():
		return p, nil
	case err == nil:
		p.mode = fi.Mode().Perm()
	}
	if p.temp, err = os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*"); err != nil {
		return nil, err
	}
	p.out = bufio.NewWriter(p.temp)
	return p, nil
}

func (p *pending) Write(b []byte) (int, error) {
	if p.out != nil {
		return p.out.Write(b)
	}
	return p.body.Write(b)
}

// named says of an error of writing which file it is about.
func (p *pending) named(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return fmt.Errorf("writing %s: %w", p.name, failed.Err)
	}
	return err
}

// place puts the file where it belongs.
func (p *pending) place() error {
	if p.temp == nil {
		return toDevice(p.name, func(w io.Writer) error {
			_, err := w.Write(p.body.Bytes())
			return err
		})
	}
	err := p.out.Flush()
	if err == nil {
		err = p.temp.Chmod(p.mode)
	}
	if cerr := p.temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		if err = os.Rename(p.temp.Name(), p.name); err == nil {
			p.temp = nil
			return nil
		}
	}
	return fmt.Errorf("writing %s: %w", p.name, withoutPath(err))
}

// discard removes what was made and not put into its place.
func (p *pending) discard() {
	if p != nil && p.temp != nil {
		p.temp.Close()
		os.Remove(p.temp.Name())
	}
}

// writeFile replaces a file in one step.
func writeFile(name string, body []byte) error {
	p, err := newPending(name)
	if err != nil {
		return err
	}
	defer p.discard()
	if _, err := p.Write(body); err != nil {
		return p.named(err)
	}
	return p.place()
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
