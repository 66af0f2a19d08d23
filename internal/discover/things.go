package discover

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// Thing is a model, a dataset or a bill of materials that files of a target
// describe: a folder, a single file, or what a container holds.
type Thing struct {
	Target string
	Tree   fsx.Tree
	Dir    string // its folder in Tree
	Single string // the one file that it is, "" for a folder
	Unit   string // of a container: the name of the thing in it
	Own    bool   // license files of Dir are about the thing
	Named  bool   // Target is the thing's own file, not a folder around it
	Reads  []Read // sorted by path
	Around *Read  // the manifest of the package that it lies in, nil without
	// Components are the folders of its components, which are no things of their
	// own, sorted; what was read in them is among Reads.
	Components []string
}

// Read is a file and what its reader found.
type Read struct {
	File   artifact.File
	Format string
	*artifact.Result
}

// offer holds what a walk offers to the readers.
type offer struct {
	readers []artifact.Reader
	wants   func(base string) bool
	marks   func(base string) bool
	target  string
	tree    fsx.Tree
	res     *Result
	reads   []Read
	// explicit is the one file that was asked for by name: a card is a thing even
	// where it says nothing.
	explicit string
}

// cardSuffix ends the names of cards.
const cardSuffix = ".md"

// file offers one file of the tree.
func (o *offer) file(name string) {
	if !o.wants(strings.ToLower(path.Base(name))) {
		return
	}
	f := artifact.File{Tree: o.tree, Path: name}
	if r, ok := o.read(f); ok {
		o.reads = append(o.reads, r)
	}
}

// read finds the reader of a file and lets it read.
func (o *offer) read(f artifact.File) (Read, bool) {
	head, _, err := f.Tree.AppendHead(nil, f.Path, artifact.HeadSize)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fsx.ErrNotRegular) {
			o.failed(f.Shown(), err)
		}
		return Read{}, false
	}
	f.Head = head
	if fi, err := f.Tree.Stat(f.Path); err == nil {
		f.Size = fi.Size()
	}
	for _, reader := range o.readers {
		if !reader.Match(&f) {
			continue
		}
		result, err := reader.Read(&f)
		if err != nil {
			o.failed(f.Shown(), err)
			return Read{}, false
		}
		o.told(result)
		return Read{f, reader.Format(), result}, true
	}
	return Read{}, false
}

func (o *offer) problem(name string, kind diag.Kind, message string) {
	o.res.Problems = append(o.res.Problems, diag.Problem{Path: o.at(name), Kind: kind, Message: message})
}

// failed files an error of a read as a problem of the report.
func (o *offer) failed(name string, err error) {
	if p := new(diag.Problem); errors.As(err, &p) {
		o.told(&artifact.Result{Problems: []diag.Problem{*p}})
		return
	}
	o.problem(name, diag.Unreadable, cause(err).Error())
}

// told takes over what a reader could not read. Readers know nothing of the
// target that the tree is.
func (o *offer) told(r *artifact.Result) {
	for _, p := range r.Problems {
		p.Path = o.at(p.Path)
		o.res.Problems = append(o.res.Problems, p)
	}
	for _, n := range r.NotExamined {
		n.Path = o.at(n.Path)
		o.res.NotExamined = append(o.res.NotExamined, n)
	}
}

// at is a file of the tree as the user names it.
func (o *offer) at(name string) string {
	switch {
	case o.explicit == "":
		return path.Join(filepath.ToSlash(o.target), name)
	case name == o.explicit || name == "":
		return o.target
	}
	return path.Join(path.Dir(filepath.ToSlash(o.target)), name)
}

// folder lets the readers of folders with a layout of their own take one; it
// reports whether one did.
func (o *offer) folder(dir string, entries []fsx.Entry) bool {
	for _, reader := range o.readers {
		fr, ok := reader.(artifact.FolderReader)
		if !ok || !fr.MatchFolder(dir, entries) {
			continue
		}
		results, err := fr.ReadFolder(o.tree, dir)
		if err != nil {
			o.failed(dir, err)
		}
		for _, r := range results {
			o.told(r)
			o.contained(Read{artifact.File{Tree: o.tree, Path: dir}, reader.Format(), r})
		}
		return true
	}
	return false
}

// contained makes a thing of what a container holds.
func (o *offer) contained(container Read) {
	t := Thing{Target: o.target, Tree: o.tree, Dir: container.File.Path, Unit: container.Name, Named: o.explicit != "", Reads: []Read{container}}
	for _, m := range container.Files {
		if strings.HasPrefix(m.Path, m.Unit+"/") {
			t.Dir, t.Own = m.Unit, true // the unit is a folder like any other
		}
		if t.Unit == "" {
			t.Unit = m.Unit
		}
		if m.Missing {
			continue
		}
		if m.Tree == nil {
			m.Tree = o.tree
		}
		if r, ok := o.read(m.File); ok && r.Role != "" {
			t.Reads = append(t.Reads, r)
		}
	}
	for _, dir := range foldersOf(t.Dir, t.Reads) {
		if !described(t.Reads, dir) {
			t.Components = append(t.Components, dir)
		}
	}
	o.res.Things = append(o.res.Things, t)
}

// Embedded finds the models among files of a tree that a program embeds, as the
// walk over a target would: with what stands beside them. target is how messages
// call the tree.
func (f *Finder) Embedded(target string, tree fsx.Tree, files []string) *Result {
	res := &Result{}
	o := f.offer(target, fsx.Cache(tree), res)
	offered := map[string]bool{}
	for _, name := range files {
		if !offered[name] {
			offered[name] = true
			o.file(name)
		}
	}
	embedded := map[string]bool{}
	dirs := map[string]bool{}
	for _, r := range o.reads {
		if r.IsWeights() {
			embedded[r.File.Path], dirs[path.Dir(r.File.Path)] = true, true
		}
	}
	o.reads = slices.DeleteFunc(o.reads, func(r Read) bool { return !dirs[path.Dir(r.File.Path)] })
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		entries, err := o.tree.ReadDir(dir)
		if err != nil {
			o.problem(dir, diag.Unreadable, cause(err).Error())
			continue
		}
		for _, e := range entries {
			if at := path.Join(dir, e.Name); !e.Type.IsDir() && !offered[at] {
				o.file(at)
			}
		}
	}
	o.group()
	res.Things = slices.DeleteFunc(res.Things, func(t Thing) bool {
		return !slices.ContainsFunc(t.Reads, func(r Read) bool { return embedded[r.File.Path] })
	})
	return res
}

// documents end the names of files that may speak of models and hold no
// parameters: programs embed many of them. jsManifest is the one that stands for
// the parameters beside it, of TensorFlow.js.
var documents = []string{cardSuffix, ".json", ".xml", ".spdx"}

const jsManifest = "model.json"

// MayEmbed reports by its base name whether an embedded file may be of a model.
func (f *Finder) MayEmbed(base string) bool {
	base = strings.ToLower(base)
	if base != jsManifest && slices.ContainsFunc(documents, func(ext string) bool { return strings.HasSuffix(base, ext) }) {
		return false
	}
	return f.Wants != nil && f.Wants(base)
}

// IsWeights reports whether the file holds parameters, or names the files that
// hold those of one model.
func (r *Read) IsWeights() bool {
	return r.Role == artifact.Weights || r.Role == artifact.Manifest && r.Kind == inventory.Model && len(r.Files) == 0
}
