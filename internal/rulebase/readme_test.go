package rulebase

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/rukhsa/rukhsa/rules"
)

// manual is rules/README.md, cut into its fenced blocks.
type manual struct {
	text   string
	blocks []block
}

type block struct{ lang, body string }

func readManual(t *testing.T) manual {
	data, err := fs.ReadFile(rules.FS, "README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := manual{text: string(data)}
	parts := strings.Split(m.text, "\n```")
	for i := 1; i+1 < len(parts); i += 2 {
		lang, body, _ := strings.Cut(parts[i], "\n")
		m.blocks = append(m.blocks, block{lang, body + "\n"})
	}
	return m
}

// The worked example of the manual is without a fault, by itself and in the
// tree; its clauses are in the text that it shows; and what it says of a wrong
// file is what lint says.
func TestManualExample(t *testing.T) {
	m := readManual(t)
	var texts, yaml []string
	for _, b := range m.blocks {
		switch b.lang {
		case "text":
			texts = append(texts, b.body)
		case "yaml":
			yaml = append(yaml, b.body)
		}
	}
	if len(texts) != 2 || len(yaml) != 1 {
		t.Fatalf("%d text blocks and %d yaml blocks, want the license, the rule and the faults", len(texts), len(yaml))
	}
	const name = "licenses/LicenseRef-rukhsa-tide-1.0.yaml"
	if !strings.Contains(m.text, "`"+name+"`") {
		t.Errorf("the manual does not say that the file is %s", name)
	}
	lint, err := NewLinter(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	f, faults := lint.license(name, []byte(yaml[0]))
	if len(faults) > 0 {
		t.Fatalf("the example is wrong:\n%v", faults)
	}
	text := newOutline(texts[0])
	l := f.license(name)
	refs := []string{l.Termination.Clause}
	for _, o := range l.Obligations {
		refs = append(refs, o.Clause)
	}
	for _, g := range l.Grants {
		refs = append(refs, g.Clause)
	}
	for _, ref := range refs {
		if missing := checkClause(ref, text, func(string) *outline { return nil }); len(missing) > 0 {
			t.Errorf("clause %s: not in the example text: %q", ref, missing)
		}
	}
	for _, o := range l.Obligations {
		if o.Type == "attribution-display" && !strings.Contains(texts[0], `"`+o.Value+`"`) {
			t.Errorf("the text does not order %q", o.Value)
		}
	}

	wrong := strings.Replace(yaml[0], "strength: must", "strength: shall", 1)
	wrong = strings.Replace(wrong, "    scope: work", "    scop: work", 1)
	if got := lint.Lint(name, []byte(wrong)).Error() + "\n"; got != texts[1] {
		t.Errorf("lint says:\n%sthe manual:\n%s", got, texts[1])
	}

	ar, err := txtar.ParseFile("testdata/tree/right.txtar")
	if err != nil {
		t.Fatal(err)
	}
	ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(yaml[0])})
	if _, faults, err := BuildIndex(overlay(t, ar)); err != nil || len(faults) > 0 {
		t.Errorf("in a tree: %v, %v", err, faults)
	}
}

// The manual names every file and folder, every key of a rule and every command
// line that it shows exists.
func TestManualComplete(t *testing.T) {
	m := readManual(t)
	err := fs.WalkDir(rules.FS, ".", func(name string, d fs.DirEntry, err error) error {
		dir := path.Dir(name)
		if err != nil || name == "." || name == "views" || dir == "licenses" || dir == "exceptions" || dir == "profiles" || dir == "models" {
			return err
		}
		want := "`" + name + "`"
		if d.IsDir() {
			want = "`" + name + "/"
		}
		if !strings.Contains(m.text, want) {
			t.Errorf("the manual does not name %s", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"licenses/x.yaml", "exceptions/x.yaml"} {
		lint, err := NewLinter(rules.FS)
		if err != nil {
			t.Fatal(err)
		}
		faults := lint.Lint(file, []byte("nonsense: x\n"))
		for _, f := range faults {
			_, list, ok := strings.Cut(f.Message, "; valid: ")
			if !ok {
				continue
			}
			for _, key := range strings.Split(list, ", ") {
				if !strings.Contains(m.text, "`"+key) && key != "name" && key != "steward" {
					t.Errorf("the manual does not explain the key %s of %s", key, path.Dir(file))
				}
			}
		}
	}
}
