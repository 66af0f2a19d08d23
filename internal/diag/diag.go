// Package diag holds the words in which everything that is wrong is said:
// places, severities, finding codes with their documentation, findings, errors
// of reading, and things that were not examined. It judges nothing.
package diag

import (
	"cmp"
	"slices"
)

// Loc is a place in a file. Lines and columns count from 1, columns in UTF-16
// units; 0 means not known. Offset is in bytes, for binary files. Path is
// relative to Target (a target's path as it was asked for) or, for a file of
// the module cache, to its module.
type Loc struct {
	Target    string `json:"target"`
	Path      string `json:"path"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	Offset    int64  `json:"offset"`
}

// Compare orders places by target, path, line, column and offset.
func (l Loc) Compare(m Loc) int {
	return cmp.Or(
		cmp.Compare(l.Target, m.Target), cmp.Compare(l.Path, m.Path),
		cmp.Compare(l.Line, m.Line), cmp.Compare(l.Column, m.Column), cmp.Compare(l.Offset, m.Offset),
		cmp.Compare(l.EndLine, m.EndLine), cmp.Compare(l.EndColumn, m.EndColumn),
	)
}

// Severity says how much a finding weighs. Only errors make exit code 1.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Severities lists all severities, worst first.
func Severities() []Severity { return []Severity{Error, Warning, Note} }

// Rank is 0 for the worst severity and grows with harmlessness; an unknown
// severity ranks as the worst.
func (s Severity) Rank() int { return max(0, slices.Index(Severities(), s)) }

// Kind says what kept something from being read.
type Kind string

// The kinds of errors of reading, as in the report's errors[].
const (
	Unreadable  Kind = "unreadable"
	Malformed   Kind = "malformed"
	Limit       Kind = "limit"
	Unsupported Kind = "unsupported"
	Mismatch    Kind = "mismatch"
	Timeout     Kind = "timeout"
	Missing     Kind = "missing"
	Internal    Kind = "internal"
)

// Problem is an entry of the report's errors[]: something that the answer
// needed and that could not be read. A report with a problem is not complete.
type Problem struct {
	Path    string `json:"path"` // file, or module@version, as a user would name it
	Kind    Kind   `json:"kind"`
	Message string `json:"message"` // what is wrong, lower case, no full stop
	Help    string `json:"help"`    // a command or an edit that mends it
	Limit   int64  `json:"limit"`   // for Limit: the limit, and what was met
	Actual  int64  `json:"actual"`
	Offset  int64  `json:"offset"`
	Line    int    `json:"line"`
	// Group unites problems into one line of text: problems of one group
	// differ only in their subject. It is a noun that can be counted
	// ("module not in the cache"): Groups.
	Group string `json:"group"`
	// Platforms is set where only these asked platforms need the subject.
	Platforms []string `json:"platforms"`
}

// Error makes a Problem usable as an error value.
func (p *Problem) Error() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Compare orders problems by path, kind, line, offset and message.
func (p Problem) Compare(q Problem) int {
	return cmp.Or(
		cmp.Compare(p.Path, q.Path), cmp.Compare(p.Kind, q.Kind), cmp.Compare(p.Line, q.Line),
		cmp.Compare(p.Offset, q.Offset), cmp.Compare(p.Message, q.Message), cmp.Compare(p.Help, q.Help),
		cmp.Compare(p.Group, q.Group), slices.Compare(p.Platforms, q.Platforms),
	)
}

// NotExamined is something that was seen and whose license was not looked at.
// It does not make a report incomplete.
type NotExamined struct {
	Path string `json:"path"`
	What string `json:"what"` // "C library", "embedded folder", …
	Why  string `json:"why"`
}

// Compare orders entries by path, what and why.
func (n NotExamined) Compare(m NotExamined) int {
	return cmp.Or(cmp.Compare(n.Path, m.Path), cmp.Compare(n.What, m.What), cmp.Compare(n.Why, m.Why))
}

// Waiver says that a finding is accepted, by whom and until when.
type Waiver struct {
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	Until  string `json:"until"`
	Layer  string `json:"layer"`
}

// Finding is one judged problem.
type Finding struct {
	Code        Code       `json:"code"`
	Severity    Severity   `json:"severity"`
	Component   string     `json:"component"` // purl
	License     string     `json:"license"`   // SPDX expression the finding is about
	Message     string     `json:"message"`
	Location    Loc        `json:"location"`
	Because     []string   `json:"because"` // the facts and clauses that decide it
	Related     []Loc      `json:"related"`
	Paths       [][]string `json:"paths"` // import paths from a program to the component
	Help        string     `json:"help"`
	Layer       string     `json:"layer"` // of the policy that says so: built-in, base, repository
	Waived      *Waiver    `json:"waived"`
	Known       bool       `json:"known"` // a baseline has it: it is not new
	Fingerprint string     `json:"fingerprint"`
}

// Compare orders findings worst first, then by code, component, license,
// place and message.
func (f Finding) Compare(g Finding) int {
	return cmp.Or(
		cmp.Compare(f.Severity.Rank(), g.Severity.Rank()), cmp.Compare(f.Code, g.Code),
		cmp.Compare(f.Component, g.Component), cmp.Compare(f.License, g.License),
		f.Location.Compare(g.Location), cmp.Compare(f.Message, g.Message), cmp.Compare(f.Fingerprint, g.Fingerprint),
	)
}
