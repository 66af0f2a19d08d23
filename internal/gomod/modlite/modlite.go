// Package modlite reads what minimal version selection needs of the go.mod file
// of a dependency: its module path, go line and requirements. It is a quick way
// for the plain files that tools write; whatever else a file may hold makes it
// decline, and its caller asks golang.org/x/mod/modfile. When it does not
// decline, its answer is that of modfile.ParseLax.
package modlite

import (
	"bytes"
	"strings"

	"golang.org/x/mod/module"
)

// File is the part of a go.mod file that counts for its dependents.
type File struct {
	Module  string
	Go      string // "" without a go line
	Require []module.Version
}

// Parse reads a go.mod file. It is false where the file is not plain.
func Parse(data []byte) (f File, plain bool) {
	if bytes.ContainsAny(data, "\"`\\'") || bytes.Contains(data, []byte("/*")) {
		return File{}, false
	}
	block := ""
	text := string(data)
	f.Require = make([]module.Version, 0, strings.Count(text, " v"))
	for len(text) > 0 {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line = strings.TrimSuffix(line, "\r")
		if i := strings.Index(line, "//"); i >= 0 {
			line = line[:i]
		}
		for i := range len(line) {
			if !plainByte[line[i]] {
				return File{}, false
			}
		}
		words, n := split(line)
		switch {
		case n == 0:
		case n > len(words):
			if !skipped(words[0], block) || strings.ContainsAny(line, "()") {
				return File{}, false
			}
		case block != "":
			if n == 1 && words[0] == ")" {
				block = ""
				continue
			}
			if !f.directive(block, words[:n]) {
				return File{}, false
			}
		case n == 2 && words[1] == "(":
			if !isBlock(words[0]) {
				return File{}, false
			}
			block = words[0]
		default:
			if !f.directive(words[0], words[1:n]) {
				return File{}, false
			}
		}
	}
	return f, block == "" && f.Module != ""
}

// split cuts a line into at most four words; n is 5 where there are more.
func split(line string) (words [4]string, n int) {
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return words, n
		}
		if n == len(words) {
			return words, n + 1
		}
		end := strings.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		words[n], line = line[:end], line[end:]
		n++
	}
}

func isBlock(verb string) bool {
	return verb == "require" || verb == "exclude" || verb == "replace"
}

// skipped: lines of any length that do not count in a dependency.
func skipped(first, block string) bool {
	if block == "" {
		return first == "replace"
	}
	return block == "replace"
}

// directive reads one line, without its verb. It is false for what is not
// plain.
func (f *File) directive(verb string, args []string) bool {
	for _, a := range args {
		if strings.ContainsAny(a, "()") {
			return false
		}
	}
	switch verb {
	case "module":
		if f.Module != "" || len(args) != 1 {
			return false
		}
		f.Module = args[0]
	case "go":
		if f.Go != "" || len(args) != 1 || !plainGo(args[0]) {
			return false
		}
		f.Go = args[0]
	case "require":
		if len(args) != 2 || !plainVersion(args[1]) || module.CheckPathMajor(args[1], major(args[0])) != nil {
			return false
		}
		f.Require = append(f.Require, module.Version{Path: args[0], Version: args[1]})
	case "exclude", "replace":
		return len(args) >= 2
	case "toolchain":
		return len(args) == 1
	default:
		return false
	}
	return true
}

// plainByte: what paths, versions and blocks are made of.
var plainByte = func() (ok [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/+=>() \t") {
		ok[c] = true
	}
	return ok
}()

func major(path string) string {
	_, m, ok := module.SplitPathVersion(path)
	if !ok {
		return "?" // no version fits
	}
	return m
}

// plainGo accepts 1.N and 1.N.M.
func plainGo(s string) bool {
	rest, ok := strings.CutPrefix(s, "1.")
	if !ok || rest == "" {
		return false
	}
	minor, patch, two := strings.Cut(rest, ".")
	return number(minor) && (!two || number(patch))
}

func number(s string) bool {
	if s == "" || len(s) > 1 && s[0] == '0' || len(s) > 5 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// plainVersion accepts canonical versions.
func plainVersion(v string) bool { return module.CanonicalVersion(v) == v && v != "" }
