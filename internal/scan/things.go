package scan

import (
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// things makes components of what the walk found and of what programs embed.
func (b *builder) things(found []discover.Thing) {
	marked, more := b.embeddedModels(found)
	b.inv.Components = slices.Grow(b.inv.Components, len(found))
	for i := range found {
		if !b.recipe(&found[i]) {
			b.thing(&found[i], marked[i])
		}
	}
	for i := range more {
		b.thing(&more[i].Thing, more[i].by)
	}
}

// thing makes a component of a model or dataset, and components of the entries
// of a bill of materials. by is what carries it in a program, nil without.
func (b *builder) thing(t *discover.Thing, by *carrier) {
	kind := inventory.Kind("")
	c := inventory.Component{Scope: inventory.Found}
	x := conclude.Thing{}
	for i := range t.Reads {
		r := &t.Reads[i]
		for _, e := range r.Components {
			b.entry(t, r, e)
		}
		if r.Kind == inventory.Model || kind == "" {
			kind = r.Kind
		}
		if t.Component(r.File.Path) != "" {
			b.componentFile(r, &c)
			continue
		}
		b.told(t, r, &c, &x)
	}
	if len(t.Reads) == 1 && t.Reads[0].Role == artifact.SBOM {
		b.target(t.Target, artifact.SBOM)
		return
	}
	if kind == "" {
		kind = inventory.Model
	}
	var guessed bool
	if c.Lineage, guessed = lineage(t); guessed {
		for _, l := range c.Lineage {
			c.Properties = append(c.Properties, inventory.Property{Name: lineageGuessed, Value: l.ID})
		}
	}
	c.Kind, x.Kind = kind, kind
	switch {
	case t.Own:
		x.Texts = append(x.Texts, b.textsBeside(t)...)
	case by != nil:
		x.Texts = append(x.Texts, b.textsOf(t, len(x.Texts)+len(x.Statements) > 0)...)
	}
	c.ID, c.Name, c.Version = b.identity(t, kind)
	if slices.ContainsFunc(t.Reads, func(r discover.Read) bool { return r.Format == "ollama" || r.Format == "hfcache" }) {
		c.Properties = append(c.Properties, inventory.Property{Name: "store", Value: "yes"})
	}
	c.Locations = []diag.Loc{stated(t, x)}
	if by == nil || by.name == "" {
		b.target(t.Target, string(kind))
	}
	if by != nil {
		b.carry(&c, by)
	}
	res := conclude.Model(x, b.o.Base, b.o.Scanner)
	upstream(&c, &res.License)
	around(t, &c, &res.License)
	b.settle(&c, res)
	b.lines(&c, t)
	components := b.components(t, &c)
	id := b.putFound(c, b.shown(t))
	for _, x := range components {
		b.putFound(x, path.Join(b.shown(t), x.Name))
	}
	b.places = append(b.places, placed{path.Join(t.Target, t.Dir), path.Join(t.Target, place(t)), id})
	if by != nil {
		b.carried(by, id)
	}
}

// told takes over what one file says of a thing.
func (b *builder) told(t *discover.Thing, r *discover.Read, c *inventory.Component, x *conclude.Thing) {
	for _, s := range r.Licenses {
		if s.Link != "" {
			c.Properties = append(c.Properties, inventory.Property{Name: "license_link", Value: s.Link})
		}
		x.Statements = append(x.Statements, conclude.Statement{Path: r.File.Shown(), Statement: s})
	}
	for _, text := range r.Texts {
		x.Texts = append(x.Texts, b.textOf(r, text))
	}
	b.facts(c, r)
	if known, ok := b.known(t, r, c); ok {
		x.Texts = append(x.Texts, known)
	}
}

// putFound adds a thing. One that has the id of another and another license is
// not the same: it gets its place as a part of the id, which is returned.
func (b *builder) putFound(c inventory.Component, place string) string {
	if i, ok := b.at[c.ID]; ok {
		have := &b.inv.Components[i]
		if have.Scope == inventory.Found && (have.License.Concluded != c.License.Concluded || have.License.Status != c.License.Status) {
			c.ID += "#" + escaped(place)
		}
	}
	b.put(c)
	return c.ID
}

// textOf is a text that a file or a container carries.
func (b *builder) textOf(r *discover.Read, text artifact.Text) conclude.TextOf {
	out := conclude.TextOf{Path: r.File.Shown(), Source: text.Source, Role: "code", Digest: text.Digest}
	if text.Name != "" {
		out.Path = text.Name
	}
	if len(text.Content) > 0 {
		out.Text = b.o.Scanner.Text(text.Content)
		if b.o.Texts {
			b.inv.Texts[out.Text.Digest] = string(text.Content)
		}
	} else {
		out.Known = b.o.Scanner.KnownDigest(text.Digest)
	}
	return out
}

// textsBeside are the license files of the thing's folder.
func (b *builder) textsBeside(t *discover.Thing) []conclude.TextOf {
	return b.textsIn(t, t.Dir)
}

// textsIn are the license files of a folder of a thing.
func (b *builder) textsIn(t *discover.Thing, dir string) []conclude.TextOf {
	res := b.o.Scanner.Tree(detect.TreeInput{Tree: t.Tree, Root: dir, GoModule: true, NoReadme: true}) // the card speaks for itself
	var out []conclude.TextOf
	for _, f := range res.Files {
		out = append(out, conclude.TextOf{Path: path.Join(dir, f.Path), Source: f.Source, Role: f.Role, Text: f.Text})
	}
	if b.o.Texts {
		for digest, content := range res.Contents {
			b.inv.Texts[digest] = string(content)
		}
	}
	for _, p := range res.Problems {
		p.Path = path.Join(t.Target, dir, p.Path)
		b.inv.Errors = append(b.inv.Errors, p)
	}
	return out
}

// textsOf are the license files that are about loose weights which a program
// embeds: all that stand beside them, but in a folder of Go code, where they are
// about the code, only those that are called after parameters, unless nothing
// else is stated.
func (b *builder) textsOf(t *discover.Thing, stated bool) []conclude.TextOf {
	beside := b.textsBeside(t)
	entries, err := t.Tree.ReadDir(t.Dir)
	code := err != nil || slices.ContainsFunc(entries, func(e fsx.Entry) bool { return strings.HasSuffix(e.Name, ".go") || e.Name == "go.mod" })
	own := func(x conclude.TextOf) bool { return x.Role == "parameters" }
	if code && (stated || slices.ContainsFunc(beside, own)) {
		return slices.DeleteFunc(beside, func(x conclude.TextOf) bool { return !own(x) })
	}
	return beside
}

// facts copies what a file tells beside licenses.
func (b *builder) facts(c *inventory.Component, r *discover.Read) {
	for _, p := range r.Properties {
		if !slices.Contains(c.Properties, p) {
			c.Properties = append(c.Properties, p)
		}
	}
	for _, s := range r.Signals {
		c.Properties = append(c.Properties, inventory.Property{Name: "signal:" + s.Group + "/" + s.Signal, Value: s.Evidence})
	}
	for _, p := range r.Parts {
		c.Properties = append(c.Properties, inventory.Property{Name: "part:" + p.Part, Value: p.Present + ": " + p.Why})
	}
	if r.Publisher != "" {
		c.Properties = append(c.Properties, inventory.Property{Name: "publisher", Value: r.Publisher})
	}
}

// entry is one component of a bill of materials.
func (b *builder) entry(t *discover.Thing, r *discover.Read, c inventory.Component) {
	x := conclude.Thing{Kind: c.Kind}
	for _, e := range c.Evidence {
		x.Statements = append(x.Statements, conclude.Statement{Path: r.File.Shown(), Statement: artifact.Statement{Source: "sbom", Value: e.Expression, Line: e.Line}})
	}
	if len(x.Statements) == 0 && c.License.Declared != "" {
		x.Statements = append(x.Statements, conclude.Statement{Path: r.File.Shown(), Statement: artifact.Statement{Source: "sbom", Value: c.License.Declared}})
	}
	if c.Scope == "" {
		c.Scope = inventory.Found
	}
	if c.ID == "" {
		c.ID = "pkg:generic/" + escaped(c.Name)
	}
	c.Evidence = nil
	at := diag.Loc{Target: t.Target, Path: r.File.Path}
	if len(c.Locations) > 0 {
		at.Line = c.Locations[0].Line
	}
	c.Locations = []diag.Loc{at}
	b.settle(&c, conclude.Model(x, b.o.Base, b.o.Scanner))
	b.putFound(c, path.Join(t.Target, r.File.Path))
}

// identity is the id, name and version of a thing: what a hub knows it by, else
// its place in the target.
func (b *builder) identity(t *discover.Thing, kind inventory.Kind) (id, name, version string) {
	for i := range t.Reads {
		r := &t.Reads[i]
		if r.Name == "" {
			continue
		}
		switch r.Format {
		case "hfcache", "hubapi":
			id, name, version = "pkg:huggingface/"+escaped(r.Name), r.Name, r.Commit
		case "ollama", "ociartifact":
			return ociID(r), r.Name, ""
		}
	}
	if id == "" {
		name = b.shown(t)
		id = "pkg:generic/" + escaped(name)
	}
	if version != "" {
		id += "@" + escaped(version)
	}
	if kind == inventory.Dataset {
		id += "?type=dataset"
	}
	return id, name, version
}

// shown is the place of a thing as seen from the working directory, without
// what is above it: a report says nothing of the machine.
func (b *builder) shown(t *discover.Thing) string {
	target, within := filepath.FromSlash(t.Target), filepath.FromSlash(place(t))
	if t.Named {
		within = "."
	}
	abs := target
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(b.o.Cwd, abs)
	}
	rel := below(b.o.Cwd, filepath.Join(abs, within))
	switch {
	case rel == ".":
		return filepath.Base(abs)
	case rel != "":
		return rel
	case filepath.IsAbs(target):
		return filepath.ToSlash(filepath.Join(filepath.Base(target), within))
	}
	rel = filepath.ToSlash(filepath.Join(target, within))
	for strings.HasPrefix(rel, "../") {
		rel = rel[len("../"):]
	}
	if rel == ".." {
		return filepath.Base(abs)
	}
	return rel
}

