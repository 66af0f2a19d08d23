package modelref

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

var update = flag.Bool("update", false, "rewrite the expectations of testdata")

func builtin(t testing.TB) *Table {
	t.Helper()
	table, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// archive are the files of a txtar archive in their order.
func archive(t testing.TB, file string) (names []string, files map[string]string, input string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	input, _, _ = strings.Cut(string(data), "-- want --\n")
	files = map[string]string{}
	for _, p := range strings.Split("\n"+string(data), "\n-- ")[1:] {
		name, text, ok := strings.Cut(p+"\n", " --\n")
		if !ok {
			t.Fatalf("%s: no name in %q", file, p)
		}
		names, files[name] = append(names, name), text
	}
	return names, files, input
}

func dump(refs []Ref) string {
	var b strings.Builder
	for _, r := range refs {
		fmt.Fprintf(&b, "%s:%d:%d %s", r.Path, r.Line, r.Column, r.Name)
		if r.Registry != "" {
			fmt.Fprintf(&b, " (%s)", r.Registry)
		}
		fmt.Fprintf(&b, " by %s\n", r.By)
	}
	return b.String()
}

func check(t *testing.T, file, input, want, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(input+"-- want --\n"+got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.TrimRight(want, "\n"), strings.TrimRight(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got)\n%s", file, diff)
	}
}

// TestGo reads the packages of testdata/go_*.txtar. Folders below app/ are
// packages of the project, example.com/app/…; all others are packages by their
// import path. Every file of the project is noted.
func TestGo(t *testing.T) {
	files, err := filepath.Glob("testdata/go_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		names, contents, input := archive(t, file)
		tree := fsx.NewMap(contents)
		pkgs := map[string]*Package{}
		var order []string
		for _, n := range names {
			if !strings.HasSuffix(n, ".go") {
				continue
			}
			dir := path.Dir(n)
			p := pkgs[dir]
			if p == nil {
				_, clause, _ := strings.Cut("\n"+contents[n], "\npackage ")
				p = &Package{Path: dir, Name: strings.Fields(clause)[0], Tree: tree, Dir: dir, Shown: dir, Main: dir == "app" || strings.HasPrefix(dir, "app/")}
				if p.Main {
					p.Path = "example.com/" + dir
				}
				pkgs[dir], order = p, append(order, dir)
			}
			p.Files = append(p.Files, path.Base(n))
			if p.Main && !strings.HasPrefix(path.Base(n), "plain") {
				p.Noted = append(p.Noted, path.Base(n))
			}
		}
		r := builtin(t).NewReader(func(importPath string) (Package, bool) {
			for _, p := range pkgs {
				if p.Path == importPath {
					return *p, true
				}
			}
			return Package{}, false
		})
		var refs []Ref
		for _, dir := range order {
			refs = append(refs, r.Package(*pkgs[dir])...)
		}
		check(t, file, input, contents["want"], dump(refs))
	}
}

// TestConfig reads every file of testdata/config_*.txtar.
func TestConfig(t *testing.T) {
	files, err := filepath.Glob("testdata/config_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		names, contents, input := archive(t, file)
		var refs []Ref
		for _, n := range names {
			if k, ok := KindOf(path.Base(n)); ok {
				refs = append(refs, builtin(t).Config(k, n, []byte(contents[n]))...)
			}
		}
		check(t, file, input, contents["want"], dump(refs))
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"run.sh": Script, "a.bash": Script, "Makefile": Script, "Dockerfile": Image, "Dockerfile.dev": Image, "gpu.Dockerfile": Image,
		"compose.yaml": Compose, "docker-compose.prod.yml": Compose, "values.yaml": YAML, ".env": Environment, ".env.example": Environment, "dev.env": Environment,
		"main.go": "", "README.md": "", "x": "", "env": "", "": "", "a.json": "",
	} {
		if k, ok := KindOf(name); k != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", name, k, ok, want)
		}
	}
}

