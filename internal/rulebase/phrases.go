package rulebase

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
	"github.com/rukhsa/rukhsa/internal/detect/phrase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// What reading license texts needs of the rules is prepared in the index: the
// names of licenses by their first words, and the wordings of detect/phrases.tsv
// as a program.

// phrasesTable is the table of wordings: kind, id, pattern.
const phrasesTable = "detect/phrases.tsv"

// The rows of section phrases: the two of phrase.Set, the kinds of the patterns,
// separated by spaces, and for every pattern with an id its number and the id.
const (
	rowWords = "words"
	rowNodes = "nodes"
	rowKinds = "kinds"
	rowID    = "id"
)

// wordings compiles the table of wordings.
func (b *builder) wordings() error {
	var kinds, patterns, ids []string
	err := Rows(b.fsys, phrasesTable, 3, func(c []string) error {
		if c[1] != "" {
			ids = append(ids, fmt.Sprintf("%s\t%d\t%s", rowID, len(patterns), c[1]))
		}
		kinds, patterns = append(kinds, c[0]), append(patterns, c[2])
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	set, err := phrase.New(patterns)
	if err != nil {
		b.fault(phrasesTable, yamlpos.Pos{}, "%v", err)
		return nil
	}
	words, nodes := set.Text()
	b.phrases = append([]string{rowWords + "\t" + words, rowNodes + "\t" + nodes, rowKinds + "\t" + strings.Join(kinds, " ")}, ids...)
	return nil
}

// Phrases returns the wordings of the rules, and the kind and the id of each.
func (b *Base) Phrases() (set *phrase.Set, kinds, ids []string, err error) {
	var words, nodes string
	for line := range strings.Lines(b.ix[secPhrases]) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		switch key {
		case rowWords:
			words = value
		case rowNodes:
			nodes = value
		case rowKinds:
			kinds = strings.Fields(value)
			ids = make([]string, len(kinds))
		case rowID:
			number, id, _ := strings.Cut(value, "\t")
			n, err := strconv.Atoi(number)
			if err != nil || n < 0 || n >= len(ids) {
				return nil, nil, nil, fmt.Errorf("reading rules: %s: no wording has number %q: generate it again", indexPath, number)
			}
			ids[n] = id
		}
	}
	if set, err = phrase.Parse(words, nodes); err == nil && set.Len() != len(kinds) {
		err = fmt.Errorf("%d wordings with %d kinds", set.Len(), len(kinds))
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("reading rules: %s: %w: generate it again", indexPath, err)
	}
	return set, kinds, ids, nil
}

// firstWords lists the names that texts call licenses by, those of one first word
// in the order of the licenses.
func firstWords(heads []*Head) []string {
	type row struct{ word, name, id string }
	var rows []row
	var l lex.Lexer
	for _, h := range heads {
		if h.Deprecated && h.Replacement == "" {
			continue
		}
		id := h.ID
		if h.Deprecated {
			id = h.Replacement
		}
		for _, name := range append([]string{h.ID, h.Name}, h.Aliases...) {
			l.Reset([]byte(name))
			if w, _, _, ok := l.Next(); ok {
				rows = append(rows, row{string(w), name, id})
			}
		}
	}
	slices.SortStableFunc(rows, func(x, y row) int { return cmp.Compare(x.word, y.word) })
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.word + "\t" + r.name + "\t" + r.id
	}
	return out
}

// NamesFrom yields the names of licenses that begin with a word, as package lex
// has it, and the ids of the licenses, in the order of the ids that are names.
func (b *Base) NamesFrom(word string) iter.Seq2[string, string] {
	return func(yield func(name, id string) bool) {
		text := b.ix[secNames]
		for text = text[lowerBound(text, word):]; text != ""; {
			line, rest, _ := strings.Cut(text, "\n")
			text = rest
			first, name, _ := strings.Cut(line, "\t")
			name, id, _ := strings.Cut(name, "\t")
			if first != word || !yield(name, id) {
				return
			}
		}
	}
}

// lowerBound is where the first row of a sorted section begins whose first cell
// is not before key.
func lowerBound(text, key string) int {
	lo, hi := 0, len(text) // offsets of line starts
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := strings.LastIndexByte(text[lo:mid], '\n') + 1 + lo
		end := start + strings.IndexByte(text[start:], '\n') + 1
		if end <= start {
			end = len(text)
		}
		first, _, _ := strings.Cut(text[start:end], "\t")
		if first < key {
			lo = end
		} else {
			hi = start
		}
	}
	return lo
}
