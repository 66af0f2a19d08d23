package modelref

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/models"
)

// Kind is a kind of configuration, by the file's name.
type Kind string

// The kinds of configuration that may name models.
const (
	Script      Kind = "script"      // shell scripts, Makefiles
	Image       Kind = "image"       // Dockerfiles
	Compose     Kind = "compose"     // Docker Compose
	Environment Kind = "environment" // .env
	YAML        Kind = "yaml"        // any other YAML
)

// MaxConfig is the longest configuration that is read, in bytes: one that names
// models is short.
const MaxConfig = 256 << 10

// KindOf tells the kind of a file by its base name; ok is false for all others.
func KindOf(base string) (k Kind, ok bool) {
	i := strings.LastIndexByte(base, '.')
	ext, stem := "", base
	if i >= 0 {
		ext, stem = strings.ToLower(base[i+1:]), base[:i]
	}
	switch ext {
	case "sh", "bash", "mk":
		return Script, true
	case "yml", "yaml":
		if s := strings.ToLower(stem); strings.HasPrefix(s, "compose") || strings.HasPrefix(s, "docker-compose") {
			return Compose, true
		}
		return YAML, true
	case "env":
		return Environment, true
	case "dockerfile", "containerfile":
		return Image, true
	}
	switch {
	case strings.HasPrefix(base, ".env."):
		return Environment, true
	case base == "Makefile" || base == "makefile" || base == "justfile" || base == "Justfile":
		return Script, true
	case strings.HasPrefix(base, "Dockerfile"), strings.HasPrefix(base, "Containerfile"):
		return Image, true
	}
	return "", false
}

// Config finds the models that a configuration names. Columns are not told.
func (t *Table) Config(k Kind, name string, data []byte) []Ref {
	if !t.mayName(data) || !utf8.Valid(data) {
		return nil
	}
	c := config{table: t, kind: k, name: name}
	for line := range strings.Lines(string(data)) {
		c.line++
		if len(line) <= maxLine && len(c.refs) < MaxRefs {
			c.read(strings.TrimSpace(line))
		}
	}
	return sorted(c.refs)
}

// mayName reports whether a file holds a word without which it names no model:
// most do not, and are not taken apart.
func (t *Table) mayName(data []byte) bool {
	for _, word := range []string{"model", "MODEL", "hf.co/", "huggingface.co/"} {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return slices.ContainsFunc(t.commands, func(c command) bool { return bytes.Contains(data, []byte(c.words[0])) })
}

// maxLine is the longest line that is looked at, in bytes.
const maxLine = 4096

// config is one file while its lines are read.
type config struct {
	table    *Table
	kind     Kind
	name     string
	line     int
	refs     []Ref
	variable string // named by the line before, its value is on this one (Kubernetes)
}

func (c *config) add(name, registry, by string) {
	c.refs = append(c.refs, Ref{Name: name, Registry: registry, By: by, Path: c.name, Line: c.line})
}

func (c *config) read(line string) {
	if line == "" || line[0] == '#' || strings.HasPrefix(line, "//") {
		return
	}
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	if !c.table.mayName([]byte(line)) && !strings.HasPrefix(line, "value:") || spoken.MatchString(line) {
		c.variable = ""
		return
	}
	c.commands(line)
	c.variables(line)
	for _, name := range hubNames(line) {
		c.add(name, Hub, "an address")
	}
	if c.kind == YAML || c.kind == Compose {
		c.key(line)
	}
}

// spoken is a line that prints something: what it names is said to a reader.
var spoken = lazyre.New(`^(?:@?echo|@?printf|log|warn|info|die|fail|error|print|status|cat)\b|(?:&&|\|\||;|then|do|else)\s*(?:echo|printf)\b`)

// unquote takes apart what JSON and shells write around words.
var unquote = strings.NewReplacer(`"`, " ", "'", " ", "[", " ", "]", " ", ",", " ", "(", " ", ")", " ", "`", " ")

// commands looks for commands that fetch or run a model.
func (c *config) commands(line string) {
	var words []string
	for _, cmd := range c.table.commands {
		if !strings.Contains(line, cmd.words[0]) {
			continue
		}
		if words == nil {
			words = strings.Fields(unquote.Replace(line))
		}
		for i := 0; i+len(cmd.words) < len(words); i++ {
			if c.begins(words, i, cmd.words) {
				c.argument(words[i+len(cmd.words):], cmd)
			}
		}
	}
}

// before are the words behind which a command begins.
var before = []string{
	"RUN", "CMD", "ENTRYPOINT", "then", "do", "else", "exec", "sudo", "time", "nohup", "-c", "-lc", "-", "command:", "run:", "entrypoint:", "args:", "test:",
	"CMD-SHELL", "&&", "||", ";", "|", "!", "if", "while", "until", "@", "&", "--", "|-", ">", ">-",
}

// begins reports whether the words of a command stand at a place where commands
// may stand.
func (c *config) begins(words []string, i int, cmd []string) bool {
	first := strings.TrimLeft(words[i], "@-")
	if k := strings.LastIndexByte(first, '/'); k >= 0 {
		first = first[k+1:]
	}
	if first != cmd[0] || !slices.Equal(words[i+1:i+len(cmd)], cmd[1:]) {
		return false
	}
	if i == 0 {
		return true
	}
	last := words[i-1]
	return slices.Contains(before, last) || strings.HasSuffix(last, ";") || strings.HasSuffix(last, ":") || strings.HasSuffix(last, "$") ||
		strings.Contains(last, "=") || last == "exec" || i >= 2 && (words[i-2] == "exec" || words[i-2] == "run")
}

// argument is the name behind a command. Behind a flag, which may have a value
// of its own, only a name that is surely one counts.
func (c *config) argument(words []string, cmd command) {
	flags := false
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			flags = true
			continue
		}
		w = strings.TrimRight(w, ";&|")
		name := c.value(w)
		if name == "" {
			return
		}
		if _, known := models.Resolve(name); flags && !known && !strings.Contains(name, "/") {
			return
		}
		c.add(name, cmd.registry, strings.Join(cmd.words, " "))
		return
	}
}

