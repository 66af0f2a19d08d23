package scan

import (
	"os"
	"path/filepath"
	"strings"
)

// repository is the folder at or above dir that holds .git, dir itself where
// none does.
func repository(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// below is dir as seen from root, "" where it is not in it.
func below(root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// rootOf is the folder abs as seen from cwd, "" where it is not in the
// repository: a report says nothing of the machine.
func rootOf(repo, cwd, abs string) string {
	if below(repo, abs) == "" {
		return ""
	}
	rel, err := filepath.Rel(cwd, abs)
	if err != nil {
		return ""
	}
	return filepath.ToSlash(rel)
}
