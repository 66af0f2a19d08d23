package yamlpos

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Decode reads one document into a T, a struct whose fields are string, bool,
// int, int64, float64, structs, pointers to structs, Node, At of one of these,
// and slices of them. A field tag says what is allowed:
//
//	License At[string] `yaml:"license,required" enum:"license"`
//
// required: the key must be there and not be empty; enum: the text must be one
// of lists[name] (not checked where lists has no such name); scalar, with an
// empty key: instead of a map the file may hold plain text, which goes here.
// A field of type Pos gets the place of its struct. Fields without a yaml tag
// are left alone.
//
// A key without a value is like an absent one for lists and maps and a fault
// for text. Text may be a number or a date, taken as written, but not a
// boolean. All faults are found in one pass; the error is a Faults, and the
// value then holds what could be read.
func Decode[T any](file string, data []byte, lists Lists) (T, error) {
	var out T
	root, err := Parse(file, data)
	if err != nil {
		return out, err
	}
	d := &decoder{file: file, lists: lists, plans: map[reflect.Type]*plan{}}
	v := reflect.ValueOf(&out).Elem()
	switch root.Kind() {
	case Absent, Null:
		d.structure(Node{}, v, "")
	case Map:
		d.structure(root, v, "")
	default:
		d.fault(root.Pos(), "wants a map of keys at the top, not %s", root.Kind())
	}
	return out, d.faults.Err()
}

type decoder struct {
	file   string
	lists  Lists
	plans  map[reflect.Type]*plan
	faults Faults
}

// plan is what is known of a struct type.
type plan struct {
	fields []field
	keys   []string // in the order of the struct
	pos    int      // index of the Pos field, or -1
	scalar int      // index in fields of the one that plain text goes to, or -1
}

type field struct {
	index    int
	key      string
	required bool
	enum     string
}

func (d *decoder) plan(t reflect.Type) *plan {
	if p := d.plans[t]; p != nil {
		return p
	}
	p := &plan{pos: -1, scalar: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("yaml")
		if !tagged {
			if f.Type == reflect.TypeFor[Pos]() {
				p.pos = i
			}
			continue
		}
		key, options, _ := strings.Cut(tag, ",")
		opts := strings.Split(options, ",")
		if slices.Contains(opts, "scalar") {
			p.scalar = len(p.fields)
		}
		if key != "" {
			p.keys = append(p.keys, key)
		}
		p.fields = append(p.fields, field{index: i, key: key, required: slices.Contains(opts, "required"), enum: f.Tag.Get("enum")})
	}
	d.plans[t] = p
	return p
}

func (d *decoder) fault(pos Pos, format string, args ...any) {
	switch {
	case len(d.faults) == MaxFaults:
		d.faults = append(d.faults, Fault{File: d.file, Pos: pos, Message: "too many faults: the rest is not shown"})
	case len(d.faults) < MaxFaults:
		d.faults = append(d.faults, Fault{File: d.file, Pos: pos, Message: fmt.Sprintf(format, args...)})
	}
}

// structure decodes a map into a struct; path names it in messages.
func (d *decoder) structure(n Node, v reflect.Value, path string) {
	p := d.plan(v.Type())
	pos := n.Pos()
	if n.Kind() == Absent {
		pos = Pos{1, 1}
	}
	if p.pos >= 0 {
		v.Field(p.pos).Set(reflect.ValueOf(pos))
	}
	seen := make([]Pos, len(p.fields))
	for key, value := range n.Pairs() {
		if key.Kind() != Scalar || !textual(key.Tag()) {
			d.fault(key.Pos(), "a key must be plain text%s", in(path))
			continue
		}
		i := slices.IndexFunc(p.fields, func(f field) bool { return f.key != "" && f.key == key.Text() })
		if i < 0 {
			d.fault(key.Pos(), "%s%s", Unknown("key", key.Text(), p.keys), in(path))
			continue
		}
		if seen[i] != (Pos{}) {
			d.fault(key.Pos(), "key %q is set twice; first in line %d", key.Text(), seen[i].Line)
			continue
		}
		seen[i] = key.Pos()
		d.field(p.fields[i], key, value, v.Field(p.fields[i].index), join(path, key.Text()))
	}
	for i, f := range p.fields {
		if f.required && seen[i] == (Pos{}) {
			d.fault(pos, "missing key %q%s", f.key, in(path))
		}
	}
}

func (d *decoder) field(f field, key, value Node, v reflect.Value, path string) {
	if k := value.Kind(); k == Null || k == Absent {
		if f.required || !collection(v.Type()) {
			d.fault(key.Pos(), "%q has no value", path)
		}
		return
	}
	d.value(value, v, path, f)
	if f.required && empty(v) {
		d.fault(value.Pos(), "%q must not be empty", path)
	}
}

