package report

import (
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

// sbom is what the bills of materials share.
type sbom struct {
	r        *Report
	list     *spdx.List // the ids that an expression may use
	findings map[string][]*diag.Finding
	alone    []*diag.Finding // of no component
	content  map[string]string
	asked    map[string]*assess.Obligation
	mains    []*Component
	at       map[string]int // index of a component by its id, and of a module by its name
	uuid     string         // a function of the report
}

// knowledge is read when the first bill of materials is written.
var knowledge = sync.OnceValues(func() (*rulebase.Base, error) { return rulebase.Load(rules.FS) })

func newSBOM(r *Report) (*sbom, error) {
	base, err := knowledge()
	if err != nil {
		return nil, err
	}
	s := &sbom{r: r, list: base.SPDX(), mains: mains(r), content: map[string]string{}, asked: map[string]*assess.Obligation{}, at: map[string]int{}}
	s.findings, s.alone = findingsBy(r)
	for _, t := range r.Texts {
		s.content[t.Digest] = t.Content
	}
	for i := range r.Obligations {
		s.asked[r.Obligations[i].ID] = &r.Obligations[i]
	}
	for i := range r.Components {
		s.at[r.Components[i].Name] = i
	}
	for i := range r.Components {
		s.at[r.Components[i].ID] = i
	}
	hash := sha256.New()
	if err := EncodeJSON(hash, r, false); err != nil {
		return nil, err
	}
	u := hash.Sum(nil)[:16]
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80 // RFC 9562, version 8
	s.uuid = fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
	return s, nil
}

// expression reads a license of the report as the standards want it: known ids,
// or LicenseRefs. ok is false for NONE, NOASSERTION and what is no expression.
func (s *sbom) expression(text string) (e spdx.Expr, ok bool) {
	e, err := spdx.Parse(text, s.list)
	if err != nil {
		return nil, false
	}
	switch e.(type) {
	case spdx.None, spdx.NoAssertion:
		return nil, false
	}
	return e, true
}

// leaves are the licenses of an expression, each once, in order.
func leaves(e spdx.Expr) []spdx.License {
	var out []spdx.License
	var walk func(spdx.Expr)
	walk = func(e spdx.Expr) {
		switch e := e.(type) {
		case spdx.License:
			if !slices.Contains(out, e) {
				out = append(out, e)
			}
		case spdx.And:
			for _, x := range e.X {
				walk(x)
			}
		case spdx.Or:
			for _, x := range e.X {
				walk(x)
			}
		}
	}
	walk(e)
	return out
}

// own are the LicenseRefs of an expression.
func own(e spdx.Expr) []string {
	var out []string
	for _, l := range leaves(e) {
		if strings.HasPrefix(l.ID, "LicenseRef-") && !slices.Contains(out, l.ID) {
			out = append(out, l.ID)
		}
	}
	return out
}

// textOf is the text of a license that is no SPDX license, where a component
// has it and the report carries it.
func (s *sbom) textOf(id string) string {
	for i := range s.r.Components {
		for _, e := range s.r.Components[i].Evidence {
			if text := s.content[e.Digest]; e.Expression == id && text != "" {
				return body(text)
			}
		}
	}
	return ""
}

// noTextHere stands where a document has to give a text and the report has none.
const noTextHere = "The text is not part of this document; it stands in the packages that name the license."

// date is the one date that the report knows, for the time that SPDX wants, and
// what it is the date of.
func (r *Report) date() (date, why string) {
	for _, x := range []struct{ date, of string }{{r.AsOf, "--as-of"}, {r.Tool.Rules.Date, "the rules"}} {
		if _, err := time.Parse(time.DateOnly, x.date); err == nil {
			return x.date + "T00:00:00Z", "created is the date of " + x.of + ", not of the scan: equal input gives an equal document"
		}
	}
	return "1970-01-01T00:00:00Z", "created is not known: equal input gives an equal document"
}

// fact is a named statement about a component or the document.
type fact struct{ name, value string }

// facts are what the standards have no field for, in a fixed order.
func (s *sbom) facts(c *Component) []fact {
	out := []fact{{"scope", string(c.Scope)}, {"license", c.License.Concluded}, {"license-status", string(c.License.Status)}}
	add := func(name, value string) {
		if value != "" {
			out = append(out, fact{name, value})
		}
	}
	add("license-declared", c.License.Declared)
	add("license-detected", c.License.Detected)
	add("license-used", c.License.Choice)
	add("license-reason", c.License.Reason)
	add("category", c.Category)
	add("openness", c.Openness)
	add("license-openness", c.LicenseOpenness)
	add("replaced-by", c.ReplacedBy)
	if c.Apart != nil {
		add("apart", apartText(c.Apart))
	}
	for _, l := range c.LinkedBy {
		add("linked-by", l.Root)
	}
	for _, l := range c.Lineage {
		add("lineage:"+l.Relation, l.ID)
	}
	for _, p := range c.Parts {
		add("part:"+p.Part, p.Present)
	}
	for _, b := range c.Benefits {
		add("benefit:"+b.Name, b.Answer)
	}
	for _, k := range c.Risks {
		add("risk:"+k.Group, k.Signal)
	}
	for _, p := range c.Facts.Properties {
		add("property:"+p.Name, p.Value)
	}
	for _, id := range c.Judged.Obligations {
		if o := s.asked[id]; o != nil {
			add("obligation:"+o.Type, o.Status+": "+assess.Cite(o.License, o.Clause)+": "+o.Text)
		} else {
			add("obligation", id)
		}
	}
	for _, f := range s.findings[c.ID] {
		add("finding", csvFinding(f))
	}
	return out
}

// about are the facts of the whole document.
func (s *sbom) about() []fact {
	r := s.r
	out := []fact{{"disclaimer", Disclaimer}, {"complete", fmt.Sprint(r.Complete)}, {"policy", strings.TrimSpace(r.Policy.Name + " " + r.Policy.Digest)}}
	if u := strings.Join(r.Use.Contexts, ", "); u != "" {
		out = append(out, fact{"use", u})
	}
	for _, f := range s.alone {
		out = append(out, fact{"finding", csvFinding(f)})
	}
	for _, e := range r.Errors {
		out = append(out, fact{"error", unread(e)})
	}
	for _, line := range unexamined(r) {
		out = append(out, fact{"not-looked-at", line})
	}
	return out
}

// mainOf is the main component that contains c: the one whose program links it,
// else the first one; -1 without one.
func (s *sbom) mainOf(c *Component) int {
	for _, l := range c.LinkedBy {
		for _, p := range s.r.Programs {
			if i, ok := s.at[p.Component]; ok && p.Root == l.Root && s.r.Components[i].Scope == inventory.Main {
				return i
			}
		}
	}
	if len(s.mains) == 0 {
		return -1
	}
	return s.at[s.mains[0].ID]
}

// graph lists for each component those that it uses: where its edges lead, what
// follows it on an import path, and of a main component what lies in it or is
// required directly. It knows no more, and is not complete.
func (s *sbom) graph() [][]int {
	out := make([][]int, len(s.r.Components))
	add := func(from, to int) {
		if from >= 0 && to >= 0 && from != to && !slices.Contains(out[from], to) {
			out[from] = append(out[from], to)
		}
	}
	for i := range s.r.Components {
		c := &s.r.Components[i]
		for _, e := range c.Edges {
			if to, ok := s.at[e.To]; ok {
				add(i, to)
			}
		}
		for _, p := range c.Paths {
			for k := 1; k < len(p); k++ {
				add(s.moduleOf(p[k-1]), s.moduleOf(p[k]))
			}
		}
		switch {
		case c.Scope == inventory.Main:
		case c.Direct, c.Scope == inventory.Bundled, c.Scope == inventory.Embedded, c.Scope == inventory.Found:
			add(s.mainOf(c), i)
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// moduleOf is the component that a package is in, -1 for none.
func (s *sbom) moduleOf(pkg string) int {
	for name := pkg; name != "." && name != "/" && name != ""; name = path.Dir(name) {
		if i, ok := s.at[name]; ok {
			return i
		}
	}
	return -1
}

// isProgram reports whether a component has main packages.
func (s *sbom) isProgram(c *Component) bool {
	return slices.ContainsFunc(s.r.Programs, func(p inventory.Program) bool { return p.Component == c.ID })
}
