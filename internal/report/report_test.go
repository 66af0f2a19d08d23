package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// render writes a report in a format; the template format gets testdata's.
func render(t *testing.T, f Format, r *Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	o.Template = testTemplate(t)
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var parsedTemplate = sync.OnceValues(func() (*Template, error) {
	body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "report", "all.tmpl"))
	if err != nil {
		return nil, err
	}
	return ParseTemplate("all.tmpl", body)
})

func testTemplate(t testing.TB) *Template {
	t.Helper()
	tmpl, err := parsedTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// golden compares a rendering with a file of testdata/report; -update rewrites it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("..", "..", "testdata", "report", filepath.FromSlash(file))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: (-want +got)\n%s", file, d)
	}
}

func TestGolden(t *testing.T) {
	for name := range cases {
		r := build(name)
		for _, f := range Formats() {
			if name != "large" || f.Name == "text" { // the others of it show nothing new
				golden(t, name+"/report."+f.Name, render(t, f, r, Options{}))
			}
		}
	}
	golden(t, "typical/details.text", render(t, Formats()[0], build("typical"), Options{Details: true}))
	golden(t, "typical/colour.text", render(t, Formats()[0], build("typical"), Options{Color: true}))
}

func TestGoldenExplain(t *testing.T) {
	r := build("typical")
	for _, what := range []string{"gpl", "none", "either", "party"} {
		found := FindComponents(r, what)
		if len(found) != 1 {
			t.Fatalf("%q means %d components", what, len(found))
		}
		var b strings.Builder
		if err := ExplainComponent(&b, r, found[0], true); err != nil {
			t.Fatal(err)
		}
		golden(t, "typical/explain-"+what+".text", b.String())
	}
}

// Every format is a function of the document: what is decoded renders to the
// same bytes, and every document is one of the schema.
func TestConvert(t *testing.T) {
	for name := range cases {
		holds(t, name, build(name))
	}
}

// holds checks what is true of every report.
func holds(t *testing.T, name string, r *Report) {
	t.Helper()
	var doc bytes.Buffer
	if err := writeJSON(&doc, r, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, bad := range invalid(t, name, doc.Bytes()) {
		t.Error(bad)
	}
	back, err := Decode(&doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Formats() {
		for _, o := range []Options{{}, {Details: true}, {Color: true}} {
			if d := cmp.Diff(render(t, f, r, o), render(t, f, back, o)); d != "" {
				t.Errorf("%s, %s: decoded renders differently (-direct +decoded)\n%s", name, f.Name, d)
			}
		}
	}
}

// Reports with any content hold to the schema and survive JSON, strings that
// are no UTF-8 and lists that are null included.
func TestAnyReport(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 3))
		var inv inventory.Inventory
		var j assess.Judgement
		scramble(rng, reflect.ValueOf(&inv).Elem(), 3)
		scramble(rng, reflect.ValueOf(&j).Elem(), 3)
		j.Components = make([]assess.Component, len(inv.Components))
		for i := range j.Components {
			scramble(rng, reflect.ValueOf(&j.Components[i]).Elem(), 3)
		}
		holds(t, fmt.Sprintf("seed %d", seed), New(head(), &inv, &j))
	}
}

const bytesOfMischief = "a b/\xff\xa9\x00\n\x1b<\"\xe2\x80\xae\xc3"

// scramble fills a value with content that a hostile project could make.
func scramble(rng *rand.Rand, v reflect.Value, most int) {
	if list, ok := enums[v.Type()]; ok {
		v.SetString(list[rng.IntN(len(list))])
		return
	}
	switch v.Kind() {
	case reflect.String:
		b := make([]byte, rng.IntN(12))
		for i := range b {
			b[i] = bytesOfMischief[rng.IntN(len(bytesOfMischief))]
		}
		v.SetString(string(b))
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt(rng.Int64N(100))
	case reflect.Float64:
		v.SetFloat(rng.Float64())
	case reflect.Pointer:
		if rng.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			scramble(rng, v.Elem(), most)
		}
	case reflect.Slice:
		if n := rng.IntN(most + 1); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				scramble(rng, v.Index(i), most)
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range rng.IntN(most + 1) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			scramble(rng, key, most)
			scramble(rng, value, most)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			scramble(rng, v.Field(i), most)
		}
	}
}

