package spdx

import (
	"slices"
	"strings"
)

const (
	nearMax     = 3  // suggestions per error
	nearLongest = 48 // bytes of a token that are compared; the longest id has 36
)

// nearLicense finds ids like the one written, the words that stand alone and
// the prefix of references included.
func nearLicense(id string, l *List) []string {
	for _, w := range []string{textNone, textNoAssertion} {
		if foldCompare(id, w) == 0 {
			return []string{w}
		}
	}
	for _, prefix := range []string{refPrefix, docPrefix} {
		if n := len(prefix); len(id) > n && foldCompare(id[:n], prefix) == 0 {
			return []string{shorten(prefix + id[n:])}
		}
	}
	l.once.Do(func() { l.squashed = squashAll(l.licenses) })
	return near(id, l.licenses, l.squashed)
}

// near lists the current ids most like the one written, at most nearMax, best
// first, none when nothing is close. squashed are the ids of the list.
func near(id string, list []ListEntry, squashed []string) []string {
	if len(id) > nearLongest {
		return nil
	}
	type hit struct {
		id    string
		score int
	}
	want := squash(id)
	if want == "" {
		return nil
	}
	limit := 4 * max(1, len(want)/4)
	var hits []hit
	row := make([]int, 0, 2*nearLongest)
	for i, e := range list {
		if e.Deprecated {
			continue
		}
		if s := distance(want, squashed[i], row); s <= limit {
			hits = append(hits, hit{e.ID, s})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.score - b.score })
	var out []string
	for _, h := range hits[:min(len(hits), nearMax)] {
		out = append(out, h.id)
	}
	return out
}

func squashAll(list []ListEntry) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = squash(e.ID)
	}
	return out
}

// squash drops what people write differently: case, punctuation, the word
// "license" and the "v" before a version.
func squash(s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "license", "")
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		digitNext := i+1 < len(s) && '0' <= s[i+1] && s[i+1] <= '9'
		if c == '-' || c == '.' || c == 'v' && digitNext {
			continue
		}
		b = append(b, c)
	}
	return string(b)
}

// distance compares what was written with an id: four per edit, but less for
// what is missing at the end, because people leave out ".0" and "-only".
func distance(want, id string, row []int) int {
	if len(want) > 1 && strings.HasPrefix(id, want) {
		if rest := id[len(want):]; rest == "" || '0' <= rest[0] && rest[0] <= '9' {
			return min(len(rest), 1) // only the version is missing
		}
		return min(len(id)-len(want), 4)
	}
	if d := len(want) - len(id); d > nearLongest/4 || -d > nearLongest/4 {
		return 4 * nearLongest
	}
	row = row[:0]
	for j := 0; j <= len(id); j++ {
		row = append(row, j)
	}
	for i := 1; i <= len(want); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(id); j++ {
			cost := diagonal
			if want[i-1] != id[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return 4 * row[len(id)]
}
