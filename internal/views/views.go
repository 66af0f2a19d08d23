// Package views shows a model in the way others look at it: the criteria of a
// definition, a framework or a law, each met, missing or unknown by what is
// known of the model, with the fact that decides. The views are data under
// rules/views. None of them is a verdict: who may give one is somebody else.
package views

import "slices"

// The answers to a criterion.
const (
	Met     = "met"
	Missing = "missing"
	Unknown = "unknown"
)

// View is one outside view.
type View struct {
	ID       string
	Name     string
	Short    string // name in a narrow place
	Version  string
	Date     string // of that version, YYYY-MM-DD
	Source   string // address
	Note     string // what the view is not, and how its text was read
	Terms    Terms
	Groups   []Group // none where the criteria stand beside each other
	Criteria []Criterion
}

// Terms says which licenses a view takes for open.
type Terms struct {
	Approved   []string // who has to approve a license: osi, fsf
	Also       []string // ids that count beside those
	Exhaustive bool     // a license that is not among them is none that the view accepts
}

// Group is a part of a view: a class, an article.
type Group struct {
	ID   string
	Name string
	With string // id of the group whose criteria count too; "" without
}

// Criterion is one thing that a view asks.
type Criterion struct {
	ID       string
	Group    string
	Name     string   // as the view calls it; the id where it has no name
	Clause   string   // where the view asks it
	Text     string   // what it asks, one sentence of our own
	Kind     string   // of a thing that has to be published: code, data, document
	By       []string // facts that decide: all have to be there; none where nothing that is read can
	Terms    bool     // the thing has to be under terms that the view takes for open
	Optional bool     // asked for, and not counted
	Instead  string   // id of the criterion that may stand for this one
	Because  string   // why nothing that is read can decide
}

// Fact is what is known of a model about one thing that a view asks for.
type Fact struct {
	Answer  string // yes, partly, no, unknown
	Why     string
	License string // expression, where a thing is meant that is published under one; "" where it is not known
}

// The facts that views ask for.
const (
	GrantUse           = "grant-use"
	GrantStudy         = "grant-study"
	GrantModify        = "grant-modify"
	GrantShare         = "grant-share"
	LicenseOpen        = "license-open"
	Code               = "code" // that trains and runs it
	DataInformation    = "data-information"
	PublicParameters   = "public-parameters"
	PublicArchitecture = "public-architecture"
	PublicUsage        = "public-usage"
	FinalParameters    = "final-parameters"
	TrainingCode       = "training-code"
	Datasets           = "datasets"
	ModelCard          = "model-card"
	DataCard           = "data-card"
	EvaluationResults  = "evaluation-results"
	ResearchPaper      = "research-paper"
)

// Facts lists all facts that a criterion may hang on; no reader tells those that
// have no constant.
func Facts() []string {
	return slices.Concat(
		[]string{GrantUse, GrantStudy, GrantModify, GrantShare, LicenseOpen, Code, DataInformation, PublicParameters, PublicArchitecture, PublicUsage},
		[]string{FinalParameters, TrainingCode, Datasets, ModelCard, DataCard, EvaluationResults, ResearchPaper},
		[]string{"model-architecture", "technical-report", "sample-outputs", "inference-code", "evaluation-code", "evaluation-data",
			"supporting-libraries", "preprocessing-code", "intermediate-parameters", "model-metadata"},
	)
}

// Kinds of things that have to be published.
var kinds = []string{"code", "data", "document"}

// Result is the answer to one criterion.
type Result struct {
	Criterion *Criterion
	Answer    string // met, missing, unknown
	Why       string
	instead   bool // met by the criterion that may stand for it
}

// Standing counts the answers of a group with those of the groups that it holds.
type Standing struct {
	Group   *Group
	Of      int // criteria that count
	Met     int
	Missing int
	Unknown int
}
