package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// CycloneDX JSON, in the versions of cyclonedxSpecs. The mapping:
//
//	component            components[], services[] for a service, metadata.component for the one main module
//	license.concluded    licenses: an id of the SPDX list as license.id, else an expression; a text that is
//	                     no expression as license.name; nothing for NONE and NOASSERTION
//	evidence             evidence.licenses, evidence.copyright, evidence.occurrences
//	edges, direct        dependencies[]
//	complete             compositions[].aggregate
//	all else             properties named rukhsa:…, findings and errors of reading included
//
// An AI license is never a license.id: the schema takes SPDX ids alone. What
// was concluded stands in licenses, for consumers read no further.
var cyclonedxSpecs = []string{"1.6", "1.7", "1.5"}

type (
	bom struct {
		Schema       string         `json:"$schema"`
		Format       string         `json:"bomFormat"`
		Spec         string         `json:"specVersion"`
		Serial       string         `json:"serialNumber"`
		Version      int            `json:"version"`
		Metadata     bomMetadata    `json:"metadata"`
		Components   []bomComponent `json:"components"`
		Services     []bomService   `json:"services,omitempty"`
		Dependencies []bomDepends   `json:"dependencies"`
		Compositions []bomWhole     `json:"compositions"`
	}
	bomMetadata struct {
		Tools      bomTools      `json:"tools"`
		Component  *bomComponent `json:"component,omitempty"`
		Properties []bomProperty `json:"properties"`
	}
	bomTools struct {
		Components []bomComponent `json:"components"`
	}
	bomComponent struct {
		Type       string        `json:"type"`
		Ref        string        `json:"bom-ref,omitempty"`
		Name       string        `json:"name"`
		Version    string        `json:"version,omitempty"`
		Scope      string        `json:"scope,omitempty"`
		Licenses   []bomLicense  `json:"licenses,omitempty"`
		PURL       string        `json:"purl,omitempty"`
		Evidence   *bomEvidence  `json:"evidence,omitempty"`
		Properties []bomProperty `json:"properties,omitempty"`
	}
	bomService struct {
		Ref        string        `json:"bom-ref"`
		Name       string        `json:"name"`
		Version    string        `json:"version,omitempty"`
		Licenses   []bomLicense  `json:"licenses,omitempty"`
		Properties []bomProperty `json:"properties,omitempty"`
	}
	bomLicense struct {
		License         *bomNamed   `json:"license,omitempty"`
		Expression      string      `json:"expression,omitempty"`
		Details         []bomDetail `json:"expressionDetails,omitempty"`
		Acknowledgement string      `json:"acknowledgement,omitempty"`
	}
	bomNamed struct {
		ID              string `json:"id,omitempty"`
		Name            string `json:"name,omitempty"`
		Acknowledgement string `json:"acknowledgement,omitempty"`
	}
	bomDetail struct {
		ID   string  `json:"licenseIdentifier"`
		Text bomText `json:"text"`
	}
	bomText struct {
		Content string `json:"content"`
	}
	bomEvidence struct {
		Licenses    []bomLicense    `json:"licenses,omitempty"`
		Copyright   []bomCopyright  `json:"copyright,omitempty"`
		Occurrences []bomOccurrence `json:"occurrences,omitempty"`
	}
	bomCopyright struct {
		Text string `json:"text"`
	}
	bomOccurrence struct {
		Location string `json:"location"`
		Line     int    `json:"line,omitempty"`
	}
	bomProperty struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	bomDepends struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn,omitempty"`
	}
	bomWhole struct {
		Aggregate    string   `json:"aggregate"`
		Assemblies   []string `json:"assemblies,omitempty"`
		Dependencies []string `json:"dependencies,omitempty"`
	}
)

func writeCycloneDX(w io.Writer, r *Report, o Options) error {
	s, err := newSBOM(r)
	if err != nil {
		return err
	}
	c := &cyclonedx{sbom: s, spec: o.Spec}
	if c.spec == "" {
		c.spec = cyclonedxSpecs[0]
	}
	if !slices.Contains(cyclonedxSpecs, c.spec) {
		return fmt.Errorf("CycloneDX %s is none of %s", c.spec, strings.Join(cyclonedxSpecs, ", "))
	}
	return EncodeJSON(w, c.document(), true)
}

type cyclonedx struct {
	*sbom
	spec string
	refs []string // bom-ref of each component
}

func (c *cyclonedx) document() bom {
	r := c.r
	c.refs = references(r)
	doc := bom{
		Schema: "http://cyclonedx.org/schema/bom-" + c.spec + ".schema.json", Format: "CycloneDX", Spec: c.spec, Serial: "urn:uuid:" + c.uuid, Version: 1,
		Metadata: bomMetadata{
			Tools:      bomTools{[]bomComponent{{Type: "application", Name: "rukhsa", Version: Printable(r.Tool.Version)}}},
			Properties: bomProperties(c.about()),
		},
		Components: []bomComponent{}, Dependencies: []bomDepends{},
	}
	one := len(c.mains) == 1
	graph := c.graph()
	for i := range r.Components {
		x := &r.Components[i]
		switch {
		case x.Kind == inventory.Service:
			doc.Services = append(doc.Services, bomService{
				Ref: c.refs[i], Name: bomName(x), Version: Printable(x.Version), Licenses: c.licenses(x), Properties: bomProperties(c.facts(x)),
			})
		case one && x.Scope == inventory.Main:
			main := c.component(x, c.refs[i])
			doc.Metadata.Component = &main
		default:
			doc.Components = append(doc.Components, c.component(x, c.refs[i]))
		}
		doc.Dependencies = append(doc.Dependencies, bomDepends{c.refs[i], c.named(graph[i])})
	}
	aggregate := "complete"
	if !r.Complete {
		aggregate = "incomplete"
	}
	doc.Compositions = []bomWhole{{Aggregate: aggregate, Assemblies: c.refs}, {Aggregate: "incomplete", Dependencies: c.refs}}
	if len(c.refs) == 0 {
		doc.Compositions = []bomWhole{{Aggregate: aggregate}}
	}
	return doc
}

