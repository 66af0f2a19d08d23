// Package npm reads package.json, the manifest of a package of npm, for the
// license that it puts on all that the package holds.
package npm

import (
	"bytes"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
)

// maxBytes bounds a manifest.
const maxBytes = 1 << 20

// maxLicenses bounds the entries of the list that old manifests have.
const maxLicenses = 100

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "npm" }

func (reader) Match(f *artifact.File) bool {
	return f.Base() == "package.json" && bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(f.Head, []byte("\xEF\xBB\xBF")), " \t\r\n"), []byte("{"))
}

// Read implements artifact.Reader. A manifest that cannot be read says nothing:
// it is about a program, whose license is nothing that is asked for here.
func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Package}
	v, err := f.JSON(maxBytes)
	if err != nil {
		return res, nil //nolint:nilerr // see above
	}
	res.Name = v.Get("name").Text()
	for _, key := range []string{"license", "licenses"} {
		for l := range v.Get(key).Many() {
			at := l
			if l.Kind() == jsonpos.Object { // the form of before 2014
				at = l.Get("type")
			}
			if at.Text() != "" && len(res.Licenses) < maxLicenses {
				res.Licenses = append(res.Licenses, artifact.Statement{Source: "package", Field: key, Value: at.Text(), Line: at.Line()})
			}
		}
	}
	return res, nil
}
