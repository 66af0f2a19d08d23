package scan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

func TestLineageID(t *testing.T) {
	for _, tt := range []struct{ id, relation, want string }{
		{"org/name", "", "pkg:huggingface/org/name"},
		{" org/name\n", "finetune", "pkg:huggingface/org/name"},
		{"org/name@0e9e39f249a16976918f6564b8830bc894c89659", "", "pkg:huggingface/org/name@0e9e39f249a16976918f6564b8830bc894c89659"},
		{"org/data", "dataset", "pkg:huggingface/org/data?type=dataset"},
		{"https://huggingface.co/org/name", "", "pkg:huggingface/org/name"},
		{"https://huggingface.co/org/name/tree/main", "", "pkg:huggingface/org/name"},
		{"https://huggingface.co/datasets/org/data", "", "pkg:huggingface/org/data?type=dataset"},
		{"hf.co/org/name-GGUF:Q4_K_M", "", "pkg:huggingface/org/name-GGUF"},
		{"https://huggingface.co/gpt2", "", "https://huggingface.co/gpt2"},
		{"https://example.com/org/name", "", "https://example.com/org/name"},
		{"gpt2", "", "gpt2"},
		{"llama3.1:8b", "", "llama3.1:8b"},
		{"/data/models/x", "", "/data/models/x"},
		{"../base", "", "../base"},
		{"models/base", "", "models/base"},
		{"org/name/", "", "org/name/"},
		{"a/b/c", "", "a/b/c"},
		{"org/na me", "", "org/na me"},
	} {
		if got := lineageID(artifact.Link{ID: tt.id, Relation: tt.relation}); got != tt.want {
			t.Errorf("%q (%s): %s, want %s", tt.id, tt.relation, got, tt.want)
		}
	}
}

// What is stated wins over what is guessed, the relation that changes most over
// the others, and files show a relation that nobody states.
func TestLineage(t *testing.T) {
	says := func(relation, id string) artifact.Link { return artifact.Link{Relation: relation, ID: id} }
	hints := func(relation, id string) artifact.Link {
		return artifact.Link{Relation: relation, ID: id, Guessed: true}
	}
	read := func(role string, l ...artifact.Link) discover.Read {
		return discover.Read{Result: &artifact.Result{Role: role, Lineage: l}}
	}
	quant := discover.Read{Result: &artifact.Result{Role: artifact.Config, Properties: []inventory.Property{{Name: "quantization", Value: "gptq"}}}}
	for _, tt := range []struct {
		name    string
		reads   []discover.Read
		want    string
		guessed bool
	}{
		{"nothing", []discover.Read{read(artifact.Card)}, "[]", false},
		{"one", []discover.Read{read(artifact.Card, says("finetune", "a/b"))}, "[finetune a/b]", false},
		{"stated before guessed", []discover.Read{read(artifact.Config, hints("", "/x/y")), read(artifact.Card, says("finetune", "a/b"))}, "[finetune a/b]", false},
		{"guessed alone", []discover.Read{read(artifact.Config, hints("", "/x/y"))}, "[ /x/y]", true},
		{"the card without a relation", []discover.Read{read(artifact.Card, says("", "a/b")), read(artifact.Adapter, says("adapter", "a/b"))}, "[adapter a/b]", false},
		{"weights say quantised", []discover.Read{read(artifact.Card, says("finetune", "a/b")), read(artifact.Weights, says("quantized", "a/b"))}, "[finetune a/b]", false},
		{"an adapter by its files", []discover.Read{read(artifact.Card, says("", "a/b")), read(artifact.Adapter)}, "[adapter a/b]", false},
		{"quantised by its files", []discover.Read{read(artifact.Card, says("", "a/b")), quant}, "[quantized a/b]", false},
		{"two bases", []discover.Read{read(artifact.Card, says("", "a/b"), says("", "c/d"))}, "[merge a/b merge c/d]", false},
		{"a base and its data", []discover.Read{read(artifact.Card, says("", "a/b"), says("dataset", "c/d"))}, "[ a/b dataset c/d]", false},
		{"twice", []discover.Read{read(artifact.Card, says("", "a/b"), says("", "https://huggingface.co/a/b"))}, "[ a/b]", false},
	} {
		steps, guessed := lineage(&discover.Thing{Reads: tt.reads})
		var got []string
		for _, l := range steps {
			id := strings.TrimSuffix(strings.TrimPrefix(l.ID, "pkg:huggingface/"), "?type=dataset")
			got = append(got, l.Relation+" "+id)
		}
		if diff := cmp.Diff(tt.want, fmt.Sprint(got)); diff != "" || guessed != tt.guessed {
			t.Errorf("%s: guessed %v, %s", tt.name, guessed, diff)
		}
	}
}
