package views

import (
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

// ClaimsFile is the file of the rules that holds the claims.
const ClaimsFile = "claims.yaml"

// Claims are statements on how open something is, and where they were made.
type Claims struct {
	From string
	List []Claim
}

// Claim says of models, services or licenses how open they are.
type Claim struct {
	ID       string
	Claim    string   // the statement
	Says     string   // openness that it states
	Families []string // ids of families of models and services
	Licenses []string // families of licenses
	Because  string   // why a report comes to another answer; "" where it does not
	Sources  []Source
}

// Source is who says so too, and where.
type Source struct {
	What, URL string
}

type claimsFile struct {
	From   text        `yaml:"from,required"`
	Claims []claimPart `yaml:"claims,required"`
	Review reviewPart  `yaml:"review,required"`
}

type claimPart struct {
	ID       text   `yaml:"id,required"`
	Claim    text   `yaml:"claim,required"`
	Says     text   `yaml:"says,required" enum:"openness"`
	Families []text `yaml:"families"`
	Licenses []text `yaml:"licenses"`
	Because  text   `yaml:"because"`
	Sources  []struct {
		What text `yaml:"what,required"`
		URL  text `yaml:"url,required"`
	} `yaml:"sources"`
}

// BuiltinClaims are the claims of the rules that the program carries.
var BuiltinClaims = sync.OnceValues(func() (*Claims, error) { return LoadClaims(rules.FS) })

// LoadClaims reads the claims of a tree of rules; what is wrong is an error that
// is yamlpos.Faults.
func LoadClaims(fsys fs.FS) (*Claims, error) {
	data, err := fs.ReadFile(fsys, ClaimsFile)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	l := lists()
	l["openness"] = []string{"open-source", "open-weights", "open-restricted", "closed"}
	f, err := yamlpos.Decode[claimsFile](ClaimsFile, data, l)
	if err != nil {
		return nil, err
	}
	out := &Claims{From: f.From.Value}
	for _, p := range f.Claims {
		c := Claim{ID: p.ID.Value, Claim: p.Claim.Value, Says: p.Says.Value, Families: values(p.Families), Licenses: values(p.Licenses), Because: p.Because.Value}
		for _, s := range p.Sources {
			c.Sources = append(c.Sources, Source{s.What.Value, s.URL.Value})
		}
		out.List = append(out.List, c)
	}
	return out, nil
}

// About returns the claims on a family of models or services.
func (c *Claims) About(family string) []Claim {
	var out []Claim
	for _, x := range c.List {
		if slices.Contains(x.Families, family) {
			out = append(out, x)
		}
	}
	return out
}
