package policy

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// loosened reports everything of a file that makes what it extends less strict
// where that is not in the overlay of all of it.
func (l *loader) loosened(r *reader, own *Policy) {
	report := func(word string, at Place, what string) {
		if i := slices.IndexFunc(l.policy.Layers, func(b Layer) bool { return !b.lets(word) }); i >= 0 {
			b := l.policy.Layers[i]
			list := "it has no overlay"
			if len(b.overlay) > 0 {
				list = "its overlay: " + strings.Join(b.overlay, ", ")
			}
			r.fault(at.Pos, "%s: %s does not let %q be loosened (%s)", what, b.shown(), word, list)
		}
	}
	for _, e := range own.Allow {
		if l.strictest(e, true) != "" {
			report(overlayAllow, e.At, "allowing "+e.String())
		}
	}
	for _, e := range own.Review {
		if l.strictest(e, e.Replaces()) == diag.Error {
			report(overlayReview, e.At, "only reviewing "+e.String())
		}
	}
	if own.Default != "" && laxness(own.Default) > laxness(l.policy.Default) {
		report(overlayDefault, own.DefaultAt, "default "+own.Default)
	}
	for i := range own.rows {
		report(overlaySeverities, Place{r.layer, own.rows[i].Pos}, "other severities")
	}
	for _, c := range own.Clarifications {
		report(overlayClarify, c.At, "clarifying "+c.subject())
	}
	for _, f := range own.FirstParty {
		report(overlayFirstParty, f.At, "not judging "+f.Selector.String())
	}
	for _, x := range own.Exclusions {
		report(overlayExclude, x.At, "not judging "+x.Selector.String())
	}
	for _, w := range own.Waivers {
		report(overlayWaivers, w.At, "waiving "+w.Subject())
	}
}

// laxness orders the words of default; where nothing is said the profile decides.
func laxness(word string) int {
	if word == "" {
		word = DefaultProfile
	}
	return slices.Index(Defaults(), word)
}

func (l Layer) lets(word string) bool {
	return slices.Contains(l.overlay, overlayAll) || slices.Contains(l.overlay, word)
}

func (l Layer) shown() string {
	if l.Path == "" {
		return "profile " + l.Name
	}
	return l.Path
}

// strictest is a bound on what the layers read so far say against anything that
// a nearer entry would accept instead; "" where they accept all of it too. weigh
// tells whether the entry replaces the weights of the profile.
func (l *loader) strictest(e Entry, weigh bool) diag.Severity {
	p := l.policy
	for _, d := range p.Deny {
		if l.lifts(e, d) {
			return diag.Error
		}
	}
	s := diag.Severity("")
	accepted := slices.ContainsFunc(p.Allow, func(a Entry) bool { return wider(a, e) && (a.Key() == e.Key() || l.accepts(a, e.License)) })
	switch {
	case accepted:
		weigh = false
	case p.Default == DefaultDeny:
		return diag.Error
	case p.Default == DefaultReview:
		s = diag.Warning
	}
	for _, v := range p.Review {
		if l.lifts(e, v) {
			s = worst(s, diag.Warning)
			weigh = weigh || !v.Replaces() // then the weights count beside it
		}
	}
	if weigh {
		s = l.weighed(e, s)
	}
	return s
}

// worst is the one of two severities that weighs more; "" is none.
func worst(a, b diag.Severity) diag.Severity {
	if a == "" || b != "" && b.Rank() < a.Rank() {
		return b
	}
	return a
}

// accepts reports whether an allow entry is about a license, kinds and scopes
// aside: one that names no property accepts only what is known.
func (l *loader) accepts(a Entry, license string) bool {
	return l.covers(a, license) && !(a.Bare() && l.term(license).License == nil)
}

