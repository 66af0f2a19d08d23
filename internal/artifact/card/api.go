package card

import (
	"bytes"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

type apiReader struct{}

// NewAPI returns the reader of saved answers of the Hub: /api/models/ID and
// /api/datasets/ID.
func NewAPI() artifact.Reader { return apiReader{} }

func (apiReader) Format() string { return "hubapi" }

// apiKeys are keys of an answer; no other document has four of them together.
var apiKeys = []string{
	"_id", "id", "modelId", "author", "sha", "lastModified", "private", "gated", "disabled", "downloads", "likes", "tags",
	"cardData", "siblings", "pipeline_tag", "library_name", "createdAt", "usedStorage",
}

func (apiReader) Match(f *artifact.File) bool {
	return f.MediaType == artifact.HubAnswer || strings.HasSuffix(f.Base(), ".json") && bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(f.Head, bom), " \t\r\n"), []byte("{")) && apiScore(f.Head) >= 4
}

// apiScore counts the keys of an answer in the beginning of a file.
func apiScore(head []byte) int {
	n := 0
	for _, key := range apiKeys {
		if bytes.Contains(head, []byte(`"`+key+`"`)) {
			n++
		}
	}
	return n
}

func (apiReader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.API}
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	res.Name = v.Get("id").Text()
	if res.Name == "" {
		res.Name = v.Get("modelId").Text()
	}
	if res.Name == "" || v.Get("tags").Kind() == jsonpos.Absent && v.Get("cardData").Kind() == jsonpos.Absent && v.Get("siblings").Kind() == jsonpos.Absent {
		return &artifact.Result{}, nil
	}
	res.Publisher = v.Get("author").Text()
	if sha := v.Get("sha").Text(); names.Commit(sha) {
		res.Commit = sha
	}
	readAnswer(f, res, v)
	return res, nil
}

func readAnswer(f *artifact.File, res *artifact.Result, v jsonpos.Value) {
	c := collector{file: f, res: res, source: "api", prefix: "cardData."}
	if data := v.Get("cardData"); data.Kind() == jsonpos.Object {
		c.fields(fromJSON(data, 0))
	}
	c.prefix = ""
	c.tags(pair{"tags", fromJSON(v.Get("tags"), 1)})
	if g := v.Get("gated"); g.Kind() != jsonpos.Absent {
		c.gated(g.Text())
	}
	c.baseModels(v.Get("baseModels"))
	c.finish()
	if kind := apiKind(v); kind != "" {
		res.Kind = kind
	}
	for _, key := range []string{"pipeline_tag", "library_name", "private", "disabled"} {
		if t := v.Get(key).Text(); t != "false" {
			res.Property(key, t)
		}
	}
	res.Property("parameters", v.Get("safetensors").Get("total").Text())
	res.Property("architecture", v.Get("gguf").Get("architecture").Text())
	remoteCode(res, v)
	siblings(res, v.Get("siblings"))
}

// apiKind tells a model's answer from a dataset's by keys that only one has.
func apiKind(v jsonpos.Value) inventory.Kind {
	for _, key := range []string{"modelId", "safetensors", "gguf", "transformersInfo", "pipeline_tag", "library_name", "config"} {
		if v.Get(key).Kind() != jsonpos.Absent {
			return inventory.Model
		}
	}
	for _, key := range []string{"paperswithcode_id", "citation", "description"} {
		if v.Get(key).Kind() != jsonpos.Absent {
			return inventory.Dataset
		}
	}
	return ""
}

// baseModels reads what the Hub makes of the card's base_model.
func (c *collector) baseModels(v jsonpos.Value) {
	how := relation(v.Get("relation").Text())
	for m := range v.Get("models").Items() {
		if id := m.Get("id").Text(); id != "" && len(c.bases) < maxItems {
			c.bases = append(c.bases, artifact.Link{Relation: how, ID: id, Field: "baseModels", Line: m.Line()})
		}
	}
}

// remoteCode notes what loading the model would run.
func remoteCode(res *artifact.Result, v jsonpos.Value) {
	n := 0
	for key, m := range v.Get("config").Get("auto_map").Pairs() {
		if n++; n > maxItems {
			return
		}
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "remote-code", Evidence: "config.auto_map: " + key.Text() + " is " + first(fromJSON(m, 1)).text})
	}
	if class := v.Get("transformersInfo").Get("custom_class").Text(); class != "" && n == 0 {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "remote-code", Evidence: "transformersInfo.custom_class: " + class})
	}
}

// siblings names the license files that the repository has: the property
// upstream_license, once a file, or "none".
func siblings(res *artifact.Result, v jsonpos.Value) {
	if v.Kind() != jsonpos.Array {
		return
	}
	var found []string
	for m := range v.Items() {
		if name := m.Get("rfilename").Text(); names.LicenseFile(name) && len(found) < maxItems {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		res.Property("upstream_license", "none")
	}
	for _, name := range found {
		res.Property("upstream_license", name)
	}
}
