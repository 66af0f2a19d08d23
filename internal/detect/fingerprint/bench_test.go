package fingerprint

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

// BenchmarkOpen is what the index costs before a text is looked at.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Open()
	}
}

// BenchmarkCold is the first text of a process.
func BenchmarkCold(b *testing.B) {
	text := lctest.Text(b, "MIT.t1").Body
	b.ReportAllocs()
	for b.Loop() {
		Open().Find(text)
	}
}

// BenchmarkNoMatch is text without a license in it.
func BenchmarkNoMatch(b *testing.B) {
	text := []byte(strings.Repeat("It was the best of times, it was the worst of times, it was the age of wisdom.\n", 5000))
	benchmark(b, [][]byte{text})
}

// BenchmarkLicenses is licensecheck's test texts.
func BenchmarkLicenses(b *testing.B) { benchmarkTexts(b, layouts[0]) }

// BenchmarkMisspelt is the same with mistakes in them.
func BenchmarkMisspelt(b *testing.B) { benchmarkTexts(b, misspelt) }

// BenchmarkReplaced is the same with other words in them.
func BenchmarkReplaced(b *testing.B) { benchmarkTexts(b, replaced) }

func benchmarkTexts(b *testing.B, c change) {
	var list [][]byte
	for _, s := range lctest.Texts(b) {
		list = append(list, c.apply(seeded(s.Name), bytes.Clone(s.Body)))
	}
	benchmark(b, list)
}

func benchmark(b *testing.B, list [][]byte) {
	size := 0
	for _, text := range list {
		size += len(text)
	}
	x := Open()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range list {
			x.Find(text)
		}
	}
}
