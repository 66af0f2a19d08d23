package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	sbomreader "github.com/rukhsa/rukhsa/internal/artifact/sbom"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

func sbomOf(t *testing.T, r *Report) *sbom {
	t.Helper()
	s, err := newSBOM(r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every component is in the document once, every reference leads to one, an id
// is one of the SPDX list, and no license is left out. The schemas of all
// versions are checked by `make conformance`.
func TestCycloneDX(t *testing.T) {
	for name, r := range samples() {
		list := sbomOf(t, r).list
		for _, spec := range cyclonedxSpecs {
			var doc bom
			fromJSON(t, render(t, format(t, "cyclonedx"), r, Options{Spec: spec}), &doc)
			all := slices.Clone(doc.Components)
			if c := doc.Metadata.Component; c != nil {
				all = append(all, *c)
			}
			var refs []string
			for _, c := range all {
				refs = append(refs, c.Ref)
				for _, l := range append(c.Licenses, evidenceLicenses(c)...) {
					if l.License == nil || l.License.ID == "" {
						continue
					}
					if _, known := list.License(l.License.ID); !known {
						t.Errorf("%s %s: %q is no id of the list", name, spec, l.License.ID)
					}
				}
			}
			for _, s := range doc.Services {
				refs = append(refs, s.Ref)
			}
			if doc.Spec != spec || len(refs) != len(r.Components) {
				t.Errorf("%s: version %s, want %s; %d components, want %d", name, doc.Spec, spec, len(refs), len(r.Components))
			}
			if slices.Sort(refs); len(slices.Compact(slices.Clone(refs))) != len(refs) {
				t.Errorf("%s: a bom-ref comes twice in %q", name, refs)
			}
			for _, d := range doc.Dependencies {
				for _, ref := range append([]string{d.Ref}, d.On...) {
					if !slices.Contains(refs, ref) {
						t.Errorf("%s: reference to %q, which is not there", name, ref)
					}
				}
			}
		}
	}
}

func evidenceLicenses(c bomComponent) []bomLicense {
	if c.Evidence == nil {
		return nil
	}
	return c.Evidence.Licenses
}

// How a license stands in the document.
func TestCycloneDXLicense(t *testing.T) {
	r := build("typical")
	for i := range r.Components {
		if r.Components[i].Name == "example.com/own" {
			r.Components[i].Evidence[0].Expression = "LicenseRef-own"
		}
	}
	for _, tt := range []struct {
		spec, concluded string
		want            bomLicense
	}{
		{"1.6", "MIT", bomLicense{License: &bomNamed{ID: "MIT", Acknowledgement: "concluded"}}},
		{"1.5", "MIT", bomLicense{License: &bomNamed{ID: "MIT"}}},
		{"1.6", "MIT OR Apache-2.0", bomLicense{Expression: "MIT OR Apache-2.0", Acknowledgement: "concluded"}},
		{"1.6", "LicenseRef-own", bomLicense{Expression: "LicenseRef-own", Acknowledgement: "concluded"}},
		{"1.7", "LicenseRef-own", bomLicense{Expression: "LicenseRef-own", Acknowledgement: "concluded", Details: []bomDetail{{"LicenseRef-own", bomText{"A notice"}}}}},
		{"1.6", "GPL-2.0-only WITH Classpath-exception-2.0", bomLicense{Expression: "GPL-2.0-only WITH Classpath-exception-2.0", Acknowledgement: "concluded"}},
		{"1.6", "llama3.1", bomLicense{License: &bomNamed{Name: "llama3.1", Acknowledgement: "concluded"}}},
	} {
		c := &cyclonedx{sbom: sbomOf(t, r), spec: tt.spec}
		got := c.licenses(&Component{Facts: Facts{License: inventory.License{Concluded: tt.concluded}}})
		if len(got) != 1 || !equalJSON(t, got[0], tt.want) {
			t.Errorf("%s in %s: %+v, want %+v", tt.concluded, tt.spec, got, tt.want)
		}
	}
	for _, none := range []string{"NONE", "NOASSERTION", ""} {
		c := &cyclonedx{sbom: sbomOf(t, r), spec: "1.6"}
		if got := c.licenses(&Component{Facts: Facts{License: inventory.License{Concluded: none}}}); got != nil {
			t.Errorf("%q: %+v", none, got)
		}
	}
}

func equalJSON(t *testing.T, a, b any) bool {
	t.Helper()
	x, err := jsonAny(a)
	y, err2 := jsonAny(b)
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return x == y
}

var spdxID = regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`)

// Ids are unique and lead somewhere, licenses are expressions, and each
// LicenseRef in one is defined.
func TestSPDX(t *testing.T) {
	for name, r := range samples() {
		var doc spdxDocument
		fromJSON(t, render(t, format(t, "spdx"), r, Options{}), &doc)
		if len(doc.Packages) != len(r.Components) || doc.Name == "" {
			t.Errorf("%s: %d packages for %d components", name, len(doc.Packages), len(r.Components))
		}
		ids := []string{doc.ID}
		var defined []string
		for _, x := range doc.Extracted {
			defined = append(defined, x.ID)
			if x.Text == "" {
				t.Errorf("%s: %s has no text", name, x.ID)
			}
		}
		list := sbomOf(t, r).list
		for _, p := range doc.Packages {
			if !spdxID.MatchString(p.ID) || slices.Contains(ids, p.ID) || p.Name == "" {
				t.Errorf("%s: package %q %q", name, p.ID, p.Name)
			}
			ids = append(ids, p.ID)
			for _, l := range []string{p.Concluded, p.Declared} {
				e, err := spdx.Parse(l, list)
				if err != nil {
					t.Errorf("%s: license %q: %v", name, l, err)
					continue
				}
				for _, ref := range own(e) {
					if !slices.Contains(defined, ref) {
						t.Errorf("%s: %s is not defined", name, ref)
					}
				}
			}
		}
		described := 0
		for _, x := range doc.Relationships {
			if !slices.Contains(ids, x.Element) || !slices.Contains(ids, x.Related) || x.Element == x.Related {
				t.Errorf("%s: relationship %+v", name, x)
			}
			if x.Type == "DESCRIBES" {
				described++
			}
		}
		if len(r.Components) > 0 && described == 0 {
			t.Errorf("%s: the document describes nothing", name)
		}
	}
}

// Elements have one id each, and whatever is named is there.
func TestSPDX3(t *testing.T) {
	for name, r := range samples() {
		var doc spdx3Document
		fromJSON(t, render(t, format(t, "spdx3"), r, Options{}), &doc)
		ids := map[string]bool{}
		packages := 0
		for _, e := range doc.Graph {
			id := e.ID + e.Blank
			if id == "" || ids[id] {
				t.Errorf("%s: %s has the id %q", name, e.Type, id)
			}
			ids[id] = true
			if strings.HasSuffix(e.Type, "Package") {
				packages++
			}
		}
		if packages != len(r.Components) {
			t.Errorf("%s: %d packages for %d components", name, packages, len(r.Components))
		}
		for _, e := range doc.Graph {
			named := slices.Concat(e.CreatedBy, e.Roots, e.Elements, e.To)
			for _, x := range []string{e.Creation, e.From, e.Subject} {
				if x != "" {
					named = append(named, x)
				}
			}
			for _, c := range e.Custom {
				named = append(named, c.Value)
			}
			for _, x := range named {
				if !ids[x] {
					t.Errorf("%s: %s names %q, which is not there", name, e.Type, x)
				}
			}
		}
	}
}

// The one date of the report is the document's.
func TestSPDXDates(t *testing.T) {
	for _, tt := range []struct{ asOf, rules, want string }{
		{"2026-12-31", "2026-09-16", "2026-12-31T00:00:00Z"}, {"", "2026-09-16", "2026-09-16T00:00:00Z"}, {"x", "y", "1970-01-01T00:00:00Z"},
	} {
		r := build("clean")
		r.AsOf, r.Tool.Rules.Date, r.Tool.Rules.SPDXList = tt.asOf, tt.rules, "3.29.0"
		var doc spdxDocument
		fromJSON(t, render(t, format(t, "spdx"), r, Options{}), &doc)
		if doc.Creation.Created != tt.want || doc.Creation.List != "3.29" {
			t.Errorf("as of %q, rules of %q: created %s, list %s", tt.asOf, tt.rules, doc.Creation.Created, doc.Creation.List)
		}
	}
}

// Import paths make the graph.
func TestGraph(t *testing.T) {
	r := build("typical")
	s := sbomOf(t, r)
	name := func(i int) string { return r.Components[i].Name }
	got := map[string][]string{}
	for i, list := range s.graph() {
		for _, k := range list {
			got[name(i)] = append(got[name(i)], name(k))
		}
	}
	// example.com/mid on the way to gpl is no component; gpl is required directly.
	want := []string{"example.com/app/third/party", "example.com/gpl"}
	if !slices.Equal(got["example.com/app"], want) || len(got) != 1 {
		t.Errorf("%v, want app: %v", got, want)
	}
	r.Components[3].Paths = [][]string{{"example.com/app/cmd/server", "example.com/gpl/sub", r.Components[4].Name + "/x"}}
	s = sbomOf(t, r)
	if gpl := s.at["example.com/gpl"]; !slices.Contains(s.graph()[gpl], 4) {
		t.Errorf("gpl uses %v, want %s", s.graph()[gpl], name(4))
	}
}

func TestUnknownSpec(t *testing.T) {
	for _, f := range Formats() {
		if len(f.Specs) == 0 {
			continue
		}
		if err := f.Write(&strings.Builder{}, build("clean"), Options{Spec: "0.9"}); err == nil {
			t.Errorf("%s is written in version 0.9", f.Name)
		}
	}
}

// The program's own reader finds in each bill of materials what was written
// into it: every component with its license.
func TestSBOMsAreRead(t *testing.T) {
	r := build("typical")
	names := map[string]string{"cyclonedx": "bom.json", "spdx": "x.spdx.json", "spdx3": "x.spdx3.json"}
	for _, f := range Formats() {
		for _, spec := range f.Specs {
			res := artifacttest.Content(t, sbomreader.New(), names[f.Name], []byte(render(t, f, r, Options{Spec: spec})))
			if len(res.Problems) > 0 {
				t.Errorf("%s %s: %+v", f.Name, spec, res.Problems)
			}
			if len(res.Components) != len(r.Components) {
				t.Errorf("%s %s: %d components, want %d", f.Name, spec, len(res.Components), len(r.Components))
			}
			for i := range r.Components {
				want := &r.Components[i]
				k := slices.IndexFunc(res.Components, func(c inventory.Component) bool { return c.Name == want.Name && c.Version == want.Version })
				if k < 0 {
					t.Errorf("%s %s: %s is not there", f.Name, spec, Label(&want.Facts))
					continue
				}
				said := []string{res.Components[k].License.Declared}
				for _, e := range res.Components[k].Evidence {
					said = append(said, e.Expression)
				}
				if l := want.License.Concluded; l != "NONE" && l != "NOASSERTION" && !slices.Contains(said, l) {
					t.Errorf("%s %s: %s is under %q, want %q", f.Name, spec, want.Name, said, l)
				}
			}
		}
	}
}

type spdx3Document struct {
	Context string         `json:"@context"`
	Graph   []spdx3Element `json:"@graph"`
}
