// Package ociartifact reads models that are packed as OCI artifacts: Docker's
// (application/vnd.docker.ai.…) and the CNCF's ModelPack
// (application/vnd.cncf.model.…), in an OCI image layout or in the store of
// Docker Model Runner.
//
//	index.json, blobs/sha256/HEX                            OCI layout
//	models.json, manifests/sha256/HEX, blobs/sha256/HEX     Docker's store
package ociartifact

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// families are the beginnings of media types of model artifacts.
var families = []string{"application/vnd.docker.ai.", "application/vnd.cncf.model.", "application/vnd.cnai.model."}

// The limits of an artifact.
const (
	maxLayers    = 20_000
	maxManifests = 10_000
	maxNesting   = 4 // indexes in indexes
)

// Reader reads manifests of models, and whole layouts.
type Reader struct{}

// New returns the reader.
func New() artifact.Reader { return Reader{} }

// Format implements artifact.Reader.
func (Reader) Format() string { return "ociartifact" }

// Match takes the manifest of a model. Indexes tell nothing of models and are
// read with their folder.
func (Reader) Match(f *artifact.File) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(f.Head, " \t\r\n"), []byte("{")) || !bytes.Contains(f.Head, []byte(`"schemaVersion"`)) {
		return false
	}
	for _, family := range families {
		if bytes.Contains(f.Head, []byte(family)) {
			return true
		}
	}
	return false
}

// Read implements artifact.Reader.
func (Reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Manifest, Kind: inventory.Model}
	data, err := f.Whole(artifact.MaxManifest)
	if err != nil {
		return res, res.Fail(err)
	}
	v, err := f.ParseJSON(data)
	if err != nil {
		return res, res.Fail(err)
	}
	root, _ := rootOf(f.Path)
	r := &reading{file: f, res: res, root: root}
	r.manifest(v, data)
	return res, nil
}

// rootOf is the folder of the layout that a blob lies in.
func rootOf(name string) (string, bool) {
	dir := path.Dir(name)
	if path.Base(dir) != "sha256" {
		return "", false
	}
	switch path.Base(path.Dir(dir)) {
	case "blobs", "manifests":
		return path.Dir(path.Dir(dir)), true
	}
	return "", false
}

// isModel reports whether a manifest is that of a model.
func isModel(v jsonpos.Value) bool {
	types := []string{v.Get("artifactType").Text(), v.Get("config").Get("mediaType").Text()}
	for layer := range v.Get("layers").Items() {
		if len(types) > 10 {
			break
		}
		types = append(types, layer.Get("mediaType").Text())
	}
	for _, t := range types {
		for _, family := range families {
			if strings.HasPrefix(t, family) {
				return true
			}
		}
	}
	return false
}

// reading is the manifest that is being read.
type reading struct {
	file *artifact.File
	res  *artifact.Result
	root string // of the layout; "" where the manifest lies alone
	ref  string // name and tag that an index gives: ai/smollm2:latest
	unit string
}

func (r *reading) manifest(v jsonpos.Value, data []byte) {
	sum := sha256.Sum256(data)
	r.res.Commit = hex.EncodeToString(sum[:])
	r.unit = r.file.Shown()
	if r.ref != "" {
		r.unit, r.res.Name = r.ref, r.ref
		if i := strings.LastIndexByte(r.ref, ':'); i > strings.LastIndexByte(r.ref, '/') {
			r.res.Property("tag", r.ref[i+1:])
		}
	}
	r.annotations(v.Get("annotations"), "annotations")
	if c := v.Get("config"); c.Kind() == jsonpos.Object {
		r.res.Note(r.file, r.config(c))
	}
	if v.Get("layers").Kind() != jsonpos.Array {
		r.res.Problems = append(r.res.Problems, r.file.Problem(diag.Malformed, max(v.Line(), 1), "pull the model again", "a manifest without a list of layers"))
		return
	}
	n, licenses := 0, 0
	for layer := range v.Get("layers").Items() {
		if n++; n > maxLayers {
			r.res.Problems = append(r.res.Problems, r.file.Over(layer.Line(), "layers", maxLayers, int64(n)))
			break
		}
		isLicense, err := r.layer(layer, licenses+1)
		if isLicense {
			licenses++
		}
		r.res.Note(r.file, at(err, layer))
	}
	r.res.Property("license_layers", strconv.Itoa(licenses))
}

// at gives a Problem the line of what it is about.
func at(err error, v jsonpos.Value) error {
	if p, ok := err.(*diag.Problem); ok && p.Line == 0 {
		p.Line = v.Line()
	}
	return err
}

