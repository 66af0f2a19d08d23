package scan

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/modelref"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Limits of the places that are kept of one model that is only named, and of the
// configurations of a scan that are read.
const (
	maxNamed   = 20
	maxConfigs = 5000
	namedBy    = "named-by" // property: what takes the name for a model
	maxNamedBy = 5
)

// noted reports whether what imports a package of that path may name models.
func noted(importPath string) bool {
	t, err := modelref.Builtin()
	return err == nil && t.Knows(importPath)
}

// namesModels reports whether a file may name models.
func namesModels(base string) bool {
	_, ok := modelref.KindOf(base)
	return ok
}

// goReferences reads the files of main modules that use an SDK. It reports
// whether there are any.
func (b *builder) goReferences(u discover.Unit, res *gomod.Result) {
	t, err := modelref.Builtin()
	if err != nil {
		b.inv.Errors = append(b.inv.Errors, diag.Problem{Path: "rules", Kind: diag.Internal, Message: err.Error()})
		return
	}
	var reader *modelref.Reader
	for _, m := range res.Mains {
		for _, p := range m.Packages {
			if len(p.Noted) == 0 || p.Scope != gomod.ScopeLinked || aboutPrograms(p.Dir) {
				continue
			}
			b.sdk = append(b.sdk, onDisk(u.Tree, u.Dir))
			if reader == nil {
				reader = t.NewReader(packagesOf(u, res))
			}
			for _, r := range reader.Package(packageOf(u, m, &p)) {
				b.named = append(b.named, named{u.Target, r})
			}
		}
	}
}

// aboutPrograms reports whether a package is no part of the programs of its
// module: documentation and test data.
func aboutPrograms(dir string) bool {
	for step := range strings.SplitSeq(dir, "/") {
		if step == "docs" || step == "doc" || step == "testdata" {
			return true
		}
	}
	return false
}

// named is a place of a target that names a model.
type named struct {
	target string
	modelref.Ref
}

func packageOf(u discover.Unit, m *gomod.Module, p *gomod.Package) modelref.Package {
	files := slices.DeleteFunc(slices.Clone(p.GoFiles), func(f string) bool { return strings.HasSuffix(f, "_test.go") })
	return modelref.Package{
		Path: p.ImportPath, Name: p.Name, Tree: m.Tree, Dir: path.Join(cleanRoot(m), p.Dir), Files: files, Noted: p.Noted,
		Main: m.Main, Shown: path.Join(u.Dir, m.Dir, p.Dir),
	}
}

// packagesOf finds the packages of a build by their import path.
func packagesOf(u discover.Unit, res *gomod.Result) func(string) (modelref.Package, bool) {
	type at struct {
		m *gomod.Module
		i int
	}
	var index map[string]at
	return func(importPath string) (modelref.Package, bool) {
		if index == nil {
			index = map[string]at{}
			for _, m := range slices.Concat(res.Mains, res.Modules) {
				for i := range m.Packages {
					if m.Tree != nil {
						index[m.Packages[i].ImportPath] = at{m, i}
					}
				}
			}
		}
		x, ok := index[importPath]
		if !ok {
			return modelref.Package{}, false
		}
		return packageOf(u, x.m, &x.m.Packages[x.i]), true
	}
}

// configReferences reads configurations: scripts and images always, other YAML
// only where the program that it stands beside uses an SDK.
func (b *builder) configReferences(configs []discover.Config) {
	t, err := modelref.Builtin()
	if err != nil {
		return // goReferences says so
	}
	read := 0
	for _, c := range configs {
		kind, ok := modelref.KindOf(path.Base(c.Path))
		if !ok || kind == modelref.YAML && !b.besideSDK(c) {
			continue
		}
		if read++; read > maxConfigs {
			b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{
				Path: c.Target, What: "configuration", Why: fmt.Sprintf("more than %d files may name models", maxConfigs),
			})
			return
		}
		data, err := c.Tree.ReadFile(c.Path, modelref.MaxConfig)
		if err != nil {
			if over := new(fsx.LimitError); !errors.As(err, &over) && !errors.Is(err, fsx.ErrNotRegular) {
				b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: path.Join(c.Target, c.Path), What: "configuration", Why: cause(err)})
			}
			continue
		}
		for _, r := range t.Config(kind, c.Path, data) {
			b.named = append(b.named, named{c.Target, r})
		}
	}
}

// besideSDK reports whether a file is in a unit that uses an SDK.
func (b *builder) besideSDK(c discover.Config) bool {
	at := onDisk(c.Tree, c.Path)
	return slices.ContainsFunc(b.sdk, func(dir string) bool { return strings.HasPrefix(at, dir+"/") })
}

