package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A visit is how a walk through the automaton first came to a state.
type visit struct {
	place
	from  int      // index of the state before
	words []string // what was read in between; a word of no pattern for any word
}

// walk visits every state of the automaton, those in reach of the fewest
// links first.
func walk(t *testing.T, e *Engine) []visit {
	tables := &e.tables
	st := e.current()
	all := []visit{{place: e.placeOf(st, st.start)}}
	seen := map[int32]bool{st.start: true}
	for i := 0; i < len(all); i++ {
		p := all[i].place
		arrive := func(next place, words ...string) {
			if next.st != st {
				t.Fatal("the limit is too small")
			}
			if !seen[next.id] {
				seen[next.id] = true
				all = append(all, visit{next, i, words})
			}
		}
		if p.rec[recKind] == isRun {
			var words []string
			for k := range p.rec[recCount] {
				words = append(words, tables.word(u16(tables.prog, int(p.rec[recWords]+k))))
			}
			arrive(e.link(&p, recNext, 0), words...)
			continue
		}
		words, links := p.choices()
		for j, w := range words {
			arrive(e.link(&p, links+j, uint32(w)), tables.word(uint32(w)))
		}
		if p.takesAny() {
			arrive(e.link(&p, recNext, anyWord), "qqqq")
		}
	}
	return all
}

// spelling returns what leads from the start to state i of a walk.
func spelling(all []visit, i int) []string {
	var words []string
	for ; i > 0; i = all[i].from {
		for _, w := range slices.Backward(all[i].words) {
			words = append(words, w)
		}
	}
	slices.Reverse(words)
	return words
}

// TestAllStates: every state goes on or ends a match, as licensecheck takes
// for granted, every pattern can be matched, and all states are within the
// limit.
func TestAllStates(t *testing.T) {
	e := newEngine(1 << 28)
	matched := map[int32]bool{}
	for _, p := range walk(t, e) {
		if p.rec[recKind] == isRun {
			continue
		}
		if p.ended() >= 0 {
			matched[p.ended()] = true
		} else if words, _ := p.choices(); len(words) == 0 && !p.takesAny() {
			t.Errorf("state %d is dead", p.id)
		}
	}
	if want := len(e.tables.license) / 12; len(matched) != want {
		t.Errorf("%d patterns can be matched, want %d", len(matched), want)
	}
	st := e.current()
	t.Logf("%d states, %d bytes", st.count, 4*st.total)
	if st.total > stateLimit {
		t.Errorf("all states take %d bytes, more than the limit of %d", 4*st.total, 4*stateLimit)
	}
}

// TestGenerated compares texts that the automaton spells out itself: to a
// state that ends a match and one word further, with the last two words apart,
// written as one, and with a typo.
func TestGenerated(t *testing.T) {
	all := walk(t, newEngine(1<<28))
	var ends []int
	for i, p := range all {
		if words, _ := p.choicesOrNone(); p.ended() >= 0 && len(words) > 0 {
			ends = append(ends, i)
		}
	}
	step := max(1, len(ends)/200)
	switch {
	case full():
		step = 1
	case testing.Short():
		step = max(1, len(ends)/20)
	}
	e := New()
	for n := 0; n < len(ends); n += step {
		words := spelling(all, ends[n])
		text := strings.Join(words, " ")
		check(t, e, fmt.Sprintf("state %d", ends[n]), []byte(text))
		next, _ := all[ends[n]].choicesOrNone()
		more := e.tables.word(uint32(next[len(next)/2]))
		for _, form := range []string{" %s", "%s", "%s qqqq", "x %s", "-%sx more"} {
			check(t, e, fmt.Sprintf("state %d and %s", ends[n], form), []byte(text+fmt.Sprintf(form, more)))
		}
	}
	t.Logf("%d states", len(ends)/step)
}

// choicesOrNone is choices, for any state.
func (p *place) choicesOrNone() (words []int32, links int) {
	if p.rec[recKind] == isRun {
		return nil, 0
	}
	return p.choices()
}
