package rulebase

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// Word is one entry of a closed list.
type Word struct {
	Name    string `yaml:"name,required"`
	Meaning string `yaml:"meaning"`
}

// FactWord is a fact that an obligation's condition may ask for.
type FactWord struct {
	Name     string `yaml:"name,required"`
	Of       string `yaml:"of,required" enum:"fact owner"`
	Kind     string `yaml:"kind,required" enum:"fact kind"`
	Meaning  string `yaml:"meaning,required"`
	Question string `yaml:"question"` // how to ask the user for it; facts of a component are found, not asked
}

// TypeWord is one type of obligation.
type TypeWord struct {
	Pos     yamlpos.Pos
	Name    string        `yaml:"name,required"`
	Class   string        `yaml:"class,required" enum:"class"`
	Action  string        `yaml:"action,required" enum:"action"`
	ByScope []ScopeAction `yaml:"by_scope"`
	Also    []string      `yaml:"also"` // other names in use, refused with a hint
	Read    bool          `yaml:"read"` // the duty to read a license that has no rule
	Meaning string        `yaml:"meaning,required"`
}

// ScopeAction names the action of an obligation with that scope.
type ScopeAction struct {
	Scope  string `yaml:"scope,required" enum:"scope"`
	Action string `yaml:"action,required" enum:"action"`
}

// Vocabulary is rules/vocabulary.yaml: every closed list of the rule base.
type Vocabulary struct {
	Openness       []Word     `yaml:"openness,required"`
	Contexts       []Word     `yaml:"contexts,required"`
	Joins          []Word     `yaml:"joins,required"`
	Facts          []FactWord `yaml:"facts,required"`
	Operators      []Word     `yaml:"operators,required"`
	Grants         []Word     `yaml:"grants,required"`
	Answers        []Word     `yaml:"answers,required"`
	Classes        []Word     `yaml:"classes,required"`
	Strengths      []Word     `yaml:"strengths,required"`
	Scopes         []Word     `yaml:"scopes,required"`
	CopyleftScopes []Word     `yaml:"copyleft_scopes,required"`
	Networks       []Word     `yaml:"networks,required"`
	Designs        []Word     `yaml:"designs,required"`
	Flags          []Word     `yaml:"flags,required"`
	Conditions     []Word     `yaml:"conditions,required"`
	Obligations    []TypeWord `yaml:"obligations,required"`

	Restricting struct {
		Obligations []string `yaml:"obligations" enum:"obligation type"`
		Conditions  []string `yaml:"conditions" enum:"condition"`
		Facts       []string `yaml:"facts" enum:"fact"`
	} `yaml:"restricting"` // what open source does not know
}

// Action is something that somebody has to do to meet obligations.
type Action struct {
	Pos     yamlpos.Pos
	ID      string `yaml:"id,required"`
	Do      string `yaml:"do,required"`  // imperative, at most 60 characters
	How     string `yaml:"how,required"` // a command or an instruction
	Who     string `yaml:"who,required" enum:"who"`
	Derived bool   `yaml:"derived"` // the one action of all derived obligations
	// Standing actions ask for no deed where the license is open source: limits
	// that nobody comes near by shipping, and events that have not come.
	Standing bool   `yaml:"standing"`
	Meaning  string `yaml:"meaning,required"`
	Order    int    // position in actions.yaml: the order in which actions are shown
}

// CategoryWord is one category; the list of them is ordered by burden.
type CategoryWord struct {
	Pos     yamlpos.Pos
	Name    string        `yaml:"name,required"`
	Meaning string        `yaml:"meaning,required"`
	Whole   bool          `yaml:"whole"` // the terms reach over the whole program
	Duties  []derivedDuty `yaml:"duties"`
	Rank    int           // position in categories.yaml
}

// derivedDuty is a duty that a license of a category usually has.
type derivedDuty struct {
	Pos   yamlpos.Pos
	Type  string   `yaml:"type,required" enum:"obligation type"`
	When  []string `yaml:"when" enum:"context or join"`
	Scope string   `yaml:"scope" enum:"scope"`
	Text  string   `yaml:"text,required"`
}

type actionsFile struct {
	Actions []Action `yaml:"actions,required"`
}

type categoriesFile struct {
	Categories []CategoryWord `yaml:"categories,required"`
}

// words is the vocabulary with its lists and indexes ready.
type words struct {
	Vocabulary
	actions    []Action
	categories []CategoryWord
	lists      yamlpos.Lists
	types      map[string]*TypeWord
	regions    regions
	derived    string // the action of derived obligations
	readType   string // the type of the duty to read a license that has no rule
}

// The places of the word lists in the tree of rules.
const (
	vocabularyPath = "vocabulary.yaml"
	actionsPath    = "actions.yaml"
	categoriesPath = "categories.yaml"
)

