package rulebase

import (
	"fmt"
	"io/fs"
	"iter"
	"strings"
)

// indexPath is the generated table of everything that is known of a license
// without its rule file. It is a text of sections, each with a title line
// "== name" and rows of tab-separated cells. Rows of licenses, exceptions,
// aliases and families are sorted by their first cell without regard to ASCII case, so that
// they are found by bisection and never all parsed.
const indexPath = "index.tsv"

// The sections of the index, in their order.
const (
	secAbout      = "about"      // name, value
	secLicenses   = "licenses"   // id, name, family, category, openness, osi, fsf, deprecated, replacement, designed_for, aliases, file
	secExceptions = "exceptions" // the same
	secAliases    = "aliases"    // alias, id
	secFamilies   = "families"   // label, name, members, other labels; or label, the first one
	secCategories = "categories" // name, whole, meaning
	secDuties     = "duties"     // category, type, class, when, scope, text
	secActions    = "actions"    // id, do, how, who, derived, standing, meaning
	secTypes      = "types"      // name, class, action, by_scope, meaning
	secFacts      = "facts"      // name, of, kind, question, meaning
	secRestricts  = "restricts"  // obligations or facts, names: what open source does not know
	secContexts   = "contexts"   // name, meaning
	secJoins      = "joins"      // name, meaning
	secOpenness   = "openness"   // name, meaning
	secNames      = "names"      // first word, name, id
	secPhrases    = "phrases"    // see phrases.go
)

func sections() []string {
	return []string{
		secAbout, secLicenses, secExceptions, secAliases, secFamilies, secCategories, secDuties,
		secActions, secTypes, secFacts, secRestricts, secContexts, secJoins, secOpenness,
		secNames, secPhrases,
	}
}

// index is the text of the index, cut into sections.
type index map[string]string

func readIndex(fsys fs.FS) (index, error) {
	data, err := fs.ReadFile(fsys, indexPath)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	return parseIndex(string(data))
}

func parseIndex(text string) (index, error) {
	ix := index{}
	_, rest, _ := strings.Cut(text, "== ")
	for _, name := range sections() {
		title, body, ok := strings.Cut(rest, "\n")
		if !ok || title != name {
			return nil, fmt.Errorf("reading rules: %s: section %q is missing: generate it again", indexPath, name)
		}
		if end := strings.Index(body, "\n== "); end >= 0 {
			ix[name], rest = body[:end+1], body[end+len("\n== "):]
			continue
		}
		// An empty section is followed by the next title at once.
		if strings.HasPrefix(body, "== ") {
			ix[name], rest = "", body[len("== "):]
			continue
		}
		ix[name], rest = body, ""
	}
	return ix, nil
}

// rows yields the rows of a section with exactly n cells; others are left out,
// which the test that compares the generated index would show.
func (ix index) rows(section string, n int) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(ix[section]) {
			cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if len(cells) == n && !yield(cells) {
				return
			}
		}
	}
}

// find returns the row of a section whose first cell equals key without regard
// to ASCII case.
func (ix index) find(section, key string) (row string, ok bool) {
	text := ix[section]
	lo, hi := 0, len(text) // offsets of line starts; the row is in text[lo:hi]
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := strings.LastIndexByte(text[lo:mid], '\n') + 1 + lo
		end := start + strings.IndexByte(text[start:], '\n')
		if end < start {
			end = len(text)
		}
		line := text[start:end]
		first, _, _ := strings.Cut(line, "\t")
		switch c := compareFold(first, key); {
		case c == 0:
			return line, true
		case c < 0:
			lo = min(end+1, hi)
		default:
			hi = start
		}
	}
	return "", false
}

// compareFold compares as bytes, with ASCII capitals as small letters.
func compareFold(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := lower(a[i]), lower(b[i])
		if x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// Head is what the index holds of a license or an exception.
type Head struct {
	ID          string
	Name        string
	Family      string
	Category    string
	Openness    string
	OSI, FSF    string // yes, no, not-reviewed
	Deprecated  bool
	Replacement string // expression for a deprecated id
	DesignedFor []string
	Aliases     []string
	File        string // rule file, "" without one
	Exception   bool
}

const headCells = 12

func parseHead(row string, exception bool) (Head, bool) {
	c := strings.Split(row, "\t")
	if len(c) != headCells {
		return Head{}, false
	}
	h := Head{
		ID: c[0], Name: c[1], Family: c[2], Category: c[3], Openness: c[4], OSI: c[5], FSF: c[6],
		Deprecated: c[7] == "yes", Replacement: c[8], File: c[11], Exception: exception,
	}
	h.DesignedFor, h.Aliases = bars(c[9]), bars(c[10])
	return h, true
}

// bars cuts a cell that holds a list.
func bars(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

func (h Head) row() string {
	return strings.Join([]string{
		h.ID, h.Name, h.Family, h.Category, h.Openness, h.OSI, h.FSF,
		yesNo(h.Deprecated), h.Replacement, strings.Join(h.DesignedFor, "|"), strings.Join(h.Aliases, "|"), h.File,
	}, "\t")
}
