package policy

import (
	"testing"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

func BenchmarkDefaultProfile(b *testing.B) {
	data, err := rules.FS.ReadFile(profilePath(defaultName))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := yamlpos.Decode[file](profilePath(defaultName), data, nil); err != nil {
			b.Fatal(err)
		}
	}
}
