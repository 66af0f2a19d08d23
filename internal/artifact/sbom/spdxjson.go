package sbom

import (
	"iter"
	"strings"
)

// value is a value of a document in JSON or YAML.
type value[V any] interface {
	Get(key string) V
	Items() iter.Seq[V]
	Pairs() iter.Seq2[V, V]
	Text() string
	Line() int
}

// spdx2 reads SPDX 2.x as JSON or YAML. Files and snippets are passed over: their
// licenses are those of packages, or of nobody.
func spdx2[V value[V]](b *bom, v V) {
	for key, m := range v.Pairs() {
		switch key.Text() {
		case "packages":
			for p := range m.Items() {
				if spdxPackage(b, p); b.full {
					return
				}
			}
		case "hasExtractedLicensingInfos":
			for l := range m.Items() {
				b.extracted(l.Get("licenseId").Text(), l.Get("extractedText").Text())
			}
		case "relationships":
			for r := range m.Items() {
				b.relation(r.Get("spdxElementId").Text(), r.Get("relationshipType").Text(), r.Get("relatedSpdxElement").Text())
			}
		}
	}
}

// extracted files the text of a LicenseRef.
func (b *bom) extracted(id, text string) {
	if digest := b.text(id, text); digest != "" && id != "" {
		b.named[id] = digest
	}
}

func spdxPackage[V value[V]](b *bom, v V) {
	e := entry{
		line: v.Line(), ref: v.Get("SPDXID").Text(), name: v.Get("name").Text(), version: v.Get("versionInfo").Text(),
		copyright: v.Get("copyrightText").Text(),
	}
	for key, concluded := range map[string]bool{"licenseDeclared": false, "licenseConcluded": true} {
		if l := v.Get(key); stated(l.Text()) {
			e.licenses = append(e.licenses, license{l.Text(), l.Line(), concluded})
		}
	}
	declaredFirst(e.licenses)
	for r := range v.Get("externalRefs").Items() {
		if r.Get("referenceType").Text() == "purl" || strings.HasSuffix(r.Get("referenceType").Text(), "/purl") {
			e.purl = r.Get("referenceLocator").Text()
			break
		}
	}
	e.property("supplier", party(v.Get("supplier").Text()))
	e.property("originator", party(v.Get("originator").Text()))
	e.property("distribution", location(v.Get("downloadLocation").Text()))
	e.property("type", strings.ToLower(v.Get("primaryPackagePurpose").Text()))
	b.add(e)
}

// declaredFirst puts what was declared before what was concluded.
func declaredFirst(all []license) {
	if len(all) == 2 && all[0].concluded {
		all[0], all[1] = all[1], all[0]
	}
}

// stated reports whether a field states a license; NOASSERTION says that it does
// not.
func stated(l string) bool { return l != "" && l != "NOASSERTION" }

// party is a name without what kind of party it is.
func party(s string) string {
	for _, kind := range []string{"Organization: ", "Person: ", "Tool: "} {
		s = strings.TrimPrefix(s, kind)
	}
	return location(s)
}

func location(s string) string {
	if s == "NOASSERTION" || s == "NONE" {
		return ""
	}
	return s
}

// relation reads a relationship of SPDX 2.x or 3, in either spelling.
func (b *bom) relation(from, kind, to string) {
	switch strings.ToUpper(strings.ReplaceAll(kind, "_", "")) {
	case "DEPENDSON", "DYNAMICLINK", "STATICLINK", "HASDYNAMICLINK", "HASSTATICLINK", "HASPREREQUISITE":
		b.edge(from, to)
	case "DEPENDENCYOF", "RUNTIMEDEPENDENCYOF":
		b.edge(to, from)
	case "DESCENDANTOF":
		b.lineage(from, "", to)
	case "ANCESTOROF":
		b.lineage(to, "", from)
	case "TRAINEDON":
		b.lineage(from, "dataset", to)
	}
}
