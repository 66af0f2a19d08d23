package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/policy"
)

// This file holds the places that a policy and what it extends are read from.

// policyFiles reads from disk, for a policy that the user named; names are as
// seen from the folder.
type policyFiles string

func (cwd policyFiles) abs(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(string(cwd), filepath.FromSlash(name))
}

func (cwd policyFiles) Read(name string) ([]byte, error) { return readPolicy(cwd.abs(name)) }

func (cwd policyFiles) Exists(name string) bool {
	fi, err := os.Stat(cwd.abs(name))
	return err == nil && fi.Mode().IsRegular()
}

// treeFiles reads from a tree that nothing leads out of: a revision, or the
// repository of a policy that was found and that nobody vouches for.
type treeFiles struct {
	tree fsx.Tree
	root string // where the tree is, or would be, on disk
	dir  string // names are as seen from it
}

// foundFiles reads what a policy that was found says from its repository: the
// folder above it that holds .git, else its own.
func foundFiles(cwd, file string) policy.Files {
	own := filepath.Dir(policyFiles(cwd).abs(file))
	root := own
	for dir := own; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			root = dir
			break
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	tree, err := fsx.OpenDir(root)
	if err != nil {
		return policyFiles(cwd) // reading the file itself says what is wrong
	}
	return treeFiles{tree: tree, root: root, dir: cwd}
}

// below is a name as the tree knows it.
func (f treeFiles) below(name string) (string, bool) {
	rel, err := filepath.Rel(f.root, policyFiles(f.dir).abs(name))
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func (f treeFiles) Read(name string) ([]byte, error) {
	in, ok := f.below(name)
	if !ok {
		return nil, errors.New("leads out of the repository: only a policy that is named with --policy may do that")
	}
	body, err := f.tree.ReadFile(in, policy.MaxBytes)
	var limit *fsx.LimitError
	switch {
	case errors.As(err, &limit):
		return nil, errOverLimit
	case errors.Is(err, fsx.ErrNotRegular):
		return nil, errNotRegular
	}
	return body, withoutPath(err)
}

func (f treeFiles) Exists(name string) bool {
	in, ok := f.below(name)
	if !ok {
		return false
	}
	fi, err := f.tree.Stat(in)
	return err == nil && fi.Mode()&fs.ModeType == 0
}

// trustedFiles reads a policy from a revision; what it says is there has to be
// there now.
type trustedFiles struct{ treeFiles }

func (f trustedFiles) Exists(name string) bool { return policyFiles(f.root).Exists(name) }

var (
	errNotRegular = errors.New("is not a regular file")
	errOverLimit  = fmt.Errorf("is over the limit of %d bytes", policy.MaxBytes)
)

// readPolicy reads a regular file up to the limit of policies.
func readPolicy(file string) ([]byte, error) {
	fi, err := os.Stat(file)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !fi.Mode().IsRegular() {
		return nil, errNotRegular
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, policy.MaxBytes+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(data) > policy.MaxBytes {
		return nil, errOverLimit
	}
	return data, nil
}
