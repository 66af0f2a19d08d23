package sbom

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// bom collects the components of one document.
type bom struct {
	file    *artifact.File
	res     *artifact.Result
	foreign bool // the document is of no known format

	at     map[string]int    // component id to its index
	refs   map[string]string // the document's name of a component to its id
	texts  map[string]bool   // digests of texts that were filed
	named  map[string]string // LicenseRef to the digest of its text
	edges  []edge
	lines  []link
	full   bool // past maxComponents; said once
	linked bool // past maxEdges; said once
}

// edge and link are between names of the document, which may come later in it.
type edge struct{ from, to string }

type link struct {
	from, relation, to string
}

func newBOM(f *artifact.File, res *artifact.Result) *bom {
	return &bom{file: f, res: res, at: map[string]int{}, refs: map[string]string{}, texts: map[string]bool{}, named: map[string]string{}}
}

// entry is a component as a document describes it.
type entry struct {
	ref, purl, name, version string
	line                     int
	kind                     inventory.Kind
	licenses                 []license
	texts                    []string // digests
	copyright                string
	properties               []inventory.Property
}

// license is one statement. What the maker of the document concluded is not
// what the author declared.
type license struct {
	value     string
	line      int
	concluded bool
}

func (e *entry) property(name, value string) {
	if value = strings.TrimSpace(value); value != "" {
		e.properties = append(e.properties, inventory.Property{Name: name, Value: value})
	}
}

