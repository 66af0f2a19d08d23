package scan

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// embedding are the files that one pattern of a package's //go:embed lines puts
// into programs and that may be models.
type embedding struct {
	unit   discover.Unit
	module *gomod.Module
	pkg    gomod.Package
	shown  string // the pattern, for the list of what was not looked at
	others bool   // it matches other files too
	files  []string
}

// carrier is what a model that is embedded has from the module that embeds it.
type carrier struct {
	host      string // id of the module's component
	name      string // of the model where it lies in a dependency
	links     []inventory.Link
	platforms []string
	way       []string // import paths to the package that embeds it
}

// embeds takes the files that a package embeds; those that cannot be models are
// listed as not looked at.
func (b *builder) embeds(u discover.Unit, m *gomod.Module, p gomod.Package, shown func(name string) string) {
	if len(p.Embeds) == 0 {
		return
	}
	want := func(string) bool { return false }
	if b.finder != nil {
		want = b.finder.MayEmbed
	}
	dir := path.Join(cleanRoot(m), p.Dir)
	matched, err := gomod.EmbeddedFiles(m.Tree, dir, p.Embeds, want)
	if err != nil {
		problem := diag.Problem{Path: shown(""), Kind: diag.Unreadable, Message: "embedded files: " + cause(err), Help: "make the folder readable"}
		if errors.Is(err, gomod.ErrEmbedsTooMany) {
			problem.Kind, problem.Message, problem.Help = diag.Limit, err.Error(), "embed fewer files, or look at them by hand"
		}
		b.inv.Errors = append(b.inv.Errors, problem)
	}
	for _, e := range matched {
		b.embedded = append(b.embedded, embedding{u, m, p, shown(e.Pattern), e.Others || len(e.Files) == 0, e.Files})
	}
}

func cleanRoot(m *gomod.Module) string {
	if m.Root == "" {
		return "."
	}
	return m.Root
}

// cause is an error without the machine's path.
func cause(err error) string {
	if over := new(fsx.LimitError); errors.As(err, &over) {
		return over.Error()
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// embeddedModels finds which of the embedded files are models. One that the walk
// over the target has met is the same thing; it is marked, the others are read
// and returned.
func (b *builder) embeddedModels(found []discover.Thing) (marked map[int]*carrier, more []carriedThing) {
	at := map[string]int{} // file → index in found
	for i := range found {
		for j := range found[i].Reads {
			if r := &found[i].Reads[j]; r.IsWeights() {
				at[onDisk(r.File.Tree, r.File.Path)] = i
			}
		}
	}
	marked = map[int]*carrier{}
	for i := range b.embedded {
		e := &b.embedded[i]
		var left []string
		models := 0
		for _, f := range e.files {
			if j, ok := at[onDisk(e.module.Tree, f)]; ok {
				models++
				marked[j] = b.joined(marked[j], e)
			} else {
				left = append(left, f)
			}
		}
		n, things := b.readEmbedded(e, left)
		more = append(more, things...)
		if e.others || models+n < len(e.files) {
			b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: e.shown, What: "embedded file", Why: "go:embed"})
		}
	}
	return marked, more
}

// carriedThing is an embedded model that no walk has met.
type carriedThing struct {
	discover.Thing
	by *carrier
}

// readEmbedded reads embedded files; n of them are of models.
func (b *builder) readEmbedded(e *embedding, files []string) (n int, out []carriedThing) {
	if len(files) == 0 {
		return 0, nil
	}
	m, root := e.module, cleanRoot(e.module)
	tree, shown := m.Tree, e.unit.Target
	if !m.Main { // paths are those of the module
		tree, shown = fsx.Rooted(m.Tree, root), m.Path+"@"+m.Version
		for i := range files {
			files[i] = strings.TrimPrefix(files[i], root+"/")
		}
	}
	res := b.finder.Embedded(shown, tree, files)
	for _, p := range res.Problems {
		if !m.Main && !strings.HasPrefix(p.Path, shown+"/") {
			p.Path = shown + "/" + p.Path
		}
		b.inv.Errors = append(b.inv.Errors, p)
	}
	b.inv.NotExamined = append(b.inv.NotExamined, res.NotExamined...)
	for _, t := range res.Things {
		for i := range t.Reads {
			if slices.Contains(files, t.Reads[i].File.Path) {
				n++
			}
		}
		c := b.joined(nil, e)
		if !m.Main {
			c.name = place(&t)
		}
		out = append(out, carriedThing{t, c})
	}
	return n, out
}

// joined adds one package that embeds a model to what carries it.
func (b *builder) joined(c *carrier, e *embedding) *carrier {
	if c == nil {
		c = &carrier{host: componentID(e.module), way: e.pkg.Way}
	}
	roots := map[string]bool{}
	for _, r := range e.pkg.Roots {
		roots[rooted(e.unit.Dir, r)] = true
	}
	if i, ok := b.at[c.host]; ok {
		for _, l := range b.inv.Components[i].LinkedBy {
			if roots[l.Root] && !slices.ContainsFunc(c.links, func(o inventory.Link) bool { return o.Root == l.Root }) {
				c.links = append(c.links, l)
			}
		}
	}
	for _, p := range names(e.pkg.Platforms) {
		if !slices.Contains(c.platforms, p) {
			c.platforms = append(c.platforms, p)
		}
	}
	slices.Sort(c.platforms)
	if len(c.way) == 0 {
		c.way = e.pkg.Way
	}
	return c
}

// onDisk is where a file of a tree is, as a key.
func onDisk(t fsx.Tree, name string) string {
	return filepath.ToSlash(path.Join(filepath.ToSlash(t.String()), name))
}

// carry makes a component one that programs contain.
func (b *builder) carry(c *inventory.Component, by *carrier) {
	i, ok := b.at[by.host]
	if !ok {
		return
	}
	host := &b.inv.Components[i]
	c.Scope, c.LinkedBy, c.Platforms = inventory.Embedded, by.links, by.platforms
	if by.name != "" {
		c.ID, c.Name, c.Version = by.host+"#"+by.name, host.Name+"/"+by.name, host.Version
		c.Locations = slices.Clone(host.Locations)
	}
	if len(by.way) > 0 {
		c.Paths = [][]string{append(slices.Clone(by.way), c.Name)}
	}
}

// carried joins a model to the module that embeds it.
func (b *builder) carried(by *carrier, id string) {
	if i, ok := b.at[by.host]; ok {
		host := &b.inv.Components[i]
		host.Edges = append(host.Edges, inventory.Edge{To: id, Kind: "embed", Join: "embed-asset"})
	}
}
