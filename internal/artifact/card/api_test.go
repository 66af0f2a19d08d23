package card

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

const answer = `{"_id":"65f1","id":"org/name","modelId":"org/name","author":"org","sha":"0123456789abcdef0123456789abcdef01234567",
"private":false,"gated":"manual","disabled":false,"tags":["safetensors","license:other","base_model:finetune:a/b","dataset:d"],
"pipeline_tag":"text-generation","library_name":"transformers",
"cardData":{"license":"other","license_name":"own","license_link":"LICENSE","base_model":"a/b","extra_gated_prompt":"terms"},
"config":{"architectures":["X"],"auto_map":{"AutoModel":"modeling.X"}},
"baseModels":{"relation":"finetune","models":[{"_id":"1","id":"a/b"}]},
"safetensors":{"total":7},"siblings":[{"rfilename":"LICENSE"},{"rfilename":"config.json"}]}`

func TestAnswer(t *testing.T) {
	res := artifacttest.Content(t, NewAPI(), "model.json", []byte(answer))
	want := `4 cardData.license="other" name="own" link="LICENSE"
2 tags="other" name="" link=""
4  cardData.base_model="a/b"
2 finetune tags="a/b"
6 finetune baseModels="a/b"
2 dataset tags="d"
`
	if diff := cmp.Diff(want, lines(res)); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if res.Name != "org/name" || res.Publisher != "org" || res.Commit != "0123456789abcdef0123456789abcdef01234567" || res.Kind != inventory.Model || res.Role != artifact.API {
		t.Errorf("%+v", res)
	}
	var signals, props []string
	for _, s := range res.Signals {
		signals = append(signals, s.Signal)
	}
	for _, p := range res.Properties {
		props = append(props, p.Name+"="+p.Value)
	}
	if got := strings.Join(signals, " "); got != "gated gated remote-code" {
		t.Errorf("signals: %s", got)
	}
	if got := strings.Join(props, " "); got != "gated=prompt gated=manual pipeline_tag=text-generation library_name=transformers parameters=7 upstream_license=LICENSE" {
		t.Errorf("properties: %s", got)
	}
}

func TestDatasetAnswer(t *testing.T) {
	res := artifacttest.Content(t, NewAPI(), "squad.json", []byte(`{"_id":"1","id":"rajpurkar/squad","author":"rajpurkar","sha":"x","private":false,"gated":false,
		"tags":["license:cc-by-sa-4.0"],"citation":"","description":"","cardData":{"license":["cc-by-sa-4.0"],"source_datasets":["extended|wikipedia"]},"siblings":[]}`))
	if res.Kind != inventory.Dataset || res.Commit != "" || len(res.Licenses) != 2 || len(res.Lineage) != 1 || len(res.Signals) != 0 {
		t.Errorf("%+v", res)
	}
	if p := res.Properties; len(p) != 1 || p[0].Value != "none" {
		t.Errorf("%+v", p)
	}
}

func TestNoAnswer(t *testing.T) {
	tree := fsx.NewMap(map[string]string{
		"package.json": `{"name":"x","version":"1","private":true,"author":"me","license":"MIT"}`,
		"list.json":    `[{"_id":"1","id":"a/b","private":false,"tags":[]}]`,
		"user.json":    `{"_id":"1","id":"x","author":"me","private":false,"likes":3}`,
		"answer.txt":   answer,
	})
	for _, name := range []string{"package.json", "list.json", "answer.txt"} {
		if NewAPI().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is taken for an answer", name)
		}
	}
	res, err := NewAPI().Read(artifacttest.Offer(t, tree, "user.json"))
	if err != nil || !cmp.Equal(res, &artifact.Result{}) {
		t.Errorf("%v %+v", err, res)
	}
	broken := artifacttest.Content(t, NewAPI(), "a.json", []byte(answer[:200]))
	if len(broken.Problems) != 1 || broken.Problems[0].Line != 2 {
		t.Errorf("%+v", broken)
	}
}
