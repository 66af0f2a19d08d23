package sbom

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// lines writes the facts of a document, with the lines of licenses or without.
func lines(res *artifact.Result, numbers bool) string {
	var b strings.Builder
	for _, c := range res.Components {
		fmt.Fprintf(&b, "%s %s %q %q declared %q", c.ID, c.Kind, c.Name, c.Version, c.License.Declared)
		for _, e := range c.Evidence {
			fmt.Fprintf(&b, " %q", e.Expression)
			if numbers {
				fmt.Fprintf(&b, ":%d", e.Line)
			}
		}
		for _, e := range c.Edges {
			fmt.Fprintf(&b, " %s>%s", e.Kind, e.To)
		}
		for _, l := range c.Lineage {
			fmt.Fprintf(&b, " from(%s %s %v)", l.Relation, l.ID, l.Found)
		}
		for _, p := range c.Properties {
			fmt.Fprintf(&b, " %s=%s", p.Name, p.Value)
		}
		for _, x := range c.Copyrights {
			fmt.Fprintf(&b, " %s", x)
		}
		fmt.Fprintf(&b, " texts %d\n", len(c.Texts))
	}
	for _, x := range res.Texts {
		fmt.Fprintf(&b, "text %s %q\n", x.Name, x.Content)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%d %s %.60s\n", p.Line, p.Kind, p.Message)
	}
	return b.String()
}

const cdxJSON = `{
  "bomFormat": "CycloneDX", "specVersion": "1.6",
  "metadata": {"component": {"type": "application", "name": "app", "version": "1", "bom-ref": "app"}},
  "components": [
    {"type": "library", "group": "org", "name": "lib", "version": "1.0", "purl": "pkg:npm/org/lib@1.0", "bom-ref": "lib",
     "licenses": [{"license": {"id": "MIT", "text": {"content": "TUlUIHRleHQ=", "encoding": "base64"}}}, {"license": {"name": "Own License", "url": "https://x"}}],
     "components": [{"type": "library", "name": "inner", "licenses": [{"expression": "MIT OR Apache-2.0"}]}]},
    {"type": "machine-learning-model", "name": "m", "bom-ref": "m", "publisher": "P",
     "licenses": [{"license": {"id": "Apache-2.0", "acknowledgement": "declared"}}, {"license": {"id": "MIT", "acknowledgement": "concluded"}}],
     "externalReferences": [{"type": "distribution", "url": "https://huggingface.co/a/m"}, {"type": "other", "url": "x"}],
     "pedigree": {"ancestors": [{"type": "machine-learning-model", "group": "meta", "name": "base"}]},
     "modelCard": {"modelParameters": {"datasets": [{"ref": "d"}, {"type": "dataset", "name": "inline"}]}}},
    {"type": "data", "name": "d", "bom-ref": "d", "copyright": "(c) X", "data": [{"type": "dataset", "classification": "public"}]},
    {"type": "data", "name": "conf", "data": [{"type": "configuration"}], "licenses": [{"license": {"name": "only name"}}]},
    {"type": "file", "name": "main.c"}
  ],
  "services": [{"name": "api", "provider": {"name": "Q"}, "licenses": [{"license": {"name": "Terms"}}]}],
  "dependencies": [{"ref": "app", "dependsOn": ["lib", "m", "nowhere"]}]
}`

