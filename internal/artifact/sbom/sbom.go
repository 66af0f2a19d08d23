// Package sbom reads bills of materials: CycloneDX 1.0 to 1.7 in JSON and XML,
// SPDX 2.x in JSON, in YAML and as tag-value text, and SPDX 3.0 in JSON-LD. Every package,
// model, dataset and service becomes a component with its licenses as they are
// written; files of packages do not.
package sbom

import (
	"bytes"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// The limits of a document. A component takes about a kilobyte of memory, so
// that a hostile document of the longest size would take gigabytes.
const (
	maxBytes      = jsonpos.MaxBytes
	maxComponents = 100_000
	maxEdges      = 500_000
	maxTexts      = 10_000
	maxElements   = 200_000 // licenses and agents of SPDX 3
	maxNesting    = 16      // components in components
	maxList       = 100     // licenses, ancestors, datasets of one component
)

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "sbom" }

// syntax is how a document is written.
type syntax int

const (
	none syntax = iota
	jsonText
	xmlText
	tagValue
	yamlText
	unsupported // SPDX as RDF/XML
)

func (reader) Match(f *artifact.File) bool { return syntaxOf(f) != none }

// syntaxOf goes by the first bytes, and by the name where these do not tell.
func syntaxOf(f *artifact.File) syntax {
	head := bytes.TrimLeft(bytes.TrimPrefix(f.Head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	has := func(marks ...string) bool {
		for _, m := range marks {
			if bytes.Contains(head, []byte(m)) {
				return true
			}
		}
		return false
	}
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		if has(`"bomFormat"`, "cyclonedx.org/schema/bom", `"spdxVersion"`, `"SPDXID"`, "spdx.org/rdf/3.") ||
			f.Has(".cdx.json", ".spdx.json", ".spdx3.json", ".spdx.jsonld") || f.Base() == "bom.json" || f.Base() == "sbom.json" {
			return jsonText
		}
	case bytes.HasPrefix(head, []byte("<")):
		if has("cyclonedx.org/schema/bom/") || has("<bom") && f.Has("bom.xml", ".cdx.xml") {
			return xmlText
		}
		if has("spdx.org/rdf/terms") {
			return unsupported
		}
	case has("SPDXVersion:") && !f.Has(".md", ".go", ".py", ".rst", ".html"):
		return tagValue
	case f.Has(".spdx.yaml", ".spdx.yml") || has("spdxVersion:", `spdxVersion":`, "SPDXID:") && f.Has(".yaml", ".yml"):
		return yamlText
	}
	return none
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.SBOM}
	kind := syntaxOf(f)
	if kind == unsupported {
		res.Problems = append(res.Problems, f.Problem(diag.Unsupported, 1, "convert it to SPDX JSON, with `pyspdxtools -i FILE -o sbom.spdx.json` for example", "SPDX as RDF/XML is not read"))
		return res, nil
	}
	data, err := f.Whole(maxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	b := newBOM(f, res)
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	switch kind {
	case jsonText:
		if err := b.json(data); err != nil {
			return res, res.Fail(err)
		}
	case xmlText:
		res.Note(f, b.xml(data))
	case tagValue:
		b.tagValue(string(data))
	case yamlText:
		b.yaml(data)
	}
	if b.foreign {
		return &artifact.Result{}, nil
	}
	b.finish()
	return res, nil
}

// json finds out which of the formats in JSON a document has.
func (b *bom) json(data []byte) error {
	v, err := b.file.ParseJSON(data)
	if err != nil {
		return err
	}
	switch {
	case v.Get("bomFormat").Text() == "CycloneDX" || strings.Contains(v.Get("$schema").Text(), "cyclonedx.org/schema/bom"):
		b.version("CycloneDX", v.Get("specVersion").Text(), v.Get("specVersion").Line(), "1.")
		b.cyclone(v)
	case v.Get("spdxVersion").Kind() != jsonpos.Absent:
		b.version("SPDX", strings.TrimPrefix(v.Get("spdxVersion").Text(), "SPDX-"), v.Get("spdxVersion").Line(), "2.")
		spdx2(b, v)
	case v.Get("@graph").Kind() == jsonpos.Array && strings.Contains(v.Get("@context").Text()+firstText(v.Get("@context")), "spdx.org/rdf/3."):
		b.res.Property("format", "SPDX 3")
		b.spdx3(v.Get("@graph"))
	default:
		b.foreign = true
	}
	return nil
}

// firstText is the first text of a list.
func firstText(v jsonpos.Value) string {
	for m := range v.Items() {
		return m.Text()
	}
	return ""
}

// version notes the format, and that a later one than is known may say more than
// was understood.
func (b *bom) version(format, version string, line int, known string) {
	b.res.Property("format", format+" "+version)
	if !strings.HasPrefix(version, known) {
		b.res.Problems = append(b.res.Problems, b.file.Problem(diag.Unsupported, max(line, 1), "use a newer rukhsa, or write the document in an older version",
			"%s of version %.20q is not known; %sx is", format, version, known))
	}
}
