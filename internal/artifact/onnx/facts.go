package onnx

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
)

// The source of what the file says of its license, as in evidence.source.
const modelFile = "model-file"

// licenseKeys are the keys of metadata_props for a license, with those beside
// it. The first is the standard's; the others are what exporters write
// (Ultralytics: license, author, date, version).
var licenseKeys = [][3]string{
	{"model_license", "model_license_name", "model_license_link"}, {"license", "license_name", "license_link"},
}

// authorKeys are the keys for an author, the standard one first.
var authorKeys = []string{"model_author", "author"}

// properties are the keys that are passed on as they are, by property name.
var properties = [][2]string{{"description", "description"}, {"date", "date"}, {"version", "version"}, {"task", "task"}}

// wanted are all keys that are kept.
var wanted = func() map[string]bool {
	m := map[string]bool{"base_model": true, "model_name": true}
	for _, l := range licenseKeys {
		for _, k := range l {
			m[k] = true
		}
	}
	for _, k := range authorKeys {
		m[k] = true
	}
	for _, p := range properties {
		m[p[1]] = true
	}
	return m
}()

// facts makes the result of what was kept.
func (m *model) facts() {
	res := m.result
	res.Property("format", "onnx")
	if m.ir > 0 {
		res.Property("ir_version", strconv.FormatUint(m.ir, 10))
	}
	res.Property("producer", strings.TrimSpace(m.producer+" "+m.producerV))
	res.Property("domain", m.domain)
	if m.version > 0 {
		res.Property("model_version", strconv.FormatInt(int64(m.version), 10))
	}
	res.Property("opset", strings.Join(m.opsets, ", "))
	res.Property("doc", m.doc)
	get := func(key string) string { return m.props[key].value }
	for _, p := range properties {
		res.Property(p[0], get(p[1]))
	}
	res.Name = get("model_name")
	for _, k := range authorKeys {
		res.Publisher = cmp.Or(res.Publisher, get(k))
	}
	for _, k := range licenseKeys {
		s := artifact.Statement{Source: modelFile, Field: "metadata_props." + k[0], Value: get(k[0]), Name: get(k[1]), Link: get(k[2]), Offset: m.props[k[0]].off}
		if s.Value+s.Name+s.Link != "" {
			res.State(s)
		}
		for _, t := range m.twice {
			if t.key == k[0] && t.value != "" {
				res.State(artifact.Statement{Source: modelFile, Field: s.Field, Value: t.value, Offset: t.off})
			}
		}
	}
	if id := get("base_model"); id != "" {
		res.Lineage = append(res.Lineage, artifact.Link{ID: id, Field: "metadata_props.base_model"})
	}
}
