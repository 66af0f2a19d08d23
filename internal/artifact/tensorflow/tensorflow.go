// Package tensorflow reads the files of TensorFlow and its kin: SavedModel,
// TFLite with its metadata, TensorFlow.js, and Keras' archives; HDF5 files are
// recognised and not looked into. Only headers and metadata are read.
package tensorflow

import (
	"bytes"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// modelFile is the source of what a file says of its license, as in
// evidence.source.
const modelFile = "model-file"

// maxText is the limit of a text that is kept, in bytes.
const maxText = 1 << 20

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "tensorflow" }

// form is one of the formats.
type form struct {
	match func(f *artifact.File) bool
	read  func(f *artifact.File) (*artifact.Result, error)
}

var forms = []form{
	{isTFLite, readTFLite}, {isHDF5, readHDF5}, {isKeras, readKeras}, {isSavedModel, readSavedModel}, {isTFJS, readTFJS},
}

func (reader) Match(f *artifact.File) bool {
	if f.IsPointer() {
		return false
	}
	for _, k := range forms {
		if k.match(f) {
			return true
		}
	}
	return false
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	for _, k := range forms {
		if k.match(f) {
			return k.read(f)
		}
	}
	return &artifact.Result{}, nil // it was not offered by Match
}

// weights is the result of a file with parameters.
func weights(format string) *artifact.Result {
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Weights}
	res.Property("format", format)
	return res
}

var hdf5 = []byte("\x89HDF\r\n\x1a\n")

func isHDF5(f *artifact.File) bool { return bytes.HasPrefix(f.Head, hdf5) }

// modelWords are in the names of HDF5 files that are models; others hold data
// of any kind.
var modelWords = [][]byte{[]byte("model"), []byte("weights"), []byte("keras"), []byte("checkpoint")}

func readHDF5(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Weights}
	if f.Has(".keras") {
		res.Kind = inventory.Model
	}
	for _, w := range modelWords {
		if bytes.Contains([]byte(f.Base()), w) {
			res.Kind = inventory.Model
		}
	}
	res.Property("format", "hdf5")
	res.NotExamined = append(res.NotExamined, diag.NotExamined{Path: f.Shown(), What: "HDF5 attributes",
		Why: "HDF5 is not read; a Keras model keeps its configuration there"})
	return res, nil
}

// stated takes license and author of an object whose keys nobody has fixed:
// metadata that exporters add.
func stated(res *artifact.Result, v jsonpos.Value, field string) {
	if l := v.Get("license"); l.Kind() == jsonpos.String && l.Text() != "" {
		res.State(artifact.Statement{Source: modelFile, Field: field + "license", Value: l.Text(), Name: v.Get("license_name").Text(),
			Link: v.Get("license_link").Text(), Line: l.Line()})
	}
	if author := v.Get("author").Text(); author != "" && res.Publisher == "" {
		res.Publisher = author
	}
}
