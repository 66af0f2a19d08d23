package sbom

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// graph resolves the elements of an SPDX 3 document, which name each other by
// ids.
type graph struct {
	b        *bom
	licenses map[string]jsonpos.Value // elements that are licenses, by id
	names    map[string]string        // of agents, by id
	n        int                      // steps of resolving, all together
}

// maxSteps bounds the resolving of licenses that are made of licenses: a
// document can name the same few again and again.
const (
	maxSteps  = 1_000_000
	maxLevels = 32
)

// packages are the types that become components.
var packages = map[string]inventory.Kind{
	"Package": inventory.Code, "AIPackage": inventory.Model, "DatasetPackage": inventory.Dataset,
}

// spdx3 reads the elements of a document: once those that others name, then the
// packages, then the relationships.
func (b *bom) spdx3(elements jsonpos.Value) {
	g := &graph{b: b, licenses: map[string]jsonpos.Value{}, names: map[string]string{}}
	for e := range elements.Items() {
		if len(g.licenses)+len(g.names) >= maxElements {
			b.res.Problems = append(b.res.Problems, b.file.Over(e.Line(), "licenses and agents", maxElements, maxElements+1))
			break
		}
		switch typ := term(e.Get("type").Text() + e.Get("@type").Text()); {
		case strings.Contains(typ, "License") || strings.HasSuffix(typ, "Operator") || typ == "SimpleLicensingText":
			g.licenses[id(e)] = e
		case typ == "Organization" || typ == "Person" || typ == "SoftwareAgent" || typ == "Agent":
			g.names[id(e)] = e.Get("name").Text()
		}
	}
	for e := range elements.Items() {
		if kind, ok := packages[term(e.Get("type").Text()+e.Get("@type").Text())]; ok {
			if b.add(g.pkg(e, kind)); b.full {
				return
			}
		}
	}
	for e := range elements.Items() {
		if strings.HasSuffix(term(e.Get("type").Text()+e.Get("@type").Text()), "Relationship") {
			g.relationship(e)
		}
	}
}

// id is an element's id.
func id(e jsonpos.Value) string { return firstOf(e.Get("spdxId").Text(), e.Get("@id").Text()) }

// term is a name without its profile or vocabulary: ai_AIPackage and
// https://spdx.org/rdf/3.0.1/terms/AI/AIPackage are AIPackage.
func term(name string) string {
	if i := strings.LastIndexAny(name, "/_"); i >= 0 {
		return name[i+1:]
	}
	return name
}

// field is an element's field, whatever its prefix.
func field(e jsonpos.Value, name string) jsonpos.Value {
	for key, m := range e.Pairs() {
		if term(key.Text()) == name {
			return m
		}
	}
	return jsonpos.Value{}
}

func (g *graph) pkg(v jsonpos.Value, kind inventory.Kind) entry {
	e := entry{line: v.Line(), ref: id(v), kind: kind}
	for key, m := range v.Pairs() {
		switch term(key.Text()) {
		case "name":
			e.name = m.Text()
		case "packageVersion":
			e.version = m.Text()
		case "packageUrl":
			e.purl = m.Text()
		case "copyrightText":
			e.copyright = m.Text()
		case "downloadLocation":
			e.property("distribution", location(m.Text()))
		case "suppliedBy":
			e.property("supplier", firstOf(g.names[m.Text()], m.Text()))
		case "hasSensitivePersonalInformation":
			e.property("personal_data", m.Text())
		case "primaryPurpose":
			e.property("type", m.Text())
		case "externalIdentifier":
			for x := range m.Many() {
				if t := term(x.Get("externalIdentifierType").Text()); e.purl == "" && (t == "packageUrl" || t == "packageURL") {
					e.purl = x.Get("identifier").Text()
				}
			}
		}
	}
	if kind == inventory.Code {
		e.kind = "" // the purl may know better
	}
	return e
}

// relationship reads what joins elements: licenses, dependencies, origins.
func (g *graph) relationship(v jsonpos.Value) {
	from, kind := v.Get("from").Text(), term(v.Get("relationshipType").Text())
	for to := range v.Get("to").Many() {
		switch kind {
		case "hasDeclaredLicense", "hasConcludedLicense":
			g.license(from, to, v.Line(), kind == "hasConcludedLicense")
		default:
			g.b.relation(from, kind, to.Text())
		}
	}
}

// license gives a component the license that a relationship names.
func (g *graph) license(from string, to jsonpos.Value, line int, concluded bool) {
	at, ok := g.b.at[g.b.refs[from]]
	if !ok {
		return // of a file
	}
	expression := g.expression(to.Text(), 0)
	if !stated(expression) {
		return
	}
	g.b.merge(&g.b.res.Components[at], entry{licenses: []license{{expression, line, concluded}}})
}

// expression writes the license of an id as an expression.
func (g *graph) expression(ref string, level int) string {
	if g.n++; g.n > maxSteps || level > maxLevels {
		if g.n == maxSteps+1 || level > maxLevels {
			over := g.b.file.Problem(diag.Limit, 0, "write the licenses as expressions", "licenses that are made of licenses without end")
			g.b.res.Note(g.b.file, &over)
			g.n = maxSteps + 1
		}
		return "NOASSERTION"
	}
	v, ok := g.licenses[ref]
	if !ok {
		return individual(ref)
	}
	switch term(v.Get("type").Text() + v.Get("@type").Text()) {
	case "LicenseExpression":
		return field(v, "licenseExpression").Text()
	case "ConjunctiveLicenseSet":
		return g.set(v, " AND ", level)
	case "DisjunctiveLicenseSet":
		return g.set(v, " OR ", level)
	case "OrLaterOperator":
		return g.expression(field(v, "subjectLicense").Text(), level+1) + "+"
	case "WithAdditionOperator":
		return g.expression(field(v, "subjectExtendableLicense").Text(), level+1) + " WITH " + individual(field(v, "subjectAddition").Text())
	case "CustomLicense", "SimpleLicensingText", "ListedLicense":
		return g.text(ref, v)
	}
	return individual(ref)
}

// set joins the members of a set of licenses.
func (g *graph) set(v jsonpos.Value, with string, level int) string {
	var parts []string
	n := 0
	for m := range field(v, "member").Many() {
		if len(parts) >= maxList || n > 1<<16 {
			return "NOASSERTION" // not a license that somebody means
		}
		part := g.expression(m.Text(), level+1)
		n += len(part)
		if strings.Contains(part, " ") {
			part = "(" + part + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, with)
}

// text files a license's text, and returns its id or name.
func (g *graph) text(ref string, v jsonpos.Value) string {
	name := individual(ref)
	if !strings.Contains(ref, "spdx.org/licenses/") {
		if n := v.Get("name").Text(); n != "" {
			name = n
		}
	}
	g.b.extracted(name, field(v, "licenseText").Text())
	return name
}

// individual is the id at the end of an IRI of the license list, or of one of
// the two that say that there is none.
func individual(ref string) string {
	name := ref
	if i := strings.LastIndexAny(name, "/#"); i >= 0 {
		name = name[i+1:]
	}
	switch name {
	case "NoAssertionLicense", "NoAssertion":
		return "NOASSERTION"
	case "NoneLicense", "None":
		return "NONE"
	}
	return name
}
