package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// componentRelation is the step of a lineage from a model to a component of it:
// the text encoder of a pipeline, with a license of its own.
const componentRelation = "component"

// componentFile takes over what a file of a component tells of the whole: what
// loading it does, and that parameters are there. What it says of itself, its
// architecture and its license, is the component's.
func (b *builder) componentFile(r *discover.Read, c *inventory.Component) {
	whole := *r.Result
	whole.Properties = slices.DeleteFunc(slices.Clone(whole.Properties), func(p inventory.Property) bool { return !strings.HasSuffix(p.Name, "format") })
	b.facts(c, &discover.Read{File: r.File, Format: r.Format, Result: &whole})
}

// components makes components of those parts of a model that state a license of
// their own: one that is the same is noted as a nested statement, one that
// differs is a component that the model was made from, so that its terms are
// compared with those of the whole.
func (b *builder) components(t *discover.Thing, c *inventory.Component) []inventory.Component {
	var out []inventory.Component
	for _, dir := range t.Components {
		name := strings.TrimPrefix(dir, t.Dir+"/")
		part := inventory.Component{
			ID: c.ID + "#" + escaped(name), Kind: inventory.Model, Name: path.Join(c.Name, name), Version: c.Version, Scope: c.Scope,
			LinkedBy: slices.Clone(c.LinkedBy), Platforms: slices.Clone(c.Platforms),
		}
		x := conclude.Thing{Kind: inventory.Model, Texts: b.textsIn(t, dir)}
		for i := range t.Reads {
			r := &t.Reads[i]
			if t.Component(r.File.Path) != dir {
				continue
			}
			for _, s := range r.Licenses {
				x.Statements = append(x.Statements, conclude.Statement{Path: r.File.Shown(), Statement: s})
			}
			for _, text := range r.Texts {
				x.Texts = append(x.Texts, b.textOf(r, text))
			}
			if known, ok := b.known(t, r, &part); ok {
				x.Texts = append(x.Texts, known)
			}
		}
		if len(x.Texts)+len(x.Statements) == 0 {
			continue
		}
		res := conclude.Model(x, b.o.Base, b.o.Scanner)
		if res.License.Status == inventory.None {
			continue // a file that says nothing of a license
		}
		for _, e := range res.Evidence {
			c.Nested = append(c.Nested, inventory.Nested{Path: e.Path, Expression: e.Expression, Digest: e.Digest})
		}
		if res.License.Status == inventory.OK && res.License.Concluded == c.License.Concluded && c.License.Status == inventory.OK {
			continue
		}
		part.Locations = []diag.Loc{stated(t, x)}
		for _, p := range c.Properties {
			if p.Name == "store" {
				part.Properties = append(part.Properties, p)
			}
		}
		b.settle(&part, res)
		c.Lineage = append(c.Lineage, inventory.Lineage{Relation: componentRelation, ID: part.ID})
		out = append(out, part)
	}
	return out
}