const cdxXML = `<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">
<metadata><component type="application" bom-ref="app"><name>app</name><version>1</version></component></metadata>
<components>
<component type="library" bom-ref="lib"><group>org</group><name>lib</name><version>1.0</version>
 <licenses><license><id>MIT</id><text encoding="base64">TUlUIHRleHQ=</text></license><license><name>Own License</name><url>https://x</url></license></licenses>
 <purl>pkg:npm/org/lib@1.0</purl>
 <components><component type="library"><name>inner</name><licenses><expression>MIT OR Apache-2.0</expression></licenses></component></components>
</component>
<component type="machine-learning-model" bom-ref="m"><publisher>P</publisher><name>m</name>
 <licenses><license acknowledgement="declared"><id>Apache-2.0</id></license><license acknowledgement="concluded"><id>MIT</id></license></licenses>
 <externalReferences><reference type="distribution"><url>https://huggingface.co/a/m</url></reference><reference type="other"><url>x</url></reference></externalReferences>
 <pedigree><ancestors><component type="machine-learning-model"><group>meta</group><name>base</name></component></ancestors></pedigree>
 <modelCard><modelParameters><datasets><dataset><ref>d</ref></dataset><dataset><type>dataset</type><name>inline</name></dataset></datasets></modelParameters></modelCard>
</component>
<component type="data" bom-ref="d"><name>d</name><copyright>(c) X</copyright><data><type>dataset</type><classification>public</classification></data></component>
<component type="data"><name>conf</name><licenses><license><name>only name</name></license></licenses><data><type>configuration</type></data></component>
<component type="file"><name>main.c</name></component>
</components>
<services><service><provider><name>Q</name></provider><name>api</name><licenses><license><name>Terms</name></license></licenses></service></services>
<dependencies><dependency ref="app"><dependency ref="lib"/><dependency ref="m"/><dependency ref="nowhere"/></dependency></dependencies>
</bom>`

const cdxWant = `pkg:generic/app@1 code "app" "1" declared "" require>pkg:npm/org/lib@1.0 require>pkg:generic/m subject=yes type=application texts 0
pkg:generic/inner code "inner" "" declared "MIT OR Apache-2.0" "MIT OR Apache-2.0":7 type=library texts 0
pkg:npm/org/lib@1.0 code "org/lib" "1.0" declared "" "MIT":6 "Own License":6 type=library texts 1
pkg:generic/m model "m" "" declared "Apache-2.0" "Apache-2.0":9 "MIT":9 from( meta/base false) from(dataset pkg:generic/d?type=dataset true) from(dataset inline false) distribution=https://huggingface.co/a/m publisher=P type=machine-learning-model texts 0
pkg:generic/d?type=dataset dataset "d" "" declared "" data_type=dataset classification=public type=data (c) X texts 0
pkg:generic/conf asset "conf" "" declared "only name" "only name":14 data_type=configuration type=data texts 0
pkg:generic/api?type=service service "api" "" declared "Terms" "Terms":17 supplier=Q texts 0
text MIT "MIT text"
`

