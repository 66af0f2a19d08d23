// Package models tells what is known of a model, a dataset or a hosted service
// by its name: the family that it belongs to, the license or terms of that
// family, and how sure the name is. All of it is data under rules/models; a
// name is the weakest source there is and never stands against a text.
package models

import "github.com/rukhsa/rukhsa/internal/yamlpos"

// Kind is what a family is.
type Kind string

// The kinds of families.
const (
	Model   Kind = "model"
	Dataset Kind = "dataset"
	Service Kind = "service" // reached over a network only
)

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Model, Dataset, Service} }

// Confidence says what a name was recognised by.
type Confidence string

// The confidences, the surest first.
const (
	Exact  Confidence = "exact"  // the publisher's own name for it
	Mirror Confidence = "mirror" // offered again, unchanged or quantised, by one who is known for that
	Named  Confidence = "named"  // the whole name says so, and anybody may have given it
	Guess  Confidence = "guess"  // a part of the name says so
)

// Confidences lists all confidences, the surest first.
func Confidences() []Confidence { return []Confidence{Exact, Mirror, Named, Guess} }

// Sure reports whether a name may be relied upon: it is the publisher's own, or
// that of a known mirror.
func (c Confidence) Sure() bool { return c == Exact || c == Mirror }

// Family is a group of models, datasets or endpoints under the same terms.
type Family struct {
	ID        string
	Name      string // as its publisher writes it
	Kind      Kind
	Publisher string
	Orgs      []string // namespaces of the publisher, lower case
	// License is an expression; "" where nobody has read the terms.
	License string
	// Check says why a person should look at the license before relying on it;
	// "" where nothing is open.
	Check    string
	Beside   string    // what holds beside the license, which is sure itself; "" without
	Earlier  []Earlier // terms under which older copies were given
	Released string    // day of the first release, YYYY-MM-DD, or a shorter date; "" where it is not known
	Modality string    // text, multimodal, image, audio, embedding, ""
	Code     Fact      // is the code that makes it published?
	Data     Fact      // is the data that it was made from published?
	MadeWith []string  // ids of services whose outputs a dataset holds
	See      string    // where its license is stated

	Terms     string // address of the terms of a service
	Outputs   Fact   // do the terms bind what the service puts out?
	Inputs    Fact   // does its provider train on what users send?
	Retention Fact   // how long is that kept?
	Price     Fact   // is it to be paid for?

	pos yamlpos.Pos
}

// Earlier is a license that older copies of a family came with.
type Earlier struct {
	License string
	Text    string // which copies
}

// Fact is one thing that is known of a family, or not.
type Fact struct {
	Answer  string // yes, partly, no, depends, unknown
	Text    string // the fact in a sentence
	License string // of the code or data, "" where it is not known
	AsOf    string // the date of the source
	Source  string // address
}

// Known reports whether the fact says anything.
func (f Fact) Known() bool { return f.Answer != "" && f.Answer != Unknown }

// The answers of a fact.
const (
	Yes     = "yes"
	Partly  = "partly"
	No      = "no"
	Depends = "depends" // on the plan, on a setting
	Unknown = "unknown"
)

// Match is what a name was found to mean.
type Match struct {
	*Family
	Confidence Confidence
	Mirror     string // namespace of the mirror, "" without
}
