package scan

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gobinary"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// binary turns a Go program into components: its main module, the modules that
// are linked into it, and the standard library of the Go that built it.
func (b *builder) binary(u discover.Unit) {
	f, err := u.Tree.Open(u.File)
	if err != nil {
		b.inv.Errors = append(b.inv.Errors, diag.Problem{Path: u.Target, Kind: diag.Unreadable, Message: err.Error()})
		return
	}
	defer f.Close()
	bin, err := gobinary.Read(f, u.File)
	if err != nil {
		if p, wrong := gobinary.Problem(u.Target, err); wrong {
			b.inv.Errors = append(b.inv.Errors, p)
		} else {
			b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: u.Target, What: "executable", Why: err.Error()})
		}
		return
	}
	link := inventory.Link{Root: u.Target, Platforms: bin.Platforms, CgoOnly: false}
	main := b.fromBinary(u, bin.Main, inventory.Main, link)
	b.inv.Programs = append(b.inv.Programs, inventory.Program{Root: u.Target, Package: bin.Package, Component: main})
	for _, m := range bin.Deps {
		b.fromBinary(u, m, inventory.Linked, link)
	}
	if bin.Std != "" {
		b.put(inventory.Component{
			ID: purl("std", bin.Std), Kind: inventory.Code, Name: "std", Version: bin.Std, Scope: inventory.Linked, Direct: true,
			LinkedBy: []inventory.Link{link}, Platforms: slices.Clone(bin.Platforms),
		})
	}
	b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{
		Path: u.Target, What: "nested license", Why: "an executable does not say which packages of a module it links: only each module's own license counts",
	})
}

func (b *builder) fromBinary(u discover.Unit, m gobinary.Module, scope inventory.Scope, link inventory.Link) string {
	name := m.Path
	if name == "" {
		name = path.Base(filepath.ToSlash(u.Target))
	}
	version := m.Version
	if version == "(devel)" {
		version = ""
	}
	c := inventory.Component{
		ID: purl(name, version), Kind: inventory.Code, Name: name, Version: version, Scope: scope,
		LinkedBy: []inventory.Link{link}, Platforms: slices.Clone(link.Platforms),
		Locations: []diag.Loc{{Target: u.Target, Path: u.File}},
	}
	if scope == inventory.Main {
		c.ID, c.Version = purl(name, ""), ""
		c.Properties = append(c.Properties, inventory.Property{Name: "version", Value: m.Version})
	}
	if r := m.Replace; r != nil {
		c.ReplacedBy = r.Path
		if r.Version != "" {
			c.ReplacedBy += "@" + r.Version
		} else {
			c.Modified = true
		}
	}
	if m.Sum != "" {
		c.Properties = append(c.Properties, inventory.Property{Name: "go.sum", Value: m.Sum})
	}
	tree := b.cached(m)
	if tree == nil {
		unread(&c)
	}
	if !b.put(c) {
		return c.ID
	}
	if tree == nil {
		if scope != inventory.Main {
			b.notCached(m, c)
		}
		return c.ID
	}
	b.pending = append(b.pending, pending{id: c.ID, name: name + "@" + version, in: detect.TreeInput{
		Tree: tree, Root: ".", GoModule: true, Packages: []detect.Package{{Dir: ".", Linked: true}},
	}})
	return c.ID
}

// cached opens a module's folder in the module cache, nil where there is none.
func (b *builder) cached(m gobinary.Module) fsx.Tree {
	dir, ok := m.CacheDir()
	cache := b.o.Env["GOMODCACHE"]
	if !ok || cache == "" {
		return nil
	}
	t, err := fsx.OpenDir(filepath.Join(cache, filepath.FromSlash(dir)))
	if err != nil {
		return nil
	}
	return t
}

func (b *builder) notCached(m gobinary.Module, c inventory.Component) {
	at := m
	if m.Replace != nil {
		at = *m.Replace
	}
	p := diag.Problem{
		Path: c.Name + "@" + c.Version, Kind: diag.Missing, Group: diag.NotCached,
		Message: "its license texts are not at hand: it is not in the module cache", Help: "go mod download " + at.Path + "@" + at.Version,
	}
	if at.Version == "" {
		p.Group, p.Message, p.Help = "", "replaced by the folder "+at.Path+" when it was built: its license is not known", "scan the source tree"
	}
	b.inv.Errors = append(b.inv.Errors, p)
}
