package discover

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// group makes things of the files that were read: a folder with a card or a
// configuration is one, with what stands below it and describes nothing by
// itself; a loose file of weights is one.
func (o *offer) group() {
	if strings.HasSuffix(strings.ToLower(o.explicit), cardSuffix) && (len(o.reads) == 0 || o.reads[0].Role == "") {
		o.res.Things = append(o.res.Things, o.thing(path.Dir(o.explicit), o.explicit, o.reads))
		return
	}
	byDir := map[string][]Read{}
	for _, r := range o.reads {
		switch {
		case r.Role == artifact.Package:
		case len(r.Files) > 0:
			o.contained(r)
		case r.Role == artifact.SBOM || len(r.Components) > 0:
			o.res.Things = append(o.res.Things, o.thing(path.Dir(r.File.Path), r.File.Path, []Read{r}))
		case r.Role != "" || len(r.Licenses) > 0 || len(r.Lineage) > 0:
			dir := path.Dir(r.File.Path)
			if above, ok := strings.CutSuffix("/"+dir, "/"+downloads); ok {
				dir = path.Join(".", strings.TrimPrefix(above, "/"))
			}
			byDir[dir] = append(byDir[dir], r)
		}
	}
	components := componentsOf(byDir)
	for _, dir := range sortedDirs(byDir) {
		if heads(byDir[dir]) || dir == "." {
			continue
		}
		// What describes nothing by itself belongs to the folder above that does.
		for up := path.Dir(dir); ; up = path.Dir(up) {
			if heads(byDir[up]) {
				byDir[up] = append(byDir[up], byDir[dir]...)
				delete(byDir, dir)
				break
			}
			if up == "." {
				break
			}
		}
	}
	for _, dir := range sortedDirs(byDir) {
		reads := byDir[dir]
		if heads(reads) {
			t := o.thing(dir, "", reads)
			t.Components = components[dir]
			o.res.Things = append(o.res.Things, t)
			continue
		}
		for _, r := range reads {
			if r.Role == artifact.Weights || r.Role == artifact.Recipe || r.Role == artifact.Card || r.Role == artifact.API || len(r.Licenses) > 0 {
				t := o.thing(dir, r.File.Path, []Read{r})
				t.Own = r.Role == artifact.Weights && !o.project(dir)
				o.res.Things = append(o.res.Things, t)
			}
		}
	}
	o.around()
	slices.SortFunc(o.res.Things, func(a, b Thing) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Single, b.Single), cmp.Compare(a.Unit, b.Unit))
	})
}

// componentsOf moves what was read in the folders that a model names as those of
// its components to the model: a part of a pipeline is no model of its own, where
// no card or adapter makes it one. The folders are listed by that of the model.
func componentsOf(byDir map[string][]Read) map[string][]string {
	out := map[string][]string{}
	for _, dir := range sortedDirs(byDir) {
		for _, sub := range foldersOf(dir, byDir[dir]) {
			if !described(byDir[sub], sub) {
				byDir[dir] = append(byDir[dir], byDir[sub]...)
				delete(byDir, sub)
				out[dir] = append(out[dir], sub)
			}
		}
	}
	return out
}

// foldersOf lists the folders that the files of a model in dir name as those of
// its components, sorted.
func foldersOf(dir string, reads []Read) []string {
	var out []string
	for _, r := range reads {
		if path.Dir(r.File.Path) != dir {
			continue
		}
		for _, name := range r.Folders {
			out = append(out, path.Join(dir, name))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// described reports whether a card, an answer of a hub or an adapter makes what
// lies in a folder a thing of its own.
func described(reads []Read, dir string) bool {
	return slices.ContainsFunc(reads, func(r Read) bool {
		return path.Dir(r.File.Path) == dir && (r.Role == artifact.Card || r.Role == artifact.API || r.Role == artifact.Adapter)
	})
}

// Component is the folder of a component that a file belongs to, "" for those of
// the whole.
func (t *Thing) Component(file string) string {
	for _, dir := range t.Components {
		if strings.HasPrefix(file, dir+"/") {
			return dir
		}
	}
	return ""
}

// around finds the packages that things of this walk lie in: the nearest
// manifest above.
func (o *offer) around() {
	packages := map[string]*Read{}
	for i := range o.reads {
		if r := &o.reads[i]; r.Role == artifact.Package {
			packages[path.Dir(r.File.Path)] = r
		}
	}
	for i := range o.res.Things {
		t := &o.res.Things[i]
		if t.Target != o.target || t.Tree != o.tree || len(packages) == 0 {
			continue
		}
		for dir := t.Dir; t.Around == nil; dir = path.Dir(dir) {
			t.Around = packages[dir]
			if dir == "." {
				break
			}
		}
	}
}

// project reports whether a folder is that of a program: what stands in it about
// licenses is about the program, not about weights that lie beside it.
func (o *offer) project(dir string) bool {
	entries, err := o.tree.ReadDir(dir)
	return err != nil || slices.ContainsFunc(entries, func(e fsx.Entry) bool {
		return !e.Type.IsDir() && o.marks(strings.ToLower(e.Name)) || e.Name == ".git"
	})
}

// cardBeside reads the card of weights that are a target themselves.
func (o *offer) cardBeside() {
	dir := path.Dir(o.explicit)
	if len(o.reads) != 1 || o.reads[0].Role != artifact.Weights || o.project(dir) {
		return
	}
	entries, _ := o.tree.ReadDir(dir)
	for _, e := range entries {
		if !strings.EqualFold(e.Name, "readme"+cardSuffix) {
			continue
		}
		if r, ok := o.read(artifact.File{Tree: o.tree, Path: path.Join(dir, e.Name)}); ok && heads([]Read{r}) {
			o.reads = append(o.reads, r)
		}
	}
}

func (o *offer) thing(dir, single string, reads []Read) Thing {
	slices.SortFunc(reads, func(a, b Read) int { return cmp.Compare(a.File.Path, b.File.Path) })
	return Thing{Target: o.target, Tree: o.tree, Dir: dir, Single: single, Own: single == "", Named: o.explicit != "", Reads: reads}
}

// heads reports whether files make their folder one thing.
func heads(reads []Read) bool {
	return slices.ContainsFunc(reads, func(r Read) bool {
		switch r.Role {
		case artifact.Card:
			return r.Kind != "" || len(r.Licenses) > 0 || len(r.Lineage) > 0 || len(r.Properties) > 0
		case artifact.Config, artifact.Adapter, artifact.Manifest:
			return r.Kind == inventory.Model || r.Kind == inventory.Dataset || r.Role != artifact.Config
		}
		return false
	})
}

func sortedDirs(byDir map[string][]Read) []string {
	out := make([]string, 0, len(byDir))
	for d := range byDir {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}
