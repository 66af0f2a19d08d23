package ociartifact

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// layer files one layer: a license text, an archive, or a file that is offered
// again. It reports whether it was a license, the n-th.
func (r *reading) layer(v jsonpos.Value, n int) (isLicense bool, err error) {
	m, err := r.blob(v)
	if m.Digest == "" {
		return false, err
	}
	file := v.Get("annotations").Get("org.cncf.model.filepath").Text()
	if file == "" {
		file = v.Get("annotations").Get("org.opencontainers.image.title").Text()
	}
	m.Name = r.unit + " (" + lastWord(m.MediaType) + ")"
	if file != "" {
		m.Name = r.unit + "/" + file
	}
	if n := v.Get("annotations"); n.Kind() == jsonpos.Object {
		r.annotations(n, "layers.annotations")
	}
	switch {
	case strings.HasSuffix(m.MediaType, ".license") || file != "" && names.LicenseFile(file) && !isArchive(m.MediaType):
		return true, r.license(m, n, err)
	case isArchive(m.MediaType):
		return false, r.archive(m, err)
	}
	r.res.Files = append(r.res.Files, m)
	return false, err
}

func lastWord(mediaType string) string { return mediaType[strings.LastIndexByte(mediaType, '/')+1:] }

func isArchive(mediaType string) bool {
	for _, end := range []string{".tar", ".tar+gzip", ".tar.gz", ".tar+zstd", "+gzip", "+zstd"} {
		if strings.HasSuffix(mediaType, end) {
			return true
		}
	}
	return false
}

// license files a text by its digest, with its content where it is to be had.
func (r *reading) license(m artifact.Member, n int, err error) error {
	t := artifact.Text{Source: "layer", Name: fmt.Sprintf("%s (license %d)", r.unit, n), Digest: m.Digest}
	if err == nil {
		t.Content, err = r.file.Verified(&m, artifact.MaxText)
		if err != nil && t.Content != nil {
			t.Digest = ""
		}
	}
	r.spdxID(t)
	r.res.Texts = append(r.res.Texts, t)
	return err
}

// spdxID reads the front matter that texts of choosealicense.com begin with.
func (r *reading) spdxID(t artifact.Text) {
	head, ok := bytes.CutPrefix(t.Content, []byte("---\n"))
	if !ok {
		return
	}
	front, _, ok := bytes.Cut(head, []byte("\n---\n"))
	if !ok || len(front) > yamlpos.MaxBytes {
		return
	}
	doc, err := yamlpos.Parse(t.Name, front)
	if err != nil { // a text that begins with a rule
		return
	}
	if id := doc.Get("spdx-id"); id.Text() != "" {
		r.res.State(artifact.Statement{Source: "layer", Field: "spdx-id", Value: id.Text(), Line: id.Pos().Line + 1})
	}
}

// The limits of an archive: headers that are read, texts that are kept.
const (
	maxEntries = 100_000
	maxTexts   = 64
)

// archive looks for license texts among the files of an archive. Compressed
// ones are not unpacked.
func (r *reading) archive(m artifact.Member, err error) error {
	if err != nil || m.Missing {
		return err
	}
	if !strings.HasSuffix(m.MediaType, ".tar") {
		r.res.NotExamined = append(r.res.NotExamined, diag.NotExamined{Path: m.Shown(), What: "archive layer", Why: "compressed archives are not unpacked"})
		return nil
	}
	f, err := m.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	t := tar.NewReader(io.NewSectionReader(f, 0, f.Size()))
	for n, texts := 0, 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			p := r.file.Problem(diag.Malformed, 0, "pull the model again", "layer %s: not a tar archive: %v", path.Base(m.Path), err)
			return &p
		}
		if n >= maxEntries || texts >= maxTexts {
			p := r.file.Over(0, "entries of layer "+path.Base(m.Path), maxEntries, int64(n))
			return &p
		}
		if h.Typeflag != tar.TypeReg || !names.LicenseFile(h.Name) {
			continue
		}
		texts++
		if h.Size > artifact.MaxText {
			p := r.file.Over(0, "bytes of "+yamlpos.Quote(h.Name), artifact.MaxText, h.Size)
			r.res.Problems = append(r.res.Problems, p)
			continue
		}
		data, err := io.ReadAll(io.LimitReader(t, artifact.MaxText))
		if err != nil {
			p := r.file.Problem(diag.Malformed, 0, "pull the model again", "layer %s ends in the middle of %s", path.Base(m.Path), yamlpos.Quote(h.Name))
			return &p
		}
		r.res.Texts = append(r.res.Texts, artifact.Text{Source: "layer", Name: r.unit + "/" + h.Name, Content: data})
	}
}
