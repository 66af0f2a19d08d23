package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// fileVersion is the version of the form that is read.
const fileVersion = 1

// reader turns the parts of one file into parts of a Policy and collects faults.
type reader struct {
	name   string
	layer  int
	base   *rulebase.Base
	there  func(name string) bool // a file below the policy's folder; nil: not to be known
	faults yamlpos.Faults
}

func (r *reader) fault(pos yamlpos.Pos, format string, args ...any) {
	r.faults = append(r.faults, yamlpos.Fault{File: r.name, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// faulty reports whether something was said of a place already.
func (r *reader) faulty(pos yamlpos.Pos) bool {
	return slices.ContainsFunc(r.faults, func(f yamlpos.Fault) bool { return f.Pos == pos })
}

func (r *reader) at(pos yamlpos.Pos) Place { return Place{r.layer, pos} }

// read makes of one file what it says by itself.
func (r *reader) read(f *file) *Policy {
	p := &Policy{Default: f.Default.Value, DefaultAt: r.at(f.Default.Pos), rows: f.Severities, origins: map[string]Place{}}
	if f.Version.Value != fileVersion && f.Version.Pos != (yamlpos.Pos{}) && !r.faulty(f.Version.Pos) {
		r.fault(f.Version.Pos, "version %d is not known; valid: %d", f.Version.Value, fileVersion)
	}
	r.words(f.Overlay)
	r.project(p, &f.Project)
	p.Allow, p.Review, p.Deny = r.entries(f.Allow), r.entries(f.Review), r.entries(f.Deny)
	r.contradictions(p)
	for _, list := range [][]clarifyPart{f.Clarify, f.Components.Clarify} {
		for i := range list {
			p.Clarifications = append(p.Clarifications, r.clarification(&list[i]))
		}
	}
	r.components(p, &f.Components)
	for i := range f.Waivers {
		p.Waivers = append(p.Waivers, r.waiver(&f.Waivers[i]))
	}
	r.repeated(p.Waivers)
	for i := range f.Fulfilled {
		p.Fulfilments = append(p.Fulfilments, r.fulfilment(&f.Fulfilled[i]))
	}
	for i := range p.rows {
		p.rows[i].layer = r.layer
	}
	return p
}

// exists reports whether a file that the policy names is there.
func (r *reader) exists(t text) bool {
	if !fs.ValidPath(t.Value) || t.Value == "." {
		r.fault(t.Pos, "%s is no file below the folder of the policy; valid: NAME or FOLDER/NAME", yamlpos.Quote(t.Value))
		return true
	}
	return r.there == nil || r.there(t.Value)
}

func (r *reader) project(p *Policy, part *projectPart) {
	if p.Kind = part.Kind.Value; p.Kind != "" {
		p.origins["project.kind"] = r.at(part.Kind.Pos)
	}
	if part.License.Value == Proprietary {
		p.License = Proprietary
	} else if part.License.Value != "" {
		p.License = r.expression(part.License, "or "+strconv.Quote(Proprietary))
	}
	if p.License != "" {
		p.origins["project.license"] = r.at(part.License.Pos)
	}
	for i, u := range part.Use {
		if slices.Contains(p.Use, u.Value) {
			r.fault(part.Use[i].Pos, "%s is listed twice", yamlpos.Quote(u.Value))
			continue
		}
		p.Use = append(p.Use, u.Value)
	}
	if len(p.Use) > 0 {
		p.origins["project.use"] = r.at(part.Use[0].Pos)
	}
	p.Facts = r.facts(p, part.Facts)
}

// facts reads project.facts: each by the kind that the vocabulary gives it.
func (r *reader) facts(p *Policy, n yamlpos.Node) map[string]string {
	out := map[string]string{}
	if n.Kind() == yamlpos.Absent || n.Kind() == yamlpos.Null {
		return out
	}
	if n.Kind() != yamlpos.Map {
		r.fault(n.Pos(), `"project.facts" wants a map of facts, not %s`, n.Kind())
		return out
	}
	lists := wordLists(r.base)
	seen := map[string]yamlpos.Pos{}
	for key, value := range n.Pairs() {
		name := key.Text()
		w, ok := r.base.Fact(name)
		if !ok || w.Of != "project" {
			r.fault(key.Pos(), "%s (in project.facts)", yamlpos.Unknown("fact", name, lists["fact"]))
			continue
		}
		if first, twice := seen[name]; twice {
			r.fault(key.Pos(), "key %q is set twice; first in line %d", name, first.Line)
			continue
		}
		seen[name] = key.Pos()
		if v, want := factValue(w.Kind, value); want != "" {
			has := value.Kind().String()
			if value.Kind() == yamlpos.Scalar {
				has = yamlpos.Quote(value.Text())
			}
			r.fault(or(value.Pos(), key.Pos()), "%q wants %s, not %s", "project.facts."+name, want, has)
		} else {
			out[name] = v
			p.origins["project.facts."+name] = r.at(key.Pos())
		}
	}
	return out
}

func or(a, b yamlpos.Pos) yamlpos.Pos {
	if a == (yamlpos.Pos{}) {
		return b
	}
	return a
}

// maxDigits bounds a fact that is a number: no count or sum of money comes near.
const maxDigits = 18

// factValue reads the value of a fact; want says what it should have been.
func factValue(kind string, n yamlpos.Node) (value, want string) {
	switch kind {
	case "bool":
		if n.Tag() != "!!bool" {
			return "", "true or false"
		}
		if strings.EqualFold(n.Text(), "true") {
			return "yes", ""
		}
		return "no", ""
	case "number":
		digits := strings.ReplaceAll(n.Text(), "_", "")
		if n.Tag() != "!!int" || digits == "" || len(digits) > maxDigits || strings.Trim(digits, "0123456789") != "" {
			return "", "a whole number"
		}
		return digits, ""
	}
	var words []string
	items := []yamlpos.Node{n}
	if n.Kind() == yamlpos.List {
		items = slices.Collect(n.Items())
	}
	for _, item := range items {
		// NO (Norway) is no boolean here.
		if item.Kind() != yamlpos.Scalar || !listWord.MatchString(item.Text()) {
			return "", "a list of words, such as [EU, GB]"
		}
		words = append(words, item.Text())
	}
	if len(words) == 0 {
		return "", "a list of words, such as [EU, GB]"
	}
	return strings.Join(words, ", "), ""
}

var listWord = lazyre.New(`^[A-Za-z][A-Za-z0-9-]*$`)

// expression reads a license expression, or one name as people write it; "" is
// a fault that was reported. more names another valid form for the message.
func (r *reader) expression(t text, more string) string {
	if t.Value == "" {
		r.fault(t.Pos, "a license is missing here")
		return ""
	}
	expr := t.Value
	if h, ok := r.base.Lookup(t.Value); ok && !h.Exception {
		expr = h.ID
	}
	e, err := spdx.Parse(expr, r.base.SPDX())
	if err != nil {
		r.notAnExpression(t, err, more)
		return ""
	}
	switch e.(type) {
	case spdx.None, spdx.NoAssertion:
		r.fault(t.Pos, "%s names no license", yamlpos.Quote(t.Value))
		return ""
	}
	for _, l := range spdx.Leaves(e) {
		if _, ok := r.base.Lookup(l.ID); !ok && strings.HasPrefix(l.ID, ownRef) {
			r.fault(t.Pos, "unknown license %s%s", yamlpos.Quote(l.ID), meant(r.nearRef(l.ID)))
			return ""
		}
	}
	return e.String()
}

// ownRef starts the ids of licenses outside SPDX that the rules name.
const ownRef = "LicenseRef-rukhsa-"

// nearRef finds licenses outside SPDX by what distinguishes their ids.
func (r *reader) nearRef(id string) []string {
	var slugs []string
	for h := range r.base.Heads() {
		if slug, ok := strings.CutPrefix(h.ID, ownRef); ok {
			slugs = append(slugs, slug)
		}
	}
	near := yamlpos.Nearest(strings.TrimPrefix(id, ownRef), slugs, maxNear)
	for i := range near {
		near[i] = ownRef + near[i]
	}
	return near
}

// maxNear is how many ids a message offers for a wrong one.
const maxNear = 3

func (r *reader) notAnExpression(t text, err error, more string) {
	pos := t.Pos
	msg, near := err.Error(), []string(nil)
	var wrong *spdx.Error
	if errors.As(err, &wrong) {
		msg, near = wrong.Msg, wrong.Near
		if _, exists := r.base.Lookup(t.Value); len(near) == 0 && wrong.Token == t.Value && !exists {
			near = r.base.Nearest(t.Value, maxNear)
		}
		// The place of the token, where the value stands in the file as it is.
		if wrong.Offset > 0 && wrong.Offset <= len(t.Value) && !strings.ContainsAny(t.Value[:wrong.Offset], "\n\"'\\") {
			pos.Column += len(utf16.Encode([]rune(t.Value[:wrong.Offset])))
		}
	}
	msg += meant(near)
	if more != "" {
		msg += "; valid: an SPDX expression " + more
	}
	r.fault(pos, "%s", msg)
}

func meant(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return "; did you mean " + strings.Join(quoted, " or ") + "?"
}

var textDigest = lazyre.New(`^sha256:[0-9a-f]{64}$`)

func (r *reader) clarification(part *clarifyPart) Clarification {
	c := Clarification{At: r.at(part.Pos), Digest: part.Digest.Value, Reason: part.Reason.Value}
	if part.License.Value != "" {
		c.License = r.expression(part.License, "")
	}
	var version string
	c.Component, version = cutPurl(part.Component.Value)
	if part.Versions.Value != "" {
		var wrong string
		if c.Versions, wrong = bounds(part.Versions.Value); wrong != "" {
			r.fault(part.Versions.Pos, "%s is no version; valid: %s", yamlpos.Quote(wrong), validVersions)
		}
	}
	switch {
	case version == "":
	case len(c.Versions) > 0:
		r.fault(part.Versions.Pos, "the component names a version already")
	default:
		c.Versions = []string{version}
	}
	switch {
	case c.Digest == NoText && c.Component == "":
		r.fault(part.Digest.Pos, "digest: %s needs a component", NoText)
	case c.Digest != "" && c.Digest != NoText && !textDigest.MatchString(c.Digest):
		r.fault(part.Digest.Pos, "%s is no digest; valid: sha256: and 64 hexadecimal digits of the license text, or %s where there is no text",
			yamlpos.Quote(c.Digest), NoText)
	}
	return c
}
