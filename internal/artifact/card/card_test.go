package card

import (
	"encoding/csv"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func read(t *testing.T, name, content string) *artifact.Result {
	t.Helper()
	return artifacttest.Content(t, New(), name, []byte(content))
}

// lines writes licenses, links and problems in one line each.
func lines(res *artifact.Result) string {
	var b strings.Builder
	guess := map[bool]string{true: " (guessed)"}
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s=%q name=%q link=%q%s\n", s.Line, s.Field, s.Value, s.Name, s.Link, guess[s.Guessed])
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%d %s %s=%q%s\n", l.Line, l.Relation, l.Field, l.ID, guess[l.Guessed])
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%d %s: %s\n", p.Line, p.Kind, p.Message)
	}
	return b.String()
}

func TestShapes(t *testing.T) {
	for _, tt := range []struct{ name, card, want string }{
		{"scalar", "---\nlicense: mit\n---\n# x\n", "2 license=\"mit\" name=\"\" link=\"\"\n"},
		{"wrong case of the value", "---\nlicense: Apache-2.0\n---\n", "2 license=\"Apache-2.0\" name=\"\" link=\"\"\n"},
		{"free text", "---\nlicense: llama 3.1 community license\n---\n", "2 license=\"llama 3.1 community license\" name=\"\" link=\"\"\n"},
		{"expression", "---\nlicense: MIT OR Apache-2.0\n---\n", "2 license=\"MIT OR Apache-2.0\" name=\"\" link=\"\"\n"},
		{"URL", "---\nlicense: https://example.com/LICENSE\n---\n", "2 license=\"https://example.com/LICENSE\" name=\"\" link=\"\"\n"},
		{"list", "---\nlicense:\n- mit\n- cc-by-4.0\n---\n", "3 license=\"mit\" name=\"\" link=\"\"\n4 license=\"cc-by-4.0\" name=\"\" link=\"\"\n"},
		{"flow list", "---\nlicense: [mit, other]\nlicense_name: x\n---\n", "2 license=\"mit\" name=\"\" link=\"\"\n2 license=\"other\" name=\"x\" link=\"\"\n"},
		{"map", "---\nlicense:\n  name: mit\n  url: https://example.com\n---\n", "3 license=\"mit\" name=\"\" link=\"https://example.com\"\n"},
		{"other", "---\nlicense: other\nlicense_name: tongyi-qianwen\nlicense_link: LICENSE\n---\n", "2 license=\"other\" name=\"tongyi-qianwen\" link=\"LICENSE\"\n"},
		{"other alone", "---\nlicense: other\n---\n", "2 license=\"other\" name=\"\" link=\"\"\n"},
		{"name without license", "---\nlicense_name: my-license\nlicense_link: [LICENSE.md, x]\n---\n", "3 license_name=\"\" name=\"my-license\" link=\"LICENSE.md\"\n"},
		{"two licenses and a name", "---\nlicense: [mit, isc]\nlicense_name: x\n---\n", "2 license=\"mit\" name=\"\" link=\"\"\n2 license=\"isc\" name=\"\" link=\"\"\n3 license_name=\"\" name=\"x\" link=\"\"\n"},
		{"wrong case of the key", "---\nLicense: MIT\n---\n", "2 License=\"MIT\" name=\"\" link=\"\" (guessed)\n"},
		{"misspelt", "---\nlicence: mit\n---\n", "2 licence=\"mit\" name=\"\" link=\"\" (guessed)\n"},
		{"plural", "---\nlicenses: [mit]\n---\n", "2 licenses=\"mit\" name=\"\" link=\"\" (guessed)\n"},
		{"empty", "---\nlicense:\ntags: [a]\n---\n", ""},
		{"empty text", "---\nlicense: \"\"\n---\n", ""},
		{"number", "---\nlicense: 1.0\n---\n", "2 license=\"1.0\" name=\"\" link=\"\"\n"},
		{"no", "---\nlicense: no\n---\n", "2 license=\"no\" name=\"\" link=\"\"\n"},
		{"twice", "---\nlicense: mit\nx: 1\nlicense: gpl-3.0\n---\n", "2 license=\"mit\" name=\"\" link=\"\"\n4 license=\"gpl-3.0\" name=\"\" link=\"\"\n4 malformed: key license is given twice: it stands on line 2 already\n"},
		{"twice the same", "---\nlicense: mit\nlicense: mit\n---\n", "2 license=\"mit\" name=\"\" link=\"\"\n3 license=\"mit\" name=\"\" link=\"\"\n"},
		{"byte order mark", "\uFEFF---\nlicense: mit\n---\n", "2 license=\"mit\" name=\"\" link=\"\"\n"},
		{"blank lines above", "\n \n---\nlicense: mit\n---\n", "4 license=\"mit\" name=\"\" link=\"\"\n"},
		{"CRLF", "---\r\nlanguage: eo\r\nlicense: mit\r\n---\r\n", "3 license=\"mit\" name=\"\" link=\"\"\n"},
		{"CR", "---\rlanguage: eo\rlicense: mit\r---\r", "3 license=\"mit\" name=\"\" link=\"\"\n"},
		{"no end of the last line", "---\nlicense: mit\n---", "2 license=\"mit\" name=\"\" link=\"\"\n"},
		{"blanks behind the hyphens", "--- \nlicense: mit\n---\t\n", "2 license=\"mit\" name=\"\" link=\"\"\n"},
		{"below a heading", "# Model\n\n---\nlicense: mit\nbase_model: a/b\n---\n", "4 license=\"mit\" name=\"\" link=\"\" (guessed)\n5  base_model=\"a/b\" (guessed)\n"},
		{"in an example", "# How\n\n```yaml\n---\nlicense: mit\n---\n```\n", ""},
		{"prose between rules", "# How\n\n---\nWe like it.\n---\n", ""},
		{"rules around prose", "---\nlicense is a word here\n---\n", ""},
		{"a list", "---\n[]\n---\n", ""},
		{"a list of maps", "---\n- license: mit\n- tags: [x]\n---\n", "2 license=\"mit\" name=\"\" link=\"\" (guessed)\n2 malformed: front matter: a list where a map of keys was expected\n"},
		{"a template", "---\n{{card_data}}\n---\n", ""},
		{"a template with keys", "---\nlicense: {{ license }}\n---\n", "2 malformed: license: a map where a name was expected\n"},
		{"empty front matter", "---\n---\n", ""},
		{"no front matter", "# Model\nlicense: mit\n", ""},
		{"nothing", "", ""},
		{"no end", "---\nlicense: mit\n", "1 malformed: the front matter does not end\n"},
		{"a rule", "---\nThis is prose.\n", ""},
		{"broken", "---\nlicense: mit\nwidget: a: b\n---\n", "3 malformed: front matter: not YAML: "},
		{"broken and no card", "---\ntitle: a: b\n---\n", ""},
		{"tab", "---\nlicense: mit\n\ttags: x\n---\n", "3 malformed: front matter: not YAML: "},
		{"bytes", "---\nlicense: mit\xff\n---\n", "2 malformed: front matter: not UTF-8 text\n"},
		{"UTF-16", "\xFF\xFE-\x00-\x00-\x00", "1 unsupported: the card is UTF-16 text\n"},
		{"merge keys", "---\na: &x {license: mit}\nlicense: isc\nb:\n  <<: *x\n---\n", "5 malformed: front matter: merge keys"},
		{"alias", "---\nx: &l mit\nlicense: *l\n---\n", "3 license=\"mit\" name=\"\" link=\"\"\n"},
		{"tags", "---\ntags:\n- license:mit\n- base_model:adapter:a/b\n- base_model:c/d\n- dataset:x\n- arxiv:1\n---\n",
			"3 tags=\"mit\" name=\"\" link=\"\"\n4 adapter tags=\"a/b\"\n5  tags=\"c/d\"\n6 dataset tags=\"x\"\n"},
		{"lineage", "---\nbase_model:\n- a/b\n- c/d\nbase_model_relation: merge\ndatasets: [e, f/g]\n---\n",
			"3 merge base_model=\"a/b\"\n4 merge base_model=\"c/d\"\n6 dataset datasets=\"e\"\n6 dataset datasets=\"f/g\"\n"},
		{"unknown relation", "---\nbase_model: a/b\nbase_model_relation: copy\n---\n", "2  base_model=\"a/b\"\n"},
		{"distilled", "---\nbase_model: a/b\nbase_model_relation: Distillation\n---\n", "2 distill base_model=\"a/b\"\n"},
		{"hyphens", "---\nbase-model: a/b\nmodel-index: []\n---\n", "2  base-model=\"a/b\" (guessed)\n"},
		{"tuned in prose", "---\nlicense: mit\n---\nThis model is a fine-tuned version of [a/b](https://huggingface.co/a/b) on x.\n",
			"2 license=\"mit\" name=\"\" link=\"\"\n4 finetune text=\"a/b\" (guessed)\n"},
		{"tuned in prose, shouted", "---\nlicense: mit\n---\nThis model is a FINE-TUNED VERSION OF [a/b](https://huggingface.co/a/b) on x.\n",
			"2 license=\"mit\" name=\"\" link=\"\"\n4 finetune text=\"a/b\" (guessed)\n"},
		{"tuned in prose elsewhere", "---\nlicense: mit\n---\nA fine-tuned version of [a/b](https://example.com/a/b) and of [c](c).\n", "2 license=\"mit\" name=\"\" link=\"\"\n"},
		{"datasets as maps", "---\ndatasets:\n- name: a\n  type: x\n---\n", "3 dataset datasets=\"a\"\n"},
		{"dataset card", "---\nlicense:\n- bsd-3-clause\nsource_datasets:\n- original\n- extended|squad\n- a/b\n---\n",
			"3 license=\"bsd-3-clause\" name=\"\" link=\"\"\n6 source-dataset source_datasets=\"squad\"\n7 source-dataset source_datasets=\"a/b\"\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			res := read(t, "README.md", tt.card)
			got := lines(res)
			if strings.HasSuffix(tt.want, "\n") || tt.want == "" {
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("%q (-want +got):\n%s", tt.card, diff)
				}
			} else if !strings.HasPrefix(got, tt.want) {
				t.Errorf("%q: got %q, want it to begin %q", tt.card, got, tt.want)
			}
			if (res.Role == artifact.Card) != (len(res.Licenses)+len(res.Lineage)+len(res.Problems) > 0 || strings.HasPrefix(tt.name, "empty") && strings.Contains(tt.card, "license")) && tt.name != "UTF-16" {
				t.Errorf("%q: role %q", tt.card, res.Role)
			}
		})
	}
}

