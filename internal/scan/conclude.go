package scan

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// conclude gives a component its license, and makes components of the
// third-party code that it carries.
func (b *builder) conclude(p *pending) {
	i, ok := b.at[p.id]
	if !ok {
		return
	}
	for _, problem := range p.result.Problems {
		problem.Path = p.name + "/" + problem.Path
		if b.inv.Components[i].Scope == inventory.Main {
			problem.Path = strings.TrimPrefix(problem.Path, p.name+"/")
		}
		b.inv.Errors = append(b.inv.Errors, problem)
	}
	res := conclude.Tree(p.result, b.o.Scanner)
	b.settle(&b.inv.Components[i], res)
	if b.o.Texts {
		for digest, content := range p.result.Contents {
			b.inv.Texts[digest] = string(content)
		}
	}
	for _, x := range res.Bundled {
		b.bundled(p, x)
	}
}

// settle writes a conclusion into its component; a clarification of the policy
// wins while the text is the one that it was made for.
func (b *builder) settle(c *inventory.Component, res conclude.Result) {
	c.License, c.Evidence, c.Nested, c.Copyrights, c.Texts = res.License, res.Evidence, res.Nested, res.Copyrights, res.Texts
	said, ok := b.o.Policy.Clarify(c.ID, c.Version, c.Texts)
	if !ok {
		return
	}
	c.License.Declared, c.License.Concluded = said.License, said.License
	c.License.Status, c.License.Basis, c.License.Reason = inventory.OK, "clarified", said.Reason
	c.Evidence = append(c.Evidence, inventory.Evidence{
		Source: "policy", Path: b.o.Policy.LayerOf(said.At).Path, Line: said.At.Pos.Line, Method: "label", Expression: said.License, Digest: said.Digest, Role: "code",
	})
}

// linkedBy keeps of a module's links those of the roots that link a package in
// or below a folder of it, or the cgo package that a C source belongs to.
func (p *pending) linkedBy(host *inventory.Component, dir string) []inventory.Link {
	var roots []string
	for _, pkg := range p.in.Packages {
		below := pkg.Dir == dir || strings.HasPrefix(pkg.Dir, dir+"/")
		if pkg.Linked && (below || pkg.Cgo && (pkg.Dir == "." || strings.HasPrefix(dir, pkg.Dir+"/"))) {
			for _, r := range pkg.Roots {
				roots = append(roots, rooted(p.unit, r))
			}
		}
	}
	if len(roots) == 0 {
		return slices.Clone(host.LinkedBy)
	}
	return slices.DeleteFunc(slices.Clone(host.LinkedBy), func(l inventory.Link) bool { return !slices.Contains(roots, l.Root) })
}

// bundled makes a component of a folder with a license of its own.
func (b *builder) bundled(p *pending, x conclude.Bundled) {
	host := b.inv.Components[b.at[p.id]]
	c := inventory.Component{
		ID: p.id + "#" + x.Dir, Kind: inventory.Code, Name: host.Name + "/" + x.Dir, Version: host.Version, Scope: inventory.Bundled,
		LinkedBy: p.linkedBy(&host, x.Dir), Platforms: slices.Clone(host.Platforms), Locations: slices.Clone(host.Locations),
	}
	if host.Scope != inventory.Main && host.Scope != inventory.Linked {
		c.Scope = host.Scope
	}
	for _, path := range host.Paths {
		c.Paths = append(c.Paths, append(slices.Clip(path), c.Name))
	}
	b.settle(&c, x.Result)
	b.put(c)
	h := &b.inv.Components[b.at[p.id]]
	h.Edges = append(h.Edges, inventory.Edge{To: c.ID, Kind: "contain", Join: "link-static"})
}
