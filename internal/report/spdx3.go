package report

import (
	"cmp"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// SPDX 3.0.1 JSON-LD. The mapping:
//
//	component            software_Package, ai_AIPackage, dataset_DatasetPackage
//	license.concluded    hasConcludedLicense to a simplelicensing_LicenseExpression; nothing for NONE and NOASSERTION
//	license.declared     hasDeclaredLicense, else what was detected
//	LicenseRef-…         simplelicensing_SimpleLicensingText, with the text where the report carries it
//	scope, edges         relationships; of test and tool modules with their scope
//	all else             Annotations, findings and errors of reading included
//
// The profiles "ai" and "dataset" are not claimed: they want suppliers and
// dates of release, which files do not tell. The date is as in SPDX 2.3.
var spdx3Specs = []string{"3.0.1"}

// spdx3Element is any element; its type says which fields it has.
type spdx3Element struct {
	Type     string `json:"type"`
	Blank    string `json:"@id,omitempty"`
	ID       string `json:"spdxId,omitempty"`
	Creation string `json:"creationInfo,omitempty"`
	Name     string `json:"name,omitempty"`
	Comment  string `json:"comment,omitempty"`

	SpecVersion string   `json:"specVersion,omitempty"`
	Created     string   `json:"created,omitempty"`
	CreatedBy   []string `json:"createdBy,omitempty"`

	Profiles []string `json:"profileConformance,omitempty"`
	Roots    []string `json:"rootElement,omitempty"`
	Elements []string `json:"element,omitempty"`

	Version   string   `json:"software_packageVersion,omitempty"`
	URL       string   `json:"software_packageUrl,omitempty"`
	Purpose   string   `json:"software_primaryPurpose,omitempty"`
	Copyright string   `json:"software_copyrightText,omitempty"`
	Datasets  []string `json:"dataset_datasetType,omitempty"`

	Expression string       `json:"simplelicensing_licenseExpression,omitempty"`
	List       string       `json:"simplelicensing_licenseListVersion,omitempty"`
	Custom     []spdx3Entry `json:"simplelicensing_customIdToUri,omitempty"`
	Text       string       `json:"simplelicensing_licenseText,omitempty"`

	From         string   `json:"from,omitempty"`
	Relationship string   `json:"relationshipType,omitempty"`
	To           []string `json:"to,omitempty"`
	Scope        string   `json:"scope,omitempty"`

	Subject    string `json:"subject,omitempty"`
	Annotation string `json:"annotationType,omitempty"`
	Statement  string `json:"statement,omitempty"`
}

type spdx3Entry struct {
	Type  string `json:"type"`
	Key   string `json:"key"`
	Value string `json:"value"`
}

// spdx3Context says what the names of the document mean.
const spdx3Context = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"

// spdx3Creation is the one creation of the document, a blank node.
const spdx3Creation = "_:creation"

func writeSPDX3(w io.Writer, r *Report, o Options) error {
	if o.Spec != "" && !slices.Contains(spdx3Specs, o.Spec) {
		return fmt.Errorf("SPDX %s is none of %s", o.Spec, strings.Join(spdx3Specs, ", "))
	}
	s, err := newSBOM(r)
	if err != nil {
		return err
	}
	d := &spdx3Writer{sbom: s, refs: references(r)}
	out := newJSONStream(w, true)
	out.raw(`{"@context":`)
	out.encode(spdx3Context)
	out.raw(`,"@graph":[`)
	for i, e := range d.head3() {
		if i > 0 {
			out.raw(",")
		}
		out.value(reflect.ValueOf(e))
	}
	d.each(func(e spdx3Element) {
		out.raw(",")
		out.encode(e)
	})
	out.raw("]}")
	return out.end()
}

// spdx3Writer makes the elements one by one and keeps none: the document, which
// lists them all, stands first, and so they are made twice.
type spdx3Writer struct {
	*sbom
	refs  []string
	emit  func(spdx3Element)
	ids   bool              // only the ids of the elements are wanted
	names map[string]string // element id of a license by its text
}

// id names an element of this document.
func (d *spdx3Writer) id(kind, key string) string {
	return "https://spdx.org/spdxdocs/rukhsa-" + d.uuid + "#" + kind + "-" + digest(key)[:16]
}

func (d *spdx3Writer) add(e spdx3Element) string {
	e.Creation = spdx3Creation
	d.emit(e)
	return e.ID
}

// each makes all elements but the document and its creation.
func (d *spdx3Writer) each(emit func(spdx3Element)) {
	d.emit, d.names = emit, map[string]string{}
	d.add(spdx3Element{Type: "SoftwareAgent", ID: d.agent(), Name: strings.TrimSpace("rukhsa " + Printable(d.r.Tool.Version))})
	for i := range d.r.Components {
		d.component(i)
	}
	d.annotate(d.document(), d.about())
	d.relate()
}

func (d *spdx3Writer) agent() string    { return d.id("Agent", "rukhsa") }
func (d *spdx3Writer) document() string { return d.id("Document", "") }

// head3 are the creation and the document.
func (d *spdx3Writer) head3() []spdx3Element {
	r := d.r
	date, why := r.date()
	head := []spdx3Element{
		{Type: "CreationInfo", Blank: spdx3Creation, SpecVersion: spdx3Specs[0], Created: date, CreatedBy: []string{d.agent()}, Comment: why},
		{
			Type: "SpdxDocument", ID: d.document(), Creation: spdx3Creation, Name: cmp.Or(strings.TrimSpace(Printable(title(r))), "rukhsa"), Comment: Disclaimer,
			Profiles: []string{"core", "software", "simpleLicensing"},
		},
	}
	for i := range r.Components {
		if len(d.mains) == 0 || r.Components[i].Scope == inventory.Main {
			head[1].Roots = append(head[1].Roots, d.id("Package", d.refs[i]))
		}
	}
	d.ids = true
	d.each(func(e spdx3Element) { head[1].Elements = append(head[1].Elements, e.ID) })
	d.ids = false
	return head
}

// spdx3Types are the types and purposes of the kinds of components.
var spdx3Types = map[inventory.Kind]struct{ typ, purpose string }{
	inventory.Code: {"software_Package", "library"}, inventory.Model: {"ai_AIPackage", "model"}, inventory.Dataset: {"dataset_DatasetPackage", "data"},
	inventory.Service: {"software_Package", "other"}, inventory.Asset: {"software_Package", "file"},
}

func (d *spdx3Writer) component(i int) {
	c := &d.r.Components[i]
	kind := spdx3Types[c.Kind]
	e := spdx3Element{
		Type: cmp.Or(kind.typ, "software_Package"), ID: d.id("Package", d.refs[i]), Name: cmp.Or(bomName(c), d.refs[i]), Version: Printable(c.Version), Purpose: kind.purpose,
	}
	if d.isProgram(c) {
		e.Purpose = "application"
	}
	if c.Kind == inventory.Dataset {
		e.Datasets = []string{"noAssertion"}
	}
	if isURI(c.ID) {
		e.URL = c.ID
	}
	var lines []string
	for _, line := range c.Copyrights {
		lines = append(lines, Printable(line))
	}
	e.Copyright = strings.Join(lines, "\n")
	d.add(e)
	d.relationship(e.ID, "hasConcludedLicense", d.license(c.License.Concluded), "")
	d.relationship(e.ID, "hasDeclaredLicense", d.license(cmp.Or(c.License.Declared, c.License.Detected)), "")
	d.annotate(e.ID, d.facts(c))
}

// isURI reports whether an id can stand where the standard wants a URI.
func isURI(id string) bool {
	return strings.HasPrefix(id, "pkg:") && !strings.ContainsFunc(id, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune("<>\"{}|\\^`", r)
	})
}

