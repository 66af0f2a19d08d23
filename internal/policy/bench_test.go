package policy

import (
	"testing"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

func BenchmarkDefaultProfile(b *testing.B) {
	data, err := rules.FS.ReadFile(defaultProfile)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := yamlpos.Decode[profile](defaultProfile, data, nil); err != nil {
			b.Fatal(err)
		}
	}
}
