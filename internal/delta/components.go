package delta

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/report"
)

// This file pairs the components of both sides and says what changed in each.

// components pairs the components of both sides: those of one id, then those of
// one name that differ in their version, then artefacts in the same place.
func (d *Delta) components(base, head *report.Report) {
	left, right := pointers(base), pointers(head)
	pair := func(key func(*report.Component) string, replaced bool) {
		left, right = d.pair(left, right, key, replaced)
	}
	pair(func(c *report.Component) string { return c.ID }, false)
	pair(func(c *report.Component) string { return string(c.Kind) + "\x00" + versionless(c) }, false)
	pair(func(c *report.Component) string {
		if c.Kind == inventory.Code || len(c.Locations) == 0 {
			return ""
		}
		return string(c.Kind) + "\x00" + c.Locations[0].Path
	}, true)
	for _, c := range left {
		d.Removed = append(d.Removed, component(c))
	}
	for _, c := range right {
		d.Added = append(d.Added, component(c))
	}
	slices.SortFunc(d.Changed, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Head.ID, b.Head.ID), cmp.Compare(a.Base.ID, b.Base.ID))
	})
	d.Summary.Added, d.Summary.Removed = len(d.Added), len(d.Removed)
	for _, c := range d.Changed {
		if c.Bumped() {
			d.Summary.Bumped++
		} else {
			d.Summary.Changed++
		}
	}
}

func pointers(r *report.Report) []*report.Component {
	var out []*report.Component
	for i := range r.Components {
		out = append(out, &r.Components[i])
	}
	return out
}

// pair compares the components that have a key alone on both sides, and returns
// those that are left.
func (d *Delta) pair(left, right []*report.Component, key func(*report.Component) string, replaced bool) (l, r []*report.Component) {
	count := map[string]int{}
	byKey := map[string]*report.Component{}
	for _, c := range left {
		count[key(c)]++
		byKey[key(c)] = c
	}
	twins := map[string]int{}
	for _, c := range right {
		twins[key(c)]++
	}
	taken := map[*report.Component]bool{}
	for _, c := range right {
		k := key(c)
		o := byKey[k]
		if k == "" || count[k] != 1 || twins[k] != 1 {
			r = append(r, c)
			continue
		}
		taken[o] = true
		d.compare(o, c, replaced)
	}
	for _, c := range left {
		if !taken[c] {
			l = append(l, c)
		}
	}
	return l, r
}

// compare notes what differs between the two states of a component. The license
// of one whose files base lacks is not known, and so not compared.
func (d *Delta) compare(b, h *report.Component, replaced bool) {
	unread := b.Property(inventory.Unread) != ""
	x := Change{Base: component(b), Head: component(h), What: []string{}, Unread: unread, Cause: ByProject}
	x.Obligations = obligationsOf(x.Base.Obligations, x.Head.Obligations)
	add := func(differs bool, what string) {
		if differs {
			x.What = append(x.What, what)
		}
	}
	add(replaced, "replaced")
	add(b.Version != h.Version, "version")
	add(!unread && x.Base.License != x.Head.License, "license")
	add(!unread && len(x.Obligations.Added)+len(x.Obligations.Removed) > 0, "obligations")
	add(b.Scope != h.Scope, "scope")
	add(!unread && b.Version == h.Version && !replaced && !sameSet(b.Texts, h.Texts), "text")
	if len(x.What) == 0 {
		return
	}
	if unread {
		x.Obligations = Obligations{Added: []string{}, Removed: []string{}}
	}
	if d.RulesChanged && sameThing(b, h) && b.Scope == h.Scope {
		x.Cause = ByRules
	}
	d.Changed = append(d.Changed, x)
}

// Bumped reports whether a change is one of the version and nothing else.
func (c *Change) Bumped() bool { return len(c.What) == 1 && c.What[0] == "version" && !c.Unread }

func component(c *report.Component) Component {
	license := c.License.Concluded
	if c.License.Choice != "" && c.License.Choice != license {
		license += ", taken: " + c.License.Choice
	}
	obligations := slices.Clone(c.Obligations)
	slices.Sort(obligations)
	return Component{
		ID: c.ID, Name: c.Name, Version: c.Version, Kind: string(c.Kind), Scope: string(c.Scope), License: license, Category: c.Category,
		Obligations: append([]string{}, slices.Compact(obligations)...),
	}
}

// versionless is a component's id without its version.
func versionless(c *report.Component) string {
	if c.Version == "" {
		return c.ID
	}
	if before, after, ok := strings.Cut(c.ID, "@"+strings.ReplaceAll(c.Version, "+", "%2B")); ok {
		return before + after
	}
	return c.ID
}
