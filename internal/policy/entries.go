package policy

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// Entry is one line of allow, review or deny. At most one of License, Category,
// Openness, Obligation and Approved is set; where none is, it is about every
// license of its kinds and scopes.
type Entry struct {
	At         Place
	License    string // canonical: an id, or "ID WITH EXCEPTION"
	Category   string
	Openness   string
	Obligation string   // a type of duty that the license has
	Approved   string   // ApprovedOSI or ApprovedFSF
	Kinds      []string // of components; none: every one
	Scopes     []string // of components; none: every one
}

// Key is what the entry is about: entries of one key say the same thing or
// contradict each other.
func (e Entry) Key() string {
	return strings.Join([]string{
		e.License, e.Category, e.Openness, e.Obligation, e.Approved, strings.Join(e.Kinds, ","), strings.Join(e.Scopes, ","),
	}, "\x00")
}

// String prints the entry as messages name it.
func (e Entry) String() string {
	var out []string
	if e.Bare() && len(e.Kinds)+len(e.Scopes) > 0 {
		out = append(out, "everything")
	}
	for _, part := range []struct{ label, value string }{
		{"", e.License}, {"category ", e.Category}, {"openness ", e.Openness}, {"obligation ", e.Obligation}, {"approved by ", e.Approved},
		{"of kind ", strings.Join(e.Kinds, ", ")}, {"in scope ", strings.Join(e.Scopes, ", ")},
	} {
		if part.value != "" {
			out = append(out, part.label+part.value)
		}
	}
	return strings.Join(out, " ")
}

// Bare reports whether the entry is about every license.
func (e Entry) Bare() bool {
	return e.License == "" && e.Category == "" && e.Openness == "" && e.Obligation == "" && e.Approved == ""
}

// Replaces reports whether a review entry stands in for the weight of what it is
// about: one that names a license or a category does, any other only adds to it.
func (e Entry) Replaces() bool { return e.License != "" || e.Category != "" }

// For reports whether the entry is about components of a kind in a scope.
func (e Entry) For(kind, scope string) bool {
	return (len(e.Kinds) == 0 || slices.Contains(e.Kinds, kind)) && (len(e.Scopes) == 0 || slices.Contains(e.Scopes, scope))
}

func (r *reader) entries(parts []entryPart) []Entry {
	var out []Entry
	for i := range parts {
		part := &parts[i]
		if part.Pos == (yamlpos.Pos{}) {
			continue // neither text nor a map: said already
		}
		e, ok := r.entry(part)
		if !ok {
			continue
		}
		if k := slices.IndexFunc(out, func(o Entry) bool { return o.Key() == e.Key() }); k >= 0 {
			r.fault(part.Pos, "%s is listed twice; first in line %d", e, out[k].At.Pos.Line)
			continue
		}
		out = append(out, e)
	}
	return out
}

func (r *reader) entry(part *entryPart) (Entry, bool) {
	e := Entry{
		At: r.at(part.Pos), Category: part.Category.Value, Openness: part.Openness.Value, Obligation: part.Obligation.Value,
		Approved: part.Approved.Value, Kinds: r.words(part.Kinds), Scopes: r.words(part.Scopes),
	}
	named := 0
	wrong := false
	for _, t := range []text{part.ID, part.Category, part.Openness, part.Obligation, part.Approved} {
		if t.Pos != (yamlpos.Pos{}) {
			named++
			wrong = wrong || r.faulty(t.Pos)
		}
	}
	if named > 1 || named == 0 && len(e.Kinds) == 0 && len(e.Scopes) == 0 {
		r.fault(part.Pos, "an entry is a license, or has one of the keys id, category, openness, obligation, approved, or at least kinds or scopes")
		return e, false
	}
	if part.ID.Pos != (yamlpos.Pos{}) {
		e.License = r.license(part.ID)
		wrong = wrong || e.License == ""
	}
	return e, !wrong
}

// words reads a list of words in its order, each once.
func (r *reader) words(list []text) []string {
	var out []string
	for _, t := range list {
		if slices.Contains(out, t.Value) {
			r.fault(t.Pos, "%s is listed twice", yamlpos.Quote(t.Value))
			continue
		}
		out = append(out, t.Value)
	}
	slices.Sort(out)
	return out
}

// contradictions reports what one file says twice in different ways.
func (r *reader) contradictions(p *Policy) {
	for _, pair := range []struct {
		list, other  []Entry
		here, before string
	}{
		{p.Deny, p.Allow, "denied", "allowed"}, {p.Deny, p.Review, "denied", "to be reviewed"}, {p.Review, p.Allow, "to be reviewed", "allowed"},
	} {
		for _, d := range pair.list {
			i := slices.IndexFunc(pair.other, func(a Entry) bool { return a.Key() == d.Key() })
			if i >= 0 {
				r.fault(d.At.Pos, "%s is %s here and %s in line %d", d, pair.here, pair.before, pair.other[i].At.Pos.Line)
			}
		}
	}
}

// license reads one license, with an exception or without.
func (r *reader) license(t text) string {
	s := r.expression(t, "")
	if s == "" {
		return ""
	}
	e, err := spdx.ParseLax(s)
	if err != nil {
		return ""
	}
	if _, one := e.(spdx.License); !one {
		r.fault(t.Pos, "%s is more than one license: write one an entry", yamlpos.Quote(t.Value))
		return ""
	}
	return s
}
