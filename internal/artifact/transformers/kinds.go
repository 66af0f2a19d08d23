package transformers

import (
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
)

// plain reads what any of the files may have.
func plain(c *facts) {
	c.property("transformers_version")
	c.remoteCode(c.v.Get("auto_map"), "auto_map")
	c.statements()
}

// config reads config.json, of transformers and of the parts of a diffusers
// pipeline. _name_or_path is where the configuration was loaded from: the base
// of a fine-tuned model, or the model itself.
func config(c *facts) {
	plain(c)
	for _, dir := range exports {
		c.folder(dir)
	}
	c.property("architectures", "model_type", "_class_name", "torch_dtype")
	c.link("_name_or_path", "", c.v.Get("_name_or_path"), true)
	for _, key := range []string{"mm_vision_tower", "vision_tower", "text_model_name", "base_model_name_or_path"} {
		c.link(key, "", c.v.Get(key), key != "base_model_name_or_path")
	}
	for key, part := range c.v.Pairs() {
		if strings.HasSuffix(key.Text(), "_config") && part.Kind() == jsonpos.Object {
			c.link(key.Text()+"._name_or_path", "", part.Get("_name_or_path"), true)
			c.remoteCode(part.Get("auto_map"), key.Text()+".auto_map")
		}
	}
	quant := c.v.Get("quantization_config")
	c.res.Property("quantization", text(quant.Get("quant_method")))
	if custom := c.v.Get("custom_pipelines"); custom.Kind() == jsonpos.Object {
		for key, m := range custom.Pairs() {
			c.signal("remote-code", "custom_pipelines: "+key.Text()+" is "+text(m.Get("impl")))
		}
	}
	if c.v.Get("trust_remote_code").Text() == "true" {
		c.signal("remote-code", "trust_remote_code: true")
	}
}

// exports are the folders that libraries write the same model into for another
// runtime, beside its own files.
var exports = []string{"onnx", "openvino"}

// adapter reads adapter_config.json. A base without a revision is whatever
// stands there on the day of the download.
func adapter(c *facts) {
	plain(c)
	c.property("peft_type", "task_type")
	base, field := c.v.Get("base_model_name_or_path"), "base_model_name_or_path"
	if base.Kind() == jsonpos.Absent { // AdapterHub
		base, field = c.v.Get("model_name"), "model_name"
	}
	c.link(field, "adapter", base, false)
	id := text(base)
	switch revision := text(c.v.Get("revision")); {
	case names.Commit(revision):
		c.res.Property("base_revision", revision)
	case id != "" && !names.Local(id):
		if revision == "" {
			revision = "none"
		}
		c.signal("unpinned-revision", "base "+id+", revision: "+revision)
	}
	lib := text(c.v.Get("auto_mapping").Get("parent_library"))
	if c.res.Property("parent_library", lib); strings.HasPrefix(lib, "transformers_modules.") {
		c.signal("remote-code", "auto_mapping.parent_library: "+lib)
	}
}

// own reports whether a module is a file of the repository, in its root or in a
// folder of the model's part, and not a library that is installed.
func (c *facts) own(module, folder string) bool {
	first, _, _ := strings.Cut(module, ".")
	if !fs.ValidPath(first) || strings.ContainsAny(first, "/\\") || !fs.ValidPath(folder) || strings.Contains(folder, "\\") {
		return false
	}
	dir := path.Dir(c.file.Path)
	for _, name := range []string{path.Join(dir, first+".py"), path.Join(dir, folder, first+".py")} {
		if _, err := c.file.Tree.Stat(name); err == nil {
			return true
		}
	}
	return false
}

// modelIndex reads model_index.json: the parts of a diffusers pipeline, each a
// pair of library and class. A class of the pipeline that comes as a pair, and a
// part's library that is a file of the repository, are code that loading runs.
func modelIndex(c *facts) {
	plain(c)
	c.property("_diffusers_version")
	class := c.v.Get("_class_name")
	if class.Kind() == jsonpos.Array {
		var words []string
		for m := range class.Items() {
			words = append(words, m.Text())
			if len(words) == 2 {
				break
			}
		}
		c.signal("remote-code", "_class_name: "+strings.Join(words, "."))
	}
	c.property("_class_name")
	c.link("_name_or_path", "", c.v.Get("_name_or_path"), true)
	parts := 0
	for key, m := range c.v.Pairs() {
		if m.Kind() != jsonpos.Array || strings.HasPrefix(key.Text(), "_") {
			continue
		}
		var pair []string
		for w := range m.Items() {
			pair = append(pair, text(w))
			if len(pair) == 2 {
				break
			}
		}
		if len(pair) < 2 || pair[0] == "" || parts >= maxFacts { // null: the pipeline has no such part
			continue
		}
		parts++
		c.folder(key.Text())
		c.res.Property("part", key.Text()+": "+pair[0]+"."+pair[1])
		if c.own(pair[0], key.Text()) {
			c.signal("remote-code", key.Text()+": "+pair[0]+"."+pair[1])
		}
	}
}

// modules reads modules.json: the stages of a sentence-transformers model.
func modules(c *facts) {
	found := false
	for m := range c.v.Items() {
		typ := text(m.Get("type"))
		if typ == "" || m.Get("path").Kind() != jsonpos.String {
			continue
		}
		found = true
		c.folder(text(m.Get("path")))
		if c.own(typ, text(m.Get("path"))) {
			c.signal("remote-code", "modules.json: "+typ)
		}
	}
	if !found { // somebody else's modules.json
		c.res = &artifact.Result{}
		return
	}
	c.res.Property("library_name", "sentence-transformers")
}

// folder notes a folder that holds a component of the model.
func (c *facts) folder(name string) {
	if name != "." && fs.ValidPath(name) && !strings.Contains(name, "\\") && len(c.res.Folders) < maxFacts {
		c.res.Folders = append(c.res.Folders, name)
	}
}

func sentence(c *facts) {
	plain(c)
	c.res.Property("library_name", "sentence-transformers")
	c.res.Property("sentence_transformers_version", text(c.v.Get("__version__").Get("sentence_transformers")))
}

func tokenizer(c *facts) {
	plain(c)
	c.property("tokenizer_class", "processor_class")
	for _, key := range []string{"name_or_path", "_name_or_path", "base_tokenizer"} {
		c.link(key, "", c.v.Get(key), true)
	}
}

// quantize reads the configuration of GPTQ and AWQ.
func quantize(c *facts) {
	plain(c)
	c.property("quant_method", "bits")
	c.link("model_name_or_path", "quantized", c.v.Get("model_name_or_path"), true)
}

// remoteCode notes the classes that a library would load from files of the
// repository, or ("org/repo--file.Class") of another one.
func (c *facts) remoteCode(v jsonpos.Value, field string) {
	seen := map[string]bool{}
	for key, m := range v.Pairs() {
		for class := range m.Many() {
			what := text(class)
			if what == "" || len(seen) >= maxFacts {
				continue
			}
			c.signal("remote-code", field+": "+key.Text()+" is "+what)
			if repo, _, ok := strings.Cut(what, "--"); ok && !seen[repo] {
				seen[repo] = true
				c.res.Property("code_from", repo)
			}
		}
	}
}
