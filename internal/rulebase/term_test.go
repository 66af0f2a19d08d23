package rulebase

import (
	"slices"
	"testing"

	"github.com/rukhsa/rukhsa/internal/spdx"
)

// WITH takes away what the exception lifts and adds what it asks instead.
func TestTermObligations(t *testing.T) {
	l := &License{Obligations: []Obligation{
		{Type: "include-license-text", Scope: "work", Clause: "1"},
		{Type: "disclose-source", Scope: "program", Clause: "3"},
		{Type: "same-license", Scope: "program", Clause: "2"},
		{Type: "relink", Scope: "library", Clause: "6"},
	}}
	add := Obligation{Type: "disclose-source", Scope: "covered-files", Clause: "x"}
	types := func(x *Exception) (out []string) {
		for _, o := range (Term{License: l, Exception: x}).Obligations() {
			out = append(out, o.Type+"/"+o.Clause)
		}
		return out
	}
	for _, tt := range []struct {
		name string
		x    *Exception
		want []string
	}{
		{"none", nil, []string{"include-license-text/1", "disclose-source/3", "same-license/2", "relink/6"}},
		{"empty", &Exception{}, []string{"include-license-text/1", "disclose-source/3", "same-license/2", "relink/6"}},
		{"type", &Exception{Removes: []Removal{{Type: "relink"}}}, []string{"include-license-text/1", "disclose-source/3", "same-license/2"}},
		{"copyleft", &Exception{Removes: []Removal{{Copyleft: true}}, Adds: []Obligation{add}}, []string{"include-license-text/1", "relink/6", "disclose-source/x"}},
		{"unknown type", &Exception{Removes: []Removal{{Type: "rename"}}}, []string{"include-license-text/1", "disclose-source/3", "same-license/2", "relink/6"}},
	} {
		if got := types(tt.x); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := (Term{}).Obligations(); got != nil {
		t.Errorf("an unknown license asks for %v", got)
	}
	if len(l.Obligations) != 4 {
		t.Error("the license was changed")
	}
}

// Of every exception with a rule: what it removes is in some license that it is
// written for, is gone with it, and what it adds is there.
func TestExceptionsChangeTheirLicenses(t *testing.T) {
	b := testBase(t)
	for h := range b.Heads() {
		if !h.Exception || h.File == "" {
			continue
		}
		x, err := b.Exception(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range x.Removes {
			used := len(x.AppliesTo) == 0
			for _, id := range x.AppliesTo {
				l, err := b.License(id)
				if err != nil {
					t.Errorf("%s applies to %v", x.ID, err)
					continue
				}
				used = used || slices.ContainsFunc(l.Obligations, r.removes)
				left := Term{License: l, Exception: x}.Obligations()
				kept := left[:len(left)-len(x.Adds)]
				if slices.ContainsFunc(kept, r.removes) {
					t.Errorf("%s WITH %s keeps what is removed: %+v", id, x.ID, r)
				}
			}
			if !used {
				t.Errorf("%s removes %s, which none of %v asks", x.ID, r.Type, x.AppliesTo)
			}
		}
	}
}

func TestTriggered(t *testing.T) {
	for _, tt := range []struct {
		when, contexts, joins []string
		want                  bool
	}{
		{nil, nil, nil, false},
		{nil, []string{"internal-use"}, nil, true},
		{[]string{"distribute-source", "distribute-binary"}, []string{"distribute-binary"}, nil, true},
		{[]string{"distribute-source"}, []string{"network-service"}, nil, false},
		{[]string{"modify"}, []string{"distribute-binary"}, []string{"modify"}, true},
		{[]string{"modify"}, []string{"internal-use"}, []string{"modify"}, false},
		{[]string{"modify"}, []string{"distribute-binary"}, []string{"link-static"}, false},
		{[]string{"distribute-binary", "link-static"}, []string{"distribute-binary"}, []string{"link-static"}, true},
		{[]string{"distribute-binary", "link-static"}, []string{"distribute-binary"}, nil, false},
		{[]string{"network-service", "link-static"}, []string{"network-service"}, []string{"link-static"}, true},
	} {
		if got := (Obligation{When: tt.when}).Triggered(tt.contexts, tt.joins); got != tt.want {
			t.Errorf("when %q in %q, %q: %v", tt.when, tt.contexts, tt.joins, got)
		}
	}
}

// More contexts or joins never lift a duty.
func TestTriggeredGrows(t *testing.T) {
	b := testBase(t)
	contexts, joins := b.ContextNames(), names(b.Joins())
	seen := map[string]bool{}
	for h := range b.Heads() {
		if h.Exception {
			continue
		}
		l, err := b.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range l.Obligations {
			key := ""
			for _, w := range o.When {
				key += w + " "
			}
			if seen[key] {
				continue
			}
			seen[key] = true
			for i := range contexts {
				for j := range joins {
					if o.Triggered(contexts[:i], joins[:j]) && (!o.Triggered(contexts[:i+1], joins[:j]) || !o.Triggered(contexts[:i], joins[:j+1])) {
						t.Errorf("%s %s: more contexts or joins lift %v", h.ID, o.Type, o.When)
					}
				}
			}
		}
	}
}

// The joins that the code knows are those of the vocabulary, and the contexts
// in which others get a copy are told by their names.
func TestWords(t *testing.T) {
	b := testBase(t)
	for _, j := range b.Joins() {
		if !IsJoin(j.Name) {
			t.Errorf("%s is not known as a join", j.Name)
		}
	}
	var over []string
	for _, c := range b.ContextNames() {
		if IsJoin(c) {
			t.Errorf("the context %s is taken for a join", c)
		}
		if HandsOver(c) {
			over = append(over, c)
		}
	}
	want := []string{"distribute-source", "distribute-binary", "distribute-weights", "publish-derived-weights", "publish-dataset", "embed-model-in-binary"}
	if !slices.Equal(over, want) {
		t.Errorf("a copy is handed over in %q, want %q", over, want)
	}
}

func TestCategory(t *testing.T) {
	b := testBase(t)
	for _, tt := range []struct{ expr, want string }{
		{"MIT", "permissive"},
		{"MIT AND GPL-3.0-only", "strong-copyleft"},
		{"MIT OR GPL-3.0-only", "permissive"},
		{"(MIT OR GPL-3.0-only) AND MPL-2.0", "weak-copyleft"},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "weak-copyleft"},
		{"MIT WITH Classpath-exception-2.0", "permissive"},
		{"Apache-2.0 WITH LLVM-exception", "permissive"},
		{"LicenseRef-nobody", "unknown"},
		{"MIT AND LicenseRef-nobody", "unknown"},
		{"MIT OR LicenseRef-nobody", "permissive"},
		{"NONE", "unstated"},
		{"NOASSERTION", "unknown"},
	} {
		e, err := spdx.Parse(tt.expr, b.SPDX())
		if err != nil {
			t.Errorf("%s: %v", tt.expr, err)
			continue
		}
		if got := b.Category(e); got != tt.want {
			t.Errorf("%s is %s, want %s", tt.expr, got, tt.want)
		}
	}
}
