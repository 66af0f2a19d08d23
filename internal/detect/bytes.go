package detect

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// lineOf returns the number of the line that holds byte i, from 1.
func lineOf(text []byte, i int) int {
	return 1 + bytes.Count(text[:min(i, len(text))], []byte("\n"))
}

// maxShown is how much of a stretch is shown, in runes.
const maxShown = 160

// shown is a stretch in one line, cut where it is long.
func shown(b []byte) string {
	s := strings.Join(strings.Fields(strings.ToValidUTF8(string(b), "�")), " ")
	if utf8.RuneCountInString(s) <= maxShown {
		return s
	}
	r := []rune(s)
	return string(r[:maxShown]) + "…"
}

// versioned reports whether an id says if later versions count.
func versioned(id string) bool {
	return strings.HasSuffix(id, suffixOnly) || strings.HasSuffix(id, suffixLater)
}

// SPDX's endings of ids that say which versions of a license count.
const (
	suffixOnly  = "-only"
	suffixLater = "-or-later"
)

// twin returns the id of the same version with the other ending, "" where there
// is none.
func twin(id, suffix string, list *spdx.List) string {
	base := strings.TrimSuffix(strings.TrimSuffix(id, suffixOnly), suffixLater)
	if base == id {
		return ""
	}
	if e, ok := list.License(base + suffix); ok {
		return e.ID
	}
	return ""
}
