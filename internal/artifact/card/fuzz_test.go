package card

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func FuzzCard(f *testing.F) {
	for _, seed := range []string{
		"---\nlicense: mit\n---\n", "\uFEFF---\r\nlicense: [a, {name: b}]\r\nbase_model: x/y\r\n---", "# x\n---\nlicense: mit\n---\n",
		"---\n- license: mit\n---\n", "---\nlicense: &a [*a]\n---\n", "---\ntags: [license:mit, \"base_model:adapter:x\"]\nextra_gated_prompt: |\n  x\n---\n",
		"---\nlicense: mit\nlicense: gpl\nlicense_link:\n- x\nlicense_name: {}\n---\n", "---\n---\n---\n", "---\nlicense: mit\n", "```\n---\nlicense: mit\n---\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "README.md", data, maxHead+1)
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(answer))
	f.Add([]byte(`{"_id":1,"id":"x","tags":{"a":[]},"gated":null,"cardData":[],"siblings":[1,{"rfilename":{}}],"private":0}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, NewAPI(), "x.json", data, int64(len(data)))
	})
}

// generated is one of many cards as people write them; some are broken.
func generated(i int) string {
	licenses := []string{
		"mit", "Apache-2.0", "other\nlicense_name: llama-3\nlicense_link: LICENSE", "[cc-by-4.0, mit]", "llama3.1", "\n- bsd-3-clause\n- mit",
		"unknown", "\"\"", "MIT License", "cc-by-nc-4.0 # comment",
	}
	body := strings.Repeat("This model was trained with love and electricity.\n", 20+i%60)
	card := fmt.Sprintf("---\nlanguage:\n- en\n- ar\nlicense: %s\nbase_model: org%d/base-%d\ntags:\n- text-generation\n- lora\ndatasets:\n- org/data-%d\nmodel-index:\n- name: m\n  results:\n  - task:\n      type: x\n    metrics:\n    - type: acc\n      value: 0.9\n---\n\n# Model %d\n\n%s", licenses[i%len(licenses)], i%97, i, i%13, i, body)
	if i%100 == 0 {
		card = strings.Replace(card, "tags:\n", "tags: : x\n", 1)
	}
	return card
}

// BenchmarkCards reads 20,000 cards; the goal is 3,000 a second on one core.
func BenchmarkCards(b *testing.B) {
	const cards = 20_000
	files := map[string]string{}
	for i := range cards {
		files[fmt.Sprintf("%d/README.md", i)] = generated(i)
	}
	tree := fsx.NewMap(files)
	r := New()
	b.ReportAllocs()
	for b.Loop() {
		problems := 0
		for i := range cards {
			res, err := r.Read(artifacttest.Offer(b, tree, fmt.Sprintf("%d/README.md", i)))
			if err != nil {
				b.Fatal(err)
			}
			problems += len(res.Problems)
		}
		if problems != cards/100 {
			b.Fatalf("%d cards are broken, want %d", problems, cards/100)
		}
	}
	b.ReportMetric(float64(b.N*cards)/b.Elapsed().Seconds(), "cards/s")
}
