package models

import (
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/names"
)

// name is a name of a model, taken apart.
type name struct {
	space   string   // namespace, lower case; "" without
	words   []string // of the name itself
	tag     []string // words after a colon
	dataset bool     // it says itself that it is a dataset
	tuned   bool     // a fine-tuned endpoint: what it was made from, and more
	local   bool     // a path on somebody's machine: only its last step is looked at
}

// hosts are beginnings of addresses and references that say where a model lies
// and nothing of what it is.
var hosts = []string{
	"pkg:huggingface/", "pkg:oci/", "pkg:generic/", "hf://", "ollama://", "https://", "http://", "huggingface.co/", "www.huggingface.co/", "hf.co/",
	"hf-mirror.com/", "ollama.com/", "registry.ollama.ai/", "modelscope.cn/models/", "www.modelscope.cn/models/", "kaggle.com/", "@cf/",
}

// parse takes a name apart: an id of a hub, a purl, an address, a reference of a
// registry, a name in an SDK, a path.
func parse(s string) name {
	s = strings.TrimSpace(s)
	n := name{}
	for cut := true; cut; {
		cut = false
		for _, h := range hosts {
			if len(s) > len(h) && strings.EqualFold(s[:len(h)], h) {
				s, cut = s[len(h):], true
			}
		}
	}
	s, n.tuned = strings.CutPrefix(s, "ft:")
	s, query, _ := strings.Cut(s, "?")
	n.dataset = strings.Contains(query, "type=dataset")
	s, _, _ = strings.Cut(s, "#")
	if rest, ok := strings.CutPrefix(s, "datasets/"); ok {
		s, n.dataset = rest, true
	}
	for _, page := range []string{"/tree/", "/blob/", "/resolve/", "/raw/"} {
		s, _, _ = strings.Cut(s, page)
	}
	s = strings.TrimRight(s, "/")
	if at := strings.LastIndexByte(s, '@'); at > 0 {
		s = s[:at]
	}
	if rest, ok := strings.CutPrefix(s, "models/"); ok && !strings.Contains(rest, "/") {
		s = rest // how one service writes its endpoints
		n.local = !strings.HasPrefix(rest, "gemini")
	} else {
		n.local = names.Local(s)
	}
	base := path.Base(strings.ReplaceAll(s, "\\", "/"))
	if dir, _, ok := strings.Cut(s, "/"); ok && !n.local {
		n.space = strings.ToLower(dir)
		if i := strings.LastIndexByte(s, '/'); i > len(dir) { // host/org/name: the step before the name
			n.space = strings.ToLower(path.Base(s[:i]))
		}
	}
	base, tag, _ := strings.Cut(base, ":")
	for _, ext := range []string{".gguf", ".safetensors", ".onnx", ".bin", ".pt", ".pth"} {
		base = strings.TrimSuffix(base, ext)
	}
	n.words, n.tag = split(base), split(tag)
	return n
}

// split cuts a name into words: letters and numbers that stand for themselves.
// "Llama3.1-8B-Instruct" and "llama_3.1:8b" begin alike: llama, 3.1, 8b.
func split(s string) []string {
	var out []string
	for _, chunk := range strings.FieldsFunc(strings.ToLower(s), separates) {
		for _, dotted := range dots(chunk) {
			out = append(out, numbers(dotted)...)
		}
	}
	return merge(out)
}

func separates(r rune) bool { return r < 0x20 || strings.ContainsRune("-_ :/+()[],", r) }

// dots cuts at dots that do not stand between digits.
func dots(s string) []string {
	var out []string
	start := 0
	for i := range len(s) {
		if s[i] != '.' || i > 0 && i+1 < len(s) && digit(s[i-1]) && digit(s[i+1]) {
			continue
		}
		if i > start {
			out = append(out, s[start:i])
		}
		start = i + 1
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

func digit(b byte) bool { return '0' <= b && b <= '9' }

// joined marks a word that is a part of what was written in one piece; it does
// not become the second half of a version.
const joined = "\x00"

// numbers cuts letters from digits where at least two letters meet them:
// "llama3.1" is two words, "o1", "7b" and "v3" are one.
func numbers(s string) []string {
	var out []string
	start, letters := 0, 0
	for i := range len(s) {
		switch {
		case digit(s[i]):
			if letters >= 2 {
				out = append(out, s[start:i])
				start = i
			}
			letters = 0
		case s[i] == '.':
			letters = 0
		default:
			letters++
			// Two letters after a digit begin a word: 4bit, 2.5vl.
			if letters == 2 && i-1 > start && digit(s[i-2]) {
				out = append(out, s[start:i-1])
				start = i - 1
			}
		}
	}
	out = append(out, s[start:])
	if len(out) > 1 {
		for i := range out {
			out[i] = joined + out[i]
		}
	}
	return out
}

// merge makes one word of a version that was written as two ("3-5"), and takes
// the v from versions.
func merge(in []string) []string {
	var out []string
	for i, w := range in {
		plain := version(strings.TrimPrefix(w, joined))
		if n := len(out); n > 0 && len(w) == 1 && digit(w[0]) && whole(out[n-1]) && i > 0 && !strings.HasPrefix(w, joined) {
			out[n-1] += "." + w
			continue
		}
		out = append(out, plain)
	}
	return out
}

// whole reports whether a word is a version of one number below 100.
func whole(w string) bool { return len(w) <= 2 && w != "" && strings.Trim(w, "0123456789") == "" }

// version takes the v from a version: v0.3, v3, and v3p1 for 3.1.
func version(w string) string {
	rest, ok := strings.CutPrefix(w, "v")
	if !ok || rest == "" || !digit(rest[0]) {
		return w
	}
	if major, minor, ok := strings.Cut(rest, "p"); ok && minor != "" && strings.Trim(major+minor, "0123456789") == "" {
		return major + "." + minor
	}
	if strings.Trim(rest, "0123456789.") == "" {
		return rest
	}
	return w
}
