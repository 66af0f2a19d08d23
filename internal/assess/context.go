package assess

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// The contexts that are assumed where nobody says what leaves the house.
const (
	internalUse       = "internal-use"
	networkService    = "network-service"
	distributeSource  = "distribute-source"
	distributeBinary  = "distribute-binary"
	distributeWeights = "distribute-weights"
	publishDataset    = "publish-dataset"
	embedModel        = "embed-model-in-binary"
)

// The settings that a policy tells apart: where a component ends up.
const (
	settingShipped    = "shipped"    // others get a copy
	settingServed     = "served"     // others use it over a network
	settingInternal   = "internal"   // it stays in the house
	settingTest       = "test"       // only in tests
	settingTool       = "tool"       // only while building
	settingReferenced = "referenced" // only named, or required and unused
)

// The kinds of projects.
const (
	kindProgram = "program"
	kindLibrary = "library"
	kindService = "service"
)

// context settles what the project is and what leaves the house: what was asked
// for, else what the policy says, else what the tree suggests.
func (j *judging) context(asked []string) {
	j.kind = j.stance.kind
	if j.kind == "" {
		j.kind = kindLibrary
		if len(j.inv.Programs) > 0 {
			j.kind = kindProgram
		}
	}
	switch {
	case len(asked) > 0:
		j.use.Contexts = j.know.sortContexts(asked)
	case len(j.stance.use) > 0:
		j.use.Contexts = j.know.sortContexts(j.stance.use)
	default:
		j.use.Assumed = true
		j.use.Contexts = j.know.sortContexts(j.assumed())
	}
}

func (j *judging) assumed() []string {
	var out []string
	switch {
	case j.kind == kindService:
		out = append(out, networkService)
	case j.has(inventory.Main) && j.kind == kindLibrary:
		out = append(out, distributeSource)
	case j.has(inventory.Main) || len(j.inv.Programs) > 0:
		out = append(out, distributeBinary)
	}
	for i := range j.inv.Components {
		c := &j.inv.Components[i]
		switch {
		case stored(c):
			out = append(out, internalUse)
		case c.Scope == inventory.Embedded && c.Kind == inventory.Model:
			out = append(out, embedModel)
		case c.Scope == inventory.Found && c.Kind == inventory.Model:
			out = append(out, distributeWeights)
		case c.Scope == inventory.Found && c.Kind == inventory.Dataset:
			out = append(out, publishDataset)
		}
	}
	if len(out) == 0 {
		out = append(out, distributeBinary)
	}
	return out
}

func (j *judging) has(s inventory.Scope) bool {
	return slices.ContainsFunc(j.inv.Components, func(c inventory.Component) bool { return c.Scope == s })
}

// useOf says what is done with one component, and in which setting that puts it.
func (j *judging) useOf(c *inventory.Component) (use []string, setting string) {
	switch c.Scope {
	case inventory.Test:
		return []string{internalUse}, settingTest
	case inventory.Tool:
		return []string{internalUse}, settingTool
	case inventory.Required, inventory.Referenced:
		return []string{}, settingReferenced
	}
	use = j.use.Contexts
	if j.use.Assumed && stored(c) {
		return []string{internalUse}, settingInternal
	}
	if j.use.Assumed {
		use = j.assumedOf(c)
	}
	use = j.withParameters(c, use)
	switch {
	case slices.ContainsFunc(use, rulebase.HandsOver):
		return use, settingShipped
	case slices.ContainsFunc(use, func(u string) bool { return u != internalUse }):
		return use, settingServed
	}
	return use, settingInternal
}

// withParameters adds what handing over a program or its sources means for the
// parameters in it: they are handed over too.
func (j *judging) withParameters(c *inventory.Component, use []string) []string {
	if c.Scope != inventory.Embedded || c.Kind != inventory.Model {
		return use
	}
	out := slices.Clone(use)
	if slices.Contains(use, distributeBinary) {
		out = append(out, embedModel)
	}
	if slices.ContainsFunc(use, rulebase.HandsOver) {
		out = append(out, distributeWeights)
	}
	return j.know.sortContexts(out)
}

// stored reports whether a component is in a store of the machine, such as a
// cache: it is used there, and nothing says that it is passed on.
func stored(c *inventory.Component) bool { return c.Property("store") == "yes" }

// assumedOf keeps the contexts of weights and data from the code, and the other
// way round.
func (j *judging) assumedOf(c *inventory.Component) []string {
	use := slices.DeleteFunc(slices.Clone(j.use.Contexts), func(u string) bool {
		switch u {
		case embedModel:
			return c.Scope != inventory.Embedded
		case distributeWeights:
			return c.Kind != inventory.Model || c.Scope != inventory.Found
		case publishDataset:
			return c.Kind != inventory.Dataset || c.Scope != inventory.Found
		}
		return c.Scope == inventory.Found && (c.Kind == inventory.Model || c.Kind == inventory.Dataset)
	})
	if len(use) == 0 {
		return j.use.Contexts
	}
	return use
}

func (j *judging) handsOver() bool { return slices.ContainsFunc(j.use.Contexts, rulebase.HandsOver) }

func (j *judging) serves() bool { return slices.Contains(j.use.Contexts, networkService) }

// project describes the work that is judged.
func (j *judging) project() Project {
	p := Project{License: j.stance.license, Kind: j.kind, Facts: []Fact{}}
	for name, value := range j.stance.facts {
		p.Facts = append(p.Facts, Fact{name, value})
	}
	slices.SortFunc(p.Facts, func(a, b Fact) int { return cmp.Compare(a.Name, b.Name) })
	if p.License != "" {
		return p
	}
	var all []string
	for _, q := range j.parts {
		if q.Scope == inventory.Main {
			all = append(all, j.outboundOf(q).text)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if none := (spdx.NoAssertion{}).String(); slices.Contains(all, none) {
		all = []string{none}
	}
	if len(all) > 1 {
		for i, s := range all {
			if strings.Contains(s, " OR ") {
				all[i] = "(" + s + ")"
			}
		}
	}
	p.License = strings.Join(all, " AND ")
	return p
}
