package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// SPDX 2.3 JSON. The mapping:
//
//	component            packages[], with its purl
//	license.concluded    licenseConcluded; NOASSERTION, and the words in licenseComments, for what is no expression
//	license.declared     licenseDeclared, else what was detected
//	LicenseRef-…         hasExtractedLicensingInfos[], with the text where the report carries it
//	scope, import paths  relationships[]
//	findings, errors     annotations of the package or of the document
//
// The standard wants a time; a report has none, so that it is that of the rules
// or of --as-of, and creationInfo.comment says so.
var spdxSpecs = []string{"2.3"}

type (
	spdxDocument struct {
		Version       string             `json:"spdxVersion"`
		DataLicense   string             `json:"dataLicense"`
		ID            string             `json:"SPDXID"`
		Name          string             `json:"name"`
		Namespace     string             `json:"documentNamespace"`
		Creation      spdxCreation       `json:"creationInfo"`
		Comment       string             `json:"comment"`
		Describes     []string           `json:"documentDescribes,omitempty"`
		Packages      []spdxPackage      `json:"packages"`
		Relationships []spdxRelationship `json:"relationships"`
		Extracted     []spdxExtracted    `json:"hasExtractedLicensingInfos,omitempty"`
		Annotations   []spdxAnnotation   `json:"annotations,omitempty"`
	}
	spdxCreation struct {
		Created  string   `json:"created"`
		Creators []string `json:"creators"`
		List     string   `json:"licenseListVersion,omitempty"`
		Comment  string   `json:"comment"`
	}
	spdxPackage struct {
		ID              string           `json:"SPDXID"`
		Name            string           `json:"name"`
		Version         string           `json:"versionInfo,omitempty"`
		Download        string           `json:"downloadLocation"`
		FilesAnalyzed   bool             `json:"filesAnalyzed"`
		Purpose         string           `json:"primaryPackagePurpose,omitempty"`
		Concluded       string           `json:"licenseConcluded"`
		Declared        string           `json:"licenseDeclared"`
		LicenseComments string           `json:"licenseComments,omitempty"`
		Copyright       string           `json:"copyrightText"`
		Refs            []spdxRef        `json:"externalRefs,omitempty"`
		Annotations     []spdxAnnotation `json:"annotations,omitempty"`
	}
	spdxRef struct {
		Category string `json:"referenceCategory"`
		Type     string `json:"referenceType"`
		Locator  string `json:"referenceLocator"`
	}
	spdxRelationship struct {
		Element string `json:"spdxElementId"`
		Type    string `json:"relationshipType"`
		Related string `json:"relatedSpdxElement"`
	}
	spdxExtracted struct {
		ID   string `json:"licenseId"`
		Text string `json:"extractedText"`
		Name string `json:"name"`
	}
	spdxAnnotation struct {
		Date      string `json:"annotationDate"`
		Type      string `json:"annotationType"`
		Annotator string `json:"annotator"`
		Comment   string `json:"comment"`
	}
)

const spdxDocumentID = "SPDXRef-DOCUMENT"

func writeSPDX(w io.Writer, r *Report, o Options) error {
	if o.Spec != "" && !slices.Contains(spdxSpecs, o.Spec) {
		return fmt.Errorf("SPDX %s is none of %s", o.Spec, strings.Join(spdxSpecs, ", "))
	}
	s, err := newSBOM(r)
	if err != nil {
		return err
	}
	d := &spdxWriter{sbom: s, tool: "Tool: rukhsa-" + cmp.Or(Printable(r.Tool.Version), "devel"), own: map[string]bool{}}
	d.date, d.dateOf = r.date()
	return EncodeJSON(w, d.document(), true)
}

type spdxWriter struct {
	*sbom
	tool, date, dateOf string
	ids                []string // SPDXID of each component
	own                map[string]bool
}

