package ollama

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// writer makes a store.
type writer struct{ files map[string]string }

func newWriter() *writer { return &writer{map[string]string{}} }

// blob stores a content and returns its descriptor.
func (w *writer) blob(kind, content string) string {
	w.files["s/blobs/sha256-"+digest(content)] = content
	return descriptor(kind, digest(content), len(content), "")
}

func descriptor(kind, hex string, size int, more string) string {
	if !strings.Contains(kind, "/") {
		kind = imagePrefix + kind
	}
	return fmt.Sprintf(`{"mediaType":%q,"digest":"sha256:%s","size":%d%s}`, kind, hex, size, more)
}

func manifest(config string, layers ...string) string {
	return fmt.Sprintf("{\"schemaVersion\":2,\"mediaType\":%q,\n\"config\":%s,\n\"layers\":[\n%s]}", manifestType, config, strings.Join(layers, ",\n"))
}

const configType = "application/vnd.docker.container.image.v1+json"

// facts writes a result, one fact a line.
func facts(res *artifact.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", res.Kind, res.Name)
	for _, x := range res.Texts {
		fmt.Fprintf(&b, "text %s %.20q %.14s\n", x.Name, x.Content, x.Digest)
	}
	for _, m := range res.Files {
		fmt.Fprintf(&b, "file %s size %d missing %v %s head %.8q\n", m.Shown(), m.Size, m.Missing, m.Unit, m.Head)
	}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "from %s guessed %v\n", l.ID, l.Guessed)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s ", p.Name, p.Value)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "\n%d %s: %.90s", p.Line, p.Kind, p.Message)
	}
	for _, n := range res.NotExamined {
		fmt.Fprintf(&b, "\n%s: %s, %s", n.Path, n.What, n.Why)
	}
	return b.String()
}

func TestStore(t *testing.T) {
	w := newWriter()
	config := w.blob(configType, `{"model_format":"gguf","model_family":"llama","model_type":"1.2B","file_type":"Q8_0"}`)
	license := w.blob("license", "MIT License\n")
	m := manifest(config, w.blob("model", "GGUF weights"), w.blob("template", "t"), license, license,
		descriptor("license", digest("absent"), 6, ""), descriptor("adapter", digest("lora"), 4, ""),
		descriptor("model", digest("other"), 5, `,"from":"/home/me/.ollama/models/blobs/sha256-x"`), w.blob("json", "{}")[:0]+descriptor("json", digest("{}"), 2, `,"name":"config.json"`))
	w.files["s/manifests/registry.ollama.ai/library/llama3.2/1b"] = m
	w.files["s/manifests/hf.co/org/name/Q4_K_M"] = manifest(descriptor(configType, digest("gone"), 4, ""))
	w.files["s/manifests/registry.ollama.ai/library/.hidden/x/y"] = "deeper than a tag"
	w.files["s/manifests/registry.ollama.ai/library/cloud/latest"] = manifest(w.blob(configType, `{"remote_host":"https://ollama.com:443","remote_model":"big:cloud"}`))
	w.files["s/blobs/sha256-"+digest("left over")+"-partial"] = strings.Repeat("x", artifact.MaxManifest+1)
	tree := fsx.NewMap(w.files)
	entries, _ := tree.ReadDir("s")
	r := New().(artifact.FolderReader)
	if !r.MatchFolder("s", entries) {
		t.Fatal("the store is not matched")
	}
	all, err := r.ReadFolder(tree, "s")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, res := range all {
		got = append(got, facts(res))
	}
	want := []string{
		"model hf.co/org/name:Q4_K_M\nregistry=hf.co tag=Q4_K_M license_layers=0 ",
		"service library/cloud:latest\nregistry=registry.ollama.ai tag=latest remote_host=https://ollama.com:443 remote_model=big:cloud license_layers=0 ",
		`model library/llama3.2:1b
text library/llama3.2:1b (license 1) "MIT License\n" sha256:` + digest("MIT License\n")[:7] + `
text library/llama3.2:1b (license 2) "" sha256:` + digest("absent")[:7] + `
file library/llama3.2:1b (model) size 12 missing false library/llama3.2:1b head "GGUF wei"
file library/llama3.2:1b (adapter) size 4 missing true library/llama3.2:1b head ""
file library/llama3.2:1b (model) size 5 missing true library/llama3.2:1b head ""
file library/llama3.2:1b/config.json size 2 missing false library/llama3.2:1b head "{}"
from /home/me/.ollama/models/blobs/sha256-x guessed true
registry=registry.ollama.ai tag=1b model_format=gguf model_family=llama model_type=1.2B file_type=Q8_0 license_layers=2 
s/blobs: 1 blobs, no manifest names them`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("store (-want +got):\n%s", diff)
	}
	if all[2].Commit != digest(m) {
		t.Errorf("commit %s, want the manifest's digest", all[2].Commit)
	}
	if base := all[2].Files[3].Base(); base != "config.json" {
		t.Errorf("base of a named layer: %s", base)
	}
}

