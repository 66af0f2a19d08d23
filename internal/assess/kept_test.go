package assess

import (
	"testing"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

func TestPool(t *testing.T) {
	var p pool[Risk]
	a := p.share([]Risk{{"security", "x", "1"}, {"privacy", "y", "2"}})
	if b := p.share([]Risk{{"security", "x", "1"}, {"privacy", "y", "2"}}); &a[0] != &b[0] {
		t.Error("equal lists are not shared")
	}
	for _, other := range [][]Risk{{{"security", "x", "1"}}, {{"privacy", "y", "2"}, {"security", "x", "1"}}, {{"security", "x1", ""}, {"privacy", "y", "2"}}} {
		if b := p.share(other); &a[0] == &b[0] {
			t.Errorf("%v is not %v", other, a)
		}
	}
	if cap(a) != len(a) {
		t.Error("whoever appends to a shared list would write into it")
	}
	if got := p.share(nil); got != nil {
		t.Errorf("%v", got)
	}
}

// Parts share their duties only where all that these depend on is the same.
func TestSharedDuties(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	model := func(id, license string, evidence ...inventory.Evidence) inventory.Component {
		return inventory.Component{
			ID: "pkg:generic/" + id, Name: id, Kind: inventory.Model, Scope: inventory.Found, Evidence: evidence,
			License: inventory.License{Concluded: license, Status: inventory.OK},
		}
	}
	inv := &inventory.Inventory{Components: []inventory.Component{
		model("a", "Apache-2.0"), model("b", "Apache-2.0"), model("c", "Apache-2.0", inventory.Evidence{Role: "notice"}), model("d", "MIT"),
	}}
	inv.Components = append(inv.Components, model("e", "Apache-2.0"))
	inv.Components[4].Lineage = []inventory.Lineage{{Relation: "finetune", ID: "somebody/something"}}
	know := newKnowledge(familyOf{base})
	j := &judging{inv: inv, know: know, stance: newStance(policy.Default(base)), kept: newKept(), used: map[policy.Place]bool{}}
	j.context(nil)
	j.prepare()
	of := func(i int) *duties { return j.duties(j.parts[i], j.parts[i].choices[0]) }
	if of(0) != of(1) {
		t.Error("the same license in the same setting has its duties listed twice")
	}
	for i, why := range []string{2: "a NOTICE file", 3: "another license", 4: "a change of the weights"} {
		if why != "" && of(0) == of(i) {
			t.Errorf("%s changes nothing", why)
		}
	}
	if len(of(0).items) == 0 || len(of(0).items) == len(of(4).items) {
		t.Errorf("%d duties, %d of a changed one", len(of(0).items), len(of(4).items))
	}
}
