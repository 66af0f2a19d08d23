// Package detect reads license texts and the files of a source tree that speak
// of licenses, and says what each of them states: evidence, no conclusion. It
// never gives a license for a text that is not fully accounted for.
//
// The patterns are licensecheck's (package engine). What they leave over of a
// text is looked at stretch by stretch: it may be a title or a copyright line,
// it may also be a choice, an exception or a restriction.
package detect

import (
	"fmt"
	"io/fs"
	"sync"

	"github.com/rukhsa/rukhsa/internal/detect/engine"
	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// MaxText is the size up to which a file is read as a license text, in bytes.
const MaxText = 2 << 20

// Engines are the implementations of the license patterns, the default first.
// The second is google/licensecheck itself; the answers are the same.
var Engines = []string{"native", "licensecheck"}

// Scanner reads texts. It is safe for concurrent use and reads identical texts
// once.
type Scanner struct {
	base    *rulebase.Base
	scan    func(text []byte, visit engine.Visitor) engine.Coverage
	prints  *fingerprint.Index
	names   map[string]detectorName
	files   *fileNames
	embeds  map[string][]string // license → licenses whose text its own refers to, without their endings
	choices []string            // pairs of file names that offer a choice
	phrases *phrases
	known   aliases
	digests func() map[string]string
	offered func() *fileNames
	weights func() *weightsTable
	texts   sync.Map // sha256 → *once
}

// New makes a Scanner from a rule base and the tables under detect/ of the same
// tree of rules. The engine is one of Engines.
func New(base *rulebase.Base, rules fs.FS, impl string) (*Scanner, error) {
	s := &Scanner{base: base, prints: fingerprint.Open(), known: aliases{base: base}}
	switch impl {
	case Engines[0]:
		s.scan = engine.New().Scan
	case Engines[1]:
		s.scan = engine.New().ScanWithLibrary
	default:
		return nil, fmt.Errorf("unknown engine %q", impl)
	}
	var err error
	if s.names, err = readNames(rules); err != nil {
		return nil, err
	}
	if s.embeds, err = readEmbeds(rules); err != nil {
		return nil, err
	}
	if s.choices, err = readChoices(rules); err != nil {
		return nil, err
	}
	if s.files, err = readFileNames(rules, "detect/files.tsv"); err != nil {
		return nil, err
	}
	if s.phrases, err = readPhrases(base); err != nil {
		return nil, err
	}
	s.digests = sync.OnceValue(func() map[string]string { return readDigests(rules) })
	s.offered = sync.OnceValue(func() *fileNames { return readOffered(rules) })
	s.weights = sync.OnceValue(func() *weightsTable {
		t, _ := readWeights(rules) // a table that cannot be read knows nothing: tests read it
		return t
	})
	return s, nil
}
