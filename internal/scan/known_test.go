package scan

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rukhsa/rukhsa/internal/artifact/all"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// overlay is a tree of rules with one file in the place of another.
type overlay struct {
	fs.FS
	own fstest.MapFS
}

func (o overlay) Open(name string) (fs.File, error) {
	if _, ok := o.own[name]; ok {
		return o.own.Open(name)
	}
	return o.FS.Open(name)
}

func (o overlay) ReadFile(name string) ([]byte, error) {
	if f, ok := o.own[name]; ok {
		return f.Data, nil
	}
	return fs.ReadFile(o.FS, name)
}

// TestKnownWeights: weights are known by their content in whatever package they
// lie, and what the package says is not their license.
func TestKnownWeights(t *testing.T) {
	open, limited, other := string(artifacttest.GGUF("a", "1")), string(artifacttest.GGUF("a", "2")), string(artifacttest.GGUF("a", "3"))
	row := func(content, license string) string {
		return fmt.Sprintf("%d\t%x\torg/name\tv1\t%s\thttps://example.com/LICENSE\n", len(content), sha256.Sum256([]byte(content)), license)
	}
	table := row(open, "MIT") + row(limited, "CC-BY-NC-4.0")
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := detect.New(base, overlay{rules.FS, fstest.MapFS{"detect/weights.tsv": {Data: []byte(table)}}}, detect.Engines[0])
	if err != nil {
		t.Fatal(err)
	}
	const pkg = `{"name": "p", "license": %q}`
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  []string // license, then the findings
	}{
		{"another label", map[string]string{"p/package.json": fmt.Sprintf(pkg, "ISC"), "p/dist/w.gguf": open},
			[]string{"MIT", "RKH2010 warning package.json says ISC; these weights are org/name (v1) under MIT"}},
		{"an open label on limited weights", map[string]string{"package.json": fmt.Sprintf(pkg, "MIT"), "a/b/w.gguf": limited},
			[]string{"CC-BY-NC-4.0", "RKH2010 error package.json says MIT; these weights are org/name (v1) under CC-BY-NC-4.0", "RKH1002 warning CC-BY-NC-4.0 is non-commercial",
				"RKH2007 warning CC-BY-NC-4.0 is only named: its text does not come with the model"}},
		{"the same label", map[string]string{"p/package.json": fmt.Sprintf(pkg, "MIT"), "p/w.gguf": open}, []string{"MIT"}},
		{"one of the labels", map[string]string{"p/package.json": fmt.Sprintf(pkg, "(MIT OR ISC)"), "p/w.gguf": open}, []string{"MIT"}},
		{"a label that is none", map[string]string{"p/package.json": fmt.Sprintf(pkg, "SEE LICENSE IN x"), "p/w.gguf": open},
			[]string{"MIT", "RKH2010 warning package.json says SEE LICENSE IN x; these weights are org/name (v1) under MIT"}},
		{"no package", map[string]string{"w.gguf": open}, []string{"MIT"}},
		{"unknown weights of the same size", map[string]string{"p/package.json": fmt.Sprintf(pkg, "MIT"), "p/w.gguf": other},
			[]string{"NONE", "RKH1201 error no license found for the weights; p/package.json says MIT of the package around them"}},
		{"a card that says otherwise", map[string]string{"README.md": "---\nlicense: apache-2.0\n---\n", "w.gguf": open},
			[]string{"NOASSERTION", "RKH1203 error README.md and w.gguf say different things: Apache-2.0, MIT"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range tt.files {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(content), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Run(t.Context(), Options{
				Targets: []string{"."}, Cwd: dir, Loader: Loaders[0], Base: base, Policy: policy.Default(base), Scanner: s, Readers: all.Readers(),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := judged(r); strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// judged lists the licenses of a report and its findings but for notes.
func judged(r *report.Report) (out []string) {
	for i := range r.Components {
		out = append(out, r.Components[i].License.Concluded)
	}
	for _, f := range r.Findings {
		if f.Severity != diag.Note {
			out = append(out, string(f.Code)+" "+string(f.Severity)+" "+f.Message)
		}
	}
	return out
}