// value decodes any node into any supported type.
func (d *decoder) value(n Node, v reflect.Value, path string, f field) {
	if tag := n.real().Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") || tag == "!!binary" {
		d.fault(n.Pos(), "%q has the tag %s: tags are not allowed", path, Quote(tag))
		return
	}
	if _, ok := v.Interface().(interface{ isAt() }); ok {
		v.FieldByName("Pos").Set(reflect.ValueOf(n.Pos()))
		d.value(n, v.FieldByName("Value"), path, f)
		return
	}
	if v.Type() == reflect.TypeFor[Node]() {
		v.Set(reflect.ValueOf(n))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, v.Elem(), path, f)
	case reflect.Struct:
		p := d.plan(v.Type())
		switch {
		case n.Kind() == Map:
			d.structure(n, v, path)
		case n.Kind() == Scalar && p.scalar >= 0:
			if p.pos >= 0 {
				v.Field(p.pos).Set(reflect.ValueOf(n.Pos()))
			}
			d.scalar(n, v.Field(p.fields[p.scalar].index), path, p.fields[p.scalar])
		default:
			d.wants(n, path, "a map with the keys "+strings.Join(p.keys, ", "))
		}
	case reflect.Slice:
		d.list(n, v, path, f)
	default:
		d.scalar(n, v, path, f)
	}
}

func (d *decoder) list(n Node, v reflect.Value, path string, f field) {
	if n.Kind() != List {
		d.wants(n, path, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(n.real().Content)))
	i := 0
	for item := range n.Items() {
		name := fmt.Sprintf("%s[%d]", path, i)
		i++
		if item.Kind() == Null {
			d.fault(item.Pos(), "%q has no value", name)
			continue
		}
		e := reflect.New(v.Type().Elem()).Elem()
		d.value(item, e, name, f)
		v.Set(reflect.Append(v, e))
	}
}

func (d *decoder) scalar(n Node, v reflect.Value, path string, f field) {
	if _, ok := v.Interface().(interface{ isAt() }); ok {
		d.value(n, v, path, f)
		return
	}
	kinds := map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Int: "a whole number",
		reflect.Int64: "a whole number", reflect.Float64: "a number",
	}
	want := kinds[v.Kind()]
	if n.Kind() != Scalar {
		d.wants(n, path, want)
		return
	}
	text, tag, ok := n.Text(), n.Tag(), false
	switch v.Kind() {
	case reflect.String:
		if ok = textual(tag); ok {
			v.SetString(text)
			d.enum(n, text, path, f)
		}
	case reflect.Bool:
		if ok = tag == "!!bool"; ok {
			v.SetBool(strings.EqualFold(text, "true"))
		}
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
		if ok = tag == "!!int" && err == nil && !v.OverflowInt(i); ok {
			v.SetInt(i)
		}
	case reflect.Float64:
		x, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64)
		if ok = (tag == "!!int" || tag == "!!float") && err == nil && x-x == 0; ok {
			v.SetFloat(x)
		}
	default:
		panic(fmt.Sprintf("yamlpos: field type %s is not supported", v.Type()))
	}
	if !ok {
		d.wants(n, path, want)
	}
}

func (d *decoder) enum(n Node, text, path string, f field) {
	if f.enum == "" {
		return
	}
	if valid, ok := d.lists[f.enum]; ok && !slices.Contains(valid, text) {
		d.fault(n.Pos(), "%s%s", Unknown(f.enum, text, valid), in(path))
	}
}

// wants says that a value has the wrong type.
func (d *decoder) wants(n Node, path, want string) {
	has := n.Kind().String()
	if n.Kind() == Scalar {
		has = Quote(n.Text())
		if n.Tag() != "!!str" && want == "text" {
			want += " (quote it)"
		}
	}
	d.fault(n.Pos(), "%q wants %s, not %s", path, want, has)
}

// textual reports whether a scalar of that tag may be taken as text as written.
func textual(tag string) bool {
	return tag == "!!str" || tag == "!!int" || tag == "!!float" || tag == "!!timestamp"
}

// collection reports whether a type is a list or a map, which may be left empty.
func collection(t reflect.Type) bool {
	if t.Kind() == reflect.Struct {
		if _, at := reflect.Zero(t).Interface().(interface{ isAt() }); at {
			value, _ := t.FieldByName("Value")
			return collection(value.Type)
		}
		return true
	}
	return t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer
}

// empty reports whether a required value is "" or a list without items.
func empty(v reflect.Value) bool {
	if _, ok := v.Interface().(interface{ isAt() }); ok {
		v = v.FieldByName("Value")
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0
	default:
		return false
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return fmt.Sprintf(" (in %s)", path)
}