func TestCycloneDX(t *testing.T) {
	res := artifacttest.Content(t, New(), "bom.json", []byte(cdxJSON))
	if diff := cmp.Diff(cdxWant, lines(res, true)); diff != "" || res.Role != artifact.SBOM {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p := res.Properties; len(p) != 1 || p[0].Value != "CycloneDX 1.6" {
		t.Errorf("%+v", p)
	}
}

// XML says what JSON says: every license, relation and property, in any order of
// properties.
func TestXML(t *testing.T) {
	sorted := func(res *artifact.Result) string {
		for i := range res.Components {
			c := &res.Components[i]
			slices.SortFunc(c.Properties, func(a, b property) int { return strings.Compare(a.Name, b.Name) })
		}
		return lines(res, false)
	}
	want := sorted(artifacttest.Content(t, New(), "bom.json", []byte(cdxJSON)))
	res := artifacttest.Content(t, New(), "bom.xml", []byte(cdxXML))
	if diff := cmp.Diff(want, sorted(res)); diff != "" {
		t.Errorf("(-JSON +XML):\n%s", diff)
	}
	for _, e := range res.Components[1].Evidence {
		if e.Line != 8 {
			t.Errorf("%s on line %d", e.Expression, e.Line)
		}
	}
	if p := res.Properties; len(p) != 1 || p[0].Value != "CycloneDX 1.6" {
		t.Errorf("%+v", p)
	}
}

const spdxJSON = `{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
"packages": [
 {"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "licenseDeclared": "MIT AND LicenseRef-x", "licenseConcluded": "MIT", "copyrightText": "(c) A", "supplier": "Organization: Acme", "downloadLocation": "NOASSERTION",
  "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:golang/example.com/a@v1"}]},
 {"SPDXID": "SPDXRef-b", "name": "b", "licenseDeclared": "NOASSERTION", "licenseConcluded": "NONE", "copyrightText": "NOASSERTION", "primaryPackagePurpose": "LIBRARY"},
 {"SPDXID": "SPDXRef-m", "name": "m", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:huggingface/org/m@abc"}]}],
"files": [{"SPDXID": "SPDXRef-f", "fileName": "x.c", "licenseConcluded": "GPL-3.0-only"}],
"hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-x", "extractedText": "You may\nnot."}],
"relationships": [{"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": "SPDXRef-b"},
 {"spdxElementId": "SPDXRef-a", "relationshipType": "DEPENDENCY_OF", "relatedSpdxElement": "SPDXRef-m"},
 {"spdxElementId": "SPDXRef-m", "relationshipType": "DESCENDANT_OF", "relatedSpdxElement": "SPDXRef-b"}]}`

const spdxYAML = `# The same document.
spdxVersion: "SPDX-2.3"
SPDXID: SPDXRef-DOCUMENT
packages:
- SPDXID: SPDXRef-a
  name: a
  versionInfo: 1
  licenseDeclared: MIT AND LicenseRef-x
  licenseConcluded: MIT
  copyrightText: (c) A
  supplier: "Organization: Acme"
  downloadLocation: NOASSERTION
  externalRefs:
  - {referenceCategory: PACKAGE-MANAGER, referenceType: purl, referenceLocator: "pkg:golang/example.com/a@v1"}
- SPDXID: SPDXRef-b
  name: b
  licenseDeclared: NOASSERTION
  licenseConcluded: NONE
  copyrightText: NOASSERTION
  primaryPackagePurpose: LIBRARY
- SPDXID: SPDXRef-m
  name: m
  licenseDeclared: ~
  externalRefs:
  - referenceType: purl
    referenceLocator: pkg:huggingface/org/m@abc
files:
- {SPDXID: SPDXRef-f, fileName: x.c, licenseConcluded: GPL-3.0-only}
hasExtractedLicensingInfos:
- licenseId: LicenseRef-x
  extractedText: |-
    You may
    not.
relationships:
- {spdxElementId: SPDXRef-a, relationshipType: DEPENDS_ON, relatedSpdxElement: SPDXRef-b}
- {spdxElementId: SPDXRef-a, relationshipType: DEPENDENCY_OF, relatedSpdxElement: SPDXRef-m}
- {spdxElementId: SPDXRef-m, relationshipType: DESCENDANT_OF, relatedSpdxElement: SPDXRef-b}
`

const spdxTag = `SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
# PackageName: none
PackageName: a
SPDXID: SPDXRef-a
PackageVersion: 1
PackageLicenseConcluded: MIT
PackageLicenseDeclared: MIT AND LicenseRef-x
PackageCopyrightText: <text>(c) A</text>
PackageSupplier: Organization: Acme
PackageDownloadLocation: NOASSERTION
ExternalRef: PACKAGE-MANAGER purl pkg:golang/example.com/a@v1
FileName: x.c
LicenseConcluded: GPL-3.0-only
PackageName: b
SPDXID: SPDXRef-b
PackageLicenseDeclared: NOASSERTION
PackageLicenseConcluded: NONE
PackageCopyrightText: NOASSERTION
PrimaryPackagePurpose: LIBRARY
PackageName: m
SPDXID: SPDXRef-m
ExternalRef: PACKAGE-MANAGER purl pkg:huggingface/org/m@abc
LicenseID: LicenseRef-x
ExtractedText: <text>You may
not.</text>
Relationship: SPDXRef-a DEPENDS_ON SPDXRef-b
Relationship: SPDXRef-a DEPENDENCY_OF SPDXRef-m
Relationship: SPDXRef-m DESCENDANT_OF SPDXRef-b
`

const spdxWant = `pkg:golang/example.com/a@v1 code "a" "1" declared "MIT AND LicenseRef-x" "MIT AND LicenseRef-x":%d "MIT":%d require>pkg:generic/b supplier=Acme (c) A texts 1
pkg:generic/b code "b" "" declared "" "NONE":%d type=library texts 0
pkg:huggingface/org/m@abc model "m" "" declared "" require>pkg:golang/example.com/a@v1 from( pkg:generic/b true) texts 0
text LicenseRef-x "You may\nnot."
`

func TestSPDX2(t *testing.T) {
	res := artifacttest.Content(t, New(), "x.json", []byte(spdxJSON))
	if diff := cmp.Diff(fmt.Sprintf(spdxWant, 3, 3, 5), lines(res, true)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	for name, doc := range map[string]string{"x.spdx.yaml": spdxYAML, "x.yml": strings.ReplaceAll(spdxYAML, "\n", "\r\n")} {
		res = artifacttest.Content(t, New(), name, []byte(doc))
		if diff := cmp.Diff(fmt.Sprintf(spdxWant, 8, 9, 18), lines(res, true)); diff != "" {
			t.Errorf("YAML (-want +got):\n%s", diff)
		}
	}
	res = artifacttest.Content(t, New(), "x.spdx", []byte(spdxTag))
	if diff := cmp.Diff(fmt.Sprintf(spdxWant, 8, 7, 18), lines(res, true)); diff != "" {
		t.Errorf("tag-value (-want +got):\n%s", diff)
	}
	crlf := artifacttest.Content(t, New(), "x.spdx", []byte("\uFEFF"+strings.ReplaceAll(spdxTag, "\n", "\r\n")))
	if got := strings.ReplaceAll(lines(crlf, true), `\r\n`, `\n`); got != lines(res, true) {
		t.Errorf("CRLF: %s", got)
	}
}

const spdx3Doc = `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
{"type": "Organization", "spdxId": "urn:org", "name": "Acme"},
{"type": "ai_AIPackage", "spdxId": "urn:ai", "name": "model", "software_packageVersion": "2", "suppliedBy": "urn:org"},
{"type": "dataset_DatasetPackage", "spdxId": "urn:data", "name": "data", "dataset_hasSensitivePersonalInformation": "yes"},
{"type": "software_Package", "spdxId": "urn:pkg", "name": "lib", "externalIdentifier": [{"externalIdentifierType": "packageUrl", "identifier": "pkg:pypi/lib@1"}]},
{"type": "software_File", "spdxId": "urn:file", "name": "f"},
{"type": "simplelicensing_LicenseExpression", "spdxId": "urn:e", "simplelicensing_licenseExpression": "CC0-1.0"},
{"type": "expandedlicensing_CustomLicense", "spdxId": "urn:c", "name": "LicenseRef-own", "simplelicensing_licenseText": "own text"},
{"type": "expandedlicensing_DisjunctiveLicenseSet", "spdxId": "urn:or", "expandedlicensing_member": ["https://spdx.org/licenses/MIT", "urn:later"]},
{"type": "expandedlicensing_OrLaterOperator", "spdxId": "urn:later", "expandedlicensing_subjectLicense": "https://spdx.org/licenses/GPL-2.0"},
{"type": "expandedlicensing_ConjunctiveLicenseSet", "spdxId": "urn:and", "expandedlicensing_member": ["urn:or", "urn:c"]},
{"type": "expandedlicensing_WithAdditionOperator", "spdxId": "urn:with", "expandedlicensing_subjectExtendableLicense": "https://spdx.org/licenses/GPL-2.0-only", "expandedlicensing_subjectAddition": "https://spdx.org/licenses/Classpath-exception-2.0"},
{"type": "Relationship", "spdxId": "urn:r1", "from": "urn:ai", "relationshipType": "hasDeclaredLicense", "to": ["urn:e"]},
{"type": "Relationship", "from": "urn:ai", "relationshipType": "hasConcludedLicense", "to": ["urn:and"]},
{"type": "Relationship", "from": "urn:data", "relationshipType": "hasDeclaredLicense", "to": "https://spdx.org/rdf/3.0.1/terms/Licensing/NoAssertion"},
{"type": "Relationship", "from": "urn:data", "relationshipType": "hasConcludedLicense", "to": ["expandedlicensing_NoneLicense", "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/None"]},
{"type": "Relationship", "from": "urn:pkg", "relationshipType": "hasConcludedLicense", "to": ["urn:with"]},
{"type": "Relationship", "from": "urn:file", "relationshipType": "hasConcludedLicense", "to": ["urn:e"]},
{"type": "LifecycleScopedRelationship", "from": "urn:ai", "relationshipType": "dependsOn", "to": ["urn:pkg"]},
{"type": "Relationship", "from": "urn:ai", "relationshipType": "trainedOn", "to": ["urn:data", "urn:elsewhere"]}
]}`

func TestSPDX3(t *testing.T) {
	want := `pkg:generic/model@2 model "model" "2" declared "CC0-1.0" "CC0-1.0":13 "(MIT OR GPL-2.0+) AND LicenseRef-own":14 require>pkg:pypi/lib@1 from(dataset pkg:generic/data?type=dataset true) from(dataset urn:elsewhere false) supplier=Acme texts 1
pkg:generic/data?type=dataset dataset "data" "" declared "" "expandedlicensing_NoneLicense":16 "NONE":16 personal_data=yes texts 0
pkg:pypi/lib@1 code "lib" "" declared "" "GPL-2.0-only WITH Classpath-exception-2.0":17 texts 0
text LicenseRef-own "own text"
`
	res := artifacttest.Content(t, New(), "x.json", []byte(spdx3Doc))
	if diff := cmp.Diff(want, lines(res, true)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSamples(t *testing.T) {
	for name, want := range map[string]string{
		"CycloneDX__specification/tools/src/test/resources/1.7/valid-machine-learning-1.7.json":                    "pkg:generic/CompVis/stable-diffusion@1.4 model []",
		"CycloneDX__specification/tools/src/test/resources/1.6/valid-machine-learning-considerations-env-1.6.json": "pkg:generic/meta-llama/Llama-2-7b model []",
		"spdx__spdx-examples/ai/example02/spdx3.0/sbom.spdx3.json":                                                 "dataset [CC0-1.0] model [CC0-1.0]",
	} {
		res := artifacttest.Read(t, New(), artifacttest.Sample(t, name))
		var got []string
		for _, c := range res.Components {
			var licenses []string
			for _, e := range c.Evidence {
				licenses = append(licenses, e.Expression)
			}
			id := c.ID + " "
			if strings.Contains(name, "spdx3") {
				id = ""
			}
			got = append(got, fmt.Sprintf("%s%s %v", id, c.Kind, licenses))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want || len(res.Problems) > 0 {
			t.Errorf("%s: %v; %+v", name, got, res.Problems)
		}
	}
}

func TestMatch(t *testing.T) {
	files := map[string]string{
		"a.json": `{"bomFormat":"CycloneDX"`, "bom.json": "{}", "b.json": `{"spdxVersion"`, "c.json": `{"x":1}`, "a.xml": `<bom xmlns="http://cyclonedx.org/schema/bom/1.2"`, "b.xml": "<x/>",
		"x.spdx": "SPDXVersion: SPDX-2.2", "README.md": "SPDXVersion: x", "x.rdf": `<rdf:RDF xmlns="http://spdx.org/rdf/terms#"`, "x.yaml": "spdxVersion: SPDX-2.2", "x.spdx.yml": "# written by hand", "y.yml": "name: x", "x.cdx.json": "{", "x.cdx.xml": "<bom>",
	}
	tree := fsx.NewMap(files)
	for name := range files {
		want := !slices.Contains([]string{"c.json", "b.xml", "README.md", "y.yml"}, name)
		if got := New().Match(artifacttest.Offer(t, tree, name)); got != want {
			t.Errorf("Match(%s) = %v", name, got)
		}
	}
	for _, content := range []string{"{}", `{"name": "x"}`, `{"@graph": [], "@context": "x"}`} {
		if res := artifacttest.Content(t, New(), "bom.json", []byte(content)); !cmp.Equal(res, &artifact.Result{}) {
			t.Errorf("%s: %+v", content, res)
		}
	}
}

// The same thing under two names is one component with both statements.
func TestTwice(t *testing.T) {
	res := artifacttest.Content(t, New(), "bom.json", []byte(`{"bomFormat":"CycloneDX","specVersion":"1.4","components":[
{"name":"a","version":"1","bom-ref":"x","licenses":[{"license":{"id":"MIT"}}]},
{"name":"a","version":"1","bom-ref":"y","licenses":[{"license":{"id":"MIT"}},{"license":{"id":"ISC"}}]},
{"name":"b","bom-ref":"z","licenses":["GPL-3.0-only"]}, {}, 7, {"version": "1"}],
"dependencies":[{"ref":"z","dependsOn":["y"]},{"ref":"x","dependsOn":["y"]}]}`))
	want := `pkg:generic/a@1 code "a" "1" declared "MIT" "MIT":2 "ISC":3 texts 0
pkg:generic/b code "b" "" declared "GPL-3.0-only" "GPL-3.0-only":4 require>pkg:generic/a@1 texts 0
`
	if diff := cmp.Diff(want, lines(res, true)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestVersions: every version of the formats gives the same component; a later
// one is said not to be known.
func TestVersions(t *testing.T) {
	type document struct{ name, content string }
	var known, later []document
	for _, v := range []string{"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"} {
		known = append(known,
			document{"v" + v + ".cdx.json", `{"bomFormat": "CycloneDX", "specVersion": "` + v + `", "components": [{"type": "library", "name": "a", "version": "1", "licenses": [{"license": {"id": "MIT"}}]}]}`},
			document{"v" + v + ".cdx.xml", `<bom xmlns="http://cyclonedx.org/schema/bom/` + v + `"><components><component type="library"><name>a</name><version>1</version>` +
				`<licenses><license><id>MIT</id></license></licenses></component></components></bom>`})
	}
	for _, v := range []string{"2.0", "2.1", "2.2", "2.3"} {
		known = append(known,
			document{"v" + v + ".spdx.json", `{"spdxVersion": "SPDX-` + v + `", "SPDXID": "SPDXRef-DOCUMENT", "packages": [{"SPDXID": "SPDXRef-a", "name": "a", "versionInfo": "1", "licenseDeclared": "MIT"}]}`},
			document{"v" + v + ".spdx", "SPDXVersion: SPDX-" + v + "\nPackageName: a\nSPDXID: SPDXRef-a\nPackageVersion: 1\nPackageLicenseDeclared: MIT\n"})
	}
	later = append(later, document{"x.cdx.json", `{"bomFormat": "CycloneDX", "specVersion": "2.0", "components": []}`},
		document{"x.spdx.json", `{"spdxVersion": "SPDX-9.0", "packages": []}`})
	for _, d := range known {
		res := artifacttest.Content(t, New(), d.name, []byte(d.content))
		if len(res.Problems) > 0 || len(res.Components) != 1 || res.Components[0].Name != "a" || res.Components[0].License.Declared != "MIT" {
			t.Errorf("%s: %+v %+v", d.name, res.Components, res.Problems)
		}
	}
	for _, d := range later {
		if res := artifacttest.Content(t, New(), d.name, []byte(d.content)); len(res.Problems) != 1 || res.Problems[0].Kind != "unsupported" {
			t.Errorf("%s: %+v", d.name, res.Problems)
		}
	}
}
