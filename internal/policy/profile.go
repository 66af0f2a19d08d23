package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

// Settings lists where a component may end up, as a profile tells it apart.
func Settings() []string {
	return []string{"shipped", "served", "internal", "test", "tool", "referenced"}
}

// silent is how a profile writes the severity of what is not reported.
const silent = "silent"

// profile is the form of rules/profiles/*.yaml.
type profile struct {
	Name       string `yaml:"name,required"`
	Severities []row  `yaml:"severities,required"`
}

// row weighs the terms of some categories.
type row struct {
	Pos        yamlpos.Pos
	Categories []yamlpos.At[string] `yaml:"categories,required" enum:"category"`
	Kinds      []string             `yaml:"kinds" enum:"kind of component"` // empty: every kind
	Fact       string               `yaml:"fact" enum:"fact"`               // holds only where it is stated with yes
	Weights    weights              `yaml:"weights,required"`
}

// weights are the severities by where a component ends up.
type weights struct {
	Shipped    string `yaml:"shipped,required" enum:"severity"`
	Served     string `yaml:"served,required" enum:"severity"`
	Internal   string `yaml:"internal,required" enum:"severity"`
	Test       string `yaml:"test,required" enum:"severity"`
	Tool       string `yaml:"tool,required" enum:"severity"`
	Referenced string `yaml:"referenced,required" enum:"severity"`
}

func (w *weights) severity(setting string) diag.Severity {
	word := map[string]string{
		"shipped": w.Shipped, "served": w.Served, "internal": w.Internal, "test": w.Test, "tool": w.Tool, "referenced": w.Referenced,
	}[setting]
	switch word {
	case silent:
		return ""
	case "":
		return diag.Error
	}
	return diag.Severity(word)
}

func (r *row) holds(category, kind string, facts map[string]string) bool {
	return slices.ContainsFunc(r.Categories, func(c yamlpos.At[string]) bool { return c.Value == category }) &&
		(len(r.Kinds) == 0 || slices.Contains(r.Kinds, kind)) && (r.Fact == "" || facts[r.Fact] == "yes")
}

const defaultProfile = "profiles/default.yaml"

// builtin is the parsed default profile and its digest.
var builtin = sync.OnceValues(func() (profile, string) {
	data, err := fs.ReadFile(rules.FS, defaultProfile)
	if err != nil {
		panic(fmt.Sprintf("policy: the built-in profile is missing: %v", err))
	}
	p, err := yamlpos.Decode[profile](defaultProfile, data, nil)
	if err != nil {
		panic(fmt.Sprintf("policy: the built-in profile is wrong: %v", err))
	}
	return p, digest(data)
})

// Default returns the built-in policy. Its file is checked against the rule
// base by CheckProfile, in the tests.
func Default(*rulebase.Base) *Policy {
	p, sum := builtin()
	return &Policy{Name: p.Name, Digest: sum, rows: p.Severities}
}

// CheckProfile returns every fault of a profile: words that no list holds,
// categories without a row for every kind, rows that nothing reaches.
func CheckProfile(name string, data []byte, base *rulebase.Base) yamlpos.Faults {
	lists := wordLists(base)
	p, err := yamlpos.Decode[profile](name, data, lists)
	var faults yamlpos.Faults
	if err != nil && !errors.As(err, &faults) {
		return yamlpos.Faults{{File: name, Message: err.Error()}}
	}
	fault := func(pos yamlpos.Pos, format string, args ...any) {
		faults = append(faults, yamlpos.Fault{File: name, Pos: pos, Message: fmt.Sprintf(format, args...)})
	}
	complete := map[string]bool{} // categories with a row that always holds
	for _, r := range p.Severities {
		for _, c := range r.Categories {
			if complete[c.Value] {
				fault(c.Pos, "a row above holds for every component of category %q: this one is never reached", c.Value)
			}
			complete[c.Value] = complete[c.Value] || len(r.Kinds) == 0 && r.Fact == ""
		}
	}
	for _, c := range lists["category"] {
		if !complete[c] {
			fault(yamlpos.Pos{}, "category %q has no row without kinds and fact", c)
		}
	}
	return faults.Sorted()
}

// Severity is the weight of terms of a category for a component of a kind that
// ends up in a setting; "" where they are accepted silently. What the profile
// does not know weighs most.
func (p *Policy) Severity(category, kind, setting string) diag.Severity {
	for i := range p.rows {
		if r := &p.rows[i]; r.holds(category, kind, p.Facts) {
			return r.Weights.severity(setting)
		}
	}
	return diag.Error
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