// escaped writes a name as a part of a package URL, which keeps slashes and
// colons.
func escaped(name string) string { return unquoted.Replace(url.QueryEscape(name)) }

var unquoted = strings.NewReplacer("%2F", "/", "%3A", ":", "+", "%20")

// ociID is a model of a registry: pkg:oci/NAME@sha256:DIGEST?repository_url=…&tag=….
func ociID(r *discover.Read) string {
	name, tag := r.Name, ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	id := "pkg:oci/" + escaped(path.Base(name))
	if r.Commit != "" {
		id += "@sha256:" + strings.TrimPrefix(r.Commit, "sha256:")
	}
	for _, p := range r.Properties {
		if p.Name == "registry" && !strings.HasPrefix(name, p.Value+"/") {
			name = p.Value + "/" + name
		}
	}
	id += "?repository_url=" + escaped(name)
	if tag != "" {
		id += "&tag=" + escaped(tag)
	}
	return id
}

// place is the file or folder of a thing below its target.
func place(t *discover.Thing) string {
	if t.Single != "" {
		return t.Single
	}
	return t.Dir
}

// stated is where a thing's license is stated, else where it is.
func stated(t *discover.Thing, x conclude.Thing) diag.Loc {
	for i, s := range x.Statements {
		if s.Source == "declaration" && i+1 < len(x.Statements) {
			continue // what speaks for the model itself comes first
		}
		return diag.Loc{Target: t.Target, Path: s.Path, Line: s.Line, Offset: s.Offset}
	}
	for _, text := range x.Texts {
		return diag.Loc{Target: t.Target, Path: text.Path, Line: 1}
	}
	return diag.Loc{Target: t.Target, Path: place(t)}
}

// target notes what a target turned out to be.
func (b *builder) target(path, kind string) {
	x := inventory.Target{Path: path, Kind: kind}
	if !slices.Contains(b.inv.Targets, x) {
		b.inv.Targets = append(b.inv.Targets, x)
	}
}
