package assess_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

var update = flag.Bool("update", false, "rewrite the judgements in testdata/assess")

func testBase(t testing.TB) *rulebase.Base {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// story is one case of testdata/assess: what was found, under which policy, and
// what to show of the judgement.
type story struct {
	name   string
	inv    *inventory.Inventory
	use    []string
	asOf   string
	policy string
	base   string   // the file base.yaml that the policy may extend
	show   []string // types of obligations
}

// parseStory reads the lines of a story:
//
//	program ROOT                                   a main package
//	use CONTEXT...                                 as asked for by flag
//	as-of DATE                                     the day for waivers
//	show TYPE...                                   obligations of these types
//	SCOPE | NAME VERSION | LICENSE | OPTION...     a component
//
// A license of "none", "unknown", "unknown:LICENSE" (found, with more beside it) or "disagree" is that status. Options: in=ROOT
// (linked into that program only), modified, unread (its files are not at hand), notice (has a NOTICE file), kind=KIND,
// nested=PATH:LICENSE (- for spaces in it is written _), digest=sha256:…
func parseStory(name, text string) (*story, error) {
	s := &story{name: name, inv: &inventory.Inventory{}}
	main := ""
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		switch words[0] {
		case "program":
			s.inv.Programs = append(s.inv.Programs, inventory.Program{Root: words[1], Package: path.Join("example.com/app", words[1])})
			continue
		case "use":
			s.use = words[1:]
			continue
		case "as-of":
			s.asOf = words[1]
			continue
		case "show":
			s.show = words[1:]
			continue
		}
		c, err := component(line, n+1)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if c.Scope == inventory.Main && main == "" {
			main = c.ID
		}
		s.inv.Components = append(s.inv.Components, c)
	}
	for i := range s.inv.Programs {
		s.inv.Programs[i].Component = main
	}
	return s, nil
}

func component(line string, n int) (inventory.Component, error) {
	var cells []string
	for _, c := range strings.Split(line, "|") {
		cells = append(cells, strings.TrimSpace(c))
	}
	if len(cells) < 3 {
		return inventory.Component{}, fmt.Errorf("want SCOPE | NAME VERSION | LICENSE, have %q", line)
	}
	name, version, _ := strings.Cut(cells[1], " ")
	c := inventory.Component{
		ID: "pkg:golang/" + name, Kind: inventory.Code, Name: name, Version: version, Scope: inventory.Scope(cells[0]),
		Locations: []diag.Loc{{Target: ".", Path: "go.mod", Line: n}},
	}
	if !slices.Contains(inventory.Scopes(), c.Scope) {
		return c, fmt.Errorf("no scope %q", cells[0])
	}
	if version != "" {
		c.ID += "@" + version
	}
	c.License = licenseOf(cells[2])
	if len(cells) > 3 {
		for _, o := range strings.Fields(cells[3]) {
			if err := option(&c, o); err != nil {
				return c, err
			}
		}
	}
	return c, nil
}

func licenseOf(s string) inventory.License {
	if found, ok := strings.CutPrefix(s, "unknown:"); ok {
		return inventory.License{Detected: found, Concluded: "NOASSERTION", Status: inventory.Unknown, Reason: "LICENSE: line 9: terms that no license explains"}
	}
	switch s {
	case "none":
		return inventory.License{Concluded: "NONE", Status: inventory.None}
	case "unknown":
		return inventory.License{Concluded: "NOASSERTION", Status: inventory.Unknown}
	case "disagree":
		return inventory.License{Declared: "MIT", Detected: "Apache-2.0", Concluded: "NOASSERTION", Status: inventory.Disagree}
	}
	return inventory.License{Detected: s, Concluded: s, Status: inventory.OK, Basis: "text"}
}

func option(c *inventory.Component, o string) error {
	key, value, _ := strings.Cut(o, "=")
	switch key {
	case "in":
		c.LinkedBy = append(c.LinkedBy, inventory.Link{Root: value})
		c.Paths = append(c.Paths, []string{path.Join("example.com/app", value), c.Name})
	case "modified":
		c.Modified = true
	case "notice":
		c.Evidence = append(c.Evidence, inventory.Evidence{Source: "notice-file", Path: "NOTICE", Role: "notice", Digest: "sha256:n"})
	case "kind":
		c.Kind = inventory.Kind(value)
	case "nested":
		at, expr, _ := strings.Cut(value, ":")
		c.Nested = append(c.Nested, inventory.Nested{Path: at, Expression: strings.ReplaceAll(expr, "_", " "), Linked: true})
	case "elsewhere":
		at, expr, _ := strings.Cut(value, ":")
		c.Nested = append(c.Nested, inventory.Nested{Path: at, Expression: expr})
	case "unread":
		c.Properties = append(c.Properties, inventory.Property{Name: inventory.Unread, Value: "yes"})
	case "digest":
		c.Texts = append(c.Texts, value)
		c.Evidence = append(c.Evidence, inventory.Evidence{Source: "license-file", Path: "LICENSE", Digest: value, Role: "code"})
	default:
		return modelOption(c, o, key, value)
	}
	return nil
}

func (s *story) judge(base *rulebase.Base) (*assess.Judgement, error) {
	p, err := s.rules(base)
	if err != nil {
		return nil, err
	}
	return assess.Judge(assess.Input{Inventory: s.inv, Base: base, Policy: p, Use: s.use, AsOf: s.asOf}), nil
}

