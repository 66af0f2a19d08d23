package views

import "slices"

// Declared are the things that a publisher says are published, by the names that
// a view gives them, each with its license ("" where none is named), and the
// licenses for those of a kind that name none.
type Declared struct {
	Parts map[string]string
	Kinds map[string]string
}

// Distribution is the kind that stands for all that have no license of their own.
const Distribution = "distribution"

// License is the one that is declared for a criterion's thing.
func (d Declared) License(c *Criterion) (license string, ok bool) {
	license, ok = d.Parts[c.Label()]
	for _, kind := range []string{c.Kind, Distribution} {
		if license == "" && ok {
			license = d.Kinds[kind]
		}
	}
	return license, ok
}

// Names reports whether a view asks for something of what is declared.
func (d Declared) Names(v *View) bool {
	return slices.ContainsFunc(v.Criteria, func(c Criterion) bool { _, ok := d.Parts[c.Label()]; return ok && c.Kind != "" })
}

// Declared answers every criterion of a view from what is declared alone.
func (v *View) Declared(d Declared, licenses Licenses) []Result {
	return v.Evaluate(func(fact string) Fact {
		for i := range v.Criteria {
			c := &v.Criteria[i]
			if license, ok := d.License(c); ok && len(c.By) == 1 && c.By[0] == fact {
				return Fact{Answer: "yes", Why: "declared", License: license}
			}
		}
		return Fact{Answer: Unknown}
	}, licenses)
}
