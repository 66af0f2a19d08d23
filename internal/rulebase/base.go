package rulebase

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// Base is the knowledge of a tree of rules. It is immutable and safe for
// concurrent use: what it reads late, it reads once.
type Base struct {
	fsys       fs.FS
	ix         index
	words      func() *tables
	list       func() *spdx.List
	std        func() (Std, error)
	regions    func() (regions, error)
	licenses   sync.Map // id → func() (*License, error)
	exceptions sync.Map // id → func() (*Exception, error)
}

// ErrUnknown is the cause when an id is in no table.
var ErrUnknown = errors.New("unknown license")

// Load opens a tree of rules. Only the index is read.
func Load(fsys fs.FS) (*Base, error) {
	ix, err := readIndex(fsys)
	if err != nil {
		return nil, err
	}
	b := &Base{fsys: fsys, ix: ix}
	b.words = sync.OnceValue(func() *tables { return newTables(ix) })
	b.list = sync.OnceValue(func() *spdx.List { return spdx.NewList(ix.entries(secLicenses), ix.entries(secExceptions)) })
	b.std = sync.OnceValues(func() (Std, error) { return readStd(fsys) })
	b.regions = sync.OnceValues(func() (regions, error) { return readRegions(fsys) })
	return b, nil
}

// Digest is sha256:… over every file of the tree of rules but the index.
func (b *Base) Digest() string { return b.about("digest") }

// Date is the day of the latest review of a rule, YYYY-MM-DD.
func (b *Base) Date() string { return b.about("date") }

// SPDXVersion is the version of the SPDX license list.
func (b *Base) SPDXVersion() string { return b.about("spdx_list") }

func (b *Base) about(name string) string {
	for row := range b.ix.rows(secAbout, 2) {
		if row[0] == name {
			return row[1]
		}
	}
	return ""
}

// Lookup finds a license or an exception by its id or by a name that people
// write for it, without regard to case and repeated spaces.
func (b *Base) Lookup(name string) (Head, bool) {
	if h, ok := b.head(name); ok {
		return h, true
	}
	row, ok := b.ix.find(secAliases, foldName(name))
	if !ok {
		return Head{}, false
	}
	_, id, _ := strings.Cut(row, "\t")
	return b.head(id)
}

func (b *Base) head(id string) (Head, bool) {
	if row, ok := b.ix.find(secLicenses, id); ok {
		return parseHead(row, false)
	}
	if row, ok := b.ix.find(secExceptions, id); ok {
		return parseHead(row, true)
	}
	return Head{}, false
}

// Heads yields all licenses, then all exceptions, each sorted by id.
func (b *Base) Heads() iter.Seq[Head] {
	return func(yield func(Head) bool) {
		for _, section := range []string{secLicenses, secExceptions} {
			for line := range strings.Lines(b.ix[section]) {
				h, ok := parseHead(strings.TrimSuffix(line, "\n"), section == secExceptions)
				if ok && !yield(h) {
					return
				}
			}
		}
	}
}

// Nearest returns up to n ids that an unknown one may be meant for.
func (b *Base) Nearest(id string, n int) []string {
	var ids []string
	for h := range b.Heads() {
		ids = append(ids, h.ID)
	}
	return yamlpos.Nearest(id, ids, n)
}

// License returns a license by id or alias. Its rule file is parsed at the
// first call. A license without one has Full false and the duties that are
// usual for its category, marked Derived. The error is ErrUnknown for an id
// that no table holds.
func (b *Base) License(id string) (*License, error) {
	h, ok := b.Lookup(id)
	if !ok || h.Exception {
		return nil, fmt.Errorf("%w %q", ErrUnknown, id)
	}
	read, ok := b.licenses.Load(h.ID)
	if !ok {
		read, _ = b.licenses.LoadOrStore(h.ID, sync.OnceValues(func() (*License, error) { return b.license(h) }))
	}
	return read.(func() (*License, error))()
}

func (b *Base) license(h Head) (*License, error) {
	l := &License{Grants: unknownGrants(), Obligations: b.Derived(h.Category, nil)}
	if h.File != "" {
		f, err := readRule[licenseFile](b.fsys, h.File)
		if err != nil {
			return nil, err
		}
		l = f.license(h.File)
		if err := b.widen(l.Obligations); err != nil {
			return nil, err
		}
	}
	l.ID, l.Name, l.Family, l.Category, l.Openness = h.ID, h.Name, h.Family, h.Category, h.Openness
	l.OSI, l.FSF, l.Deprecated, l.Replacement = h.OSI, h.FSF, h.Deprecated, h.Replacement
	l.DesignedFor, l.Aliases = h.DesignedFor, h.Aliases
	return l, nil
}

func unknownGrants() []Grant {
	var grants []Grant
	for _, g := range []string{"use", "study", "modify", "share"} {
		grants = append(grants, Grant{Grant: g, Answer: "unknown"})
	}
	return grants
}

