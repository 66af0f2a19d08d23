// Package names tells apart what model files name other things by: ids of a
// hub, paths of somebody's machine, digests and commits.
package names

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// folders are first steps of a relative path that training scripts write to
// and that no publisher is called.
var folders = []string{
	"adapters", "checkpoint", "checkpoints", "ckpt", "ckpts", "content", "data", "downloads", "exp", "experiments",
	"home", "kaggle", "llm", "llms", "lora", "mnt", "model", "models", "output", "outputs", "out", "pretrained",
	"results", "root", "runs", "save", "saved", "saved_models", "saves", "tmp", "train", "weights", "workspace",
}

// Local reports whether a name is a path on somebody's machine and not the id
// of a hub ("org/name"), a reference of a registry ("hf.co/org/name:tag") or a
// URL. Where a relative path looks like an id ("models/base"), its first step
// decides.
func Local(name string) bool {
	if name == "" || strings.Contains(name, "://") && !strings.HasPrefix(name, "file:") {
		return false
	}
	if strings.ContainsAny(name[:1], "/.~\\") || strings.ContainsAny(name, "\\") || strings.HasPrefix(name, "file:") || strings.HasSuffix(name, "/") {
		return true
	}
	if len(name) > 1 && name[1] == ':' { // C:/models
		return true
	}
	first, rest, found := strings.Cut(name, "/")
	if !found {
		return false
	}
	if strings.Contains(rest, "/") && !strings.ContainsAny(first, ".:") {
		return true
	}
	return slices.Contains(folders, strings.ToLower(first)) || strings.HasPrefix(rest, "checkpoint-")
}

var (
	digest = lazyre.New(`^sha256[:-][0-9a-fA-F]{64}$`)
	commit = lazyre.New(`^[0-9a-f]{40}$`)
)

// Digest takes a sha256 digest, written sha256:… or sha256-…, apart. Whatever
// it lets through is safe as the name of a file: 64 hexadecimal digits.
func Digest(s string) (hex string, ok bool) {
	if !digest.MatchString(s) {
		return "", false
	}
	return s[len("sha256:"):], true
}

// Commit reports whether s is the full id of a git commit.
func Commit(s string) bool { return commit.MatchString(s) }

var (
	licenseName = lazyre.New(`(?i)licen[cs]e|^copying|^notice|^unlicense|use[-_]policy`)
	// others are the endings of files that are about licenses, or about plates.
	others = lazyre.New(`(?i)\.(c|cc|cpp|csv|go|h|ipynb|jpe?g|js|json|jsonl|parquet|png|py|rs|sh|svg|ts|tsv|xml|ya?ml|gguf|bin|onnx|pt|safetensors)$`)
)

// LicenseFile reports whether a path looks like that of a license, notice or
// use policy: enough to say that a repository has one, not what it is.
func LicenseFile(name string) bool {
	base := path.Base(name)
	return licenseName.MatchString(base) && !others.MatchString(base)
}

// Generic is the purl of a thing that no package manager knows.
func Generic(name, version string) string {
	id := "pkg:generic/" + escape(name)
	if version != "" {
		id += "@" + escape(version)
	}
	return id
}

// escape writes a part of a purl: letters, digits and what purl keeps as it is;
// a slash stays, it parts namespace and name.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_~/:", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return strings.Trim(b.String(), "/")
}