// recipe takes a Modelfile that says nothing of a license of its own for what it
// is: a text that names a model. It reports whether the thing is one.
func (b *builder) recipe(t *discover.Thing) bool {
	if len(t.Reads) != 1 || t.Reads[0].Format != "modelfile" {
		return false
	}
	r := &t.Reads[0]
	if len(r.Licenses)+len(r.Texts) > 0 || len(r.Lineage) == 0 || len(r.Problems) > 0 {
		return false
	}
	for _, l := range r.Lineage {
		if l.Guessed || strings.HasPrefix(l.ID, "./") || l.Relation != "" {
			return false // parameters of a machine or of this tree
		}
	}
	for _, l := range r.Lineage {
		b.named = append(b.named, named{t.Target, modelref.Ref{Name: l.ID, Registry: modelref.Ollama, By: l.Field, Path: r.File.Path, Line: l.Line}})
	}
	return true
}

// references makes components of the models that are only named.
func (b *builder) references() {
	slices.SortFunc(b.named, func(x, y named) int {
		return cmp.Or(cmp.Compare(x.target, y.target), cmp.Compare(x.Path, y.Path), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Column, y.Column),
			cmp.Compare(x.Name, y.Name), cmp.Compare(x.Registry, y.Registry), cmp.Compare(x.By, y.By))
	})
	for _, n := range b.named {
		c := referenced(n.Ref)
		loc := diag.Loc{Target: n.target, Path: n.Path, Line: n.Line, Column: n.Column}
		i, ok := b.at[c.ID]
		if !ok {
			b.put(c)
			i = b.at[c.ID]
		}
		have := &b.inv.Components[i]
		if have.Scope != inventory.Referenced {
			continue // it is here itself
		}
		if len(have.Locations) < maxNamed && !slices.Contains(have.Locations, loc) {
			have.Locations = append(have.Locations, loc)
		}
		by := inventory.Property{Name: namedBy, Value: n.By}
		if !slices.Contains(have.Properties, by) && len(have.Properties) < maxNamedBy {
			have.Properties = append(have.Properties, by)
		}
	}
}

// referenced is the component of a name.
func referenced(r modelref.Ref) inventory.Component {
	c := inventory.Component{Kind: inventory.Model, Name: r.Name, Scope: inventory.Referenced}
	m, ok := models.Resolve(r.Name)
	switch {
	case ok:
		c.License = m.Conclude()
		c.Evidence = []inventory.Evidence{{Source: "registry", Path: m.See, Method: "label", Expression: c.License.Concluded, Role: "parameters"}}
		if m.Kind == models.Service && r.Registry == "" {
			c.Kind = inventory.Service
			c.Evidence[0].Path, c.Evidence[0].Role = m.Terms, "code"
		}
	default:
		c.License = inventory.License{Concluded: spdx.NoAssertion{}.String(), Status: inventory.Unknown, Basis: "assumed", Reason: "only named, and nothing is known of the name"}
	}
	if rest, isData := strings.CutPrefix(r.Name, "datasets/"); isData {
		c.Kind, c.Name = inventory.Dataset, rest
	}
	c.ID = referenceID(r, c.Kind, m, ok)
	return c
}

// referenceID is the package URL of a name.
func referenceID(r modelref.Ref, kind inventory.Kind, m models.Match, known bool) string {
	name := r.Name
	hub, onHub := hubName(name)
	switch {
	case kind == inventory.Service:
		return m.ServiceID(name)
	case kind == inventory.Dataset:
		return "pkg:huggingface/" + escaped(strings.TrimPrefix(name, "datasets/")) + "?type=dataset"
	case onHub:
		return "pkg:huggingface/" + escaped(hub)
	case r.Registry == modelref.Hub && strings.Count(name, "/") == 1:
		return "pkg:huggingface/" + escaped(name)
	case r.Registry == modelref.Ollama:
		return registryID("registry.ollama.ai", "library", name)
	case r.Registry == modelref.Docker:
		return registryID("docker.io", "ai", name)
	case known && strings.Count(name, "/") == 1 && !strings.Contains(name, ":") && slices.Contains(m.Orgs, strings.ToLower(path.Dir(name))):
		return "pkg:huggingface/" + escaped(name)
	}
	return "pkg:generic/" + escaped(name) + "?type=model"
}

// hubName is the name on the Hub of hf.co/ORG/NAME[:FILE].
func hubName(s string) (string, bool) {
	s = strings.TrimPrefix(s, "https://")
	for _, host := range []string{"hf.co/", "huggingface.co/"} {
		if rest, ok := strings.CutPrefix(s, host); ok && strings.Count(rest, "/") >= 1 {
			steps := strings.SplitN(rest, "/", 3)
			base, _, _ := strings.Cut(steps[1], ":")
			return steps[0] + "/" + base, true
		}
	}
	return "", false
}

// registryID is pkg:oci/NAME?repository_url=HOST/SPACE/NAME&tag=TAG.
func registryID(host, space, name string) string {
	name, tag, _ := strings.Cut(name, ":")
	repo := name
	switch strings.Count(name, "/") {
	case 0:
		repo = host + "/" + space + "/" + name
	case 1:
		repo = host + "/" + name
	}
	id := "pkg:oci/" + escaped(path.Base(name)) + "?repository_url=" + escaped(repo)
	if tag != "" {
		id += "&tag=" + escaped(tag)
	}
	return id
}
