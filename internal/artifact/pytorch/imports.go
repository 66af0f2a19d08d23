package pytorch

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

//go:embed allowed.tsv
var allowedTable string

// allowed is the table: whole names, and beginnings of names.
var allowed = sync.OnceValues(func() (names map[string]bool, beginnings []string) {
	names = map[string]bool{}
	for l := range strings.Lines(allowedTable) {
		global, _, ok := strings.Cut(strings.TrimSpace(l), "\t")
		if !ok || strings.HasPrefix(global, "#") {
			continue
		}
		if b, ok := strings.CutSuffix(global, "*"); ok {
			beginnings = append(beginnings, b)
		} else {
			names[global] = true
		}
	}
	return names, beginnings
})

// isAllowed reports whether the table has an import.
func isAllowed(global string) bool {
	names, beginnings := allowed()
	return names[global] || slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(global, b) })
}

// shownImports is how many names the evidence of a signal spells out.
const shownImports = 20

// frameworks are packages whose objects are models or parts of them.
var frameworks = []string{
	"torch", "sklearn", "tensorflow", "keras", "transformers", "diffusers", "xgboost", "lightgbm", "catboost", "fastai", "ultralytics", "models",
	"pytorch_lightning", "lightning", "sentence_transformers", "gensim", "jax", "flax", "statsmodels", "onnx", "__torch__",
}

// facts adds what the walker found to the result; partly says that it did not
// walk all there is.
func facts(res *artifact.Result, s *walker, partly bool) {
	var names, unlisted []string
	for i := range s.imports {
		names = append(names, i.module+"."+i.name)
	}
	slices.Sort(names)
	for _, n := range slices.Compact(names) {
		if first, _, _ := strings.Cut(n, "."); slices.Contains(frameworks, first) {
			res.Kind = inventory.Model
		}
		if !isAllowed(n) {
			unlisted = append(unlisted, n)
		}
	}
	res.Property("pickle_imports", strings.Join(slices.Compact(names), ", "))
	if s.pickles > 0 {
		res.Property("pickle_protocol", fmt.Sprint(s.protocol))
	}
	signal := func(name, evidence string) {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: name, Evidence: evidence})
	}
	if s.pickles > 0 || len(names) > 0 || partly {
		signal("unsafe-serialisation", "a pickle: loading it imports and calls what the file names")
	}
	if n := len(unlisted) - shownImports; n > 0 {
		signal("pickle-import", fmt.Sprintf("%s and %d more", strings.Join(unlisted[:shownImports], ", "), n))
	} else if len(unlisted) > 0 {
		signal("pickle-import", strings.Join(unlisted, ", "))
	}
	if s.computed {
		signal("pickle-import", "a name that is computed while the pickle is loaded")
	}
	if s.extension {
		signal("pickle-import", "a number of the copyreg registry, whose meaning the file does not tell")
	}
	if partly {
		signal("pickle-import", "not all opcodes could be walked: there may be more imports")
	}
}
