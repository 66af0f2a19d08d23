package compat

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// side is one term with what decides: how far its copyleft reaches and what it
// asks beyond notices.
type side struct {
	Term
	kind       kind
	scope      string // reach of the copyleft over the licensed work itself
	linkScope  string // reach over what is linked with it: an exception may lift it
	conditions []string
	linked     bool // it is compared as a compiled part of a program, not as source
}

// kind sums up a category.
type kind int

const (
	unknown    kind = iota
	free            // nothing asked beyond notices and conditions; with a scope its own part stays under it
	copyleft        // own terms are not allowed on (a part of) changes
	restricted      // limits on who, what for, or whether changes may be shared
)

// The categories, from rules/categories.yaml, by kind. A category that is not
// listed here is unknown, and so are the answers that depend on it.
var kinds = map[string]kind{
	"public-domain":    free,
	"permissive":       free,
	"data-permissive":  free,
	"weak-copyleft":    copyleft,
	"strong-copyleft":  copyleft,
	"network-copyleft": copyleft,
	"data-share-alike": copyleft,
	"source-available": restricted,
	"use-restricted":   restricted,
	"non-commercial":   restricted,
	"research-only":    restricted,
	"no-derivatives":   restricted,
	proprietary:        restricted,
}

const (
	publicDomain  = "public-domain"
	proprietary   = "proprietary"
	noDerivatives = "no-derivatives"
	openSource    = "open-source" // of the list of openness
)

// The reaches of a copyleft, from rules/vocabulary.yaml.
const (
	scopeNone     = "none"
	scopeFile     = "file"
	scopeLibrary  = "library"
	scopeProgram  = "program"
	scopeDatabase = "database"
)

func sideOf(t Term) side {
	s := side{Term: t}
	l := t.License
	if l == nil {
		return s
	}
	s.kind, s.scope, s.conditions = kinds[l.Category], l.Copyleft.Scope, l.Conditions
	if s.scope == "" {
		s.scope = scopeNone
	}
	s.linkScope = s.scope
	e := t.Exception
	if e == nil {
		return s
	}
	if slices.ContainsFunc(e.Removes, func(r rulebase.Removal) bool { return r.Copyleft }) {
		s.linkScope = scopeNone
		if e.Copyleft != nil {
			s.linkScope = e.Copyleft.Scope
		}
	}
	s.conditions = slices.DeleteFunc(slices.Clone(s.conditions), func(c string) bool {
		return slices.ContainsFunc(e.Removes, func(r rulebase.Removal) bool { return r.Type == c })
	})
	return s
}

// lift finds the exception's word on a condition of the inbound license where
// the whole is under out.
func (s side) lift(condition string, out side) *rulebase.Lift {
	if s.Exception == nil {
		return nil
	}
	for i, l := range s.Exception.Lifts {
		if slices.Contains(l.Conditions, condition) && (len(l.IDs) == 0 || slices.Contains(l.IDs, out.License.ID)) {
			return &s.Exception.Lifts[i]
		}
	}
	return nil
}

// full reports whether the term's own text was read, its exception's included.
func (s side) full() bool {
	return s.License != nil && s.License.Full && (s.Exception == nil || s.Exception.Full)
}

// known reports whether enough is known of a term to compare it at all.
func (s side) known() bool { return s.kind != unknown }

// closed reports whether a work under the term is not passed on as source that
// may be changed.
func (s side) closed() bool {
	return s.kind == unknown || s.License.Category == proprietary
}

// grant returns the answer to one of the four freedoms.
func (s side) grant(name string) rulebase.Grant {
	for _, g := range s.License.Grants {
		if g.Grant == name {
			return g
		}
	}
	return rulebase.Grant{Grant: name, Answer: "unknown"}
}

// clause cites a clause of a license.
func clause(license, at string) []string {
	if at == "" {
		return nil
	}
	return []string{license + " " + at}
}

// Proprietary is the outbound side of a work whose terms are its owner's own.
func Proprietary() Term {
	return Term{Text: proprietary, License: &rulebase.License{
		ID: proprietary, Name: "terms of its own", Category: proprietary, Openness: "closed",
		Copyleft: rulebase.Copyleft{Scope: scopeNone, Network: "none"}, Full: true,
	}}
}
