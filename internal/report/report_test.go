package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// cases are the reports that every format is tested with. Their names are the
// folders of testdata/report.
var cases = map[string]func() (*inventory.Inventory, *assess.Judgement){
	"empty":   func() (*inventory.Inventory, *assess.Judgement) { return &inventory.Inventory{}, &assess.Judgement{} },
	"typical": typical,
	"hostile": hostile,
}

func typical() (*inventory.Inventory, *assess.Judgement) {
	inv := &inventory.Inventory{
		Targets:  []inventory.Target{{Path: ".", Kind: "go-module"}},
		Go:       inventory.GoInfo{Release: "1.26", Cgo: "both", Loader: "native", Platforms: []string{"linux/amd64", "windows/amd64"}},
		Programs: []inventory.Program{{Root: "cmd/server", Package: "example.com/app/cmd/server", Component: "pkg:golang/example.com/app"}},
		Components: []inventory.Component{
			{ID: "pkg:golang/example.com/app", Kind: inventory.Code, Name: "example.com/app", Scope: inventory.Main,
				License: inventory.License{Concluded: "Apache-2.0", Status: inventory.OK}},
			{ID: "pkg:golang/example.com/gpl@v1.2.3", Kind: inventory.Code, Name: "example.com/gpl", Version: "v1.2.3", Scope: inventory.Linked,
				License:    inventory.License{Detected: "GPL-3.0-only", Concluded: "GPL-3.0-only", Status: inventory.OK, Basis: "text"},
				Evidence:   []inventory.Evidence{{Source: "license-file", Path: "LICENSE", Line: 1, Method: "text", Expression: "GPL-3.0-only", Coverage: 1, Digest: "sha256:aa", Role: "code"}},
				Copyrights: []string{"Copyright 2020 Somebody"}, Texts: []string{"sha256:aa"},
				LinkedBy: []inventory.Link{{Root: "cmd/server", Platforms: []string{"linux/amd64"}}}},
			{ID: "pkg:golang/example.com/same@v1.0.0", Kind: inventory.Code, Name: "example.com/same", Version: "v1.0.0", Scope: inventory.Linked,
				License: inventory.License{Concluded: "GPL-3.0-only", Status: inventory.OK},
				Evidence: []inventory.Evidence{
					{Source: "license-file", Path: "COPYING", Digest: "sha256:aa", Role: "code"},
					{Source: "notice-file", Path: "NOTICE", Digest: "sha256:bb", Role: "notice"},
				}},
			{ID: "pkg:golang/example.com/none@v0.3.0", Kind: inventory.Code, Name: "example.com/none", Version: "v0.3.0", Scope: inventory.Linked,
				License: inventory.License{Concluded: "NONE", Status: inventory.None}},
		},
		Errors: []diag.Problem{
			{Path: "example.com/w@v1.0.0", Kind: diag.Missing, Group: "module not in the cache", Message: "not in the module cache", Help: "go mod download", Platforms: []string{"windows/amd64", "windows/arm64"}},
			{Path: "example.com/v@v1.0.0", Kind: diag.Missing, Group: "module not in the cache", Message: "not in the module cache", Help: "go mod download", Platforms: []string{"windows/amd64"}},
			{Path: "go.sum", Kind: diag.Malformed, Message: "wrong number of fields", Line: 3, Help: "go mod tidy"},
		},
		NotExamined: []diag.NotExamined{
			{Path: "-lfoo", What: "C library", Why: "named by #cgo LDFLAGS"}, {Path: "-lbar", What: "C library", Why: "named by #cgo LDFLAGS"},
			{Path: "ui/dist", What: "embedded folder", Why: "go:embed"},
		},
		Texts: map[string]string{"sha256:aa": "\ufeffFirst line\r\n\tsecond\x1b[31m line \r\n\r\n", "sha256:bb": "A notice\n"},
	}
	j := &assess.Judgement{
		Project:    assess.Project{License: "Apache-2.0", Kind: "program"},
		Use:        assess.Use{Contexts: []string{"distribute-binary"}, Assumed: true},
		Components: make([]assess.Component, len(inv.Components)),
		Obligations: []assess.Obligation{{ID: "include-license-text/GPL-3.0-only", Type: "include-license-text", License: "GPL-3.0-only", Class: "do", Strength: "must",
			Components: []string{"pkg:golang/example.com/gpl@v1.2.3"}, Clause: "4", Text: "Give every recipient a copy of the license.", Status: "due"}},
		Actions: []assess.Action{
			{ID: "ship-notices", Do: "ship notices", Detail: "3 components", How: "rukhsa notice -o THIRD_PARTY_NOTICES.txt", Who: "release", Status: "due"},
			{ID: "old", Do: "never shown", Status: "met"},
		},
		Questions: []assess.Question{{Fact: "monthly_users", Why: "Llama 3.1 §2"}},
		Findings: []diag.Finding{
			{Code: "RKH1201", Severity: diag.Error, Component: "pkg:golang/example.com/none@v0.3.0", Message: "no license found"},
			{Code: "RKH1001", Severity: diag.Error, Component: "pkg:golang/example.com/gpl@v1.2.3", License: "GPL-3.0-only",
				Message:  "GPL-3.0-only in a distributed binary of an Apache-2.0 program",
				Location: diag.Loc{Target: ".", Path: "go.mod", Line: 14, Column: 1}, Help: "replace it",
				Paths: [][]string{{"example.com/app/cmd/server", "example.com/mid", "example.com/gpl"}}, Because: []string{"GPL-3.0 s5(c)"}},
			{Code: "RKH1002", Severity: diag.Note, Component: "pkg:golang/example.com/app", Message: "a note"},
			{Code: "RKH1003", Severity: diag.Warning, Component: "pkg:golang/example.com/same@v1.0.0", Message: "waived",
				Waived: &diag.Waiver{Reason: "agreed", Owner: "legal", Until: "2027-01-01"}},
		},
	}
	return inv, j
}

