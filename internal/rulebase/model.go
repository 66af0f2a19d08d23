// Package rulebase turns the data under rules/ into an immutable Base: what
// every license is, grants and asks. It knows no license by name.
package rulebase

import "slices"

// License is one license: its head, from the generated index, and its rule,
// read on demand from rules/licenses/<ID>.yaml.
type License struct {
	ID           string
	Name         string
	Family       string // apache, mit, bsd, gpl, lgpl, agpl, mpl, cc, llama, …
	Category     string // one of Categories
	Openness     string // one of Opennesses
	OSI, FSF     string // yes, no (not on the list), not-reviewed
	Deprecated   bool
	Replacement  string // for a deprecated id
	Steward      string // who publishes the text
	Flags        []string
	Aliases      []string
	DesignedFor  []string // code, documentation, dataset, parameters, output, font
	Copyleft     Copyleft
	Grants       []Grant
	Obligations  []Obligation
	Patent       Statement
	Trademark    Statement
	Termination  Statement
	Law          Statement
	LaterVersion *Later   // the license itself lets a recipient take a later version
	Conditions   []string // beyond notice; they decide compatibility: ad-clause, patent-retaliation, …
	Accepts      []string // conditions that this license's outbound terms tolerate
	RelicenseTo  []Relicense
	Last         []Relicense // as RelicenseTo, but what these licenses name in turn is not open to the work
	Undecided    []Undecided // combinations that the text leaves to a fact or to a person
	Linking      *Linking    // nil where the text says no more of linking than its copyleft does
	Train        *Train      // nil where the text does not speak of training models on the material
	Outputs      *Train      // nil where the text does not speak of what running the work puts out
	Sources      []Source
	Review       Review
	Full         bool   // a rule file exists; else only head facts and the category's duties are known
	File         string // rules/licenses/….yaml
}

// Moves are all licenses that the text names for passing the work on.
func (l *License) Moves() []Relicense { return slices.Concat(l.RelicenseTo, l.Last) }

// Copyleft says how far the license's own terms reach.
type Copyleft struct {
	Scope   string // none, file, library, program, database
	Network string // none, modified, any: whether use over a network triggers the duty to offer source
	Clause  string
}

// Grant is one of the four freedoms: use, study, modify, share.
type Grant struct {
	Grant  string `json:"grant"`
	Answer string `json:"answer"` // yes, conditional, limited, no, unknown
	Clause string `json:"clause"`
}

// Obligation is one thing that a license asks (do), forbids (dont) or bounds (limit).
type Obligation struct {
	Type     string      // vocabulary: rules/vocabulary.yaml
	Class    string      // do, dont, limit
	Strength string      // must, should: the verb of the clause
	When     []string    // contexts and joins that trigger it; empty: any use
	If       []Condition // all must hold
	Scope    string      // work, covered-files, library, program, derived-weights
	How      []string    // alternatives, each one enough
	Clause   string
	Text     string // one plain sentence of our own
	Value    string // the fixed string, threshold or region that the clause names
	Line     int    // in File
	Derived  bool   // usual for the license's category; nobody has compared it with the text
}

// Exception is an additional permission: what it takes from and adds to the
// license that it is used WITH.
type Exception struct {
	ID          string
	Name        string
	Category    string // what a license of a heavier category becomes with it
	Deprecated  bool
	Replacement string
	Aliases     []string
	AppliesTo   []string  // license ids that it is written for; empty: any
	Copyleft    *Copyleft // the reach that is left, nil where it does not change
	Removes     []Removal
	Adds        []Obligation
	Lifts       []Lift
	Links       []Links
	Sources     []Source
	Review      Review
	Full        bool // a rule file exists
	File        string
}

// Removal is what an exception takes from its license: every obligation of a
// type, or the copyleft.
type Removal struct {
	Type     string
	Copyleft bool
	Clause   string
	Text     string
}

// Lift says which conditions of its license an exception takes back where the
// work meets one under other licenses.
type Lift struct {
	Conditions []string
	IDs        []string // licenses of the other work; empty: any
	Compiled   bool     // for compiled forms only
	Clause     string
	Text       string
}

// Links says with which works one under the exception may be linked where the
// license alone does not let them: a person decides if it is such a case.
type Links struct {
	IDs    []string // licenses of the other work; empty: any
	Open   bool     // only open-source ones
	As     string   // inbound, outbound: the side on which the exception stands; empty: either
	Clause string
	Text   string // what a person must find out, one sentence
}

// Condition is a fact of the project or the component that triggers an obligation.
type Condition struct {
	Fact  string // modified, has_notice_file, interactive, user_product, closed_program, monthly_users, …
	Op    string // "", >, >=, in
	Value string
	Reach string // of a list: Value with the members of its regions and the regions of its members
}

// Later says that a recipient may take a later version.
type Later struct {
	IDs    []string
	Last   bool // what that version names in turn is not open to the work
	Clause string
}

// Train is what the text says about training a model on the material, or about
// what running the work puts out: may it be used under any terms?
type Train struct {
	Answer string // yes, no, or check: the text leaves it to a fact
	Clause string
	Text   string // one plain sentence of our own
}

// Relicense names licenses under which the covered work may be passed on.
type Relicense struct {
	IDs    []string
	Clause string
}

// Linking is what a copyleft over more than its own files leaves to programs that
// only link with the work: a person decides, for a program that is open source
// or for any.
type Linking struct {
	Program string // open, any
	Clause  string
	Text    string // what a person must find out, one sentence
}

// Undecided names licenses with which a combination hangs on something that the
// license ids do not tell.
type Undecided struct {
	IDs    []string
	As     string // inbound, outbound: the side on which the license that says it stands; empty: either
	Clause string
	Text   string // what a person must find out, one sentence
}

// Statement is a fact about a license with its clause.
type Statement struct {
	Text   string
	Clause string
}

// Source is where facts come from.
type Source struct {
	What string
	URL  string
	Date string
}

// Review says who compared the rule with the text, and when.
type Review struct {
	By string // machine or person
	On string // date
}