// license is the element of an expression, "" where there is none to name.
func (d *spdx3Writer) license(text string) string {
	e, ok := d.expression(text)
	if !ok {
		return ""
	}
	text = e.String()
	if id, ok := d.names[text]; ok {
		return id
	}
	out := spdx3Element{Type: "simplelicensing_LicenseExpression", ID: d.id("License", text), Expression: text, List: Printable(d.r.Tool.Rules.SPDXList)}
	if strings.Count(out.List, ".") == 1 {
		out.List += ".0" // the standard wants three numbers
	}
	for _, ref := range d.customs(e) {
		id, ok := d.names[ref]
		if !ok {
			text := cmp.Or(d.textOf(ref), noTextHere)
			id = d.add(spdx3Element{Type: "simplelicensing_SimpleLicensingText", ID: d.id("Text", ref), Name: ref, Text: text})
			d.names[ref] = id
		}
		out.Custom = append(out.Custom, spdx3Entry{"DictionaryEntry", ref, id})
	}
	d.names[text] = d.add(out)
	return out.ID
}

// customs are the names in an expression that are on no list.
func (d *spdx3Writer) customs(e spdx.Expr) []string {
	out := own(e)
	for _, l := range leaves(e) {
		if strings.HasPrefix(l.Exception, "AdditionRef-") && !slices.Contains(out, l.Exception) {
			out = append(out, l.Exception)
		}
	}
	return out
}

