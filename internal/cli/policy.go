package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

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
	p, err := policy.Load(file, base, policyFiles(cwd))
	if err != nil {
		return nil, &usageError{err: err}
	}
	return p, nil
}

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
	return time.Now().UTC().Format(time.DateOnly)
}

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
