// Package modver knows how Go writes versions down: those of modules, those of
// Go itself, those in the paths of programs, and where a module cache keeps what
// belongs to one.
package modver

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// Higher reports whether v is a later module version than w. The version of a
// main module is "", and nothing is later than it.
func Higher(v, w string) bool { return w != "" && (v == "" || semver.Compare(v, w) > 0) }

// Compare orders modules by path, then version; versions that are equal but
// written differently by their bytes.
func Compare(a, b module.Version) int {
	if c := strings.Compare(a.Path, b.Path); c != 0 {
		return c
	}
	if c := semver.Compare(a.Version, b.Version); c != 0 {
		return c
	}
	return strings.Compare(a.Version, b.Version)
}

// GoMinor is the N of Go 1.N in a go line ("1.21", "1.21.3", "1.22rc1"): 0 for
// a line that names no release, and more than any N for Go 2 and later.
func GoMinor(line string) int {
	major, rest, _ := strings.Cut(line, ".")
	switch n, err := strconv.Atoi(major); {
	case err != nil || n < 1:
		return 0
	case n > 1:
		return 1 << 20
	}
	end := 0
	for end < len(rest) && '0' <= rest[end] && rest[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(rest[:end])
	if err != nil {
		return 0
	}
	return n
}

// ProgramName is how the go command names the program of a main package: the
// last element of its import path, or the one before it where the last is a
// major version (example.com/tool/v2 makes tool; gopkg.in/tool.v2 stays whole).
func ProgramName(importPath string) string {
	dir, name := path.Split(importPath)
	if dir != "" && majorVersion(name) {
		name = path.Base(dir)
	}
	return name
}

// majorVersion reports whether a path element is v2, v3 and so on; v0, v1 and
// v02 are none.
func majorVersion(s string) bool {
	digits, ok := strings.CutPrefix(s, "v")
	return ok && digits != "" && digits != "1" && digits[0] != '0' && strings.Trim(digits, "0123456789") == ""
}

// CacheDir is the folder of a module's files below a module cache, slash
// separated: "github.com/!burnt!sushi/toml@v1.0.0".
func CacheDir(m module.Version) (string, error) {
	p, v, err := escape(m)
	return p + "@" + v, err
}

// CacheFile is the file of a module's download folder below a module cache:
// ".mod" is its go.mod, ".ziphash" the checksum of its files, ".partial" the
// mark of a folder that is not complete.
func CacheFile(m module.Version, ext string) (string, error) {
	p, v, err := escape(m)
	return "cache/download/" + p + "/@v/" + v + ext, err
}

func escape(m module.Version) (name, version string, err error) {
	if name, err = module.EscapePath(m.Path); err == nil {
		version, err = module.EscapeVersion(m.Version)
	}
	return name, version, err
}
