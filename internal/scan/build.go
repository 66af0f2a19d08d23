package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
)

// builder collects the inventory of all units; a component met twice is one.
type builder struct {
	o       *Options
	inv     *inventory.Inventory
	at      map[string]int // component id → index
	pending []pending
	places  []placed
	// What many things ask for, each answer kept.
	licenses map[string]string        // of models, by name
	ordering map[string][]models.Line // that expressions order
	finder   *discover.Finder

	embedded []embedding
	named    []named  // places that name models
	sdk      []string // folders of units that use an SDK of models
}

// pending is a component whose license is still to be read.
type pending struct {
	id, name string
	unit     string // folder of the unit below its target
	in       detect.TreeInput
	result   detect.TreeResult
}

// module turns a build list into components.
func (b *builder) module(u discover.Unit, res *gomod.Result) {
	b.inv.Errors = append(b.inv.Errors, b.located(u, res.Problems)...)
	b.inv.NotExamined = append(b.inv.NotExamined, res.NotExamined...)
	for _, p := range res.Programs {
		b.inv.Programs = append(b.inv.Programs, inventory.Program{
			Root: path.Join(u.Dir, p.Dir), Package: p.ImportPath, Component: componentID(p.Module),
		})
	}
	for _, m := range res.Mains {
		b.add(u, m)
	}
	for _, m := range res.Modules {
		if m.Scope == gomod.ScopeLinked || slices.Contains(b.o.Scopes, inventory.Scope(m.Scope)) {
			b.add(u, m)
		}
	}
}

// located puts the unit's folder before the paths of its own files.
func (b *builder) located(u discover.Unit, ps []diag.Problem) []diag.Problem {
	if u.Dir == "." {
		return ps
	}
	for i := range ps {
		if !strings.Contains(ps[i].Path, "@") && ps[i].Path != "" {
			ps[i].Path = path.Join(u.Dir, ps[i].Path)
		}
	}
	return ps
}

func (b *builder) add(u discover.Unit, m *gomod.Module) {
	c := inventory.Component{
		ID: componentID(m), Kind: inventory.Code, Name: m.Path, Version: m.Version,
		Scope: inventory.Scope(m.Scope), Direct: m.Direct, Platforms: names(m.Platforms),
	}
	if r := m.Replace; r != nil {
		c.ReplacedBy = r.Path
		if r.Version != "" {
			c.ReplacedBy += "@" + r.Version
		} else {
			c.Modified, c.Version = true, ""
		}
	}
	for _, l := range m.Links {
		c.LinkedBy = append(c.LinkedBy, inventory.Link{Root: rooted(u.Dir, l.Root), Platforms: names(l.Platforms), CgoOnly: l.CgoOnly})
	}
	for _, w := range m.Why {
		c.Paths = append(c.Paths, w.Path)
	}
	switch {
	case m.Main: // itself, however others require it
		c.Locations = append(c.Locations, diag.Loc{Target: u.Target, Path: path.Join(u.Dir, m.Dir, "go.mod"), Line: 1, Column: 1})
	case m.Require.Path != "" || m.Require.Line != 0:
		loc := m.Require
		loc.Target, loc.Path = u.Target, path.Join(u.Dir, loc.Path)
		c.Locations = append(c.Locations, loc)
	}
	if m.Sum != "" {
		c.Properties = append(c.Properties, inventory.Property{Name: "go.sum", Value: m.Sum})
	}
	if m.Tree == nil && !m.Std {
		unread(&c)
	}
	if !b.put(c) {
		return
	}
	if m.Tree != nil {
		b.pending = append(b.pending, pending{id: c.ID, name: strings.TrimSuffix(m.Path+"@"+m.Version, "@"), unit: u.Dir, in: TreeInput(m)})
		b.unexamined(u, m)
	}
}

// rooted is a link's root below the target; "DIR/..." stays a pattern.
func rooted(dir, root string) string {
	if dir == "." || dir == "" {
		return root
	}
	if rest, ok := strings.CutPrefix(root, "./"); ok {
		return dir + "/" + rest
	}
	return path.Join(dir, root)
}

// TreeInput is what of a module is searched for licenses.
func TreeInput(m *gomod.Module) detect.TreeInput {
	in := detect.TreeInput{Tree: m.Tree, Root: m.Root, GoModule: true}
	if in.Root == "" {
		in.Root = "."
	}
	for _, p := range m.Packages {
		linked := p.Scope == gomod.ScopeMain || p.Scope == gomod.ScopeLinked || p.Scope == m.Scope
		in.Packages = append(in.Packages, detect.Package{Dir: p.Dir, Linked: linked, Cgo: p.Cgo, GoFiles: p.GoFiles, OtherFiles: p.OtherFiles, Roots: p.Roots})
	}
	return in
}

// unexamined lists what is built in and has a license that nobody reads here.
func (b *builder) unexamined(u discover.Unit, m *gomod.Module) {
	where := func(dir, name string) string {
		at := path.Join(u.Dir, m.Dir, dir, name)
		if !m.Main {
			at = m.Path + "@" + m.Version + "/" + path.Join(dir, name)
		}
		return at
	}
	for _, p := range m.Packages {
		if p.Scope != gomod.ScopeMain && p.Scope != gomod.ScopeLinked {
			continue
		}
		for _, lib := range p.LDFlags {
			b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: lib, What: "C library", Why: "named by #cgo in " + where(p.Dir, "")})
		}
		for _, f := range p.Syso {
			b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: where(p.Dir, f), What: "object file", Why: "linked in without its source"})
		}
		b.embeds(u, m, p, func(name string) string { return where(p.Dir, name) })
	}
}

// put adds a component, or what is new of one that is there already; it
// reports whether the component is new.
func (b *builder) put(c inventory.Component) bool {
	i, ok := b.at[c.ID]
	if !ok {
		b.at[c.ID] = len(b.inv.Components)
		b.inv.Components = append(b.inv.Components, c)
		return true
	}
	have := &b.inv.Components[i]
	order := inventory.Scopes()
	if slices.Index(order, c.Scope) < slices.Index(order, have.Scope) {
		have.Scope = c.Scope
	}
	have.Direct = have.Direct || c.Direct
	have.Locations = append(have.Locations, c.Locations...)
	have.LinkedBy = append(have.LinkedBy, c.LinkedBy...)
	for _, p := range c.Platforms {
		if !slices.Contains(have.Platforms, p) {
			have.Platforms = append(have.Platforms, p)
		}
	}
	slices.Sort(have.Platforms)
	if len(have.Paths) == 0 {
		have.Paths = c.Paths
	}
	return false
}

// componentID is the module's package URL. A main module and a folder that
// replaces a module have no version; std has that of the release.
func componentID(m *gomod.Module) string {
	version := m.Version
	if m.Replace != nil && m.Replace.Version == "" {
		version = ""
	}
	return purl(m.Path, version)
}

// purl writes pkg:golang/PATH@VERSION in the module's own case; the characters
// that a module path may hold need no escape there, "+" of a version does.
func purl(path, version string) string {
	id := "pkg:golang/" + path
	if version != "" {
		id += "@" + strings.ReplaceAll(version, "+", "%2B")
	}
	return id
}

func names(ps []gomod.Platform) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.String()
	}
	slices.Sort(out)
	return out
}

// unread marks a component whose files are not at hand.
func unread(c *inventory.Component) {
	c.License = inventory.License{Concluded: "NOASSERTION", Status: inventory.Unknown, Reason: "its files are not at hand"}
	c.Properties = append(c.Properties, inventory.Property{Name: inventory.Unread, Value: "yes"})
}