func (c *cyclonedx) named(list []int) []string {
	var out []string
	for _, i := range list {
		out = append(out, c.refs[i])
	}
	return out
}

// references are the components' ids; one that comes twice is numbered.
func references(r *Report) []string {
	out := make([]string, 0, len(r.Components))
	seen := map[string]bool{}
	for i := range r.Components {
		ref := Printable(r.Components[i].ID)
		if ref == "" {
			ref = "component"
		}
		for n, id := 2, ref; seen[ref]; n++ {
			ref = fmt.Sprintf("%s#%d", id, n)
		}
		seen[ref] = true
		out = append(out, ref)
	}
	return out
}

// bomTypes are the standard's words for the kinds of components.
var bomTypes = map[inventory.Kind]string{
	inventory.Code: "library", inventory.Model: "machine-learning-model", inventory.Dataset: "data", inventory.Asset: "file",
}

// bomScopes are the standard's words for the scopes that do not end in what is
// shipped; all others are required.
var bomScopes = map[inventory.Scope]string{
	inventory.Test: "excluded", inventory.Tool: "excluded", inventory.Required: "excluded", inventory.Found: "optional", inventory.Referenced: "optional",
}

func (c *cyclonedx) component(x *Component, ref string) bomComponent {
	out := bomComponent{
		Type: bomTypes[x.Kind], Ref: ref, Name: bomName(x), Version: Printable(x.Version), Scope: bomScopes[x.Scope],
		Licenses: c.licenses(x), Evidence: c.evidence(x), Properties: bomProperties(c.facts(x)),
	}
	if c.isProgram(x) || out.Type == "" {
		out.Type = "application"
	}
	if out.Scope == "" {
		out.Scope = "required"
	}
	if strings.HasPrefix(x.ID, "pkg:") {
		out.PURL = Printable(x.ID)
	}
	return out
}

func bomName(x *Component) string {
	if x.Name == "" {
		return Printable(x.ID)
	}
	return Printable(x.Name)
}

func (c *cyclonedx) licenses(x *Component) []bomLicense {
	text := x.License.Concluded
	if text == "" || text == (spdx.None{}).String() || text == (spdx.NoAssertion{}).String() {
		return nil
	}
	said := "concluded"
	if c.spec == "1.5" {
		said = ""
	}
	e, ok := c.expression(text)
	if !ok {
		return []bomLicense{{License: &bomNamed{Name: Printable(text), Acknowledgement: said}}}
	}
	if id, ok := bareID(e); ok {
		return []bomLicense{{License: &bomNamed{ID: id, Acknowledgement: said}}}
	}
	out := bomLicense{Expression: e.String(), Acknowledgement: said}
	if c.spec == "1.7" {
		for _, id := range own(e) {
			if text := c.textOf(id); text != "" {
				out.Details = append(out.Details, bomDetail{id, bomText{text}})
			}
		}
	}
	return []bomLicense{out}
}

// bareID is the id of an expression that is one license of the SPDX list.
func bareID(e spdx.Expr) (string, bool) {
	l, ok := e.(spdx.License)
	if !ok || l.Plus || l.Exception != "" || strings.Contains(l.ID, "Ref-") {
		return "", false
	}
	return l.ID, true
}

// evidence lists what the statements say, each once. A list takes no
// expressions before 1.7, so that they stand as names.
func (c *cyclonedx) evidence(x *Component) *bomEvidence {
	var out bomEvidence
	var said []string
	for _, e := range x.Evidence {
		if e.Expression == "" || slices.Contains(said, e.Expression) {
			continue
		}
		said = append(said, e.Expression)
		l := bomLicense{License: &bomNamed{Name: Printable(e.Expression)}}
		if expr, ok := c.expression(e.Expression); ok {
			if id, ok := bareID(expr); ok {
				l.License = &bomNamed{ID: id}
			}
		}
		out.Licenses = append(out.Licenses, l)
	}
	for _, line := range x.Copyrights {
		out.Copyright = append(out.Copyright, bomCopyright{Printable(line)})
	}
	for _, l := range x.Locations {
		o := bomOccurrence{Location: Printable(c.r.inRepository(l)), Line: max(l.Line, 0)}
		if c.spec == "1.5" {
			o = bomOccurrence{Location: fmt.Sprintf("%s:%d", o.Location, o.Line)}
		}
		out.Occurrences = append(out.Occurrences, o)
	}
	if out.Licenses == nil && out.Copyright == nil && out.Occurrences == nil {
		return nil
	}
	return &out
}

func bomProperties(facts []fact) []bomProperty {
	out := make([]bomProperty, 0, len(facts))
	for _, f := range facts {
		out = append(out, bomProperty{Printable("rukhsa:" + f.name), Printable(f.value)})
	}
	return out
}
