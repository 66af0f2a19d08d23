package rulebase

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// checker finds the faults of one rule file that its types cannot express.
type checker struct {
	*words
	known  map[string]bool // SPDX ids and exceptions by their own spelling; nil: not checked
	file   string
	faults yamlpos.Faults
}

func (c *checker) fault(pos yamlpos.Pos, format string, args ...any) {
	c.faults = append(c.faults, yamlpos.Fault{File: c.file, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// slug is the form of families and of the names of licenses outside SPDX.
var (
	slug       = lazyre.New(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	licenseRef = lazyre.New(`^LicenseRef-rukhsa-[a-z0-9]+([.-][a-z0-9]+)*$`)
)

// maxText is the length of an obligation's sentence, in characters: it is
// printed in one line.
const maxText = 160

func (c *checker) license(f *licenseFile) {
	c.head(f.ID, f.Name, f.Aliases)
	if f.Family.Value != "" && !slug.MatchString(f.Family.Value) {
		c.fault(f.Family.Pos, "family %s: use lower-case letters, digits, dots and hyphens", yamlpos.Quote(f.Family.Value))
	}
	c.reach(&f.Copyleft)
	c.burden(f)
	c.open(f)
	c.grants(f)
	c.obligations(f.Obligations)
	for _, r := range f.Compat.RelicenseTo {
		c.ids(r.IDs)
	}
	if f.Compat.Later != nil {
		c.ids(f.Compat.Later.IDs)
	}
	for _, u := range f.Compat.Undecided {
		c.ids(u.IDs)
		c.sentence(u.Text)
	}
	if p := f.Compat.Linking; p != nil {
		c.sentence(p.Text)
		if s := f.Copyleft.Scope; s != "program" && s != "library" {
			c.fault(p.Pos, "linking is said of a copyleft of scope program or library; here it is %s", yamlpos.Quote(s))
		}
	}
	for _, t := range []*trainPart{f.Compat.Train, f.Compat.Outputs} {
		if t != nil {
			c.sentence(t.Text)
		}
	}
	for _, list := range [][]text{f.DesignedFor, f.Flags, f.Compat.Conditions, f.Compat.Accepts} {
		c.once(list)
	}
	c.origin(f.Sources, f.Review)
}

func (c *checker) exception(f *exceptionFile) {
	c.head(f.ID, f.Name, f.Aliases)
	c.ids(f.AppliesTo)
	if f.Copyleft != nil {
		c.reach(f.Copyleft)
	}
	for _, r := range f.Removes {
		if (r.Type.Value == "") == !r.Copyleft {
			c.fault(r.Pos, "a removal names either a type or copyleft: true")
		}
		if r.Type.Value != "" {
			c.kind(r.Type)
		}
		c.sentence(r.Text)
	}
	for _, p := range f.Lifts {
		c.once(p.Conditions)
		c.ids(p.IDs)
		c.sentence(p.Text)
	}
	for _, p := range f.Links {
		c.ids(p.IDs)
		c.sentence(p.Text)
	}
	if len(f.Removes) == 0 && len(f.Adds) == 0 && len(f.Lifts) == 0 && len(f.Links) == 0 {
		c.fault(f.Pos, "an exception removes, adds, lifts or links something")
	}
	c.obligations(f.Adds)
	c.origin(f.Sources, f.Review)
}

// head checks the id against the file name and the list of ids, and the aliases.
func (c *checker) head(id, name text, aliases []text) {
	want := strings.TrimSuffix(path.Base(c.file), ".yaml")
	if id.Value != "" && id.Value != want {
		c.fault(id.Pos, "id %s differs from the file name: the file must be called %s.yaml", yamlpos.Quote(id.Value), id.Value)
	}
	c.id(id)
	for _, a := range append([]text{name}, aliases...) {
		if strings.ContainsAny(a.Value, "\t|\n\r") {
			c.fault(a.Pos, "%s: a name may not hold tabs, line ends or |", yamlpos.Quote(a.Value))
		}
	}
	for _, a := range aliases {
		if a.Value != strings.ToLower(a.Value) || a.Value != strings.Join(strings.Fields(a.Value), " ") || a.Value == "" {
			c.fault(a.Pos, "alias %s: write it in lower case with single spaces", yamlpos.Quote(a.Value))
		}
		if a.Value == strings.ToLower(id.Value) || a.Value == strings.ToLower(name.Value) {
			c.fault(a.Pos, "alias %s is the id or the name: leave it out", yamlpos.Quote(a.Value))
		}
	}
	c.once(aliases)
}

// id checks that an id is SPDX's or one of ours.
func (c *checker) id(id text) {
	switch {
	case id.Value == "":
	case strings.HasPrefix(id.Value, "LicenseRef-"):
		if !licenseRef.MatchString(id.Value) {
			c.fault(id.Pos, "id %s: write LicenseRef-rukhsa- and a lower-case name", yamlpos.Quote(id.Value))
		}
	case c.known != nil && !c.known[id.Value]:
		msg := fmt.Sprintf("%s is no SPDX id", yamlpos.Quote(id.Value))
		if near := c.nearest(id.Value); near != "" {
			msg += fmt.Sprintf("; did you mean %q?", near)
		}
		c.fault(id.Pos, "%s; other licenses are called LicenseRef-rukhsa-NAME", msg)
	}
}

func (c *checker) nearest(id string) string {
	var all []string
	for k := range c.known {
		all = append(all, k)
	}
	slices.Sort(all)
	if near := yamlpos.Nearest(id, all, 1); len(near) > 0 {
		return near[0]
	}
	return ""
}

func (c *checker) ids(ids []text) {
	for _, id := range ids {
		c.id(id)
	}
	c.once(ids)
}

// once reports values that stand twice in a list.
func (c *checker) once(list []text) {
	for i, t := range list {
		if slices.ContainsFunc(list[:i], func(u text) bool { return u.Value == t.Value }) {
			c.fault(t.Pos, "%s is listed twice", yamlpos.Quote(t.Value))
		}
	}
}

func (c *checker) reach(p *copyleftPart) {
	if (p.Scope != "" && p.Scope != "none" || p.Network != "" && p.Network != "none") && p.Clause == "" {
		c.fault(p.Pos, `missing key "clause": where the text says how far its terms reach (in copyleft)`)
	}
}

// burden checks that the category and the reach of the copyleft agree.
func (c *checker) burden(f *licenseFile) {
	scopes := map[string][]string{
		"public-domain": {"none"}, "permissive": {"none", "file"}, "data-permissive": {"none", "database"},
		"weak-copyleft": {"file", "library", "database"}, "data-share-alike": {"database", "library", "program"},
		"strong-copyleft": {"program"}, "network-copyleft": {"program", "library", "file"},
	}
	if want := scopes[f.Category.Value]; want != nil && f.Copyleft.Scope != "" && !slices.Contains(want, f.Copyleft.Scope) {
		c.fault(f.Copyleft.Pos, "copyleft scope %q does not go with category %q; valid: %s",
			f.Copyleft.Scope, f.Category.Value, strings.Join(want, ", "))
	}
	if f.Category.Value == "network-copyleft" && f.Copyleft.Network == "none" {
		c.fault(f.Copyleft.Pos, "category network-copyleft needs network: modified or any")
	}
}

// open checks that the openness follows from the rest of the rule.
func (c *checker) open(f *licenseFile) {
	found := c.restrictions(f)
	switch f.Openness.Value {
	case "open-source", "open-weights":
		for _, r := range found {
			c.fault(r.Pos, "%s is more than openness %q allows", r.Value, f.Openness.Value)
		}
	case "open-restricted":
		if len(found) == 0 {
			c.fault(f.Openness.Pos, "openness %q, and nothing in the rule restricts: no limited grant, and no word listed as restricting in %s", f.Openness.Value, vocabularyPath)
		}
	}
}

// restrictions lists what a rule says that open source does not know.
func (c *checker) restrictions(f *licenseFile) (found []text) {
	add := func(pos yamlpos.Pos, format string, args ...any) {
		found = append(found, text{Value: fmt.Sprintf(format, args...), Pos: pos})
	}
	for _, g := range f.Grants {
		if g.Answer == "limited" || g.Answer == "no" {
			add(g.Pos, "grant %s: %s", g.Grant, g.Answer)
		}
	}
	for _, o := range f.Obligations {
		if o.Strength != "must" {
			continue
		}
		if slices.Contains(c.Restricting.Obligations, o.Type.Value) {
			add(o.Type.Pos, "%s", o.Type.Value)
		}
		for _, cond := range o.If {
			if slices.Contains(c.Restricting.Facts, cond.Fact) {
				add(cond.Pos, "%s that hangs on %s", o.Type.Value, cond.Fact)
			}
		}
	}
	for _, t := range f.Compat.Conditions {
		if slices.Contains(c.Restricting.Conditions, t.Value) {
			add(t.Pos, "condition %s", t.Value)
		}
	}
	return found
}

// grants checks that each of the four grants is answered once, with its clause.
func (c *checker) grants(f *licenseFile) {
	for _, name := range c.lists["grant"] {
		var found []grantPart
		for _, g := range f.Grants {
			if g.Grant == name {
				found = append(found, g)
			}
		}
		switch {
		case len(found) == 0:
			c.fault(f.Pos, "grant %q is missing: all four are answered, if need be with unknown", name)
		case len(found) > 1:
			c.fault(found[1].Pos, "grant %q is answered twice", name)
		case found[0].Clause == "" && found[0].Answer != "unknown":
			c.fault(found[0].Pos, `missing key "clause": where the text grants or refuses it (in grant %s)`, name)
		}
	}
}

func (c *checker) obligations(list []obligationPart) {
	type key struct{ kind, when, cond, scope, value, clause string }
	seen := map[key]bool{}
	for _, o := range list {
		c.kind(o.Type)
		if t := c.types[o.Type.Value]; t != nil && o.Class.Value != "" && o.Class.Value != t.Class {
			c.fault(o.Class.Pos, "%s has class %q, not %q", t.Name, t.Class, o.Class.Value)
		}
		c.once(o.When)
		for _, cond := range o.If {
			c.condition(cond)
		}
		c.sentence(o.Text)
		k := key{o.Type.Value, fmt.Sprint(values(o.When)), fmt.Sprint(o.If), o.Scope, o.Value, o.Clause.Value}
		for i := range o.If {
			k.cond += o.If[i].Fact + o.If[i].Op + o.If[i].Value + " "
		}
		if seen[k] {
			c.fault(o.Pos, "%s stands here twice with the same when, if, scope, value and clause", o.Type.Value)
		}
		seen[k] = true
	}
}

// kind checks the type of an obligation and explains other names in use.
func (c *checker) kind(t text) {
	if t.Value == "" || c.types[t.Value] != nil {
		return
	}
	if own := c.synonym(t.Value); own != "" {
		c.fault(t.Pos, "unknown obligation type %s: it is called %q here", yamlpos.Quote(t.Value), own)
		return
	}
	c.fault(t.Pos, "%s", yamlpos.Unknown("obligation type", t.Value, c.lists["obligation type"]))
}

// condition checks operator and value against the kind of the fact.
func (c *checker) condition(p conditionPart) {
	i := slices.IndexFunc(c.Facts, func(f FactWord) bool { return f.Name == p.Fact })
	if i < 0 {
		return // said already
	}
	switch c.Facts[i].Kind {
	case "bool":
		if !slices.Contains([]string{"", "not"}, p.Op) || p.Value != "" {
			c.fault(p.Pos, "%s is true or false: write {fact: %s} or {fact: %s, op: not}", p.Fact, p.Fact, p.Fact)
		}
	case "number":
		_, err := strconv.ParseInt(p.Value, 10, 64)
		if !slices.Contains([]string{">", ">=", "<", "<=", "="}, p.Op) || err != nil {
			c.fault(p.Pos, `%s is a number: write {fact: %s, op: ">", value: 1000000}`, p.Fact, p.Fact)
		}
	case "list":
		if !slices.Contains([]string{"in", "not"}, p.Op) || p.Value == "" {
			c.fault(p.Pos, `%s is a list: write {fact: %s, op: in, value: "EU, GB"}`, p.Fact, p.Fact)
		}
		for _, word := range listWords(p.Value) {
			if !c.regions.knows(word) {
				c.fault(p.Pos, "%s is no ISO country code and no region of %s", yamlpos.Quote(word), regionsPath)
			}
		}
	}
}

func (c *checker) sentence(t text) {
	n := utf8.RuneCountInString(t.Value)
	switch {
	case t.Value == "":
	case n > maxText:
		c.fault(t.Pos, "text has %d characters, over the limit of %d", n, maxText)
	case !strings.HasSuffix(t.Value, "."):
		c.fault(t.Pos, "text is one sentence and ends with a full stop")
	case strings.ContainsAny(t.Value, "\n\r\t"):
		c.fault(t.Pos, "text is one line")
	}
}

func (c *checker) origin(sources []sourcePart, r reviewPart) {
	for _, s := range sources {
		if u, err := url.Parse(s.URL.Value); s.URL.Value != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			c.fault(s.URL.Pos, "%s is no web address", yamlpos.Quote(s.URL.Value))
		}
		c.date(s.Date)
	}
	c.date(r.On)
}

func (c *checker) date(t text) {
	if _, err := time.Parse(time.DateOnly, t.Value); t.Value != "" && err != nil {
		c.fault(t.Pos, "%s is no date: write YYYY-MM-DD", yamlpos.Quote(t.Value))
	}
}