// Exception returns an exception by id or alias, as License does.
func (b *Base) Exception(id string) (*Exception, error) {
	h, ok := b.Lookup(id)
	if !ok || !h.Exception {
		return nil, fmt.Errorf("%w exception %q", ErrUnknown, id)
	}
	read, ok := b.exceptions.Load(h.ID)
	if !ok {
		read, _ = b.exceptions.LoadOrStore(h.ID, sync.OnceValues(func() (*Exception, error) { return b.exception(h) }))
	}
	return read.(func() (*Exception, error))()
}

func (b *Base) exception(h Head) (*Exception, error) {
	e := &Exception{}
	if h.File != "" {
		f, err := readRule[exceptionFile](b.fsys, h.File)
		if err != nil {
			return nil, err
		}
		e = f.exception(h.File)
		if err := b.widen(e.Adds); err != nil {
			return nil, err
		}
	}
	e.ID, e.Name, e.Category, e.Deprecated, e.Replacement = h.ID, h.Name, h.Category, h.Deprecated, h.Replacement
	return e, nil
}

// readRule parses a rule file without comparing it with the closed lists: that
// was done when the index was made.
func readRule[T any](fsys fs.FS, name string) (*T, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	f, err := yamlpos.Decode[T](name, data, nil)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	return &f, nil
}

// Std returns what is known of the Go standard library.
func (b *Base) Std() (Std, error) { return b.std() }

// Categories returns all categories by growing burden.
func (b *Base) Categories() []CategoryWord { return slices.Clone(b.words().categories) }

// Rank orders categories by burden; an unknown one ranks above all.
func (b *Base) Rank(category string) int {
	t := b.words()
	if c, ok := t.category[category]; ok {
		return c.Rank
	}
	return len(t.categories)
}

// Actions returns all actions in the order in which they are shown.
func (b *Base) Actions() []Action { return slices.Clone(b.words().actions) }

// Action returns the action that meets obligations of a type; for an unknown
// type, the one that asks a person to confirm.
func (b *Base) Action(kind string) Action {
	t := b.words()
	if w, ok := t.types[kind]; ok {
		return t.action[w.Action]
	}
	return t.action[t.derived]
}

// ActionFor returns the one action that meets an obligation: by its type and
// scope, and for a derived one the action that asks a person to confirm.
func (b *Base) ActionFor(o Obligation) Action {
	t := b.words()
	if o.Derived {
		return t.action[t.derived]
	}
	if w, ok := t.types[o.Type]; ok {
		for _, s := range w.ByScope {
			if s.Scope == o.Scope {
				return t.action[s.Action]
			}
		}
	}
	return b.Action(o.Type)
}

// Type returns a type of obligation by name.
func (b *Base) Type(name string) (TypeWord, bool) {
	w, ok := b.words().types[name]
	return w, ok
}

// TypeNames lists the types of obligations, sorted.
func (b *Base) TypeNames() []string { return slices.Sorted(maps.Keys(b.words().types)) }

// Fact returns a fact that conditions ask for by name.
func (b *Base) Fact(name string) (FactWord, bool) {
	facts := b.words().facts
	if i := slices.IndexFunc(facts, func(f FactWord) bool { return f.Name == name }); i >= 0 {
		return facts[i], true
	}
	return FactWord{}, false
}

// Facts returns the facts that conditions ask for.
func (b *Base) Facts() []FactWord { return slices.Clone(b.words().facts) }

// Restricts reports whether an obligation is one that open source does not know:
// it takes a freedom from somebody or for some purpose.
func (b *Base) Restricts(o Obligation) bool {
	r := b.words().restricts
	return o.Strength == "must" && (slices.Contains(r["obligations"], o.Type) ||
		slices.ContainsFunc(o.If, func(c Condition) bool { return slices.Contains(r["facts"], c.Fact) }))
}

// Contexts returns what may leave the house or be served (--use).
func (b *Base) Contexts() []Word { return slices.Clone(b.words().contexts) }

// ContextNames returns the names of Contexts.
func (b *Base) ContextNames() []string { return names(b.words().contexts) }

func names(words []Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.Name
	}
	return out
}

// Openness returns the words of openness, from open to closed.
func (b *Base) Openness() []Word { return slices.Clone(b.words().openness) }

// Joins returns the ways in which two things are joined.
func (b *Base) Joins() []Word { return slices.Clone(b.words().joins) }

// Derived returns the duties usual for a category that one of the contexts (or
// joins) triggers, all with nil contexts. The list always holds one more, to
// read the license itself: it is never empty.
func (b *Base) Derived(category string, contexts []string) []Obligation {
	var out []Obligation
	for _, o := range b.words().duties[category] {
		if len(o.When) == 0 || contexts == nil || slices.ContainsFunc(o.When, func(w string) bool { return slices.Contains(contexts, w) }) {
			out = append(out, o)
		}
	}
	return append(out, b.words().read)
}
