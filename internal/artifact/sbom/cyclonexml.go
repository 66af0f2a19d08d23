package sbom

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxAttributes is how many attributes an element may have: the decoder holds
// them all before it gives the element out.
const maxAttributes = 1000

// xmlReader walks an XML document element by element; nothing of it is kept
// but what is asked for.
type xmlReader struct {
	b     *bom
	d     *xml.Decoder
	depth int
}

// xml reads CycloneDX as XML. Entities are not expanded, and nothing that a
// document names is fetched.
func (b *bom) xml(data []byte) error {
	if line := manyAttributes(data); line > 0 {
		p := b.file.Over(line, "attributes of an element", maxAttributes, maxAttributes+1)
		return &p
	}
	x := &xmlReader{b: b, d: xml.NewDecoder(bytes.NewReader(data))}
	for {
		tok, err := x.d.Token()
		if errors.Is(err, io.EOF) {
			b.foreign = true // no element at all
			return nil
		}
		if err != nil {
			return x.fail(err)
		}
		if start, ok := tok.(xml.StartElement); ok {
			if start.Name.Local != "bom" {
				b.foreign = true
				return nil
			}
			version := start.Name.Space[strings.LastIndexByte(start.Name.Space, '/')+1:]
			b.version("CycloneDX", version, x.line(), "1.")
			return x.fail(x.children(x.top))
		}
	}
}

// manyAttributes is the line of an element with too many attributes, or 0. A
// "<" cannot stand inside a tag, so that the quotes between two of them bound the
// number of attributes.
func manyAttributes(data []byte) int {
	n := 0
	for i, c := range data {
		switch c {
		case '<':
			n = 0
		case '=':
			if i+1 < len(data) && (data[i+1] == '"' || data[i+1] == '\'' || data[i+1] == ' ') {
				if n++; n > maxAttributes {
					return 1 + bytes.Count(data[:i], []byte{'\n'})
				}
			}
		}
	}
	return 0
}

func (x *xmlReader) line() int {
	line, _ := x.d.InputPos()
	return line
}

// fail turns an error of the decoder into a Problem.
func (x *xmlReader) fail(err error) error {
	var p *diag.Problem
	if err == nil || errors.As(err, &p) {
		return err
	}
	message := err.Error()
	if syntax := new(xml.SyntaxError); errors.As(err, &syntax) {
		message = syntax.Msg
	}
	q := x.b.file.Problem(diag.Malformed, x.line(), "write the document again with the tool that made it", "not XML: %s", message)
	return &q
}

