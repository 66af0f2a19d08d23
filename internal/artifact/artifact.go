// Package artifact is the contract between the walk over a target and the
// readers of model, dataset and SBOM formats: what a reader is given, and the
// facts that it returns. A reader judges nothing, reads headers and small text
// files only, never the weights, and never runs or unpickles what it reads.
//
// Each format is a package of its own below this one; a reader never imports
// another. A container (an Ollama manifest, an OCI layout, a Hugging Face cache)
// returns the files that it holds, and the walk offers those again.
package artifact

import (
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// HeadSize is how much of a file's beginning every reader sees before it says
// whether the file is its own, in bytes.
const HeadSize = 512

// HubAnswer is the media type of a hub's answer about a repository, however the
// file is called.
const HubAnswer = "application/vnd.huggingface.repository+json"

// File is a regular file of a tree that is offered to the readers.
type File struct {
	Tree fsx.Tree
	Path string // in Tree
	Size int64  // bytes
	Head []byte // up to HeadSize bytes
	// MediaType is what a container knows of the file that its name does not tell: a
	// media type ("application/vnd.ollama.image.model"), a role, a name.
	MediaType string
	Name      string // shown instead of Path where it is not ""
}

// Base is the file's name without its folder, in lower case. A name that a
// container gives comes before that of the path.
func (f *File) Base() string { return strings.ToLower(path.Base(f.Shown())) }

// Shown is how messages call the file.
func (f *File) Shown() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Path
}

// Bytes reads the file whole; past limit bytes it is an *fsx.LimitError.
func (f *File) Bytes(limit int64) ([]byte, error) { return f.Tree.ReadFile(f.Path, limit) }

// Open opens the file for reading at offsets; the caller closes it.
func (f *File) Open() (fsx.File, error) { return f.Tree.Open(f.Path) }

// Section opens the file as a stream of its first n bytes at most.
func (f *File) Section(n int64) (io.Reader, io.Closer, error) {
	r, err := f.Tree.Open(f.Path)
	if err != nil {
		return nil, nil, err
	}
	return io.NewSectionReader(r, 0, min(n, r.Size())), r, nil
}

// Reader reads one format.
type Reader interface {
	// Format is the reader's name in messages and help: "gguf".
	Format() string
	// Match reports by name and head whether the file is one of the format. It
	// reads nothing.
	Match(f *File) bool
	// Read returns the facts of the file. What is wrong with the file is a
	// Problem in the result; an error means that it could not be read at all.
	Read(f *File) (*Result, error)
}

// Result are the facts of one file.
type Result struct {
	Kind   inventory.Kind // model, dataset; "" where the file does not tell
	Role   string         // what the file is in its folder: one of Roles
	Name   string         // the thing's own name: "org/name", a title; "" where the file does not tell
	Commit string         // exact version of the thing, hex; "" where the file does not tell
	// Publisher is the organisation that the file itself names as its author.
	Publisher string

	Licenses []Statement
	Lineage  []Link
	Parts    []Part
	Signals  []Signal
	// Properties are facts that no other field holds: architecture, file_type,
	// gated, terms_url, … names in snake_case.
	Properties []inventory.Property

	// Texts are license or notice texts that the file carries itself (a layer,
	// a front matter, a LICENSE instruction); the walk has them classified.
	Texts []Text
	// Files are what a container holds, to be offered again.
	Files []Member
	// Companions are files beside this one that belong to it: shards, external
	// data.
	Companions []Companion
	// Folders are those that the file names as the components of its model, below
	// its own folder: "unet", "1_Pooling".
	Folders []string
	// Components are the entries of a bill of materials, complete but for what
	// only a conclusion can say.
	Components []inventory.Component

	Problems    []diag.Problem
	NotExamined []diag.NotExamined
}

// The roles of a file in its folder.
const (
	Card     = "card"     // README.md with front matter, a data card, Croissant, Kaggle metadata
	Config   = "config"   // config.json, model_index.json, tokenizer files …
	Adapter  = "adapter"  // adapter_config.json
	Weights  = "weights"  // parameters, in any format
	Manifest = "manifest" // names other files: an index of shards, an Ollama manifest, an OCI index
	Recipe   = "recipe"   // Modelfile, training code
	SBOM     = "sbom"
	Package  = "package" // the manifest of a package, about all that it holds
	API      = "api"     // a saved answer of a hub
	// Declaration is what a publisher declares of how open a model is.
	Declaration = "declaration"
	Pointer     = "pointer" // Git LFS pointer: stands for a file that is not here
)

// Statement is one statement of a license inside a file.
type Statement struct {
	Source string // an evidence source: card, tag, model-file, layer, api, sbom, declaration; package, of what lies around
	Field  string // where in the file: "license", "general.license"
	// Value is as it is written; Name and Link are what stands beside it
	// (license_name, license_link), "" without.
	Value, Name, Link string
	Line              int   // from 1; 0 in binary files
	Offset            int64 // of binary files
	// Guessed says that the format's own readers do not look there: a misspelt
	// key, a front matter that is not at the start.
	Guessed bool
}

// Link is one step of where a thing comes from.
type Link struct {
	// Relation is finetune, adapter, quantized, merge, distill, dataset,
	// source-dataset, teacher, component, or "" where the file does not tell.
	Relation string
	ID       string // as written: "meta-llama/Llama-3.1-8B", a path, a URL
	Field    string
	Line     int
	Guessed  bool // a weak hint, such as a path of somebody's machine
}

// Part is one of the three parts of an AI system, as far as a file tells.
type Part struct {
	Part    string // code, dataset, parameters
	Present string // yes, no
	Why     string // the fact
}

// Signal is a fact that bears on one of the four groups of risks.
type Signal struct {
	Group    string // security, privacy, misuse, provenance
	Signal   string // pickle-import, remote-code, unpinned-revision, gated, …
	Evidence string
}

// Text is a text that a file carries.
type Text struct {
	Source  string // layer, card, model-file, sbom
	Name    string // shown
	Content []byte
	Digest  string // as the container states it: sha256:…
}

// Member is a file that a container holds.
type Member struct {
	File
	// Digest is what the container says of the content, sha256:…; the walk
	// does not verify the digest of weights.
	Digest string
	// Unit groups members that are one thing: "library/llama3.2:1b".
	Unit string
	// Missing says that the container names the file and it is not there.
	Missing bool
}

// Tensors says how many tensors there are.
func Tensors[N int | uint64](n N) string {
	if n == 1 {
		return "1 tensor"
	}
	return fmt.Sprintf("%d tensors", n)
}