// annotations reads OCI's own keys.
func (r *reading) annotations(v jsonpos.Value, field string) {
	const prefix = "org.opencontainers.image."
	if l := v.Get(prefix + "licenses"); l.Text() != "" {
		r.res.State(artifact.Statement{Source: "layer", Field: field + "." + prefix + "licenses", Value: l.Text(), Line: l.Line()})
	}
	if vendor := v.Get(prefix + "vendor").Text(); vendor != "" {
		r.res.Publisher = vendor
	}
	for _, key := range []string{"source", "url", "revision", "version"} {
		r.res.Property(key, v.Get(prefix+key).Text())
	}
	if base := v.Get(prefix + "base.name"); base.Text() != "" {
		r.res.Lineage = append(r.res.Lineage, artifact.Link{ID: base.Text(), Field: field + "." + prefix + "base.name", Line: base.Line()})
	}
}

// blob finds what a descriptor names.
func (r *reading) blob(v jsonpos.Value) (artifact.Member, error) {
	size := int64(-1)
	if n, err := strconv.ParseInt(v.Get("size").Text(), 10, 64); err == nil && n >= 0 {
		size = n
	}
	m, err := r.file.Blob(v.Get("digest").Text(), size, func(hex string) []string {
		if r.root == "" {
			return nil
		}
		return []string{path.Join(r.root, "blobs", "sha256", hex)}
	})
	m.Unit, m.MediaType = r.unit, v.Get("mediaType").Text()
	return m, at(err, v)
}

// config reads what the packer says of the model.
func (r *reading) config(v jsonpos.Value) error {
	m, err := r.blob(v)
	if err != nil {
		return err
	}
	data, err := r.file.Verified(&m, artifact.MaxManifest)
	if err != nil || data == nil {
		return at(err, v)
	}
	doc, err := m.ParseJSON(data)
	if p, ok := err.(*diag.Problem); ok { // lines are the configuration's
		p.Path, p.Message = r.file.Shown(), "configuration "+m.Digest[:19]+"…: "+p.Message
		return p
	}
	r.descriptor(doc.Get("descriptor"))
	c := doc.Get("config")
	for _, key := range []string{"format", "architecture", "parameters", "paramSize", "quantization", "precision"} {
		r.res.Property(key, c.Get(key).Text())
	}
	r.gguf(c.Get("gguf"))
	return nil
}

// descriptor reads ModelPack's part of a configuration.
func (r *reading) descriptor(v jsonpos.Value) {
	n := 0
	for l := range v.Get("licenses").Many() {
		if n++; n > 100 {
			r.res.Problems = append(r.res.Problems, r.file.Over(0, "licenses of the configuration", 100, int64(n)))
			break
		}
		if l.Text() != "" {
			r.res.State(artifact.Statement{Source: "layer", Field: "config.descriptor.licenses", Value: l.Text(), Line: l.Line()})
		}
	}
	if name := v.Get("name").Text(); name != "" && r.res.Name == "" {
		r.res.Name = name
	}
	if vendor := v.Get("vendor").Text(); vendor != "" {
		r.res.Publisher = vendor
	}
	for _, key := range []string{"family", "version", "sourceURL", "docURL", "revision"} {
		r.res.Property(key, v.Get(key).Text())
	}
	for d := range v.Get("datasetsURL").Many() {
		if d.Text() != "" && len(r.res.Lineage) < 1000 {
			r.res.Lineage = append(r.res.Lineage, artifact.Link{Relation: "dataset", ID: d.Text(), Field: "config.descriptor.datasetsURL", Line: d.Line()})
		}
	}
}

// gguf reads what Docker copies of a GGUF file's keys: it is here even where
// the weights are not.
func (r *reading) gguf(v jsonpos.Value) {
	get := func(key string) jsonpos.Value {
		if m := v.Get("general." + key); m.Kind() == jsonpos.String {
			return m
		}
		return v.Get(key)
	}
	license, name, link := get("license"), get("license.name").Text(), get("license.link").Text()
	if license.Text() != "" || name != "" || link != "" {
		r.res.State(artifact.Statement{Source: "layer", Field: "config.gguf.license", Value: license.Text(), Name: name, Link: link, Line: license.Line()})
	}
	for i := range 16 {
		base := get("base_model." + strconv.Itoa(i) + ".repo_url")
		if base.Text() == "" {
			break
		}
		r.res.Lineage = append(r.res.Lineage, artifact.Link{ID: base.Text(), Field: "config.gguf.base_model", Line: base.Line(), Guessed: names.Local(base.Text())})
	}
}
