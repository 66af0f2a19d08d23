package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/hub"
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
	var files policy.Files = policyFiles(cwd)
	if file == "" {
		if file = findPolicy(cwd, targets); file == "" {
			return policy.Default(base), nil
		}
		files = foundFiles(cwd, file)
	} else if rev, name, ok := trusted(file, cwd); ok {
		return loadTrusted(rev, name, cwd, base)
	}
	p, err := policy.Load(file, base, files)
	if err != nil {
		return nil, &usageError{err, wrongPolicy}
	}
	return p, nil
}

// wrongPolicy is what to type where a policy is wrong.
const wrongPolicy = "rukhsa explain " + string(diag.PolicyFile) + "; rukhsa config schema helps editors"

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
	p, err := policy.Load(file, base, trustedFiles{treeFiles{tree: rev.Tree(), root: rev.Root, dir: rev.Root}})
	if err != nil {
		return nil, &usageError{fmt.Errorf("in %s: %w", name, err), wrongPolicy}
	}
	p.Name = name + ":" + file
	return p, nil
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
	if len(targets) > 0 && !hub.Is(targets[0]) {
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

// withoutPath drops the path that the caller's message names already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
