package mlmodel

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
)

func lines(res *artifact.Result) string {
	var b strings.Builder
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s=%q\n", s.Line, s.Field, s.Value)
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%d %s %s=%q %v\n", l.Line, l.Relation, l.Field, l.ID, l.Guessed)
	}
	for _, s := range res.Signals {
		fmt.Fprintf(&b, "%s %s %s\n", s.Group, s.Signal, s.Evidence)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%d %s %.30s\n", p.Line, p.Kind, p.Message)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"flavors:\n  transformers:\n    source_model_name: org/base\n    source_model_revision: " + strings.Repeat("ab", 20) + "\n    tokenizer_name: org/tok\n    peft_adaptor: peft\nmlflow_version: 2.1\nmetadata:\n  license: mit\n",
			"9 metadata.license=\"mit\"\n3 adapter flavors.transformers.source_model_name=\"org/base\" false\n5  flavors.transformers.tokenizer_name=\"org/tok\" false\nmlflow_version=2.1\nflavor=transformers\nbase_revision=" + strings.Repeat("ab", 20) + "\n"},
		{"flavors:\n  transformers: {source_model_name: /tmp/x, source_model_revision: main, tokenizer_name: /tmp/x, code: code}\n",
			"2  flavors.transformers.source_model_name=\"/tmp/x\" true\nprovenance unpinned-revision /tmp/x, revision: main\nsecurity remote-code flavors.transformers.code: code\nflavor=transformers\n"},
		{"flavors:\n  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle}\n  python_function: {python_model: python_model.pkl}\n  pytorch: {model_data: data, pickle_module_name: mlflow.pytorch.pickle_module}\n  openai: {model: gpt-4o}\n  other: text\n",
			"security pickle flavors.sklearn.serialization_format: cloudpickle (model.pkl)\nsecurity pickle flavors.python_function.python_model: python_model.pkl\nsecurity pickle flavors.pytorch.pickle_module_name: mlflow.pytorch.pickle_module (data)\nflavor=sklearn\nflavor=python_function\nflavor=pytorch\nflavor=openai\nservice_model=gpt-4o\nflavor=other\n"},
		{"flavors:\n  a: b: c\n", "2 malformed not YAML: mapping values are n\n"},
		{"flavors: " + strings.Repeat("[", 100) + "\n", "1 limit not YAML: while increasing flo\n"},
	} {
		res := artifacttest.Content(t, New(), "m/MLmodel", []byte(tt.text))
		if diff := cmp.Diff(tt.want, lines(res)); diff != "" || res.Role != artifact.Config || res.Kind != "model" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
	for _, text := range []string{"binary", "flavors: 1\n", "x: flavors\n", ""} {
		if res := artifacttest.Content(t, New(), "MLmodel", []byte(text)); !cmp.Equal(res, &artifact.Result{}) {
			t.Errorf("%q: %+v", text, res)
		}
	}
	var b strings.Builder
	b.WriteString("flavors:\n")
	for i := range maxFlavors + 1 {
		fmt.Fprintf(&b, "  f%d: {}\n", i)
	}
	if res := artifacttest.Content(t, New(), "MLmodel", []byte(b.String())); len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit {
		t.Errorf("%+v", res.Problems)
	}
	artifacttest.Faults(t, New(), "MLmodel", []byte("flavors: {}\n"))
}

func TestSample(t *testing.T) {
	res := artifacttest.Read(t, New(), artifacttest.Sample(t, "MicrosoftLearning__mslearn-mlops/model/MLmodel"))
	want := "security pickle flavors.sklearn.serialization_format: cloudpickle (model.pkl)\nmlflow_version=1.30.0\nmodel_uuid=580862f780fb48eda0a137857d12c9f9\nrun_id=calm_garden_gzd94mfzcr\nartifact_path=model\nflavor=python_function\nflavor=sklearn\n"
	if diff := cmp.Diff(want, lines(res)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("flavors:\n  transformers: {source_model_name: [a], code: {}}\nmetadata: []\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "MLmodel", data, int64(len(data)))
	})
}
