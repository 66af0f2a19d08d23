package main

import (
	"errors"
	"slices"
)

// Numbers of pseudo-words in phrases.
const (
	noWord  = -1 // the phrase ends before
	anyWord = -2
)

// A phrase is the first two words of a match.
type phrase [2]int32

// leading returns every phrase that a match of n can begin with
// (licensecheck's leadingPhrases).
func leading(n *node) []phrase {
	switch n.kind {
	case wild:
		return []phrase{{noWord, noWord}, {anyWord, noWord}, {anyWord, anyWord}}
	case words:
		p := phrase{noWord, noWord}
		copy(p[:], n.w)
		return []phrase{p}
	case quest:
		list := leading(n.sub[0])
		if !slices.ContainsFunc(list, func(p phrase) bool { return p[0] == noWord }) {
			list = append(list, phrase{noWord, noWord})
		}
		return list
	case alternate:
		var list []phrase
		for _, sub := range n.sub {
			list = unite(list, leading(sub)...)
		}
		return list
	case concat:
		list := []phrase{{noWord, noWord}}
		for _, sub := range n.sub {
			if !slices.ContainsFunc(list, func(p phrase) bool { return p[1] == noWord }) {
				break
			}
			list = extend(list, leading(sub))
		}
		return list
	}
	return []phrase{{noWord, noWord}}
}

// extend returns what begins with a phrase of list and goes on, if that is
// shorter than two words, with one of next.
func extend(list, next []phrase) []phrase {
	var out []phrase
	for _, p := range list {
		switch {
		case p[1] != noWord:
			out = unite(out, p)
		case p[0] == noWord:
			out = unite(out, next...)
		default:
			for _, q := range next {
				out = unite(out, phrase{p[0], q[0]})
			}
		}
	}
	return out
}

func unite(list []phrase, more ...phrase) []phrase {
	for _, p := range more {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

// checkPhrase refuses what the engine's search for the start of a match does
// not handle, nor does licensecheck. Two equal words would let a match of one
// word (read as two) be found at the same place for ever.
func checkPhrase(p phrase) error {
	switch {
	case p[0] < 0 || p[1] < 0:
		return errors.New("pattern does not begin with two plain words")
	case p[0] == p[1]:
		return errors.New("pattern begins with the same word twice")
	}
	return nil
}
