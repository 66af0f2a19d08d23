// Package hfcache reads the cache of huggingface_hub: a folder per repository,
// in it a snapshot per commit, and what the Hub said of files that were not
// downloaded. So it can tell, offline, that a repository has a license file that
// is not here, or that it has none.
//
//	models--ORG--NAME/refs/main                    the commit
//	                  snapshots/COMMIT/PATH        links to ../../blobs/…, or copies
//	                  .no_exist/COMMIT/PATH        asked for, and not in the repository
//	                  trees/COMMIT.json            all files of the commit
package hfcache

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits of a repository's folder.
const (
	maxFiles     = 100_000 // of a snapshot
	maxSnapshots = 1000
	maxRefs      = 10_000
	maxDepth     = 64   // folders
	maxRef       = 4096 // bytes of a file below refs/
)

// Reader reads lists of files, and whole repositories of a cache.
type Reader struct{}

// New returns the reader.
func New() artifact.Reader { return Reader{} }

// Format implements artifact.Reader.
func (Reader) Format() string { return "hfcache" }

var _ artifact.FolderReader = Reader{}

// kinds are the first words of the folders' names.
var kinds = map[string]inventory.Kind{
	"models": inventory.Model, "datasets": inventory.Dataset, "spaces": inventory.Code, "kernels": inventory.Code,
}

// repository takes a folder's name apart: models--ORG--NAME.
func repository(dir string) (kind inventory.Kind, name string, ok bool) {
	first, rest, found := strings.Cut(path.Base(dir), "--")
	kind, ok = kinds[first]
	return kind, strings.Replace(rest, "--", "/", 1), ok && found && rest != ""
}

// MatchFolder implements artifact.FolderReader.
func (Reader) MatchFolder(dir string, entries []fsx.Entry) bool {
	_, _, ok := repository(dir)
	return ok && slices.ContainsFunc(entries, func(e fsx.Entry) bool { return e.Name == "snapshots" })
}

// Match takes the list of files of a commit, as it lies in a cache or below
// .cache/huggingface of a folder that was downloaded into.
func (Reader) Match(f *artifact.File) bool {
	commit, ok := strings.CutSuffix(path.Base(f.Path), ".json")
	return ok && names.Commit(commit) && path.Base(path.Dir(f.Path)) == "trees" && bytes.Contains(f.Head, []byte(`"format_version"`))
}

// Read implements artifact.Reader.
func (Reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Manifest, Commit: strings.TrimSuffix(path.Base(f.Path), ".json")}
	files, err := list(f)
	if err != nil {
		return res, res.Fail(err)
	}
	upstream(res, files)
	return res, nil
}

// ReadFolder implements artifact.FolderReader: a result per snapshot.
func (Reader) ReadFolder(t fsx.Tree, dir string) ([]*artifact.Result, error) {
	kind, name, _ := repository(dir)
	r := &repo{tree: t, dir: dir, refs: map[string][]string{}}
	if err := r.readRefs(path.Join(dir, "refs"), "", 0); err != nil {
		return nil, err
	}
	entries, err := readDir(t, path.Join(dir, "snapshots"))
	if err != nil {
		return nil, err
	}
	var out []*artifact.Result
	for _, e := range entries {
		if e.Type != fs.ModeDir {
			continue
		}
		if len(out) >= maxSnapshots {
			f := &artifact.File{Tree: t, Path: dir}
			out[0].Problems = append(out[0].Problems, f.Over(0, "snapshots", maxSnapshots, int64(len(entries))))
			break
		}
		res, err := r.snapshot(e.Name)
		if err != nil {
			return nil, err
		}
		res.Kind, res.Name, res.Role = kind, name, artifact.Manifest
		out = append(out, res)
	}
	return out, nil
}

// readDir lists a folder; one that is not there is empty.
func readDir(t fsx.Tree, dir string) ([]fsx.Entry, error) {
	entries, err := t.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return entries, err
}

// repo is the folder of one repository.
type repo struct {
	tree fsx.Tree
	dir  string
	refs map[string][]string // commit to the names that lead to it
	n    int                 // refs read
}

// readRefs reads the commits of branches, tags and pull requests. What is no
// commit names no snapshot, and is left.
func (r *repo) readRefs(dir, prefix string, depth int) error {
	entries, err := readDir(r.tree, dir)
	if err != nil || depth > maxDepth {
		return err
	}
	for _, e := range entries {
		if e.Type == fs.ModeDir {
			if err := r.readRefs(path.Join(dir, e.Name), prefix+e.Name+"/", depth+1); err != nil {
				return err
			}
			continue
		}
		if r.n++; r.n > maxRefs {
			return nil
		}
		data, err := r.tree.ReadFile(path.Join(dir, e.Name), maxRef)
		if over := new(fsx.LimitError); errors.As(err, &over) {
			continue
		} else if err != nil {
			return err
		}
		commit := strings.TrimSpace(string(data))
		r.refs[commit] = append(r.refs[commit], prefix+e.Name)
	}
	return nil
}

