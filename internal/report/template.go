package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"
)

// Limits of templates, in bytes.
const (
	MaxTemplate       = 1 << 20
	MaxTemplateOutput = 64 << 20
)

// Template is a text template of the user's over the report's own JSON names.
type Template struct {
	name string
	tree *template.Template
}

// TemplateError says that a template is wrong; the message names its line.
type TemplateError struct{ Err error }

func (e *TemplateError) Error() string { return strings.TrimPrefix(e.Err.Error(), "template: ") }
func (e *TemplateError) Unwrap() error { return e.Err }

// ParseTemplate reads a template; name is how messages call it. The error is a
// *TemplateError.
func ParseTemplate(name string, body []byte) (*Template, error) {
	if len(body) > MaxTemplate {
		return nil, &TemplateError{fmt.Errorf("%s: is over the limit of %d bytes", name, MaxTemplate)}
	}
	t, err := template.New(Printable(name)).Option("missingkey=error").Funcs(templateFuncs(nil)).Parse(string(body))
	if err != nil {
		return nil, &TemplateError{err}
	}
	return &Template{name, t}, nil
}

// writeTemplate executes the template of the options. A name that the report
// does not have is an error, and then nothing is written.
func writeTemplate(w io.Writer, r *Report, o Options) error {
	if o.Template == nil {
		return errors.New("the template format needs a template: template:FILE")
	}
	data := plain(reflect.ValueOf(r).Elem(), Printable).(map[string]any)
	t, err := o.Template.tree.Clone()
	if err != nil {
		return &TemplateError{err}
	}
	out := &bounded{left: MaxTemplateOutput}
	if err := t.Funcs(templateFuncs(data)).Execute(out, data); err != nil {
		return &TemplateError{err}
	}
	_, err = w.Write(out.b.Bytes())
	return err
}

// bounded holds what is written to it, up to a limit.
type bounded struct {
	b    bytes.Buffer
	left int
}

func (o *bounded) Write(p []byte) (int, error) {
	if o.left -= len(p); o.left < 0 {
		return 0, fmt.Errorf("the output is over the limit of %d bytes", MaxTemplateOutput)
	}
	return o.b.Write(p)
}

// plain is a part of the report as its JSON would be decoded, but for numbers,
// which keep their kind. Strings are Printable, texts keep their lines.
func plain(v reflect.Value, clean func(string) string) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem(), clean)
	case reflect.Struct:
		out := map[string]any{}
		addPlain(out, v)
		return out
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plain(v.Index(i), clean)
		}
		return out
	case reflect.String:
		return clean(v.String())
	}
	return v.Interface()
}

func addPlain(out map[string]any, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("json")
		switch {
		case f.Anonymous:
			addPlain(out, v.Field(i))
		case name == "-":
		case f.Name == "Content":
			out[name] = plain(v.Field(i), body)
		default:
			out[name] = plain(v.Field(i), Printable)
		}
	}
}

// templateFuncs are the functions of a template beside those of text/template,
// which `help formats` lists.
func templateFuncs(data map[string]any) template.FuncMap {
	return template.FuncMap{
		"join":      joinAny,
		"where":     whereAny,
		"component": func(id string) any { return componentAny(data, id) },
		"json":      jsonAny,
		"csv":       csvAny,
		"markdown":  func(v any) string { return mdText(fmt.Sprint(v)) },
	}
}

// TemplateFuncs documents the functions of a template.
func TemplateFuncs() []struct{ Name, Doc string } {
	return []struct{ Name, Doc string }{
		{"join LIST SEP", "the elements of a list with SEP between them"},
		{"where LIST NAME VALUE", "the elements of a list whose NAME is VALUE"},
		{"component ID", "the component of that id, or nothing"},
		{"json VALUE", "a value as JSON"},
		{"csv VALUE...", "a line of CSV that no spreadsheet takes for a formula"},
		{"markdown VALUE", "a text without the marks of Markdown"},
	}
}

func joinAny(list []any, sep string) string {
	var out []string
	for _, x := range list {
		out = append(out, fmt.Sprint(x))
	}
	return strings.Join(out, sep)
}

func whereAny(list []any, name string, value any) ([]any, error) {
	out := []any{}
	for _, x := range list {
		m, ok := x.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("where: the list holds %T, not objects", x)
		}
		have, ok := m[name]
		if !ok {
			return nil, fmt.Errorf("where: no entry for key %q", name)
		}
		if fmt.Sprint(have) == fmt.Sprint(value) {
			out = append(out, x)
		}
	}
	return out, nil
}

func componentAny(data map[string]any, id string) any {
	list, _ := data["components"].([]any)
	for _, x := range list {
		if m, ok := x.(map[string]any); ok && m["id"] == id {
			return x
		}
	}
	return nil
}

func jsonAny(v any) (string, error) {
	var b bytes.Buffer
	err := EncodeJSON(&b, v, false)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func csvAny(values ...any) string {
	var cells []string
	for _, v := range values {
		if cell := csvCell(fmt.Sprint(v)); strings.ContainsAny(cell, "\",\n") {
			cells = append(cells, `"`+strings.ReplaceAll(cell, `"`, `""`)+`"`)
		} else {
			cells = append(cells, cell)
		}
	}
	return strings.Join(cells, ",")
}
