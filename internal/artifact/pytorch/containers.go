package pytorch

import (
	"archive/tar"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/zipdir"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// The limits of containers.
const (
	maxSniffs     = 1_000    // entries whose first bytes are looked at
	maxExtra      = 64 << 10 // bytes of an extra file of TorchScript
	maxTarEntries = 10_000
	maxFaults     = 100 // entries of an archive that are wrong
	maxUnpacked   = zipdir.MaxUnpacked
)

// modelFile is the source of what an archive says of its license.
const modelFile = "model-file"

// storage are the entries that hold numbers: archive/data/0.
var storage = lazyre.New(`(^|/)(data|tensors|constants|storages)/[0-9]+$`)

// licenseName are entries that hold a license or notice text.
var licenseName = lazyre.New(`(?i)^(licen[cs]e|copying|notice)([.-].*)?$`)

// archive reads a zip archive.
func (x *file) archive() error {
	x.res.Property("format", "pytorch archive")
	a, err := zipdir.Open(x.f.Shown(), x.src, x.f.Size)
	if err != nil {
		x.partly = true
		return err
	}
	names := map[string]bool{}
	numbers, sniffs, script := 0, 0, false
	for _, e := range a.Entries {
		if names[e.Name] {
			p := x.f.Problem(diag.Malformed, 0, "do not load the file: readers may take either entry", "entry %q is there twice", e.Name)
			x.res.Problems = append(x.res.Problems, p)
		}
		names[e.Name] = true
		switch {
		case storage.MatchString(e.Name):
			numbers++
			continue
		case strings.Contains(e.Name, "/code/"):
			script = true
		case strings.HasSuffix(e.Name, "/"):
			continue
		}
		if sniffs++; sniffs > maxSniffs && !isPickleName(e.Name) {
			continue
		}
		if err := x.entry(a, e); err != nil {
			return err
		}
		if err := x.exhausted(); err != nil {
			return err
		}
	}
	if numbers > 0 {
		x.res.Kind = inventory.Model
		x.res.Parts = append(x.res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: fmt.Sprintf("%d tensor storages", numbers)})
	}
	if script {
		x.res.Property("container", "torchscript")
	}
	if sniffs > maxSniffs {
		x.notExamined("entries of the archive", fmt.Sprintf("it has %d entries that are no numbers; the first %d were looked at", sniffs, maxSniffs))
	}
	if x.walker.pickles == 0 && !x.partly {
		x.notExamined("entries of the archive", "none of them is a pickle")
	}
	return nil
}

// exhausted is a Problem when the archive has cost enough.
func (x *file) exhausted() error {
	var p diag.Problem
	switch {
	case x.budget == 0:
		p = x.f.Over(0, "bytes of pickles in the archive", MaxRead, MaxRead+1)
	case len(x.res.Problems) >= maxFaults:
		p = x.f.Over(0, "faults in the archive", maxFaults, maxFaults+1)
	default:
		return nil
	}
	x.partly = true
	return &p
}

func (x *file) notExamined(what, why string) {
	x.res.NotExamined = append(x.res.NotExamined, diag.NotExamined{Path: x.f.Shown(), What: what, Why: why})
}

// entry reads one entry, if it is a pickle or says something of the license.
func (x *file) entry(a *zipdir.Archive, e zipdir.Entry) error {
	r, err := a.Open(e, x.budget)
	if err != nil {
		return x.of(e, err)
	}
	base := path.Base(e.Name)
	head, err := r.Peek(int(min(e.Size, artifact.HeadSize)))
	pickled := isPickleName(base) || looksPickled(head, e.Size, false)
	if !pickled {
		defer x.spend(r)
	}
	switch {
	case err != nil:
		return x.of(e, err)
	case pickled:
		return x.of(e, x.pickles(r, false))
	case licenseName.MatchString(base):
		text, err := r.Text(uint64(e.Size), artifact.MaxText)
		if err == nil {
			x.res.Texts = append(x.res.Texts, artifact.Text{Source: modelFile, Name: e.Name, Content: []byte(text)})
		}
		return x.of(e, err)
	case strings.Contains(e.Name, "/extra/") && e.Size <= maxExtra:
		text, err := r.Text(uint64(e.Size), maxExtra)
		x.extra(e.Name, text)
		return x.of(e, err)
	case zipdir.IsStart(head):
		x.notExamined("archive in the archive", e.Name)
	}
	return nil
}

