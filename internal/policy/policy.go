// Package policy reads rukhsa.yaml: what the project is, what it does with what
// it contains, and which licenses it accepts. It parses and does not judge.
package policy

import (
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// FileName is the name under which a policy is found without being named.
const FileName = "rukhsa.yaml"

// MaxBytes is the size of the longest policy file that is read.
const MaxBytes = yamlpos.MaxBytes

// Proprietary is the word for a project whose terms are its owner's own.
const Proprietary = "proprietary"

// Policy is what a policy file, or the built-in default, says. It is not
// changed after it was made.
type Policy struct {
	Name   string // "default", or the file's own name
	Path   string // as it was found; "" for a built-in policy
	Digest string // sha256:… of the file

	License string            // the project's: an expression or Proprietary; "" where it is not stated
	Kind    string            // one of Kinds, "" where it is not stated
	Use     []string          // contexts, nil where they are not stated
	Facts   map[string]string // by name: "yes" and "no", digits, or words with ", " between them

	Allow          []Entry // none: everything that is not refused otherwise
	Deny           []Entry
	Clarifications []Clarification // in the order of the file

	rows []row // weights, in the order of the profile
}

// Kinds lists what a project may be.
func Kinds() []string { return []string{"program", "library", "service"} }

// Entry is one line of allow or deny; exactly one of the fields but Pos is set.
type Entry struct {
	Pos      yamlpos.Pos
	License  string // canonical: an id, or "ID WITH EXCEPTION"
	Category string
	Openness string
}
