// Package modelref finds the models that source code and configuration name: the
// argument or field that an SDK takes for the model, the name behind `ollama
// pull` in a script, the value of an environment variable. Which places these
// are is data under rules/references. It judges nothing, and what it finds is
// only a name: nothing tells that the model is used, shipped or hosted.
package modelref

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// Ref is one place that names a model.
type Ref struct {
	Name     string // as written, without quotes
	Registry string // where the name is looked up: Ollama, Hub, Docker, "" where the name itself has to tell
	By       string // what takes it for a model: "api.ChatRequest.Model", "ollama pull", "OPENAI_MODEL"
	Path     string // of the file, as a report calls it
	Line     int    // from 1
	Column   int    // from 1, in UTF-16 units; 0 where only the line counts
}

// The registries of names.
const (
	Ollama = "ollama"
	Hub    = "hub" // Hugging Face
	Docker = "docker"
)

// MaxRefs bounds the places that one package or file may name.
const MaxRefs = 1000

// Dir is the folder of the rules that holds the tables.
const Dir = "references"

// Table is what is known of places that name models. It is immutable and safe
// for concurrent use.
type Table struct {
	exact    map[string][]place // by import path without major version
	below    map[string][]place // those of a package and all below it
	commands []command
	ends     []string
	words    map[string]bool
	keys     map[string]bool
	leads    map[string]bool // of keys
	not      map[string]bool
}

// place is where a call or a struct of an SDK names a model.
type place struct {
	kind     string // field, call, method
	name     string // of the function, method or field
	of       string // type of the field, "*" for any; the field before a method, "" for any
	arg      int    // from 0
	registry string
}

const (
	isField  = "field"
	isCall   = "call"
	isMethod = "method"
)

// command is what fetches or runs a model in a script.
type command struct {
	words    []string
	registry string
}

// Builtin is the table of the rules that the program carries.
var Builtin = sync.OnceValues(func() (*Table, error) { return Load(rules.FS) })

// Load reads the tables of a tree of rules.
func Load(fsys fs.FS) (*Table, error) {
	t := &Table{exact: map[string][]place{}, below: map[string][]place{}, words: map[string]bool{}, keys: map[string]bool{}, leads: map[string]bool{}, not: map[string]bool{}}
	for _, part := range []struct {
		name  string
		cells int
		row   func([]string) error
	}{{"sdks.tsv", 5, t.sdk}, {"commands.tsv", 2, t.command}, {"variables.tsv", 2, t.variable}} {
		if err := rulebase.Rows(fsys, path.Join(Dir, part.name), part.cells, part.row); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func registry(s string) (string, error) {
	switch s {
	case "-":
		return "", nil
	case Ollama, Hub, Docker:
		return s, nil
	}
	return "", fmt.Errorf("registry %q is none of %s, %s, %s, -", s, Ollama, Hub, Docker)
}

func (t *Table) sdk(c []string) error {
	p := place{kind: c[1], name: c[2]}
	var err error
	if p.registry, err = registry(c[4]); err != nil {
		return err
	}
	if before, after, ok := strings.Cut(c[2], "."); ok {
		p.of, p.name = before, after
	}
	switch p.kind {
	case isField:
		if p.of == "" || c[3] != "-" {
			return fmt.Errorf("a field is written TYPE.FIELD, without argument: %q %q", c[2], c[3])
		}
	case isCall, isMethod:
		n, err := strconv.Atoi(c[3])
		if err != nil || n < 1 || n > 9 {
			return fmt.Errorf("argument %q is no number from 1", c[3])
		}
		p.arg = n - 1
	default:
		return fmt.Errorf("place %q is none of %s, %s, %s", p.kind, isField, isCall, isMethod)
	}
	if base, ok := strings.CutSuffix(c[0], "/..."); ok {
		t.below[base] = append(t.below[base], p)
	} else {
		t.exact[c[0]] = append(t.exact[c[0]], p)
	}
	return nil
}

func (t *Table) command(c []string) error {
	r, err := registry(c[1])
	if err != nil {
		return err
	}
	t.commands = append(t.commands, command{strings.Fields(c[0]), r})
	return nil
}

func (t *Table) variable(c []string) error {
	switch c[1] {
	case "end":
		t.ends = append(t.ends, c[0])
	case "word":
		t.words[c[0]] = true
	case "key":
		t.keys[c[0]] = true
	case "lead":
		t.leads[c[0]] = true
	case "not":
		t.not[c[0]] = true
	default:
		return fmt.Errorf("%q is none of end, word, key, lead, not", c[1])
	}
	return nil
}

// Knows reports whether a package is one of an SDK.
func (t *Table) Knows(importPath string) bool { return len(t.places(importPath)) > 0 }

// places lists the places of a package.
func (t *Table) places(importPath string) []place {
	p := unversioned(importPath)
	out := t.exact[p]
	for dir := p; strings.Contains(dir, "/"); dir = dir[:strings.LastIndexByte(dir, '/')] {
		if more, ok := t.below[dir]; ok {
			return slices.Concat(out, more)
		}
	}
	return out
}

// unversioned cuts the major version out of an import path.
func unversioned(p string) string {
	if !strings.Contains(p, "/v") {
		return p
	}
	steps := strings.Split(p, "/")
	steps = slices.DeleteFunc(steps, func(s string) bool {
		return len(s) > 1 && s[0] == 'v' && strings.Trim(s[1:], "0123456789") == ""
	})
	return strings.Join(steps, "/")
}

// maxName is the longest name that is taken for one of a model, in bytes.
const maxName = 200

// name cleans a value in the place of a model: "" for what cannot be the name of
// one, such as a format, a variable or a word that stands for any model.
func (t *Table) name(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > maxName || s == "" {
		return ""
	}
	letters := false
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			letters = true
		case '0' <= c && c <= '9':
		case !strings.ContainsRune("._-:/@+", rune(c)):
			return ""
		}
	}
	if local(s) {
		s = path.Base(s)
		if !weights(s) {
			return "" // some file or folder
		}
	}
	first, last := s[0], s[len(s)-1]
	if !letters || t.not[strings.ToLower(s)] || strings.ContainsRune("._-:/+", rune(first)) || strings.ContainsRune(".-:/@", rune(last)) {
		return ""
	}
	return s
}

// local reports whether a name is a path of a machine.
func local(s string) bool {
	return strings.HasPrefix(s, "/") || strings.HasPrefix(s, ".") || weights(s) && !strings.Contains(s, "://")
}

// weights reports whether a name ends as files of parameters do.
func weights(s string) bool {
	switch path.Ext(s) {
	case ".gguf", ".ggml", ".bin", ".onnx", ".safetensors", ".pt", ".tflite":
		return true
	}
	return false
}
