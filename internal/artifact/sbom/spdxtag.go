package sbom

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// tagValue reads SPDX 2.x as lines of "Tag: value"; a value in <text>…</text>
// may go over lines. A package lasts until the next, a file or a license.
func (b *bom) tagValue(text string) {
	p := &tagReader{b: b}
	for line := 1; text != "" && !b.full; {
		raw, rest, _ := strings.Cut(text, "\n")
		tag, value, ok := strings.Cut(strings.TrimRight(raw, "\r"), ":")
		tag, value = strings.TrimSpace(tag), strings.TrimSpace(value)
		at, lines := line, 1
		if open := strings.Index(value, "<text>"); ok && open >= 0 && !strings.HasPrefix(tag, "#") {
			start := strings.Index(text, "<text>") + len("<text>")
			end := strings.Index(text[start:], "</text>")
			if end < 0 {
				b.res.Problems = append(b.res.Problems, b.file.Problem(diag.Malformed, line, "end the text with </text>", "the text of %.40q does not end", tag))
				break
			}
			value = text[start : start+end]
			_, rest, _ = strings.Cut(text[start+end:], "\n")
			lines += strings.Count(value, "\n")
		}
		if ok && tag != "" && !strings.HasPrefix(tag, "#") {
			p.tag(tag, value, at)
		}
		text, line = rest, line+lines
	}
	p.end()
	if !p.version {
		b.version("SPDX", "", 1, "2.")
	}
}

// tagReader holds the section that is being read.
type tagReader struct {
	b       *bom
	pkg     *entry
	license string // LicenseID of the section
	version bool
}

// end closes the section.
func (p *tagReader) end() {
	if p.pkg != nil {
		declaredFirst(p.pkg.licenses)
		p.b.add(*p.pkg)
		p.pkg = nil
	}
	p.license = ""
}

func (p *tagReader) tag(tag, value string, line int) {
	switch tag {
	case "SPDXVersion":
		p.version = true
		p.b.version("SPDX", strings.TrimPrefix(value, "SPDX-"), line, "2.")
	case "PackageName":
		p.end()
		p.pkg = &entry{name: value, line: line}
	case "FileName", "SnippetSPDXID":
		p.end()
	case "LicenseID":
		p.end()
		p.license = value
	case "ExtractedText":
		if p.license != "" {
			p.b.extracted(p.license, value)
		}
	case "Relationship":
		if words := strings.Fields(value); len(words) == 3 {
			p.b.relation(words[0], words[1], words[2])
		}
	default:
		if p.pkg != nil {
			p.inPackage(tag, value, line)
		}
	}
}

func (p *tagReader) inPackage(tag, value string, line int) {
	e := p.pkg
	switch tag {
	case "SPDXID":
		e.ref = value
	case "PackageVersion":
		e.version = value
	case "PackageLicenseDeclared", "PackageLicenseConcluded":
		if stated(value) && len(e.licenses) < 2 {
			e.licenses = append(e.licenses, license{value, line, tag == "PackageLicenseConcluded"})
		}
	case "PackageCopyrightText":
		e.copyright = value
	case "PackageSupplier":
		e.property("supplier", party(value))
	case "PackageOriginator":
		e.property("originator", party(value))
	case "PackageDownloadLocation":
		e.property("distribution", location(value))
	case "PrimaryPackagePurpose":
		e.property("type", strings.ToLower(value))
	case "ExternalRef":
		if words := strings.Fields(value); len(words) == 3 && strings.HasSuffix(words[1], "purl") && e.purl == "" {
			e.purl = words[2]
		}
	}
}
