// Package inventory holds what was found, without judgement: components, the
// edges between them, and the evidence for their licenses. Its types are also
// the factual half of the report, so their JSON names are those of
// rukhsa/report/v1: nothing here is renamed without a new schema version.
package inventory

import (
	"cmp"
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// Kind is what a component is.
type Kind string

// The kinds of components.
const (
	Code    Kind = "code"
	Dataset Kind = "dataset"
	Model   Kind = "model"
	Service Kind = "service"
	Asset   Kind = "asset"
)

// Scope says how a component takes part in the target.
type Scope string

// The scopes. Of several that hold, the first in this order is a Go module's.
const (
	Main       Scope = "main"       // the target itself
	Linked     Scope = "linked"     // in a program (or the packages of a library)
	Test       Scope = "test"       // only in tests of the main modules
	Tool       Scope = "tool"       // only behind a tool directive
	Required   Scope = "required"   // in the build list, no package of it used
	Bundled    Scope = "bundled"    // third-party code inside another module, compiled in
	Embedded   Scope = "embedded"   // put into a program by go:embed
	Found      Scope = "found"      // a file of the tree that no program contains
	Referenced Scope = "referenced" // only named
)

// Scopes lists all scopes in their order.
func Scopes() []Scope {
	return []Scope{Main, Linked, Test, Tool, Required, Bundled, Embedded, Found, Referenced}
}

// Component is one thing with a license of its own.
type Component struct {
	ID         string     `json:"id"` // purl: identity and sort key
	Kind       Kind       `json:"kind"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Scope      Scope      `json:"scope"`
	Direct     bool       `json:"direct"`
	ReplacedBy string     `json:"replaced_by"`
	Modified   bool       `json:"modified"` // it stands in for a published version, changed (replace => folder)
	LinkedBy   []Link     `json:"linked_by"`
	Platforms  []string   `json:"platforms"`
	Locations  []diag.Loc `json:"locations"`
	Edges      []Edge     `json:"edges"`
	License    License    `json:"license"`
	Evidence   []Evidence `json:"evidence"`
	Nested     []Nested   `json:"nested"`
	Copyrights []string   `json:"copyrights"`
	Texts      []string   `json:"texts"` // digests of its license and notice texts
	Properties []Property `json:"properties"`
	Lineage    []Lineage  `json:"lineage"`
	Paths      [][]string `json:"paths"`
}

// Link says which program contains the component, and where it does.
type Link struct {
	Root      string   `json:"root"` // folder of the main package below its target, "." for the target itself
	Platforms []string `json:"platforms"`
	CgoOnly   bool     `json:"cgo_only"`
}

// Edge leads from a component to one that it uses or was made from.
type Edge struct {
	To       string `json:"to"`
	Kind     string `json:"kind"`     // import, require, base-model, dataset, embed, contain, process
	Join     string `json:"join"`     // link-static, link-dynamic, embed-asset, modify, quantize-convert, ""
	Relation string `json:"relation"` // finetune, adapter, … for models
}

// Status says how sure a license is.
type Status string

// The statuses of a license.
const (
	OK       Status = "ok"
	None     Status = "none"     // nothing found
	Unknown  Status = "unknown"  // a text that nobody recognises
	Disagree Status = "disagree" // sources differ; all are shown
	Assumed  Status = "assumed"
)

// License is what was concluded of a component's own license.
type License struct {
	Declared  string `json:"declared"`
	Detected  string `json:"detected"`
	Concluded string `json:"concluded"` // never empty: NONE and NOASSERTION say that there is none
	Status    Status `json:"status"`
	Basis     string `json:"basis"`  // text, declared, clarified, chosen, assumed
	Choice    string `json:"choice"` // the branch of an OR that was taken
	Reason    string `json:"reason"` // why it is not ok, or what was assumed; one sentence
}

// Evidence is one statement about a license, and where it stands.
type Evidence struct {
	Source     string  `json:"source"` // license-file, notice-file, readme, header, spdx-tag, card, tag, model-file, layer, api, sbom, declaration, buildinfo, registry, policy
	Path       string  `json:"path"`
	Line       int     `json:"line"`
	Method     string  `json:"method"` // text, pattern, tag, label, alias, digest, assumed
	Expression string  `json:"expression"`
	Coverage   float64 `json:"coverage"` // fraction of the text's words that licenses explain, four digits
	Digest     string  `json:"digest"`   // sha256:… of the text
	Role       string  `json:"role"`     // code, docs, patents, notice, third-party, font, data, parameters, …: what the statement is about
}

// Nested is a license statement below a component's root folder.
type Nested struct {
	Path       string `json:"path"`
	Expression string `json:"expression"`
	Linked     bool   `json:"linked"` // a linked package lives in or below its folder
	Digest     string `json:"digest"`
}

// Unread is the property of a component whose files could not be had; the
// report's errors say why, and what its license is stays open.
const Unread = "unread"

// The properties of weights that are known by their content: what they are, and
// under which license; and the license of the package that a thing lies in.
const (
	SameAs         = "same_as"
	SameTerms      = "same_terms"
	PackageLicense = "package_license"
)

// The properties of a declaration on how open a model is: the file, a component
// with its license behind a colon, and the license of a kind of components.
const (
	OpennessFile      = "openness_file"
	OpennessComponent = "openness_component"
	OpennessLicense   = "openness_license"
)

// Property is a named fact that no other field holds.
type Property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Lineage is one step of where a model or dataset comes from.
type Lineage struct {
	Relation string `json:"relation"`
	ID       string `json:"id"`
	Found    bool   `json:"found"` // it is a component of this report
}

// Text is the content of a license or notice file.
type Text struct {
	Digest  string `json:"digest"`
	Content string `json:"content"`
}

// Program is a main package of a target.
type Program struct {
	Root      string `json:"root"` // folder below the target
	Package   string `json:"package"`
	Component string `json:"component"` // the main module's id
}

// GoInfo says how the Go sources were read.
type GoInfo struct {
	Release   string   `json:"release"`
	Tags      []string `json:"tags"`
	Cgo       string   `json:"cgo"`
	Loader    string   `json:"loader"`
	Platforms []string `json:"platforms"`
}

// Target is one thing that the scan was asked to look at.
type Target struct {
	Path string `json:"path"`
	Kind string `json:"kind"` // go-module, go-workspace, go-binary, …
	// Root is the folder that the paths of the target's places start from, as
	// seen from the working directory; "" where it is not below the repository.
	Root string `json:"root"`
}

// Inventory is everything that was found.
type Inventory struct {
	// Dir is the working directory as seen from the root of its repository, "."
	// where they are the same or there is no repository.
	Dir         string
	Targets     []Target
	Go          GoInfo
	Programs    []Program
	Components  []Component
	Errors      []diag.Problem
	NotExamined []diag.NotExamined
	Texts       map[string]string // digest → content
}

// Property returns the value of a component's property, "" when it has none.
func (c *Component) Property(name string) string {
	for _, p := range c.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// HasEvidence reports whether a statement of that role was found.
func (c *Component) HasEvidence(role string) bool {
	return slices.ContainsFunc(c.Evidence, func(e Evidence) bool { return e.Role == role })
}

// Compare orders components by id.
func (c *Component) Compare(d *Component) int { return cmp.Compare(c.ID, d.ID) }

// Compare orders evidence by path, line, source, method, role, expression and digest.
func (e Evidence) Compare(f Evidence) int {
	return cmp.Or(
		cmp.Compare(e.Path, f.Path), cmp.Compare(e.Line, f.Line), cmp.Compare(e.Source, f.Source), cmp.Compare(e.Method, f.Method),
		cmp.Compare(e.Role, f.Role), cmp.Compare(e.Expression, f.Expression), cmp.Compare(e.Digest, f.Digest), cmp.Compare(e.Coverage, f.Coverage),
	)
}
