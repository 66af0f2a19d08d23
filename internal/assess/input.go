package assess

import (
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Input is everything a judgement depends on.
type Input struct {
	Inventory *inventory.Inventory
	Base      *rulebase.Base
	Policy    *policy.Policy
	Use       []string // contexts asked for by flag; empty: the policy's, else assumed
	AsOf      string   // the day for waivers, YYYY-MM-DD; on no day ("") none holds
}

// Judge judges an inventory. The answer depends on the facts, the rules and the
// policy alone: not on the order of components, nor on the choice that an
// earlier judgement wrote beside a license.
func Judge(in Input) *Judgement {
	return judge(in, newKnowledge(familyOf{in.Base}))
}
