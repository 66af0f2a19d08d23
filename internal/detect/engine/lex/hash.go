package lex

import "encoding/binary"

// Hash is the hash of a word. The tables of packages engine and fingerprint hold
// such numbers: another function needs both made anew.
func Hash(w []byte) uint64 {
	h := uint64(len(w)) * 0x9e3779b97f4a7c15
	for len(w) >= 8 {
		h = Stir(h ^ binary.LittleEndian.Uint64(w))
		w = w[8:]
	}
	var tail uint64 // the rest as a number, the first byte being the highest
	if n := len(w); n >= 4 {
		more := 8 * (n - 4) & 31
		tail = uint64(binary.BigEndian.Uint32(w))<<more | uint64(binary.BigEndian.Uint32(w[n-4:]))&(1<<more-1)
	} else {
		for _, c := range w {
			tail = tail<<8 | uint64(c)
		}
	}
	return Stir(Stir(h ^ tail))
}

// Stir spreads the bits of a number.
func Stir(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	h ^= h >> 32
	h *= 0xd6e8feb86659fd93
	return h ^ h>>32
}
