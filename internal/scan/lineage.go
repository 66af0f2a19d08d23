package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	artifactnames "github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// lineageGuessed is the property of a thing that names a guessed step.
const lineageGuessed = "lineage-guessed"

// lineage lists where a thing comes from. A guess, such as a path of somebody's
// machine, counts only where nothing else is stated; of several statements about
// one step the relation that changes most is kept.
func lineage(t *discover.Thing) (out []inventory.Lineage, guessed bool) {
	reads := t.Reads
	for _, guess := range []bool{false, true} {
		for _, r := range reads {
			inComponent := t.Component(r.File.Path) != ""
			for _, l := range r.Lineage {
				if inComponent {
					l.Relation = componentRelation // the whole was not made from what a component was loaded from
				}
				if l.Guessed != guess || strings.TrimSpace(l.ID) == "" {
					continue
				}
				x := inventory.Lineage{Relation: l.Relation, ID: lineageID(l)}
				i := slices.IndexFunc(out, func(o inventory.Lineage) bool { return o.ID == x.ID })
				if i < 0 {
					out = append(out, x)
				} else if changes(x.Relation) > changes(out[i].Relation) {
					out[i].Relation = x.Relation
				}
			}
		}
		if len(out) > 0 {
			return infer(out, reads), guess
		}
	}
	return nil, false
}

// changes orders the relations of one step by how much of the base they change.
func changes(relation string) int {
	return slices.Index([]string{"", "quantized", "adapter", "finetune", "merge"}, relation)
}

// infer gives steps without a relation the one that the files of the thing show,
// as the Hub does: an adapter's configuration, several bases, a quantisation.
func infer(steps []inventory.Lineage, reads []discover.Read) []inventory.Lineage {
	relation, bases := "", 0
	for _, r := range reads {
		switch {
		case r.Role == artifact.Adapter:
			relation = "adapter"
		case relation == "" && slices.ContainsFunc(r.Properties, func(p inventory.Property) bool { return p.Name == "quantization" || p.Name == "quant_method" }):
			relation = "quantized"
		}
	}
	for _, l := range steps {
		if !strings.Contains(l.Relation, "dataset") && l.Relation != componentRelation {
			bases++
		}
	}
	if relation != "adapter" && bases > 1 {
		relation = "merge"
	}
	for i := range steps {
		if steps[i].Relation == "" {
			steps[i].Relation = relation
		}
	}
	return steps
}

// hubs are the addresses under which the Hub's models are named.
var hubs = []string{"https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/", "hf://"}

// lineageID writes org/name as a purl of the Hub; other names stay as they are.
func lineageID(l artifact.Link) string {
	id := strings.TrimSpace(l.ID)
	dataset := strings.Contains(l.Relation, "dataset")
	hub, onHub := id, false
	for _, h := range hubs {
		if rest, ok := strings.CutPrefix(id, h); ok {
			hub, onHub = rest, true
			break
		}
	}
	if onHub {
		if rest, ok := strings.CutPrefix(hub, "datasets/"); ok {
			hub, dataset = rest, true
		}
		hub, _, _ = strings.Cut(hub, "?")
		hub, _, _ = strings.Cut(hub, ":") // the tag of a quantisation
		if steps := strings.Split(hub, "/"); len(steps) > 2 {
			hub = steps[0] + "/" + steps[1] // tree/main, resolve/…
		}
	}
	if strings.Count(hub, "/") != 1 || strings.ContainsAny(hub, " :\\") || strings.HasPrefix(hub, "/") || strings.HasSuffix(hub, "/") || artifactnames.Local(hub) {
		return id
	}
	hub, revision, _ := strings.Cut(hub, "@")
	purl := "pkg:huggingface/" + escaped(hub)
	if revision != "" {
		purl += "@" + escaped(revision)
	}
	if dataset {
		purl += "?type=dataset"
	}
	return purl
}

// placed is where a thing lies: the folder that its relative paths start from,
// and the folder or file that it is.
type placed struct{ dir, at, id string }

// connect finds the components that lineages lead to: by id, by name, and by a
// path that leads to another thing of this scan, whose id then stands in its
// place.
func (b *builder) connect() {
	at := map[string]string{}
	for _, p := range b.places {
		at[p.at] = p.id
	}
	for _, p := range b.places {
		c := &b.inv.Components[b.at[p.id]]
		for i := range c.Lineage {
			l := &c.Lineage[i]
			if id := pathTo(at, p, l.ID); id != "" {
				c.Properties = slices.DeleteFunc(c.Properties, func(x inventory.Property) bool { return x.Name == lineageGuessed && x.Value == l.ID })
				l.ID = id
			}
		}
	}
	steps := inventory.NewSteps(b.inv.Components)
	for i := range b.inv.Components {
		c := &b.inv.Components[i]
		for k := range c.Lineage {
			l := &c.Lineage[k]
			to := steps.To(c, l.ID)
			if to < 0 || to == i {
				continue
			}
			l.Found = true
			e := inventory.Edge{To: b.inv.Components[to].ID, Kind: "base-model", Relation: l.Relation}
			switch {
			case strings.Contains(l.Relation, "dataset"):
				e.Kind = "dataset"
			case l.Relation == componentRelation:
				e.Kind = "contain"
			}
			if !slices.Contains(c.Edges, e) {
				c.Edges = append(c.Edges, e)
			}
		}
	}
}

// pathTo finds the thing that a path in a thing's files leads to: from its own
// folder, or from where the scan started; "" where it leads to none, or to the
// thing itself.
func pathTo(at map[string]string, from placed, name string) string {
	if strings.HasPrefix(name, "pkg:") || strings.Contains(name, ":") || path.IsAbs(name) {
		return ""
	}
	for _, base := range []string{from.dir, ""} {
		if id := at[path.Join(base, name)]; id != "" && id != from.id {
			return id
		}
	}
	return ""
}