// children gives the elements inside the present one to each, which must read
// them to their end.
func (x *xmlReader) children(each func(xml.StartElement) error) error {
	if x.depth++; x.depth > jsonpos.MaxDepth {
		p := x.b.file.Over(x.line(), "levels", jsonpos.MaxDepth, int64(x.depth))
		return &p
	}
	defer func() { x.depth-- }()
	for {
		tok, err := x.d.Token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if err := each(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// skip reads over an element.
func (x *xmlReader) skip() error {
	return x.children(func(xml.StartElement) error { return x.skip() })
}

// text reads an element's text into *s.
func (x *xmlReader) text(s *string) error {
	var b strings.Builder
	for {
		tok, err := x.d.Token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.CharData:
			if b.Len()+len(t) > artifact.MaxText {
				p := x.b.file.Over(x.line(), "bytes of a text", artifact.MaxText, int64(b.Len()+len(t)))
				return &p
			}
			b.Write(t)
		case xml.StartElement:
			if err := x.skip(); err != nil {
				return err
			}
		case xml.EndElement:
			*s = strings.TrimSpace(b.String())
			return nil
		}
	}
}

func attr(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// inside reads the children of an element that have one name; others are
// skipped.
func (x *xmlReader) inside(name string, each func(xml.StartElement) error) error {
	return x.children(func(s xml.StartElement) error {
		if s.Name.Local != name {
			return x.skip()
		}
		return each(s)
	})
}

func (x *xmlReader) top(s xml.StartElement) error {
	switch s.Name.Local {
	case "metadata":
		return x.inside("component", func(s xml.StartElement) error { return x.component(s, 0, true) })
	case "components":
		return x.inside("component", func(s xml.StartElement) error { return x.component(s, 0, false) })
	case "services":
		return x.inside("service", func(s xml.StartElement) error { return x.component(s, 0, false) })
	case "dependencies":
		return x.inside("dependency", x.dependency)
	}
	return x.skip()
}

func (x *xmlReader) dependency(s xml.StartElement) error {
	from := attr(s, "ref")
	return x.inside("dependency", func(s xml.StartElement) error {
		x.b.edge(from, attr(s, "ref"))
		return x.skip()
	})
}

// component reads a component or service and those inside it.
func (x *xmlReader) component(start xml.StartElement, depth int, subject bool) error {
	if x.b.full {
		return x.skip()
	}
	if depth > maxNesting {
		p := x.b.file.Over(x.line(), "components in components", maxNesting, int64(depth))
		x.b.res.Note(x.b.file, &p)
		return x.skip()
	}
	c := component{entry: entry{line: x.line(), ref: attr(start, "bom-ref")}, typ: attr(start, "type"), subject: subject}
	if start.Name.Local == "service" {
		c.kind = inventory.Service
	}
	var made []link
	err := x.children(func(s xml.StartElement) error {
		if to := c.field(s.Name.Local); to != nil {
			return x.text(to)
		}
		switch name := s.Name.Local; name {
		case "supplier", "provider":
			return x.inside("name", func(xml.StartElement) error { return x.text(&c.supplier) })
		case "licenses":
			return x.licenses(&c.entry)
		case "externalReferences":
			return x.references(&c.entry)
		case "data":
			return x.data(&c.entry)
		case "pedigree", "modelCard":
			return x.made(&made)
		case "components", "services":
			return x.inside(strings.TrimSuffix(name, "s"), func(s xml.StartElement) error { return x.component(s, depth+1, false) })
		}
		return x.skip()
	})
	if err != nil {
		return err
	}
	if x.b.cycloneAdd(&c) {
		for _, l := range made {
			x.b.lineage(c.ref, l.relation, l.to)
		}
	}
	return nil
}

func (x *xmlReader) licenses(e *entry) error {
	return x.children(func(s xml.StartElement) error {
		if len(e.licenses) >= maxList {
			p := x.b.file.Over(x.line(), "licenses of a component", maxList, maxList+1)
			return &p
		}
		l := license{line: x.line(), concluded: attr(s, "acknowledgement") == "concluded"}
		switch s.Name.Local {
		case "expression":
			if err := x.text(&l.value); err != nil {
				return err
			}
		case "license":
			if err := x.license(e, &l); err != nil {
				return err
			}
		default:
			return x.skip()
		}
		e.licenses = append(e.licenses, l)
		return nil
	})
}

func (x *xmlReader) license(e *entry, l *license) error {
	var id, name, url, content, encoding string
	err := x.children(func(s xml.StartElement) error {
		switch s.Name.Local {
		case "id":
			return x.text(&id)
		case "name":
			return x.text(&name)
		case "url":
			return x.text(&url)
		case "text":
			encoding = attr(s, "encoding")
			return x.text(&content)
		}
		return x.skip()
	})
	l.value = firstOf(id, name, url)
	if err == nil {
		x.b.cycloneText(e, l.value, content, encoding)
	}
	return err
}

func (x *xmlReader) references(e *entry) error {
	return x.inside("reference", func(s xml.StartElement) error {
		var url string
		if err := x.inside("url", func(xml.StartElement) error { return x.text(&url) }); err != nil {
			return err
		}
		switch typ := attr(s, "type"); typ {
		case "distribution", "vcs", "license", "model-card":
			if len(e.properties) < maxList {
				e.property(typ, url)
			}
		}
		return nil
	})
}

func (x *xmlReader) data(e *entry) error {
	var typ, class string
	err := x.children(func(s xml.StartElement) error {
		switch s.Name.Local {
		case "type":
			return x.text(&typ)
		case "classification":
			return x.text(&class)
		}
		return x.skip()
	})
	e.property("data_type", typ)
	e.property("classification", class)
	return err
}

// made reads what a component was made from: ancestors, and the datasets of a
// model card, wherever they stand in the element.
func (x *xmlReader) made(out *[]link) error {
	return x.children(func(s xml.StartElement) error {
		switch s.Name.Local {
		case "ancestors":
			return x.inside("component", func(xml.StartElement) error {
				var a entry
				var group string
				err := x.leaves(map[string]*string{"name": &a.name, "group": &group, "version": &a.version, "purl": &a.purl})
				if group != "" {
					a.name = group + "/" + a.name
				}
				if len(*out) < maxList && (a.name != "" || a.purl != "") {
					*out = append(*out, link{to: ancestor(a)})
				}
				return err
			})
		case "modelParameters":
			return x.made(out)
		case "datasets":
			return x.inside("dataset", func(s xml.StartElement) error {
				var name, ref string
				err := x.leaves(map[string]*string{"name": &name, "ref": &ref})
				if len(*out) < maxList {
					*out = append(*out, link{relation: "dataset", to: firstOf(ref, attr(s, "ref"), name)})
				}
				return err
			})
		}
		return x.skip()
	})
}

// leaves reads the texts of some children.
func (x *xmlReader) leaves(into map[string]*string) error {
	return x.children(func(s xml.StartElement) error {
		if to := into[s.Name.Local]; to != nil {
			return x.text(to)
		}
		return x.skip()
	})
}
