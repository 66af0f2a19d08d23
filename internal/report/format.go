package report

import (
	"io"
	"slices"
)

// Options are the few things that a rendering depends on beside the report.
type Options struct {
	Color   bool // ANSI colours (text only)
	Details bool // every component, obligation and note (text only)
}

// Format is one rendering of a report.
type Format struct {
	Name  string
	Doc   string // one line for help and README
	Texts bool   // needs the license texts in the report
	Write func(io.Writer, *Report, Options) error
}

// Formats lists all formats, the default first. A new one is a line here and a
// file beside this one.
func Formats() []Format {
	return []Format{
		{"text", "for people: problems worst first, then what to do before you ship", false, writeText},
		{"json", "the whole report, schema " + Schema, false, writeJSON},
		{"notice", "third-party notices: every license text once, with the components it covers", true, writeNotice},
	}
}

// FormatNames lists the names of all formats.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
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
