package conclude

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Statement is what one file of a model or dataset says of its license.
type Statement struct {
	Path string
	artifact.Statement
}

// TextOf is a license text that a file carries or that stands beside it.
type TextOf struct {
	Path   string
	Source string
	Role   string // code, parameters, data
	Digest string // as its container states it
	Text   *detect.Text
	Known  string // the expression that a table gives for the digest, "" without
}

// Thing are the statements about one model or dataset.
type Thing struct {
	Kind       inventory.Kind
	Statements []Statement
	Texts      []TextOf
}

// Model concludes the license of a model or dataset. A license text wins over a
// layer, that over the card, the card over what stands in the weights, and that
// over tags; sources that say different things leave it open.
func Model(t Thing, base *rulebase.Base, s *detect.Scanner) Result {
	m := modelSides{base: base, scanner: s}
	for _, x := range t.Texts {
		m.text(t.Kind, x)
	}
	for _, x := range t.Statements {
		m.statement(x)
	}
	out := m.out
	out.License = m.license()
	return out
}

// side is one source and what it says.
type side struct {
	rank    int // of the source: smaller wins
	source  string
	path    string
	expr    spdx.Expr // nil: stated and not resolved
	said    string    // as written
	link    string    // to the text, as written
	vague   bool      // said names no license by its nature: "other", a family
	family  []string  // the licenses that a family stands for
	why     string    // expr is nil: what is wrong with the text
	guessed bool
	own     bool // a text for parameters or data by its name: another beside it is for code
	prompt  bool // what is shown before access, and no license is recognised in it
	limits  bool // words of it limit somebody or something
}

type modelSides struct {
	base    *rulebase.Base
	scanner *detect.Scanner
	sides   []side
	out     Result
}

// fromCard is the source of what a card says, and of the terms in it that are
// shown before access.
const fromCard = "card"

// ranks orders the sources of statements about models and datasets.
var ranks = map[string]int{"license-file": 0, "layer": 1, "card": 2, "api": 2, "model-file": 3, "tag": 4, "sbom": 5, "declaration": 6}

func rankOf(source string) int {
	if r, ok := ranks[source]; ok {
		return r
	}
	return len(ranks)
}

func (m *modelSides) text(kind inventory.Kind, x TextOf) {
	e := inventory.Evidence{Source: x.Source, Path: x.Path, Line: 1, Method: detect.ByText, Digest: x.Digest, Role: x.Role, Expression: spdx.NoAssertion{}.String()}
	s := side{rank: rankOf(x.Source), source: x.Source, path: x.Path, own: x.Role != roleCode}
	switch {
	case x.Text != nil:
		e.Coverage, e.Expression, e.Digest = rounded(x.Text.Coverage), x.Text.Expr.String(), x.Text.Digest
		if x.Text.Status == detect.Match {
			s.expr = x.Text.Code
		}
		s.why = x.Text.Reason
		if x.Source == fromCard && s.expr != nil {
			s.rank = rankOf("layer") // the license itself, and no word for it
		}
		if x.Text.Status == detect.None || x.Role == "notice" || x.Role == roleThirdParty {
			m.out.Evidence = append(m.out.Evidence, e)
			return
		}
		m.out.Texts = append(m.out.Texts, x.Text.Digest)
		m.out.Copyrights = append(m.out.Copyrights, x.Text.Copyrights...)
	case x.Known != "":
		e.Expression, e.Method, e.Coverage = x.Known, "digest", 1
		if k, err := spdx.ParseLax(x.Known); err == nil {
			s.expr = k
		}
	}
	m.out.Evidence = append(m.out.Evidence, e)
	if s.prompt = x.Source == fromCard && s.expr == nil; s.prompt && x.Text != nil {
		s.limits = slices.ContainsFunc(x.Text.Residual, func(r detect.Stretch) bool { return r.Kind == "restriction" })
	}
	if isPolicy(s.expr) || x.Text != nil && x.Text.Policy || !about(kind, x.Role) {
		return
	}
	m.sides = append(m.sides, s)
}

// policySuffix ends the ids of use policies, which are evidence and no license.
const policySuffix = "-aup"

