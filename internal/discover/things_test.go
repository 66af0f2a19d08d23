package discover

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact/all"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// weights is the smallest GGUF file: version 3, no tensors, no pairs.
const weights = "GGUF\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

const (
	frontMatter = "---\nlicense: mit\n---\n# M\n"
	bom         = `{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "x", "version": "1"}]}`
	empty       = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" // sha256 of {}
	config      = `{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}`
)

var commit = strings.Repeat("1a", 20)

// TestThings finds models with the real readers and the real table of the files
// that are offered to them. A line is the folder or file of a thing, "own" where
// license files of its folder are about it, and the files that make it.
func TestThings(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	if err != nil {
		t.Fatal(err)
	}
	const hf = "hub/models--org--name/"
	manifest := func(model string) string {
		return `{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "digest": "sha256:` +
			empty + `", "size": 2}, "layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:` + strings.Repeat(model, 64) + `", "size": 24}]}`
	}
	for _, tt := range []struct {
		name, target string
		files        map[string]string
		want         string
	}{
		{"a folder and what is below it", ".", map[string]string{"llm/README.md": frontMatter, "llm/config.json": config, "llm/gguf/q4/m.gguf": weights, "llm/LICENSE": "x"},
			"llm own README.md config.json gguf/q4/m.gguf"},
		{"configuration without a card", "m", map[string]string{"m/config.json": config, "m/m.gguf": weights}, ". own config.json m.gguf"},
		{"two loose files", ".", map[string]string{"a.gguf": weights, "w/b.gguf": weights}, "a.gguf own a.gguf\nw/b.gguf own b.gguf"},
		{"a README beside loose weights", ".", map[string]string{"w/README.md": "# Weights\n", "w/b.gguf": weights}, "w/b.gguf own b.gguf"},
		{"two models, one in the other", ".", map[string]string{"a/README.md": frontMatter, "a/lora/README.md": frontMatter, "a/lora/m.gguf": weights},
			"a own README.md\na/lora own README.md m.gguf"},
		{"weights alone with their license", "w/b.gguf", map[string]string{"w/b.gguf": weights, "w/LICENSE": "x", "w/c.gguf": weights}, "b.gguf own b.gguf named"},
		{"weights alone with their card", "w/b.gguf", map[string]string{"w/b.gguf": weights, "w/README.md": frontMatter}, ". own README.md b.gguf named"},
		{"weights alone beside a README", "w/b.gguf", map[string]string{"w/b.gguf": weights, "w/README.md": "# W\n"}, "b.gguf own b.gguf named"},
		{"weights alone in a project", "p/b.gguf", map[string]string{"p/b.gguf": weights, "p/LICENSE": "x", "p/README.md": frontMatter, "p/package.json": "{}"}, "b.gguf b.gguf named"},
		{"weights in the folder of a program", ".", map[string]string{"p/b.gguf": weights, "p/LICENSE": "x", "p/package.json": "{}", "q/c.gguf": weights}, "p/b.gguf p/b.gguf\nq/c.gguf own c.gguf"},
		{"a Go module", ".", map[string]string{"go.mod": "module m\n", "main.go": "package main\n", "README.md": "# M\n", "package.json": "{}", "docs/page.md": "---\ntitle: T\n---\n"}, ""},
		{"a Go module with a model", ".", map[string]string{"go.mod": "module m\n", "main.go": "package main\n", "README.md": "# M\n", "models/m.gguf": weights}, "models/m.gguf own m.gguf"},
		{"a folder that was downloaded into", "m", map[string]string{"m/config.json": config, "m/m.gguf": weights,
			"m/.cache/huggingface/trees/" + commit + ".json": `{"format_version": 1, "files": {"LICENSE": {}, "config.json": {}}}`, "m/.cache/other/README.md": frontMatter},
			". own cache/huggingface/trees/" + commit + ".json config.json m.gguf"},
		{"skipped folders", ".", map[string]string{"testdata/a.gguf": weights, "vendor/a.gguf": weights, ".hidden/a.gguf": weights, "node_modules/README.md": frontMatter, "x/testdata/y/README.md": frontMatter}, ""},
		{"a card", "a/README.md", map[string]string{"a/README.md": frontMatter, "a/m.gguf": weights}, ". own README.md named"},
		{"a card that says nothing", "a/README.md", map[string]string{"a/README.md": "# M\n"}, "README.md README.md named"},
		{"a text", "a/notes.txt", map[string]string{"a/notes.txt": "# M\n"}, ""},
		{"weights", "a/m.gguf", map[string]string{"a/README.md": frontMatter, "a/m.gguf": weights}, ". own README.md m.gguf named"},
		{"weights by another name", "a/blob", map[string]string{"a/blob": weights}, "blob own blob named"},
		{"a bill of materials", ".", map[string]string{"boms/bom.json": bom, "boms/other.cdx.json": bom}, "boms/bom.json boms/bom.json\nboms/other.cdx.json boms/other.cdx.json"},
		{"a bill of materials beside a card", ".", map[string]string{"m/README.md": frontMatter, "m/bom.json": bom}, "m own README.md\nm/bom.json m/bom.json"},
		{"Hugging Face cache", ".", map[string]string{hf + "refs/main": commit, hf + "snapshots/" + commit + "/README.md": "-> ../../blobs/aa", hf + "snapshots/" + commit + "/m.gguf": "-> ../../blobs/bb",
			hf + "blobs/aa": frontMatter, hf + "blobs/bb": weights}, hf + "snapshots/" + commit + " own README.md m.gguf unit org/name"},
		{"Ollama store", "s", map[string]string{"s/manifests/registry.ollama.ai/library/a/latest": manifest("1"), "s/manifests/registry.ollama.ai/library/b/7b": manifest("2"),
			"s/blobs/sha256-" + strings.Repeat("1", 64): weights, "s/blobs/sha256-" + empty: "{}"},
			". blobs/sha256-" + strings.Repeat("1", 64) + " unit library/a:latest\n. unit library/b:7b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{}
			for name, body := range tt.files {
				files["w/"+name] = body
			}
			tree := fsx.NewMap(files)
			f := &Finder{
				Cwd: "/w", Uses: uses, Readers: all.Readers(), Wants: s.OffersArtifact, Project: s.MarksProject,
				Stat: func(abs string) (fs.FileInfo, error) { return tree.Stat(inTree(abs)) },
				Open: func(abs string) (fsx.Tree, error) { return fsx.Rooted(tree, inTree(abs)), nil },
			}
			res, err := f.Find([]string{tt.target})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, things(res)); diff != "" {
				t.Errorf("(-want +got)\n%s%v", diff, res.Problems)
			}
			if (len(res.Things)+len(res.Units) == 0) != (len(res.Nothing) == 1) {
				t.Errorf("%d things, %d units and %q without any", len(res.Things), len(res.Units), res.Nothing)
			}
		})
	}
}

