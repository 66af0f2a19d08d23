// Package assess is the only judge: facts, rules and a policy go in;
// obligations, actions, questions and findings come out. It reads nothing and
// keeps no state, so that a decoded report can be judged again.
package assess

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Judgement is what assess says of an inventory. Components are parallel to
// the inventory's.
type Judgement struct {
	Project     Project
	Use         Use
	Components  []Component
	Obligations []Obligation
	Actions     []Action
	Questions   []Question
	Findings    []diag.Finding
}

// Project is the work that is judged.
type Project struct {
	License string `json:"license"` // its own outbound license; "proprietary" where it has none, NOASSERTION where it is not clear
	Kind    string `json:"kind"`    // program, library, service
	Facts   []Fact `json:"facts"`
}

// Fact is a statement of the policy about the user.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Use says what leaves the house or is served.
type Use struct {
	Contexts []string `json:"contexts"`
	Assumed  bool     `json:"assumed"`
}

// Component is the judged half of a component.
type Component struct {
	Use             []string         `json:"use"`
	Category        string           `json:"category"`
	Family          string           `json:"family"`
	Openness        string           `json:"openness"`
	LicenseOpenness string           `json:"license_openness"`
	Grants          []rulebase.Grant `json:"grants"`
	Parts           []Part           `json:"parts"`
	Benefits        []Answer         `json:"benefits"`
	Risks           []Risk           `json:"risks"`
	NotOpen         []Bound          `json:"not_open"`
	Ancestry        []Ancestor       `json:"ancestry"`
	Views           []View           `json:"views"`
	Differs         []Difference     `json:"differs"`
	Service         *Service         `json:"service"` // null for what is not hosted
	Obligations     []string         `json:"obligations"`
	Apart           *Apart           `json:"apart"`
	// Choice is the branch of an OR that was taken. The report shows it as
	// license.choice; assess never reads that field.
	Choice string `json:"-"`
}

// Apart says that the policy takes a component out of the judgement: it is
// listed, and has neither findings nor duties.
type Apart struct {
	As     string `json:"as"` // first-party, excluded
	Reason string `json:"reason"`
	Layer  string `json:"layer"` // of the policy: built-in, base, repository
}

// Part is one of the three parts of an AI model: code, dataset, parameters.
type Part struct {
	Part    string `json:"part"`
	Present string `json:"present"` // yes, partly, no, unknown
	License string `json:"license"`
	Why     string `json:"why"`
}

// Answer is one of the article's four benefits and the fact that decides it.
type Answer struct {
	Name   string `json:"name"`
	Answer string `json:"answer"` // yes, partly, no, unknown
	Why    string `json:"why"`
}

// Risk is one signal of one of the article's four groups of risks.
type Risk struct {
	Group    string `json:"group"`
	Signal   string `json:"signal"`
	Evidence string `json:"evidence"`
}

// Bound is a term that open source does not know.
type Bound struct {
	License string `json:"license"`
	Type    string `json:"type"` // of an obligation, or the grant that is bounded
	Clause  string `json:"clause"`
	Text    string `json:"text"`
}

// Ancestor is one thing that a model or dataset was made from, with what is known
// of it; those of an ancestor follow it, with one step more in Via.
type Ancestor struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Relation string   `json:"relation"` // finetune, adapter, dataset, …; "" where nothing tells
	License  string   `json:"license"`  // "" where it is not known
	Known    string   `json:"known"`    // by what: its files in this scan, its name
	Guessed  bool     `json:"guessed"`  // the step, or what it leads to, is only guessed
	Carried  string   `json:"carried"`  // do its terms go on in the license of what was made from it? yes, no, check; "" where they need not
	Via      []string `json:"via"`
}

// Difference says where a report comes to another answer than somebody else.
type Difference struct {
	From    string   `json:"from"`
	Claim   string   `json:"claim"`
	Says    string   `json:"says"` // openness
	Here    string   `json:"here"`
	Why     string   `json:"why"`
	Sources []string `json:"sources"`
}

// Service is what is known of a hosted service: what binds its outputs, and
// what becomes of what users send.
type Service struct {
	Provider  string      `json:"provider"`
	Terms     string      `json:"terms"` // address
	Outputs   ServiceFact `json:"outputs"`
	Inputs    ServiceFact `json:"inputs"`    // are they trained on?
	Retention ServiceFact `json:"retention"` // are they kept, and how long?
	Price     ServiceFact `json:"price"`
}

// ServiceFact is one thing that is known of a service, or not.
type ServiceFact struct {
	Answer string `json:"answer"` // yes, partly, no, depends, unknown
	Text   string `json:"text"`
	AsOf   string `json:"as_of"`
	Source string `json:"source"` // address
}

// View is a model as others look at it: the criteria of a definition, a
// framework or a law, and how many of them are met. It is no verdict.
type View struct {
	View     string       `json:"view"` // id: rukhsa explain tells what it asks
	Name     string       `json:"name"`
	Date     string       `json:"date"`   // of the text
	Source   string       `json:"source"` // address of the text
	Groups   []Standing   `json:"groups"`
	Criteria []*Criterion `json:"criteria"`
	// Declared counts what a declaration beside the model says of the criteria: of
	// its publisher, and nothing of it was looked up. Empty without one.
	Declared []Standing `json:"declared"`
}

// Standing counts the criteria of a group: a class, an article.
type Standing struct {
	Name    string `json:"name"`
	Of      int    `json:"of"`
	Met     int    `json:"met"`
	Missing int    `json:"missing"`
	Unknown int    `json:"unknown"`
}

// Criterion is the answer to one thing that a view asks.
type Criterion struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	Answer string `json:"answer"` // met, missing, unknown
	Why    string `json:"why"`
}

// Obligation is one duty of one license, and the components that carry it.
type Obligation struct {
	ID         string   `json:"id"` // TYPE/LICENSE, with #N where a license has several of a type
	Type       string   `json:"type"`
	License    string   `json:"license"`
	Class      string   `json:"class"`    // do, dont, limit
	Strength   string   `json:"strength"` // must, should
	Components []string `json:"components"`
	When       []string `json:"when"`
	If         string   `json:"if"`
	Clause     string   `json:"clause"`
	Text       string   `json:"text"`
	Value      string   `json:"value"`
	Derived    bool     `json:"derived"` // from the license's category, not from its text
	MetBy      []string `json:"met_by"`  // what the policy names as meeting it
	Status     string   `json:"status"`  // due, met, confirm, not-due
}

// Cite names a clause of a license: "Apache-2.0 §4(d)", "MIT paragraph 2".
func Cite(license, clause string) string {
	if clause != "" && '0' <= clause[0] && clause[0] <= '9' {
		clause = "§" + clause
	}
	return strings.TrimSpace(license + " " + clause)
}

// Action is what somebody has to do; it satisfies obligations.
type Action struct {
	ID         string   `json:"id"`
	Do         string   `json:"do"`
	How        string   `json:"how"`
	Who        string   `json:"who"` // release, product, legal
	Detail     string   `json:"detail"`
	Satisfies  []string `json:"satisfies"` // obligation ids
	Components []string `json:"components"`
	Status     string   `json:"status"` // due, confirm, met
}

// Question is a fact about the user that a limit needs and nobody stated.
type Question struct {
	Fact       string   `json:"fact"`
	Why        string   `json:"why"`
	Components []string `json:"components"`
	IfYes      string   `json:"if_yes"`
	Text       string   `json:"text"` // the question as it is put to a person
}
