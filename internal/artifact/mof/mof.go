// Package mof reads the file in which a publisher declares, after the Model
// Openness Framework, which parts of a model are published and under which
// licenses (MOF.yml, as the framework's tool writes it). It is a statement like a
// card: nothing in it is looked up, and it gives no class by itself.
package mof

import (
	"bytes"
	"errors"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

const (
	// maxComponents bounds what one file can add to a report; the framework knows 17.
	maxComponents = 100
	framework     = "Model Openness Framework"
	// parameters is what the framework calls the parts that a model is made of.
	parameters         = "Model parameters (Final)"
	distribution, data = "distribution", "data"
	help               = "mend the file, or write it again with the tool of the framework"
)

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "mof" }

// Match goes by the name or, where the file is asked for by another one, by its
// beginning; Read leaves what does not name the framework.
func (reader) Match(f *artifact.File) bool {
	base := f.Base()
	return base == "mof.yml" || base == "mof.yaml" || f.Has(".mof.yml", ".mof.yaml") || f.Has(".yml", ".yaml") && bytes.Contains(f.Head, []byte(framework))
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Declaration, Kind: inventory.Model}
	text, err := f.Whole(yamlpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	if !strings.Contains(string(text), framework) {
		return &artifact.Result{}, nil
	}
	root, err := yamlpos.Parse(f.Shown(), text)
	if err != nil {
		res.Problems = append(res.Problems, problem(f, err))
		return res, nil
	}
	if root.Get("framework").Get("name").Text() != framework {
		return &artifact.Result{}, nil
	}
	release := root.Get("release")
	res.Publisher = release.Get("producer").Text()
	res.Property(inventory.OpennessFile, f.Shown())
	declared := licenses(res, release.Get("license"))
	n := 0
	for c := range release.Get("components").Items() {
		if n++; n > maxComponents {
			res.Problems = append(res.Problems, f.Over(c.Pos().Line, "components", maxComponents, int64(n)))
			break
		}
		name := strings.TrimSpace(c.Get("name").Text())
		if name == "" {
			continue
		}
		license := c.Get("license")
		value := name
		if l := strings.TrimSpace(license.Text()); l != "" {
			value += ": " + l
			if name == parameters {
				declared = artifact.Statement{Source: source, Field: "release.components.license", Value: l, Line: license.Pos().Line}
			}
		}
		res.Property(inventory.OpennessComponent, value)
	}
	if declared.Value != "" {
		res.Licenses = append(res.Licenses, declared)
	}
	return res, nil
}

const source = "declaration"

// licenses notes the licenses for all components of a kind, and returns the one
// that holds for parameters where these name none.
func licenses(res *artifact.Result, v yamlpos.Node) artifact.Statement {
	var out artifact.Statement
	for _, kind := range []string{distribution, "code", data, "document"} {
		name := v.Get(kind).Get("name")
		l := strings.TrimSpace(name.Text())
		if l == "" {
			continue
		}
		res.Property(inventory.OpennessLicense, kind+": "+l)
		if kind == distribution || kind == data {
			out = artifact.Statement{Source: source, Field: "release.license." + kind + ".name", Value: l, Line: name.Pos().Line}
		}
	}
	return out
}

// problem is the first fault of a file that is no YAML.
func problem(f *artifact.File, err error) diag.Problem {
	var faults yamlpos.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		return f.Problem(diag.Malformed, 0, help, "%v", err)
	}
	p := f.Problem(diag.Malformed, max(faults[0].Pos.Line, 1), help, "%s", faults[0].Message)
	if strings.Contains(p.Message, "over the limit") || strings.Contains(p.Message, "exceeded max") {
		p.Kind = diag.Limit
	}
	return p
}
