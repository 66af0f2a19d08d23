package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
)

// knownIn is the number of texts that must use a word for it not to be taken
// for a misspelling of another.
const knownIn = 3

// build makes the table of texts.
func build(texts []text) (data []byte, skipped []string, err error) {
	list, skipped := entries(texts)
	var bodies [][]byte
	for _, t := range texts {
		bodies = append(bodies, t.body)
	}
	data, err = fingerprint.Build(list, fingerprint.NewVocabulary(bodies, knownIn))
	if err != nil {
		return nil, nil, fmt.Errorf("making the table: %w", err)
	}
	return data, skipped, nil
}

// entries computes the entries of texts, sorted by id. Texts of the same words
// become one.
func entries(texts []text) (list []fingerprint.Entry, skipped []string) {
	for _, t := range texts {
		e, err := fingerprint.Compute(t.body, t.id)
		if err != nil {
			skipped = append(skipped, err.Error())
			continue
		}
		if e.Kind, e.Of = t.kind, t.of; t.twin != "" {
			e.Twins = []string{t.twin}
		}
		if i := slices.IndexFunc(list, func(o fingerprint.Entry) bool { return o.Same(&e) }); i >= 0 {
			unite(&list[i], e)
			continue
		}
		list = append(list, e)
	}
	for i := range list {
		plainFirst(&list[i])
	}
	slices.SortStableFunc(list, func(a, b fingerprint.Entry) int { return cmp.Compare(a.ID, b.ID) })
	return list, skipped
}

// unite makes one entry of two. Where one is the text of a license, what is
// united is a license, as a notice with an exception in it.
func unite(e *fingerprint.Entry, other fingerprint.Entry) {
	if other.Kind == fingerprint.License && e.Kind != other.Kind {
		other.Twins, other.Of = append(e.Twins, e.ID), e.Of
		*e = other
		return
	}
	for _, id := range append(other.Twins, other.ID) {
		if e.ID != id && !slices.Contains(e.Twins, id) {
			e.Twins = append(e.Twins, id)
		}
	}
	for _, license := range other.Of {
		if !slices.Contains(e.Of, license) {
			e.Of = append(e.Of, license)
		}
	}
}

// plainFirst makes the plainest of the ids of one text its id: one of the SPDX
// list, a license with its exception, the shortest.
func plainFirst(e *fingerprint.Entry) {
	all := append([]string{e.ID}, e.Twins...)
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(strings.Count(a, refPrefix), strings.Count(b, refPrefix)),
			-cmp.Compare(strings.Count(a, " WITH "), strings.Count(b, " WITH ")),
			cmp.Compare(len(a), len(b)),
			strings.Compare(a, b),
		)
	})
	e.ID, e.Twins = all[0], all[1:]
}
