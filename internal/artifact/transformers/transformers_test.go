package transformers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// lines writes the facts of a result, one a line.
func lines(res *artifact.Result) string {
	var b strings.Builder
	guess := map[bool]string{true: " (guessed)"}
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "license %s=%q line %d%s\n", s.Field, s.Value, s.Line, guess[s.Guessed])
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%s %s=%q line %d%s\n", l.Relation, l.Field, l.ID, l.Line, guess[l.Guessed])
	}
	for _, s := range res.Signals {
		fmt.Fprintf(&b, "%s %s: %s\n", s.Group, s.Signal, s.Evidence)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	return b.String()
}

func TestFacts(t *testing.T) {
	for _, tt := range []struct{ file, content, want string }{
		{"config.json", `{"_name_or_path": "org/base", "architectures": ["A", "B"], "model_type": "llama", "transformers_version": "4.1",
"auto_map": {"AutoConfig": "conf.C", "AutoModel": "other/repo--mod.M", "AutoTokenizer": ["tok.T", null]}, "quantization_config": {"quant_method": "gptq"},
"text_config": {"_name_or_path": "/home/x/t"}, "mm_vision_tower": "openai/clip", "license": ["mit"]}`,
			`license license="mit" line 3 (guessed)
 _name_or_path="org/base" line 1 (guessed)
 mm_vision_tower="openai/clip" line 3 (guessed)
 text_config._name_or_path="/home/x/t" line 3 (guessed)
security remote-code: auto_map: AutoConfig is conf.C
security remote-code: auto_map: AutoModel is other/repo--mod.M
security remote-code: auto_map: AutoTokenizer is tok.T
transformers_version=4.1
code_from=other/repo
architectures=A, B
model_type=llama
quantization=gptq
`},
		{"config.json", `{"model_type": "x", "trust_remote_code": true, "custom_pipelines": {"p": {"impl": "pipe.P"}}, "_name_or_path": ""}`,
			"security remote-code: custom_pipelines: p is pipe.P\nsecurity remote-code: trust_remote_code: true\nmodel_type=x\n"},
		{"config.json", `{"model_type": null, "_name_or_path": {}, "auto_map": [1], "architectures": {}, "quantization_config": 3}`, ""},
		{"adapter_config.json", `{"base_model_name_or_path": "org/base", "peft_type": "LORA", "revision": null}`,
			"adapter base_model_name_or_path=\"org/base\" line 1\nprovenance unpinned-revision: base org/base, revision: none\npeft_type=LORA\n"},
		{"adapter_config.json", `{"base_model_name_or_path": "org/base", "revision": "` + strings.Repeat("a1", 20) + `"}`,
			"adapter base_model_name_or_path=\"org/base\" line 1\nbase_revision=" + strings.Repeat("a1", 20) + "\n"},
		{"adapter_config.json", `{"base_model_name_or_path": "/data/glm-4-9b-chat", "revision": "main", "auto_mapping": {"parent_library": "transformers_modules.x"}}`,
			"adapter base_model_name_or_path=\"/data/glm-4-9b-chat\" line 1 (guessed)\nsecurity remote-code: auto_mapping.parent_library: transformers_modules.x\nparent_library=transformers_modules.x\n"},
		{"adapter_config.json", `{"model_name": "bert-base", "config": {}}`,
			"adapter model_name=\"bert-base\" line 1\nprovenance unpinned-revision: base bert-base, revision: none\n"},
		{"model_index.json", `{"_class_name": "FluxPipeline", "_diffusers_version": "0.30", "_name_or_path": "x/y", "unet": ["my_unet", "U"], "vae": ["diffusers", "V"], "safety_checker": [null, null], "n": [1]}`,
			" _name_or_path=\"x/y\" line 1 (guessed)\nsecurity remote-code: unet: my_unet.U\n_diffusers_version=0.30\n_class_name=FluxPipeline\npart=unet: my_unet.U\npart=vae: diffusers.V\n"},
		{"model_index.json", `{"_class_name": ["pipe", "P"], "unet": ["../../x", "U"]}`,
			"security remote-code: _class_name: pipe.P\n_class_name=pipe, P\npart=unet: ../../x.U\n"},
		{"modules.json", `[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}, {"path": "1_X", "type": "custom_st.Pool"}]`,
			"security remote-code: modules.json: custom_st.Pool\nlibrary_name=sentence-transformers\n"},
		{"config_sentence_transformers.json", `{"__version__": {"sentence_transformers": "2.2.2"}}`, "library_name=sentence-transformers\nsentence_transformers_version=2.2.2\n"},
		{"tokenizer_config.json", `{"tokenizer_class": "T", "name_or_path": "org/base"}`, " name_or_path=\"org/base\" line 1 (guessed)\ntokenizer_class=T\n"},
		{"generation_config.json", `{"transformers_version": "4.0", "temperature": NaN}`, "transformers_version=4.0\n"},
		{"quantize_config.json", `{"bits": 4, "model_name_or_path": "a/b"}`, "quantized model_name_or_path=\"a/b\" line 1 (guessed)\nbits=4\n"},
		{"tokenizer.json", `{"version": "1.0", broken`, ""},
	} {
		tree := fsx.NewMap(map[string]string{"m/" + tt.file: tt.content, "m/my_unet.py": "x", "m/1_X/custom_st.py": "x", "x.py": "x"})
		res := artifacttest.Read(t, New(), artifacttest.Offer(t, tree, "m/"+tt.file))
		if diff := cmp.Diff(tt.want, lines(res)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.file, tt.content, diff)
		}
		want := artifact.Config
		if tt.file == "adapter_config.json" {
			want = artifact.Adapter
		}
		if res.Role != want || res.Kind != "model" || len(res.Problems) > 0 {
			t.Errorf("%s: role %q, kind %q, problems %+v", tt.file, res.Role, res.Kind, res.Problems)
		}
	}
}

