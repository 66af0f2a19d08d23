package all

import (
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
)

const (
	pickle  = "\x80\x02cos\nsystem\nX\x04\x00\x00\x00echo\x85R."
	pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 1\n"
	safe    = "\x36\x00\x00\x00\x00\x00\x00\x00" + `{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}` + "\x00\x00\x00\x00"
	ggufV3  = "GGUF\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	onnx8   = "\x08\x08\x12\x07pytorch\x3a\x00"
	zip     = "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00archive/data.pkl"
)

// TestFirst: which reader a file goes to, by content before name.
func TestFirst(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"model.safetensors", safe, "safetensors"}, {"model.safetensors", pointer, "lfs"}, {"model.safetensors", pickle, "pytorch"},
		{"model.safetensors", zip, "pytorch"}, {"model.safetensors", "junk", "safetensors"}, {"weights.bin", safe, "safetensors"},
		{"weights.bin", pickle, "pytorch"}, {"weights.bin", ggufV3, "gguf"}, {"weights.bin", onnx8, "onnx"}, {"weights.bin", "\x7fELF", ""},
		{"model.pt", ggufV3, "gguf"}, {"model.pt", safe, "safetensors"}, {"model.pt", "\x00\x01", "pytorch"}, {"model.pt", pointer, "lfs"},
		{"model.gguf", pickle, "pytorch"}, {"model.gguf", "junk", "gguf"}, {"model.onnx", pickle, "pytorch"}, {"model.onnx", "", "onnx"},
		{"README.md", pickle, "pytorch"}, {"README.md", pointer, "lfs"}, {"saved_model.pb", "\x08\x01\x12\x00", "tensorflow"},
		{"m.mlmodel", "\x08\x04\x12\x00", "coreml"}, {"m.keras", "PK\x03\x04", "tensorflow"}, {"m.h5", "\x89HDF\r\n\x1a\n", "tensorflow"},
		{"model.json", `{"modelTopology": {}}`, "tensorflow"}, {"A.mlpackage/Manifest.json", "{}", "coreml"}, {"m.tflite", "", "tensorflow"},
		{"config.pkl", `amends "x.pkl"`, ""}, {"photo.jpg", "\xff\xd8\xff\xe0", ""}, {"data.zip", "PK\x03\x04", ""},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		f, got := tree.File(c.name), ""
		for _, r := range Readers() {
			if r.Match(f) {
				got = r.Format()
				break
			}
		}
		if got != c.want {
			t.Errorf("%s %.20q goes to %q, want %q", c.name, c.content, got, c.want)
		}
	}
}
