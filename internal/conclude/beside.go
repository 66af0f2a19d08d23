package conclude

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// beside are the files that stand beside the license texts of a folder: notices,
// the README's section about the license, use policies.
type beside struct {
	files    []*detect.File
	texts    []*detect.File    // the license texts
	contents map[string][]byte // by digest
}

// limited takes a license back where a file beside its text limits what it
// allows. A license that limits uses itself is often explained there; it stays.
func (b *beside) limited(l inventory.License, r Reader) inventory.License {
	e, err := spdx.ParseLax(l.Concluded)
	if err != nil || l.Status != inventory.OK && l.Status != inventory.Assumed {
		return l
	}
	own := r.Limits(e)
	for _, f := range b.files {
		reason := ""
		switch {
		case f.Text.Policy:
			reason = foreignPolicy(f.Text, e)
		case !own:
			reason = b.limit(f)
		}
		if reason != "" {
			l.Concluded, l.Status = spdx.NoAssertion{}.String(), inventory.Unknown
			l.Reason = f.Path + ": " + reason
			return l
		}
	}
	return l
}

// limit says what a file adds to the license; "" where it adds nothing, or only
// what the license's text says too.
func (b *beside) limit(f *detect.File) string {
	body := b.contents[f.Text.Digest]
	for _, x := range f.Text.Limits {
		if x.End <= len(body) && b.says(string(body[x.Start:x.End])) {
			continue
		}
		line := x.Line
		if f.Source == detect.FromReadme {
			line += f.Line - 1 // of its section
		}
		return fmt.Sprintf("line %d: terms beside the license: %q", line, x.Text)
	}
	return ""
}

// says reports whether a license text has the words of a stretch.
func (b *beside) says(stretch string) bool {
	words := plainWords(stretch)
	return slices.ContainsFunc(b.texts, func(f *detect.File) bool {
		return strings.Contains(plainWords(string(b.contents[f.Text.Digest])), words)
	})
}

// plainWords are the words of a text in lower case, each between spaces.
func plainWords(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}

// foreignPolicy says that a use policy is beside a license that does not refer
// to it; "" where the license does.
func foreignPolicy(t *detect.Text, license spdx.Expr) string {
	for _, m := range t.Matches {
		if slices.ContainsFunc(spdx.Leaves(license), func(l spdx.License) bool { return slices.Contains(m.Of, l.ID) }) {
			return ""
		}
	}
	return fmt.Sprintf("%s is a use policy, and %s does not refer to it", t.Expr, license)
}
