// Package compat answers whether a work under one license may become part of a
// work under another. Every answer is computed from properties of the two
// licenses (how far the copyleft reaches, what is asked beyond notices, what
// may be relicensed); no license is known by name. What is not known is Check,
// never Yes.
package compat

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Relation is how the inbound work becomes part of the outbound one.
type Relation string

// The relations. Things that only lie beside each other, are loaded at run
// time or are called over a wire are not compared.
const (
	Merge Relation = "merge" // its code goes under the outbound license
	Link  Relation = "link"  // it keeps its own license inside a combined binary
	Embed Relation = "embed" // weights or data inside a binary
	Train Relation = "train" // data to weights
)

// Relations lists all relations in the order in which they are shown.
func Relations() []Relation { return []Relation{Merge, Link, Embed, Train} }

// Answer is yes, no or check: a person must decide.
type Answer string

// The answers.
const (
	Yes   Answer = "yes"
	Check Answer = "check"
	No    Answer = "no"
)

func (a Answer) rank() int { return slices.Index([]Answer{Yes, Check, No}, a) }

// Better reports whether a is nearer to yes than b.
func (a Answer) Better(b Answer) bool { return a.rank() < b.rank() }

// Worst returns the one of two answers that is farther from yes.
func Worst(a, b Answer) Answer {
	if b.rank() > a.rank() {
		return b
	}
	return a
}

// Term is one license of an expression, with its exception.
type Term = rulebase.Term

// Cause says by what an answer was decided, for those who word findings.
type Cause string

// The causes.
const (
	Fits       Cause = "fits"
	Copyleft   Cause = "copyleft"   // the inbound copyleft asks for other terms than the outbound ones
	Condition  Cause = "condition"  // the outbound copyleft does not let an inbound condition through
	Restricted Cause = "restricted" // the inbound terms limit who, what for, or changes
	Relinking  Cause = "relinking"  // a library's user must be able to exchange it
	Unsettled  Cause = "unsettled"  // the texts leave it to a fact or to a person
	NotKnown   Cause = "not-known"  // no rule says enough
)

// Verdict is the answer for one pair of terms, or of expressions.
type Verdict struct {
	Outbound string   `json:"outbound"`
	Inbound  string   `json:"inbound"`
	Relation Relation `json:"relation"`
	Verdict  Answer   `json:"verdict"`
	Reason   string   `json:"reason"`
	Clauses  []string `json:"clauses"` // "LICENSE CLAUSE"
	Duties   []Duty   `json:"duties"`  // what the combination asks for
	Cause    Cause    `json:"-"`
	Under    string   `json:"-"` // a later version of the outbound license that fits, where it does not itself
	Chosen   string   `json:"-"` // the branch of the inbound expression that was taken
}

// Duty is an obligation of the inbound license that the combination brings.
type Duty struct {
	ID       string   `json:"id"` // TYPE/LICENSE
	Type     string   `json:"type"`
	License  string   `json:"license"`
	Class    string   `json:"class"`
	Strength string   `json:"strength"`
	When     []string `json:"when"`
	If       string   `json:"if"`
	Clause   string   `json:"clause"`
	Text     string   `json:"text"`
	Status   string   `json:"status"`
}

// Rules is what this package asks of the rule base: nil for an unknown id.
type Rules interface {
	License(id string) *rulebase.License
}

// Comparer compares terms and remembers what it compared. It is not safe for
// concurrent use.
type Comparer struct {
	rules Rules
	seen  map[pair]Verdict
	moves map[string][]move
}

type pair struct {
	out, in  string
	relation Relation
}

// New makes a Comparer over a rule base.
func New(r Rules) *Comparer {
	return &Comparer{rules: r, seen: map[pair]Verdict{}, moves: map[string][]move{}}
}

// Terms compares two terms: may the inbound one become part of a work under
// the outbound one?
func (c *Comparer) Terms(out, in Term, rel Relation) Verdict {
	key := pair{out.Text, in.Text, rel}
	if v, ok := c.seen[key]; ok {
		return v
	}
	o, i := sideOf(out), sideOf(in)
	var v Verdict
	switch rel {
	case Merge:
		v = c.merge(o, i)
	case Link:
		v = c.link(o, i)
	case Embed:
		v = c.embed(o, i)
	default:
		v = c.train(o, i)
	}
	v.Outbound, v.Inbound, v.Relation = out.Text, in.Text, rel
	if v.Clauses == nil {
		v.Clauses = []string{}
	}
	v.Duties = duties(i, o, v)
	c.seen[key] = v
	return v
}
