package models

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

func builtin(t testing.TB) *Table {
	t.Helper()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// The table of the program is without a fault, and every license in it is one
// that the rules know.
func TestRules(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	table, err := Load(rules.FS, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range table.families {
		if f.License == "" && f.Check == "" && f.Kind != Service {
			t.Errorf("%s has neither a license nor a word why", f.ID)
		}
		if f.Kind == Service && (f.Terms == "" || !f.Price.Known() && !f.Outputs.Known()) {
			t.Errorf("%s: nothing is known of the service", f.ID)
		}
		if !strings.HasPrefix(f.See, "https://") {
			t.Errorf("%s does not say where its license stands", f.ID)
		}
		for _, x := range []Fact{f.Outputs, f.Inputs, f.Retention, f.Price} {
			if x.Known() && (x.AsOf == "" || !strings.HasPrefix(x.Source, "https://")) {
				t.Errorf("%s: a fact of a service without date and source: %q", f.ID, x.Text)
			}
		}
	}
}

// Every name of a family finds the family, under the namespaces of its
// publisher with the surest confidence.
func TestEveryName(t *testing.T) {
	table := builtin(t)
	for _, list := range table.patterns {
		for _, p := range list {
			name := strings.Join(p.words[:p.base], "-")
			if p.base < len(p.words) {
				name += ":" + strings.Join(p.words[p.base:], "-")
			}
			find := table.Resolve
			if p.family.Kind == Dataset {
				find = table.Dataset
			}
			if p.short {
				m, ok := find(name)
				if !ok || m.Family != p.family || m.Confidence != Exact {
					t.Errorf("%s of %s: %v %v", name, p.family.ID, id(m), m.Confidence)
				}
				continue
			}
			for _, org := range p.family.Orgs {
				m, ok := find(org + "/" + name)
				if !ok || m.Family != p.family || m.Confidence != Exact {
					t.Errorf("%s/%s of %s: %v %v", org, name, p.family.ID, id(m), m.Confidence)
				}
			}
		}
	}
}

func id(m Match) string {
	if m.Family == nil {
		return "-"
	}
	return m.ID
}

// TestNames resolves names as they are written in the wild. A row of
// testdata/names.tsv is name, family ("-" for none), confidence.
func TestNames(t *testing.T) {
	table := builtin(t)
	data, err := os.ReadFile(filepath.Join("testdata", "names.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || len(row) < 2 {
			continue
		}
		n++
		find, name := table.Resolve, row[0]
		if rest, ok := strings.CutPrefix(name, "dataset "); ok {
			find, name = table.Dataset, rest
		}
		m, ok := find(name)
		if ok != (row[1] != "-") || id(m) != row[1] || ok && string(m.Confidence) != row[2] {
			t.Errorf("%s: %s %s, want %s", row[0], id(m), m.Confidence, strings.Join(row[1:], " "))
		}
	}
	if n == 0 {
		t.Error("no rows")
	}
}

// The faults of a table come all at once, each with its place.
func TestFaults(t *testing.T) {
	ar, err := txtar.ParseFile(filepath.Join("testdata", "faults.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	fsys, want := fstest.MapFS{}, ""
	for _, f := range ar.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	_, err = Load(fsys, base)
	if err == nil {
		t.Fatal("no fault")
	}
	if got := err.Error() + "\n"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if fs, ok := err.(yamlpos.Faults); !ok || len(fs) == 0 {
		t.Errorf("%T", err)
	}
	if _, err := Load(fstest.MapFS{}, nil); err == nil {
		t.Error("a tree without families has no fault")
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string]string{
		"Llama3.1-8B-Instruct":       "llama 3.1 8b instruct",
		"llama_3-1":                  "llama 3.1",
		"llama-v3p1-8b":              "llama 3.1 8b",
		"phi-3-4bit":                 "phi 3 4 bit",
		"claude-3-5-sonnet-20241022": "claude 3.5 sonnet 20241022",
		"gpt-4-0613":                 "gpt 4 0613",
		"gpt4all-j":                  "gpt 4 all j",
		"o1-mini":                    "o1 mini",
		"Mixtral-8x7B-v0.1":          "mixtral 8x7b 0.1",
		"qwen2.5vl":                  "qwen 2.5 vl",
		"stable-diffusion-v1-5":      "stable diffusion 1.5",
		"gemma-3-27b-it-Q4_K_M":      "gemma 3 27b it q4 k m",
		"a.b.c":                      "a b c",
		"":                           "",
		"...":                        "",
		"Qwen3-30B-A3B":              "qwen 3 30b a3b",
	} {
		if got := strings.Join(split(in), " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever the name, resolving it ends, and the same way each time; a version
// of another number is never taken for a family's own.
func FuzzResolve(f *testing.F) {
	table := builtin(f)
	data, err := os.ReadFile(filepath.Join("testdata", "names.tsv"))
	if err != nil {
		f.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		name, _, _ := bytes.Cut(line, []byte("\t"))
		f.Add(string(name))
	}
	f.Fuzz(func(t *testing.T, name string) {
		m, ok := table.Resolve(name)
		if again, _ := table.Resolve(name); again != m {
			t.Errorf("%q: %v, then %v", name, m, again)
		}
		if ok && (m.Family == nil || !slices.Contains(Confidences(), m.Confidence)) {
			t.Errorf("%q: %+v", name, m)
		}
		if ok && m.Confidence == Mirror != (m.Mirror != "") {
			t.Errorf("%q: mirror %q", name, m.Mirror)
		}
		for _, w := range split(name) {
			if w == "" || strings.Contains(w, joined) {
				t.Errorf("%q: word %q", name, w)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(rules.FS, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	table := builtin(b)
	for b.Loop() {
		table.Resolve("unsloth/Meta-Llama-3.1-8B-Instruct-bnb-4bit")
	}
}
