// Package kaggle reads the metadata files of Kaggle: dataset-metadata.json (also
// where the whole file is a string that holds the JSON), model-metadata.json and
// model-instance-metadata.json. Licenses are Kaggle's own names, given on as
// they are.
package kaggle

import (
	"bytes"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

const maxFacts = 1000

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "kaggle" }

// kinds are the files, and keys one of which each has.
var kinds = map[string]struct {
	kind  inventory.Kind
	marks []string
	read  func(*facts)
}{
	"dataset-metadata.json":        {inventory.Dataset, []string{"id", "id_no", "licenses", "title", "datasetSlug", "datasetId"}, dataset},
	"model-metadata.json":          {inventory.Model, []string{"ownerSlug", "slug"}, model},
	"model-instance-metadata.json": {inventory.Model, []string{"ownerSlug", "modelSlug", "licenseName"}, instance},
}

func (reader) Match(f *artifact.File) bool {
	_, ok := kinds[f.Base()]
	head := bytes.TrimLeft(bytes.TrimPrefix(f.Head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return ok && (bytes.HasPrefix(head, []byte("{")) || bytes.HasPrefix(head, []byte(`"`)))
}

// facts collects what one file tells.
type facts struct {
	res *artifact.Result
	v   jsonpos.Value
	// line is that of the whole file where it is a string: lines inside it are
	// not lines of the file.
	line int
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	k := kinds[f.Base()]
	res := &artifact.Result{Role: artifact.Card, Kind: k.kind}
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	c := &facts{res: res, v: v}
	if v.Kind() == jsonpos.String { // JSON in a string: what some versions of the client wrote
		c.line = v.Line()
		if c.v, err = f.ParseJSON([]byte(v.Text())); err != nil {
			if p, ok := err.(*diag.Problem); ok {
				p.Line, p.Offset, p.Message = c.line, 0, "in the string: "+p.Message
			}
			return res, res.Fail(err)
		}
	}
	for _, key := range k.marks {
		if c.v.Get(key).Kind() != jsonpos.Absent {
			k.read(c)
			return res, nil
		}
	}
	return &artifact.Result{}, nil
}

func (c *facts) at(v jsonpos.Value) int {
	if c.line > 0 {
		return c.line
	}
	return v.Line()
}

func (c *facts) license(field string, v jsonpos.Value) {
	if v.Text() != "" && len(c.res.Licenses) < maxFacts {
		c.res.State(artifact.Statement{Source: "card", Field: field, Value: v.Text(), Line: c.at(v)})
	}
}

func (c *facts) link(relation, field string, v jsonpos.Value) {
	if v.Text() != "" && len(c.res.Lineage) < maxFacts {
		c.res.Lineage = append(c.res.Lineage, artifact.Link{Relation: relation, ID: v.Text(), Field: field, Line: c.at(v)})
	}
}

// dataset reads dataset-metadata.json. Kaggle takes exactly one license and
// reads its name only; files that it gives out have info around the same keys.
func dataset(c *facts) {
	v := c.v
	if info := v.Get("info"); info.Kind() == jsonpos.Object && v.Get("licenses").Kind() == jsonpos.Absent {
		v = info
	}
	for list := range v.Each("licenses") {
		for l := range list.Many() {
			switch name := l.Get("name"); {
			case l.Kind() == jsonpos.String:
				c.license("licenses", l)
			case name.Text() != "":
				c.license("licenses.name", name)
			default:
				c.license("licenses.nameNullable", l.Get("nameNullable"))
			}
		}
	}
	c.res.Name = v.Get("id").Text()
	if owner, slug := v.Get("ownerUser").Text(), v.Get("datasetSlug").Text(); owner != "" && slug != "" {
		c.res.Name = owner + "/" + slug
	}
	c.res.Property("title", v.Get("title").Text())
}

// model reads model-metadata.json: licenses are with the instances, though a
// licenseName is documented here as well.
func model(c *facts) {
	c.res.Publisher = c.v.Get("ownerSlug").Text()
	if slug := c.v.Get("slug").Text(); slug != "" && c.res.Publisher != "" {
		c.res.Name = c.res.Publisher + "/" + slug
	}
	c.license("licenseName", c.v.Get("licenseName"))
	c.res.Property("title", c.v.Get("title").Text())
	c.res.Property("provenance_sources", c.v.Get("provenanceSources").Text())
}

// instance reads model-instance-metadata.json.
func instance(c *facts) {
	c.res.Publisher = c.v.Get("ownerSlug").Text()
	if slug := c.v.Get("modelSlug").Text(); slug != "" && c.res.Publisher != "" {
		c.res.Name = c.res.Publisher + "/" + slug
		for _, key := range []string{"framework", "instanceSlug"} {
			if part := c.v.Get(key).Text(); part != "" {
				c.res.Name += "/" + part
			}
		}
	}
	for l := range c.v.Each("licenseName") {
		c.license("licenseName", l)
	}
	c.link("", "baseModelInstance", c.v.Get("baseModelInstance"))
	c.link("", "externalBaseModelUrl", c.v.Get("externalBaseModelUrl"))
	for d := range c.v.Get("trainingData").Many() {
		c.link("dataset", "trainingData", d)
	}
	c.res.Property("framework", c.v.Get("framework").Text())
	c.res.Property("instance_type", c.v.Get("modelInstanceType").Text())
}
