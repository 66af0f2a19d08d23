package views

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

// Dir is the folder of the rules that holds the views, one file each.
const Dir = "views"

type text = yamlpos.At[string]

type viewFile struct {
	ID       text        `yaml:"id,required"`
	Name     text        `yaml:"name,required"`
	Short    text        `yaml:"short,required"`
	Version  text        `yaml:"version,required"`
	Date     text        `yaml:"date,required"`
	Source   text        `yaml:"source,required"`
	Note     text        `yaml:"note,required"`
	Terms    *termsPart  `yaml:"terms"`
	Groups   []groupPart `yaml:"groups"`
	Criteria []critPart  `yaml:"criteria,required"`
	Review   reviewPart  `yaml:"review,required"`
}

type termsPart struct {
	Approved   []text `yaml:"approved,required" enum:"approved"`
	Also       []text `yaml:"also"`
	Exhaustive bool   `yaml:"exhaustive"`
}

type groupPart struct {
	ID   text `yaml:"id,required"`
	Name text `yaml:"name,required"`
	With text `yaml:"with"`
}

type critPart struct {
	ID       text   `yaml:"id,required"`
	Group    text   `yaml:"group"`
	Name     text   `yaml:"name"`
	Clause   text   `yaml:"clause"`
	Text     text   `yaml:"text,required"`
	Kind     text   `yaml:"kind" enum:"kind"`
	By       []text `yaml:"by" enum:"fact"`
	Terms    bool   `yaml:"terms"`
	Optional bool   `yaml:"optional"`
	Instead  text   `yaml:"instead"`
	Because  text   `yaml:"because"`
}

type reviewPart struct {
	By text `yaml:"by,required" enum:"reviewer"`
	On text `yaml:"on,required"`
}

func lists() yamlpos.Lists {
	return yamlpos.Lists{
		"approved": {"osi", "fsf"},
		"kind":     kinds,
		"fact":     Facts(),
		"reviewer": {"machine", "person"},
	}
}

// Builtin are the views of the rules that the program carries.
var Builtin = sync.OnceValues(func() ([]*View, error) { return Load(rules.FS, nil) })

// Load reads the views of a tree of rules, in the order of their ids. All faults
// come at once, as yamlpos.Faults; with a rule base the licenses are looked up in
// it too.
func Load(fsys fs.FS, base *rulebase.Base) ([]*View, error) {
	files, err := fs.ReadDir(fsys, Dir)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	var out []*View
	var faults yamlpos.Faults
	for _, f := range files {
		name := path.Join(Dir, f.Name())
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		v, err := Parse(name, data, base)
		if fs, ok := err.(yamlpos.Faults); ok {
			faults = append(faults, fs...)
		} else if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *View) int { return strings.Compare(a.ID, b.ID) })
	return out, faults.Err()
}

// Parse reads one view; what is wrong is an error that is yamlpos.Faults.
func Parse(name string, data []byte, base *rulebase.Base) (*View, error) {
	f, err := yamlpos.Decode[viewFile](name, data, lists())
	c := &checker{file: name}
	if fs, ok := err.(yamlpos.Faults); ok {
		c.faults = fs
	} else if err != nil {
		return nil, err
	}
	v := &View{
		ID: f.ID.Value, Name: f.Name.Value, Short: f.Short.Value, Version: f.Version.Value, Date: f.Date.Value, Source: f.Source.Value, Note: f.Note.Value,
	}
	c.date(f.Date)
	c.date(f.Review.On)
	if f.Terms != nil {
		v.Terms = Terms{Approved: values(f.Terms.Approved), Also: values(f.Terms.Also), Exhaustive: f.Terms.Exhaustive}
		for _, id := range f.Terms.Also {
			if base != nil {
				if h, ok := base.Lookup(id.Value); !ok || h.ID != id.Value {
					c.fault(id.Pos, "no license %s in the rules", yamlpos.Quote(id.Value))
				}
			}
		}
	}
	for _, g := range f.Groups {
		v.Groups = append(v.Groups, Group{ID: g.ID.Value, Name: g.Name.Value, With: g.With.Value})
	}
	for _, p := range f.Criteria {
		v.Criteria = append(v.Criteria, Criterion{
			ID: p.ID.Value, Group: p.Group.Value, Name: p.Name.Value, Clause: p.Clause.Value, Text: p.Text.Value, Kind: p.Kind.Value,
			By: values(p.By), Terms: p.Terms, Optional: p.Optional, Instead: p.Instead.Value, Because: p.Because.Value,
		})
	}
	c.references(&f)
	return v, c.faults.Err()
}

type checker struct {
	file   string
	faults yamlpos.Faults
}

func (c *checker) fault(pos yamlpos.Pos, format string, args ...any) {
	c.faults = append(c.faults, yamlpos.Fault{File: c.file, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

func (c *checker) date(t text) {
	if _, err := time.Parse(time.DateOnly, t.Value); err != nil && t.Value != "" {
		c.fault(t.Pos, "%s is no day: YYYY-MM-DD", yamlpos.Quote(t.Value))
	}
}

// references checks that ids stand once, that what is named is there, and that a
// criterion says what decides it.
func (c *checker) references(f *viewFile) {
	groups, ids := map[string]bool{}, map[string]bool{}
	for _, g := range f.Groups {
		c.once(groups, g.ID)
	}
	for _, p := range f.Criteria {
		c.once(ids, p.ID)
	}
	for _, g := range f.Groups {
		c.there(groups, g.With, "group")
	}
	for _, p := range f.Criteria {
		if c.there(groups, p.Group, "group"); len(groups) > 0 && p.Group.Value == "" {
			c.fault(p.ID.Pos, "%s is in no group", yamlpos.Quote(p.ID.Value))
		}
		c.there(ids, p.Instead, "criterion")
		switch {
		case len(p.By) == 0 && p.Because.Value == "":
			c.fault(p.ID.Pos, "%s needs facts that decide (by), or the reason why none can (because)", yamlpos.Quote(p.ID.Value))
		case len(p.By) > 0 && p.Because.Value != "":
			c.fault(p.Because.Pos, "%s is decided by facts: leave because out", yamlpos.Quote(p.ID.Value))
		case p.Terms && f.Terms == nil:
			c.fault(p.ID.Pos, "%s asks for open terms, and the view does not say which are (terms)", yamlpos.Quote(p.ID.Value))
		}
	}
}

func (c *checker) once(seen map[string]bool, id text) {
	if seen[id.Value] {
		c.fault(id.Pos, "%s is there already", yamlpos.Quote(id.Value))
	}
	seen[id.Value] = true
}

func (c *checker) there(all map[string]bool, id text, what string) {
	if id.Value != "" && !all[id.Value] {
		c.fault(id.Pos, "no %s %s", what, yamlpos.Quote(id.Value))
	}
}

func values(list []text) []string {
	var out []string
	for _, t := range list {
		out = append(out, t.Value)
	}
	return out
}