// fixed lists that the word lists themselves are written in.
func bootLists() yamlpos.Lists {
	return yamlpos.Lists{
		"fact owner":      {"component", "project"},
		"fact kind":       {"bool", "number", "list"},
		"who":             {"release", "product", "legal"},
		"review by":       {"machine", "person"},
		"train answer":    {"yes", "no", "check"},
		"side":            {"inbound", "outbound"},
		"linking program": {"open", "any"},
	}
}

// loadWords reads the three word lists; the error is a yamlpos.Faults or an
// error of reading.
func loadWords(fsys fs.FS) (*words, error) {
	w := &words{lists: bootLists(), types: map[string]*TypeWord{}}
	var faults yamlpos.Faults
	var actions actionsFile
	if err := decodeFile(fsys, actionsPath, &actions, w.lists, &faults); err != nil {
		return nil, err
	}
	w.actions = actions.Actions
	var ids []string
	for i := range w.actions {
		a := &w.actions[i]
		a.Order = i
		ids = append(ids, a.ID)
		if a.Derived {
			w.derived = a.ID
		}
		if len([]rune(a.Do)) > 60 {
			faults = append(faults, yamlpos.Fault{File: actionsPath, Pos: a.Pos, Message: fmt.Sprintf("%q: do is over 60 characters", a.ID)})
		}
	}
	if w.derived == "" {
		faults = append(faults, yamlpos.Fault{File: actionsPath, Message: "no action is marked derived"})
	}
	w.lists["action"] = ids
	if err := decodeFile(fsys, vocabularyPath, &w.Vocabulary, w.lists, &faults); err != nil {
		return nil, err
	}
	w.fill()
	// Now that the classes and scopes are known, the words that use them are checked.
	var again Vocabulary
	if err := decodeFile(fsys, vocabularyPath, &again, w.lists, &faults); err != nil {
		return nil, err
	}
	var categories categoriesFile
	if err := decodeFile(fsys, categoriesPath, &categories, w.lists, &faults); err != nil {
		return nil, err
	}
	w.categories = categories.Categories
	for i := range w.categories {
		w.categories[i].Rank = i
		w.lists["category"] = append(w.lists["category"], w.categories[i].Name)
	}
	var err error
	if w.regions, err = readRegions(fsys); err != nil {
		faults = append(faults, faultsOf(err)...)
	}
	if w.readType == "" {
		faults = append(faults, yamlpos.Fault{File: vocabularyPath, Message: "no obligation type is marked read"})
	}
	faults = append(faults, w.repeated()...)
	return w, faults.Err()
}

func (w *words) fill() {
	for list, from := range map[string][]Word{
		"openness": w.Openness, "context": w.Contexts, "join": w.Joins, "operator": w.Operators, "grant": w.Grants,
		"answer": w.Answers, "class": w.Classes, "strength": w.Strengths, "scope": w.Scopes, "copyleft scope": w.CopyleftScopes,
		"network": w.Networks, "design": w.Designs, "flag": w.Flags, "condition": w.Conditions,
	} {
		for _, word := range from {
			w.lists[list] = append(w.lists[list], word.Name)
		}
	}
	w.lists["context or join"] = slices.Concat(w.lists["context"], w.lists["join"])
	for _, f := range w.Facts {
		w.lists["fact"] = append(w.lists["fact"], f.Name)
	}
	for i := range w.Obligations {
		t := &w.Obligations[i]
		w.types[t.Name] = t
		if t.Read {
			w.readType = t.Name
		}
		w.lists["obligation type"] = append(w.lists["obligation type"], t.Name)
	}
}

// repeated reports words that stand twice in a list.
func (w *words) repeated() (faults yamlpos.Faults) {
	for _, name := range slices.Sorted(maps.Keys(w.lists)) {
		seen := map[string]bool{}
		for _, word := range w.lists[name] {
			if seen[word] {
				faults = append(faults, yamlpos.Fault{File: vocabularyPath, Message: fmt.Sprintf("%s %q is listed twice", name, word)})
			}
			seen[word] = true
		}
	}
	return faults
}

// synonym returns the vocabulary's own name for another name of a type.
func (w *words) synonym(name string) string {
	for _, t := range w.Obligations {
		if slices.Contains(t.Also, name) {
			return t.Name
		}
	}
	return ""
}

// decodeFile decodes a file of the tree into v. Faults in it are appended to
// faults; the error is one of reading.
func decodeFile[T any](fsys fs.FS, path string, v *T, lists yamlpos.Lists, faults *yamlpos.Faults) error {
	data, err := fs.ReadFile(fsys, path)
	if err != nil {
		return fmt.Errorf("reading rules: %w", err)
	}
	got, err := yamlpos.Decode[T](path, data, lists)
	*v = got
	if found, ok := err.(yamlpos.Faults); ok {
		*faults = append(*faults, found...)
		return nil
	}
	return err
}