// of says in a Problem which entry it is about. What keeps an entry from being
// walked does not keep the others from it.
func (x *file) of(e zipdir.Entry, err error) error {
	if err == nil {
		return nil
	}
	x.partly = x.partly || isPickleName(e.Name)
	return x.res.Fail(binread.In(err, "entry %q", e.Name))
}

// extra takes what an extra file of TorchScript says; Ultralytics writes JSON
// with license and author.
func (x *file) extra(name, text string) {
	v, err := jsonpos.Parse([]byte(text))
	if err != nil {
		return // any text is allowed there
	}
	if l := v.Get("license"); l.Text() != "" {
		x.res.State(artifact.Statement{Source: modelFile, Field: name + " license", Value: l.Text()})
	}
	if author := v.Get("author").Text(); author != "" {
		x.res.Publisher = author
	}
}

// packings are the ways in which joblib packs a pickle, by the first bytes
// (joblib/compressor.py). Those without an opener are not read.
var packings = []struct {
	magic, name string
	open        func(io.Reader) (io.Reader, error)
}{
	{"\x78\x01", "zlib", openZlib}, {"\x78\x5e", "zlib", openZlib}, {"\x78\x9c", "zlib", openZlib}, {"\x78\xda", "zlib", openZlib},
	{"\x1f\x8b", "gzip", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"BZh", "bzip2", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{"\xfd7zXZ\x00", "xz", nil}, {"\x5d\x00\x00", "lzma", nil}, {"\x04\x22\x4d\x18", "lz4", nil}, {"\x28\xb5\x2f\xfd", "zstd", nil},
	{"7z\xbc\xaf\x27\x1c", "7z", nil},
}

func openZlib(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }

// packed reads a pickle that is compressed as a whole; done is false where the
// file is none.
func (x *file) packed() (done bool, err error) {
	for _, p := range packings {
		if !bytes.HasPrefix(x.f.Head, []byte(p.magic)) {
			continue
		}
		x.res.Property("format", "pickle")
		x.res.Property("container", p.name)
		x.partly = true
		if p.open == nil {
			q := x.f.Problem(diag.Unsupported, 0, "unpack the file and scan what is in it", "a pickle packed with %s, which is not read", p.name)
			return true, &q
		}
		z, err := p.open(io.NewSectionReader(x.src, 0, x.f.Size))
		if err != nil {
			q := x.f.Problem(diag.Malformed, 0, "fetch the file again", "unpacking %s: %v", p.name, err)
			return true, &q
		}
		x.partly = false
		r := binread.New(x.f.Shown(), binread.Forward(x.f.Shown(), z, maxUnpacked), binread.Unknown, MaxRead)
		return true, x.pickles(r, false)
	}
	return false, nil
}

// tarPickles are the entries of the oldest files of PyTorch that are pickles.
var tarPickles = []string{"sys_info", "pickle", "storages", "tensors"}

// tarball reads a tar archive, as PyTorch wrote them before version 0.1.10.
func (x *file) tarball() error {
	x.res.Property("format", "pickle")
	x.res.Property("container", "tar")
	t := tar.NewReader(io.NewSectionReader(x.src, 0, x.f.Size))
	for n := 0; ; n++ {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			if x.walker.pickles == 0 {
				x.notExamined("entries of the archive", "none of them is a pickle")
			}
			return nil
		case err != nil:
			p := x.f.Problem(diag.Malformed, 0, "fetch the file again", "tar archive: %v", err)
			return &p
		case n == maxTarEntries:
			p := x.f.Over(0, "entries of a tar archive", maxTarEntries, maxTarEntries+1)
			return &p
		case !slices.Contains(tarPickles, path.Base(h.Name)) && !isPickleName(h.Name):
			continue
		}
		r := binread.New(x.f.Shown(), binread.Forward(x.f.Shown(), t, maxUnpacked), binread.Unknown, x.budget)
		if err := x.res.Fail(binread.In(x.pickles(r, false), "entry %q", h.Name)); err != nil {
			return err
		}
		if err := x.exhausted(); err != nil {
			return err
		}
	}
}