func TestKnows(t *testing.T) {
	for p, want := range map[string]bool{
		"github.com/openai/openai-go": true, "github.com/openai/openai-go/v3": true, "github.com/openai/openai-go/v2/responses": true,
		"github.com/openai/openai-gox": false, "github.com/openai": false, "github.com/ollama/ollama/api": true, "github.com/ollama/ollama": false,
		"github.com/tmc/langchaingo/llms/ollama": true, "github.com/tmc/langchaingo/llms/ollama/internal": false, "fmt": false, "": false,
		"github.com/aws/aws-sdk-go-v2/service/bedrockruntime": true, "github.com/aws/aws-sdk-go-v2/service/s3": false,
	} {
		if got := builtin(t).Knows(p); got != want {
			t.Errorf("%s: %v", p, got)
		}
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"gpt-4o": "gpt-4o", " llama3.1:8b ": "llama3.1:8b", "org/name": "org/name", "@cf/meta/llama-3-8b": "@cf/meta/llama-3-8b",
		"models/ggml-base.en.bin": "ggml-base.en.bin", "/opt/llama.gguf": "llama.gguf", "./model": "", "../x": "", "hf.co/a/b:Q4_K_M": "hf.co/a/b:Q4_K_M",
		"": "", "model": "", "Your-Model": "", "%s": "", "a b": "", "<model>": "", "${MODEL}": "", "{{model}}": "", "42": "", "a\nb": "", "naïve": "",
		strings.Repeat("a", 201): "", "x-": "", ":tag": "", "name:": "",
	} {
		if got := builtin(t).name(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// The faults of a table name its file and line.
func TestTableFaults(t *testing.T) {
	good := map[string]string{"references/sdks.tsv": "a.b/c\tfield\t*.Model\t-\t-\n", "references/commands.tsv": "x pull\tollama\n", "references/variables.tsv": "_MODEL\tend\n"}
	for name, tt := range map[string]struct{ file, text, want string }{
		"cells":    {"sdks.tsv", "a\tfield\n", "references/sdks.tsv:1: 2 cells, want 5"},
		"place":    {"sdks.tsv", "# c\na\tthing\tx\t1\t-\n", `references/sdks.tsv:2: place "thing" is none of`},
		"argument": {"sdks.tsv", "a\tcall\tx\t0\t-\n", `argument "0" is no number from 1`},
		"field":    {"sdks.tsv", "a\tfield\tModel\t-\t-\n", "TYPE.FIELD"},
		"registry": {"commands.tsv", "x\tnpm\n", `registry "npm" is none of`},
		"variable": {"variables.tsv", "x\tthing\n", `"thing" is none of`},
		"missing":  {"variables.tsv", "", "reading rules"},
	} {
		fsys := fstest.MapFS{}
		for f, text := range good {
			fsys[f] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := Load(fsys); err != nil {
			t.Fatal(err)
		}
		fsys["references/"+tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
		if tt.text == "" {
			delete(fsys, "references/"+tt.file)
		}
		if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A package that leads from name to name without end, or to very many values, is
// given up.
func TestBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("package app\nimport \"github.com/ollama/ollama/api\"\ntype o struct{ Model, model0 string }\nvar loop = pool\nvar pool = loop\n")
	b.WriteString("func f(x o) {\n_ = api.ChatRequest{Model: x.Model}\n_ = api.ChatRequest{Model: loop}\n")
	for i := range 300 {
		fmt.Fprintf(&b, "x.Model = x.Model%d + y.Model%d\nx.Model%d = x.Model\nx.Model = \"m%d\"\n", i, i, i, i)
	}
	b.WriteString("}\n")
	tree := fsx.NewMap(map[string]string{"a.go": b.String()})
	p := Package{Path: "example.com/app", Name: "app", Tree: tree, Dir: ".", Files: []string{"a.go"}, Noted: []string{"a.go"}, Main: true}
	refs := builtin(t).NewReader(func(string) (Package, bool) { return Package{}, false }).Package(p)
	if len(refs) == 0 || len(refs) > maxValues {
		t.Errorf("%d refs", len(refs))
	}
	many := "package app\nimport \"github.com/ollama/ollama/api\"\nvar a = []api.ChatRequest{" + strings.Repeat("{Model: \"m\"},\n", 2*MaxRefs) + "}\n"
	p.Tree = fsx.NewMap(map[string]string{"a.go": many})
	refs = builtin(t).NewReader(func(string) (Package, bool) { return Package{}, false }).Package(p)
	if len(refs) == 0 || len(refs) > MaxRefs {
		t.Errorf("%d refs", len(refs))
	}
	if refs := builtin(t).Config(Script, "x.sh", []byte(strings.Repeat("ollama pull m1\n", 2*MaxRefs))); len(refs) != MaxRefs {
		t.Errorf("%d refs", len(refs))
	}
}

// sane holds for whatever is read.
func sane(t *testing.T, refs []Ref) {
	for _, r := range refs {
		if r.Name == "" || len(r.Name) > maxName+len("datasets/") || r.By == "" || r.Line < 1 || r.Column < 0 || strings.ContainsAny(r.Name, " \n\x00\x1b") {
			t.Errorf("%+v", r)
		}
	}
	if !slices.IsSortedFunc(refs, compare) {
		t.Error("not sorted")
	}
}

func FuzzGo(f *testing.F) {
	files, err := filepath.Glob("testdata/go_*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		_, contents, _ := archive(f, file)
		for name, text := range contents {
			if strings.HasPrefix(name, "app/") {
				f.Add(text)
			}
		}
	}
	table := builtin(f)
	f.Fuzz(func(t *testing.T, src string) {
		p := Package{Path: "example.com/app", Name: "app", Tree: fsx.NewMap(map[string]string{"a.go": src}), Dir: ".", Files: []string{"a.go"}, Noted: []string{"a.go"}, Main: true}
		find := func(path string) (Package, bool) { return p, path == p.Path }
		refs := table.NewReader(find).Package(p)
		sane(t, refs)
		if again := table.NewReader(find).Package(p); !slices.Equal(refs, again) {
			t.Errorf("%v, then %v", refs, again)
		}
	})
}

func FuzzConfig(f *testing.F) {
	files, err := filepath.Glob("testdata/config_*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		_, contents, _ := archive(f, file)
		for name, text := range contents {
			f.Add(path.Base(name), text)
		}
	}
	table := builtin(f)
	f.Fuzz(func(t *testing.T, name, text string) {
		if k, ok := KindOf(name); ok {
			sane(t, table.Config(k, name, []byte(text)))
		}
	})
}