func TestList(t *testing.T) {
	w := newWriter()
	child := manifest(w.blob(configType, `{"model_format":"safetensors"}`), w.blob("license", "text"), w.blob("model", "GGUF"))
	w.files["s/blobs/sha256-"+digest(child)] = child
	list := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"manifests":[{"mediaType":%q,"digest":"sha256:%s","runner":"mlx"},%s,{"digest":"sha256:%s"}]}`,
		listType, manifestType, digest(child), manifest(w.blob(configType, "{}"), w.blob("license", "text")), digest("gone"))
	w.files["s/blobs/sha256-"+digest(list)] = list
	w.files["s/manifests-v2/registry.ollama.ai/library/m/latest"] = "-> ../../../../blobs/sha256-" + digest(list)
	w.files["s/manifests/registry.ollama.ai/library/m/latest"] = "old"
	all, err := Reader{}.ReadFolder(fsx.NewMap(w.files), "s")
	if err != nil || len(all) != 1 {
		t.Fatal(err, len(all))
	}
	want := "model library/m:latest\ntext library/m:latest (license 1) \"text\" sha256:" + digest("text")[:7] + "\n" +
		"file library/m:latest (model) size 4 missing false library/m:latest head \"GGUF\"\n" +
		"registry=registry.ollama.ai tag=latest model_format=safetensors license_layers=1 \n" +
		"0 missing: manifest sha256:" + digest("gone") + " is named "
	if diff := cmp.Diff(want, facts(all[0])); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

// Whatever is wrong with a manifest is said, and no path is made of a digest
// that is none.
func TestWrong(t *testing.T) {
	const name = "s/manifests/registry.ollama.ai/library/m/1"
	config := descriptor(configType, digest("none"), 4, "")
	big := strings.Repeat("x", artifact.MaxText+1)
	for _, tt := range []struct {
		name, manifest string
		kind           diag.Kind
		line           int
		says           string
	}{
		{"traversal", manifest(config, strings.Replace(descriptor("license", digest(""), 1, ""), digest(""), "../../../../etc/passwd", 1)), diag.Malformed, 4, "is not a sha256 digest"},
		{"traversal of the configuration", manifest(strings.Replace(config, digest("none"), "../x", 1)), diag.Malformed, 2, "is not a sha256 digest"},
		{"no digest", manifest(config, `{"mediaType":"`+imagePrefix+`license"}`), diag.Malformed, 4, "is not a sha256 digest"},
		{"other content", manifest(config, descriptor("license", digest("y"), 1, "")), diag.Mismatch, 4, "another digest"},
		{"other size", manifest(config, descriptor("model", digest("z"), 9, "")), diag.Mismatch, 4, "1 bytes long, 9 are stated"},
		{"long text", manifest(config, descriptor("license", digest(big), len(big), "")), diag.Limit, 4, "over the limit"},
		{"no layers", `{"schemaVersion":2,"x":"` + imagePrefix + `","layers":{}}`, diag.Malformed, 1, "without a list of layers"},
		{"no object", `{"mediaType":"` + listType + `","manifests":[[]]}`, diag.Malformed, 1, "without a list of layers"},
		{"cut", manifest(config)[:140], diag.Malformed, 2, "not JSON"},
		{"layers", manifest(config, strings.Repeat("{},", MaxLayers)+"{}"), diag.Limit, 0, "over the limit"},
		{"configuration", manifest(descriptor(configType, digest("not JSON"), 8, "")), diag.Malformed, 1, "not JSON"},
	} {
		tree := fsx.NewMap(map[string]string{
			name: tt.manifest, "s/blobs/sha256-" + digest("y"): "x", "s/blobs/sha256-" + digest("z"): "z", "s/blobs/sha256-" + digest(big): big, "s/blobs/sha256-" + digest("not JSON"): "not JSON",
			"etc/passwd": "root", "s/blobs/../x": "x",
		})
		res := artifacttest.Read(t, New(), artifacttest.Offer(t, tree, name))
		if len(res.Problems) == 0 {
			t.Errorf("%s: no problem", tt.name)
			continue
		}
		p := res.Problems[len(res.Problems)-1]
		if p.Kind != tt.kind || !strings.Contains(p.Message, tt.says) || tt.line != 0 && p.Line != tt.line {
			t.Errorf("%s: %+v", tt.name, p)
		}
		for _, x := range res.Texts {
			if strings.Contains(string(x.Content), "root") || tt.name == "other content" && (x.Digest != "" || string(x.Content) != "x") {
				t.Errorf("%s: text %+v", tt.name, x)
			}
		}
	}
}

func TestMatch(t *testing.T) {
	files := map[string]string{
		"manifests/h/n/m/t": `{"mediaType":"` + manifestType + `"}`, "manifests/h/n/t": `{"mediaType":"` + manifestType + `"}`,
		"x.json": `{"layers":[{"mediaType":"` + imagePrefix + `model"}]}`, "y.json": `{"schemaVersion":2}`, "z": `x ` + imagePrefix,
	}
	tree := fsx.NewMap(files)
	for name := range files {
		if got, want := New().Match(artifacttest.Offer(t, tree, name)), name == "manifests/h/n/m/t" || name == "x.json"; got != want {
			t.Errorf("Match(%s) = %v", name, got)
		}
	}
	for _, names := range []string{"blobs", "manifests", "blobs manifests models.json", "blobs manifests oci-layout"} {
		var entries []fsx.Entry
		for _, n := range strings.Fields(names) {
			entries = append(entries, fsx.Entry{Name: n})
		}
		if (Reader{}).MatchFolder("x", entries) {
			t.Errorf("a folder with %s is matched", names)
		}
	}
}

// Every manifest of the samples reads, with the license layers that index.tsv
// names and no others.
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
		if !strings.Contains(row[0], "/manifests/") {
			continue
		}
		seen++
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, row[0]))
		var got []string
		for _, x := range res.Texts {
			got = append(got, x.Digest[:len("sha256:")+12])
		}
		var want []string
		for part := range strings.SplitSeq(row[4], "; ") {
			if d, _, ok := strings.Cut(part, "="); ok {
				want = append(want, d)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(res.Problems) > 0 || res.Kind != inventory.Model || !strings.HasPrefix(res.Name, "library/") {
			t.Errorf("%s: %s %+v", row[0], diff, res.Problems)
		}
	}
	if seen != 19 {
		t.Errorf("%d manifests", seen)
	}
}

func FuzzManifest(f *testing.F) {
	w := newWriter()
	f.Add([]byte(manifest(w.blob(configType, "{}"), w.blob("license", "x"), w.blob("model", "x"))))
	f.Add([]byte(`{"mediaType":"` + listType + `","manifests":[{"digest":"sha256:../x"},{"layers":[{"digest":7,"size":-1}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "s/manifests/h/n/m/t", data, int64(len(data)))
	})
}
