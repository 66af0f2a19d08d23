package detect

import (
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

// TestWeightsTable: every row names a known license and says where it stands.
func TestWeightsTable(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	table, err := readWeights(rules.FS)
	if err != nil || len(table.byDigest) == 0 {
		t.Fatal(len(table.byDigest), err)
	}
	for digest, w := range table.byDigest {
		if _, err := spdx.Parse(w.Expression, base.SPDX()); err != nil || !strings.HasPrefix(w.From, "https://") || strings.Count(w.Name, "/") != 1 || w.Release == "" {
			t.Errorf("%s: %+v, %v", digest, w, err)
		}
		if !table.sizes[w.Size] {
			t.Errorf("%s: its size is not known", digest)
		}
	}
}
