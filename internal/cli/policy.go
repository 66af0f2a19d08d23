package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/vcs"
)

// policyOf is the policy that a scan goes by.
func (a *app) policyOf(s *scanFlags, cwd string, targets []string, base *rulebase.Base) (*policy.Policy, error) {
	if s.noPolicy {
		return policy.Default(base), nil
	}
	return loadPolicy(s.policy, cwd, targets, base)
}

// loadPolicy reads the policy of a scan: the file that was named, else the
// first rukhsa.yaml from the first target's folder upward to the root of the
// repository, else the built-in one. A wrong or unreadable file is a
// *usageError with every fault of it and of what it extends, a line each.
func loadPolicy(file, cwd string, targets []string, base *rulebase.Base) (*policy.Policy, error) {
	if file == "" {
		if file = findPolicy(cwd, targets); file == "" {
			return policy.Default(base), nil
		}
	}
	if rev, name, ok := trusted(file, cwd); ok {
		return loadTrusted(rev, name, cwd, base)
	}
	p, err := policy.Load(file, base, policyFiles(cwd))
	if err != nil {
		return nil, &usageError{err: err}
	}
	return p, nil
}

// trusted reads REVISION:PATH, as git writes a file of a revision; a file that
// is there under the whole name is meant.
func trusted(file, cwd string) (rev, name string, ok bool) {
	if _, err := os.Lstat(policyFiles(cwd).abs(file)); err == nil || filepath.VolumeName(file) != "" {
		return "", "", false
	}
	rev, name, ok = strings.Cut(file, ":")
	return rev, name, ok && rev != "" && name != ""
}

// loadTrusted reads a policy from a revision, which a pull request cannot
// change. PATH is as seen from the root of the repository, where the files are
// that it says meet duties.
func loadTrusted(name, file, cwd string, base *rulebase.Base) (*policy.Policy, error) {
	rev, err := vcs.Open(context.Background(), cwd, name)
	if err != nil {
		return nil, usagef("--policy FILE or --policy REVISION:FILE", "policy %s:%s: %w", name, file, err)
	}
	defer rev.Close()
	p, err := policy.Load(file, base, trustedFiles{rev.Tree(), rev.Root})
	if err != nil {
		return nil, &usageError{err: fmt.Errorf("in %s: %w", name, err)}
	}
	p.Name = name + ":" + file
	return p, nil
}

// trustedFiles reads a policy from a tree; what is there is on disk.
type trustedFiles struct {
	tree fsx.Tree
	root string
}

func (f trustedFiles) Read(name string) ([]byte, error) {
	body, err := f.tree.ReadFile(name, policy.MaxBytes)
	return body, withoutPath(err)
}

func (f trustedFiles) Exists(name string) bool { return policyFiles(f.root).Exists(name) }

// policyFiles reads the files of a policy from disk; names are as seen from it.
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

// asOf is the day for waivers: the one that was asked for, else today where the
// policy holds dates. A report of a policy without dates does not depend on the
// day. It is that of UTC, the same wherever the program runs.
func asOf(asked string, p *policy.Policy) string {
	if asked != "" || !p.Dated() {
		return asked
	}
	return today()
}

func today() string { return time.Now().UTC().Format(time.DateOnly) }

// findPolicy returns the path of the nearest policy file, as seen from cwd; ""
// without one.
func findPolicy(cwd string, targets []string) string {
	dir := cwd
	if len(targets) > 0 {
		dir = strings.TrimSuffix(filepath.FromSlash(targets[0]), string(filepath.Separator)+"...")
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(cwd, dir)
		}
		if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
			dir = filepath.Dir(dir)
		}
	}
	for {
		file := filepath.Join(dir, policy.FileName)
		if _, err := os.Lstat(file); err == nil {
			if rel, err := filepath.Rel(cwd, file); err == nil {
				return rel
			}
			return file
		}
		_, err := os.Lstat(filepath.Join(dir, ".git"))
		up := filepath.Dir(dir)
		if err == nil || up == dir {
			return ""
		}
		dir = up
	}
}

// readPolicy reads a regular file up to the limit of policies.
func readPolicy(file string) ([]byte, error) {
	fi, err := os.Stat(file)
	if err != nil {
		return nil, withoutPath(err)
	}
	if !fi.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
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
		return nil, fmt.Errorf("is over the limit of %d bytes", policy.MaxBytes)
	}
	return data, nil
}

// withoutPath drops the path that the caller's message names already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
