package detect

import (
	"bytes"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// hidden looks at what the lexer takes for HTML tags and drops: words in angle
// brackets with spaces and without "=" are words that a person reads.
func (r *reading) hidden() {
	for at := 0; ; {
		i := bytes.IndexByte(r.text[at:], '<')
		if i < 0 {
			return
		}
		start := at + i
		at = start + 1
		n := lex.TagSize(r.text[start:])
		if n == 0 {
			continue
		}
		at = start + n
		start, end := start+1, start+n-1
		inner := r.text[start:end]
		if bytes.Count(inner, []byte(" ")) < minInner-1 || bytes.IndexByte(inner, '=') >= 0 {
			continue
		}
		before := len(r.gaps)
		r.gap(start, end)
		if len(r.gaps) > before && !r.tells(&r.gaps[before]) {
			r.gaps = r.gaps[:before]
		}
	}
}

// tells reports whether a gap holds words that can change what a license allows.
func (r *reading) tells(g *gap) bool {
	for _, u := range g.units {
		if u.kind == isRestriction || u.kind == isOther && u.limits {
			return true
		}
	}
	return false
}
