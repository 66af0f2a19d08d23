// Package transformers reads the JSON files that lie beside a model's weights:
// config.json, adapter_config.json (PEFT), model_index.json (diffusers),
// modules.json (sentence-transformers) and those of tokenizers, generation and
// quantisation. None of them has a field for a license that its library reads;
// they tell what the model was made from and what code loading it would run.
package transformers

import (
	"bytes"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "transformers" }

// file is one of the files by its name.
type file struct {
	role string
	// marks are keys one of which the file must have; none: the name suffices.
	marks []string
	read  func(*facts)
	// unread files are recognised by their name, and hold no fact.
	unread bool
}

// files by their base name.
var files = map[string]file{
	"config.json": {role: artifact.Config, read: config, marks: []string{
		"architectures", "model_type", "_name_or_path", "auto_map", "transformers_version", "torch_dtype", "_class_name", "_diffusers_version", "word_embedding_dimension"}},
	"adapter_config.json":               {role: artifact.Adapter, read: adapter, marks: []string{"base_model_name_or_path", "peft_type", "model_name", "adapter_type"}},
	"model_index.json":                  {role: artifact.Config, read: modelIndex, marks: []string{"_class_name", "_diffusers_version"}},
	"modules.json":                      {role: artifact.Config, read: modules},
	"config_sentence_transformers.json": {role: artifact.Config, read: sentence, marks: []string{"__version__", "prompts", "model_type", "similarity_fn_name"}},
	"sentence_bert_config.json":         {role: artifact.Config, read: plain},
	"tokenizer_config.json":             {role: artifact.Config, read: tokenizer},
	"generation_config.json":            {role: artifact.Config, read: plain},
	"preprocessor_config.json":          {role: artifact.Config, read: tokenizer},
	"processor_config.json":             {role: artifact.Config, read: tokenizer},
	"quantize_config.json":              {role: artifact.Config, read: quantize, marks: []string{"bits", "group_size", "quant_method", "w_bit"}},
	"tokenizer.json":                    {role: artifact.Config, unread: true, marks: []string{"truncation", "added_tokens", "version"}},
	"special_tokens_map.json":           {role: artifact.Config, unread: true},
	"added_tokens.json":                 {role: artifact.Config, unread: true},
}

func (reader) Match(f *artifact.File) bool {
	if _, ok := files[f.Base()]; !ok {
		return false
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(f.Head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return bytes.HasPrefix(head, []byte("{")) || f.Base() == "modules.json" && bytes.HasPrefix(head, []byte("["))
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	kind := files[f.Base()]
	if kind.unread {
		if !marked(f.Head, kind.marks) {
			return &artifact.Result{}, nil
		}
		return &artifact.Result{Role: kind.role, Kind: inventory.Model}, nil
	}
	data, err := f.Whole(jsonpos.MaxBytes)
	res := &artifact.Result{Role: kind.role, Kind: inventory.Model}
	if err != nil {
		return res, res.Fail(err)
	}
	if !marked(data, kind.marks) { // somebody else's file of that name
		return &artifact.Result{}, nil
	}
	v, err := f.ParseJSON(data)
	if err != nil {
		return res, res.Fail(err)
	}
	c := &facts{file: f, res: res, v: v}
	kind.read(c)
	return c.res, nil
}

// marked reports whether one of the keys stands in a text.
func marked(text []byte, keys []string) bool {
	for _, key := range keys {
		if bytes.Contains(text, []byte(`"`+key+`"`)) {
			return true
		}
	}
	return len(keys) == 0
}

// maxFacts bounds what one file can add to a report: no model has as many
// bases, classes or components.
const maxFacts = 1000

// facts collects what one file tells.
type facts struct {
	file *artifact.File
	res  *artifact.Result
	v    jsonpos.Value
}

// text is the text of a string field, "" for everything else.
func text(v jsonpos.Value) string {
	if v.Kind() != jsonpos.String {
		return ""
	}
	return strings.TrimSpace(v.Text())
}

// link files what a field names as a base. A path of somebody's machine is only
// a hint, and so is every name that the library writes down by itself (guess).
func (c *facts) link(field, relation string, v jsonpos.Value, guess bool) {
	id := text(v)
	if id == "" || len(c.res.Lineage) >= maxFacts {
		return
	}
	c.res.Lineage = append(c.res.Lineage, artifact.Link{Relation: relation, ID: id, Field: field, Line: v.Line(), Guessed: guess || names.Local(id)})
}

func (c *facts) signal(signal, evidence string) {
	group := "security"
	if signal == "unpinned-revision" {
		group = "provenance"
	}
	if len(c.res.Signals) < maxFacts {
		c.res.Signals = append(c.res.Signals, artifact.Signal{Group: group, Signal: signal, Evidence: evidence})
	}
}

// statements files a license field: no library reads one in these files, but
// people write it.
func (c *facts) statements() {
	for _, key := range []string{"license", "license_name"} {
		for v := range c.v.Each(key) {
			for m := range v.Many() {
				if s := text(m); s != "" && len(c.res.Licenses) < maxFacts {
					c.res.State(artifact.Statement{Source: "model-file", Field: key, Value: s, Line: m.Line(), Guessed: true})
				}
			}
		}
	}
}

// property files a string, number or boolean field under its own name, or the
// first items of a list.
func (c *facts) property(keys ...string) {
	for _, key := range keys {
		var words []string
		for m := range c.v.Get(key).Many() {
			if len(words) == 10 {
				break
			}
			words = append(words, strings.TrimSpace(m.Text()))
		}
		c.res.Property(key, strings.Join(words, ", "))
	}
}
