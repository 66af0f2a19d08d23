package all

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
)

func TestFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Readers() {
		if seen[r.Format()] || r.Format() == "" {
			t.Errorf("format %q comes twice", r.Format())
		}
		seen[r.Format()] = true
	}
}

// Every file of the samples that is a unit of the table is one reader's and no
// other's, and reads without a problem or an error.
func TestSamples(t *testing.T) {
	data, err := artifacttest.Sample(t, "index.tsv").Bytes(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 80 {
		t.Fatal(err, len(rows))
	}
	for _, row := range rows[1:] {
		name := row[0]
		f := artifacttest.Sample(t, name)
		var by []artifact.Reader
		for _, r := range Readers() {
			if r.Match(f) {
				by = append(by, r)
			}
		}
		switch {
		case len(by) > 1:
			t.Errorf("%s is matched by %s and %s", name, by[0].Format(), by[1].Format())
			continue
		case len(by) == 0:
			if !left(name) {
				t.Errorf("%s is matched by no reader", name)
			}
			continue
		}
		res, err := by[0].Read(f)
		if strings.HasSuffix(name, ".header.safetensors") { // its tensors are not there, which is said
			continue
		}
		if err != nil || len(res.Problems) > 0 {
			t.Errorf("%s: %v %+v", name, err, res)
		}
	}
}

// left reports whether a sample is for no reader: license texts, tables, the
// files of the Model Openness Tool, and prose without a front matter.
func left(name string) bool {
	for _, part := range []string{"/LICENSE", ".tsv", ".csv", "mot/", "sample_no_metadata.md", "sample_invalid_card_data.md", "sample_template.md", "hub-docs/docs/", ".gitattributes"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