func TestKind(t *testing.T) {
	for _, tt := range []struct{ card, kind string }{
		{"license: mit", ""}, {"license: mit\nlibrary_name: transformers", "model"}, {"base_model: a/b", "model"},
		{"license: mit\ntask_categories: [x]", "dataset"}, {"pretty_name: X\ndataset_info: {}\nlicense: mit", "dataset"},
		{"license: mit\nsdk: gradio\napp_file: app.py\ndatasets: [x]", "code"}, {"tags: [x]", ""},
	} {
		if got := read(t, "README.md", "---\n"+tt.card+"\n---\n"); string(got.Kind) != tt.kind {
			t.Errorf("%q is a %q, want %q", tt.card, got.Kind, tt.kind)
		} else if tt.kind == "code" && len(got.Lineage) > 0 {
			t.Errorf("a space is made from %+v", got.Lineage)
		}
	}
}

func TestFacts(t *testing.T) {
	res := read(t, "README.md", `---
license: llama3.1
language: [en, no]
pretty_name: My Data
library_name: peft
pipeline_tag: text-generation
new_version: a/b
co2_eq_emissions:
  emissions: 42
  source: x
extra_gated_heading: Agree
extra_gated_fields:
  Name: text
  I agree: checkbox
extra_gated_prompt: |
  LLAMA 3.1 COMMUNITY LICENSE AGREEMENT
  ...
extra_gated_eu_disallowed: true
model-index:
- name: 7
- name: x
  results:
  - {task: {type: text-generation}, metrics: [{type: acc, value: 1}]}
  - {task: {type: text-generation}, metrics: [{type: acc, value: 2}]}
tags: [arxiv:2307.09288, "arxiv:"]
widget: [1]
---
`)
	props := map[string]string{}
	for _, p := range res.Properties {
		props[p.Name] += p.Value
	}
	want := map[string]string{
		"language": "en, no", "library_name": "peft", "pipeline_tag": "text-generation", "new_version": "a/b", "gated": "prompt",
		"co2_eq_emissions": "42", "extra_gated_heading": "Agree", "extra_gated_fields": "Name, I agree", "extra_gated_eu_disallowed": "true",
		"evaluations": "2 results", "arxiv": "2307.09288",
	}
	if diff := cmp.Diff(want, props); diff != "" {
		t.Errorf("properties (-want +got):\n%s", diff)
	}
	if len(res.Texts) != 1 || res.Texts[0].Source != "card" || !strings.HasPrefix(string(res.Texts[0].Content), "LLAMA 3.1 COMMUNITY") {
		t.Errorf("texts: %+v", res.Texts)
	}
	if len(res.Signals) != 1 || res.Signals[0].Signal != "gated" || res.Name != "My Data" {
		t.Errorf("name %q, signals %+v", res.Name, res.Signals)
	}
}

