// Package thirdparty reads ThirdPartyLicenses.json, a list by name of what a
// package contains of others, models among it:
//
//	{"ISNET": {"source": "https://…", "type": "model", "license": "MIT"}}
package thirdparty

import (
	"bytes"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxEntries is how many entries are read.
const maxEntries = 10_000

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "thirdparty" }

var unmarked = strings.NewReplacer("-", "", "_", "")

func (reader) Match(f *artifact.File) bool {
	name := unmarked.Replace(f.Base())
	return name == "thirdpartylicenses.json" && bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(f.Head, []byte("\xEF\xBB\xBF")), " \t\r\n"), []byte("{"))
}

// kinds are the words of the field type; others are code.
var kinds = map[string]inventory.Kind{
	"model": inventory.Model, "weights": inventory.Model, "dataset": inventory.Dataset, "data": inventory.Dataset, "asset": inventory.Asset, "font": inventory.Asset,
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.SBOM}
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	for key, e := range v.Pairs() {
		license := e.Get("license")
		if e.Kind() != jsonpos.Object || license.Kind() == jsonpos.Absent && e.Get("type").Kind() == jsonpos.Absent {
			continue // of another format with this name
		}
		if len(res.Components) >= maxEntries {
			res.Problems = append(res.Problems, f.Over(key.Line(), "entries", maxEntries, maxEntries+1))
			break
		}
		res.Components = append(res.Components, component(f, key, e))
	}
	if len(res.Components) == 0 {
		return &artifact.Result{}, nil
	}
	return res, nil
}

func component(f *artifact.File, key, e jsonpos.Value) inventory.Component {
	name, source := key.Text(), e.Get("source").Text()
	c := inventory.Component{Kind: inventory.Code, Name: name, Version: e.Get("version").Text(), Scope: inventory.Found}
	if kind, ok := kinds[strings.ToLower(e.Get("type").Text())]; ok {
		c.Kind = kind
	}
	c.ID = names.Generic(name, c.Version)
	if _, pkg, ok := strings.Cut(source, "npmjs.com/package/"); ok && pkg != "" && !strings.ContainsAny(pkg, "?#") {
		c.ID = "pkg:npm/" + strings.ReplaceAll(strings.TrimSuffix(pkg, "/"), "@", "%40")
		if c.Version != "" {
			c.ID += "@" + c.Version
		}
	}
	if c.Kind == inventory.Dataset {
		c.ID += "?type=dataset"
	}
	if source != "" {
		c.Properties = append(c.Properties, inventory.Property{Name: "source", Value: source})
	}
	for l := range e.Get("license").Many() {
		if l.Text() == "" || len(c.Evidence) >= 100 {
			continue
		}
		c.Evidence = append(c.Evidence, inventory.Evidence{Source: "sbom", Path: f.Shown(), Line: l.Line(), Method: "label", Expression: l.Text()})
	}
	if len(c.Evidence) == 1 {
		c.License.Declared = c.Evidence[0].Expression
	}
	return c
}
