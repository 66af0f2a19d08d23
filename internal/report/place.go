package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// spot is a place in a file of the repository. Consumers of machine formats
// want one for every finding, so that a spot always has a path and a line.
type spot struct {
	path               string // slash separated, below the repository's root
	line, column       int    // from 1
	endLine, endColumn int    // the end column is behind the last character
}

// spotOf is where a finding is shown: at its own place, else where its
// component comes in, else at line 1 of the file that makes the target one.
func (t *teller) spotOf(f *diag.Finding) spot {
	l := f.Location
	if l.Path == "" {
		l = t.places[f.Component]
	}
	if l.Path == "" {
		return spot{t.r.home(), 1, 1, 1, 2}
	}
	s := spot{path: t.r.inRepository(l), line: max(l.Line, 1), column: max(l.Column, 1), endLine: l.EndLine, endColumn: l.EndColumn}
	if s.endLine < s.line {
		s.endLine, s.endColumn = s.line, 0
	}
	if s.endLine == s.line && s.endColumn <= s.column || s.endColumn < 1 {
		s.endColumn = s.column + 1
	}
	return s
}

// inRepository is the path of a place as seen from the repository's root; what
// lies outside is shown below it, for no consumer takes a path that leads out.
func (r *Report) inRepository(l diag.Loc) string {
	i := slices.IndexFunc(r.Targets, func(t inventory.Target) bool { return t.Path == l.Target })
	switch {
	case i < 0:
		return inside(path.Join(r.Dir, l.Path))
	case r.Targets[i].Root == "":
		return inside(l.Path)
	}
	return inside(path.Join(r.Dir, r.Targets[i].Root, l.Path))
}

// inside makes a path relative without elements that lead upward.
func inside(p string) string {
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+p), "/"), ".")
}

// targetOf is the index of the target that a place belongs to, the first one
// where none is named.
func (r *Report) targetOf(locs ...diag.Loc) int {
	for _, l := range locs {
		if i := slices.IndexFunc(r.Targets, func(t inventory.Target) bool { return t.Path == l.Target }); i >= 0 {
			return i
		}
	}
	return 0
}

// home is the file that the first target is known by.
func (r *Report) home() string {
	if len(r.Targets) == 0 {
		return "go.mod"
	}
	t := r.Targets[0]
	name := path.Base(t.Path)
	switch {
	case t.Kind == "go-workspace":
		name = "go.work"
	case t.Kind == "go-module" || name == "." || name == ".." || name == "/":
		name = "go.mod"
	}
	return r.inRepository(diag.Loc{Target: t.Path, Path: name})
}

// fingerprints identifies each finding over runs, the same in every format. No
// two are equal: of findings that are the same by code, component and license
// the second and later ones are numbered.
func (r *Report) fingerprints() []string {
	out := make([]string, 0, len(r.Findings))
	seen := map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		fp := Printable(f.Fingerprint)
		if fp == "" {
			fp = digest(string(f.Code), f.Component, f.License, f.Message)
		}
		seen[fp]++
		if n := seen[fp]; n > 1 {
			fp = digest(fp, fmt.Sprint(n))
		}
		out = append(out, fp)
	}
	return out
}

// digest has the form of a fingerprint: 32 hex digits.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
