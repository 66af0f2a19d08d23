package fingerprint

import (
	"math/rand/v2"
	"testing"
)

func TestMarks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var m marks
	for range 200 {
		n := 1 + r.IntN(300)
		m.reset(n)
		plain := make([]bool, n)
		for range 6 {
			from := r.IntN(n + 1)
			to := from + r.IntN(n+1-from)
			m.add(int32(from), int32(to))
			for i := from; i < to; i++ {
				plain[i] = true
			}
			from = r.IntN(n + 1)
			to = from + r.IntN(n+1-from)
			want := 0
			for i := from; i < to; i++ {
				if plain[i] {
					want++
				}
			}
			if got := m.count(int32(from), int32(to)); got != want {
				t.Fatalf("%d words, %d to %d: %d marks, want %d", n, from, to, got, want)
			}
		}
	}
}
