package detect

import (
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Refers reports whether the text of one license stands beside another's only
// because the other refers to it: "LGPL-3.0-only" and "GPL-3.0-only".
func (s *Scanner) Refers(license, other string) bool {
	return slices.Contains(s.embeds[baseOf(license)], baseOf(other))
}

// OffersChoice reports whether the names of license files alone say that one of
// the licenses may be chosen: a convention, listed in detect/choices.tsv.
func (s *Scanner) OffersChoice(names []string) bool {
	var stems []string
	for _, n := range names {
		n = strings.ToLower(path.Base(n))
		stems = append(stems, strings.TrimSuffix(n, path.Ext(n)))
	}
	slices.Sort(stems)
	return slices.Contains(s.choices, strings.Join(stems, "\t"))
}

// SameVersion reports whether two ids are one license, whatever each says of
// later versions.
func SameVersion(a, b string) bool { return baseOf(a) == baseOf(b) }

// Versioned reports whether an id says if later versions count.
func Versioned(id string) bool { return versioned(id) }

// Limits reports whether a license limits itself who may use the work or for
// what: it is no open-source license.
func (s *Scanner) Limits(license spdx.Expr) bool {
	leaves := spdx.Leaves(license)
	return slices.ContainsFunc(leaves, func(l spdx.License) bool {
		h, ok := s.base.Lookup(l.ID)
		return ok && h.Openness != openSource
	})
}

// openSource is the rule base's word for licenses that limit no use.
const openSource = "open-source"
