package ociartifact

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// writer makes a layout.
type writer struct{ files map[string]string }

func (w *writer) blob(mediaType, content, annotations string) string {
	w.files["l/blobs/sha256/"+digest(content)] = content
	return descriptor(mediaType, digest(content), len(content), annotations)
}

func descriptor(mediaType, hex string, size int, annotations string) string {
	if annotations != "" {
		annotations = `,"annotations":{` + annotations + `}`
	}
	return fmt.Sprintf(`{"mediaType":%q,"digest":"sha256:%s","size":%d%s}`, mediaType, hex, size, annotations)
}

func manifest(config, annotations string, layers ...string) string {
	return fmt.Sprintf("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"annotations\":{%s},\n\"config\":%s,\n\"layers\":[\n%s]}", annotations, config, strings.Join(layers, ",\n"))
}

const (
	docker = "application/vnd.docker.ai."
	cncf   = "application/vnd.cncf.model."
)

func archive(files ...string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			panic(err)
		}
	}
	w.Close()
	return b.String()
}

// facts writes a result, one fact a line.
func facts(res *artifact.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\n", res.Kind, res.Name, res.Publisher)
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "license %s=%q %q %q\n", s.Field, s.Value, s.Name, s.Link)
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%s from %s\n", l.Relation, l.ID)
	}
	for _, x := range res.Texts {
		fmt.Fprintf(&b, "text %s %q %.14s\n", x.Name, x.Content, x.Digest)
	}
	for _, m := range res.Files {
		fmt.Fprintf(&b, "file %s size %d missing %v head %.4q\n", m.Shown(), m.Size, m.Missing, m.Head)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s ", p.Name, p.Value)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "\n%d %s: %.60s", p.Line, p.Kind, p.Message)
	}
	for _, n := range res.NotExamined {
		fmt.Fprintf(&b, "\nnot examined: %s", n.What)
	}
	return b.String()
}

func TestLayout(t *testing.T) {
	w := &writer{map[string]string{"l/oci-layout": "{}"}}
	dock := manifest(w.blob(docker+"model.config.v0.1+json", `{"config":{"format":"gguf","architecture":"llama","parameters":"1 B","gguf":{"general.license":"other","general.license.name":"llama3.2","general.base_model.0.repo_url":"https://huggingface.co/a/b"}}}`, ""), `"org.opencontainers.image.licenses":"MIT"`,
		w.blob(docker+"gguf.v3", "GGUF", ""), w.blob(docker+"license", "---\ntitle: MIT\nspdx-id: MIT\n---\nMIT License\n", ""),
		descriptor(docker+"license", digest("gone"), 4, ""), w.blob(docker+"vllm.config.tar", archive("config.json", "{}", "sub/LICENSE", "terms", "license.py", "x"), ""),
		w.blob(docker+"dir.tar+gzip", "zzz", ""))
	pack := manifest(w.blob(cncf+"config.v1+json", `{"descriptor":{"name":"xyz","vendor":"XYZ","licenses":["Apache-2.0","MIT"],"family":"x","datasetsURL":["https://d"]},"config":{"paramSize":"8b"}}`, ""), "",
		w.blob(cncf+"weight.v1.raw", "weights", `"org.cncf.model.filepath":"model.safetensors"`), w.blob(cncf+"doc.v1.raw", "text", `"org.cncf.model.filepath":"LICENSE"`),
		w.blob(cncf+"doc.v1.raw", "card", `"org.cncf.model.filepath":"README.md"`))
	image := manifest(w.blob("application/vnd.oci.image.config.v1+json", "{}", ""), "", w.blob("application/vnd.oci.image.layer.v1.tar", "x", ""))
	inner := `{"schemaVersion":2,"manifests":[` + w.blob("m", pack, `"io.containerd.image.name":"reg.example/xyz:1"`) + "]}"
	w.files["l/index.json"] = `{"schemaVersion":2,"manifests":[` + strings.Join([]string{
		w.blob("m", dock, `"org.opencontainers.image.ref.name":"ai/smollm2:latest"`), w.blob("m", image, ""), w.blob("m", inner, ""),
		descriptor("m", digest("nowhere"), 1, ""), `{"digest":"sha256:../../x"}`,
	}, ",\n") + "]}"
	tree := fsx.NewMap(w.files)
	entries, _ := tree.ReadDir("l")
	if !(Reader{}).MatchFolder("l", entries) {
		t.Fatal("not matched")
	}
	all, err := Reader{}.ReadFolder(tree, "l")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, res := range all {
		got = append(got, facts(res))
	}
	want := []string{
		`model ai/smollm2:latest ` + `
license annotations.org.opencontainers.image.licenses="MIT" "" ""
license config.gguf.license="other" "llama3.2" ""
license spdx-id="MIT" "" ""
 from https://huggingface.co/a/b
text ai/smollm2:latest (license 1) "---\ntitle: MIT\nspdx-id: MIT\n---\nMIT License\n" sha256:` + digest("---\ntitle: MIT\nspdx-id: MIT\n---\nMIT License\n")[:7] + `
text ai/smollm2:latest (license 2) "" sha256:` + digest("gone")[:7] + `
text ai/smollm2:latest/sub/LICENSE "terms" ` + `
file ai/smollm2:latest (vnd.docker.ai.gguf.v3) size 4 missing false head "GGUF"
tag=latest format=gguf architecture=llama parameters=1 B license_layers=2 ` + `
not examined: archive layer`,
		`model reg.example/xyz:1 XYZ
license config.descriptor.licenses="Apache-2.0" "" ""
license config.descriptor.licenses="MIT" "" ""
dataset from https://d
text reg.example/xyz:1 (license 1) "text" sha256:` + digest("text")[:7] + `
file reg.example/xyz:1/model.safetensors size 7 missing false head "weig"
file reg.example/xyz:1/README.md size 4 missing false head "card"
tag=1 family=x paramSize=8b license_layers=1 ` +
			"\n4 missing: manifest sha256:" + digest("nowhere")[:44] + "\n5 malformed: \"sha256:../../x\" is not a sha256 digest\nnot examined: container image",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("layout (-want +got):\n%s", diff)
	}
	if all[0].Commit != digest(dock) {
		t.Errorf("commit %s", all[0].Commit)
	}
	// The same manifest on its own.
	f := artifacttest.Offer(t, tree, "l/blobs/sha256/"+digest(dock))
	alone := artifacttest.Read(t, New(), f)
	if alone.Commit != digest(dock) || len(alone.Texts) != 3 || len(alone.Problems) > 0 {
		t.Errorf("alone: %+v", alone)
	}
}