// TestOffered: whatever a reader is for is offered to it by its usual name.
func TestOffered(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(`README.md data_card.md config.json adapter_config.json model_index.json modules.json tokenizer.json
		model.gguf model.safetensors model.safetensors.index.json model.onnx pytorch_model.bin pytorch_model.bin.index.json m.pt m.pth m.ckpt m.pt2 m.ptl
		m.pkl m.pickle m.dill m.joblib saved_model.pb keras_metadata.pb m.keras m.h5 m.hdf5 m.tflite model.json m-weights_manifest.json
		m.mlmodel Manifest.json metadata.json MLmodel croissant.json croissant.jsonld dataset-metadata.json model-metadata.json model-instance-metadata.json
		Modelfile llama.Modelfile ThirdPartyLicenses.json package.json bom.json bom.xml app.cdx.json app.spdx app.spdx.json app.spdx.yaml app.spdx.rdf
		app.spdx.rdf.xml app.spdx3.json app.spdx.jsonld oci-layout.json index.json`) {
		if !s.OffersArtifact(strings.ToLower(name)) {
			t.Errorf("%s is not offered", name)
		}
	}
	for _, name := range []string{"main.go", "train.py", "values.yaml", "notes.txt", "data.csv", "go.mod"} {
		if s.OffersArtifact(name) {
			t.Errorf("%s is offered", name)
		}
	}
}

// things writes what was found, a thing a line.
func things(res *Result) string {
	var out []string
	for _, t := range res.Things {
		line := t.Dir
		if t.Single != "" {
			line = t.Single
		}
		if t.Own {
			line += " own"
		}
		for i, r := range t.Reads {
			if t.Unit != "" && i == 0 {
				continue // the container itself
			}
			name := r.File.Path
			if t.Own {
				name = strings.TrimPrefix(strings.TrimPrefix(name, t.Dir), "/")
			}
			line += " " + name
		}
		if t.Unit != "" {
			line += " unit " + t.Unit
		}
		if t.Named { // the target is the file
			line += " named"
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}