func (d *spdxWriter) document() spdxDocument {
	r := d.r
	for _, ref := range references(r) {
		d.ids = append(d.ids, "SPDXRef-Package-"+digest(ref)[:16])
	}
	doc := spdxDocument{
		Version: "SPDX-2.3", DataLicense: "CC0-1.0", ID: spdxDocumentID, Name: cmp.Or(strings.TrimSpace(Printable(title(r))), "rukhsa"),
		Namespace: "https://spdx.org/spdxdocs/rukhsa-" + d.uuid, Comment: Disclaimer,
		Creation: spdxCreation{Created: d.date, Creators: []string{d.tool}, Comment: d.dateOf},
		Packages: []spdxPackage{}, Relationships: []spdxRelationship{}, Annotations: d.annotations(d.about()),
	}
	if v := strings.SplitN(r.Tool.Rules.SPDXList, ".", 3); len(v) >= 2 && number(v[0]) && number(v[1]) {
		doc.Creation.List = v[0] + "." + v[1]
	}
	for i := range r.Components {
		doc.Packages = append(doc.Packages, d.component(&r.Components[i], d.ids[i]))
	}
	doc.Relationships = d.relationships()
	for _, x := range doc.Relationships {
		if x.Type == "DESCRIBES" {
			doc.Describes = append(doc.Describes, x.Related)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(d.own)) {
		doc.Extracted = append(doc.Extracted, spdxExtracted{id, cmp.Or(d.textOf(id), noTextHere), strings.TrimPrefix(id, "LicenseRef-")})
	}
	return doc
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// spdxPurposes are the standard's words for the kinds of components.
var spdxPurposes = map[inventory.Kind]string{inventory.Code: "LIBRARY", inventory.Dataset: "OTHER", inventory.Model: "OTHER", inventory.Service: "OTHER", inventory.Asset: "FILE"}

func (d *spdxWriter) component(c *Component, id string) spdxPackage {
	out := spdxPackage{
		ID: id, Name: bomName(c), Version: Printable(c.Version), Download: noAssertion, Purpose: spdxPurposes[c.Kind],
		Concluded: d.license(c.License.Concluded), Declared: d.license(cmp.Or(c.License.Declared, c.License.Detected)),
		LicenseComments: Printable(c.License.Reason), Copyright: noAssertion, Annotations: d.annotations(d.facts(c)),
	}
	if d.isProgram(c) {
		out.Purpose = "APPLICATION"
	}
	if out.Name == "" {
		out.Name = id
	}
	if len(c.Copyrights) > 0 {
		var lines []string
		for _, line := range c.Copyrights {
			lines = append(lines, Printable(line))
		}
		out.Copyright = strings.Join(lines, "\n")
	}
	if strings.HasPrefix(c.ID, "pkg:") {
		out.Refs = []spdxRef{{"PACKAGE-MANAGER", "purl", Printable(c.ID)}}
	}
	return out
}

var noAssertion = spdx.NoAssertion{}.String()

// license is an expression as the standard takes it. Its LicenseRefs are
// remembered, for the document has to define each.
func (d *spdxWriter) license(text string) string {
	if text == (spdx.None{}).String() {
		return text
	}
	e, ok := d.expression(text)
	if !ok {
		return noAssertion
	}
	for _, l := range leaves(e) {
		if strings.HasPrefix(l.ID, "DocumentRef-") || strings.Contains(l.Exception, "Ref-") {
			return noAssertion // of another document, or of SPDX 3: license and reason stand in the annotations
		}
	}
	for _, id := range own(e) {
		d.own[id] = true
	}
	return e.String()
}

// spdxScopes say how the components of a scope relate to the main one, which is
// the second of the two where reverse is set.
var spdxScopes = map[inventory.Scope]struct {
	word    string
	reverse bool
}{
	inventory.Linked: {"DEPENDS_ON", false}, inventory.Test: {"TEST_DEPENDENCY_OF", true}, inventory.Tool: {"DEV_TOOL_OF", true},
	inventory.Required: {"OPTIONAL_DEPENDENCY_OF", true}, inventory.Bundled: {"CONTAINS", false}, inventory.Embedded: {"CONTAINS", false},
	inventory.Found: {"CONTAINS", false}, inventory.Referenced: {"OPTIONAL_DEPENDENCY_OF", true},
}

// relationships: the document describes the main components, or all where there
// is none; every other component relates to its main one by its scope, and
// components that follow each other on an import path depend on each other.
func (d *spdxWriter) relationships() []spdxRelationship {
	out := []spdxRelationship{}
	seen := map[spdxRelationship]bool{}
	add := func(x spdxRelationship) {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	for i := range d.r.Components {
		if len(d.mains) == 0 || d.r.Components[i].Scope == inventory.Main {
			add(spdxRelationship{spdxDocumentID, "DESCRIBES", d.ids[i]})
		}
	}
	for i := range d.r.Components {
		c := &d.r.Components[i]
		m := d.mainOf(c)
		how, ok := spdxScopes[c.Scope]
		if m < 0 || m == i || !ok {
			continue
		}
		x := spdxRelationship{d.ids[m], how.word, d.ids[i]}
		if how.reverse {
			x.Element, x.Related = x.Related, x.Element
		}
		add(x)
	}
	for i, list := range d.graph() {
		for _, k := range list {
			if from, to := &d.r.Components[i], &d.r.Components[k]; from.Scope != inventory.Main && to.Scope != inventory.Main {
				add(spdxRelationship{d.ids[i], "DEPENDS_ON", d.ids[k]})
			}
		}
	}
	return out
}

func (d *spdxWriter) annotations(facts []fact) []spdxAnnotation {
	var out []spdxAnnotation
	for _, f := range facts {
		out = append(out, spdxAnnotation{d.date, "OTHER", d.tool, Printable("rukhsa:" + f.name + ": " + f.value)})
	}
	return out
}
