package rulebase

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// listVersion is how the SPDX tables name the list they were made from.
var listVersion = lazyre.New(`\b[0-9]+\.[0-9]+(\.[0-9]+)?\b`)

// The columns of the SPDX tables that are used.
const (
	colID = iota
	colName
	colDeprecated
	colReplacement
	colOSI
	colFSF
)

// spdx reads the ids of the SPDX license list.
func (b *builder) spdx() error {
	for _, name := range []string{licensesTable, exceptionsTable} {
		t, err := readTable(b.fsys, name)
		if err != nil {
			return err
		}
		if b.version == "" {
			b.version = listVersion.FindString(t.comment)
		}
		want := colReplacement + 1
		if name == licensesTable {
			want = colFSF + 1
		}
		for _, r := range t.rows {
			if len(r.cells) < want {
				b.fault(name, r.pos(0), "%d cells, not %d", len(r.cells), want)
				continue
			}
			h := &Head{ID: r.cells[colID], Name: clean(r.cells[colName]), Deprecated: isYes(r.cells[colDeprecated]),
				Replacement: r.cells[colReplacement], Exception: name == exceptionsTable}
			if !h.Exception {
				h.OSI, h.FSF = r.cells[colOSI], r.cells[colFSF]
			}
			if b.heads[h.ID] != nil {
				b.fault(name, r.pos(0), "%s is listed twice", h.ID)
			}
			b.heads[h.ID] = h
		}
	}
	return nil
}

func clean(s string) string { return strings.Join(strings.Fields(s), " ") }

func isYes(s string) bool { return s == "1" || s == "yes" }

// The columns of the table of categories; the last two are for licenses that
// have no SPDX id.
const (
	colCategory = iota + 1
	colOpenness
	colFamily
	colDesign
	colOwnName
	colAliases
)

// categories reads the table of categories: one row an SPDX id, and one for
// each license outside SPDX that has no rule file.
func (b *builder) categories() error {
	t, err := readTable(b.fsys, categoriesTable)
	if err != nil {
		return err
	}
	last := ""
	for _, r := range t.rows {
		if len(r.cells) <= colDesign {
			b.fault(categoriesTable, r.pos(0), "%d cells, not %d: id, category, openness, family, designed_for", len(r.cells), colDesign+1)
			continue
		}
		id := r.cells[colID]
		if compareFold(last, id) >= 0 {
			b.fault(categoriesTable, r.pos(0), "%s stands after %s: sort by id, each once", id, last)
		}
		last = id
		h := b.heads[id]
		switch {
		case h == nil && licenseRef.MatchString(id):
			h = &Head{ID: id, Name: r.cell(colOwnName), OSI: "no", FSF: "not-reviewed"}
			if h.Name == "" {
				b.fault(categoriesTable, r.pos(0), "%s has no name: it is the cell after designed_for", id)
			}
			b.heads[id] = h
			for _, a := range bars(r.cell(colAliases)) {
				b.alias(categoriesTable, h, text{Value: a, Pos: r.pos(colAliases)})
			}
		case h == nil:
			b.fault(categoriesTable, r.pos(0), "%s is no SPDX id and no LicenseRef-rukhsa-NAME", id)
			continue
		}
		h.Category, h.Openness = b.word(r, colCategory, "category"), b.word(r, colOpenness, "openness")
		if h.Family = r.cells[colFamily]; !slug.MatchString(h.Family) {
			b.fault(categoriesTable, r.pos(colFamily), "family %s: use lower-case letters, digits, dots and hyphens", yamlpos.Quote(h.Family))
		}
		h.DesignedFor = strings.Fields(r.cells[colDesign])
		for _, d := range h.DesignedFor {
			if valid := b.lint.words.lists["design"]; !slices.Contains(valid, d) {
				b.fault(categoriesTable, r.pos(colDesign), "%s", yamlpos.Unknown("design", d, valid))
			}
		}
	}
	return nil
}

// word returns a cell and checks it against a closed list.
func (b *builder) word(r tableRow, col int, list string) string {
	if valid := b.lint.words.lists[list]; !slices.Contains(valid, r.cells[col]) {
		b.fault(categoriesTable, r.pos(col), "%s", yamlpos.Unknown(list, r.cells[col], valid))
	}
	return r.cells[col]
}

// labels reads the names that stand for several licenses, or for none. Their
// members may be written with * for any text; deprecated ids are no members of
// such a pattern.
func (b *builder) labels() error {
	t, err := readTable(b.fsys, familiesTable)
	if err != nil {
		return err
	}
	seen := map[string]string{}
	for _, r := range t.rows {
		if len(r.cells) != 4 {
			b.fault(familiesTable, r.pos(0), "%d cells, not 4: label, name, members, other labels", len(r.cells))
			continue
		}
		f := Family{Label: r.cells[0], Name: r.cells[1], Labels: bars(r.cells[3])}
		for _, pattern := range strings.Fields(r.cells[2]) {
			found := b.members(pattern)
			if len(found) == 0 {
				b.fault(familiesTable, r.pos(2), "%s fits no license", yamlpos.Quote(pattern))
			}
			f.Members = append(f.Members, found...)
		}
		slices.SortFunc(f.Members, compareFold)
		f.Members = slices.Compact(f.Members)
		for _, label := range f.labels() {
			switch other, isID := b.id(label); {
			case label != strings.ToLower(clean(label)) || label == "":
				b.fault(familiesTable, r.pos(0), "label %s: write it in lower case with single spaces", yamlpos.Quote(label))
			case seen[label] != "":
				b.fault(familiesTable, r.pos(0), "label %q stands for %s and for %s", label, seen[label], f.Label)
			case isID:
				b.fault(familiesTable, r.pos(0), "label %q is the id %s", label, other)
			case b.aliases[label].id != "":
				b.fault(familiesTable, r.pos(0), "label %q is an alias of %s", label, b.aliases[label].id)
			}
			seen[label] = f.Label
		}
		b.family = append(b.family, f)
	}
	return nil
}

// members lists the licenses that a pattern of a family's members means.
func (b *builder) members(pattern string) (ids []string) {
	if h := b.heads[pattern]; h != nil && !h.Exception {
		return []string{pattern}
	}
	for _, h := range b.sorted(false, false) {
		if ok, _ := path.Match(pattern, h.ID); ok && !h.Deprecated {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

// alias records a name that people write for a license.
func (b *builder) alias(file string, h *Head, n text) {
	key := strings.ToLower(n.Value)
	if other, ok := b.aliases[key]; ok && other.id != h.ID {
		b.fault(file, n.Pos, "alias %q belongs to %s too (%s)", n.Value, other.id, other.file)
		return
	}
	if other, ok := b.id(key); ok && other != h.ID {
		b.fault(file, n.Pos, "alias %q is the id %s", n.Value, other)
		return
	}
	b.aliases[key] = alias{h.ID, file}
	h.Aliases = append(h.Aliases, n.Value)
}

// pos is the place of a cell.
func (r tableRow) pos(cell int) yamlpos.Pos {
	column := 1
	for _, c := range r.cells[:min(cell, len(r.cells))] {
		column += utf8.RuneCountInString(c) + 1
	}
	return yamlpos.Pos{Line: r.line, Column: column}
}

// cell returns a cell that a row may leave out.
func (r tableRow) cell(i int) string {
	if i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// sameWords compares two lists without regard to order.
func sameWords(a, b []string) bool {
	return fmt.Sprint(slices.Sorted(slices.Values(a))) == fmt.Sprint(slices.Sorted(slices.Values(b)))
}
