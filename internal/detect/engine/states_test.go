package engine

import "testing"

// TestAllStates visits the whole automaton: every state can go on or ends a
// match, as licensecheck takes for granted.
func TestAllStates(t *testing.T) {
	if testing.Short() {
		t.Skip("builds all states")
	}
	e := newEngine(1 << 28)
	st := e.current()
	todo, seen := []int32{st.start}, map[int32]bool{st.start: true}
	matched := map[int32]bool{}
	for len(todo) > 0 {
		p := e.placeOf(st, todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		visit := func(next place) {
			if next.st != st {
				t.Fatal("the limit is too small")
			}
			if !seen[next.id] {
				seen[next.id] = true
				todo = append(todo, next.id)
			}
		}
		if p.rec[recKind] == isRun {
			visit(e.link(&p, recNext, 0))
			continue
		}
		words, links := p.choices()
		if len(words) == 0 && !p.takesAny() && p.ended() < 0 {
			t.Errorf("state %d is dead", p.id)
		}
		for j, w := range words {
			visit(e.link(&p, links+j, uint32(w)))
		}
		if p.takesAny() {
			visit(e.link(&p, recNext, anyWord))
		}
		if m := p.ended(); m >= 0 {
			matched[m] = true
		}
	}
	t.Logf("%d states, %d bytes", st.count, 4*st.total)
	if want := len(e.tables.license) / 12; len(matched) != want {
		t.Errorf("%d patterns can be matched, want %d", len(matched), want)
	}
}
