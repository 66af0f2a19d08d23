// Package yamlpos reads YAML that nobody trusts, with the place of every
// value: strictly into Go structs (Decode), where all faults of a file are
// found in one pass, and tolerantly as a tree (Parse), for documents of others.
//
// A file may have one document, at most MaxBytes bytes in UTF-8 (a byte order
// mark and CRLF line ends are fine), MaxDepth levels, MaxKeys keys in a map,
// MaxNodes nodes with every alias counted in full, and MaxAliases aliases.
// Merge keys, tags and keys that are not plain text are refused. It is the only
// importer of the YAML library.
package yamlpos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The limits of a file. A rule file is about 8 KB and a policy 2 KB; the limits
// are those at which the library was measured to stay under half a second.
const (
	MaxBytes   = 1 << 20
	MaxDepth   = 64
	MaxKeys    = 10_000
	MaxNodes   = 100_000
	MaxAliases = 64
	// MaxFaults bounds what one file can make a reader print.
	MaxFaults = 100
)

// Pos is a place in a file. Lines and columns count from 1, columns in UTF-16
// units; the zero Pos is no place. A struct field of type Pos without a yaml
// tag receives the place of its mapping.
type Pos struct{ Line, Column int }

// Compare orders places from the start of a file to its end.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// At is a value with its place.
type At[T any] struct {
	Value T
	Pos   Pos
}

func (At[T]) isAt() {}

// Fault is one thing that is wrong in a file.
type Fault struct {
	File    string
	Pos     Pos
	Message string // lower case, no full stop, names the wrong value and the valid ones
}

// Error prints file:line:column: message.
func (f Fault) Error() string {
	if f.Pos.Line == 0 {
		return fmt.Sprintf("%s: %s", f.File, f.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Pos.Line, f.Pos.Column, f.Message)
}

// Compare orders faults by file, place and message.
func (f Fault) Compare(g Fault) int {
	return cmp.Or(strings.Compare(f.File, g.File), f.Pos.Compare(g.Pos), strings.Compare(f.Message, g.Message))
}

// Faults is everything that is wrong, in the order of Compare. As an error it
// prints one fault a line.
type Faults []Fault

func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Err sorts the faults, removes repeated ones and returns them as an error, or
// nil when there are none.
func (fs Faults) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return fs.Sorted()
}

// Sorted returns the faults in order, each once.
func (fs Faults) Sorted() Faults {
	fs = slices.Clone(fs)
	slices.SortFunc(fs, Fault.Compare)
	return slices.Compact(fs)
}

// Lists holds the valid values of enumerations by name, for fields tagged
// enum:"name".
type Lists map[string][]string