const nasty = "a\x1b]0;x\a\x7f\u0085\u202e\u200b\xff<script>|`::error::`\n=cmd|' /C calc'!A0"

// hostile puts hostile strings into every field that comes from outside.
func hostile() (*inventory.Inventory, *assess.Judgement) {
	inv, j := typical()
	for i := range inv.Components {
		c := &inv.Components[i]
		c.Name += nasty
		c.License.Concluded += nasty
		c.License.Reason = nasty
		c.Copyrights = []string{nasty}
	}
	inv.Programs[0].Root = nasty
	inv.Errors[2].Message = nasty
	inv.NotExamined[0].Path = nasty
	inv.Texts["sha256:aa"] = nasty
	j.Findings[0].Message = nasty
	j.Findings[1].Paths = [][]string{{nasty, nasty}}
	j.Findings[1].Location.Path = nasty
	j.Questions[0].Fact = nasty
	return inv, j
}

func build(name string) *Report {
	inv, j := cases[name]()
	h := Head{Tool: Tool{Name: "rukhsa", Version: "v0"}, Texts: true, Policy: Policy{Name: "default"}}
	return New(h, inv, j)
}

func render(t *testing.T, f Format, r *Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name := range cases {
		r := build(name)
		for _, f := range Formats() {
			file := filepath.Join("..", "..", "testdata", "report", name, "report."+f.Name)
			got := render(t, f, r, Options{})
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s: (-want +got)\n%s", file, d)
			}
		}
	}
}

