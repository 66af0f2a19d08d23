package rulebase

import (
	"iter"
	"strings"
)

// Family is a name that people write and that says too little: it stands for
// several licenses ("gpl", "openrail") or, like "other", for none. It is never
// a license.
type Family struct {
	Label   string   // the first spelling
	Name    string   // what it is
	Members []string // license ids, sorted; empty where the name tells nothing
	Labels  []string // other spellings
}

func (f Family) labels() []string { return append([]string{f.Label}, f.Labels...) }

// Family finds the family that a name stands for, without regard to case and
// repeated spaces. No name is both a family's and a license's.
func (b *Base) Family(name string) (Family, bool) {
	row, ok := b.ix.find(secFamilies, foldName(name))
	if !ok {
		return Family{}, false
	}
	if label, first, other := strings.Cut(row, "\t"); other && !strings.Contains(first, "\t") && label != first {
		row, _ = b.ix.find(secFamilies, first)
	}
	return parseFamily(strings.Split(row, "\t"))
}

// Families yields all families by their first spelling.
func (b *Base) Families() iter.Seq[Family] {
	return func(yield func(Family) bool) {
		for cells := range b.ix.rows(secFamilies, familyCells) {
			if f, ok := parseFamily(cells); ok && !yield(f) {
				return
			}
		}
	}
}

// familyCells: a row of a first spelling is label, name, members and other
// labels; one of another spelling is that and the first.
const familyCells = 4

func parseFamily(c []string) (Family, bool) {
	if len(c) != familyCells {
		return Family{}, false
	}
	return Family{Label: c[0], Name: c[1], Members: bars(c[2]), Labels: bars(c[3])}, true
}

// rows are the family's rows in the index.
func (f Family) rows() []string {
	rows := []string{strings.Join([]string{f.Label, f.Name, strings.Join(f.Members, "|"), strings.Join(f.Labels, "|")}, "\t")}
	for _, label := range f.Labels {
		rows = append(rows, label+"\t"+f.Label)
	}
	return rows
}

// foldName is the form in which names are looked up.
func foldName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