// Files of the same name that are no model's give no fact and no problem.
func TestOthers(t *testing.T) {
	for name, content := range map[string]string{
		"config.json": `{"port": 80, broken`, "adapter_config.json": `{"usb": true}`, "modules.json": `[{"name": "x", "type": "y"}]`,
		"model_index.json": `{}`, "quantize_config.json": `{}`, "tokenizer.json": `{"x": 1}`, "config_sentence_transformers.json": `{}`,
	} {
		res := artifacttest.Content(t, New(), name, []byte(content))
		if !cmp.Equal(res, &artifact.Result{}) {
			t.Errorf("%s: %+v", name, res)
		}
	}
	tree := fsx.NewMap(map[string]string{"config.json": "[]", "other.json": "{}", "modules.json": "x"})
	for _, name := range []string{"config.json", "other.json", "modules.json"} {
		if New().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is matched", name)
		}
	}
}

func TestMalformed(t *testing.T) {
	for content, want := range map[string]diag.Kind{
		`{"model_type": "x"`: diag.Malformed, "{\"model_type\": \"x\",\n}": diag.Malformed, `{"model_type": ` + strings.Repeat("[", 200): diag.Limit,
	} {
		res := artifacttest.Content(t, New(), "config.json", []byte(content))
		if len(res.Problems) != 1 || res.Problems[0].Kind != want || res.Problems[0].Line == 0 {
			t.Errorf("%q: %+v", content, res.Problems)
		}
	}
	tree := artifacttest.NewTree(nil)
	tree.Sparse("config.json", []byte(`{"model_type": "x"`), 65<<20)
	res := artifacttest.Read(t, New(), tree.File("config.json"))
	if len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit || tree.Bytes() != 0 {
		t.Errorf("%+v, %d bytes read", res.Problems, tree.Bytes())
	}
	artifacttest.Faults(t, New(), "config.json", []byte(`{"model_type": "x"}`))
}

// A file cannot make a report grow without end.
func TestMany(t *testing.T) {
	res := artifacttest.Content(t, New(), "config.json", []byte(`{"model_type": "x", "auto_map": {"A": [`+strings.Repeat(`"a.b",`, 5000)+`"c"]}, "license": [`+strings.Repeat(`"mit",`, 5000)+`"c"]}`))
	if len(res.Signals) > maxFacts || len(res.Licenses) > maxFacts {
		t.Errorf("%d signals, %d statements", len(res.Signals), len(res.Licenses))
	}
}

func TestSamples(t *testing.T) {
	for name, want := range map[string]string{
		"Devsam2898__Gemma2-Peshwa/adapter_config.json":                       "adapter unsloth/gemma-2-9b-bnb-4bit false",
		"CogniX-LTD__Cogni-OpenModel/adapter_config.json":                     "adapter unsloth/meta-llama-3.1-8b-bnb-4bit false",
		"CogniX-LTD__Cogni-OpenModel/config.json":                             " unsloth/meta-llama-3.1-8b-bnb-4bit true",
		"KamilaTrinkenschuh__Minstral-Model/adapter_config.json":              "adapter Hugofernandez/Mistral-7B-v0.1-colab-sharded false",
		"KamilaTrinkenschuh__Minstral-Model/config.json":                      " Hugofernandez/Mistral-7B-v0.1-colab-sharded true",
		"IrfanUruchi__Llama-3.2-1B-ComputerEngineeringLLM/config.json":        " meta-llama/Llama-3.2-1B true",
		"AliAbdien__Fine-Tuning-LLaMA-2-7B-/adapter_config.json":              "adapter genaitraining/llama-2-7b-domain-tuned false",
		"CesarChaMal__Wizard-Vicuna-30B-Uncensored-GPTQ/config.json":          " /workspace/process/wizard-vicuna-30b/HF/ true",
		"CesarChaMal__Wizard-Vicuna-30B-Uncensored-GPTQ/quantize_config.json": "",
		"DocWobble__Orpheus_3B_Quantized/config.json":                         "",
		"Eliasbzd__bloom_hf/config.json":                                      "",
		"877325778__bge-large-zh-v1.5/config_sentence_transformers.json":      "",
	} {
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, name))
		var got []string
		for _, l := range res.Lineage {
			got = append(got, fmt.Sprintf("%s %s %v", l.Relation, l.ID, l.Guessed))
		}
		if strings.Join(got, "; ") != want || len(res.Problems) > 0 || res.Role == "" {
			t.Errorf("%s: %v, want %q; %+v", name, got, want, res.Problems)
		}
	}
}

func FuzzRead(f *testing.F) {
	for name := range files {
		f.Add(name, []byte(`{"_name_or_path":"a","auto_map":{"x":["y--z",1]},"model_type":[],"peft_type":"","_class_name":["a","b"],"bits":4,"__version__":{}}`))
	}
	f.Add("modules.json", []byte(`[{"type":"a.b","path":""}]`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if _, ok := files[name]; ok {
			artifacttest.Hostile(t, New(), name, data, int64(len(data)))
		}
	})
}
