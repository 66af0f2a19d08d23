package engine

import "bytes"

// A found is one match in units of words.
type found struct {
	pattern    int32
	start, end int
}

// matches returns all leftmost-longest matches that do not overlap.
func (s *scanner) matches() []found {
	var list []found
	t := &s.e.tables
	first, second := int32(badWord), int32(badWord)
	for i := 0; i < len(s.words); i++ {
		first, second = second, s.words[i].id
		if !t.leads(first, second) {
			continue
		}
		pattern, end := s.match(s.words[i-1:])
		if pattern < 0 {
			continue
		}
		end += i - 1
		list = append(list, found{pattern, i - 1, end})
		// As in licensecheck, second is not the word before the place where
		// the search goes on: a match may be tried there, and begin one word
		// early, with the word that began the last match standing in for it.
		first, i = badWord, end-1
	}
	return list
}

// coverage turns matches into byte ranges and adds the URLs between them.
func (s *scanner) coverage(list []found) Coverage {
	var c Coverage
	total, last := 0, 0
	for _, m := range list {
		body := m.start
		if last < m.start {
			m.start = s.copyrightBefore(last, m.start)
		}
		total += s.urls(&c, last, m.start)
		id, typ := s.e.tables.licenseOf(m.pattern)
		start, end := s.lines(m)
		c.Match = append(c.Match, Match{ID: id, Type: typ, Start: start, End: end, Body: int(s.words[body].lo)})
		total += m.end - m.start
		last = m.end
	}
	total += s.urls(&c, last, len(s.words))
	if len(s.words) > 0 {
		c.Percent = 100.0 * float64(total) / float64(len(s.words))
	}
	return c
}

// maxCopyrightWords is how far before a match the copyright notice that
// belongs to it may begin.
const maxCopyrightWords = 50

// copyrightBefore returns the first copyright word in reach of a match that
// starts at word start, but not before word last; or start.
func (s *scanner) copyrightBefore(last, start int) int {
	for i := max(last, start-maxCopyrightWords); i < start; i++ {
		if s.words[i].id == copyright {
			return i
		}
	}
	return start
}

// lines returns the byte range of a match, widened to the line ends between
// its words and those around it.
func (s *scanner) lines(m found) (start, end int) {
	if m.start > 0 {
		start = int(s.words[m.start].lo)
		before := int(s.words[m.start-1].hi)
		if i := bytes.LastIndexByte(s.text[before:start], '\n'); i >= 0 {
			start = before + i + 1
		}
	}
	if m.end == len(s.words) {
		return start, len(s.text)
	}
	end = int(s.words[m.end-1].hi)
	after := int(s.words[m.end].lo)
	if i := bytes.IndexByte(s.text[end:after], '\n'); i >= 0 {
		end += i + 1
	}
	return start, end
}

// urls adds the license URLs in words[from:to] and returns the number of words
// in them. A URL must end before word to begins.
func (s *scanner) urls(c *Coverage, from, to int) int {
	total := 0
	for i := from; i < to; i++ {
		w := s.words[i]
		if w.id != http {
			continue
		}
		size := urlSize(s.text[w.lo:])
		end := int(w.lo) + size
		if size == 0 || to < len(s.words) && end > int(s.words[to].lo) {
			continue
		}
		id, typ, ok := s.e.tables.licenseOfURL(string(s.text[w.lo:end]))
		if !ok {
			continue
		}
		c.Match = append(c.Match, Match{ID: id, Type: typ, Start: int(w.lo), End: end, Body: int(w.lo), IsURL: true})
		first := i
		for i < to && int(s.words[i].hi) <= end {
			i++
		}
		total += i - first
		i-- // the loop adds one
	}
	return total
}
