// Package ollama reads Ollama's store: a manifest per model and tag, and blobs
// named by their digest. A license layer is given on with its digest even where
// its blob is not there: well-known texts are known by it.
//
//	manifests/HOST/NAMESPACE/MODEL/TAG      (or manifests-v2/, links to blobs)
//	blobs/sha256-HEX
package ollama

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The media types of a store; those of layers follow the prefix.
const (
	listType     = "application/vnd.ollama.manifest.list.v2+json"
	manifestType = "application/vnd.docker.distribution.manifest.v2+json"
	imagePrefix  = "application/vnd.ollama.image."
)

// MaxLayers is how many layers of a manifest are read: a model that is stored
// tensor by tensor has some thousands.
const MaxLayers = 20_000

// officialHost is the registry of names without a host.
const officialHost = "registry.ollama.ai"

// Reader reads manifests, and whole stores.
type Reader struct{}

// New returns the reader.
func New() artifact.Reader { return Reader{} }

// Format implements artifact.Reader.
func (Reader) Format() string { return "ollama" }

// Match goes by the content; a file of a store that begins otherwise is matched
// by its place.
func (Reader) Match(f *artifact.File) bool {
	if !bytes.HasPrefix(bytes.TrimLeft(f.Head, " \t\r\n"), []byte("{")) {
		return false
	}
	if bytes.Contains(f.Head, []byte(imagePrefix)) || bytes.Contains(f.Head, []byte(listType)) {
		return true
	}
	_, ok := locate(f.Path)
	return ok && bytes.Contains(f.Head, []byte(manifestType))
}

// place is where a manifest lies in a store.
type place struct {
	root                   string // of the store
	host, space, name, tag string
}

// locate takes a manifest's path apart.
func locate(name string) (place, bool) {
	steps := strings.Split(name, "/")
	n := len(steps) - 5
	if n < 0 || steps[n] != "manifests" && steps[n] != "manifests-v2" || slices.Contains(steps[n:], "") {
		return place{}, false
	}
	// A collection of manifests names them TAG.json.
	tag := strings.TrimSuffix(steps[n+4], ".json")
	return place{path.Join(steps[:n]...), steps[n+1], steps[n+2], steps[n+3], tag}, true
}

// unit is how the model is called: library/llama3.2:1b.
func (p place) unit() string {
	unit := p.space + "/" + p.name + ":" + p.tag
	if p.host != officialHost {
		unit = p.host + "/" + unit
	}
	return unit
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
	sum := sha256.Sum256(data)
	res.Commit = hex.EncodeToString(sum[:])
	s := &store{file: f, res: res, unit: f.Shown(), seen: map[string]bool{}}
	if at, ok := locate(f.Path); ok {
		s.at, s.unit = &at, at.unit()
		res.Name = s.unit
		res.Property("registry", at.host)
		res.Property("tag", at.tag)
	}
	res.Note(f, s.manifests(v))
	res.Property("license_layers", strconv.Itoa(s.licenses))
	return res, nil
}

// store reads one manifest of a store, or a manifest that lies alone.
type store struct {
	file     *artifact.File
	res      *artifact.Result
	at       *place // nil where the file is in no store
	unit     string
	layers   int
	licenses int
	seen     map[string]bool // digests of layers that were filed
}

// manifests reads a manifest, or those that a list of manifests names: the same
// model for several machines.
func (s *store) manifests(v jsonpos.Value) error {
	if v.Get("mediaType").Text() != listType {
		return s.manifest(v)
	}
	for child := range v.Get("manifests").Items() {
		if child.Get("layers").Kind() == jsonpos.Absent && child.Get("digest").Kind() == jsonpos.String {
			m, err := s.blob(child)
			if err != nil {
				return err
			}
			data, err := s.file.Verified(&m, artifact.MaxManifest)
			if err != nil || data == nil {
				s.missing(m, err)
				continue
			}
			if child, err = s.file.ParseJSON(data); err != nil {
				return err
			}
		}
		if err := s.manifest(child); err != nil {
			return err
		}
	}
	return nil
}

// missing files a manifest that is named and cannot be read.
func (s *store) missing(m artifact.Member, err error) {
	if err == nil {
		p := s.file.Problem(diag.Missing, 0, "pull the model again", "manifest %s is named and not there", m.Digest)
		err = &p
	}
	s.res.Note(s.file, err)
}

