package scan

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/all"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// writeCards makes folders with a card each, as models of a hub have them: of
// all shapes of a license, with a base, datasets and some text.
func writeCards(tb testing.TB, n int) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	licenses := []string{"mit", "apache-2.0", "llama3.1", "cc-by-nc-4.0", "other\nlicense_name: my-license\nlicense_link: LICENSE", "gemma", "openrail", "Apache 2.0"}
	for i := range n {
		at := filepath.Join(dir, fmt.Sprint(i/500), fmt.Sprint("m", i))
		if err := os.MkdirAll(at, 0o777); err != nil {
			tb.Fatal(err)
		}
		card := fmt.Sprintf("---\nlanguage:\n- en\nlicense: %s\nbase_model: org/base-%d\nbase_model_relation: finetune\ndatasets:\n- org/data-%d\ntags:\n- test\n"+
			"pipeline_tag: text-generation\nlibrary_name: transformers\n---\n# Model %d\n\n%s\n\n## Uses\n\n%s\n",
			licenses[i%len(licenses)], i%50, i%7, i, strings.Repeat("It is a fine-tune of a base model. ", 20), strings.Repeat("Some words. ", 40))
		if err := os.WriteFile(filepath.Join(at, "README.md"), []byte(card), 0o666); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// BenchmarkCards measures cards a second: found and read, and scanned to the
// judged report. GOMAXPROCS=1 makes it those of one core.
func BenchmarkCards(b *testing.B) {
	const n = 2000
	dir := writeCards(b, n)
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		b.Fatal(err)
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	if err != nil {
		b.Fatal(err)
	}
	o := Options{Targets: []string{"."}, Cwd: dir, Loader: Loaders[0], Base: base, Policy: policy.Default(base), Scanner: s, Readers: all.Readers()}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			f := &discover.Finder{Cwd: dir, Open: o.openDir(), Stat: o.stat(), Uses: gomod.WorkUses, Readers: o.Readers, Wants: s.OffersArtifact, Project: s.MarksProject}
			if found, err := f.Find(o.Targets); err != nil || len(found.Things) != n {
				b.Fatal(len(found.Things), err)
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
	})
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			if r, err := Run(b.Context(), o); err != nil || r.Summary.Components != n {
				b.Fatal(r.Summary, err)
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
	})
}
