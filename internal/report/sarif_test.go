package report

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

func sarifRunOf(t *testing.T, out string) sarifRun {
	t.Helper()
	var doc sarifLog
	fromJSON(t, out, &doc)
	if len(doc.Runs) != 1 || doc.Version != "2.1.0" {
		t.Fatalf("%d runs of version %q", len(doc.Runs), doc.Version)
	}
	return doc.Runs[0]
}

// What GitHub asks of a file; the official validator is `make conformance`.
func TestSARIF(t *testing.T) {
	for name, r := range samples() {
		run := sarifRunOf(t, render(t, format(t, "sarif"), r, Options{}))
		if run.Invocations[0].Successful != r.Complete {
			t.Errorf("%s: successful is %v, complete is %v", name, run.Invocations[0].Successful, r.Complete)
		}
		waived := 0
		for i, res := range run.Results {
			if res.RuleIndex < 0 || run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID {
				t.Errorf("%s: result %d: rule %d is not %s", name, i, res.RuleIndex, res.RuleID)
			}
			if res.Message.Text == "" {
				t.Errorf("%s: result %d says nothing", name, i)
			}
			for _, l := range append(res.Locations, res.Related...) {
				uri, reg := l.Physical.Artifact.URI, l.Physical.Region
				u, err := url.Parse(uri)
				if err != nil || u.IsAbs() || u.Host != "" || uri == "" || strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "../") || u.Fragment != "" || u.RawQuery != "" {
					t.Errorf("%s: result %d: uri %q (%v)", name, i, uri, err)
				}
				if reg.StartLine < 1 || reg.EndLine < reg.StartLine || reg.StartColumn < 1 || reg.EndLine == reg.StartLine && reg.EndColumn <= reg.StartColumn {
					t.Errorf("%s: result %d: region %+v", name, i, reg)
				}
			}
			if res.Suppressions != nil {
				waived += len(*res.Suppressions)
			}
		}
		if waived != r.Summary.Findings.Waived {
			t.Errorf("%s: %d suppressions for %d waivers", name, waived, r.Summary.Findings.Waived)
		}
	}
}

// Each code is a rule whose texts GitHub takes: none is empty or too long.
func TestSARIFRules(t *testing.T) {
	rules := sarifRules(build("empty"))
	if len(rules) != len(diag.Codes()) {
		t.Fatalf("%d rules for %d codes", len(rules), len(diag.Codes()))
	}
	for i, d := range diag.Codes() {
		if rules[i].ID != string(d.Code) || rules[i].Configuration.Level != string(d.Severity) {
			t.Errorf("rule %d is %s %s, want %s %s", i, rules[i].ID, rules[i].Configuration.Level, d.Code, d.Severity)
		}
		for _, s := range []string{rules[i].ShortDescription.Text, rules[i].FullDescription.Text, rules[i].Help.Text} {
			if n := len(utf16.Encode([]rune(s))); n == 0 || n > maxRuleText {
				t.Errorf("%s: a text of %d units", d.Code, n)
			}
		}
		if tags := rules[i].Properties["tags"].([]string); len(tags) != 2 {
			t.Errorf("%s: its area has no name: %v", d.Code, tags)
		}
	}
	r := build("empty")
	r.Findings = []diag.Finding{{Code: "RKH9999", Severity: "worse"}, {Code: "RKH9999"}, {Code: "x"}}
	if rules = sarifRules(r); len(rules) != len(diag.Codes())+2 {
		t.Errorf("%d rules with two codes of another version", len(rules))
	}
}

// A file with more results than GitHub takes says so, and keeps the worst.
func TestSARIFLimit(t *testing.T) {
	r := build("empty")
	r.Findings = make([]diag.Finding, maxResults+3)
	for i := range r.Findings {
		r.Findings[i] = diag.Finding{Code: diag.NoLicense, Severity: diag.Error, Message: "m"}
	}
	run := sarifRunOf(t, render(t, format(t, "sarif"), r, Options{}))
	if len(run.Results) != maxResults || !strings.Contains(run.Invocations[0].Notifications[0].Message.Text, "3 more findings") {
		t.Errorf("%d results, %+v", len(run.Results), run.Invocations[0].Notifications)
	}
}

