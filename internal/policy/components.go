package policy

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// Choice takes one branch of a component's choice (OR).
type Choice struct {
	At Place
	Selector
	License string // canonical expression
	Reason  string
}

// FirstParty names components that are the project's own.
type FirstParty struct {
	At Place
	Selector
}

// Exclusion names components that are listed and not judged.
type Exclusion struct {
	At Place
	Selector
	Reason string
}

// Waiver accepts findings of a component until a day.
type Waiver struct {
	At Place
	Selector
	Finding string // code, "" for any
	License string // canonical expression that the finding is about, "" for any
	Reason  string
	Owner   string
	Until   string // YYYY-MM-DD, the last day on which it holds
}

// Subject is what the waiver accepts, as messages name it.
func (w Waiver) Subject() string {
	return strings.TrimSpace(strings.TrimSpace(w.Finding+" "+w.License) + " of " + w.Selector.String())
}

// Fulfilment says how duties are met. One of Obligation and Action is set, and
// at least one of Path, Link and Note.
type Fulfilment struct {
	At Place
	Selector
	Obligation string // type of duty
	Action     string
	License    string // "" for any
	Path       string // slash-separated, below the folder of the policy
	Link       string
	Note       string
	Missing    bool // there is no file at Path
}

// How says where or how the duties are met.
func (f Fulfilment) How() string {
	var out []string
	for _, s := range []string{f.Path, f.Link, f.Note} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, ", ")
}

// selector reads the name of components and the bounds of their versions.
func (r *reader) selector(component, versions text) Selector {
	name, version := cutPurl(component.Value)
	s := Selector{Component: Glob(name)}
	if i := strings.LastIndexByte(name, '@'); i > 0 && !strings.HasPrefix(component.Value, "pkg:") {
		r.fault(component.Pos, "%s holds a version: write it under versions", yamlpos.Quote(component.Value))
	}
	if strings.ContainsFunc(name, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		r.fault(component.Pos, "%s is no name of components: a module path or package URL, * for any letters but /, ** for all", yamlpos.Quote(component.Value))
	}
	if versions.Value != "" {
		var wrong string
		if s.Versions, wrong = bounds(versions.Value); wrong != "" {
			r.fault(versions.Pos, "%s is no version; valid: %s", yamlpos.Quote(wrong), validVersions)
		}
	}
	switch {
	case version == "":
	case len(s.Versions) > 0:
		r.fault(versions.Pos, "the component names a version already")
	default:
		s.Versions = []string{version}
	}
	return s
}

const validVersions = "v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0, several with spaces between them"

func (r *reader) components(p *Policy, part *componentsPart) {
	for i := range part.Choose {
		c := &part.Choose[i]
		out := Choice{At: r.at(c.Pos), Selector: r.selector(c.Component, c.Versions), Reason: c.Reason.Value}
		if c.License.Value != "" {
			out.License = r.expression(c.License, "")
		}
		if e, err := spdx.ParseLax(out.License); err == nil && strings.Contains(e.String(), " OR ") {
			r.fault(c.License.Pos, "%s is a choice itself: write the branch that is taken", yamlpos.Quote(c.License.Value))
		}
		p.Choices = append(p.Choices, out)
	}
	for _, t := range part.FirstParty {
		switch {
		case r.faulty(t.Pos):
			continue
		case t.Value == "":
			r.fault(t.Pos, "a component is missing here")
			continue
		}
		p.FirstParty = append(p.FirstParty, FirstParty{At: r.at(t.Pos), Selector: r.selector(t, text{})})
	}
	for i := range part.Exclude {
		x := &part.Exclude[i]
		p.Exclusions = append(p.Exclusions, Exclusion{At: r.at(x.Pos), Selector: r.selector(x.Component, x.Versions), Reason: x.Reason.Value})
	}
}

// waiver reads one waiver; its license may also be the word for none.
func (r *reader) waiver(part *waiverPart) Waiver {
	w := Waiver{
		At: r.at(part.Pos), Selector: r.selector(part.Component, part.Versions), Finding: part.Finding.Value,
		Reason: part.Reason.Value, Owner: part.Owner.Value, Until: part.Until.Value,
	}
	none := yamlpos.Pos{}
	switch {
	case part.Finding.Pos == none && part.License.Pos == none:
		r.fault(part.Pos, `a waiver names what it accepts: the key "finding", "license" or both`)
	case part.License.Value == "NONE" || part.License.Value == "NOASSERTION":
		w.License = part.License.Value
	case part.License.Pos != none:
		w.License = r.expression(part.License, "")
	}
	if w.Until != "" {
		if _, err := time.Parse(time.DateOnly, w.Until); err != nil {
			r.fault(part.Until.Pos, "%s is no date; valid: YYYY-MM-DD, the last day on which it holds", yamlpos.Quote(w.Until))
		}
	}
	return w
}

// repeated reports waivers of one file that accept the same.
func (r *reader) repeated(list []Waiver) {
	for i, w := range list {
		k := slices.IndexFunc(list[:i], func(o Waiver) bool {
			return o.Finding == w.Finding && o.License == w.License && o.Component == w.Component && slices.Equal(o.Versions, w.Versions)
		})
		if k >= 0 && w.Component != "" {
			r.fault(w.At.Pos, "%s is waived twice; first in line %d", w.Subject(), list[k].At.Pos.Line)
		}
	}
}

func (r *reader) fulfilment(part *fulfilledPart) Fulfilment {
	f := Fulfilment{
		At: r.at(part.Pos), Obligation: part.Obligation.Value, Action: part.Action.Value,
		Path: part.Path.Value, Link: part.Link.Value, Note: part.Note.Value,
	}
	f.Selector = Selector{Component: "**"}
	if part.Component.Value != "" {
		f.Selector = r.selector(part.Component, text{})
	}
	if part.License.Value != "" {
		f.License = r.license(part.License)
	}
	none := yamlpos.Pos{}
	if (part.Obligation.Pos == none) == (part.Action.Pos == none) {
		r.fault(part.Pos, `it names what is met by exactly one of the keys "obligation" and "action"`)
	}
	if part.Path.Pos == none && part.Link.Pos == none && part.Note.Pos == none {
		r.fault(part.Pos, `it says how it is met by at least one of the keys "path", "link" and "note"`)
	}
	if part.Link.Value != "" && !strings.HasPrefix(part.Link.Value, "https://") && !strings.HasPrefix(part.Link.Value, "http://") {
		r.fault(part.Link.Pos, "%s is no link; valid: https://…", yamlpos.Quote(part.Link.Value))
	}
	if part.Path.Value != "" {
		f.Missing = !r.exists(part.Path)
	}
	return f
}
