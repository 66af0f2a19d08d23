package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

var update = flag.Bool("update", false, "rewrite the committed schema and the goldens")

const schemaFile = "report.schema.json"

// enums are the closed lists of the document; a list that belongs to the rules
// is not repeated here.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[diag.Severity]():    {"error", "warning", "note"},
	reflect.TypeFor[diag.Kind]():        {"unreadable", "malformed", "limit", "unsupported", "mismatch", "timeout", "missing", "internal"},
	reflect.TypeFor[inventory.Kind]():   {"code", "dataset", "model", "service", "asset"},
	reflect.TypeFor[inventory.Scope]():  {"main", "linked", "test", "tool", "required", "bundled", "embedded", "found", "referenced"},
	reflect.TypeFor[FailOn]():           {"error", "warning", "new", "never"},
	reflect.TypeFor[inventory.Status](): {"ok", "none", "unknown", "disagree", "assumed"},
}

// schemaOf describes a type of the document. Unknown fields are allowed: the
// schema is additive inside v1.
func schemaOf(t reflect.Type) map[string]any {
	if list, ok := enums[t]; ok {
		return map[string]any{"type": "string", "enum": list}
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Pointer:
		s := schemaOf(t.Elem())
		s["type"] = []string{"object", "null"}
		return s
	case reflect.Slice:
		e := t.Elem()
		if e.Kind() == reflect.Pointer { // shared, and never null
			e = e.Elem()
		}
		return map[string]any{"type": "array", "items": schemaOf(e)}
	case reflect.Struct:
		props := map[string]any{}
		var required []string
		addFields(t, props, &required)
		slices.Sort(required)
		return map[string]any{"type": "object", "required": required, "properties": props}
	}
	panic(fmt.Sprintf("no schema for %v", t))
}

func addFields(t reflect.Type, props map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			addFields(f.Type, props, required)
			continue
		}
		name := f.Tag.Get("json")
		if name == "-" {
			continue
		}
		if name == "" || strings.Contains(name, ",") {
			panic(fmt.Sprintf("%v.%s: a field of the document has a plain json name", t, f.Name))
		}
		props[name] = schemaOf(f.Type)
		*required = append(*required, name)
	}
}

func schema() []byte {
	s := schemaOf(reflect.TypeFor[Report]())
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = Schema
	s["properties"].(map[string]any)["schema"] = map[string]any{"const": Schema}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

func TestSchemaIsCommitted(t *testing.T) {
	want := schema()
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the committed schema is not that of the types: go test ./internal/report -update, and read the difference: v1 only gains fields")
	}
}

// invalid says where a JSON document is none of the schema.
func invalid(t *testing.T, name string, doc []byte) []string {
	t.Helper()
	var s map[string]any
	var v any
	if err := json.Unmarshal(schema(), &s); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(doc, &v); err != nil {
		t.Fatal(err)
	}
	return validate(name, s, v)
}

// validate checks a decoded JSON value against the part of JSON Schema that
// schemaOf writes.
func validate(path string, s map[string]any, v any) []string {
	if c, ok := s["const"]; ok {
		if c != v {
			return []string{fmt.Sprintf("%s: %v, want %v", path, v, c)}
		}
		return nil
	}
	if !hasType(s["type"], v) {
		return []string{fmt.Sprintf("%s: %T, want %v", path, v, s["type"])}
	}
	var bad []string
	switch x := v.(type) {
	case string:
		if list, ok := s["enum"].([]any); ok && !slices.Contains(list, any(x)) {
			bad = append(bad, fmt.Sprintf("%s: %q is none of %v", path, x, list))
		}
	case []any:
		items := s["items"].(map[string]any)
		for i, e := range x {
			bad = append(bad, validate(fmt.Sprintf("%s[%d]", path, i), items, e)...)
		}
	case map[string]any:
		for _, name := range s["required"].([]any) {
			if _, ok := x[name.(string)]; !ok {
				bad = append(bad, fmt.Sprintf("%s: no %v", path, name))
			}
		}
		props := s["properties"].(map[string]any)
		for name, e := range x {
			p, ok := props[name].(map[string]any)
			if !ok {
				bad = append(bad, fmt.Sprintf("%s.%s: not in the schema", path, name))
				continue
			}
			bad = append(bad, validate(path+"."+name, p, e)...)
		}
	}
	return bad
}

func hasType(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(w any) bool { return hasType(w, v) })
	}
	switch x := v.(type) {
	case nil:
		return want == "null"
	case bool:
		return want == "boolean"
	case string:
		return want == "string"
	case float64:
		return want == "number" || want == "integer" && x == float64(int64(x))
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return false
}