func isPolicy(e spdx.Expr) bool {
	l, ok := e.(spdx.License)
	return ok && strings.HasSuffix(l.ID, policySuffix)
}

// about reports whether a text of a role is about a thing of a kind.
func about(kind inventory.Kind, role string) bool {
	switch role {
	case "parameters":
		return kind == inventory.Model
	case "data":
		return kind == inventory.Dataset
	case roleCode:
		return true
	}
	return false
}

func (m *modelSides) statement(x Statement) {
	said := strings.TrimSpace(x.Value)
	if said == "" && x.Name == "" && x.Link == "" {
		return
	}
	expr, method := m.resolve(x.Statement)
	e := inventory.Evidence{Source: x.Source, Path: x.Path, Line: x.Line, Method: method, Expression: spdx.NoAssertion{}.String(), Role: roleCode}
	if expr != nil {
		e.Expression = expr.String()
	}
	m.out.Evidence = append(m.out.Evidence, e)
	if _, vague := m.base.Family(said); x.Name != "" && (said == "" || vague) {
		said = strings.TrimSpace(x.Name)
	}
	s := side{rank: rankOf(x.Source), source: x.Source, path: x.Path, expr: expr, said: said, link: x.Link, guessed: x.Guessed}
	if f, ok := m.base.Family(said); ok && expr == nil {
		s.vague, s.family = true, f.Members
	}
	m.sides = append(m.sides, s)
}

// resolve finds the license that a statement names; nil where it names none
// that is known, or several.
func (m *modelSides) resolve(x artifact.Statement) (spdx.Expr, string) {
	for _, name := range []string{x.Value, x.Name} {
		if e := m.named(strings.TrimSpace(name)); e != nil {
			return e, "label"
		}
	}
	if strings.Contains(x.Link, "://") {
		if e := m.named(x.Link); e != nil {
			return e, detect.ByURL
		}
	}
	return nil, "label"
}

func (m *modelSides) named(name string) spdx.Expr {
	if name == "" {
		return nil
	}
	if h, ok := m.base.Lookup(name); ok && !h.Exception {
		id := h.ID
		if h.Deprecated && h.Replacement != "" {
			id = h.Replacement
		}
		if e, err := spdx.ParseLax(id); err == nil {
			return e
		}
	}
	if _, ok := m.base.Family(name); ok {
		return nil
	}
	if e, err := spdx.Parse(name, m.base.SPDX()); err == nil && len(spdx.Leaves(e)) > 0 {
		return e
	}
	if t := m.scanner.Text([]byte(name)); t.Status == detect.Match {
		return t.Code
	}
	return nil
}

// license settles what the sides say.
func (m *modelSides) license() inventory.License {
	sides := slices.DeleteFunc(slices.Clone(m.sides), func(s side) bool { return s.guessed })
	if len(sides) == 0 {
		sides = slices.Clone(m.sides)
	}
	if slices.ContainsFunc(sides, func(s side) bool { return s.own }) {
		sides = slices.DeleteFunc(sides, func(s side) bool { return s.source == "license-file" && !s.own })
	}
	sides = m.withoutPrompts(sides)
	if len(sides) == 0 {
		return inventory.License{Concluded: spdx.None{}.String(), Status: inventory.None, Basis: "declared"}
	}
	slices.SortStableFunc(sides, func(a, b side) int { return a.rank - b.rank })
	declared := joinSides(sides, func(s side) bool { return !s.isText() })
	detected := joinSides(sides, func(s side) bool { return s.isText() })
	l := inventory.License{Declared: text(declared), Detected: text(detected), Basis: "declared"}
	if detected != nil {
		l.Basis = "text"
	}
	best, open := m.best(sides)
	if open != nil {
		l.Status, l.Concluded, l.Reason = inventory.Unknown, spdx.NoAssertion{}.String(), open.reason()+m.dangling(open)
		return l
	}
	l.Status, l.Concluded = inventory.OK, best.String()
	if others := m.contrary(sides, best); len(others) > 0 {
		l.Status, l.Concluded = inventory.Disagree, spdx.NoAssertion{}.String()
		l.Reason = differ(best, sides[0].path, others)
	}
	return l
}
