package detect

import "bytes"

// hidden looks at what the lexer takes for HTML tags and drops: words in angle
// brackets with spaces and without "=" are words that a person reads.
func (r *reading) hidden() {
	for at := 0; ; {
		i := bytes.IndexByte(r.text[at:], '<')
		if i < 0 {
			return
		}
		start := at + i + 1
		at = start
		end := bytes.IndexAny(r.text[start:], "<>")
		if end < 0 || r.text[start+end] != '>' {
			continue
		}
		inner := r.text[start : start+end]
		at = start + end
		if bytes.Count(inner, []byte(" ")) < minInner-1 || bytes.IndexByte(inner, '=') >= 0 {
			continue
		}
		n := len(r.gaps)
		r.gap(start, start+end)
		if len(r.gaps) > n && !r.tells(&r.gaps[n]) {
			r.gaps = r.gaps[:n]
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
