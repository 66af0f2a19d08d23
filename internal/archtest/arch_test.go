// Package archtest keeps the architecture true: the rank of every package and
// the packages that alone may import something. internal/README.md explains
// both tables.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rukhsa/rukhsa"

// ranks: a package imports only packages of a strictly lower rank. The longest
// matching prefix counts, so that a sub-package may have a rank of its own.
var ranks = map[string]int{
	"rules":                           0,
	"internal/diag":                   0,
	"internal/spdx":                   0,
	"internal/spdx/gentables":         1,
	"internal/modver":                 0,
	"internal/fsx":                    0,
	"internal/inventory":              1,
	"internal/yamlpos":                1,
	"internal/detect/engine/format":   0,
	"internal/detect/engine/lex":      0,
	"internal/detect/engine":          1,
	"internal/detect/engine/gen":      2,
	"internal/detect/fingerprint":     1,
	"internal/detect/fingerprint/gen": 2,
	"internal/detect/lctest":          0,
	"internal/truthtest":              0,
	"internal/lazyre":                 0,
	"internal/detect/phrase":          1,
	"internal/detect/plain":           0,
	"internal/bench":                  10,
	"internal/rulebase":               2,
	"internal/rulebase/genindex":      3,
	"internal/rulebase/lint":          3,
	"internal/artifact":               2,
	"internal/artifact/jsonpos":       1,
	"internal/artifact/names":         1,
	"internal/artifact/transformers":  3,
	"internal/artifact/modelfile":     3,
	"internal/artifact/ollama":        3,
	"internal/artifact/hfcache":       3,
	"internal/artifact/ociartifact":   3,
	"internal/artifact/croissant":     3,
	"internal/artifact/kaggle":        3,
	"internal/artifact/mlmodel":       3,
	"internal/artifact/mof":           3,
	"internal/artifact/npm":           3,
	"internal/artifact/thirdparty":    3,
	"internal/artifact/sbom":          3,
	"internal/artifact/all":           4,
	"internal/artifact/card":          3,
	"internal/artifact/artifacttest":  3,
	"internal/artifact/binread":       1,
	"internal/artifact/coreml":        3,
	"internal/artifact/tensorflow":    3,
	"internal/artifact/pytorch":       3,
	"internal/artifact/onnx":          3,
	"internal/artifact/lfs":           3,
	"internal/artifact/safetensors":   3,
	"internal/artifact/gguf":          3,
	"internal/detect":                 3,
	"internal/duty":                   3,
	"internal/models":                 3,
	"internal/views":                  3,
	"internal/compat":                 3,
	"internal/modelref":               4,
	"internal/policy":                 3,
	"internal/gomod":                  4,
	"internal/gomod/header":           3,
	"internal/gomod/modlite":          3,
	"internal/gomod/golist":           5,
	"internal/gomod/oracle":           6,
	"internal/gobinary":               4,
	"internal/discover":               5,
	"internal/conclude":               5,
	"internal/corpus":                 10,
	"internal/assess":                 6,
	"internal/report":                 7,
	"internal/vcs":                    4,
	"internal/hub":                    4,
	"internal/hub/hubtest":            98,
	"internal/delta":                  8,
	"internal/scan":                   8,
	"internal/cli":                    9,
	"cmd/rukhsa":                      10,
	"internal/archtest":               99,
}

// exclusive: a package (or everything below it) that only these may import.
var exclusive = map[string][]string{
	"github.com/spf13/cobra":         {"internal/cli"},
	"github.com/google/licensecheck": {"internal/detect"},
	"go.yaml.in/yaml/v4":             {"internal/yamlpos"},
	"golang.org/x/mod":               {"internal/gomod", "internal/modver", "internal/gobinary"},
	"os/exec":                        {"internal/gomod/golist", "internal/vcs", "internal/gomod/oracle", "internal/detect/lctest", "internal/bench", "internal/corpus"},
	"net":                            {"internal/hub"},
	"net/http":                       {"internal/hub"},
	"net/rpc":                        {},
	"net/smtp":                       {},
	"crypto/tls":                     {"internal/hub"},
	"golang.org/x/net":               {},
	"plugin":                         {},
	"regexp":                         {"internal/lazyre", "internal/detect/fingerprint", "internal/detect/lctest", "internal/hub/hubtest"},
	"log":                            {},
	"io/ioutil":                      {},
}

func TestLayers(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); p != root && (strings.HasPrefix(name, ".") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(rel)
		rank, ok := rankOf(dir)
		if !ok {
			t.Errorf("%s has no rank: give it one in the table", dir)
			return nil
		}
		seen[dir] = true
		checkFile(t, p, dir, rank, strings.HasSuffix(p, "_test.go"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir := range ranks {
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(dir))); err != nil {
			t.Errorf("%s has a rank and does not exist", dir)
		}
	}
}

func checkFile(t *testing.T, file, dir string, rank int, test bool) {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	for _, im := range f.Imports {
		imported, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if own, ok := strings.CutPrefix(imported, module+"/"); ok {
			r, ok := rankOf(own)
			if !ok {
				t.Errorf("%s imports %s, which has no rank", file, own)
			} else if r >= rank && !test && own != dir {
				t.Errorf("%s (%s, rank %d) imports %s (rank %d): only lower ranks", file, dir, rank, own, r)
			}
			continue
		}
		if test {
			continue
		}
		for what, by := range exclusive {
			if imported != what && !strings.HasPrefix(imported, what+"/") || what == "net" && imported != "net" {
				continue
			}
			if !slices.ContainsFunc(by, func(b string) bool { return dir == b || strings.HasPrefix(dir, b+"/") }) {
				t.Errorf("%s imports %s: only %v may", file, imported, by)
			}
		}
	}
}

// rankOf finds the rank of the package or of the nearest folder above it.
func rankOf(dir string) (int, bool) {
	for d := dir; d != "."; d = path.Dir(d) {
		if r, ok := ranks[d]; ok {
			return r, true
		}
	}
	return 0, false
}