// get is the first value of a property.
func (e *entry) get(name string) string {
	for _, p := range e.properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// id is the component's purl: its own, or one made of its name.
func (e *entry) id() string {
	if strings.HasPrefix(e.purl, "pkg:") {
		return e.purl
	}
	id := names.Generic(e.name, e.version)
	switch e.kind {
	case inventory.Dataset:
		id += "?type=dataset"
	case inventory.Service:
		id += "?type=service"
	}
	return id
}

// add files a component. One that comes again, or under another name, adds what
// it says to the first.
func (b *bom) add(e entry) {
	if e.name == "" && e.purl == "" {
		return
	}
	if e.kind == "" {
		e.kind = kindOfPurl(e.purl)
	}
	scope := inventory.Found
	if e.get("scope") == excluded {
		scope = inventory.Test
	}
	id := e.id()
	i, again := b.at[id]
	if !again {
		if len(b.res.Components) >= maxComponents {
			if !b.full {
				b.full = true
				b.res.Problems = append(b.res.Problems, b.file.Over(e.line, "components", maxComponents, maxComponents+1))
			}
			return
		}
		i = len(b.res.Components)
		b.at[id] = i
		b.res.Components = append(b.res.Components, inventory.Component{
			ID: id, Kind: e.kind, Name: e.name, Version: e.version, Scope: scope, Locations: []diag.Loc{{Path: b.file.Shown(), Line: e.line}},
		})
	}
	if e.ref != "" {
		b.refs[e.ref] = id
	}
	c := &b.res.Components[i]
	if scope == inventory.Found {
		c.Scope = scope
	}
	b.merge(c, e)
}

// excluded is the scope in CycloneDX of what is used for tests and the like, and
// is no part of what runs.
const excluded = "excluded"

func (b *bom) merge(c *inventory.Component, e entry) {
	for _, l := range e.licenses {
		ev := inventory.Evidence{Source: "sbom", Path: b.file.Shown(), Line: l.line, Method: "label", Expression: l.value}
		if l.value != "" && !slices.ContainsFunc(c.Evidence, func(o inventory.Evidence) bool { return o.Expression == ev.Expression }) {
			c.Evidence = append(c.Evidence, ev)
		}
	}
	if declared := declared(e.licenses); c.License.Declared == "" {
		c.License.Declared = declared
	}
	for _, t := range e.texts {
		if !slices.Contains(c.Texts, t) {
			c.Texts = append(c.Texts, t)
		}
	}
	if e.copyright != "" && e.copyright != "NOASSERTION" && e.copyright != "NONE" && !slices.Contains(c.Copyrights, e.copyright) {
		c.Copyrights = append(c.Copyrights, e.copyright)
	}
	for _, p := range e.properties {
		if len(c.Properties) < maxList && !slices.Contains(c.Properties, p) {
			c.Properties = append(c.Properties, p)
		}
	}
}

// declared puts what the author declared into one expression: several licenses
// all hold. "" where a name among them cannot stand in an expression.
func declared(all []license) string {
	var parts []string
	for _, l := range all {
		if l.concluded || l.value == "" {
			continue
		}
		parts = append(parts, l.value)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	for i, p := range parts {
		switch words := strings.Fields(p); {
		case len(words) == 1:
		case slices.Contains(words, "OR"):
			parts[i] = "(" + p + ")"
		case !slices.Contains(words, "AND") && !slices.Contains(words, "WITH"):
			return ""
		}
	}
	return strings.Join(parts, " AND ")
}

// kindOfPurl knows the package types of models.
func kindOfPurl(purl string) inventory.Kind {
	switch {
	case strings.HasPrefix(purl, "pkg:huggingface/") && strings.Contains(purl, "type=dataset"):
		return inventory.Dataset
	case strings.HasPrefix(purl, "pkg:huggingface/"), strings.HasPrefix(purl, "pkg:mlflow/"):
		return inventory.Model
	}
	return inventory.Code
}

// text files a license text that the document carries, and returns its digest.
func (b *bom) text(name, content string) string {
	if strings.TrimSpace(content) == "" {
		return ""
	}
	if len(content) > artifact.MaxText {
		over := b.file.Over(0, "bytes of a license text", artifact.MaxText, int64(len(content)))
		b.res.Note(b.file, &over)
		return ""
	}
	sum := sha256.Sum256([]byte(content))
	digest := "sha256:" + hex.EncodeToString(sum[:])
	if !b.texts[digest] {
		if len(b.texts) >= maxTexts {
			over := b.file.Over(0, "license texts", maxTexts, maxTexts+1)
			b.res.Note(b.file, &over)
			return ""
		}
		b.texts[digest] = true
		b.res.Texts = append(b.res.Texts, artifact.Text{Source: "sbom", Name: name, Content: []byte(content), Digest: digest})
	}
	return digest
}

// edge notes that one component needs another.
func (b *bom) edge(from, to string) {
	if len(b.edges)+len(b.lines) < maxEdges {
		b.edges = append(b.edges, edge{from, to})
	} else {
		b.tooMany()
	}
}

// lineage notes what a component was made from.
func (b *bom) lineage(from, relation, to string) {
	if to == "" {
		return
	}
	if len(b.edges)+len(b.lines) < maxEdges {
		b.lines = append(b.lines, link{from, relation, to})
	} else {
		b.tooMany()
	}
}

func (b *bom) tooMany() {
	if !b.linked {
		b.linked = true
		b.res.Problems = append(b.res.Problems, b.file.Over(0, "relations", maxEdges, maxEdges+1))
	}
}

// finish resolves the relations, and gives components the texts of the
// LicenseRefs that they name.
func (b *bom) finish() {
	for _, e := range b.edges {
		from, to := b.refs[e.from], b.refs[e.to]
		if from == "" || to == "" || from == to {
			continue
		}
		c := &b.res.Components[b.at[from]]
		c.Edges = append(c.Edges, inventory.Edge{To: to, Kind: "require"})
	}
	for _, l := range b.lines {
		from := b.refs[l.from]
		if from == "" {
			continue
		}
		to := l.to
		id, found := b.refs[l.to]
		if found {
			to = id
		}
		c := &b.res.Components[b.at[from]]
		if x := (inventory.Lineage{Relation: l.relation, ID: to, Found: found}); !slices.Contains(c.Lineage[max(0, len(c.Lineage)-maxList):], x) {
			c.Lineage = append(c.Lineage, x)
		}
	}
	if len(b.named) == 0 {
		return
	}
	for i := range b.res.Components {
		c := &b.res.Components[i]
		for _, e := range c.Evidence {
			for _, word := range strings.FieldsFunc(e.Expression, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
				if digest := b.named[word]; digest != "" && !slices.Contains(c.Texts, digest) {
					c.Texts = append(c.Texts, digest)
				}
			}
		}
	}
}
