// Package gobinary reads what the Go linker leaves in an executable: the main
// package, the modules that were linked, the release of Go and the settings of
// the build. Only headers and the information itself are read, never the code;
// nothing is run.
//
// It reads the layouts of debug/buildinfo (ELF, PE, Mach-O, universal Mach-O;
// the blob of Go 1.18 and later, and the pointers of 1.13 to 1.17) and differs
// from it in three ways: every read is counted against a limit before memory is
// allocated (debug/pe and debug/macho load whole symbol tables), the reasons
// for having no answer are told apart, and information that was damaged is an
// error where debug/buildinfo leaves unknown lines out and answers with fewer
// modules.
package gobinary

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"golang.org/x/mod/module"
)

// Reasons for having no answer; test with errors.Is. A file over the limit is
// a *fsx.LimitError, an error of the disk is passed on.
var (
	ErrNotExecutable = errors.New("not an executable")
	ErrNotGo         = errors.New("not a Go executable")
	ErrNoBuildInfo   = errors.New("a Go executable without build information")
	ErrTruncated     = errors.New("the executable is cut short")
	ErrMalformed     = errors.New("malformed build information")
	ErrPacked        = errors.New("a packed executable")
)

// MaxRead is the most that is read of one executable: the headers and the
// build information of the largest programs known need under 2 MiB.
const MaxRead = 16 << 20

// Module is a module of a program.
type Module struct {
	Path    string
	Version string  // "(devel)" for a main module built from a folder, "" for a replacement that is one
	Sum     string  // h1:…, "" where Go had none
	Replace *Module // what stood in for it
}

// CacheDir is the folder of the module's files below a module cache, slash
// separated. It is false for what no cache holds: folders and main modules
// built from one.
func (m Module) CacheDir() (string, bool) {
	if m.Replace != nil {
		m = *m.Replace
	}
	p, err := module.EscapePath(m.Path)
	if err != nil {
		return "", false
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil || module.Check(m.Path, m.Version) != nil {
		return "", false
	}
	return p + "@" + v, true
}

// Setting is one setting of the build.
type Setting struct{ Key, Value string }

// Binary is what an executable says about how it was built.
type Binary struct {
	GoVersion string   // as written: "go1.26.8", "go1.26.8 X:nocoverageredesign", "devel go1.27-…"
	Std       string   // version of the standard library: "1.26.8"; "" where GoVersion names no release
	Package   string   // import path of the main package; "command-line-arguments" for a list of files
	Main      Module   // zero where Go wrote none: GOPATH mode, files outside a module, cmd/…
	Deps      []Module // sorted by path, then version
	Settings  []Setting
	Platforms []string // "linux/amd64"; one for each part of a universal Mach-O; none before Go 1.18
}

// Setting returns the value of a setting, "" where it was not written.
func (b *Binary) Setting(key string) string {
	for _, s := range b.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Tags are the build tags that were given.
func (b *Binary) Tags() []string {
	return strings.FieldsFunc(b.Setting("-tags"), func(r rune) bool { return r == ',' || r == ' ' })
}

// Cgo is "1", "0" or, where Go did not write it, "".
func (b *Binary) Cgo() string { return b.Setting("CGO_ENABLED") }

// Revision is the commit that the main module was built from, or "";
// modified says that its files differed from the commit.
func (b *Binary) Revision() (commit string, modified bool) {
	return b.Setting("vcs.revision"), b.Setting("vcs.modified") == "true"
}

// Sniff reports whether a file that starts with head is worth a Read: an
// executable or shared library of a format that is read here. 64 bytes
// suffice. Object files and archives are not.
func Sniff(head []byte) bool {
	switch formatOf(head) {
	case formatELF:
		return elfLinked(head)
	case formatMachO:
		return machoLinked(head)
	case formatPE:
		off, ok := peOffset(head)
		return ok && off < MaxRead
	case formatFat:
		return true
	default:
		return false
	}
}

// Read reads the build information of an executable. name is for messages.
func Read(f fsx.File, name string) (*Binary, error) {
	b, err := read(&source{r: f, size: f.Size(), left: MaxRead, name: name})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return b, nil
}

func read(s *source) (*Binary, error) {
	head, err := s.bytes(0, min(s.size, 64))
	if err != nil {
		return nil, err
	}
	switch formatOf(head) {
	case formatELF:
		return readOne(s, parseELF)
	case formatPE:
		return readOne(s, parsePE)
	case formatMachO:
		return readOne(s, parseMachO)
	case formatFat:
		return readFat(s)
	default:
		return nil, ErrNotExecutable
	}
}

// readOne finds the information in one image and checks it against the image.
func readOne(s *source, parse func(*source) (*image, error)) (*Binary, error) {
	m, err := parse(s)
	if err != nil {
		return nil, err
	}
	vers, mod, err := m.buildInfo()
	if err != nil {
		return nil, err
	}
	b, err := parseInfo(vers, mod)
	if err != nil {
		return nil, err
	}
	if err := b.agrees(m); err != nil {
		return nil, err
	}
	return b, nil
}

// readFat unites the parts of a universal Mach-O.
func readFat(s *source) (*Binary, error) {
	parts, err := fatParts(s)
	if err != nil {
		return nil, err
	}
	var all *Binary
	for _, p := range parts {
		b, err := readOne(p, parseMachO)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = b
			continue
		}
		if b.Package != all.Package || b.Main.Path != all.Main.Path {
			return nil, fmt.Errorf("%w: the parts of a universal executable are different programs", ErrMalformed)
		}
		all.Platforms = append(all.Platforms, b.Platforms...)
		all.Deps = append(all.Deps, b.Deps...)
	}
	slices.Sort(all.Platforms)
	all.Platforms = slices.Compact(all.Platforms)
	slices.SortStableFunc(all.Deps, compareModules)
	all.Deps = slices.CompactFunc(all.Deps, func(a, b Module) bool { return compareModules(a, b) == 0 })
	return all, nil
}

// Problem says an error of Read as an entry of a report. It is false for what
// is merely not a Go executable.
func Problem(path string, err error) (diag.Problem, bool) {
	p := diag.Problem{Path: path, Message: strings.TrimPrefix(err.Error(), path+": ")}
	var limit *fsx.LimitError
	switch {
	case errors.Is(err, ErrNotExecutable), errors.Is(err, ErrNotGo):
		return diag.Problem{}, false
	case errors.As(err, &limit):
		p.Kind, p.Limit, p.Actual = diag.Limit, limit.Limit, limit.Actual
	case errors.Is(err, ErrNoBuildInfo):
		p.Kind = diag.Missing
		p.Help = "build it with go build inside its module, or scan the source"
	case errors.Is(err, ErrPacked):
		p.Kind = diag.Unsupported
		p.Help = "scan the executable as it was before packing"
	case errors.Is(err, ErrTruncated), errors.Is(err, ErrMalformed), errors.Is(err, io.ErrUnexpectedEOF):
		p.Kind = diag.Malformed
		p.Help = "build or download it again"
	default:
		p.Kind = diag.Unreadable
	}
	return p, true
}
