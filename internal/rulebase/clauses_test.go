package rulebase

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

// library finds license texts where the machine has them: licensecheck's test
// texts (always), the texts of AI licenses beside the checkout, and the SPDX
// texts of a folder with ID.json files (RUKHSA_SPDX_TEXTS).
type library struct {
	samples map[string][]string // by licensecheck's name
	shared  string
	spdx    string
	read    map[string]*outline
}

func newLibrary(t *testing.T) *library {
	l := &library{samples: map[string][]string{}, read: map[string]*outline{}, spdx: os.Getenv("RUKHSA_SPDX_TEXTS"),
		shared: filepath.Join(truthtest.Root(t), "ai", "license-texts")}
	for _, s := range lctest.Texts(t) {
		lines := strings.Split(s.Want, "\n")
		if len(lines) != 2 || !strings.HasPrefix(lines[0], "100") {
			continue
		}
		name, span, _ := strings.Cut(lines[1], " ")
		if span == "0,$" {
			l.samples[name] = append(l.samples[name], string(s.Body))
		}
	}
	return l
}

// texts returns all texts of a license: where two are set out differently, a
// reference has to fit one.
func (l *library) texts(id string) (all []*outline) {
	plain := strings.TrimSuffix(strings.TrimSuffix(id, "-only"), "-or-later")
	for _, name := range slices.Compact([]string{id, plain}) {
		for i, s := range l.samples[name] {
			all = append(all, l.outline(fmt.Sprintf("sample %s#%d", name, i), func() string { return s }))
		}
		if l.spdx != "" {
			all = append(all, l.outline("spdx "+name, func() string { return spdxText(filepath.Join(l.spdx, name+".json")) }))
		}
	}
	slug := strings.ReplaceAll(strings.TrimPrefix(id, "LicenseRef-rukhsa-"), "plus", "+")
	for _, name := range []string{slug, strings.ToLower(id), strings.ToLower(strings.TrimSuffix(id, "-1.0")), map[string]string{"LGPLLR": "lgpl-lr"}[id]} {
		if name != "" {
			all = append(all, l.outline("shared "+name, func() string { return fileText(filepath.Join(l.shared, name+".txt")) }))
		}
	}
	return slices.DeleteFunc(all, func(o *outline) bool { return o == nil })
}

func (l *library) outline(key string, read func() string) *outline {
	if o, ok := l.read[key]; ok {
		return o
	}
	var o *outline
	lost := slices.ContainsFunc(unnumbered, func(u string) bool { return strings.HasPrefix(key, u) })
	if text := read(); text != "" && !lost {
		o = newOutline(text)
	}
	l.read[key] = o
	return o
}

func spdxText(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	var v struct {
		Text string `json:"licenseText"`
	}
	if json.Unmarshal(data, &v) != nil {
		return ""
	}
	return v.Text
}

func fileText(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(data)
}

// other finds the texts that a reference of a license names beside its own: a
// use policy, or the license that an exception changes.
func (l *library) other(id string) texts {
	slug := strings.ReplaceAll(strings.TrimPrefix(id, "LicenseRef-rukhsa-"), "plus", "+")
	return func(name string) *outline {
		switch lower := strings.ToLower(name); {
		case strings.HasSuffix(lower, "use policy"):
			for _, f := range []string{slug + "-aup", strings.TrimRight(slug, "0123456789-.") + "-aup", "gemma-prohibited-use-policy"} {
				if o := l.outline("shared "+f, func() string { return fileText(filepath.Join(l.shared, f+".txt")) }); o != nil {
					return o
				}
			}
			return nil
		case lower == "gpl":
			name = "GPL-2.0"
		case lower == "lgpl":
			name = "LGPL-2.1"
		}
		if !strings.ContainsAny(name, "0123456789") || strings.Contains(name, " ") || strings.EqualFold(name, id) || len(name) < 5 {
			return nil
		}
		for _, o := range l.texts(name) {
			return o
		}
		return nil
	}
}

// unnumbered names texts that have lost the numbers of their sections on the
// way from a web page, by the start of their key; the rules cite the page's
// numbers.
var unnumbered = []string{
	"sample CC-BY-4.0", "sample CC-BY-NC-4.0", "sample CC-BY-NC-SA-4.0", "sample CC-BY-SA-3.0", "sample CC-BY-SA-4.0",
	"sample GFDL-1.1-", "sample W3C", "shared cc-by-nc-4.0",
	"shared bigcode-openrail-m", // of sections 2 and 3
	"shared nvidia-open-model-2025-04-28", "shared nvidia-open-model-agreement",
	"shared stability-ai-community", "shared stable-beluga-nc",
}

