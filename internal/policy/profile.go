package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
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

// row weighs the terms of some categories.
type row struct {
	Pos        yamlpos.Pos
	Categories []text   `yaml:"categories,required" enum:"category" doc:"The categories that the row is about."`
	Kinds      []string `yaml:"kinds" enum:"kind of component" doc:"Only components of these kinds; none: every kind."`
	Fact       string   `yaml:"fact" enum:"fact" doc:"Only where this fact of the project is stated with yes."`
	Weights    weights  `yaml:"weights,required" doc:"The severities by where a component ends up."`

	layer int
}

// weights are the severities by where a component ends up.
type weights struct {
	Shipped    string `yaml:"shipped,required" enum:"severity" doc:"Others get a copy."`
	Served     string `yaml:"served,required" enum:"severity" doc:"Others use it over a network."`
	Internal   string `yaml:"internal,required" enum:"severity" doc:"It stays in the house."`
	Test       string `yaml:"test,required" enum:"severity" doc:"Only in tests."`
	Tool       string `yaml:"tool,required" enum:"severity" doc:"Only while building."`
	Referenced string `yaml:"referenced,required" enum:"severity" doc:"Only named, or required and unused."`
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

const (
	defaultName = "default"
	profileDir  = "profiles/"
	profileExt  = ".yaml"
)

func profilePath(name string) string { return profileDir + name + profileExt }

// Profiles lists the built-in profiles, sorted.
func Profiles() []string {
	entries, err := fs.ReadDir(rules.FS, strings.TrimSuffix(profileDir, "/"))
	if err != nil {
		panic(fmt.Sprintf("policy: the built-in profiles are missing: %v", err))
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), profileExt))
	}
	return out
}

func readProfile(name string) ([]byte, error) {
	return fs.ReadFile(rules.FS, profilePath(name))
}

// About says what a built-in profile is for, "" for a name that is none.
func About(profile string) string {
	data, err := readProfile(profile)
	if err != nil {
		return ""
	}
	f, _ := yamlpos.Decode[file](profilePath(profile), data, nil) // checked by the tests
	return f.About
}

// builtin is the default profile as a layer, and its weights.
var builtin = sync.OnceValues(func() (Layer, []row) {
	data, err := readProfile(defaultName)
	if err != nil {
		panic(fmt.Sprintf("policy: the built-in profile is missing: %v", err))
	}
	f, err := yamlpos.Decode[file](profilePath(defaultName), data, nil)
	if err != nil {
		panic(fmt.Sprintf("policy: the built-in profile is wrong: %v", err))
	}
	return Layer{Kind: BuiltIn, Name: f.Name, Digest: digest(data), overlay: []string{overlayAll}}, f.Severities
})

// Default returns the built-in policy. Its file is checked against the rule
// base by CheckProfile, in the tests.
func Default(*rulebase.Base) *Policy {
	layer, rows := builtin()
	return &Policy{
		Name: layer.Name, Digest: layer.Digest, Layers: []Layer{layer}, Default: DefaultProfile, rows: slices.Clone(rows),
		origins: map[string]Place{},
	}
}

// CheckProfile returns every fault of the default profile: words that no list
// holds, categories without a row for every kind, rows that nothing reaches.
func CheckProfile(name string, data []byte, base *rulebase.Base) yamlpos.Faults {
	lists := wordLists(base)
	p, err := yamlpos.Decode[file](name, data, lists)
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
// ends up in a setting; "" where they are accepted silently. What no row knows
// weighs most.
func (p *Policy) Severity(category, kind, setting string) diag.Severity {
	s, _ := p.Weigh(category, kind, setting)
	return s
}

// Weigh is Severity and where the row stands that says so.
func (p *Policy) Weigh(category, kind, setting string) (diag.Severity, Place) {
	for i := range p.rows {
		if r := &p.rows[i]; r.holds(category, kind, p.Facts) {
			return r.Weights.severity(setting), Place{r.layer, r.Pos}
		}
	}
	return diag.Error, Place{}
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
