package croissant

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

const context = `{"@context":{"@language":"en","@vocab":"https://schema.org/","sc":"https://schema.org/"},`

// lines writes a result, one fact a line.
func lines(res *artifact.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s\n", res.Kind, res.Name, res.Publisher)
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s=%q %q\n", s.Line, s.Field, s.Value, s.Link)
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%d %s %s=%q\n", l.Line, l.Relation, l.Field, l.ID)
	}
	for _, s := range res.Signals {
		fmt.Fprintf(&b, "%s %s %s\n", s.Group, s.Signal, s.Evidence)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{context + `"@type":"sc:Dataset","name":"D","license":"mit"}`, "dataset|D|\n1 license=\"mit\" \"\"\n"},
		{context + "\"@type\":\"sc:Dataset\",\n\"license\":[\"mit\",\n\"https://x/\"]}", "dataset||\n2 license=\"mit\" \"\"\n3 license=\"https://x/\" \"\"\n"},
		{context + `"@type":"https://schema.org/Dataset","sc:license":{"@type":"CreativeWork","name":"MIT","url":"https://m"}}`, "dataset||\n1 sc:license=\"MIT\" \"https://m\"\n"},
		{context + `"@type":["Thing","Dataset"],"license":{"@id":"https://m"}}`, "dataset||\n1 license=\"https://m\" \"\"\n"},
		{context + `"@type":"Dataset","license":null}`, "dataset||\n"},
		{context + `"@type":"Dataset","license":""}`, "dataset||\n"},
		{context + `"@type":"Dataset","license":"mit","license":"cc-by-nc-4.0"}`, "dataset||\n1 license=\"mit\" \"\"\n1 license=\"cc-by-nc-4.0\" \"\"\n"},
		{context + `"@graph":[{"@type":"Person"},{"@type":"Dataset","name":"G","license":"x"},{"@type":"Dataset","name":"H"}]}`, "dataset|G|\n1 license=\"x\" \"\"\n"},
		{context + `"@type":"Dataset","sdLicense":"cc0","creator":{"name":"C"},"publisher":[{"name":"P"}],"isBasedOn":["a",{"@id":"b"}],"prov:wasDerivedFrom":{"url":"c"},"usageInfo":{"@id":"u"},"rai:personalSensitiveInformation":["names"],"version":"1","conformsTo":["http://mlcommons.org/croissant/1.1"]}`,
			"dataset||P\n1 source-dataset isBasedOn=\"a\"\n1 source-dataset isBasedOn=\"b\"\n1 source-dataset prov:wasDerivedFrom=\"c\"\nprivacy personal-data rai:personalSensitiveInformation: names\nmetadata_license=cc0\nusage_info=u\nversion=1\nconforms_to=http://mlcommons.org/croissant/1.1\n"},
	} {
		res := artifacttest.Content(t, New(), "metadata.json", []byte(tt.doc))
		if diff := cmp.Diff(tt.want, lines(res)); diff != "" || res.Role != artifact.Card {
			t.Errorf("%s (-want +got):\n%s", tt.doc, diff)
		}
	}
	for _, doc := range []string{context + `"@type":"Person","license":"mit"}`, context + `"license":"mit"}`, context + `"@graph":7}`} {
		if res := artifacttest.Content(t, New(), "x.jsonld", []byte(doc)); !cmp.Equal(res, &artifact.Result{}) {
			t.Errorf("%s: %+v", doc, res)
		}
	}
	if res := artifacttest.Content(t, New(), "x.json", []byte(context+`"@type"}`)); len(res.Problems) != 1 {
		t.Errorf("%+v", res)
	}
	tree := fsx.NewMap(map[string]string{"x.txt": context, "y.json": `{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`})
	for _, name := range []string{"x.txt", "y.json"} {
		if New().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is matched", name)
		}
	}
	artifacttest.Faults(t, New(), "x.json", []byte(context+`"@type":"Dataset"}`))
}

// The descriptions among the samples have the license that index.tsv names.
func TestSamples(t *testing.T) {
	data, err := artifacttest.Sample(t, "index.tsv").Bytes(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range rows {
		if !strings.HasPrefix(row[0], "mlcommons__croissant/") {
			continue
		}
		seen++
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, row[0]))
		got := ""
		for _, s := range res.Licenses {
			got += s.Value
		}
		want := row[4]
		if want == "null" {
			want = ""
		} else if err := json.Unmarshal([]byte(want), &want); err != nil && strings.HasPrefix(want, `"`) {
			t.Fatal(err)
		}
		if got != want || len(res.Problems) > 0 || res.Name == "" {
			t.Errorf("%s: %q, want %q; %+v", row[0], got, want, res.Problems)
		}
	}
	if seen != 12 {
		t.Errorf("%d descriptions", seen)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(context + `"@type":"Dataset","license":{"name":{},"url":[1]},"isBasedOn":[[]],"name":1,"creator":[[]]}`))
	f.Add([]byte(context + `"@graph":[{"@type":["a",{}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "metadata.json", data, int64(len(data)))
	})
}
