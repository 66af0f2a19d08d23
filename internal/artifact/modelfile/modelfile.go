// Package modelfile reads Ollama's Modelfile: the recipe that makes a model of a
// base (FROM), adapters (ADAPTER) and license texts (LICENSE).
//
// The grammar is that of ollama's parser: a command is a word at the start of a
// line in any case; its value ends with the line, unless it begins with " or
// """, which then end it. # begins a comment only where a command may stand.
package modelfile

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// maxBytes is the limit of a Modelfile: a few license texts, as a manifest's
// layers may hold them.
const maxBytes = 4 * artifact.MaxText

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "modelfile" }

// Match goes by the name, which has no convention but "Modelfile" in it, and by
// a command that only a Modelfile has.
func (reader) Match(f *artifact.File) bool {
	base := f.Base()
	return base == "modelfile" || strings.HasPrefix(base, "modelfile.") || strings.HasSuffix(base, ".modelfile")
}

var fromLine = lazyre.New(`(?im)^[ \t]*FROM[ \t]+\S`)

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{}
	data, err := f.Whole(maxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if !fromLine.Match(data) { // something else of that name
		return res, nil
	}
	res.Role, res.Kind = artifact.Recipe, inventory.Model
	if !utf8.Valid(data) {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, 0, "save the file as UTF-8", "not UTF-8 text"))
		return res, nil
	}
	p := parser{text: string(data), line: 1}
	for {
		c, ok, fault := p.next()
		if fault != "" {
			res.Problems = append(res.Problems, f.Problem(diag.Malformed, c.line, "see `ollama help create` and docs/modelfile.mdx of Ollama", "%s", fault))
		}
		if !ok {
			return res, nil
		}
		if len(res.Licenses)+len(res.Lineage)+len(res.Texts) >= maxFacts {
			res.Problems = append(res.Problems, f.Over(c.line, "instructions", maxFacts, maxFacts+1))
			return res, nil
		}
		c.file(f, res)
	}
}

// maxFacts bounds the instructions that are kept.
const maxFacts = 1000

// command is one instruction.
type command struct {
	name, value string
	line        int
}

// commands are all that ollama takes.
var commands = map[string]bool{
	"from": true, "license": true, "template": true, "system": true, "adapter": true, "draft": true, "renderer": true,
	"parser": true, "parameter": true, "message": true, "requires": true,
}

// file files what an instruction says.
func (c command) file(f *artifact.File, res *artifact.Result) {
	if c.value == "" {
		return
	}
	field := strings.ToUpper(c.name)
	switch c.name {
	case "from", "adapter", "draft":
		relation := ""
		if c.name == "adapter" {
			relation = "adapter"
		}
		if c.name == "draft" { // runs beside the model, nothing is made of it
			res.Property("draft", c.value)
			return
		}
		res.Lineage = append(res.Lineage, artifact.Link{Relation: relation, ID: c.value, Field: field, Line: c.line, Guessed: names.Local(c.value) && !inTree(c.value)})
	case "license":
		if !strings.Contains(c.value, "\n") {
			res.State(artifact.Statement{Source: "model-file", Field: field, Value: c.value, Line: c.line})
			return
		}
		res.Texts = append(res.Texts, artifact.Text{Source: "model-file", Name: fmt.Sprintf("%s:%d (%s)", f.Shown(), c.line, field), Content: []byte(c.value)})
	}
}

// inTree reports whether a path leads to a file beside the Modelfile: there the
// walk can look what it is.
func inTree(name string) bool {
	return !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "~") && !strings.Contains(name, "..") && !strings.ContainsAny(name, ":\\")
}
