package sbom

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

type property = inventory.Property

const (
	cdxHead = `{"bomFormat":"CycloneDX","specVersion":"1.6",`
	xmlHead = `<bom xmlns="http://cyclonedx.org/schema/bom/1.6">`
)

func TestProblems(t *testing.T) {
	nested := func(open, end string, n int) string { return strings.Repeat(open, n) + strings.Repeat(end, n) }
	many := strings.Repeat(`{"license":{"id":"MIT"}},`, maxList+1) + "{}"
	for _, tt := range []struct {
		name, file, doc string
		kind            diag.Kind
		line            int
		says            string
	}{
		{"cut JSON", "bom.json", cdxJSON[:500], diag.Malformed, 7, "not JSON"},
		{"later version", "bom.json", `{"bomFormat":"CycloneDX","specVersion":"2.0"}`, diag.Unsupported, 1, "version \"2.0\""},
		{"later SPDX", "x.json", `{"spdxVersion":"SPDX-4.0"}`, diag.Unsupported, 1, "version \"4.0\""},
		{"broken YAML", "x.yaml", "spdxVersion: SPDX-2.3\npackages: [\n", diag.Malformed, 3, "not YAML"},
		{"later SPDX in YAML", "x.yaml", "spdxVersion: SPDX-4.0\n", diag.Unsupported, 1, "version \"4.0\""},
		{"long YAML", "x.spdx.yml", "spdxVersion: SPDX-2.3\n#" + strings.Repeat("x", yamlpos.MaxBytes), diag.Limit, 1, "over the limit"},
		{"many aliases", "x.spdx.yaml", "spdxVersion: SPDX-2.3\nx: &a [1]\npackages: [" + strings.Repeat("*a,", yamlpos.MaxAliases+1) + "]\n", diag.Limit, 0, "alias"},
		{"RDF", "x.rdf", `<rdf:RDF xmlns="http://spdx.org/rdf/terms#"/>`, diag.Unsupported, 1, "is not read"},
		{"base64", "bom.json", cdxHead + `"components":[{"name":"a","licenses":[{"license":{"id":"MIT","text":{"content":"*","encoding":"base64"}}}]}]}`, diag.Malformed, 0, "illegal base64"},
		{"nested", "bom.json", cdxHead + `"components":[` + nested(`{"name":"a","components":[`, "]}", maxNesting+2) + "]}", diag.Limit, 0, "components in components"},
		{"licenses", "bom.json", cdxHead + `"components":[{"name":"a","licenses":[` + many + "]}]}", diag.Limit, 0, "licenses of a component"},
		{"text", "bom.json", cdxHead + `"components":[{"name":"a","licenses":[{"license":{"id":"MIT","text":{"content":"` + strings.Repeat("x", artifact.MaxText+1) + `"}}}]}]}`, diag.Limit, 0, "license text"},
		{"cut XML", "bom.xml", cdxXML[:900], diag.Malformed, 0, "not XML"},
		{"unknown entity", "bom.xml", xmlHead + "<components>&lol;</components></bom>", diag.Malformed, 1, "not XML: invalid character entity"},
		{"entities", "bom.xml", `<!DOCTYPE bom [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + xmlHead + "<components><component><name>&b;</name></component></components></bom>", diag.Malformed, 1, "invalid character entity"},
		{"other encoding", "bom.xml", `<?xml version="1.0" encoding="UTF-16"?>` + xmlHead + "</bom>", diag.Malformed, 1, "not XML"},
		{"deep XML", "bom.xml", xmlHead + nested("<x>", "</x>", 1000) + "</bom>", diag.Limit, 0, "levels"},
		{"nested XML", "bom.xml", xmlHead + "<components>" + nested("<component><name>a</name><components>", "</components></component>", maxNesting+2) + "</components></bom>", diag.Limit, 0, "components in components"},
		{"attributes", "bom.xml", `<bom xmlns="http://cyclonedx.org/schema/bom/1.6" ` + attributes(2*maxAttributes) + "/>", diag.Limit, 1, "attributes"},
		{"licenses in XML", "bom.xml", xmlHead + "<components><component><name>a</name><licenses>" + strings.Repeat("<expression>MIT</expression>", maxList+1) + "</licenses></component></components></bom>", diag.Limit, 0, "licenses"},
		{"tag text", "x.spdx", "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageCopyrightText: <text>x\n", diag.Malformed, 3, "does not end"},
		{"no version", "x.spdx", "#SPDXVersion:\nPackageName: a\n", diag.Unsupported, 1, "version"},
		{"circle", "x.json", `{"@context":"https://spdx.org/rdf/3.0.1/x","@graph":[{"type":"ai_AIPackage","spdxId":"a","name":"a"},{"type":"expandedlicensing_ConjunctiveLicenseSet","spdxId":"s","expandedlicensing_member":["s","s"]},{"type":"Relationship","from":"a","relationshipType":"hasDeclaredLicense","to":["s"]}]}`, diag.Limit, 0, "without end"},
	} {
		res := artifacttest.Content(t, New(), tt.file, []byte(tt.doc))
		if len(res.Problems) == 0 {
			t.Errorf("%s: no problem", tt.name)
			continue
		}
		if p := res.Problems[0]; p.Kind != tt.kind || tt.line > 0 && p.Line != tt.line || !strings.Contains(p.Message, tt.says) {
			t.Errorf("%s: %+v", tt.name, p)
		}
	}
}

func attributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `a%d=">" `, i)
	}
	return b.String()
}

// What was read before a fault is given on, beside the problem.
func TestPartial(t *testing.T) {
	res := artifacttest.Content(t, New(), "bom.xml", []byte(cdxXML[:strings.Index(cdxXML, "<services>")+20]))
	if len(res.Components) != 6 || len(res.Problems) != 1 {
		t.Errorf("%d components, %+v", len(res.Components), res.Problems)
	}
}

func TestManyComponents(t *testing.T) {
	if testing.Short() {
		t.Skip("a long document")
	}
	var b strings.Builder
	b.WriteString(cdxHead + `"components":[`)
	for i := range maxComponents + 10 {
		fmt.Fprintf(&b, `{"name":"%d"},`, i)
	}
	b.WriteString(`{}]}`)
	res, err := New().Read(offer("bom.json", b.String()))
	if err != nil || len(res.Components) != maxComponents || len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit {
		t.Errorf("%v, %d components, %+v", err, len(res.Components), res.Problems)
	}
}

func offer(name, content string) *artifact.File {
	return artifacttest.NewTree(map[string]string{name: content}).File(name)
}

func TestFaults(t *testing.T) {
	artifacttest.Faults(t, New(), "bom.json", []byte(cdxJSON))
	artifacttest.Faults(t, New(), "bom.xml", []byte(cdxXML))
	artifacttest.Faults(t, New(), "x.spdx", []byte(spdxTag))
	artifacttest.Faults(t, New(), "x.spdx.yaml", []byte(spdxYAML))
}

// No beginning of a document is taken for the whole.
func TestTruncations(t *testing.T) {
	artifacttest.Truncations(t, New(), "bom.xml", []byte(cdxXML), len(xmlHead)+60)
	artifacttest.Truncations(t, New(), "bom.json", []byte(cdxJSON), 20)
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{cdxJSON, spdxJSON, spdx3Doc, cdxHead + `"components":[{"name":[],"licenses":{"license":{}},"data":[1],"pedigree":{"ancestors":[{}]}}],"dependencies":[{"ref":1,"dependsOn":[{}]}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "bom.json", data, int64(len(data)))
	})
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(cdxXML))
	f.Add([]byte(xmlHead + `<components><component><name/><licenses><license/></licenses></component></components></bom>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "bom.xml", data, int64(len(data)))
	})
}

func FuzzYAML(f *testing.F) {
	f.Add([]byte(spdxYAML))
	f.Add([]byte(spdxJSON))
	f.Add([]byte("spdxVersion: SPDX-2.3\npackages: {name: []}\nrelationships: [a, {spdxElementId: ~}]\nhasExtractedLicensingInfos: x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "x.spdx.yaml", data, int64(len(data)))
	})
}

func FuzzTagValue(f *testing.F) {
	f.Add([]byte(spdxTag))
	f.Add([]byte("SPDXVersion: SPDX-2.3\nPackageName:\nLicenseID: x\nExtractedText: <text></text><text>\nRelationship: a b c\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "x.spdx", data, int64(len(data)))
	})
}

// BenchmarkComponents reads a document of 10,000 components.
func BenchmarkComponents(b *testing.B) {
	var doc strings.Builder
	doc.WriteString(cdxHead + `"components":[`)
	for i := range 10_000 {
		fmt.Fprintf(&doc, `{"type":"library","group":"g","name":"n%d","version":"1","purl":"pkg:npm/g/n%d@1","bom-ref":"r%d","licenses":[{"license":{"id":"MIT"}}]},`, i, i, i)
	}
	doc.WriteString(`{}]}`)
	f := offer("bom.json", doc.String())
	b.SetBytes(int64(doc.Len()))
	b.ReportAllocs()
	for b.Loop() {
		res, err := New().Read(f)
		if err != nil || len(res.Components) != 10_000 {
			b.Fatal(err)
		}
	}
}
