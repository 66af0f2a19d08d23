package gomod

import (
	"path"
	"path/filepath"
	"strings"
)

// envNames are the variables of the go command that change a build list.
var envNames = []string{"GOENV", "GOFLAGS", "GOMODCACHE", "GOPATH", "GOWORK", "HOME", "USERPROFILE", "XDG_CONFIG_HOME", "AppData"}

// ReadEnv returns the variables of the go command that count, from the
// environment (NAME=value) and, where that has none, from the file that
// `go env -w` writes, as the go command merges them. configDir is the user's
// configuration folder; read reads a file whole.
func ReadEnv(environ []string, configDir string, read func(abs string) ([]byte, error)) map[string]string {
	all := map[string]string{}
	for _, kv := range environ {
		if k, v, ok := strings.Cut(kv, "="); ok && known(strings.Join(envNames, " "), k) && v != "" {
			all[k] = v
		}
	}
	file := all["GOENV"]
	if file == "" && configDir != "" {
		file = filepath.Join(configDir, "go", "env")
	}
	if file == "off" || file == "" {
		return all
	}
	data, err := read(file)
	if err != nil {
		return all // as for the go command: no file, no defaults
	}
	for line := range strings.Lines(string(data)) {
		k, v, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if ok && strings.HasPrefix(k, "GO") && k != "GOENV" && known(strings.Join(envNames, " "), k) && all[k] == "" && v != "" {
			all[k] = v
		}
	}
	return all
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

// under reports whether a clean slash path leads out of its start.
func outside(p string) bool { return p == ".." || strings.HasPrefix(p, "../") || path.IsAbs(p) }
