package scan

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
)

// Limits of the search for lines that licenses order.
const (
	maxProse      = 1 << 20 // bytes read of a card or notice
	maxProseFiles = 32      // of one folder
)

// lines notes which fixed lines that a thing's license and those of its bases
// order stand in its cards and notices: in what a person wrote there, not in the
// license itself, whose text always has them.
func (b *builder) lines(c *inventory.Component, t *discover.Thing) {
	if !t.Own {
		return
	}
	wanted := b.ordered(c)
	if len(wanted) == 0 {
		return
	}
	files := b.prose(t)
	looked := make([]string, len(files))
	var found []string
	for i, name := range files {
		looked[i] = path.Base(name)
		data, _, err := t.Tree.AppendHead(nil, name, maxProse)
		if err != nil {
			continue // whoever reads it as a card or license says so
		}
		text := models.NewPlain(string(withoutFront(data)))
		for _, l := range wanted {
			if l.In(text) && !slices.Contains(found, l.Text) {
				found = append(found, l.Text)
			}
		}
	}
	slices.Sort(found)
	for _, line := range found {
		c.Properties = append(c.Properties, inventory.Property{Name: "carries", Value: line})
	}
	c.Properties = append(c.Properties, inventory.Property{Name: "texts-looked", Value: strings.Join(looked, ", ")})
}

// ordered lists the lines that the licenses of a thing and of what it was made
// from ask for.
func (b *builder) ordered(c *inventory.Component) []models.Line {
	expressions := []string{c.License.Concluded, c.License.Declared, c.License.Detected}
	for _, l := range c.Lineage {
		expressions = append(expressions, b.licenseOf(l.ID))
	}
	var out []models.Line
	for _, e := range expressions {
		for _, l := range b.linesOf(e) {
			if !slices.ContainsFunc(out, func(o models.Line) bool { return o.Text == l.Text }) {
				out = append(out, l)
			}
		}
	}
	return out
}

// licenseOf is the license of a model that is known by its name, "" for others.
func (b *builder) licenseOf(id string) string {
	license, ok := b.licenses[id]
	if !ok {
		if m, known := models.Resolve(id); known {
			license = m.License
		}
		b.licenses[id] = license
	}
	return license
}

func (b *builder) linesOf(expression string) []models.Line {
	lines, ok := b.ordering[expression]
	if !ok {
		lines = models.Lines(b.o.Base, expression)
		b.ordering[expression] = lines
	}
	return lines
}

// prose lists the cards, READMEs and notices of a thing's folder.
func (b *builder) prose(t *discover.Thing) []string {
	var out []string
	for i := range t.Reads {
		if f := &t.Reads[i].File; t.Reads[i].Role == artifact.Card && strings.HasSuffix(f.Base(), ".md") {
			out = append(out, f.Path)
		}
	}
	entries, err := t.Tree.ReadDir(t.Dir)
	if err != nil {
		return out
	}
	for _, e := range entries {
		name := path.Join(t.Dir, e.Name)
		readme := strings.HasPrefix(strings.ToLower(e.Name), "readme")
		if e.Type != fs.ModeDir && len(out) < maxProseFiles && (readme || b.o.Scanner.Role(e.Name) == "notice") && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// withoutFront cuts the front matter of a card, which may quote a whole license
// as the terms of access.
func withoutFront(data []byte) []byte {
	head, rest, found := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), " \t\r\n"), []byte("\n"))
	if !found || string(bytes.TrimSpace(head)) != "---" {
		return data
	}
	for len(rest) > 0 {
		var line []byte
		line, rest, _ = bytes.Cut(rest, []byte("\n"))
		if string(bytes.TrimSpace(line)) == "---" {
			return rest
		}
	}
	return nil
}
