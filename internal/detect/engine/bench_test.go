package engine

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// requireLine is a requirement in a go.mod: module path and version.
var requireLine = regexp.MustCompile(`(?m)^(?:require)?\s+([^\s/]+\.[^\s/]+/?\S*) (v\S+)`)

// upper is a letter that the module cache writes as ! and lower case.
var upper = regexp.MustCompile(`[A-Z]`)

// prometheusTexts returns the distinct license files at the roots of the
// modules that some version of prometheus in the module cache requires.
func prometheusTexts(t testing.TB) (texts [][]byte, size int64) {
	root := filepath.Join(lctest.Dir(t), "..", "..", "..")
	found, err := filepath.Glob(filepath.Join(root, "github.com/prometheus/prometheus@*/go.mod"))
	if err != nil || len(found) == 0 {
		t.Skip("prometheus is not in the module cache")
	}
	mod, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[sha256.Size]byte]bool{}
	for _, m := range requireLine.FindAllStringSubmatch(string(mod), -1) {
		dir := upper.ReplaceAllStringFunc(m[1]+"@"+m[2], func(c string) string { return "!" + strings.ToLower(c) })
		files, _ := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "[LCN]*")) // LICENSE, COPYING, NOTICE …
		for _, file := range files {
			if !candidate.MatchString(filepath.Base(file)) || strings.HasSuffix(file, ".go") {
				continue
			}
			text, err := os.ReadFile(file)
			if sum := sha256.Sum256(text); err == nil && !seen[sum] {
				seen[sum] = true
				texts = append(texts, text)
				size += int64(len(text))
			}
		}
	}
	return texts, size
}

// BenchmarkColdMIT is the first text of a process.
func BenchmarkColdMIT(b *testing.B) {
	text := lctest.Text(b, "MIT.t1").Body
	b.ReportAllocs()
	for b.Loop() {
		New().Scan(text, nil)
	}
}

// BenchmarkColdPrometheus is a whole scan of prometheus's modules.
func BenchmarkColdPrometheus(b *testing.B) {
	texts, size := prometheusTexts(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		e := New()
		for _, text := range texts {
			e.Scan(text, nil)
		}
	}
	b.ReportMetric(float64(len(texts)), "texts")
}

// BenchmarkWarmPrometheus is the same with all states in place.
func BenchmarkWarmPrometheus(b *testing.B) {
	texts, size := prometheusTexts(b)
	e := New()
	for _, text := range texts {
		e.Scan(text, nil)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			e.Scan(text, nil)
		}
	}
	st := e.current()
	b.ReportMetric(float64(st.count), "states")
	b.ReportMetric(float64(st.total)*4, "state-bytes")
}

// BenchmarkNotLicense is running text without a license in it.
func BenchmarkNotLicense(b *testing.B) {
	text := []byte(strings.Repeat("It was the best of times, it was the worst of times, it was the age of wisdom.\n", 5000))
	e := New()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		e.Scan(text, nil)
	}
}

// BenchmarkLibraryTexts is a warm engine on licensecheck's test texts.
func BenchmarkLibraryTexts(b *testing.B) {
	e := New()
	size := 0
	all := lctest.Texts(b)
	for _, s := range all {
		e.Scan(s.Body, nil)
		size += len(s.Body)
	}
	runtime.GC()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range all {
			e.Scan(s.Body, nil)
		}
	}
}
