// Package croissant reads Croissant, the description of a dataset as JSON-LD in
// the terms of schema.org (versions 0.8 to 1.1, and datasets of schema.org that
// do not say that they are Croissant).
package croissant

import (
	"bytes"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxFacts bounds what one description can add to a report.
const maxFacts = 1000

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "croissant" }

// Match takes JSON-LD with a context of schema.org; Read leaves what is no
// dataset.
func (reader) Match(f *artifact.File) bool {
	return f.Has(".json", ".jsonld") && bytes.Contains(f.Head, []byte(`"@context"`)) &&
		(bytes.Contains(f.Head, []byte("schema.org")) || bytes.Contains(f.Head, []byte("mlcommons.org/croissant")))
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Card, Kind: inventory.Dataset}
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	found := false
	for d := range datasets(v) {
		found = true
		(&facts{res}).dataset(d)
		break // further ones describe other things
	}
	if !found {
		return &artifact.Result{}, nil
	}
	return res, nil
}

// datasets yields the datasets of a document: itself, or those of its @graph.
func datasets(v jsonpos.Value) func(func(jsonpos.Value) bool) {
	return func(yield func(jsonpos.Value) bool) {
		if isDataset(v) {
			yield(v)
			return
		}
		for m := range v.Get("@graph").Many() {
			if isDataset(m) && !yield(m) {
				return
			}
		}
	}
}

func isDataset(v jsonpos.Value) bool {
	for t := range v.Get("@type").Many() {
		if term(t.Text()) == "Dataset" {
			return true
		}
	}
	return false
}

// term is a name without the vocabulary that it comes from: sc:license and
// https://schema.org/license are license.
func term(name string) string {
	if i := strings.LastIndexAny(name, ":/#"); i >= 0 {
		return name[i+1:]
	}
	return name
}

type facts struct{ res *artifact.Result }

func (c *facts) dataset(d jsonpos.Value) {
	for key, v := range d.Pairs() {
		name := key.Text()
		switch term(name) {
		case "license":
			c.license(name, v)
		case "sdLicense": // of this description, not of the data
			c.res.Property("metadata_license", label(v))
		case "name":
			c.res.Name = v.Text()
		case "creator", "publisher":
			if c.res.Publisher == "" || term(name) == "publisher" {
				c.res.Publisher = label(v)
			}
		case "isBasedOn", "wasDerivedFrom":
			c.links(name, v)
		case "url", "version", "conformsTo", "usageInfo", "conditionsOfAccess", "isAccessibleForFree":
			c.res.Property(snake(term(name)), label(v))
		case "personalSensitiveInformation":
			for m := range v.Many() {
				if s := label(m); s != "" && len(c.res.Signals) < maxFacts {
					c.res.Signals = append(c.res.Signals, artifact.Signal{Group: "privacy", Signal: "personal-data", Evidence: name + ": " + s})
				}
			}
		}
	}
}

// license files a license: a name, a URL, a CreativeWork with both, or several.
func (c *facts) license(field string, v jsonpos.Value) {
	for m := range v.Many() {
		s := artifact.Statement{Source: "card", Field: field, Line: m.Line(), Value: m.Text()}
		if m.Kind() == jsonpos.Object {
			s.Value, s.Link = text(m, "name", "identifier"), text(m, "url", "@id", "sameAs")
			if s.Value == "" {
				s.Value, s.Link = s.Link, ""
			}
		}
		if s.Value != "" && len(c.res.Licenses) < maxFacts {
			c.res.State(s)
		}
	}
}

func (c *facts) links(field string, v jsonpos.Value) {
	for m := range v.Many() {
		if id := label(m); id != "" && len(c.res.Lineage) < maxFacts {
			c.res.Lineage = append(c.res.Lineage, artifact.Link{Relation: "source-dataset", ID: id, Field: field, Line: m.Line()})
		}
	}
}

// label is a string, or what an object calls itself; of a list, the first.
func label(v jsonpos.Value) string {
	for m := range v.Many() {
		if m.Kind() == jsonpos.Object {
			return text(m, "@id", "url", "name")
		}
		return m.Text()
	}
	return ""
}

// text is the first of an object's fields that says something.
func text(v jsonpos.Value, keys ...string) string {
	for _, want := range keys {
		for key, m := range v.Pairs() {
			if name := key.Text(); (name == want || term(name) == want) && m.Text() != "" {
				return m.Text()
			}
		}
	}
	return ""
}

// snake writes isBasedOn as is_based_on.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
