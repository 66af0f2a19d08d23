package rulebase

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

func testBase(t testing.TB) *Base {
	t.Helper()
	b, err := Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The tree of rules is without a fault, and the committed index is the one
// that it generates.
func TestRules(t *testing.T) {
	faults, err := Validate(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Error(f)
	}
}

// Every id that the world uses resolves, and everything is known of it that a
// head says.
func TestHeads(t *testing.T) {
	b := testBase(t)
	licenses, exceptions, last := 0, 0, ""
	for h := range b.Heads() {
		if h.Exception {
			exceptions++
		} else {
			licenses++
		}
		if h.Exception == (exceptions == 0) || last != "" && compareFold(last, h.ID) >= 0 && exceptions != 1 {
			t.Errorf("%s stands after %s", h.ID, last)
		}
		last = h.ID
		if h.Name == "" || h.Family == "" || b.Rank(h.Category) >= b.Rank(Unstated) || len(h.DesignedFor) == 0 {
			t.Errorf("%s: name %q, family %q, category %q, designed for %q", h.ID, h.Name, h.Family, h.Category, h.DesignedFor)
		}
		if answers := []string{"yes", "no", "not-reviewed"}; !h.Exception && (!slices.Contains(answers, h.OSI) || !slices.Contains(answers, h.FSF)) {
			t.Errorf("%s: osi %q, fsf %q", h.ID, h.OSI, h.FSF)
		}
		if !slices.Contains(names(b.Openness()), h.Openness) && (!h.Exception || h.Openness != "") {
			t.Errorf("%s: openness %q", h.ID, h.Openness)
		}
		if _, ok := b.Lookup(h.Replacement); h.Replacement != "" && (!h.Exception || !ok) {
			if _, err := spdx.Parse(h.Replacement, b.SPDX()); err != nil {
				t.Errorf("%s: replacement: %v", h.ID, err)
			}
		}
		for _, name := range append(h.Aliases, strings.ToUpper(h.ID), "  "+strings.ToLower(h.ID)+" ") {
			if got, ok := b.Lookup(strings.TrimSpace(name)); !ok || got.ID != h.ID {
				t.Errorf("%q finds %q, not %s", name, got.ID, h.ID)
			}
			if f, ok := b.Family(name); ok {
				t.Errorf("%q is a name of %s and of the family %s", name, h.ID, f.Label)
			}
		}
		if h.Exception {
			checkException(t, b, h)
		} else {
			checkLicense(t, b, h)
		}
	}
	if licenses < 740 || exceptions != 86 {
		t.Errorf("%d licenses and %d exceptions, want at least 740 and 86", licenses, exceptions)
	}
}

func checkLicense(t *testing.T, b *Base, h Head) {
	l, err := b.License(strings.ToLower(h.ID))
	if err != nil {
		t.Error(err)
		return
	}
	if l.ID != h.ID || l.Name != h.Name || l.Family != h.Family || l.Category != h.Category || l.OSI != h.OSI || l.Full != (h.File != "") || len(l.Grants) != 4 {
		t.Errorf("%s: the license differs from its head: %+v", h.ID, l)
	}
	if _, err := b.Exception(h.ID); err == nil {
		t.Errorf("%s is an exception too", h.ID)
	}
	for _, o := range l.Obligations {
		if o.Derived == l.Full {
			t.Errorf("%s: %s: derived %v, has a rule %v", h.ID, o.Type, o.Derived, l.Full)
		}
		if w, ok := b.Type(o.Type); !ok || w.Class != o.Class || b.ActionFor(o).ID == "" {
			t.Errorf("%s: %s is no type of class %s with an action", h.ID, o.Type, o.Class)
		}
	}
	checkOpen(t, l)
	checkNetwork(t, l)
}

// checkNetwork: where use over a network counts, it brings a duty of source,
// and elsewhere it does not.
func checkNetwork(t *testing.T, l *License) {
	if !l.Full {
		return
	}
	duty := slices.ContainsFunc(l.Obligations, func(o Obligation) bool {
		return (o.Type == "network-source" || o.Type == "disclose-source") && o.Triggered([]string{"network-service"}, []string{"link-static"})
	})
	if counts := l.Copyleft.Network != "none"; counts != duty && l.Copyleft.Scope != "database" {
		t.Errorf("%s: network use counts: %v, and brings a duty of source: %v", l.ID, counts, duty)
	}
}

// checkOpen: openness follows from the grants. What is called open source is
// granted to all for every purpose; where a grant is limited or refused it is not.
func checkOpen(t *testing.T, l *License) {
	if !l.Full {
		return
	}
	limited := slices.ContainsFunc(l.Grants, func(g Grant) bool { return g.Answer == "limited" || g.Answer == "no" })
	if open := l.Openness == "open-source" || l.Openness == "open-weights"; open && limited {
		t.Errorf("%s is %s and limits a grant: %v", l.ID, l.Openness, l.Grants)
	} else if l.Openness == "open-restricted" && !limited && !slices.ContainsFunc(l.Obligations, limits) {
		t.Errorf("%s is %s and limits nothing", l.ID, l.Openness)
	}
}

// limits: something is forbidden or bounded, or asked of some users alone.
func limits(o Obligation) bool {
	return o.Class != "do" || slices.ContainsFunc(o.If, func(c Condition) bool { return strings.HasPrefix(c.Op, ">") || c.Fact == "commercial" })
}

func checkException(t *testing.T, b *Base, h Head) {
	e, err := b.Exception(h.ID)
	if err != nil {
		t.Error(err)
		return
	}
	if e.ID != h.ID || e.Category != h.Category || e.Full != (h.File != "") {
		t.Errorf("%s: the exception differs from its head: %+v", h.ID, e)
	}
	if _, err := b.License(h.ID); err == nil {
		t.Errorf("%s is a license too", h.ID)
	}
}

func TestLookup(t *testing.T) {
	b := testBase(t)
	for _, tt := range []struct{ name, license, family string }{
		{"MIT", "MIT", ""},
		{"the  MIT License", "MIT", ""},
		{"bsl-1.0", "BSL-1.0", ""}, // Boost, not Business Source
		{"Business Source License 1.1", "BUSL-1.1", ""},
		{"GPL-2.0", "GPL-2.0", ""}, // deprecated, with a replacement
		{"gplv3", "GPL-3.0-only", ""},
		{"apache 2.0", "Apache-2.0", ""},
		{"llama3.1", "LicenseRef-rukhsa-llama3.1", ""},
		{"openrail++", "LicenseRef-rukhsa-openrailplusplus", ""},
		{"odbl", "ODbL-1.0", ""}, {"pddl", "PDDL-1.0", ""}, {"odc-by", "ODC-By-1.0", ""}, {"lgpl-lr", "LGPLLR", ""}, {"c-uda", "C-UDA-1.0", ""},
		{"classpath-exception-2.0", "Classpath-exception-2.0", ""},
		{"openrail", "", "openrail"}, {"cc", "", "cc"}, {"gpl", "", "gpl"}, {"BSD", "", "bsd"}, {"gfdl", "", "gfdl"}, {"lgpl", "", "lgpl"},
		{"GNU  General Public License", "", "gpl"},
		{"other", "", "other"}, {"unknown", "", "unknown"},
		{"", "", ""}, {"no such license", "", ""}, {"\t", "", ""}, {"MIT\tMIT License", "", ""},
	} {
		h, _ := b.Lookup(tt.name)
		f, _ := b.Family(tt.name)
		if h.ID != tt.license || f.Label != tt.family {
			t.Errorf("%q: license %q, family %q, want %q, %q", tt.name, h.ID, f.Label, tt.license, tt.family)
		}
	}
	if _, err := b.License("gpl"); err == nil || !strings.Contains(err.Error(), `"gpl"`) {
		t.Errorf("a family as a license: %v", err)
	}
	if near := b.Nearest("Apache-2.O", 3); !slices.Contains(near, "Apache-2.0") {
		t.Errorf("near Apache-2.O: %q", near)
	}
}

// The llamas are different licenses, and so is every member of a family.
func TestFamilies(t *testing.T) {
	b := testBase(t)
	n := 0
	for f := range b.Families() {
		n++
		if f.Name == "" || !slices.IsSortedFunc(f.Members, compareFold) || len(slices.Compact(slices.Clone(f.Members))) != len(f.Members) {
			t.Errorf("%s: name %q, members %q", f.Label, f.Name, f.Members)
		}
		for _, id := range f.Members {
			if h, ok := b.head(id); !ok || h.Exception {
				t.Errorf("%s: member %s is no license", f.Label, id)
			}
		}
		for _, label := range f.labels() {
			if got, ok := b.Family(strings.ToUpper(label)); !ok || got.Label != f.Label || !slices.Equal(got.Members, f.Members) {
				t.Errorf("%q finds the family %q, not %s", label, got.Label, f.Label)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d families", n)
	}
	if f, _ := b.Family("llama"); len(f.Members) < 7 {
		t.Errorf("llama: %q", f.Members)
	}
	if f, _ := b.Family("other"); len(f.Members) != 0 {
		t.Errorf("other: %q", f.Members)
	}
}

// A base is read by many at once; each rule is parsed once.
func TestConcurrent(t *testing.T) {
	b := testBase(t)
	ids := []string{"MIT", "mit", "GPL-3.0-only", "AAL", "Apache-2.0", "LicenseRef-rukhsa-llama3.1"}
	got := make([][]*License, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			for _, id := range ids {
				l, err := b.License(id)
				if err != nil {
					t.Error(err)
				}
				got[i] = append(got[i], l)
			}
			if _, err := b.Exception("Classpath-exception-2.0"); err != nil {
				t.Error(err)
			}
			if s, err := b.Std(); err != nil || s.License == "" {
				t.Error(s, err)
			}
			b.Rank("permissive")
			b.SPDX()
			b.Derived("permissive", nil)
		})
	}
	wg.Wait()
	for i := range got {
		if !slices.Equal(got[i], got[0]) || got[i][0] != got[i][1] {
			t.Errorf("reader %d got other licenses", i)
		}
	}
}

// Nothing is without a duty for want of a rule: to read the license stays.
func TestDerived(t *testing.T) {
	b := testBase(t)
	for _, category := range append(names(categoryWords(b)), "", "nonsense") {
		for _, contexts := range [][]string{nil, {}, {"internal-use"}, b.ContextNames()} {
			list := b.Derived(category, contexts)
			if len(list) == 0 {
				t.Errorf("%s in %v: nothing", category, contexts)
				continue
			}
			for _, o := range list {
				if !o.Derived || o.Clause != "" || o.Strength != "must" || o.Text == "" {
					t.Errorf("%s: %+v", category, o)
				}
			}
			if last := list[len(list)-1]; len(last.When) != 0 || b.ActionFor(last).ID != b.ActionFor(list[0]).ID || !b.ActionFor(last).Derived {
				t.Errorf("%s: the last duty is not to read the license: %+v", category, last)
			}
		}
	}
	if got := b.Action("no such type"); !got.Derived {
		t.Errorf("the action of an unknown type is %+v", got)
	}
}

func categoryWords(b *Base) (words []Word) {
	for _, c := range b.Categories() {
		words = append(words, Word{Name: c.Name})
	}
	return words
}

func TestAbout(t *testing.T) {
	b := testBase(t)
	if !strings.HasPrefix(b.Digest(), "sha256:") || len(b.Digest()) != 71 {
		t.Errorf("digest %q", b.Digest())
	}
	if len(b.Date()) != len("2026-11-27") || b.SPDXVersion() != "3.29.0" {
		t.Errorf("date %q, SPDX list %q", b.Date(), b.SPDXVersion())
	}
	for i, c := range b.Categories() {
		if b.Rank(c.Name) != i {
			t.Errorf("%s has rank %d, not %d", c.Name, b.Rank(c.Name), i)
		}
	}
	if b.Rank("nonsense") != len(b.Categories()) {
		t.Errorf("an unknown category has rank %d", b.Rank("nonsense"))
	}
	if f, ok := b.Fact("monthly_users"); !ok || f.Question == "" {
		t.Errorf("monthly_users: %+v", f)
	}
	if _, ok := b.Fact("moon_phase"); ok || len(b.Facts()) == 0 || len(b.Actions()) == 0 || len(b.Joins()) == 0 || len(b.Contexts()) == 0 {
		t.Error("the word lists are incomplete")
	}
	for _, f := range b.Facts() {
		if (f.Of == "project") != (f.Question != "") {
			t.Errorf("%s: of %s, question %q", f.Name, f.Of, f.Question)
		}
	}
}
