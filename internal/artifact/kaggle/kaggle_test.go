package kaggle

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func lines(res *artifact.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s|%s|%s\n", res.Kind, res.Name, res.Publisher)
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s=%q\n", s.Line, s.Field, s.Value)
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%d %s %s=%q\n", l.Line, l.Relation, l.Field, l.ID)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%d %s\n", p.Line, p.Message)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	inner, _ := json.Marshal("{\n\n\"id\":\"a/b\",\"licenses\":[{\"name\":\"CC0-1.0\"}]}")
	broken, _ := json.Marshal(`{"id":`)
	for _, tt := range []struct{ file, doc, want string }{
		{"dataset-metadata.json", "{\"title\":\"T\",\n\"id\":\"a/b\",\n\"licenses\":[{\"name\":\"CC0-1.0\"}]}", "dataset|a/b|\n3 licenses.name=\"CC0-1.0\"\n"},
		{"dataset-metadata.json", `{"id":"a/b","licenses":[{"nameNullable":"ODbL-1.0","name":null}]}`, "dataset|a/b|\n1 licenses.nameNullable=\"ODbL-1.0\"\n"},
		{"dataset-metadata.json", `{"info":{"datasetSlug":"b","ownerUser":"a","licenses":[{"name":"other"}]},"id":1}`, "dataset|a/b|\n1 licenses.name=\"other\"\n"},
		{"dataset-metadata.json", `{"id":"a/b","licenses":["x",{"name":"y"},{}]}`, "dataset|a/b|\n1 licenses=\"x\"\n1 licenses.name=\"y\"\n"},
		{"dataset-metadata.json", `{"id":"a/b"}`, "dataset|a/b|\n"},
		{"dataset-metadata.json", "\n" + string(inner), "dataset|a/b|\n2 licenses.name=\"CC0-1.0\"\n"},
		{"dataset-metadata.json", string(broken), "dataset||\n1 in the string: not JSON: the text ends where a value was expected\n"},
		{"model-metadata.json", `{"ownerSlug":"o","slug":"m","licenseName":""}`, "model|o/m|o\n"},
		{"model-instance-metadata.json", `{"ownerSlug":"o","modelSlug":"m","instanceSlug":"i","framework":"pyTorch","licenseName":"Apache 2.0","trainingData":["d"],"baseModelInstance":"a/b/c/d","externalBaseModelUrl":"https://x"}`,
			"model|o/m/pyTorch/i|o\n1 licenseName=\"Apache 2.0\"\n1  baseModelInstance=\"a/b/c/d\"\n1  externalBaseModelUrl=\"https://x\"\n1 dataset trainingData=\"d\"\n"},
		{"model-instance-metadata.json", `{"ownerSlug":"o","fineTunable": False}`, "model||\n1 not JSON: \"F\" where a value was expected\n"},
	} {
		res := artifacttest.Content(t, New(), tt.file, []byte(tt.doc))
		if diff := cmp.Diff(tt.want, lines(res)); diff != "" || res.Role != artifact.Card {
			t.Errorf("%s (-want +got):\n%s", tt.doc, diff)
		}
	}
	if res := artifacttest.Content(t, New(), "model-metadata.json", []byte(`{"x":1}`)); !cmp.Equal(res, &artifact.Result{}) {
		t.Errorf("%+v", res)
	}
	tree := fsx.NewMap(map[string]string{"metadata.json": "{}", "dataset-metadata.json": "[]"})
	for _, name := range []string{"metadata.json", "dataset-metadata.json"} {
		if New().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is matched", name)
		}
	}
	artifacttest.Faults(t, New(), "model-metadata.json", []byte(`{"slug":"x"}`))
}

func FuzzRead(f *testing.F) {
	for name := range kinds {
		f.Add(name, []byte(`{"id":{},"ownerSlug":[],"licenses":{"name":[]},"licenseName":null,"trainingData":"x"}`))
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if _, ok := kinds[name]; ok {
			artifacttest.Hostile(t, New(), name, data, int64(len(data)))
		}
	})
}