// lifts reports whether a nearer entry outweighs a farther one: it names the
// license itself, or the same words.
func (l *loader) lifts(near, far Entry) bool {
	return near.Key() == far.Key() || near.License != "" && meets(near.Kinds, far.Kinds) && meets(near.Scopes, far.Scopes) && l.covers(far, near.License)
}

// wider reports whether an entry is about all components that another is about.
func wider(a, e Entry) bool {
	within := func(small, big []string) bool {
		return len(big) == 0 || len(small) > 0 && !slices.ContainsFunc(small, func(w string) bool { return !slices.Contains(big, w) })
	}
	return within(e.Kinds, a.Kinds) && within(e.Scopes, a.Scopes)
}

func meets(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(w string) bool { return slices.Contains(b, w) })
}

// weighed is the worst weight that the profile gives to what an entry covers,
// and at least least.
func (l *loader) weighed(e Entry, least diag.Severity) diag.Severity {
	bound := least
	for _, c := range l.categories(e) {
		for _, kind := range l.lists["kind of component"] {
			if len(e.Kinds) > 0 && !slices.Contains(e.Kinds, kind) {
				continue
			}
			for _, setting := range settingsOf(e.Scopes) {
				bound = worst(bound, l.policy.Severity(c, kind, setting))
			}
		}
	}
	return bound
}

// settingsOf lists where components of some scopes may end up.
func settingsOf(scopes []string) []string {
	var out []string
	for _, s := range scopes {
		switch inventory.Scope(s) {
		case inventory.Test:
			out = append(out, "test")
		case inventory.Tool:
			out = append(out, "tool")
		case inventory.Required, inventory.Referenced:
			out = append(out, "referenced")
		default:
			out = append(out, "shipped", "served", "internal")
		}
	}
	if len(out) == 0 {
		return Settings()
	}
	return out
}

// categories lists the categories of the licenses that an entry covers; where
// that takes their rules to say, all.
func (l *loader) categories(e Entry) []string {
	switch {
	case e.Category != "":
		return []string{e.Category}
	case e.License != "":
		t := l.term(e.License)
		if t.License == nil {
			return []string{"unknown"}
		}
		return []string{t.License.Category}
	case e.Openness == "":
		return l.lists["category"]
	}
	var out []string
	for h := range l.base.Heads() {
		if h.Openness == e.Openness && !slices.Contains(out, h.Category) {
			out = append(out, h.Category)
		}
	}
	return append(out, "unstated")
}

// covers reports whether an entry is about a license, kinds and scopes aside.
func (l *loader) covers(e Entry, license string) bool {
	if license == "" {
		return false
	}
	t := l.term(license)
	category := "unknown"
	if t.License != nil {
		category = t.License.Category
	}
	return e.Covers(t, category)
}

func (l *loader) term(license string) rulebase.Term {
	t := rulebase.Term{Text: license}
	e, err := spdx.ParseLax(license)
	if err != nil {
		return t
	}
	if one, ok := e.(spdx.License); ok {
		t.License, _ = l.base.License(one.ID) // nil where the rules do not know it
		if one.Exception != "" {
			t.Exception, _ = l.base.Exception(one.Exception)
		}
	}
	return t
}

// Covers reports whether the entry is about a term of a category, kinds and
// scopes aside. A license without an exception stands for itself with any.
func (e Entry) Covers(t rulebase.Term, category string) bool {
	switch {
	case e.Category != "":
		return e.Category == category
	case e.Openness != "":
		return t.License != nil && t.License.Openness == e.Openness
	case e.Obligation != "":
		return slices.ContainsFunc(t.Obligations(), func(o rulebase.Obligation) bool { return o.Type == e.Obligation })
	case e.Approved != "":
		return t.License != nil && (e.Approved == ApprovedOSI && t.License.OSI == "yes" || e.Approved == ApprovedFSF && t.License.FSF == "yes")
	case e.License != "":
		return e.License == t.Text || t.Exception != nil && t.License != nil && e.License == t.License.ID
	}
	return true
}