func TestSARIFEscape(t *testing.T) {
	for in, want := range map[string]string{
		"a [b] c":        "a [b] c",
		"[x](1) [y]":     `\[x\](1) \[y\]`,
		"{0} {a} {12}":   "{{0}} {a} {{12}}",
		`[x](1) a\b`:     `\[x\](1) a\\b`,
		"nothing at all": "nothing at all",
	} {
		if got := sarifEscape(in); got != want {
			t.Errorf("sarifEscape(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"v1.2.3": "1.2.3", "v1.2.3-rc.1+dirty": "1.2.3-rc.1", "(devel)": "0.0.0", "": "0.0.0", "v0.0.0-20260101000000-0123456789ab": "0.0.0-20260101000000-0123456789ab",
	} {
		if got := sarifVersion(in); got != want {
			t.Errorf("sarifVersion(%q) = %q, want %q", in, got, want)
		}
	}
	if got := units("a😀b", 2); got != "a…" {
		t.Errorf("units: %q", got)
	}
}

// Places are told as the repository's root sees them.
func TestSpotOf(t *testing.T) {
	loc := diag.Loc{Target: "./cmd/server", Path: "go.mod", Line: 7, Column: 2, EndLine: 7, EndColumn: 30}
	for _, tt := range []struct {
		name    string
		dir     string
		targets []inventory.Target
		f       diag.Finding
		want    spot
	}{
		{"a package of the module here", ".", []inventory.Target{{Path: "./cmd/server", Kind: "go-module", Root: "."}}, diag.Finding{Location: loc}, spot{"go.mod", 7, 2, 7, 30}},
		{"the same in a folder of the repository", "services/api", []inventory.Target{{Path: "./cmd/server", Kind: "go-module", Root: "."}}, diag.Finding{Location: loc}, spot{"services/api/go.mod", 7, 2, 7, 30}},
		{"a module above", "services/api/cmd", []inventory.Target{{Path: "./cmd/server", Kind: "go-module", Root: ".."}}, diag.Finding{Location: loc}, spot{"services/api/go.mod", 7, 2, 7, 30}},
		{"outside the repository", "x", []inventory.Target{{Path: "./cmd/server", Kind: "go-module"}}, diag.Finding{Location: loc}, spot{"go.mod", 7, 2, 7, 30}},
		{"the policy above", "services/api", nil, diag.Finding{Location: diag.Loc{Path: "../../rukhsa.yaml", Line: 3}}, spot{"rukhsa.yaml", 3, 1, 3, 2}},
		{"no place", "services", []inventory.Target{{Path: "api", Kind: "go-module", Root: "api"}}, diag.Finding{}, spot{"services/api/go.mod", 1, 1, 1, 2}},
		{"no place in a workspace", ".", []inventory.Target{{Path: ".", Kind: "go-workspace", Root: "."}}, diag.Finding{}, spot{"go.work", 1, 1, 1, 2}},
		{"no place in a program", ".", []inventory.Target{{Path: "bin/server", Kind: "go-binary", Root: "bin"}}, diag.Finding{}, spot{"bin/server", 1, 1, 1, 2}},
		{"no place, no target", "", nil, diag.Finding{}, spot{"go.mod", 1, 1, 1, 2}},
		{"its component's place", ".", []inventory.Target{{Path: ".", Kind: "go-module", Root: "."}}, diag.Finding{Component: "pkg:x"}, spot{"sub/go.mod", 4, 1, 4, 2}},
		{"a path that leads out", ".", nil, diag.Finding{Location: diag.Loc{Path: "/etc/../../passwd"}}, spot{"passwd", 1, 1, 1, 2}},
		{"an end before the start", ".", nil, diag.Finding{Location: diag.Loc{Path: "a", Line: 9, Column: 5, EndLine: 3, EndColumn: 1}}, spot{"a", 9, 5, 9, 6}},
	} {
		r := &Report{Dir: tt.dir, Targets: tt.targets, Components: []Component{{Facts: Facts{ID: "pkg:x", Locations: []diag.Loc{{Target: ".", Path: "sub/go.mod", Line: 4}}}}}}
		if got := newTeller(r).spotOf(&tt.f); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestSARIFCategory(t *testing.T) {
	target := func(paths ...string) *Report {
		r := &Report{Dir: "."}
		for _, p := range paths {
			r.Targets = append(r.Targets, inventory.Target{Path: p})
		}
		return r
	}
	for want, r := range map[string]*Report{"rukhsa/": target("."), "rukhsa/cmd/server/": target("./cmd/server"), "rukhsa/cmd/": target("./cmd/...")} {
		if got := sarifCategory(r); got != want {
			t.Errorf("category %q, want %q", got, want)
		}
	}
	r := target("/home/me/repo/api")
	r.Dir, r.Targets[0].Root = "web", "../api"
	if got := sarifCategory(r); got != "rukhsa/api/" {
		t.Errorf("category %q of an absolute target", got)
	}
	a, b := sarifCategory(target("a", "b")), sarifCategory(target("a", "c"))
	if a == b || !strings.HasSuffix(a, "/") {
		t.Errorf("two uploads of one category: %q, %q", a, b)
	}
}