func TestMatch(t *testing.T) {
	tree := fsx.NewMap(map[string]string{
		"README.md": "hello", "readme.MD": "x", "README.hf.md": "---\nlicense: mit\n---\n", "doc/page.md": "---\ntitle: x\n---\n",
		"doc/card.md": "---\nlanguage: en\nlicense: mit\n---\n", "main.go": "---\nlicense: mit\n---\n", "MODEL_CARD.md": "x", "doc/prose.md": "license: mit\n",
	})
	for name, want := range map[string]bool{
		"README.md": true, "readme.MD": true, "README.hf.md": true, "doc/page.md": false, "doc/card.md": true, "main.go": false, "MODEL_CARD.md": true, "doc/prose.md": false,
	} {
		if got := New().Match(artifacttest.Offer(t, tree, name)); got != want {
			t.Errorf("Match(%s) = %v", name, got)
		}
	}
}

// A hostile card is a problem, and costs little.
func TestLimits(t *testing.T) {
	many := strings.Repeat("- x\n", 20_000)
	for name, card := range map[string]string{
		"long":    "---\nlicense: mit\nx: " + strings.Repeat("y", 1<<20) + "\n---\n",
		"endless": "---\nlicense: mit\n" + strings.Repeat("x: y\n", 300_000),
		"list":    "---\nlicense: mit\ndatasets:\n" + many + "---\n",
		"deep":    "---\nlicense: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n---\n",
		"aliases": "---\nlicense: mit\na: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n---\n",
	} {
		res := read(t, "README.md", card)
		if len(res.Problems) == 0 {
			t.Errorf("%s: no problem", name)
			continue
		}
		if p := res.Problems[0]; p.Kind != diag.Limit {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

// Of a long file only the beginning is read, and of a card nothing is kept.
func TestCheap(t *testing.T) {
	tree := artifacttest.NewTree(nil)
	tree.Sparse("README.md", []byte("---\nlicense: mit\n---\n"), 1<<30)
	if res := artifacttest.Read(t, New(), tree.File("README.md")); len(res.Licenses) != 1 || tree.Bytes() > maxHead {
		t.Errorf("%d bytes read, %+v", tree.Bytes(), res)
	}
	if testing.Short() {
		return
	}
	live := func(cards int) uint64 {
		for i := range cards {
			artifacttest.Content(t, New(), "README.md", []byte(generated(i+1)))
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	if few, many := live(500), live(20_000); many > few+few/20+1<<20 {
		t.Errorf("%d bytes are held after 500 cards, %d after 20,000", few, many)
	}
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "README.md", []byte("---\nlicense: mit\n---\n"))
	artifacttest.Faults(t, NewAPI(), "x.json", []byte(answer))
}

// The cards among the samples say what index.tsv says.
func TestSamples(t *testing.T) {
	for _, row := range index(t) {
		if row["note"] == "file-name scheme" || !strings.HasSuffix(row["file"], ".md") || strings.HasPrefix(row["file"], "mot/") {
			continue
		}
		res, err := New().Read(artifacttest.Sample(t, row["file"]))
		if err != nil || len(res.Problems) > 0 {
			t.Errorf("%s: %v %+v", row["file"], err, res)
			continue
		}
		var licenses, bases []string
		for _, s := range res.Licenses {
			licenses = append(licenses, s.Value)
		}
		for _, l := range res.Lineage {
			if l.Relation == "" {
				bases = append(bases, l.ID)
			}
		}
		license, base := strings.Join(licenses, "; "), strings.Join(bases, "; ")
		if strings.Contains(row["note"], "the file says [bsd-3-clause]") {
			license = strings.TrimSuffix(license, "-3-clause")
		}
		if strings.Contains(row["note"], "invalid model-index") || res.Role == "" { // what it states; no front matter: stated elsewhere
			row["expected_license"], row["expected_base_model"] = license, base
		}
		if want := none(row["expected_license"]); license != want {
			t.Errorf("%s: license %q, want %q", row["file"], license, want)
		}
		if want := none(row["expected_base_model"]); base != want {
			t.Errorf("%s: base %q, want %q", row["file"], base, want)
		}
	}
}

// none is an expectation of nothing.
func none(want string) string {
	if strings.HasPrefix(want, "(none") {
		return ""
	}
	return want
}

// index reads the table of samples.
func index(t *testing.T) []map[string]string {
	t.Helper()
	f := artifacttest.Sample(t, "index.tsv")
	data, err := f.Bytes(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(strings.NewReader(string(data)))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 50 {
		t.Fatal(err, len(rows))
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, cell := range row {
			m[rows[0][i]] = cell
		}
		out = append(out, m)
	}
	return out
}
