package jsonpos

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func parse(t *testing.T, text string) Value {
	t.Helper()
	v, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

func TestValues(t *testing.T) {
	v := parse(t, "\uFEFF {\n \"a\": \"x\\u00e9\\n\",\n\n\"b\" : [1, true,\nnull, -1.5e+3, NaN, -Infinity, {\"c\": {}} ] ,\"d\\u0065\":2, \"a\":\"last\"}\n")
	if v.Kind() != Object || v.Line() != 1 || v.Offset() != 4 {
		t.Errorf("root: %v at %d", v.Kind(), v.Line())
	}
	if got := v.Get("a"); got.Text() != "last" || got.Line() != 5 {
		t.Errorf("a: %q on line %d", got.Text(), got.Line())
	}
	var all []string
	for m := range v.Each("a") {
		all = append(all, m.Text())
	}
	if len(all) != 2 || all[0] != "xé\n" {
		t.Errorf("all of a: %q", all)
	}
	if v.Get("de").Text() != "2" || v.Get("z").Kind() != Absent || v.Get("z").Get("y").Line() != 0 || v.Get("z").Text() != "" {
		t.Error("keys with escapes, or absent ones")
	}
	var items []string
	for m := range v.Get("b").Items() {
		items = append(items, fmt.Sprintf("%v %s", m.Kind(), m.Raw()))
	}
	if got, want := strings.Join(items, "|"), `a number 1|a boolean true|null null|a number -1.5e+3|a number NaN|a number -Infinity|an object {"c": {}}`; got != want {
		t.Errorf("items: %s", got)
	}
	if parse(t, "[]").Kind() != Array || parse(t, " 12 ").Text() != "12" || parse(t, `"a\ud83d\ude00\ud800"`).Text() != "a😀\uFFFD" {
		t.Error("documents that are no object")
	}
	if got := parse(t, "\"a\xffb\"").Text(); got != "a\uFFFDb" {
		t.Errorf("bytes that are no UTF-8: %q", got)
	}
}

func TestMany(t *testing.T) {
	for text, want := range map[string]int{`"x"`: 1, `["x", "y"]`: 2, `[]`: 0, `null`: 0, `{}`: 1} {
		n := 0
		for range parse(t, text).Many() {
			n++
		}
		if n != want {
			t.Errorf("%s: %d values, want %d", text, n, want)
		}
	}
	for range (Value{}).Many() {
		t.Error("an absent value has a value")
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		text, message string
		line          int
	}{
		{"", "the text ends where a value was expected", 1},
		{"{\n\"a\": 1,\n}", `"}" where a key in double quotes was expected`, 3},
		{"{\"a\" 1}", `"1" where a colon was expected`, 1},
		{"[1 2]", `"2" where a comma or ']' was expected`, 1},
		{"[1,]", `"]" where a value was expected`, 1},
		{"[1", `the text ends where a comma or ']' was expected`, 1},
		{"{'a': 1}", `"'" where a key in double quotes was expected`, 1},
		{"\"a", "the text ends where the closing quote of a string was expected", 1},
		{"\"a\nb\"", "a string with a control character in it: its closing quote may be missing", 1},
		{`"\x"`, `"x" where an escape was expected`, 1},
		{`"\u12g4"`, `"g" where a hexadecimal digit was expected`, 1},
		{`"\`, "the text ends where the closing quote of a string was expected", 1},
		{"1 2", "text after the end of the document", 1},
		{"-", "the text ends where a digit was expected", 1},
		{"1.x", `"x" where a digit was expected`, 1},
		{"1e", "the text ends where a digit was expected", 1},
		{"nul", `"n" where a value was expected`, 1},
		{"True", `"T" where a value was expected`, 1},
		{"\xFF\xFE{\x00}\x00", "not UTF-8 text", 1},
		{"// comment\n{}", `"/" where a value was expected`, 1},
	} {
		_, err := Parse([]byte(tt.text))
		var e *Error
		if !errors.As(err, &e) || e.Message != tt.message || e.Line != tt.line || e.Limit != 0 {
			t.Errorf("%q: %v, want %q on line %d", tt.text, err, tt.message, tt.line)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, text := range []string{strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), strings.Repeat(" ", MaxBytes+1)} {
		_, err := Parse([]byte(text))
		var e *Error
		if !errors.As(err, &e) || e.Limit == 0 || e.Actual <= e.Limit {
			t.Errorf("%.10q…: %v", text, err)
		}
	}
	parse(t, strings.Repeat("[", MaxDepth)+strings.Repeat("]", MaxDepth))
}

// Line agrees with counting from the start, in documents of many blocks.
func TestLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("[")
	for i := range 5000 {
		fmt.Fprintf(&b, "%s1,", strings.Repeat("\n", i%3))
	}
	b.WriteString("2]")
	text := b.String()
	for m := range parse(t, text).Items() {
		if want := 1 + strings.Count(text[:m.Offset()], "\n"); m.Line() != want {
			t.Fatalf("offset %d: line %d, want %d", m.Offset(), m.Line(), want)
		}
	}
}

// Every value of a document that encoding/json takes reads as it does there.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{"a":[1,"x\u0041",{"b":null}],"a":2}`, "\uFEFF[ ]", `[NaN]`, `"\ud83d"`, "[[[[", `{"a":"b\`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(data)
		if valid := json.Valid(data); valid && err != nil && !bytes.Contains(data, []byte("[[[[[[[[[[")) && bytes.Count(data, []byte{'{'})+bytes.Count(data, []byte{'['}) < MaxDepth {
			t.Fatalf("refused: %v", err)
		} else if !valid || err != nil {
			if err == nil {
				walk(t, v)
			}
			return
		}
		var want any
		if utf8.Valid(data) && json.Unmarshal(data, &want) == nil {
			if got := fmt.Sprint(walk(t, v)); got != fmt.Sprint(plain(want)) {
				t.Errorf("%q reads as %s, want %s", data, got, fmt.Sprint(plain(want)))
			}
		}
	})
}

// walk copies a value; of numbers it keeps that they are some.
func walk(t *testing.T, v Value) any {
	switch v.Kind() {
	case Object:
		m := map[string]any{}
		for k, w := range v.Pairs() {
			m[k.Text()] = walk(t, w)
		}
		return m
	case Array:
		l := []any{}
		for w := range v.Items() {
			l = append(l, walk(t, w))
		}
		return l
	case Number:
		return 0
	}
	if v.Line() < 1 || len(v.Raw()) == 0 {
		t.Errorf("a value without a place")
	}
	return v.Text()
}

// plain is what walk makes of a decoded value.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case float64:
		return 0
	case bool:
		return fmt.Sprint(v)
	case nil:
		return ""
	}
	return v
}
