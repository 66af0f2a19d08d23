package sbom

import (
	"encoding/base64"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// cyclone reads CycloneDX as JSON.
func (b *bom) cyclone(v jsonpos.Value) {
	for key, m := range v.Pairs() {
		if b.full {
			return
		}
		switch key.Text() {
		case "metadata":
			b.cycloneComponent(m.Get("component"), 0, true)
		case "components":
			for c := range m.Items() {
				if b.cycloneComponent(c, 0, false); b.full {
					return
				}
			}
		case "services":
			for s := range m.Items() {
				b.cycloneService(s, 0)
			}
		case "dependencies":
			for d := range m.Items() {
				from := d.Get("ref").Text()
				for to := range d.Get("dependsOn").Items() {
					b.edge(from, to.Text())
				}
			}
		}
	}
}

// cycloneKinds are the types that are not code.
var cycloneKinds = map[string]inventory.Kind{
	"machine-learning-model": inventory.Model, "data": inventory.Dataset, "file": inventory.Asset,
}

// cycloneComponent reads a component and those inside it. Its keys are walked
// once: one of them may hold the rest of the document.
func (b *bom) cycloneComponent(v jsonpos.Value, depth int, subject bool) {
	if v.Kind() != jsonpos.Object || b.full {
		return
	}
	if depth > maxNesting {
		over := b.file.Over(v.Line(), "components in components", maxNesting, int64(depth))
		b.res.Note(b.file, &over)
		return
	}
	c := component{entry: entry{line: v.Line()}}
	var pedigree, card jsonpos.Value
	for key, m := range v.Pairs() {
		name := key.Text()
		if to := c.field(name); to != nil {
			*to = m.Text()
			continue
		}
		switch name {
		case "type":
			c.typ = m.Text()
		case "bom-ref":
			c.ref = m.Text()
		case "supplier":
			c.supplier = m.Get("name").Text()
		case "licenses":
			b.cycloneLicenses(&c.entry, m)
		case "externalReferences":
			cycloneReferences(&c.entry, m)
		case "data":
			for d := range m.Items() {
				cycloneData(&c.entry, d)
				break
			}
		case "pedigree":
			pedigree = m
		case "modelCard":
			card = m
		case "components":
			for inner := range m.Items() {
				b.cycloneComponent(inner, depth+1, false)
			}
		}
	}
	c.subject = subject
	if b.cycloneAdd(&c) {
		b.cycloneLineage(c.ref, pedigree, card)
	}
}

// component is an entry with the fields that CycloneDX has besides.
type component struct {
	entry
	typ, group, publisher, author, scope, supplier string
	subject                                        bool // what the document is about
}

// field is where the text of a component's field goes; nil for other fields.
func (c *component) field(name string) *string {
	switch name {
	case "name":
		return &c.name
	case "group":
		return &c.group
	case "version":
		return &c.entry.version
	case "purl":
		return &c.purl
	case "copyright":
		return &c.copyright
	case "publisher":
		return &c.publisher
	case "author":
		return &c.author
	case "scope":
		return &c.scope
	}
	return nil
}

// cycloneAdd settles what depends on several fields, and files the component. A
// file that says nothing is left out.
func (b *bom) cycloneAdd(c *component) bool {
	c.property("publisher", c.publisher)
	c.property("author", c.author)
	c.property("supplier", c.supplier)
	c.property("scope", c.scope)
	if c.subject {
		c.property("subject", "yes")
	}
	c.property("type", c.typ)
	if c.kind == "" {
		c.kind = cycloneKinds[c.typ]
	}
	if typ := c.get("data_type"); c.kind == inventory.Dataset && typ != "" && typ != "dataset" {
		c.kind = inventory.Asset // configuration, source code, …
	}
	if c.kind == inventory.Asset && len(c.licenses) == 0 {
		return false
	}
	if c.kind == "" {
		c.kind = kindOfPurl(c.purl)
	}
	if c.group != "" {
		c.name = c.group + "/" + c.name
	}
	if c.ref == "" { // so that relations find it
		c.ref = "\x00" + c.id()
	}
	b.add(c.entry)
	return true
}

func cycloneData(e *entry, d jsonpos.Value) {
	e.property("data_type", d.Get("type").Text())
	e.property("classification", d.Get("classification").Text())
	for s := range d.Get("sensitiveData").Many() {
		if len(e.properties) < maxList {
			e.property("sensitive_data", s.Text())
		}
	}
}

// cycloneLicenses reads the choices of licenses: each a license or an
// expression.
func (b *bom) cycloneLicenses(e *entry, v jsonpos.Value) {
	for m := range v.Many() {
		if len(e.licenses) >= maxList {
			over := b.file.Over(m.Line(), "licenses of a component", maxList, maxList+1)
			b.res.Note(b.file, &over)
			return
		}
		if m.Kind() == jsonpos.String { // not of the format, but written
			e.licenses = append(e.licenses, license{value: m.Text(), line: m.Line()})
			continue
		}
		if x := m.Get("expression"); x.Text() != "" {
			e.licenses = append(e.licenses, license{x.Text(), x.Line(), m.Get("acknowledgement").Text() == "concluded"})
			continue
		}
		l := m.Get("license")
		if l.Kind() != jsonpos.Object {
			continue
		}
		at := l.Get("id")
		for _, key := range []string{"name", "url"} {
			if at.Text() == "" {
				at = l.Get(key)
			}
		}
		text := l.Get("text")
		b.cycloneText(e, at.Text(), text.Get("content").Text(), text.Get("encoding").Text())
		e.licenses = append(e.licenses, license{at.Text(), at.Line(), l.Get("acknowledgement").Text() == "concluded"})
	}
}

// cycloneText files the text of a license.
func (b *bom) cycloneText(e *entry, name, content, encoding string) {
	if encoding == "base64" {
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(content), ""))
		if err != nil {
			p := b.file.Problem("malformed", e.line, "write the document again", "license text of %.100q: %v", name, err)
			b.res.Note(b.file, &p)
			return
		}
		content = string(raw)
	}
	if digest := b.text(name, content); digest != "" {
		e.texts = append(e.texts, digest)
	}
}