func TestDockerStore(t *testing.T) {
	w := &writer{map[string]string{"l/layout.json": `{"version":"1.0.0"}`}}
	m := manifest(w.blob(docker+"model.config.v0.2+json", "{}", ""), "", w.blob(docker+"safetensors", "x", ""))
	w.files["l/manifests/sha256/"+digest(m)] = m
	w.files["l/models.json"] = `{"models":[{"id":"sha256:` + digest(m) + `","tags":["docker.io/ai/x:1","ai/x:2"],"files":[]},{"id":"sha256:` + digest("gone") + `","tags":[]}]}`
	tree := fsx.NewMap(w.files)
	entries, _ := tree.ReadDir("l")
	all, err := Reader{}.ReadFolder(tree, "l")
	if err != nil || len(all) != 1 || !(Reader{}).MatchFolder("l", entries) {
		t.Fatal(err, len(all))
	}
	if want := "model docker.io/ai/x:1 \nfile docker.io/ai/x:1 (vnd.docker.ai.safetensors) size 1 missing false head \"x\"\ntag=1 license_layers=0 \n1 missing: manifest sha256:" + digest("gone")[:44]; facts(all[0]) != want {
		t.Errorf("%s", facts(all[0]))
	}
}

func TestWrong(t *testing.T) {
	config := descriptor(docker+"model.config.v0.1+json", digest("none"), 4, "")
	for _, tt := range []struct {
		name, manifest string
		kind           diag.Kind
		line           int
	}{
		{"no layers", `{"schemaVersion":2,"config":{"mediaType":"` + docker + `model.config.v0.1+json"}}`, diag.Malformed, 1},
		{"digest", manifest(config, "", `{"mediaType":"`+docker+`license","digest":"sha256:../../../etc/passwd"}`), diag.Malformed, 4},
		{"content", manifest(config, "", descriptor(docker+"license", digest("y"), 1, "")), diag.Mismatch, 4},
		{"size", manifest(config, "", descriptor(docker+"gguf.v3", digest("y"), 2, "")), diag.Mismatch, 4},
		{"tar", manifest(config, "", descriptor(docker+"dir.tar", digest("y"), 1, "")), diag.Malformed, 4},
		{"configuration", manifest(descriptor(docker+"model.config.v0.1+json", digest("{"), 1, ""), ""), diag.Malformed, 1},
		{"cut", manifest(config, "")[:230], diag.Malformed, 2},
		{"layers", manifest(config, "", strings.Repeat("{},", maxLayers)+"{}"), diag.Malformed, 4},
	} {
		tree := fsx.NewMap(map[string]string{"l/blobs/sha256/m": tt.manifest, "l/blobs/sha256/" + digest("y"): "x", "l/blobs/sha256/" + digest("{"): "{"})
		res := artifacttest.Read(t, New(), artifacttest.Offer(t, tree, "l/blobs/sha256/m"))
		if len(res.Problems) == 0 || len(res.Problems) > 101 || res.Problems[0].Kind != tt.kind || res.Problems[0].Line != tt.line {
			t.Errorf("%s: %+v", tt.name, res.Problems[:min(len(res.Problems), 3)])
		}
	}
}

// An index that names itself, or very many manifests, comes to an end.
func TestEndless(t *testing.T) {
	var b strings.Builder
	for i := range maxManifests + 5 {
		fmt.Fprintf(&b, `{"digest":"sha256:%064x"},`, i)
	}
	tree := fsx.NewMap(map[string]string{"l/index.json": `{"manifests":[` + b.String() + `{}]}`, "l/oci-layout": "", "l/blobs/x": ""})
	all, err := Reader{}.ReadFolder(tree, "l")
	if err != nil || len(all) != 1 || len(all[0].Problems) == 0 || len(all[0].Problems) > 200 {
		t.Fatal(err, len(all))
	}
}

func FuzzManifest(f *testing.F) {
	w := &writer{map[string]string{}}
	f.Add([]byte(manifest(w.blob(docker+"model.config.v0.1+json", "{}", ""), `"org.opencontainers.image.licenses":"MIT"`, w.blob(docker+"gguf.v3", "x", `"org.cncf.model.filepath":"LICENSE"`))))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "l/blobs/sha256/m", data, int64(len(data)))
	})
}

func FuzzArchive(f *testing.F) {
	f.Add([]byte(archive("LICENSE", "x", "a/NOTICE", "y")))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := &writer{map[string]string{}}
		w.files["l/blobs/sha256/m"] = manifest(descriptor(docker+"model.config.v0.1+json", digest("none"), 4, ""), "", w.blob(docker+"dir.tar", string(data), ""))
		artifacttest.Read(t, New(), artifacttest.Offer(t, fsx.NewMap(w.files), "l/blobs/sha256/m"))
	})
}
