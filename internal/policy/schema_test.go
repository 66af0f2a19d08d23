package policy

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

const schemaFile = "rukhsa.schema.json"

// schemaOf describes a type of the form. Text may be written as a number or a
// date, as YAML reads them.
func schemaOf(t reflect.Type, enum string, base *rulebase.Base, lists yamlpos.Lists) map[string]any {
	if t == reflect.TypeFor[yamlpos.Node]() {
		return factsSchema(base)
	}
	switch t {
	case reflect.TypeFor[text](), reflect.TypeFor[string]():
		if list, ok := lists[enum]; ok && enum != "" {
			return map[string]any{"type": "string", "enum": list}
		}
		return map[string]any{"type": "string"}
	case reflect.TypeFor[yamlpos.At[int]]():
		return map[string]any{"const": fileVersion}
	}
	if t.Kind() == reflect.Slice {
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), enum, base, lists)}
	}
	props, required := map[string]any{}, []string{}
	var scalar map[string]any
	for i := range t.NumField() {
		f := t.Field(i)
		tag, ok := f.Tag.Lookup("yaml")
		if !ok {
			continue
		}
		key, options, _ := strings.Cut(tag, ",")
		s := schemaOf(f.Type, f.Tag.Get("enum"), base, lists)
		if strings.Contains(options, "scalar") {
			scalar = map[string]any{"type": "string", "description": f.Tag.Get("doc")}
		}
		if strings.Contains(options, "required") {
			required = append(required, key)
			if s["type"] == "string" && s["enum"] == nil {
				s["minLength"] = 1
			}
		}
		s["description"] = f.Tag.Get("doc")
		props[key] = s
	}
	out := map[string]any{"type": "object", "properties": props, "additionalProperties": false}
	if len(required) > 0 {
		slices.Sort(required)
		out["required"] = required
	}
	if scalar != nil {
		return map[string]any{"oneOf": []any{scalar, out}}
	}
	return out
}

func factsSchema(base *rulebase.Base) map[string]any {
	props := map[string]any{}
	for _, f := range base.Facts() {
		if f.Of != "project" {
			continue
		}
		s := map[string]any{"bool": map[string]any{"type": "boolean"}, "number": map[string]any{"type": "integer", "minimum": 0}}[f.Kind]
		if s == nil {
			s = map[string]any{"type": []string{"array", "string"}, "items": map[string]any{"type": "string"}}
		}
		m := s.(map[string]any)
		m["description"] = f.Question
		props[f.Name] = m
	}
	return map[string]any{"type": "object", "properties": props, "additionalProperties": false}
}

func makeSchema(t *testing.T) []byte {
	base := testBase(t)
	s := schemaOf(reflect.TypeFor[file](), "", base, wordLists(base))
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "rukhsa.yaml"
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

func TestSchemaIsCommitted(t *testing.T) {
	want := makeSchema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(Schema, want) {
		t.Errorf("the committed schema is not that of the form: go test ./internal/policy -update\n%s", cmp.Diff(string(Schema), string(want)))
	}
}

// Every field of the form says what it is for: the schema is what an editor
// shows of it.
func TestFormIsDocumented(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(typ reflect.Type) {
		if typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || seen[typ] || strings.HasPrefix(typ.PkgPath(), "github.com/rukhsa/rukhsa/internal/yamlpos") {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			if _, ok := f.Tag.Lookup("yaml"); ok && !strings.HasSuffix(f.Tag.Get("doc"), ".") {
				t.Errorf("%v.%s has no sentence", typ, f.Name)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[file]())
	if len(seen) < 5 {
		t.Errorf("only %d types seen", len(seen))
	}
}

// The files that Parse accepts fit the schema, and the schema tells most of
// those that it refuses: both are made of the same types.
func TestSchemaFits(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(makeSchema(t), &schema); err != nil {
		t.Fatal(err)
	}
	for _, name := range Profiles() {
		data, err := readProfile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bad := misfits("", schema, value(t, data)); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
	ar, err := txtar.ParseFile("../../testdata/policy/faults.txtar")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, f := range ar.Files {
		if name, ok := strings.CutSuffix(f.Name, ".yaml"); ok && slices.Contains([]string{"keys", "words", "waivers", "components", "version"}, name) {
			refused++
			if len(misfits("", schema, value(t, f.Data))) == 0 {
				t.Errorf("%s fits the schema", f.Name)
			}
		}
	}
	if refused != 5 {
		t.Errorf("%d wrong files tried", refused)
	}
}

// value reads YAML as the values that a validator of JSON Schema sees.
func value(t *testing.T, data []byte) any {
	t.Helper()
	n, err := yamlpos.Parse("p.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return plain(n)
}

func plain(n yamlpos.Node) any {
	switch n.Kind() {
	case yamlpos.List:
		out := []any{}
		for item := range n.Items() {
			out = append(out, plain(item))
		}
		return out
	case yamlpos.Map:
		out := map[string]any{}
		for k, v := range n.Pairs() {
			out[k.Text()] = plain(v)
		}
		return out
	case yamlpos.Scalar:
		switch n.Tag() {
		case "!!bool":
			return strings.EqualFold(n.Text(), "true")
		case "!!int":
			var i float64
			if json.Unmarshal([]byte(n.Text()), &i) == nil {
				return i
			}
		}
		return n.Text()
	}
	return nil
}

// misfits checks a value against the part of JSON Schema that schemaOf writes.
func misfits(path string, s map[string]any, v any) []string {
	if one, ok := s["oneOf"].([]any); ok {
		for _, alternative := range one {
			if len(misfits(path, alternative.(map[string]any), v)) == 0 {
				return nil
			}
		}
		return []string{path + ": none of the forms"}
	}
	if c, ok := s["const"]; ok {
		if c != v {
			return []string{path + ": another constant"}
		}
		return nil
	}
	var bad []string
	switch x := v.(type) {
	case string:
		if list, ok := s["enum"].([]any); ok && !slices.Contains(list, any(x)) || s["minLength"] != nil && x == "" {
			bad = append(bad, path+": "+x)
		}
		if !typed(s, "string") {
			bad = append(bad, path+": text")
		}
	case bool:
		if !typed(s, "boolean") {
			bad = append(bad, path+": boolean")
		}
	case float64:
		if !typed(s, "integer") {
			bad = append(bad, path+": number")
		}
	case []any:
		if !typed(s, "array") {
			return []string{path + ": list"}
		}
		for _, e := range x {
			bad = append(bad, misfits(path+"[]", s["items"].(map[string]any), e)...)
		}
	case map[string]any:
		if !typed(s, "object") {
			return []string{path + ": map"}
		}
		props := s["properties"].(map[string]any)
		for k, e := range x {
			p, ok := props[k].(map[string]any)
			if !ok {
				bad = append(bad, path+"."+k+": unknown")
				continue
			}
			bad = append(bad, misfits(path+"."+k, p, e)...)
		}
		required, _ := s["required"].([]any)
		for _, k := range required {
			if _, ok := x[k.(string)]; !ok {
				bad = append(bad, path+": no "+k.(string))
			}
		}
	}
	return bad
}

func typed(s map[string]any, want string) bool {
	if list, ok := s["type"].([]any); ok {
		return slices.Contains(list, any(want))
	}
	return s["type"] == want
}
