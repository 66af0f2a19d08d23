// Package coreml reads what Core ML models say of themselves: .mlmodel files,
// the manifest of an .mlpackage, and the metadata of a compiled .mlmodelc.
//
// Fields and numbers are those of coremltools' mlmodel/format/Model.proto; the
// weights behind the description are not read.
package coreml

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/protowire"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits.
const (
	MaxRead    = 16 << 20 // bytes that are read of a model
	MaxText    = 1 << 20  // bytes of a text that is kept
	MaxEntries = 10_000   // user-defined entries, and items of a package
	MaxJSON    = 4 << 20  // bytes of a manifest or of metadata

	keepAll = 4 << 20 // bytes of all kept texts
)

// modelFile is the source of what a file says of its license.
const modelFile = "model-file"

// The fields of Model, ModelDescription and Metadata.
const (
	modelVersion     = 1
	modelDescription = 2

	descriptionMetadata = 100

	metaDescription = 1
	metaVersion     = 2
	metaAuthor      = 3
	metaLicense     = 4
	metaUser        = 100
)

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "coreml" }

func (reader) Match(f *artifact.File) bool {
	return !f.IsPointer() && (f.Has(".mlmodel") || isManifest(f) || isCompiled(f))
}

// isManifest tells Manifest.json in a folder called .mlpackage.
func isManifest(f *artifact.File) bool {
	return f.Base() == "manifest.json" && strings.HasSuffix(strings.ToLower(path.Dir(f.Path)), ".mlpackage")
}

// isCompiled tells metadata.json in a folder called .mlmodelc.
func isCompiled(f *artifact.File) bool {
	return f.Base() == "metadata.json" && strings.HasSuffix(strings.ToLower(path.Dir(f.Path)), ".mlmodelc")
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	switch {
	case isManifest(f):
		return readManifest(f)
	case isCompiled(f):
		return readCompiled(f)
	}
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	m := &model{r: binread.New(f.Shown(), src, f.Size, MaxRead), result: &artifact.Result{Kind: inventory.Model, Role: artifact.Weights}}
	m.w = protowire.New(m.r)
	err = m.w.Walk(uint64(f.Size), m.field)
	if err == nil && !m.described {
		err = m.r.Fail(0, "not a Core ML model: it has no description")
	}
	m.facts()
	return m.result, m.result.Fail(err)
}

type model struct {
	r      *binread.Reader
	w      *protowire.Walker
	result *artifact.Result

	spec        uint64
	described   bool
	parameters  bool
	description string
	version     string
	author      string
	license     string
	at          int64 // of the license
	user        [][2]string
	kept        int64
}

// field takes one field of Model.
func (m *model) field(f protowire.Field) error {
	switch {
	case f.Num == modelVersion:
		m.spec = f.Value
	case f.Num == modelDescription:
		m.described = true
		return m.message(f, func(f protowire.Field) error {
			if f.Num == descriptionMetadata {
				return binread.In(m.message(f, m.metadata), "metadata")
			}
			return nil
		})
	case f.Num >= 200 && f.Type == protowire.Bytes: // the types of models begin there
		m.parameters = m.parameters || f.Value > 0
	}
	return nil
}

func (m *model) message(f protowire.Field, visit func(protowire.Field) error) error {
	if f.Type != protowire.Bytes {
		return m.r.Fail(m.r.Pos(), "field %d is no message", f.Num)
	}
	return m.w.Walk(f.Value, visit)
}

func (m *model) text(f protowire.Field) (string, error) {
	s, err := m.w.Text(f, MaxText)
	if m.kept += int64(len(s)); err == nil && m.kept > keepAll {
		err = m.r.Over(m.r.Pos(), fmt.Sprintf("%d bytes of texts about the model", m.kept), keepAll, m.kept)
	}
	return s, err
}

