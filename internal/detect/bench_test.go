package detect

import (
	"crypto/sha256"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/rules"
)

// uniqueTexts are licensecheck's test texts, each once.
func uniqueTexts(b *testing.B) (texts [][]byte, size int64) {
	seen := map[[sha256.Size]byte]bool{}
	for _, s := range lctest.Texts(b) {
		if sum := sha256.Sum256(s.Body); !seen[sum] {
			seen[sum] = true
			texts = append(texts, s.Body)
			size += int64(len(s.Body))
		}
	}
	return texts, size
}

// BenchmarkCold reads unique texts with a new Scanner, by both engines and with
// what they leave over: the first scan of a process.
func BenchmarkCold(b *testing.B) {
	texts, size := uniqueTexts(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		s := testScanner(b)
		b.StartTimer()
		for _, text := range texts {
			s.read(text, "", false)
		}
	}
}

// BenchmarkWarm reads texts again, with the states of the patterns there and no
// text remembered.
func BenchmarkWarm(b *testing.B) {
	texts, size := uniqueTexts(b)
	s := testScanner(b)
	for _, text := range texts {
		s.read(text, "", false)
	}
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			s.read(text, "", false)
		}
	}
}

// BenchmarkNew makes a Scanner: what every process pays once.
func BenchmarkNew(b *testing.B) {
	base := testScanner(b).base
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(base, rules.FS, Engines[0]); err != nil {
			b.Fatal(err)
		}
	}
}
