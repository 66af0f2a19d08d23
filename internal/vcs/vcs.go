// Package vcs reads a revision of a git repository as a tree of files. It asks
// the git command for objects and nothing else: nothing is checked out, no file
// of the working tree or the repository is written, no hook, filter or helper
// runs, and nothing is fetched.
package vcs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Revision is a commit of a repository and the files that it holds.
type Revision struct {
	Name   string // as it was asked for
	Commit string // its full hash
	Date   string // the day of the commit in UTC, YYYY-MM-DD
	Root   string // the folder of the working tree that the revision is one of
	Dir    string // the folder that was asked about, below Root: as it is on disk

	tree    *tree
	objects *objects
	outside []string
}

// ErrNone is the cause where a folder is in no repository, or the repository has
// no such revision.
var ErrNone = errors.New("no such revision")

// Open finds a revision in the repository that holds a folder. Folders below
// one of outside, such as a module cache inside the repository's folder, are
// none of the revision's. The caller closes it.
func Open(ctx context.Context, dir, rev string, outside ...string) (*Revision, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsFunc(rev, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		return nil, fmt.Errorf("%w: %q is no name of one", ErrNone, rev)
	}
	root, err := run(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	prefix, err := run(ctx, dir, "rev-parse", "--show-prefix") // "" in the root itself
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	if !filepath.IsAbs(root) {
		return nil, fmt.Errorf("git rev-parse answered %q", root)
	}
	r := &Revision{Name: rev, Root: filepath.Clean(filepath.FromSlash(root)), outside: outside}
	r.Dir = filepath.Join(r.Root, filepath.FromSlash(prefix))
	hash, err := run(ctx, dir, "rev-parse", "--verify", "--end-of-options", rev+"^{commit}")
	if err != nil {
		return nil, fmt.Errorf("%w %q: %w", ErrNone, rev, err)
	}
	r.Commit = strings.TrimSpace(hash)
	r.objects = &objects{ctx: ctx, dir: dir}
	c, err := r.objects.commit(r.Commit)
	if err != nil {
		r.Close()
		return nil, fmt.Errorf("revision %s: %w", rev, err)
	}
	r.Date = c.date
	r.tree = &tree{name: rev, objects: r.objects, root: c.tree, parsed: map[string][]node{}}
	return r, nil
}

// Tree is all that the revision holds.
func (r *Revision) Tree() fsx.Tree { return r.tree }

// Close ends the git processes.
func (r *Revision) Close() error { return r.objects.close() }

// OpenDir opens a folder as it was in the revision; what is not below Root is
// opened as it is on disk.
func (r *Revision) OpenDir(abs string) (fsx.Tree, error) {
	name, ok := r.below(abs)
	if !ok {
		return fsx.OpenDir(abs)
	}
	fi, err := r.tree.Stat(name)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a folder")}
	}
	return fsx.Rooted(r.tree, name), nil
}

// Stat describes what was at a place in the revision, or is on disk outside.
func (r *Revision) Stat(abs string) (fs.FileInfo, error) {
	if name, ok := r.below(abs); ok {
		return r.tree.Stat(name)
	}
	return os.Stat(abs)
}

// below is a place as seen from Root, and whether it is one of the revision's.
func (r *Revision) below(abs string) (string, bool) {
	for _, dir := range r.outside {
		if dir != "" && within(dir, abs) {
			return "", false
		}
	}
	if !within(r.Root, abs) {
		return "", false
	}
	rel, err := filepath.Rel(r.Root, abs)
	if err != nil {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func within(dir, abs string) bool {
	rel, err := filepath.Rel(dir, abs)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