// rules is the policy of a story.
func (s *story) rules(base *rulebase.Base) (*policy.Policy, error) {
	if s.policy == "" {
		return policy.Default(base), nil
	}
	return policy.Load("rukhsa.yaml", base, s)
}

// Read gives the files of the story's policy; "DIGEST" in it stands for that of
// base.yaml.
func (s *story) Read(name string) ([]byte, error) {
	sum := sha256.Sum256([]byte(s.base))
	switch {
	case name == "rukhsa.yaml":
		return []byte(strings.ReplaceAll(s.policy, "DIGEST", "sha256:"+hex.EncodeToString(sum[:]))), nil
	case name == "base.yaml" && s.base != "":
		return []byte(s.base), nil
	}
	return nil, fs.ErrNotExist
}

// Exists says which files a fulfilled entry may name.
func (s *story) Exists(name string) bool { return name == "NOTICES.txt" }

// tell prints the parts of a judgement that a story is about.
func (s *story) tell(j *assess.Judgement) string {
	var b strings.Builder
	assumed := ""
	if j.Use.Assumed {
		assumed = " (assumed)"
	}
	fmt.Fprintf(&b, "%s %s: %s%s\n", j.Project.License, j.Project.Kind, strings.Join(j.Use.Contexts, " "), assumed)
	for _, f := range j.Findings {
		fmt.Fprintf(&b, "%s %s %s\n  %s\n", f.Code, f.Severity, f.Component, f.Message)
		for _, w := range f.Because {
			fmt.Fprintf(&b, "  because: %s\n", w)
		}
		for _, p := range f.Paths {
			fmt.Fprintf(&b, "  path: %s\n", strings.Join(p, " → "))
		}
		if f.Location.Path == "rukhsa.yaml" || f.Location.Path == "base.yaml" {
			fmt.Fprintf(&b, "  at: %s:%d\n", f.Location.Path, f.Location.Line)
		}
		for _, l := range f.Related {
			if strings.HasSuffix(l.Path, ".yaml") {
				fmt.Fprintf(&b, "  see: %s:%d\n", l.Path, l.Line)
			}
		}
		fmt.Fprintf(&b, "  do: %s\n", f.Help)
		if f.Layer != policy.BuiltIn {
			fmt.Fprintf(&b, "  layer: %s\n", f.Layer)
		}
		if w := f.Waived; w != nil {
			fmt.Fprintf(&b, "  waived (%s) by %s until %s: %s\n", w.Layer, w.Owner, w.Until, w.Reason)
		}
	}
	for i, c := range j.Components {
		if a := c.Apart; a != nil {
			fmt.Fprintf(&b, "apart: %s, %s (%s) %s\n", s.inv.Components[i].Name, a.As, a.Layer, a.Reason)
		}
		if c.Choice != "" {
			fmt.Fprintf(&b, "chosen for %s: %s\n", s.inv.Components[i].Name, c.Choice)
		}
	}
	s.tellOpenness(&b, j)
	for _, o := range j.Obligations {
		if slices.Contains(s.show, o.Type) {
			fmt.Fprintf(&b, "%s %s (%s): %s\n", o.Status, o.ID, o.Clause, strings.Join(o.Components, " "))
			if len(o.MetBy) > 0 {
				fmt.Fprintf(&b, "  met by %s\n", strings.Join(o.MetBy, "; "))
			}
		}
	}
	for _, a := range j.Actions {
		fmt.Fprintf(&b, "to do: %s, %s, %s\n", a.Do, a.Detail, a.Status)
	}
	for _, q := range j.Questions {
		fmt.Fprintf(&b, "question: %s\n", q.Fact)
	}
	return b.String()
}

// stories reads testdata/assess/*.txtar: NAME, after it perhaps NAME.policy
// and NAME.base, and NAME.want.
func stories(t testing.TB) (files map[string]*txtar.Archive, all []*story, wants map[*story]*txtar.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", "..", "testdata", "assess", "*.txtar"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	files, wants = map[string]*txtar.Archive{}, map[*story]*txtar.File{}
	for _, name := range names {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = ar
		var s *story
		for i := range ar.Files {
			f := &ar.Files[i]
			switch filepath.Ext(f.Name) {
			case ".policy":
				s.policy = string(f.Data)
			case ".base":
				s.base = string(f.Data)
			case ".want":
				wants[s] = f
			default:
				if s, err = parseStory(f.Name, string(f.Data)); err != nil {
					t.Fatalf("%s: %s: %v", name, f.Name, err)
				}
				all = append(all, s)
			}
		}
	}
	return files, all, wants
}

// TestStories judges the small inventories of testdata/assess and compares what
// is said of each. -update rewrites it.
func TestStories(t *testing.T) {
	base := testBase(t)
	files, all, wants := stories(t)
	for _, s := range all {
		j, err := s.judge(base)
		if err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		got, want := s.tell(j), wants[s]
		if want == nil {
			t.Errorf("%s: no %s.want", s.name, s.name)
			continue
		}
		if *update {
			want.Data = []byte(got)
		}
		if d := cmp.Diff(string(want.Data), got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", s.name, d)
		}
	}
	if !*update {
		return
	}
	for name, ar := range files {
		if err := os.WriteFile(name, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
