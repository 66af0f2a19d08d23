// Package policy reads rukhsa.yaml: what the project is, what it does with what
// it contains, which licenses it accepts, and what somebody decided about single
// components. A file may extend others; what each value comes from is kept. It
// parses and does not judge.
package policy

import (
	"path"
	"path/filepath"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// FileName is the name under which a policy is found without being named.
const FileName = "rukhsa.yaml"

// MaxBytes is the size of the longest policy file that is read.
const MaxBytes = yamlpos.MaxBytes

// Proprietary is the word for a project whose terms are its owner's own.
const Proprietary = "proprietary"

// Policy is what a policy file and all that it extends say together, or the
// built-in default. It is not changed after it was made. Lists hold the entries
// of the nearest layer first, each layer's in the order of its file.
type Policy struct {
	Name   string  // "default", or the file's own name
	Path   string  // as a report shows it; "" for a built-in policy
	Digest string  // sha256:… of the file
	Layers []Layer // what it is made of, the built-in default first, the file itself last

	License string            // the project's: an expression or Proprietary; "" where it is not stated
	Kind    string            // one of Kinds, "" where it is not stated
	Use     []string          // contexts, nil where they are not stated
	Facts   map[string]string // by name: "yes" and "no", digits, or words with ", " between them

	Default        string // one of Defaults: what holds where no entry does
	DefaultAt      Place
	Allow          []Entry
	Review         []Entry
	Deny           []Entry
	Clarifications []Clarification
	Choices        []Choice
	FirstParty     []FirstParty
	Exclusions     []Exclusion
	Waivers        []Waiver
	Fulfilments    []Fulfilment

	rows    []row // weights; of those that hold the first counts
	origins map[string]Place
}

// The kinds of layers, as findings and waivers name them.
const (
	BuiltIn    = "built-in"   // a profile that the program carries
	BaseLayer  = "base"       // a file that another one extends: an organisation's
	Repository = "repository" // the file that was found or named
)

// Layer is one file or built-in profile that a policy is made of.
type Layer struct {
	Kind   string // BuiltIn, BaseLayer or Repository
	Name   string
	Path   string // as a report shows it; "" for a profile
	Digest string // sha256:… of its bytes

	overlay []string // what a file that extends it may loosen
}

// Place is where something of a policy stands; the zero Place is the built-in
// default.
type Place struct {
	Layer int // in Policy.Layers
	Pos   yamlpos.Pos
}

// LayerOf is the layer that a place is in.
func (p *Policy) LayerOf(at Place) Layer {
	if at.Layer < 0 || at.Layer >= len(p.Layers) {
		return Layer{Kind: BuiltIn}
	}
	return p.Layers[at.Layer]
}

// Dated reports whether the policy holds dates, so that what it says depends on
// the day.
func (p *Policy) Dated() bool { return len(p.Waivers) > 0 }

// Kinds lists what a project may be.
func Kinds() []string { return []string{"program", "library", "service"} }

// The words for what holds where no entry does.
const (
	DefaultDeny    = "deny"    // it is refused
	DefaultReview  = "review"  // a person must look at it, and the weights count too
	DefaultProfile = "profile" // the weights of the profile decide
)

// Defaults lists the words of `default`, the strictest first.
func Defaults() []string { return []string{DefaultDeny, DefaultReview, DefaultProfile} }

// shown is a policy file's path as a report holds it: as it was named, but never
// absolute, for a report says nothing of the machine.
func shown(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Base(name)
	}
	return path.Clean(filepath.ToSlash(name))
}