// snapshot lists what is here of a commit, and what is known of the rest.
func (r *repo) snapshot(commit string) (*artifact.Result, error) {
	res := &artifact.Result{}
	f := &artifact.File{Tree: r.tree, Path: path.Join(r.dir, "snapshots", commit)}
	if names.Commit(commit) {
		res.Commit = commit
	} else {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, 0, "download the repository again", "a snapshot whose name is not a commit"))
	}
	for _, ref := range r.refs[commit] {
		res.Property("ref", ref)
	}
	s := &snapshot{file: f, res: res, here: map[string]bool{}}
	if err := s.walk(f.Path, "", 0); err != nil {
		return nil, err
	}
	tree := &artifact.File{Tree: r.tree, Path: path.Join(r.dir, "trees", commit+".json")}
	if fi, err := r.tree.Stat(tree.Path); err == nil {
		tree.Size = fi.Size()
		files, err := list(tree)
		res.Note(tree, err)
		if err == nil {
			upstream(res, files)
			s.notHere(files)
		}
	}
	return res, r.absent(res, path.Join(r.dir, ".no_exist", commit), "", 0)
}

// absent files the license files that were asked for and that the repository
// does not have.
func (r *repo) absent(res *artifact.Result, dir, prefix string, depth int) error {
	entries, err := readDir(r.tree, dir)
	if err != nil || depth > maxDepth {
		return err
	}
	for _, e := range entries[:min(len(entries), maxFiles)] {
		name := prefix + e.Name
		if e.Type == fs.ModeDir {
			if err := r.absent(res, path.Join(dir, e.Name), name+"/", depth+1); err != nil {
				return err
			}
		} else if carries(name) {
			res.Property("upstream_absent", name)
		}
	}
	return nil
}

// carries reports whether a file is one that states a license.
func carries(name string) bool {
	return names.LicenseFile(name) || strings.EqualFold(name, "README.md")
}

// snapshot collects the files of one commit.
type snapshot struct {
	file *artifact.File
	res  *artifact.Result
	here map[string]bool // paths below the snapshot
}

func (s *snapshot) walk(dir, prefix string, depth int) error {
	if depth > maxDepth {
		s.res.Problems = append(s.res.Problems, s.file.Over(0, "levels of folders", maxDepth, int64(depth)))
		return nil
	}
	entries, err := readDir(s.file.Tree, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := prefix + e.Name
		if e.Type == fs.ModeDir {
			if err := s.walk(path.Join(dir, e.Name), name+"/", depth+1); err != nil {
				return err
			}
			continue
		}
		if len(s.here) >= maxFiles {
			s.res.Problems = append(s.res.Problems, s.file.Over(0, "files", maxFiles, maxFiles+1))
			return nil
		}
		s.here[name] = true
		s.member(path.Join(dir, e.Name))
	}
	return nil
}

// member files a file of the snapshot. A link without an end is a download that
// did not finish.
func (s *snapshot) member(name string) {
	m := artifact.Member{File: artifact.File{Tree: s.file.Tree, Path: name}, Unit: s.file.Path}
	fi, err := s.file.Tree.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		m.Missing = true
	case err != nil:
		s.note(name, err)
		return
	case fi.IsDir():
		return // a link to a folder: nothing of a cache
	default:
		m.Size = fi.Size()
		if m.Head, _, err = s.file.Tree.AppendHead(nil, name, artifact.HeadSize); err != nil {
			s.note(name, err)
			return
		}
	}
	s.res.Files = append(s.res.Files, m)
}

func (s *snapshot) note(name string, err error) {
	help := "make the file readable"
	if errors.Is(err, fsx.ErrOutside) {
		help = "scan the whole cache: files that repositories share lie beside their folders"
	}
	s.res.Problems = append(s.res.Problems, s.file.Problem(diag.Unreadable, 0, help, "%s: %v", path.Base(name), err))
}

// notHere files what states a license and was not downloaded.
func (s *snapshot) notHere(files []string) {
	for _, name := range files {
		if carries(name) && !s.here[name] {
			s.res.Property("not_downloaded", name)
		}
	}
}

// list reads the names of all files of a commit.
func list(f *artifact.File) ([]string, error) {
	v, err := f.JSON(16 * artifact.MaxManifest)
	if err != nil {
		return nil, err
	}
	if version := v.Get("format_version").Text(); version != "1" {
		p := f.Problem(diag.Unsupported, max(v.Line(), 1), "use a newer rukhsa", "a list of files of version %.20q, 1 is known", version)
		return nil, &p
	}
	var out []string
	for name := range v.Get("files").Pairs() {
		if len(out) >= maxFiles {
			p := f.Over(name.Line(), "files", maxFiles, maxFiles+1)
			return nil, &p
		}
		out = append(out, name.Text())
	}
	return out, nil
}

// upstream files the license files that the repository has at the commit, or
// that it has none.
func upstream(res *artifact.Result, files []string) {
	none := true
	for _, name := range files {
		if names.LicenseFile(name) {
			res.Property("upstream_license", name)
			none = false
		}
	}
	if none {
		res.Property("upstream_license", "none")
	}
	res.Property("upstream_files", fmt.Sprint(len(files)))
}
