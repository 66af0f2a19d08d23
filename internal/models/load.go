package models

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

// Dir is the folder of the rules that holds the families, one file a publisher,
// and in namesFile the words of names.
const (
	Dir       = "models"
	namesFile = "names.yaml"
)

// Table is everything that is known of names. It is immutable and safe for
// concurrent use.
type Table struct {
	families   []*Family
	byID       map[string]*Family
	patterns   map[string][]pattern // by first word
	whole      map[string]bool      // names of a library without namespace, as joined words
	mirrors    map[string]bool      // namespaces
	catalogues map[string]bool      // namespaces that hold models of all publishers
	leads      map[string]bool      // words that may stand before a family's name
	variants   map[string]bool      // words that may follow it
}

// Builtin is the table of the rules that the program carries.
var Builtin = sync.OnceValues(func() (*Table, error) { return Load(rules.FS, nil) })

// Load reads the table of a tree of rules. All its faults come at once, as
// yamlpos.Faults; with a rule base the licenses are looked up in it too.
func Load(fsys fs.FS, base *rulebase.Base) (*Table, error) {
	files, err := readFiles(fsys)
	if err != nil {
		return nil, err
	}
	return load(files, base)
}

// Lint checks one file as if it stood in the rules of the program, in the place
// of the file of that name where there is one.
func Lint(name string, data []byte, base *rulebase.Base) (yamlpos.Faults, error) {
	files, err := readFiles(rules.FS)
	if err != nil {
		return nil, err
	}
	at := path.Join(Dir, path.Base(name))
	files = slices.DeleteFunc(files, func(f file) bool { return f.name == at })
	_, err = load(append(files, file{at, data}), base)
	faults, ok := err.(yamlpos.Faults)
	if err != nil && !ok {
		return nil, err
	}
	var own yamlpos.Faults
	for _, f := range faults {
		if f.File == at {
			f.File = name
			own = append(own, f)
		}
	}
	return own, nil
}

type file struct {
	name string
	data []byte
}

func readFiles(fsys fs.FS) ([]file, error) {
	entries, err := fs.ReadDir(fsys, Dir)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	var out []file
	for _, e := range entries {
		f := file{name: path.Join(Dir, e.Name())}
		if f.data, err = fs.ReadFile(fsys, f.name); err != nil {
			return nil, fmt.Errorf("reading rules: %w", err)
		}
		out = append(out, f)
	}
	return out, nil
}

func load(files []file, base *rulebase.Base) (*Table, error) {
	l := &loader{base: base, table: &Table{
		byID: map[string]*Family{}, patterns: map[string][]pattern{}, whole: map[string]bool{}, mirrors: map[string]bool{},
		catalogues: map[string]bool{}, leads: map[string]bool{}, variants: map[string]bool{},
	}, seen: map[string]string{}}
	for _, f := range files {
		l.file = f.name
		switch {
		case path.Base(f.name) == namesFile:
			w, err := yamlpos.Decode[words](f.name, f.data, lists())
			l.words(w, err)
		case path.Ext(f.name) == ".yaml":
			p, err := yamlpos.Decode[publisher](f.name, f.data, lists())
			l.publisher(p, err)
		default:
			l.fault(yamlpos.Pos{}, "is no list of families: their names end in .yaml")
		}
	}
	l.references()
	return l.table, l.faults.Err()
}

type loader struct {
	base   *rulebase.Base
	table  *Table
	file   string
	faults yamlpos.Faults
	seen   map[string]string // pattern → family
	refs   []ref
}

// ref is a family that another one names.
type ref struct {
	file string
	id   text
}