// No byte of a report can act on a terminal or hide text.
func TestNothingHidden(t *testing.T) {
	r := build("hostile")
	for _, f := range Formats() {
		for _, o := range []Options{{}, {Details: true}} {
			out := render(t, f, r, o)
			if !utf8.ValidString(out) {
				t.Errorf("%s: invalid UTF-8", f.Name)
			}
			if f.Name == "csv" {
				out = strings.ReplaceAll(out, "\r\n", "\n") // RFC 4180
			}
			for i, c := range out {
				if c != '\n' && c != '\t' && hidden(c) {
					t.Fatalf("%s: hidden character %U at %d: %q", f.Name, c, i, out[max(0, i-30):i+5])
				}
			}
		}
	}
}

func shuffle[T any](rng *rand.Rand, list []T) {
	rng.Shuffle(len(list), func(a, b int) { list[a], list[b] = list[b], list[a] })
}

// everything is a report in all formats, one after the other.
func everything(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	for _, f := range Formats() {
		b.WriteString(render(t, f, r, Options{Details: true}))
	}
	return b.String()
}

// The facts come in any order, from as many readers as there are processors.
func TestOrderDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name := range cases {
		want := everything(t, build(name))
		times := 20
		if name == "large" {
			times = 3
		}
		for range times {
			inv, j := cases[name]()
			rng.Shuffle(len(inv.Components), func(a, b int) {
				inv.Components[a], inv.Components[b] = inv.Components[b], inv.Components[a]
				j.Components[a], j.Components[b] = j.Components[b], j.Components[a]
			})
			shuffle(rng, inv.Errors)
			shuffle(rng, j.Findings)
			shuffle(rng, inv.Programs)
			shuffle(rng, inv.Targets)
			shuffle(rng, inv.NotExamined)
			shuffle(rng, j.Obligations)
			for i := range inv.Components {
				c := &inv.Components[i]
				shuffle(rng, c.Evidence)
				shuffle(rng, c.Nested)
				shuffle(rng, c.LinkedBy)
				shuffle(rng, c.Locations)
			}
			if d := cmp.Diff(want, everything(t, New(head(), inv, j))); d != "" {
				t.Fatalf("%s: another order, another report (-want +got)\n%s", name, d)
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "not a JSON report"},
		{"{", "not a JSON report"},
		{"{}\n{}", "more than one JSON value"},
		{`{"schema": "other/v1"}`, `schema is "other/v1"`},
		{"{\n\"schema\": 3}", "line 2"},
		{`{"schema": "rukhsa/report/v1", "components": [3]}`, "line 1"},
	} {
		_, err := Decode(strings.NewReader(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Decode(%q): %v, want an error with %q", tt.in, err, tt.want)
		}
	}
}

// TestDecodeNull: an element that is null is an empty one.
func TestDecodeNull(t *testing.T) {
	r, err := Decode(strings.NewReader(`{"schema":"rukhsa/report/v1","components":[{"views":[{"criteria":[null, {"id": "x"}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Components[0].Views[0].Criteria; len(c) != 2 || c[0] == nil || c[0].ID != "" || c[1].ID != "x" {
		t.Errorf("%v", c)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrors(t *testing.T) {
	r := build("typical")
	for _, f := range Formats() {
		if err := f.Write(fullDisk{}, r, Options{Template: testTemplate(t)}); err == nil {
			t.Errorf("%s: a failed write is no error", f.Name)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var doc bytes.Buffer
	if err := writeJSON(&doc, build("typical"), Options{}); err != nil {
		f.Fatal(err)
	}
	f.Add(doc.String())
	f.Add(`{"schema":"rukhsa/report/v1","components":[{"name":"\u001b[31m"}]}`)
	f.Add(`{"schema":"rukhsa/report/v1","components":[{"views":[{"criteria":[null]}]}]}`)
	tmpl := testTemplate(f)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Decode(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, f := range Formats() {
			if err := f.Write(io.Discard, r, Options{Details: true, Template: tmpl}); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	})
}
