package rulebase

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// tables is what the index holds beside licenses: the words that a running
// program needs, without their YAML.
type tables struct {
	categories []CategoryWord
	category   map[string]CategoryWord
	duties     map[string][]Obligation // by category
	read       Obligation              // to read a license that has no rule
	actions    []Action
	action     map[string]Action
	derived    string
	types      map[string]TypeWord
	facts      []FactWord
	restricts  map[string][]string // "obligations" and "facts" that open source does not know
	contexts   []Word
	joins      []Word
	openness   []Word
}

func newTables(ix index) *tables {
	t := &tables{
		category: map[string]CategoryWord{}, duties: map[string][]Obligation{},
		action: map[string]Action{}, types: map[string]TypeWord{}, restricts: map[string][]string{},
	}
	for c := range ix.rows(secCategories, 3) {
		w := CategoryWord{Name: c[0], Whole: c[1] == "yes", Meaning: c[2], Rank: len(t.categories)}
		t.categories = append(t.categories, w)
		t.category[w.Name] = w
	}
	for c := range ix.rows(secDuties, 6) {
		o := Obligation{
			Type: c[1], Class: c[2], Strength: "must", When: strings.FieldsFunc(c[3], func(r rune) bool { return r == '|' }),
			Scope: c[4], Text: c[5], Derived: true,
		}
		if c[0] == "" {
			t.read = o
			continue
		}
		t.duties[c[0]] = append(t.duties[c[0]], o)
	}
	for c := range ix.rows(secActions, 7) {
		a := Action{ID: c[0], Do: c[1], How: c[2], Who: c[3], Derived: c[4] == "yes", Standing: c[5] == "yes", Meaning: c[6], Order: len(t.actions)}
		t.actions = append(t.actions, a)
		t.action[a.ID] = a
		if a.Derived {
			t.derived = a.ID
		}
	}
	for c := range ix.rows(secTypes, 5) {
		w := TypeWord{Name: c[0], Class: c[1], Action: c[2], Meaning: c[4]}
		for _, pair := range strings.FieldsFunc(c[3], func(r rune) bool { return r == '|' }) {
			scope, action, _ := strings.Cut(pair, "=")
			w.ByScope = append(w.ByScope, ScopeAction{scope, action})
		}
		t.types[w.Name] = w
	}
	for c := range ix.rows(secFacts, 5) {
		t.facts = append(t.facts, FactWord{Name: c[0], Of: c[1], Kind: c[2], Question: c[3], Meaning: c[4]})
	}
	for c := range ix.rows(secRestricts, 2) {
		t.restricts[c[0]] = bars(c[1])
	}
	for c := range ix.rows(secContexts, 2) {
		t.contexts = append(t.contexts, Word{c[0], c[1]})
	}
	for c := range ix.rows(secJoins, 2) {
		t.joins = append(t.joins, Word{c[0], c[1]})
	}
	for c := range ix.rows(secOpenness, 2) {
		t.openness = append(t.openness, Word{c[0], c[1]})
	}
	return t
}

// rows writes the word lists as the sections that newTables reads.
func (w *words) sections() map[string][]string {
	s := map[string][]string{}
	add := func(section string, cells ...string) { s[section] = append(s[section], strings.Join(cells, "\t")) }
	add(secDuties, "", w.readType, w.types[w.readType].Class, "", "work", w.types[w.readType].Meaning)
	for _, c := range w.categories {
		add(secCategories, c.Name, yesNo(c.Whole), c.Meaning)
		for _, d := range c.Duties {
			scope := d.Scope
			if scope == "" {
				scope = "work"
			}
			add(secDuties, c.Name, d.Type, w.types[d.Type].Class, strings.Join(d.When, "|"), scope, d.Text)
		}
	}
	for _, a := range w.actions {
		add(secActions, a.ID, a.Do, a.How, a.Who, yesNo(a.Derived), yesNo(a.Standing), a.Meaning)
	}
	for _, t := range w.Obligations {
		var pairs []string
		for _, p := range t.ByScope {
			pairs = append(pairs, p.Scope+"="+p.Action)
		}
		add(secTypes, t.Name, t.Class, t.Action, strings.Join(pairs, "|"), t.Meaning)
	}
	for _, f := range w.Facts {
		add(secFacts, f.Name, f.Of, f.Kind, f.Question, f.Meaning)
	}
	add(secRestricts, "obligations", strings.Join(w.Restricting.Obligations, "|"))
	add(secRestricts, "facts", strings.Join(w.Restricting.Facts, "|"))
	for _, c := range w.Contexts {
		add(secContexts, c.Name, c.Meaning)
	}
	for _, j := range w.Joins {
		add(secJoins, j.Name, j.Meaning)
	}
	for _, o := range w.Openness {
		add(secOpenness, o.Name, o.Meaning)
	}
	return s
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Std is what is known of the Go standard library, which is in every binary
// and carries no license file of its own where it is used.
type Std struct {
	Name     string    `yaml:"name,required"`
	License  string    `yaml:"license,required"`
	Homepage string    `yaml:"homepage,required"`
	Texts    []StdText `yaml:"texts,required"`    // license texts of Go's releases, the newest first
	Patents  []StdText `yaml:"patents"`           // patent grants beside them
	Modules  []string  `yaml:"modules,required"`  // modules whose LICENSE is one of Texts, to take it from
	TextURL  string    `yaml:"text_url,required"` // where the text is when no such module is at hand
	Notice   string    `yaml:"notice,required"`   // what the notices then say
}

// StdText is one text of the Go distribution.
type StdText struct {
	Digest    string `yaml:"digest,required"` // sha256:… of the file
	Copyright string `yaml:"copyright"`
}

const stdPath = "std.yaml"

func readStd(fsys fs.FS) (Std, error) {
	data, err := fs.ReadFile(fsys, stdPath)
	if err != nil {
		return Std{}, fmt.Errorf("reading rules: %w", err)
	}
	s, err := yamlpos.Decode[Std](stdPath, data, nil)
	if err != nil {
		return Std{}, fmt.Errorf("reading rules: %w", err)
	}
	return s, nil
}
