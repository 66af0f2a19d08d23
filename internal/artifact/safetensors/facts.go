package safetensors

import (
	"cmp"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
)

// The source of what the header says of the license, as in evidence.source.
const modelFile = "model-file"

// Keys of __metadata__. modelspec.* is Stability AI's ModelSpec 1.0.1, ss_* are
// kohya-ss/sd-scripts' (library/train_util.py), sd_merge_models is the web UI's
// of AUTOMATIC1111.
const (
	keyTitle      = "modelspec.title"
	keyOutput     = "ss_output_name"
	keyAuthor     = "modelspec.author"
	keyMergedFrom = "modelspec.merged_from"
	keyMerged     = "sd_merge_models"
	keyBaseFile   = "ss_sd_model_name"
	keyBaseKind   = "ss_base_model_version"
	keyNetwork    = "ss_network_module"
	keyArch       = "modelspec.architecture"
	keyFolders    = "ss_dataset_dirs"
)

// properties are the keys that are passed on as they are, by property name.
var properties = [][2]string{
	{"tensor_format", "format"}, {"architecture", keyArch}, {"implementation", "modelspec.implementation"},
	{"description", "modelspec.description"}, {"date", "modelspec.date"}, {"author", keyAuthor}, {"author", "author"},
	{"base_model_version", keyBaseKind}, {"base_model_hash", "ss_new_sd_model_hash"}, {"network_module", keyNetwork},
	{"training_comment", "ss_training_comment"},
}

// licenseKeys are the keys of a license with those beside it. All but the first
// are no standard: people write what a card has.
var licenseKeys = [][3]string{
	{"modelspec.license", "", ""}, {"license", "license_name", "license_link"}, {"general.license", "general.license.name", "general.license.link"},
}

// wanted are all keys that are kept.
var wanted = func() map[string]bool {
	m := map[string]bool{keyTitle: true, keyOutput: true, keyMergedFrom: true, keyMerged: true, keyBaseFile: true, keyFolders: true, "base_model": true}
	for _, p := range properties {
		m[p[1]] = true
	}
	for _, l := range licenseKeys {
		for _, k := range l {
			m[k] = true
		}
	}
	return m
}()

// facts makes the result of what was kept.
func (p *parser) facts() {
	res := p.result
	res.Property("format", "safetensors")
	get := func(key string) string { return p.metadata[key].value }
	res.Name = cmp.Or(get(keyTitle), get(keyOutput))
	res.Publisher = cmp.Or(get(keyAuthor), get("author"))
	for _, one := range properties {
		res.Property(one[0], get(one[1]))
	}
	if len(p.tensors) > 0 {
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: artifact.Tensors(len(p.tensors))})
	}
	for _, k := range licenseKeys {
		s := artifact.Statement{Source: modelFile, Field: k[0], Value: get(k[0]), Name: get(k[1]), Link: get(k[2]), Offset: p.metadata[k[0]].off}
		if s.Value+s.Name+s.Link != "" {
			res.State(s)
		}
	}
	p.lineage()
	if folders := objectKeys(get(keyFolders)); len(folders) > 0 {
		res.Property("training_folders", strings.Join(folders, ", "))
	}
}

// lineage links to base models, merged models and the checkpoint that an adapter
// was trained on.
func (p *parser) lineage() {
	relation := ""
	if p.metadata[keyNetwork].value != "" || strings.Contains(p.metadata[keyArch].value, "/") { // stable-diffusion-v1/lora
		relation = "adapter"
	}
	add := func(relation, field, id string, guessed bool) {
		if id = strings.TrimSpace(id); id != "" && id != "None" {
			p.result.Lineage = append(p.result.Lineage, artifact.Link{Relation: relation, ID: id, Field: field, Guessed: guessed})
		}
	}
	base := p.metadata["base_model"].value
	add(relation, "base_model", base, names.Local(base))
	for _, id := range strings.Split(p.metadata[keyMergedFrom].value, ",") {
		add("merge", keyMergedFrom, id, !strings.Contains(id, "/"))
	}
	for _, id := range mergedNames(p.metadata[keyMerged].value) {
		add("merge", keyMerged, id, true)
	}
	add(relation, keyBaseFile, p.metadata[keyBaseFile].value, true)
	add(relation, keyBaseKind, p.metadata[keyBaseKind].value, true)
}

// maxNames is how many names of a value that is JSON are passed on.
const maxNames = 1000

// objectKeys are the keys of a text that is a JSON object.
func objectKeys(s string) (keys []string) {
	v, err := jsonpos.Parse([]byte(s))
	if err != nil {
		return nil
	}
	for k := range v.Pairs() {
		if len(keys) == maxNames {
			break
		}
		keys = append(keys, k.Text())
	}
	return keys
}

// mergedNames are the file names in sd_merge_models: {hash: {"name": …}}.
func mergedNames(s string) (list []string) {
	v, err := jsonpos.Parse([]byte(s))
	if err != nil {
		return nil
	}
	for _, one := range v.Pairs() {
		if len(list) == maxNames {
			break
		}
		if name := one.Get("name").Text(); name != "" {
			list = append(list, name)
		}
	}
	return list
}