// TestClauses holds every clause reference of the rules against the text that
// it names, wherever that text is at hand.
func TestClauses(t *testing.T) {
	b, err := Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	lib := newLibrary(t)
	checked, without := 0, 0
	for h := range b.Heads() {
		if h.File == "" {
			continue
		}
		own := lib.texts(h.ID)
		for d := range b.Heads() { // a deprecated id whose text is the license with the exception
			if strings.HasSuffix(d.Replacement, " WITH "+h.ID) {
				own = append(own, lib.texts(d.ID)...)
			}
		}
		if len(own) == 0 {
			without++
			continue
		}
		for _, ref := range references(t, b, h) {
			checked++
			var missing []string
			for i, o := range own {
				if m := checkClause(ref, o, lib.other(h.ID)); i == 0 || len(m) < len(missing) {
					missing = m
				}
			}
			if len(missing) > 0 {
				t.Errorf("%s: clause %q: not in the text: %s", h.File, ref, strings.Join(missing, "; "))
			}
		}
	}
	t.Logf("%d references checked, %d rules without a text at hand", checked, without)
	if checked == 0 {
		t.Error("no reference was checked")
	}
}

// references lists the clauses that a rule cites, each once.
func references(t *testing.T, b *Base, h Head) []string {
	var all []string
	if h.Exception {
		e, err := b.Exception(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range e.Removes {
			all = append(all, r.Clause)
		}
		for _, o := range e.Adds {
			all = append(all, o.Clause)
		}
		for _, p := range e.Lifts {
			all = append(all, p.Clause)
		}
		if e.Copyleft != nil {
			all = append(all, e.Copyleft.Clause)
		}
	} else {
		l, err := b.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l.Copyleft.Clause, l.Patent.Clause, l.Trademark.Clause, l.Termination.Clause, l.Law.Clause)
		for _, o := range l.Obligations {
			all = append(all, o.Clause)
		}
		for _, g := range l.Grants {
			all = append(all, g.Clause)
		}
		for _, r := range l.Moves() {
			all = append(all, r.Clause)
		}
		for _, u := range l.Undecided {
			all = append(all, u.Clause)
		}
		if l.LaterVersion != nil {
			all = append(all, l.LaterVersion.Clause)
		}
		for _, t := range []*Train{l.Train, l.Outputs} {
			if t != nil {
				all = append(all, t.Clause)
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(s string) bool { return s == "" })
}

// wrong changes the last label of a path into one that no text has.
func wrong(ref string) string {
	last := labelParts.FindAllStringIndex(ref, -1)
	if !pathToken.MatchString(ref) || len(last) == 0 {
		return ""
	}
	at := last[len(last)-1]
	label := ref[at[0]:at[1]]
	switch n, err := strconv.Atoi(label); {
	case err == nil:
		label = strconv.Itoa(n + 70)
	case label == strings.ToUpper(label):
		label = "Z"
	default:
		label = "z"
	}
	return ref[:at[0]] + label + ref[at[1]:]
}

// The reader of references refuses labels that a text does not have.
func TestClausesWrong(t *testing.T) {
	b, err := Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	lib := newLibrary(t)
	refused := 0
	for h := range b.Heads() {
		if h.File == "" {
			continue
		}
		for i, o := range lib.texts(h.ID) {
			if i > 0 {
				break
			}
			for n, ref := range references(t, b, h) {
				bad := wrong(ref)
				if bad == "" || n%3 > 0 && testing.Short() {
					continue
				}
				if len(checkClause(bad, o, lib.other(h.ID))) == 0 {
					t.Errorf("%s: %s was found in the text", h.ID, bad)
				}
				refused++
			}
		}
	}
	if refused < 100 {
		t.Errorf("only %d wrong references tried", refused)
	}
}

func TestCheckClause(t *testing.T) {
	const text = `Some License

1. Grant. You may (a) copy; (b) change, provided that (i) notices stay and (ii) changes are marked.
2. Limits
   a. No names.
   b. No suits:
      i) over patents
      ii) over marks
3.1 Source "Code".
3.2 Binaries. (a) say so

Termination

It ends.
Exhibit A
 1. first
 2. second
`
	for _, tt := range []struct {
		ref  string
		want string
	}{
		{"1", ""}, {"1(a)", ""}, {"1(b)(ii)", ""}, {"1.b.i", ""}, {"2.a", ""}, {"2(b)(ii)", ""}, {"3.1", ""}, {"3.2(a)", ""},
		{"Termination", ""}, {"1(a), 3.2", ""}, {"Exhibit A (2)", ""}, {"Exhibit A 1", ""}, {"paragraph 4", ""}, {"2 (Limits)", ""},
		{"4", "4"}, {"1(c)", "1(c)"}, {"2.a.i", "2.a.i"}, {"3.3", "3.3"}, {"3.1(a)", "3.1(a)"}, {"1(b)(iii)", "1(b)(iii)"},
		{"Warranty", "Warranty"}, {"1(a), 5", "5"}, {"Exhibit B", "Exhibit B"}, {"Exhibit A (3)", "Exhibit A (3)"},
		{"paragraph 40", "paragraph 40"}, {"2 (Warranty)", "2 (Warranty)"}, {"paragraphs 1, 50", "paragraphs 50"},
	} {
		none := func(string) *outline { return nil }
		if got := strings.Join(checkClause(tt.ref, newOutline(text), none), "; "); got != tt.want {
			t.Errorf("%s: missing %q, want %q", tt.ref, got, tt.want)
		}
	}
}
