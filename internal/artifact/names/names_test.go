package names

import (
	"strings"
	"testing"
)

func TestLocal(t *testing.T) {
	for _, name := range []string{
		"/data/process/wizard/HF/", "/mnt/autodl-tmp/glm-4-9b-chat", "./model.gguf", "../base", "~/models/x", `C:\models\x`, "C:/models/x", `\\host\x`,
		"models/llama", "output/checkpoint-500", "run1/checkpoint-500", "a/b/c", "org/name/", "file:///x", "Checkpoints/x", ".",
	} {
		if !Local(name) {
			t.Errorf("%q is taken for an id", name)
		}
	}
	for _, name := range []string{
		"", "gpt2", "meta-llama/Llama-3.2-1B", "hf.co/org/name:Q4_K_M", "https://huggingface.co/org/name", "llama3.2:1b", "registry.local:5000/a/b/c", "s3://bucket/a/b/c",
	} {
		if Local(name) {
			t.Errorf("%q is taken for a path", name)
		}
	}
}

func TestDigest(t *testing.T) {
	hex := strings.Repeat("0aF", 21) + "9"
	for _, s := range []string{"sha256:" + hex, "sha256-" + hex} {
		if got, ok := Digest(s); !ok || got != hex {
			t.Errorf("Digest(%q) = %q, %v", s, got, ok)
		}
	}
	for _, s := range []string{
		"", "sha256:", "sha256:" + hex[1:], "sha256:" + hex + "0", "sha256:../../../../etc/passwd", "sha512:" + hex, hex, "sha256:" + hex[:63] + "/", "sha256:" + hex + "\n", "SHA256:" + hex,
	} {
		if got, ok := Digest(s); ok {
			t.Errorf("Digest(%q) = %q", s, got)
		}
	}
}

func TestCommit(t *testing.T) {
	if !Commit(strings.Repeat("0a", 20)) || Commit("main") || Commit(strings.Repeat("0A", 20)) || Commit(strings.Repeat("0", 41)) {
		t.Error("commits")
	}
}

func TestLicenseFile(t *testing.T) {
	for name, want := range map[string]bool{
		"LICENSE": true, "a/LICENCE.txt": true, "LICENSE-MODEL": true, "MODEL_LICENSE": true, "USE_POLICY.md": true, "NOTICE": true, "COPYING.LESSER": true, "Notice": true,
		"Tongyi Qianwen LICENSE AGREEMENT": true, "LICENSE.llama3": true, "README.md": false, "license_plate.py": false, "license.json": false, "detect_license.py": false, "config.json": false, "": false,
	} {
		if got := LicenseFile(name); got != want {
			t.Errorf("LicenseFile(%q) = %v", name, got)
		}
	}
}

func TestGeneric(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"a b", "1.0"}: "pkg:generic/a%20b@1.0", {"org/x", ""}: "pkg:generic/org/x", {"é?#@", "1+2"}: "pkg:generic/%C3%A9%3F%23%40@1%2B2", {"/x/", ""}: "pkg:generic/x",
	} {
		if got := Generic(in[0], in[1]); got != want {
			t.Errorf("Generic(%q) = %s, want %s", in, got, want)
		}
	}
}
