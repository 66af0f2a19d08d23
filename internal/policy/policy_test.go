package policy

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

var update = flag.Bool("update", false, "rewrite the messages in testdata/policy")

func testBase(t testing.TB) *rulebase.Base {
	t.Helper()
	b, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const testDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// TestFaults compares every message of the wrong files in testdata/policy:
// NAME.yaml and beside it NAME.faults.
func TestFaults(t *testing.T) {
	base := testBase(t)
	file := filepath.Join("..", "..", "testdata", "policy", "faults.txtar")
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(ar.Files); i += 2 {
		in, want := ar.Files[i], &ar.Files[i+1]
		name := strings.TrimSuffix(in.Name, ".yaml")
		if want.Name != name+".faults" {
			t.Fatalf("%s: %s is not followed by %s.faults", file, in.Name, name)
		}
		_, err := Parse(in.Name, in.Data, base)
		if err == nil {
			t.Errorf("%s: no fault", name)
			continue
		}
		got := shorten(err.Error()+"\n", wordLists(base))
		if *update {
			want.Data = []byte(got)
		}
		if d := cmp.Diff(string(want.Data), got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", name, d)
		}
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// shorten replaces the closed lists of the rules, which grow, by their names.
func shorten(messages string, lists yamlpos.Lists) string {
	for name, words := range lists {
		messages = strings.ReplaceAll(messages, "valid: "+strings.Join(words, ", "), "valid: <each "+name+">")
	}
	return messages
}

// A license outside SPDX is known by its rule alone, and near names are found
// by what distinguishes them.
func TestOwnLicenses(t *testing.T) {
	base := testBase(t)
	own := ""
	for h := range base.Heads() {
		if strings.HasPrefix(h.ID, ownRef) {
			own = h.ID
		}
	}
	if own == "" {
		t.Fatal("no license outside SPDX in the rules")
	}
	if _, err := Parse("p.yaml", []byte("version: 1\nallow: ["+own+"]\n"), base); err != nil {
		t.Error(err)
	}
	_, err := Parse("p.yaml", []byte("version: 1\nallow: ["+own+"x]\n"), base)
	if want := `p.yaml:2:9: unknown license "` + own + `x"; did you mean "` + own + `"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = Parse("p.yaml", []byte("version: 1\nallow: [LicenseRef-rukhsa-000000000000]\n"), base)
	if want := `p.yaml:2:9: unknown license "LicenseRef-rukhsa-000000000000"`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestParse(t *testing.T) {
	base := testBase(t)
	for _, tt := range []struct {
		name, in string
		want     Policy
	}{
		{"least", "version: 1\n", Policy{}},
		{"project", `
version: 1
project:
  license: gpl-2.0+
  kind: service
  use: [network-service, internal-use]
  facts: {commercial: false, interactive: True, monthly_users: 700_000_000, annual_revenue_usd: 0, regions: [EU, NO]}
`, Policy{
			License: "GPL-2.0-or-later", Kind: "service", Use: []string{"network-service", "internal-use"},
			Facts: map[string]string{"commercial": "no", "interactive": "yes", "monthly_users": "700000000", "annual_revenue_usd": "0", "regions": "EU, NO"},
		}},
		{"proprietary, a list of one, empty lists", `
version: 1
project: {license: proprietary, facts: {regions: DE}}
allow:
deny: []
`, Policy{License: "proprietary", Facts: map[string]string{"regions": "DE"}}},
		{"choice", "version: 1\nproject: {license: mit or apache-2.0}\n", Policy{License: "MIT OR Apache-2.0"}},
		{"lists", `
version: 1
allow: [mit, {id: GPL-2.0 with classpath-exception-2.0}, {category: permissive}, {openness: open-source}, LicenseRef-acme]
deny: [AGPL-3.0, {category: non-commercial}]
`, Policy{
			Allow: []Entry{{License: "MIT"}, {License: "GPL-2.0-only WITH Classpath-exception-2.0"}, {Category: "permissive"}, {Openness: "open-source"}, {License: "LicenseRef-acme"}},
			Deny:  []Entry{{License: "AGPL-3.0-only"}, {Category: "non-commercial"}},
		}},
		{"clarify", `
version: 1
clarify:
  - {component: example.com/a, digest: "` + testDigest + `", license: mit, reason: read it}
  - component: pkg:golang/example.com/B@v1.2.3
    digest: none
    license: LicenseRef-acme OR MIT
    reason: the author wrote so
  - {component: example.com/c, versions: ">=v1.2.0 <v2.0.0", digest: none, license: ISC, reason: r}
  - {component: "pkg:huggingface/org/m@0123456789abcdef", digest: none, license: ISC, reason: r}
  - {digest: "` + testDigest + `", license: ISC, reason: r}
`, Policy{Clarifications: []Clarification{
			{Component: "example.com/a", Digest: testDigest, License: "MIT", Reason: "read it"},
			{Component: "example.com/B", Versions: []string{"v1.2.3"}, Digest: "none", License: "LicenseRef-acme OR MIT", Reason: "the author wrote so"},
			{Component: "example.com/c", Versions: []string{">=v1.2.0", "<v2.0.0"}, Digest: "none", License: "ISC", Reason: "r"},
			{Component: "pkg:huggingface/org/m", Versions: []string{"0123456789abcdef"}, Digest: "none", License: "ISC", Reason: "r"},
			{Digest: testDigest, License: "ISC", Reason: "r"},
		}}},
	} {
		got, err := Parse("dir/rukhsa.yaml", []byte(tt.in), base)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if tt.want.Default = DefaultProfile; len(tt.want.Allow) > 0 {
			tt.want.Default = DefaultDeny
		}
		tt.want.Name, tt.want.Path, tt.want.Digest = "rukhsa.yaml", "dir/rukhsa.yaml", digest([]byte(tt.in))
		opts := []cmp.Option{cmpopts.IgnoreUnexported(Policy{}), cmpopts.IgnoreTypes(Place{}), cmpopts.IgnoreFields(Policy{}, "Layers"), cmpopts.EquateEmpty()}
		if d := cmp.Diff(tt.want, *got, opts...); d != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, d)
		}
	}
}

// What Parse says of a position is where the value stands.
func TestPositions(t *testing.T) {
	p, err := Parse("rukhsa.yaml", []byte("version: 1\nallow:\n  - MIT\n  - {category: permissive}\nclarify:\n  - component: a\n    digest: none\n    license: MIT\n    reason: r\n"), testBase(t))
	if err != nil {
		t.Fatal(err)
	}
	got := []yamlpos.Pos{p.Allow[0].At.Pos, p.Allow[1].At.Pos, p.Clarifications[0].At.Pos}
	if d := cmp.Diff([]yamlpos.Pos{{Line: 3, Column: 5}, {Line: 4, Column: 5}, {Line: 6, Column: 5}}, got); d != "" {
		t.Error(d)
	}
}

func TestClarify(t *testing.T) {
	const other = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
	p, err := Parse("rukhsa.yaml", []byte(`
version: 1
clarify:
  - {component: example.com/a, versions: ">=v1.2.0 <v2.0.0", digest: "`+testDigest+`", license: MIT, reason: range}
  - {component: example.com/a, digest: none, license: ISC, reason: without text}
  - {component: example.com/b, versions: v1.4.*, digest: "`+testDigest+`", license: 0BSD, reason: prefix}
  - {component: "pkg:huggingface/org/m", digest: none, license: Apache-2.0, reason: model}
  - {component: example.com/d, versions: "v0.1.0", digest: "`+testDigest+`", license: Zlib, reason: exact}
`), testBase(t))
	if err != nil {
		t.Fatal(err)
	}
	one := []string{other, testDigest}
	for _, tt := range []struct {
		name, version  string
		digests        []string
		want, outdated string // reasons
	}{
		{"example.com/a", "v1.2.0", one, "range", "without text"},
		{"pkg:golang/example.com/a@v1.9.9", "", one, "range", "without text"},
		{"example.com/a", "v1.1.9", one, "", "without text"},
		{"example.com/a", "v2.0.0-rc.1", one, "range", "without text"},
		{"example.com/a", "v2.0.0", one, "", "without text"},
		{"example.com/a", "", one, "", "without text"},
		{"example.com/a", "v1.2.0", []string{other}, "", "range, without text"},
		{"example.com/a", "v1.2.0", nil, "without text", "range"},
		{"example.com/A", "v1.2.0", one, "", ""},
		{"example.com/b", "v1.4.7", one, "prefix", ""},
		{"example.com/b", "v1.40.0", one, "", ""},
		{"pkg:huggingface/org/m@abc", "abc", nil, "model", ""},
		{"example.com/d", "v0.1.0", one, "exact", ""},
		{"example.com/d", "v0.1.0", []string{other}, "", "exact"},
		{"example.com/d", "v0.1.1", []string{other}, "", ""},
	} {
		c, ok := p.Clarify(tt.name, tt.version, tt.digests)
		if c.Reason != tt.want || ok != (tt.want != "") {
			t.Errorf("Clarify(%s, %s, %d texts) = %q, %v, want %q", tt.name, tt.version, len(tt.digests), c.Reason, ok, tt.want)
		}
		var old []string
		for _, c := range p.Outdated(tt.name, tt.version, tt.digests) {
			old = append(old, c.Reason)
		}
		if got := strings.Join(old, ", "); got != tt.outdated {
			t.Errorf("Outdated(%s, %s, %d texts) = %q, want %q", tt.name, tt.version, len(tt.digests), got, tt.outdated)
		}
	}
}

func TestDefault(t *testing.T) {
	base := testBase(t)
	data, err := rules.FS.ReadFile(profilePath(defaultName))
	if err != nil {
		t.Fatal(err)
	}
	if faults := CheckProfile(profilePath(defaultName), data, base); len(faults) > 0 {
		t.Errorf("the built-in profile is wrong:\n%v", faults)
	}
	p := Default(base)
	if p.Name != "default" || p.Path != "" || p.Digest != digest(data) {
		t.Errorf("name %q, path %q, digest %q", p.Name, p.Path, p.Digest)
	}
	commercial := Default(base)
	commercial.Facts = map[string]string{"commercial": "yes"}
	for _, tt := range []struct {
		p                       *Policy
		category, kind, setting string
		want                    diag.Severity
	}{
		{p, "permissive", "code", "shipped", ""},
		{p, "weak-copyleft", "code", "shipped", ""},
		{p, "strong-copyleft", "code", "shipped", ""},
		{p, "strong-copyleft", "code", "test", diag.Note},
		{p, "source-available", "code", "shipped", diag.Error},
		{p, "source-available", "code", "served", diag.Error},
		{p, "source-available", "code", "tool", diag.Note},
		{p, "proprietary", "code", "shipped", diag.Error},
		{p, "unstated", "code", "shipped", diag.Error},
		{p, "unknown", "code", "shipped", diag.Error},
		{p, "unknown", "code", "test", diag.Note},
		{p, "use-restricted", "code", "shipped", diag.Error},
		{p, "use-restricted", "model", "shipped", diag.Warning},
		{p, "non-commercial", "code", "shipped", diag.Error},
		{p, "non-commercial", "model", "shipped", diag.Warning},
		{commercial, "non-commercial", "model", "shipped", diag.Error},
		{commercial, "research-only", "dataset", "shipped", diag.Error},
		{p, "non-commercial", "model", "referenced", diag.Note},
		{p, "no such category", "code", "shipped", diag.Error},
		{p, "permissive", "code", "no such setting", diag.Error},
	} {
		if got := tt.p.Severity(tt.category, tt.kind, tt.setting); got != tt.want {
			t.Errorf("%s %s %s: %q, want %q", tt.category, tt.kind, tt.setting, got, tt.want)
		}
	}
}

// Every word of Settings is a column of a profile.
func TestSettings(t *testing.T) {
	r := weights{Shipped: silent, Served: silent, Internal: silent, Test: silent, Tool: silent, Referenced: silent}
	for _, s := range Settings() {
		if got := r.severity(s); got != "" {
			t.Errorf("%s is no column", s)
		}
	}
}

func TestCheckProfile(t *testing.T) {
	base := testBase(t)
	data, err := rules.FS.ReadFile(profilePath(defaultName))
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	for _, tt := range []struct{ from, to, want string }{
		{"[public-domain, permissive,", "[public-domain,", `p.yaml: category "permissive" has no row without kinds and fact`},
		{"[strong-copyleft,", "[permissive, strong-copyleft,", `: a row above holds for every component of category "permissive": this one is never reached`},
		{"fact: commercial", "fact: rich", `unknown fact "rich"`},
		{"kinds: [model, dataset]", "kinds: [modl]", `unknown kind of component "modl"; did you mean "model"?; valid: code, dataset, model, service, asset`},
		{"shipped: error, served: error", "shipped: eror, served: error", `unknown severity "eror"; did you mean "error"?; valid: error, warning, note, silent`},
		{"tool: note, referenced: note", "referenced: note", `missing key "tool"`},
		{"[strong-copyleft,", "[strong-copylft,", `unknown category "strong-copylft"; did you mean "strong-copyleft"?`},
	} {
		bad := strings.Replace(good, tt.from, tt.to, 1)
		if bad == good {
			t.Fatalf("%q is not in the profile", tt.from)
		}
		if got := CheckProfile("p.yaml", []byte(bad), base).Error(); !strings.Contains(got, tt.want) {
			t.Errorf("%q for %q:\n%s\nwant %s", tt.to, tt.from, got, tt.want)
		}
	}
}

// Whatever a file holds, Parse gives a policy or faults with places in it, and
// what it accepts uses canonical licenses and known words only.
func FuzzParse(f *testing.F) {
	base := testBase(f)
	ar, err := txtar.ParseFile(filepath.Join("..", "..", "testdata", "policy", "faults.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range ar.Files {
		if strings.HasSuffix(file.Name, ".yaml") {
			f.Add(string(file.Data))
		}
	}
	f.Add("version: 1\nextends: [cncf]\nwaivers: [{finding: RKH1201, component: a/**, reason: r, owner: o, until: 2030-01-01}]\nfulfilled: [{action: ship-notices, note: n}]\n")
	f.Add("version: 1\nproject: {license: MIT, facts: {regions: [EU]}}\nallow: [MIT]\nclarify: [{digest: none, component: a, license: MIT, reason: r}]\n")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := Parse("p.yaml", []byte(s), base)
		if err != nil {
			faults, ok := err.(yamlpos.Faults)
			if !ok || p != nil {
				t.Fatalf("error %T with policy %v", err, p)
			}
			lines := strings.Count(s, "\n") + strings.Count(s, "\r") + 2 // the YAML reader may name the line after the last
			for _, f := range faults {
				if f.File != "p.yaml" || f.Message == "" || f.Pos.Line > lines {
					t.Errorf("%+v in a file of at most %d lines", f, lines)
				}
			}
			return
		}
		check := func(license string) {
			if license == "" || license == Proprietary {
				return
			}
			r := &reader{name: "p.yaml", base: base}
			if again := r.expression(text{Value: license}, ""); again != license || len(r.faults) > 0 {
				t.Errorf("license %q is not canonical: %q %v", license, again, r.faults)
			}
		}
		check(p.License)
		for _, e := range slices.Concat(p.Allow, p.Review, p.Deny) {
			check(e.License)
			if e.String() == "" {
				t.Errorf("empty entry at %v", e.At)
			}
		}
		for _, c := range p.Clarifications {
			check(c.License)
			if c.License == "" || c.Reason == "" || c.Digest == "" {
				t.Errorf("clarification without what it needs: %+v", c)
			}
		}
		for _, w := range p.Waivers {
			if w.Component == "" || w.Reason == "" || w.Owner == "" || len(w.Until) != len("2006-01-02") || w.Finding == "" && w.License == "" {
				t.Errorf("waiver without what it needs: %+v", w)
			}
		}
		for _, f := range p.Fulfilments {
			if (f.Obligation == "") == (f.Action == "") || f.How() == "" {
				t.Errorf("fulfilment without what it needs: %+v", f)
			}
		}
		for _, v := range p.Values() {
			if v.Key == "" || v.Set && v.Value == "" {
				t.Errorf("empty value %+v", v)
			}
		}
	})
}