// metadata takes one field of Metadata.
func (m *model) metadata(f protowire.Field) (err error) {
	switch f.Num {
	case metaDescription:
		m.description, err = m.text(f)
	case metaVersion:
		m.version, err = m.text(f)
	case metaAuthor:
		m.author, err = m.text(f)
	case metaLicense:
		m.at = m.r.Pos()
		m.license, err = m.text(f)
	case metaUser:
		if len(m.user) == MaxEntries {
			return m.r.Over(m.r.Pos(), "user-defined entries", MaxEntries, MaxEntries+1)
		}
		var e [2]string
		err = m.message(f, func(f protowire.Field) (err error) {
			if f.Num == 1 || f.Num == 2 {
				e[f.Num-1], err = m.text(f)
			}
			return err
		})
		m.user = append(m.user, e)
	}
	return err
}

// userKeys are the keys of user-defined entries that are passed on, by property
// name; coremltools and exporters write them.
var userKeys = map[string]string{
	"com.github.apple.coremltools.source": "source", "com.github.apple.coremltools.version": "coremltools_version",
	"date": "date", "task": "task",
}

// facts makes the result of what was kept.
func (m *model) facts() {
	res := m.result
	res.Property("format", "coreml")
	if m.spec > 0 {
		res.Property("specification_version", strconv.FormatUint(m.spec, 10))
	}
	res.Publisher = m.author
	res.Property("description", m.description)
	res.Property("version", m.version)
	if m.license != "" {
		res.State(artifact.Statement{Source: modelFile, Field: "metadata.license", Value: m.license, Offset: m.at})
	}
	for _, e := range m.user {
		if name, ok := userKeys[e[0]]; ok {
			res.Property(name, e[1])
		}
		if e[0] == "license" && e[1] != "" {
			res.State(artifact.Statement{Source: modelFile, Field: "metadata.userDefined.license", Value: e[1]})
		}
	}
	if m.parameters {
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: "the model itself"})
	}
}

// readManifest reads which files a package has.
func readManifest(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Manifest}
	v, err := f.JSON(MaxJSON)
	if err != nil {
		return res, res.Fail(err)
	}
	const help = "mend the manifest, or write the package again with the tool that made it"
	items := v.Get("itemInfoEntries")
	if items.Kind() != jsonpos.Object {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, items.Line(), help, "itemInfoEntries is %s and not an object", items.Kind()))
		return res, nil
	}
	res.Property("format", "coreml package")
	root, found, n := v.Get("rootModelIdentifier").Text(), false, 0
	for id, item := range items.Pairs() {
		if n++; n > MaxEntries {
			res.Problems = append(res.Problems, f.Over(item.Line(), "items of the package", MaxEntries, int64(n)))
			return res, nil
		}
		c, p := f.Companion("Data/"+item.Get("path").Text(), item.Get("description").Text())
		if p != nil || item.Get("path").Text() == "" {
			res.Problems = append(res.Problems, f.Problem(diag.Malformed, item.Line(), help, "item %q has the path %q, which is none inside the package", id.Text(), item.Get("path").Text()))
			continue
		}
		res.Companions = append(res.Companions, c)
		if c.Missing {
			res.NotExamined = append(res.NotExamined, diag.NotExamined{Path: c.Path, What: "part of the model", Why: "the package names it and it is not here"})
		}
		if id.Text() == root {
			found = true
			res.Publisher = item.Get("author").Text()
		}
	}
	if !found {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, v.Get("rootModelIdentifier").Line(), help, "rootModelIdentifier %q is none of the items", root))
	}
	return res, nil
}

// readCompiled reads what the compiler keeps of the metadata: a list of one
// object.
func readCompiled(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Config}
	v, err := f.JSON(MaxJSON)
	if err != nil {
		return res, res.Fail(err)
	}
	res.Property("format", "coreml compiled")
	for m := range v.Many() {
		res.Publisher = m.Get("author").Text()
		res.Property("description", m.Get("shortDescription").Text())
		res.Property("version", m.Get("version").Text())
		if l := m.Get("license"); l.Text() != "" {
			res.State(artifact.Statement{Source: modelFile, Field: "license", Value: l.Text(), Line: l.Line()})
		}
		return res, nil
	}
	res.Problems = append(res.Problems, f.Problem(diag.Malformed, v.Line(), "compile the model again", "no metadata in it"))
	return res, nil
}
