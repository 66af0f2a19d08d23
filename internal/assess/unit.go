package assess

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/modver"
)

// unit is what is judged as one work: a program with all that it links, or the
// packages of a library.
type unit struct {
	root     string
	name     string // as messages call it
	library  bool
	main     *part // the main module that it belongs to; nil where none was found
	outbound outbound
	parts    []*part // all but the main module
	way      *string // kept answer of wayOut
}

// outbound is the license under which a work is passed on.
type outbound struct {
	text     string
	branches [][]Term // a choice (OR) of lists that all hold (AND)
	closed   bool     // no branch is an open-source license
	stated   bool
	readings []outbound // what it may be, where that is not clear; branches are those of the first one
}

// outboundOf is the policy's word on a main module's license, else its own;
// without either its terms are its owner's alone, and where it is not clear it
// is judged as each thing that it may be.
func (j *judging) outboundOf(main *part) outbound {
	switch {
	case j.stance.license != "" && j.stance.license != compat.Proprietary().Text:
		return j.outbound(j.stance.license, j.know.branches(j.stance.license))
	case j.stance.license == "" && main != nil && len(main.choices) > 0:
		return j.outbound(main.License.Concluded, main.choices)
	case j.stance.license == "" && main != nil && unclear(main):
		return j.unclearOutbound(main)
	}
	return proprietary(j.stance.license != "")
}

// proprietary are terms that are their owner's alone.
func proprietary(stated bool) outbound {
	t := compat.Proprietary()
	return outbound{text: t.Text, branches: [][]Term{{t}}, closed: true, stated: stated}
}

func (j *judging) outbound(text string, branches [][]Term) outbound {
	o := outbound{text: text, branches: branches, closed: true, stated: true}
	for _, b := range branches {
		if j.openness(b) == openSource {
			o.closed = false
		}
	}
	return o
}

// wholes makes the units: one per folder of a main package, and one for the
// packages of main modules that no program counts.
func (j *judging) wholes() {
	mains := map[string]*part{}
	for _, p := range j.parts {
		if p.Scope == inventory.Main {
			mains[p.ID] = p
		}
	}
	byRoot := map[string]*unit{}
	for _, prog := range j.inv.Programs {
		u := &unit{root: prog.Root, name: prog.Root, main: mains[prog.Component]}
		if prog.Root == "." {
			u.name = modver.ProgramName(prog.Package)
		}
		if old := byRoot[prog.Root]; old != nil && (old.main == nil || u.main == nil || old.main.ID <= u.main.ID) {
			continue
		}
		byRoot[prog.Root] = u
	}
	for _, p := range j.parts {
		for _, l := range p.LinkedBy {
			if byRoot[l.Root] == nil && links(p) {
				u := &unit{root: l.Root, library: true, main: j.owner(l.Root), name: l.Root}
				if folderOf(l.Root) == "." && u.main != nil {
					u.name = u.main.Name
				}
				byRoot[l.Root] = u
			}
		}
	}
	for _, u := range byRoot {
		u.outbound = j.outboundOf(u.main)
		j.units = append(j.units, u)
	}
	slices.SortFunc(j.units, func(a, b *unit) int { return cmp.Compare(a.root, b.root) })
	j.fill()
}

// folderOf is the folder of a library's root, which is written DIR/....
func folderOf(root string) string { return path.Clean(strings.TrimSuffix(root, "...")) }

// owner finds the main module whose packages a library's root stands for: of
// those that the root links, the one that is named like the folder, else the
// first; and the first of all where no main module says what links it.
func (j *judging) owner(root string) *part {
	var first, linked *part
	for _, p := range j.parts {
		if p.Scope != inventory.Main {
			continue
		}
		if first == nil {
			first = p
		}
		if !p.linkedBy(root) {
			continue
		}
		if linked == nil {
			linked = p
		}
		if dir := folderOf(root); strings.HasSuffix(p.Name, "/"+dir) {
			return p
		}
	}
	if linked != nil {
		return linked
	}
	return first
}

func (p *part) linkedBy(root string) bool {
	return slices.ContainsFunc(p.LinkedBy, func(l inventory.Link) bool { return l.Root == root })
}

// links reports whether a component is part of programs.
func links(p *part) bool {
	return p.Scope == inventory.Linked || p.Scope == inventory.Bundled || p.Scope == inventory.Embedded
}

// fill puts the linked parts into their units; a part that names no program is
// taken to be in all of them. Another main module of a workspace is a part like
// any other, unless the policy states one license for the whole project.
func (j *judging) fill() {
	for _, p := range j.parts {
		main := p.Scope == inventory.Main && j.stance.license == ""
		if !links(p) && !main || p.apart != nil {
			continue
		}
		for _, u := range j.units {
			if !main && len(p.LinkedBy) == 0 || u.main != p && p.linkedBy(u.root) {
				p.units = append(p.units, u)
				u.parts = append(u.parts, p)
			}
		}
	}
}

// relation is how a part takes part in a program.
func relation(p *part) compat.Relation {
	if p.Scope == inventory.Embedded {
		return compat.Embed
	}
	return compat.Link
}
