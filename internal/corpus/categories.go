package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// scancodeKinds says which of ScanCode's kinds fit a category. Its scale has one
// kind for everything that is free of charge and not free.
var scancodeKinds = map[string][]string{
	"public-domain":    {"Public Domain"},
	"permissive":       {"Permissive"},
	"data-permissive":  {"Permissive"},
	"weak-copyleft":    {"Copyleft Limited"},
	"data-share-alike": {"Copyleft Limited", "Copyleft"},
	"strong-copyleft":  {"Copyleft"},
	"network-copyleft": {"Copyleft"},
	"source-available": {"Source-available"},
	"use-restricted":   {"Proprietary Free", "Free Restricted"},
	"non-commercial":   {"Source-available", "Proprietary Free", "Free Restricted"},
	"research-only":    {"Proprietary Free", "Free Restricted"},
	"no-derivatives":   {"Source-available", "Free Restricted"},
	"proprietary":      {"Commercial", "Proprietary Free"},
}

// googleKinds says the same of the types of Google's licenseclassifier.
var googleKinds = map[string][]string{
	"public-domain":    {"unencumbered"},
	"permissive":       {"notice"},
	"data-permissive":  {"notice"},
	"weak-copyleft":    {"reciprocal"},
	"data-share-alike": {"restricted"},
	"strong-copyleft":  {"restricted"},
	"network-copyleft": {"forbidden"},
	"source-available": {"forbidden"},
	"use-restricted":   {"forbidden"},
	"non-commercial":   {"forbidden"},
	"research-only":    {"forbidden"},
	"no-derivatives":   {"restricted"},
	"proprietary":      {"forbidden"},
}

// googleFits: Google counts a library's copyleft with that of programs, and
// terms that exclude commerce by that alone.
func googleFits(b *rulebase.Base, h rulebase.Head) []string {
	if r, ok := b.Lookup(h.Replacement); ok {
		h = r
	}
	if l, err := b.License(h.ID); err == nil {
		switch {
		case slices.Contains(l.Conditions, "no-commercial"):
			return []string{"forbidden"}
		case h.Category == "weak-copyleft" && l.Copyleft.Scope == "library":
			return []string{"restricted", "reciprocal"}
		}
	}
	return googleKinds[h.Category]
}

// judged is where a scale puts a license elsewhere than its text, with what the
// text says.
var judged = []struct{ id, scale, why string }{
	{"CECILL-2.1", "ScanCode", "5.3.2 puts the whole modified software under the license, as the GPL does"},
	{"HPND-export-US-acknowledgement", "ScanCode", "the export rule it recalls is the law's own; an acknowledgement is all that it asks"},
	{"JPL-image", "ScanCode", "for any purpose, but not the images of others and not as an endorsement; no source is meant"},
	{"LPL-1.02", "ScanCode", "3.A lets anyone distribute it in any form under terms of their own; Google and Blue Oak say so too"},
	{"Linux-man-pages-1-para", "ScanCode", "changed pages need the header and a note, not the same terms"},
	{"NGPL", "ScanCode", "2(b) puts the whole of a derived work under the license"},
	{"Sendmail", "ScanCode", "1 asks for copies free of charge, or for the source with all changes under the same terms"},
	{"Vim", "ScanCode", "II asks for the changes to Vim alone"},
	{"Watcom-1.0", "ScanCode", "2.2(c) asks for the source of deployed changes, and OSI approved it"},
	{"GPL-2.0-with-font-exception", "Google", "the scale leaves exceptions out"},
	{"OFL-1.1", "Google", "the scale gives fonts no kind and lets them in one by one"},
}

// categories scores names, approvals and categories.
func categories(w io.Writer, shared string) bool {
	return scored(w, shared, "categories.tsv", func(b *rulebase.Base, rows [][]string) (bool, error) {
		var resolved, osi, fsf, scancode, google tally
		var apart []string
		for _, row := range rows {
			id := row[0]
			h, license := b.Lookup(id)
			f, family := b.Family(id)
			resolved.add(license || family)
			switch {
			case family:
				h = headOf(b, f)
			case !license:
				fmt.Fprintf(w, "  %s does not resolve\n", id)
				continue
			}
			approval(w, &osi, id, "OSI", h.OSI, row[5])
			approval(w, &fsf, id, "FSF", h.FSF, row[6])
			if family {
				continue // it has no category of its own
			}
			for _, scale := range []struct {
				name, kind string
				fits       []string
				t          *tally
			}{{"ScanCode", row[2], scancodeKinds[h.Category], &scancode}, {"Google", row[3], googleFits(b, h), &google}} {
				if scale.kind == "unlisted" {
					continue
				}
				right := slices.Contains(scale.fits, scale.kind)
				if why := reason(h.ID, scale.name); !right && why != "" {
					apart = append(apart, fmt.Sprintf("  %s: %s here, %s says %s: %s", id, h.Category, scale.name, scale.kind, why))
					continue
				}
				if scale.t.add(right); !right {
					fmt.Fprintf(w, "  %s: %s here, %s says %s\n", id, h.Category, scale.name, scale.kind)
				}
			}
		}
		failed := bar(w, "ids resolve", resolved, 1)
		failed = bar(w, "OSI", osi, 1) || failed
		failed = bar(w, "FSF", fsf, 1) || failed
		failed = bar(w, "kind on ScanCode's scale", scancode, 0.99) || failed
		failed = bar(w, "kind on Google's scale", google, 0.99) || failed
		fmt.Fprintf(w, "left out of these two, %d where the text says otherwise than the scale:\n%s\n", len(apart), strings.Join(apart, "\n"))
		return failed, nil
	})
}

// headOf is what a family's members agree on.
func headOf(b *rulebase.Base, f rulebase.Family) rulebase.Head {
	out := rulebase.Head{ID: f.Label}
	for i, id := range f.Members {
		h, _ := b.Lookup(id)
		if i == 0 {
			out.OSI, out.FSF = h.OSI, h.FSF
		}
		if h.OSI != out.OSI {
			out.OSI = "n/a"
		}
		if h.FSF != out.FSF {
			out.FSF = "n/a"
		}
	}
	return out
}

// approval compares a yes or no; "unlisted" is a source that is silent, and n/a
// a thing that nobody approves.
func approval(w io.Writer, t *tally, id, who, got, want string) {
	if want == "n/a" || want == "unlisted" {
		return
	}
	if t.add(got == want); got != want {
		fmt.Fprintf(w, "  %s: %s: %q here, %q in the table\n", id, who, got, want)
	}
}

func reason(id, scale string) string {
	for _, j := range judged {
		if j.id == id && j.scale == scale {
			return j.why
		}
	}
	return ""
}