// Every format is a function of the document: what is decoded renders to the
// same bytes, and valid documents hold no null list.
func TestConvert(t *testing.T) {
	var s map[string]any
	if err := json.Unmarshal(schema(), &s); err != nil {
		t.Fatal(err)
	}
	for name := range cases {
		r := build(name)
		var doc bytes.Buffer
		if err := writeJSON(&doc, r, Options{}); err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(doc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		for _, bad := range validate(name, s, v) {
			t.Error(bad)
		}
		back, err := Decode(&doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Formats() {
			for _, o := range []Options{{}, {Details: true}, {Color: true}} {
				if d := cmp.Diff(render(t, f, r, o), render(t, f, back, o)); d != "" {
					t.Errorf("%s, %s: decoded renders differently (-direct +decoded)\n%s", name, f.Name, d)
				}
			}
		}
	}
}

// No byte of a report can act on a terminal or hide text.
func TestNothingHidden(t *testing.T) {
	r := build("hostile")
	for _, f := range Formats() {
		for _, o := range []Options{{}, {Details: true}} {
			out := render(t, f, r, o)
			if !utf8.ValidString(out) {
				t.Errorf("%s: invalid UTF-8", f.Name)
			}
			for i, c := range out {
				if c != '\n' && c != '\t' && hidden(c) {
					t.Fatalf("%s: hidden character %U at %d: %q", f.Name, c, i, out[max(0, i-30):i+5])
				}
			}
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for name := range cases {
		want := render(t, Formats()[1], build(name), Options{})
		for range 20 {
			inv, j := cases[name]()
			rng.Shuffle(len(inv.Components), func(a, b int) {
				inv.Components[a], inv.Components[b] = inv.Components[b], inv.Components[a]
				j.Components[a], j.Components[b] = j.Components[b], j.Components[a]
			})
			rng.Shuffle(len(inv.Errors), func(a, b int) { inv.Errors[a], inv.Errors[b] = inv.Errors[b], inv.Errors[a] })
			rng.Shuffle(len(j.Findings), func(a, b int) { j.Findings[a], j.Findings[b] = j.Findings[b], j.Findings[a] })
			h := Head{Tool: Tool{Name: "rukhsa", Version: "v0"}, Texts: true, Policy: Policy{Name: "default"}}
			if d := cmp.Diff(want, render(t, Formats()[1], New(h, inv, j), Options{})); d != "" {
				t.Fatalf("%s: another order, another report (-want +got)\n%s", name, d)
			}
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", "not a JSON report"},
		{"{", "not a JSON report"},
		{"{}\n{}", "more than one JSON value"},
		{`{"schema": "other/v1"}`, `schema is "other/v1"`},
		{"{\n\"schema\": 3}", "line 2"},
		{`{"schema": "rukhsa/report/v1", "components": [3]}`, "line 1"},
	} {
		_, err := Decode(strings.NewReader(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Decode(%q): %v, want an error with %q", tt.in, err, tt.want)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestWriteErrors(t *testing.T) {
	r := build("typical")
	for _, f := range Formats() {
		if err := f.Write(fullDisk{}, r, Options{}); err == nil {
			t.Errorf("%s: a failed write is no error", f.Name)
		}
	}
}

func TestPlural(t *testing.T) {
	for _, tt := range []struct {
		n    int
		noun string
		want string
	}{
		{1, "module not in the cache", "1 module not in the cache"},
		{2, "module not in the cache", "2 modules not in the cache"},
		{2, "C library", "2 C libraries"},
		{3, "problem", "3 problems"},
		{0, "kind of error", "0 kinds of error"},
	} {
		if got := plural(tt.n, tt.noun); got != tt.want {
			t.Errorf("plural(%d, %q) = %q, want %q", tt.n, tt.noun, got, tt.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var doc bytes.Buffer
	inv, j := typical()
	if err := writeJSON(&doc, New(Head{}, inv, j), Options{}); err != nil {
		f.Fatal(err)
	}
	f.Add(doc.String())
	f.Add(`{"schema":"rukhsa/report/v1","components":[{"name":"\u001b[31m"}]}`)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Decode(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, f := range Formats() {
			if err := f.Write(io.Discard, r, Options{Details: true}); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	})
}
