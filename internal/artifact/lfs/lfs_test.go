package lfs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

const (
	version = "version https://git-lfs.github.com/spec/v1\n"
	digest  = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393"
	oid     = "oid sha256:" + digest + "\n"
)

func TestRead(t *testing.T) {
	for what, c := range map[string]struct {
		content, want string
		problems      int
		line          int
	}{
		"pointer":     {version + oid + "size 12345\n", digest + " 12345", 0, 0},
		"windows":     {strings.ReplaceAll(version+oid+"size 12345\n", "\n", "\r\n"), digest + " 12345", 0, 0},
		"no last end": {version + oid + "size 0", digest + " 0", 0, 0},
		"extension":   {version + "ext-0-foo sha256:" + digest + "\n" + oid + "size 1\n", digest + " 1", 0, 0},
		"hawser":      {"version https://hawser.github.com/spec/v1\n" + oid + "size 1\n", digest + " 1", 0, 0},
		"git-media":   {"version http://git-media.io/v/2\n" + oid + "size 1\n", digest + " 1", 0, 0},

		"no oid":         {version + "size 1\n", " 1", 1, 0},
		"no size":        {version + oid, digest + " ", 1, 0},
		"bad oid":        {version + "oid sha256:12\nsize 1\n", " 1", 1, 2},
		"upper case":     {version + "oid sha256:" + strings.ToUpper(digest) + "\nsize 1\n", " 1", 1, 2},
		"md5":            {version + "oid md5:" + digest + "\nsize 1\n", " 1", 1, 2},
		"negative size":  {version + oid + "size -1\n", digest + " ", 1, 3},
		"size of 2^64":   {version + oid + "size 18446744073709551616\n", digest + " ", 1, 3},
		"no value":       {version + oid + "size 1\nfoo\n", digest + " 1", 1, 4},
		"oid twice":      {version + oid + oid + "size 1\n", digest + " 1", 1, 3},
		"nothing but it": {version, " ", 2, 0},
		"1024 bytes":     {version + strings.Repeat("x", 1024-len(version)), " ", 1, 0},
	} {
		res := artifacttest.Content(t, New(), "m.safetensors", []byte(c.content))
		props := map[string]string{}
		for _, p := range res.Properties {
			props[p.Name] = p.Value
		}
		if got := props["sha256"] + " " + props["size"]; got != c.want || res.Role != artifact.Pointer || res.Kind != inventory.Model {
			t.Errorf("%s: %q, want %q: %+v", what, got, c.want, res)
		}
		if len(res.Problems) != c.problems || c.problems > 0 && res.Problems[0].Line != c.line {
			t.Errorf("%s: %+v", what, res.Problems)
		}
	}
}

func TestKind(t *testing.T) {
	tree := artifacttest.NewTree(nil)
	for name, want := range map[string]inventory.Kind{"a/data.parquet": inventory.Dataset, "logo.png": "", "M.GGUF": inventory.Model, "LICENSE": ""} {
		tree.Sparse(name, []byte(version+oid+"size 1\n"), int64(len(version+oid)+7))
		if got := artifacttest.Read(t, New(), tree.File(name)).Kind; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestSample(t *testing.T) {
	f := artifacttest.Sample(t, "IrfanUruchi__Llama-3.2-1B-ComputerEngineeringLLM/model.safetensors")
	res := artifacttest.Read(t, New(), f)
	if got := fmt.Sprint(res.Properties, res.Problems); !strings.Contains(got, "eddeb682b2d203d568223c19413710ecc4d4b0dfd1341738a5c92d2de6048298") || !strings.Contains(got, "1500097784") {
		t.Error(got)
	}
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "m.gguf", []byte(version+oid+"size 1\n"))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(version + oid + "size 12345\n"))
	f.Add([]byte(version + "ext-0-foo sha256:" + digest + "\n" + oid))
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.gguf", b, 2*MaxSize)
	})
}