// value is a name, or the default of a variable: ${MODEL:-llama3.2}.
func (c *config) value(s string) string {
	s = strings.Trim(s, `"'`)
	if rest, ok := strings.CutPrefix(s, "${"); ok {
		_, def, found := strings.Cut(strings.TrimSuffix(rest, "}"), "-")
		if !found {
			return ""
		}
		s = strings.Trim(def, `"'`)
	}
	return c.table.name(s)
}

// assignment sets a variable: KEY=VALUE, KEY: VALUE, KEY := VALUE, KEY ?= VALUE.
var assignment = lazyre.New(`(?:^|[\s"'{-])([A-Z][A-Z0-9_]*)["']?\s*(?:[:?]?=|:\s)\s*("[^"]*"|'[^']*'|[^\s"',;]+)`)

// imageEnv is the older form of Dockerfiles: ENV KEY VALUE.
var imageEnv = lazyre.New(`^ENV\s+([A-Z][A-Z0-9_]*)\s+("[^"]*"|'[^']*'|[^\s"',;=]+)$`)

func (c *config) variables(line string) {
	if c.variable != "" {
		if v, ok := strings.CutPrefix(line, "value:"); ok {
			c.assigned(c.variable, strings.TrimSpace(v))
		}
		c.variable = ""
	}
	if v, ok := strings.CutPrefix(strings.TrimPrefix(line, "- "), "name:"); ok {
		if v = strings.Trim(strings.TrimSpace(v), `"'`); isVariable(v) {
			c.variable = v
		}
	}
	if !strings.Contains(line, "_MODEL") {
		return
	}
	all := assignment.FindAllStringSubmatch(line, -1)
	if c.kind == Image {
		all = append(all, imageEnv.FindAllStringSubmatch(line, -1)...)
	}
	for _, m := range all {
		c.assigned(m[1], m[2])
	}
}

// assigned notes the value of a variable that names models, or the known model
// in one that may be about others, such as cars.
func (c *config) assigned(variable, value string) {
	i := slices.IndexFunc(c.table.ends, func(end string) bool { return strings.HasSuffix(variable, end) })
	if i < 0 {
		return
	}
	name := c.value(value)
	if name == "" {
		return
	}
	word := slices.ContainsFunc(strings.Split(variable, "_"), func(w string) bool { return c.table.words[w] })
	if word || known(name) {
		c.add(name, "", variable)
	}
}

// known reports whether a name is surely one of a model or service.
func known(name string) bool {
	m, ok := models.Resolve(name)
	return ok && m.Confidence.Sure()
}

// pair is a key of YAML and its plain value.
var pair = lazyre.New(`^(?:-\s+)?["']?([A-Za-z][\w.-]*)["']?:\s+("[^"]*"|'[^']*'|[^\s#&*!|>{\[]\S*)$`)

// key notes the known model under a key for models, and in Docker Compose what
// is a name of Docker's own catalogue.
func (c *config) key(line string) {
	m := pair.FindStringSubmatch(line)
	if m == nil || !c.table.keys[c.table.keyOf(m[1])] {
		return
	}
	name := c.value(m[2])
	switch {
	case name == "":
	case c.kind == Compose && m[1] == "model" && strings.Contains(name, "/"):
		c.add(name, Docker, "model of Docker Compose")
	case known(name):
		c.add(name, "", m[1])
	}
}

// keyOf writes a key as the table does: the last step, in small letters, without
// a word that says which model it is.
func (t *Table) keyOf(s string) string {
	s = strings.ToLower(s[strings.LastIndexByte(s, '.')+1:])
	s = strings.ReplaceAll(s, "-", "_")
	if lead, rest, ok := strings.Cut(s, "_"); ok && t.leads[lead] {
		return rest
	}
	return s
}
