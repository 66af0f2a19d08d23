package gomod

import (
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// goNames are the variables of the go command that change a build list. The
// file that `go env -w` writes may set them too.
var goNames = []string{"GOFLAGS", "GOMODCACHE", "GOPATH", "GOWORK"}

// ReadEnv returns the variables that count, as the go command merges them: from
// the environment and, where that has none, from the file of `go env -w`.
func ReadEnv(getenv func(string) string) map[string]string {
	env := map[string]string{}
	set := func(k, v string) {
		if v != "" && env[k] == "" {
			env[k] = v
		}
	}
	for _, k := range []string{"HOME", "USERPROFILE"} {
		set(k, getenv(k))
	}
	for _, k := range goNames {
		set(k, getenv(k))
	}
	file := getenv("GOENV")
	if file == "" {
		if dir := configDir(getenv); dir != "" {
			file = filepath.Join(dir, "go", "env")
		}
	}
	if file == "" || file == "off" {
		return env
	}
	// As for the go command: no file, no defaults.
	tree, err := fsx.OpenDir(filepath.Dir(file))
	if err != nil {
		return env
	}
	data, err := tree.ReadFile(filepath.Base(file), maxEnvFile)
	if err != nil {
		return env
	}
	for line := range strings.Lines(string(data)) {
		k, v, _ := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if slices.Contains(goNames, k) {
			set(k, v)
		}
	}
	return env
}

const maxEnvFile = 1 << 20 // bytes; a line for each variable of the go command is a thousandth of it

// configDir is os.UserConfigDir for the environment given.
func configDir(getenv func(string) string) string {
	switch runtime.GOOS {
	case "windows":
		return getenv("AppData")
	case "darwin", "ios":
		if home := getenv("HOME"); home != "" {
			return filepath.Join(home, "Library", "Application Support")
		}
		return ""
	}
	if dir := getenv("XDG_CONFIG_HOME"); dir != "" {
		return dir
	}
	if home := getenv("HOME"); home != "" {
		return filepath.Join(home, ".config")
	}
	return ""
}

// modCache is the folder of the module cache, "" where nothing tells.
func modCache(env map[string]string) string {
	if c := env["GOMODCACHE"]; c != "" {
		return c
	}
	gopath := env["GOPATH"]
	if gopath == "" {
		home := env["HOME"]
		if home == "" {
			home = env["USERPROFILE"]
		}
		if home == "" {
			return ""
		}
		gopath = filepath.Join(home, "go")
	}
	if list := filepath.SplitList(gopath); len(list) > 0 {
		gopath = list[0]
	}
	return filepath.Join(gopath, "pkg", "mod")
}

// goFlags are the flags of GOFLAGS that change a build list.
type goFlags struct {
	mod         string // -mod
	tags        []string
	unsupported []string // flags that change it in a way that is not followed
}

func parseFlags(env map[string]string) goFlags {
	var f goFlags
	for word := range strings.FieldsSeq(env["GOFLAGS"]) {
		word = strings.Trim(word, `"'`)
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(word, "-"), "-"), "=")
		switch name {
		case "mod":
			f.mod = value
		case "tags":
			f.tags = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		case "modfile", "overlay":
			f.unsupported = append(f.unsupported, "-"+name)
		}
	}
	return f
}

// outside reports whether a clean slash path leads out of its start.
func outside(p string) bool { return p == ".." || strings.HasPrefix(p, "../") || path.IsAbs(p) }