func cycloneReferences(e *entry, v jsonpos.Value) {
	for r := range v.Items() {
		switch typ := r.Get("type").Text(); typ {
		case "distribution", "vcs", "license", "model-card":
			if len(e.properties) < maxList {
				e.property(typ, r.Get("url").Text())
			}
		}
	}
}

// cycloneLineage reads ancestors and the datasets of a model card.
func (b *bom) cycloneLineage(ref string, pedigree, card jsonpos.Value) {
	n := 0
	for a := range pedigree.Get("ancestors").Items() {
		if n++; n > maxList {
			break
		}
		x := entry{purl: a.Get("purl").Text(), name: a.Get("name").Text(), version: a.Get("version").Text()}
		if group := a.Get("group").Text(); group != "" {
			x.name = group + "/" + x.name
		}
		if x.name != "" || x.purl != "" {
			b.lineage(ref, "", ancestor(x))
		}
	}
	for d := range card.Get("modelParameters").Get("datasets").Items() {
		if n++; n > maxList {
			break
		}
		b.lineage(ref, "dataset", firstOf(d.Get("ref").Text(), d.Get("contents").Get("url").Text(), d.Get("name").Text()))
	}
}

// ancestor is how lineage names a thing: its purl, or its name.
func ancestor(x entry) string {
	if strings.HasPrefix(x.purl, "pkg:") {
		return x.purl
	}
	return x.name
}

// firstOf is the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (b *bom) cycloneService(v jsonpos.Value, depth int) {
	if v.Kind() != jsonpos.Object || depth > maxNesting || b.full {
		return
	}
	c := component{entry: entry{line: v.Line(), kind: inventory.Service}}
	for key, m := range v.Pairs() {
		name := key.Text()
		if to := c.field(name); to != nil {
			*to = m.Text()
			continue
		}
		switch name {
		case "bom-ref":
			c.ref = m.Text()
		case "licenses":
			b.cycloneLicenses(&c.entry, m)
		case "provider":
			c.supplier = m.Get("name").Text()
		case "services":
			for s := range m.Items() {
				b.cycloneService(s, depth+1)
			}
		}
	}
	b.cycloneAdd(&c)
}
