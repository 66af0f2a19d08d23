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
	License string `json:"license"` // its own outbound license; "proprietary" where it has none
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
