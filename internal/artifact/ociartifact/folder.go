package ociartifact

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

var _ artifact.FolderReader = Reader{}

// MatchFolder implements artifact.FolderReader.
func (Reader) MatchFolder(_ string, entries []fsx.Entry) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(entries, func(e fsx.Entry) bool { return e.Name == name })
	}
	return has("blobs") && (has("oci-layout") && has("index.json") || has("models.json") && has("manifests"))
}

// ReadFolder implements artifact.FolderReader: a result per model. What is no
// model (a container image) or cannot be read is named with the last of them, or
// in a result without a role.
func (Reader) ReadFolder(t fsx.Tree, dir string) ([]*artifact.Result, error) {
	l := &layout{tree: t, dir: dir, rest: &artifact.Result{}, seen: map[string]bool{}}
	if v, err := l.open("index.json"); err != nil {
		return nil, err
	} else if v.Kind() != jsonpos.Absent {
		l.index(v, 0)
	}
	if v, err := l.open("models.json"); err != nil {
		return nil, err
	} else if v.Kind() != jsonpos.Absent {
		l.models(v)
	}
	if n := len(l.out); n > 0 {
		last := l.out[n-1]
		last.Problems, last.NotExamined = append(last.Problems, l.rest.Problems...), append(last.NotExamined, l.rest.NotExamined...)
	} else if len(l.rest.Problems)+len(l.rest.NotExamined) > 0 {
		l.out = append(l.out, l.rest)
	}
	return l.out, nil
}

// layout is the folder that is being read.
type layout struct {
	tree fsx.Tree
	dir  string
	file *artifact.File // the index, for messages
	out  []*artifact.Result
	rest *artifact.Result // what belongs to no model
	seen map[string]bool  // digest and name of manifests
}

// open reads an index; one that is not there is absent.
func (l *layout) open(name string) (jsonpos.Value, error) {
	f := &artifact.File{Tree: l.tree, Path: path.Join(l.dir, name)}
	v, err := f.JSON(artifact.MaxManifest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return jsonpos.Value{}, nil
	case err != nil:
		return jsonpos.Value{}, l.rest.Fail(err)
	}
	l.file = f
	return v, nil
}

// index reads an index of OCI.
func (l *layout) index(v jsonpos.Value, depth int) {
	for d := range v.Get("manifests").Items() {
		if l.full(d, depth) {
			return
		}
		notes := d.Get("annotations")
		ref := notes.Get("io.containerd.image.name").Text()
		if ref == "" {
			ref = notes.Get("org.opencontainers.image.ref.name").Text()
		}
		l.manifest(d.Get("digest"), ref, "blobs", depth)
	}
}

// models reads the index of Docker's store.
func (l *layout) models(v jsonpos.Value) {
	for m := range v.Get("models").Items() {
		if l.full(m, 0) {
			return
		}
		ref := ""
		for tag := range m.Get("tags").Many() {
			ref = tag.Text()
			break
		}
		l.manifest(m.Get("id"), ref, "manifests", 0)
	}
}

// full reports, once an index, that no more is read.
func (l *layout) full(v jsonpos.Value, depth int) bool {
	var p diag.Problem
	switch {
	case len(l.seen) >= maxManifests:
		p = l.file.Over(v.Line(), "manifests", maxManifests, int64(len(l.seen))+1)
	case depth > maxNesting:
		p = l.file.Over(v.Line(), "indexes in indexes", maxNesting, int64(depth))
	default:
		return false
	}
	l.rest.Note(l.file, &p)
	return true
}

// manifest reads a manifest, or an index in an index.
func (l *layout) manifest(digest jsonpos.Value, ref, folder string, depth int) {
	key := digest.Text() + " " + ref
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	m, err := l.file.Blob(digest.Text(), -1, func(hex string) []string { return []string{path.Join(l.dir, folder, "sha256", hex)} })
	var data []byte
	if err == nil {
		data, err = l.file.Verified(&m, artifact.MaxManifest)
	}
	if err == nil && data == nil {
		p := l.file.Problem(diag.Missing, 0, "pull the model again", "manifest %s is named and not there", m.Digest)
		err = &p
	}
	if err != nil {
		l.rest.Note(l.file, at(err, digest))
		return
	}
	f := &m.File
	if ref != "" {
		f.Name = ref
	}
	v, err := f.ParseJSON(data)
	switch {
	case err != nil:
		l.rest.Note(f, err)
	case v.Get("manifests").Kind() == jsonpos.Array:
		l.index(v, depth+1)
	case !isModel(v):
		l.rest.NotExamined = append(l.rest.NotExamined, diag.NotExamined{Path: f.Path, What: "container image", Why: "its layers hold no model that is packed as one"})
	default:
		hex, _ := names.Digest(digest.Text())
		res := &artifact.Result{Role: artifact.Manifest, Kind: inventory.Model, Commit: hex}
		r := &reading{file: f, res: res, root: l.dir, ref: ref}
		r.manifest(v, data)
		l.out = append(l.out, res)
	}
}
