package yamlpos

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Quote puts a value from a file into a message: escaped, and cut after 60
// characters.
func Quote(s string) string {
	if utf8.RuneCountInString(s) > 60 {
		s = string([]rune(s)[:57]) + "..."
	}
	return strconv.Quote(s)
}

// Unknown says that a value is none of the valid ones: what it is ("key",
// "category"), the value, the nearest valid one if one is near, and all of them.
func Unknown(what, value string, valid []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "unknown %s %s", what, Quote(value))
	if near := Nearest(value, valid, 1); len(near) > 0 {
		fmt.Fprintf(&b, "; did you mean %s?", strconv.Quote(near[0]))
	}
	if len(valid) > 0 {
		fmt.Fprintf(&b, "; valid: %s", strings.Join(valid, ", "))
	}
	return b.String()
}

// Nearest returns up to n of the words that are a likely meaning of word, the
// nearest first: by edits without regard to case, at most one per three
// characters of word. Equal distances keep the order of words.
func Nearest(word string, words []string, n int) []string {
	if len(word) > 200 {
		return nil
	}
	type hit struct {
		word string
		dist int
	}
	lower := []rune(strings.ToLower(word))
	limit := max(1, len(lower)/3)
	var hits []hit
	for _, w := range words {
		if d := distance(lower, []rune(strings.ToLower(w)), limit); d <= limit {
			hits = append(hits, hit{w, d})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.dist, b.dist) })
	var out []string
	for _, h := range hits[:min(n, len(hits))] {
		out = append(out, h.word)
	}
	return out
}

// distance counts the insertions, deletions and substitutions between a and b;
// above limit any larger number will do.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			next := diagonal
			if x != y {
				next = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal = row[j+1]
			row[j+1] = next
		}
	}
	return row[len(b)]
}
