package engine

import (
	"sync/atomic"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// A place is a state that the automaton is in.
type place struct {
	st  *states
	id  int32
	rec []int32 // of id
	k   int32   // in a run: words of it matched so far, less than its length
}

func (e *Engine) placeOf(st *states, id int32) place {
	return place{st: st, id: id, rec: st.record(id)}
}

// link returns the place that the link at rec[slot] leads to, on word w.
func (e *Engine) link(p *place, slot int, w uint32) place {
	if next := atomic.LoadInt32(&p.rec[slot]); next != unknown {
		return e.placeOf(p.st, next)
	}
	return e.placeOf(e.follow(p.st, p.id, slot, w))
}

// choices returns the numbers of the words that p goes on with, in ascending
// order, and where the link of the first stands; not for a run.
func (p *place) choices() (words []int32, links int) {
	first := recList + int(p.rec[recCount])
	links = first + int(p.rec[recWords])
	return p.rec[first:links], links
}

// takesAny reports whether p goes on with any word, by the link recNext.
func (p *place) takesAny() bool {
	return p.rec[recKind] != isRun && atomic.LoadInt32(&p.rec[recNext]) != noState
}

// ended returns the pattern that is matched at p, or -1.
func (p *place) ended() int32 {
	if p.rec[recKind] == isRun {
		return -1
	}
	return p.rec[recKind] - 1
}

// stepRun returns the place after the next word of a run.
func (e *Engine) stepRun(p *place) place {
	if p.k+1 < p.rec[recCount] {
		next := *p
		next.k++
		return next
	}
	return e.link(p, recNext, 0)
}

// match looks for the longest match at the start of words. It returns the
// pattern and the index after the match's last word, or -1, 0.
func (s *scanner) match(words []word) (pattern int32, end int) {
	e := s.e
	pattern = -1
	st := e.current()
	p := e.placeOf(st, st.start)
	for i := 0; i < len(words); {
		if p.rec[recKind] == isRun {
			n := s.matchRun(&p, words[i:])
			if i += n; i == len(words) {
				break
			}
			if n > 0 {
				continue
			}
		} else {
			if m := p.ended(); m >= 0 {
				pattern, end = m, i
			}
			if next, ok := s.choose(&p, words[i].id); ok {
				p = next
				i++
				continue
			}
		}
		next, n, m := s.correct(&p, words[i:])
		if m >= 0 {
			pattern, end = m, i
		}
		switch {
		case n > 0:
			p = next
			i += n
		case p.takesAny():
			p = e.link(&p, recNext, anyWord)
			i++
		default:
			return pattern, end
		}
	}
	if m := p.ended(); m >= 0 {
		pattern, end = m, len(words)
	}
	return pattern, end
}

// matchRun goes along the run p as far as the words agree with it, or to the
// place after it, and returns the number of words that it took.
func (s *scanner) matchRun(p *place, words []word) int {
	t := &s.e.tables
	pc := uint32(p.rec[recWords] + p.k)
	left := int(p.rec[recCount] - p.k)
	n := 0
	for n < left && n < len(words) && words[n].id == int32(u16(t.prog, int(pc)+n)) {
		n++
	}
	if n == left {
		*p = s.e.link(p, recNext, 0)
	} else {
		p.k += int32(n)
	}
	return n
}

// choose returns the place that p goes to on exactly the word id.
func (s *scanner) choose(p *place, id int32) (place, bool) {
	words, links := p.choices()
	lo, hi := 0, len(words)
	for lo < hi {
		if mid := (lo + hi) / 2; words[mid] < id {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(words) || words[lo] != id {
		return place{}, false
	}
	return s.e.link(p, links+lo, uint32(id)), true
}

// correct looks for a word that p goes on with and that words[0] is a wrong
// spelling of: the two next words are its halves, or it and its successor are
// written as one, or it differs in one letter. It returns where that leads and
// the number of words taken, which is 0 if there is none; and the pattern that
// is matched before words[0] is through, or -1.
func (s *scanner) correct(p *place, words []word) (next place, n int, pattern int32) {
	var one [1]int32
	choices, links := one[:], 0
	run := p.rec[recKind] == isRun
	if run {
		one[0] = int32(u16(s.e.tables.prog, int(p.rec[recWords]+p.k)))
	} else if choices, links = p.choices(); len(choices) == 0 {
		return place{}, 0, -1
	}
	follow := func(j int) place {
		if run {
			return s.e.stepRun(p)
		}
		return s.e.link(p, links+j, uint32(choices[j]))
	}
	s.have = lex.AppendFold(s.have[:0], s.text[words[0].lo:words[0].hi])
	s.have2 = s.have2[:0]
	if len(words) > 1 {
		s.have2 = lex.AppendFold(s.have2, s.text[words[1].lo:words[1].hi])
	}
	for j, id := range choices {
		want := s.e.tables.word(uint32(id))
		if isJoin(want, s.have, s.have2) {
			return follow(j), 2, -1
		}
		if len(s.have) > len(want) && string(s.have[:len(want)]) == want {
			first := follow(j)
			if second, ok := s.rest(&first, s.have[len(want):]); ok {
				return second, 1, first.ended()
			}
		}
		if isTypo(want, s.have) {
			return follow(j), 1, -1
		}
	}
	return place{}, 0, -1
}

// rest returns the place that p goes to on a word that is spelled so.
func (s *scanner) rest(p *place, spelling []byte) (place, bool) {
	t := &s.e.tables
	if p.rec[recKind] == isRun {
		if t.word(u16(t.prog, int(p.rec[recWords]+p.k))) == string(spelling) {
			return s.e.stepRun(p), true
		}
		return place{}, false
	}
	if id := t.lookup(spelling, lex.Hash(spelling)); id >= 0 {
		if next, ok := s.choose(p, id); ok {
			return next, true
		}
	}
	if p.takesAny() {
		return s.e.link(p, recNext, anyWord), true
	}
	return place{}, false
}

// isTypo reports whether the dictionary word want may be misspelled as have:
// one letter replaced, missing or too many. Both are lower case.
func isTypo(want string, have []byte) bool {
	if d := len(want) - len(have); -1 <= d && d <= 1 && (len(have) >= 4 || len(want) >= 4) {
		i := 0
		for i < len(have) && i < len(want) && want[i] == have[i] {
			i++
		}
		j := 0
		for j < len(have) && j < len(want) && want[len(want)-1-j] == have[len(have)-1-j] {
			j++
		}
		if i+j >= len(want)-1 && i+j >= len(have)-1 {
			return true
		}
	}
	// The bullets "c." and "c)" are the word c, but "(c)" is copyright.
	if want != "c" && want != lex.Copyright {
		return false
	}
	switch string(have) {
	case "c", lex.Copyright, "©":
		return true
	}
	return false
}

// isJoin reports whether want is written as the two words a and b.
func isJoin(want string, a, b []byte) bool {
	return len(want) == len(a)+len(b) && want[:len(a)] == string(a) && want[len(a):] == string(b)
}