func (d *spdx3Writer) relationship(from, how, to, scope string) {
	if from == "" || to == "" {
		return
	}
	e := spdx3Element{Type: "Relationship", ID: d.id("Relationship", from+how+to), From: from, Relationship: how, To: []string{to}, Scope: scope}
	if scope != "" {
		e.Type = "LifecycleScopedRelationship"
	}
	d.add(e)
}

// spdx3Scopes say how the main component relates to those of a scope.
var spdx3Scopes = map[inventory.Scope]struct{ how, scope string }{
	inventory.Linked: {"dependsOn", ""}, inventory.Test: {"dependsOn", "test"}, inventory.Tool: {"dependsOn", "development"},
	inventory.Required: {"hasOptionalDependency", ""}, inventory.Referenced: {"hasOptionalDependency", ""},
	inventory.Bundled: {"contains", ""}, inventory.Embedded: {"contains", ""}, inventory.Found: {"contains", ""},
}

// spdx3Edges are the words for edges that are no dependency.
var spdx3Edges = map[string]string{"base-model": "descendantOf", "dataset": "trainedOn", "embed": "contains", "contain": "contains"}

// relate writes the relationships, each once: of a component to its main one by
// scope, along its edges, and along import paths.
func (d *spdx3Writer) relate() {
	seen := map[[3]string]bool{}
	put := func(from int, how string, to int, scope string) {
		a, b := d.id("Package", d.refs[from]), d.id("Package", d.refs[to])
		if key := [3]string{a, how, b}; from != to && !seen[key] {
			seen[key] = true
			d.relationship(a, how, b, scope)
		}
	}
	for i := range d.r.Components {
		c := &d.r.Components[i]
		if how, ok := spdx3Scopes[c.Scope]; ok {
			if m := d.mainOf(c); m >= 0 {
				put(m, how.how, i, how.scope)
			}
		}
	}
	drawn := map[[2]int]bool{}
	for i := range d.r.Components {
		for _, e := range d.r.Components[i].Edges {
			to, ok := d.at[e.To]
			if how := spdx3Edges[e.Kind]; ok && how != "" {
				put(i, how, to, "")
				drawn[[2]int{i, to}] = true
			}
		}
	}
	for i, list := range d.graph() {
		for _, k := range list {
			if d.r.Components[i].Scope != inventory.Main && !drawn[[2]int{i, k}] {
				put(i, "dependsOn", k, "")
			}
		}
	}
}

func (d *spdx3Writer) annotate(subject string, facts []fact) {
	for n, f := range facts {
		e := spdx3Element{Type: "Annotation", ID: d.id("Annotation", fmt.Sprint(subject, n)), Subject: subject, Annotation: "other"}
		if !d.ids {
			e.Statement = Printable("rukhsa:" + f.name + ": " + f.value)
		}
		d.add(e)
	}
}
