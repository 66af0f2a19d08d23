package policy

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

type text = yamlpos.At[string]

// file is the form of rukhsa.yaml. The order of fields is the order of keys.
type file struct {
	Version yamlpos.At[int] `yaml:"version,required"`
	Project projectPart     `yaml:"project"`
	Allow   []entryPart     `yaml:"allow"`
	Deny    []entryPart     `yaml:"deny"`
	Clarify []clarifyPart   `yaml:"clarify"`
}

type projectPart struct {
	License text         `yaml:"license"`
	Kind    string       `yaml:"kind" enum:"kind"`
	Use     []text       `yaml:"use" enum:"context"`
	Facts   yamlpos.Node `yaml:"facts"`
}

type entryPart struct {
	Pos      yamlpos.Pos
	ID       text `yaml:"id,scalar"`
	Category text `yaml:"category" enum:"category"`
	Openness text `yaml:"openness" enum:"openness"`
}

type clarifyPart struct {
	Pos       yamlpos.Pos
	Component text `yaml:"component"`
	Versions  text `yaml:"versions"`
	Digest    text `yaml:"digest,required"`
	License   text `yaml:"license,required"`
	Reason    text `yaml:"reason,required"`
}

// fileVersion is the version of the form that is read.
const fileVersion = 1

// Parse reads a policy file; name is its path as the user knows it. The error
// is a yamlpos.Faults that holds every fault of the file.
func Parse(name string, data []byte, base *rulebase.Base) (*Policy, error) {
	f, err := yamlpos.Decode[file](name, data, wordLists(base))
	r := &reader{name: name, base: base}
	if err != nil && !errors.As(err, &r.faults) {
		return nil, err
	}
	p := Default(base)
	p.Name, p.Path, p.Digest = path.Base(name), name, digest(data)
	if f.Version.Value != fileVersion && f.Version.Pos != (yamlpos.Pos{}) && !r.faulty(f.Version.Pos) {
		r.fault(f.Version.Pos, "version %d is not known; valid: %d", f.Version.Value, fileVersion)
	}
	r.project(p, &f.Project)
	p.Allow, p.Deny = r.entries(f.Allow), r.entries(f.Deny)
	r.contradictions(p)
	for i := range f.Clarify {
		p.Clarifications = append(p.Clarifications, r.clarification(&f.Clarify[i]))
	}
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// wordLists are the closed lists that a policy or a profile may use words of.
func wordLists(base *rulebase.Base) yamlpos.Lists {
	lists := yamlpos.Lists{
		"kind": Kinds(), "context": base.ContextNames(), "severity": {"error", "warning", "note", silent},
		"kind of component": {"code", "dataset", "model", "service", "asset"},
	}
	for _, c := range base.Categories() {
		lists["category"] = append(lists["category"], c.Name)
	}
	for _, w := range base.Openness() {
		lists["openness"] = append(lists["openness"], w.Name)
	}
	for _, f := range base.Facts() {
		if f.Of == "project" {
			lists["fact"] = append(lists["fact"], f.Name)
		}
	}
	return lists
}

// reader turns the parts of a file into a Policy and collects faults.
type reader struct {
	name   string
	base   *rulebase.Base
	faults yamlpos.Faults
}

func (r *reader) fault(pos yamlpos.Pos, format string, args ...any) {
	r.faults = append(r.faults, yamlpos.Fault{File: r.name, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// faulty reports whether something was said of a place already.
func (r *reader) faulty(pos yamlpos.Pos) bool {
	return slices.ContainsFunc(r.faults, func(f yamlpos.Fault) bool { return f.Pos == pos })
}

func (r *reader) project(p *Policy, part *projectPart) {
	p.Kind = part.Kind
	if part.License.Value == Proprietary {
		p.License = Proprietary
	} else if part.License.Value != "" {
		p.License = r.expression(part.License, "or "+strconv.Quote(Proprietary))
	}
	for i, u := range part.Use {
		if slices.Contains(p.Use, u.Value) {
			r.fault(part.Use[i].Pos, "%s is listed twice", yamlpos.Quote(u.Value))
			continue
		}
		p.Use = append(p.Use, u.Value)
	}
	p.Facts = r.facts(part.Facts)
}

// facts reads project.facts: each by the kind that the vocabulary gives it.
func (r *reader) facts(n yamlpos.Node) map[string]string {
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

var listWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

func (r *reader) entries(parts []entryPart) []Entry {
	var out []Entry
	for _, part := range parts {
		if part.Pos == (yamlpos.Pos{}) {
			continue // neither text nor a map: said already
		}
		e := Entry{Pos: part.Pos, Category: part.Category.Value, Openness: part.Openness.Value}
		named := 0
		for _, t := range []text{part.ID, part.Category, part.Openness} {
			if t.Pos != (yamlpos.Pos{}) {
				named++
			}
		}
		if named != 1 {
			r.fault(part.Pos, "an entry is a license, or has exactly one of the keys id, category, openness")
			continue
		}
		if part.ID.Pos != (yamlpos.Pos{}) {
			e.License = r.license(part.ID)
		}
		if i := slices.IndexFunc(out, func(o Entry) bool { return o.key() == e.key() }); i >= 0 && e.key() != (Entry{}) {
			r.fault(part.Pos, "%s is listed twice; first in line %d", e, out[i].Pos.Line)
			continue
		}
		out = append(out, e)
	}
	return out
}

func (e Entry) key() Entry { e.Pos = yamlpos.Pos{}; return e }

// String prints the entry as messages name it.
func (e Entry) String() string {
	switch {
	case e.Category != "":
		return "category " + e.Category
	case e.Openness != "":
		return "openness " + e.Openness
	}
	return e.License
}

// contradictions reports what is allowed and denied by the same words.
func (r *reader) contradictions(p *Policy) {
	for _, d := range p.Deny {
		i := slices.IndexFunc(p.Allow, func(a Entry) bool { return a.key() == d.key() })
		if i >= 0 && d.key() != (Entry{}) {
			r.fault(d.Pos, "%s is denied here and allowed in line %d", d, p.Allow[i].Pos.Line)
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

var textDigest = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (r *reader) clarification(part *clarifyPart) Clarification {
	c := Clarification{Pos: part.Pos, Digest: part.Digest.Value, Reason: part.Reason.Value}
	if part.License.Value != "" {
		c.License = r.expression(part.License, "")
	}
	var version string
	c.Component, version = cutPurl(part.Component.Value)
	if part.Versions.Value != "" {
		var wrong string
		if c.Versions, wrong = bounds(part.Versions.Value); wrong != "" {
			r.fault(part.Versions.Pos, "%s is no version; valid: v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0, several with spaces between them", yamlpos.Quote(wrong))
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
