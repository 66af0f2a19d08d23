package spdx

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// ListEntry is one id of the SPDX license or exception list.
type ListEntry struct {
	ID         string // in canonical case
	Deprecated bool
	// Replacement is the expression to use instead of a deprecated id, "" when
	// there is none that says the same. For an exception it is an exception id.
	Replacement string
}

// List holds the ids that [Parse] accepts. It is safe for concurrent use.
type List struct {
	licenses, exceptions []ListEntry // sorted by foldCompare

	once     sync.Once
	squashed []string // the ids of licenses, squashed
}

// NewList makes a list of the entries. Slices that are sorted without regard to
// ASCII case are used as they are and must not be changed afterwards; others
// are copied.
func NewList(licenses, exceptions []ListEntry) *List {
	return &List{licenses: sorted(licenses), exceptions: sorted(exceptions)}
}

func sorted(x []ListEntry) []ListEntry {
	less := func(a, b ListEntry) int { return foldCompare(a.ID, b.ID) }
	if slices.IsSortedFunc(x, less) {
		return x
	}
	x = slices.Clone(x)
	slices.SortStableFunc(x, less)
	return x
}

// License finds a license id in any case.
func (l *List) License(id string) (ListEntry, bool) { return find(l.licenses, id) }

// Exception finds an exception id in any case.
func (l *List) Exception(id string) (ListEntry, bool) { return find(l.exceptions, id) }

func find(x []ListEntry, id string) (ListEntry, bool) {
	i, ok := slices.BinarySearchFunc(x, id, func(e ListEntry, id string) int { return foldCompare(e.ID, id) })
	if !ok {
		return ListEntry{}, false
	}
	return x[i], true
}

// Check reports every fault of the list itself: ids that are no ids or stand
// twice, replacements that do not parse, name deprecated ids or belong to ids
// in use.
func (l *List) Check() error {
	var errs []error
	bad := func(id, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", id, fmt.Sprintf(format, args...)))
	}
	for _, list := range [][]ListEntry{l.licenses, l.exceptions} {
		for i, e := range list {
			if !isListID(e.ID) {
				bad(e.ID, "not an id")
			}
			if i > 0 && foldCompare(list[i-1].ID, e.ID) == 0 {
				bad(e.ID, "listed twice")
			}
			if e.Replacement != "" && !e.Deprecated {
				bad(e.ID, "has a replacement and is not deprecated")
			}
		}
	}
	for _, e := range l.licenses {
		if e.Replacement == "" {
			continue
		}
		x, err := Parse(e.Replacement, l)
		if err != nil {
			bad(e.ID, "replacement: %v", err)
			continue
		}
		if s := x.String(); s != e.Replacement {
			bad(e.ID, "replacement %q should be written %q", e.Replacement, s)
		}
		for _, leaf := range Leaves(x) {
			if r, _ := l.License(leaf.ID); r.Deprecated {
				bad(e.ID, "replacement names %s, which is deprecated", leaf.ID)
			}
		}
	}
	for _, e := range l.exceptions {
		if e.Replacement == "" {
			continue
		}
		if r, ok := l.Exception(e.Replacement); !ok || r.Deprecated || r.ID != e.Replacement {
			bad(e.ID, "replacement %q is not an exception in use", e.Replacement)
		}
	}
	return errors.Join(errs...)
}

// isListID: an idstring, with the "+" that a few deprecated ids end in.
func isListID(id string) bool {
	if n := len(id); n > 1 && id[n-1] == '+' {
		id = id[:n-1]
	}
	return isIDString(id)
}

func isIDString(s string) bool {
	for i := range len(s) {
		if !isIDByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isIDByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.'
}

// foldCompare orders strings without regard to ASCII case.
func foldCompare(a, b string) int {
	for i := range min(len(a), len(b)) {
		if x, y := lower(a[i]), lower(b[i]); x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