func (l *loader) fault(pos yamlpos.Pos, format string, args ...any) {
	l.faults = append(l.faults, yamlpos.Fault{File: l.file, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

func (l *loader) failed(err error) {
	if err == nil {
		return
	}
	if fs, ok := err.(yamlpos.Faults); ok {
		l.faults = append(l.faults, fs...)
		return
	}
	l.fault(yamlpos.Pos{}, "%v", err)
}

func (l *loader) words(w words, err error) {
	l.failed(err)
	for _, set := range []struct {
		into map[string]bool
		list []text
	}{{l.table.mirrors, w.Mirrors}, {l.table.catalogues, w.Catalogues}, {l.table.leads, w.Leads}, {l.table.variants, w.Variants}} {
		for _, x := range set.list {
			key := strings.ToLower(x.Value)
			if set.into[key] {
				l.fault(x.Pos, "%s is listed twice", yamlpos.Quote(x.Value))
			}
			set.into[key] = true
		}
	}
}

func (l *loader) publisher(p publisher, err error) {
	l.failed(err)
	if !day(p.Review.On.Value) {
		l.fault(p.Review.On.Pos, "%s is no day: YYYY-MM-DD", yamlpos.Quote(p.Review.On.Value))
	}
	for i := range p.Families {
		l.family(&p, &p.Families[i])
	}
}

func (l *loader) family(p *publisher, e *entry) {
	f := &Family{
		ID: e.ID.Value, Name: e.Name.Value, Kind: Kind(e.Kind.Value), Publisher: p.Publisher.Value, Orgs: append(lower(p.Orgs), lower(e.Orgs)...),
		License: e.License.Value, Check: e.Check.Value, Beside: e.Beside.Value, Released: e.Released.Value, Modality: e.Modality.Value, See: e.See.Value, pos: e.Pos,
	}
	if f.Kind == "" {
		f.Kind = Model
	}
	if e.Publisher.Value != "" {
		f.Publisher = e.Publisher.Value
	}
	if f.See == "" {
		f.See = p.See.Value
	}
	if old := l.table.byID[f.ID]; old != nil {
		l.fault(e.ID.Pos, "the family %s is there already", yamlpos.Quote(f.ID))
		return
	}
	if f.Released != "" && !day(f.Released) && !day(f.Released+"-01") && !day(f.Released+"-01-01") {
		l.fault(e.Released.Pos, "%s is no date: YYYY-MM-DD", yamlpos.Quote(f.Released))
	}
	l.license(e.License)
	for _, o := range e.Earlier {
		l.license(o.License)
		f.Earlier = append(f.Earlier, Earlier{o.License.Value, o.Text.Value})
	}
	for _, id := range e.MadeWith {
		l.refs = append(l.refs, ref{l.file, id})
		f.MadeWith = append(f.MadeWith, id.Value)
	}
	f.Code, f.Data = l.fact(e.Code, p.Code), l.fact(e.Data, p.Data)
	l.service(f, p, e)
	if len(e.Names)+len(e.Short) == 0 {
		l.fault(e.Pos, "the family %s has neither names nor short ones", yamlpos.Quote(f.ID))
	}
	for _, n := range e.Names {
		l.pattern(f, n, false)
	}
	for _, n := range e.Short {
		l.pattern(f, n, true)
	}
	l.table.byID[f.ID] = f
	l.table.families = append(l.table.families, f)
}

// service takes the terms of a service, its own or its publisher's.
func (l *loader) service(f *Family, p *publisher, e *entry) {
	t := e.Service
	if f.Kind != Service {
		if t != nil {
			l.fault(e.Pos, "%q: only a service has terms of service", f.ID)
		}
		return
	}
	if t == nil {
		t = p.Service
	}
	if t == nil {
		l.fault(e.Pos, "the service %s has no terms of service", yamlpos.Quote(f.ID))
		return
	}
	for _, x := range []*fact{t.Outputs, t.Inputs, t.Retention, t.Price} {
		if x != nil && x.Answer.Value != Unknown && x.Answer.Value != "" && (x.AsOf.Value == "" || x.Source.Value == "") {
			l.fault(x.Answer.Pos, "a fact about a service needs its day and address (as_of, source)")
		}
	}
	f.Terms = t.Terms.Value
	f.Outputs, f.Inputs, f.Retention, f.Price = l.fact(t.Outputs, nil), l.fact(t.Inputs, nil), l.fact(t.Retention, nil), l.fact(t.Price, nil)
	f.Code, f.Data = Fact{Answer: No, Text: "a hosted service"}, Fact{Answer: No, Text: "a hosted service"}
}

func (l *loader) fact(own, def *fact) Fact {
	if own == nil {
		own = def
	}
	if own == nil {
		return Fact{}
	}
	l.license(own.License)
	if own.AsOf.Value != "" && !day(own.AsOf.Value) {
		l.fault(own.AsOf.Pos, "%s is no day: YYYY-MM-DD", yamlpos.Quote(own.AsOf.Value))
	}
	if own.Answer.Value != Unknown && own.Text.Value == "" && own.Answer.Value != "" {
		l.fault(own.Answer.Pos, "an answer needs the fact that decides it (text)")
	}
	return Fact{own.Answer.Value, own.Text.Value, own.License.Value, own.AsOf.Value, own.Source.Value}
}

// license looks an expression up, each of its licenses.
func (l *loader) license(x text) {
	if x.Value == "" || l.base == nil {
		return
	}
	e, err := spdx.Parse(x.Value, l.base.SPDX())
	if err != nil {
		l.fault(x.Pos, "%v", err)
		return
	}
	for _, leaf := range spdx.Leaves(e) {
		if h, ok := l.base.Lookup(leaf.ID); !ok || h.ID != leaf.ID {
			l.fault(x.Pos, "no license %s in the rules", yamlpos.Quote(leaf.ID))
		}
	}
}

// references finds families that are named and not there.
func (l *loader) references() {
	for _, r := range l.refs {
		if f := l.table.byID[r.id.Value]; f == nil || f.Kind != Service {
			l.file = r.file
			l.fault(r.id.Pos, "no service %s in the families", yamlpos.Quote(r.id.Value))
		}
	}
}

// pattern adds a name of a family.
func (l *loader) pattern(f *Family, n text, short bool) {
	base, tag, _ := strings.Cut(n.Value, ":")
	p := pattern{family: f, words: split(base), short: short}
	p.base = len(p.words)
	p.words = append(p.words, split(tag)...)
	if p.base == 0 || strings.ToLower(n.Value) != n.Value {
		l.fault(n.Pos, "%s is no name: words in small letters, parted by -", yamlpos.Quote(n.Value))
		return
	}
	key := fmt.Sprintf("%s\x00%v\x00%v", strings.Join(p.words, " "), f.Kind, short)
	if old := l.seen[key]; old != "" && old != f.ID {
		l.fault(n.Pos, "%s is a name of %s already", yamlpos.Quote(n.Value), old)
	}
	l.seen[key] = f.ID
	l.table.patterns[p.words[0]] = append(l.table.patterns[p.words[0]], p)
	if short {
		l.table.whole[strings.Join(p.words[:p.base], " ")] = true
	}
}

// day reports whether s is a day as YYYY-MM-DD.
func day(s string) bool {
	if len(s) != len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return false
	}
	digits := s[:4] + s[5:7] + s[8:]
	return strings.Trim(digits, "0123456789") == "" && s[5:7] <= "12" && s[5:7] > "00" && s[8:] <= "31" && s[8:] > "00"
}

func lower(list []text) []string {
	var out []string
	for _, x := range list {
		out = append(out, strings.ToLower(x.Value))
	}
	return out
}

// Families lists all families, in the order of the files.
func (t *Table) Families() []*Family { return slices.Clone(t.families) }

// Family returns a family by its id, nil where there is none.
func (t *Table) Family(id string) *Family { return t.byID[id] }
