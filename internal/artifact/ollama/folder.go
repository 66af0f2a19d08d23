package ollama

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

var _ artifact.FolderReader = Reader{}

// maxManifests is how many manifests of a store are read.
const maxManifests = 20_000

// MatchFolder knows a store by its two folders. Docker's stores of models have
// them too, and an index beside.
func (Reader) MatchFolder(_ string, entries []fsx.Entry) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(entries, func(e fsx.Entry) bool { return e.Name == name })
	}
	return has("blobs") && (has("manifests") || has("manifests-v2")) && !has("models.json") && !has("oci-layout")
}

// ReadFolder implements artifact.FolderReader: a result per model and tag. What
// no manifest names stands with the last, or in a result without a role.
func (r Reader) ReadFolder(t fsx.Tree, dir string) ([]*artifact.Result, error) {
	w := &walk{reader: r, tree: t, dir: dir, used: map[string]bool{}, seen: map[string]bool{}}
	for _, top := range []string{"manifests-v2", "manifests"} {
		if err := w.level(path.Join(dir, top), 0); err != nil {
			return nil, err
		}
	}
	return w.out, w.rest()
}

type walk struct {
	reader Reader
	tree   fsx.Tree
	dir    string
	out    []*artifact.Result
	used   map[string]bool // digests that manifests name
	seen   map[string]bool // units: those of manifests-v2 come first
}

// level goes down HOST/NAMESPACE/MODEL/TAG.
func (w *walk) level(dir string, depth int) error {
	entries, err := w.tree.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name)
		switch {
		case e.Type == fs.ModeDir && depth < 3:
			if err := w.level(name, depth+1); err != nil {
				return err
			}
		case e.Type != fs.ModeDir && depth == 3 && !strings.HasPrefix(e.Name, "."):
			if err := w.manifest(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *walk) manifest(name string) error {
	at, ok := locate(name)
	if !ok || w.seen[at.unit()] {
		return nil
	}
	w.seen[at.unit()] = true
	f := &artifact.File{Tree: w.tree, Path: name}
	if len(w.out) >= maxManifests {
		p := f.Over(0, "manifests in the store", maxManifests, maxManifests+1)
		return &p
	}
	fi, err := w.tree.Stat(name)
	if err != nil {
		p := f.Problem(diag.Unreadable, 0, "pull the model again", "%v", err)
		w.out = append(w.out, &artifact.Result{Role: artifact.Manifest, Problems: []diag.Problem{p}})
		return nil
	}
	f.Size = fi.Size()
	res, err := w.reader.Read(f)
	if err != nil {
		p := f.Problem(diag.Unreadable, 0, "make the file readable", "%v", err)
		res = &artifact.Result{Role: artifact.Manifest, Problems: []diag.Problem{p}}
	}
	w.out = append(w.out, res)
	for _, m := range res.Files {
		w.used[path.Base(m.Path)] = true
	}
	return nil
}

// rest notes weights that no manifest names: left over from a model that was
// removed, or of a download that did not end.
func (w *walk) rest() error {
	entries, err := w.tree.ReadDir(path.Join(w.dir, "blobs"))
	if err != nil {
		return err
	}
	n := 0
	for _, e := range entries {
		name := path.Join(w.dir, "blobs", e.Name)
		if w.used[e.Name] || e.Type != 0 {
			continue
		}
		// Texts and configurations are small; only what may be weights counts.
		if fi, err := w.tree.Stat(name); err == nil && fi.Size() > artifact.MaxManifest {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	if len(w.out) == 0 {
		w.out = append(w.out, &artifact.Result{})
	}
	last := w.out[len(w.out)-1]
	last.NotExamined = append(last.NotExamined, diag.NotExamined{
		Path: path.Join(w.dir, "blobs"), What: fmt.Sprintf("%d blobs", n), Why: "no manifest names them",
	})
	return nil
}
