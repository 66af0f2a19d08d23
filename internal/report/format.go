package report

import (
	"io"
	"slices"
	"strings"
)

// Options are the few things that a rendering depends on beside the report.
type Options struct {
	Color    bool      // ANSI colours (text only)
	Details  bool      // every component, obligation and note (text only)
	Spec     string    // version of an SBOM format, "" for the default
	Template *Template // the template (template only)
}

// Format is one rendering of a report.
type Format struct {
	Name  string
	Doc   string // one line for help and README
	Texts bool   // needs the license texts in the report
	// Arg is what follows the name after a colon, "" for nothing: "FILE".
	Arg string
	// Specs are the versions that the format can be written in, the default first.
	Specs []string
	Write func(io.Writer, *Report, Options) error
}

// Formats lists all formats, the default first. A new one is a line here and a
// file beside this one.
func Formats() []Format {
	return []Format{
		{Name: "text", Doc: "for people: problems worst first, then what to do before you ship", Write: writeText},
		{Name: "json", Doc: "the whole report, schema " + Schema, Write: writeJSON},
		{Name: "jsonl", Doc: "the whole report, one component, finding or other record a line", Write: writeJSONLines},
		{Name: "sarif", Doc: "problems for code scanning (SARIF 2.1.0)", Write: writeSARIF},
		{Name: "cyclonedx", Doc: "bill of materials for other tools (CycloneDX JSON)", Specs: cyclonedxSpecs, Write: writeCycloneDX},
		{Name: "spdx", Doc: "bill of materials for other tools (SPDX JSON)", Specs: spdxSpecs, Write: writeSPDX},
		{Name: "spdx3", Doc: "the same in SPDX 3 (JSON-LD)", Specs: spdx3Specs, Write: writeSPDX3},
		{Name: "junit", Doc: "problems as failed tests (JUnit XML)", Write: writeJUnit},
		{Name: "codequality", Doc: "problems for GitLab's Code Quality", Write: writeCodeQuality},
		{Name: "github", Doc: "the worst problems as annotations of GitHub Actions", Write: writeGitHub},
		{Name: "markdown", Doc: "for a comment on a pull request or a job summary, 64 KiB at most", Write: writeMarkdown},
		{Name: "html", Doc: "one page without script, for people who open files", Write: writeHTML},
		{Name: "csv", Doc: "a line per component, for spreadsheets", Write: writeCSV},
		{Name: "notice", Doc: "third-party notices: every license text once, with the components it covers", Texts: true, Write: writeNotice},
		{Name: "template", Arg: "FILE", Doc: "what a text/template makes of the report's JSON names", Write: writeTemplate},
	}
}

// Form is how the format is written on the command line.
func (f Format) Form() string {
	if f.Arg == "" {
		return f.Name
	}
	return f.Name + ":" + f.Arg
}

// FormatNames lists all formats as they are written on the command line.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Form())
	}
	return names
}

// LookupFormat returns the format of that name.
func LookupFormat(name string) (Format, bool) {
	fs := Formats()
	i := slices.IndexFunc(fs, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return fs[i], true
}

// ParseFormat reads a format as it is written on the command line: its name
// and, after a colon, its argument. Where only the argument is wrong, f is the
// format all the same.
func ParseFormat(s string) (f Format, arg string, ok bool) {
	name, arg, hasArg := strings.Cut(s, ":")
	f, ok = LookupFormat(name)
	return f, arg, ok && hasArg == (f.Arg != "")
}