func (s *store) manifest(v jsonpos.Value) error {
	if v.Kind() != jsonpos.Object || v.Get("layers").Kind() != jsonpos.Array {
		p := s.file.Problem(diag.Malformed, max(v.Line(), 1), "pull the model again", "a manifest without a list of layers")
		return &p
	}
	if c := v.Get("config"); c.Kind() == jsonpos.Object {
		s.res.Note(s.file, s.config(c))
	}
	for layer := range v.Get("layers").Items() {
		if s.layers++; s.layers > MaxLayers {
			s.res.Problems = append(s.res.Problems, s.file.Over(layer.Line(), "layers", MaxLayers, int64(s.layers)))
			return nil
		}
		s.res.Note(s.file, s.layer(layer))
	}
	return nil
}

// blob finds what a descriptor names; its errors have the descriptor's line.
func (s *store) blob(v jsonpos.Value) (artifact.Member, error) {
	size := int64(-1)
	if n, err := strconv.ParseInt(v.Get("size").Text(), 10, 64); err == nil && n >= 0 {
		size = n
	}
	m, err := s.file.Blob(v.Get("digest").Text(), size, func(hex string) []string {
		if s.at == nil {
			return nil
		}
		return []string{path.Join(s.at.root, "blobs", "sha256-"+hex), path.Join(s.at.root, "blobs", "sha256:"+hex)}
	})
	m.Unit, m.MediaType = s.unit, v.Get("mediaType").Text()
	return m, s.line(err, v)
}

// line gives a Problem the place of what it is about.
func (s *store) line(err error, v jsonpos.Value) error {
	if p, ok := err.(*diag.Problem); ok && p.Line == 0 {
		p.Line = v.Line()
	}
	return err
}

func (s *store) layer(v jsonpos.Value) error {
	m, err := s.blob(v)
	if m.Digest == "" { // no digest, nothing else to say
		return err
	}
	if s.seen[m.Digest] { // of another manifest of the list
		return nil
	}
	s.seen[m.Digest] = true
	kind, ours := strings.CutPrefix(m.MediaType, imagePrefix)
	if from := v.Get("from"); kind == "model" && from.Text() != "" {
		s.res.Lineage = append(s.res.Lineage, artifact.Link{ID: from.Text(), Field: "layers.from", Line: from.Line(), Guessed: names.Local(from.Text())})
	}
	switch {
	case !ours:
		return nil // the configuration again
	case kind == "license":
		return s.license(m, v, err)
	case slices.Contains([]string{"template", "system", "params", "messages", "prompt"}, kind):
		return nil // what the model is told, not what it is
	}
	m.Name = s.unit + " (" + kind + ")"
	if name := v.Get("name").Text(); name != "" {
		m.Name = s.unit + "/" + name
	}
	s.res.Files = append(s.res.Files, m)
	return err
}

// license files a license text by its digest, with its content where it is to
// be had and is what the digest says.
func (s *store) license(m artifact.Member, v jsonpos.Value, err error) error {
	s.licenses++
	t := artifact.Text{Source: "layer", Name: fmt.Sprintf("%s (license %d)", s.unit, s.licenses), Digest: m.Digest}
	if err == nil {
		t.Content, err = s.file.Verified(&m, artifact.MaxText)
		if err != nil && t.Content != nil {
			t.Digest = ""
		}
	}
	s.res.Texts = append(s.res.Texts, t)
	return s.line(err, v)
}

// config reads what the model is, or which service runs it.
func (s *store) config(v jsonpos.Value) error {
	m, err := s.blob(v)
	if err != nil {
		return err
	}
	data, err := s.file.Verified(&m, artifact.MaxManifest)
	if err != nil || data == nil {
		return s.line(err, v)
	}
	c, err := s.file.ParseJSON(data)
	if err != nil {
		return s.line(err, v)
	}
	for _, key := range []string{"model_format", "model_family", "model_type", "file_type", "base_name", "remote_host", "remote_model"} {
		s.res.Property(key, c.Get(key).Text())
	}
	if c.Get("remote_host").Text() != "" { // runs elsewhere, no weights are here
		s.res.Kind = inventory.Service
	}
	return nil
}
