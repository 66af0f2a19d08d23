package report

import (
	"fmt"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// cases are the reports that every format is tested with. Their names are the
// folders of testdata/report.
var cases = map[string]func() (*inventory.Inventory, *assess.Judgement){
	"empty":   func() (*inventory.Inventory, *assess.Judgement) { return &inventory.Inventory{}, &assess.Judgement{} },
	"clean":   clean,
	"typical": typical,
	"large":   large,
	"hostile": hostile,
}

func build(name string) *Report {
	inv, j := cases[name]()
	return New(head(), inv, j)
}

func head() Head {
	return Head{Tool: Tool{Name: "rukhsa", Version: "v0"}, Texts: true, Policy: Policy{Name: "default"}}
}

const app = "pkg:golang/example.com/app"

func module(name, version, license string) inventory.Component {
	return inventory.Component{
		ID: "pkg:golang/" + name + "@" + version, Kind: inventory.Code, Name: name, Version: version, Scope: inventory.Linked,
		License:  inventory.License{Detected: license, Concluded: license, Status: inventory.OK, Basis: "text"},
		LinkedBy: []inventory.Link{{Root: "cmd/server", Platforms: []string{"linux/amd64"}}},
	}
}

func licenseFile(path, digest string) inventory.Evidence {
	return inventory.Evidence{Source: "license-file", Path: path, Line: 1, Method: "text", Coverage: 1, Digest: digest, Role: "code"}
}

// clean is a project without problems, in the smallest form.
func clean() (*inventory.Inventory, *assess.Judgement) {
	mit := module("example.com/router", "v1.4.0", "MIT")
	mit.Evidence = []inventory.Evidence{licenseFile("LICENSE", "sha256:aa")}
	inv := &inventory.Inventory{
		Targets:  []inventory.Target{{Path: ".", Kind: "go-module", Root: "."}},
		Go:       inventory.GoInfo{Release: "1.26", Cgo: "both", Loader: "native", Platforms: []string{"linux/amd64"}},
		Programs: []inventory.Program{{Root: ".", Package: "example.com/app", Component: app}},
		Components: []inventory.Component{
			{ID: app, Kind: inventory.Code, Name: "example.com/app", Scope: inventory.Main, License: inventory.License{Concluded: "MIT", Status: inventory.OK}},
			mit,
		},
		Texts: map[string]string{"sha256:aa": "Copyright (c) 2020 Somebody\n\nPermission is granted.\n"},
	}
	j := &assess.Judgement{
		Project: assess.Project{License: "MIT", Kind: "program"}, Use: assess.Use{Contexts: []string{"distribute-binary"}},
		Components: make([]assess.Component, 2),
		Obligations: []assess.Obligation{{ID: "include-license-text/MIT", Type: "include-license-text", License: "MIT", Class: "do", Strength: "must",
			Components: []string{mit.ID}, Clause: "para 2", Text: "Ship the permission text.", Status: "due"}},
		Actions: []assess.Action{{ID: "ship-notices", Do: "ship notices", How: "rukhsa notice -o THIRD_PARTY_NOTICES.txt", Who: "release", Detail: "1 MIT component",
			Satisfies: []string{"include-license-text/MIT"}, Components: []string{mit.ID}, Status: "due"}},
	}
	return inv, j
}

// typical has one of everything that a report can show.
func typical() (*inventory.Inventory, *assess.Judgement) {
	inv := typicalInventory()
	chosen := make([]assess.Component, len(inv.Components))
	for i, c := range inv.Components {
		if strings.Contains(c.License.Concluded, " OR ") {
			chosen[i].Choice = "MIT"
		}
		chosen[i].Category, chosen[i].LicenseOpenness = "permissive", "open-source"
		if c.Name == "example.com/own" {
			chosen[i].Apart = &assess.Apart{As: "excluded", Reason: "only named", Layer: "repository"}
		}
	}
	gpl, mpl := "pkg:golang/example.com/gpl@v1.2.3", "pkg:golang/example.com/mpl@v1.0.0"
	return inv, &assess.Judgement{
		Project: assess.Project{License: "Apache-2.0", Kind: "program"}, Use: assess.Use{Contexts: []string{"distribute-binary"}, Assumed: true},
		Components: chosen,
		Obligations: []assess.Obligation{
			{ID: "include-license-text/GPL-3.0-only", Type: "include-license-text", License: "GPL-3.0-only", Class: "do", Strength: "must",
				Components: []string{gpl, "pkg:golang/example.com/same@v1.0.0"}, Clause: "4", Text: "Give every recipient a copy of the license.", Status: "due"},
			{ID: "source/MPL-2.0", Type: "inform-source-location", License: "MPL-2.0", Class: "do", Strength: "must", Derived: true,
				Components: []string{mpl}, Clause: "3.2(a)", Text: "Tell those who get the binary how to get the source.", Status: "due"},
			{ID: "notice/MPL-2.0", Type: "retain-notices", License: "MPL-2.0", Class: "do", Strength: "must",
				Components: []string{mpl}, Clause: "3.4", Text: "Keep the notices.", Status: "met", MetBy: []string{"NOTICES.txt"}},
			{ID: "a-standing-one/MIT", Type: "no-endorsement", License: "MIT", Class: "dont", Strength: "must",
				Components: []string{gpl}, Clause: "para 2", Text: "Do not use names.", Status: "not-due"},
		},
		Actions: []assess.Action{
			{ID: "ship-notices", Do: "ship notices", Detail: "6 components", How: "rukhsa notice -o THIRD_PARTY_NOTICES.txt", Who: "release", Status: "due",
				Satisfies: []string{"include-license-text/GPL-3.0-only"}, Components: []string{gpl, mpl}},
			{ID: "point-to-source", Do: "point to source", Detail: "1 MPL-2.0 component", How: "in the notices", Who: "release", Status: "due",
				Satisfies: []string{"source/MPL-2.0"}, Components: []string{mpl}},
			{ID: "old", Do: "never shown", Status: "met"},
		},
		Questions: []assess.Question{{Fact: "monthly_users", Text: "How many monthly active users do all products have?", Why: "Llama 3.1 §2", IfYes: "Ask for a license."}},
		Findings: []diag.Finding{
			{Code: "RKH1201", Severity: diag.Error, Component: "pkg:golang/example.com/none@v0.3.0", Message: "no license found"},
			{Code: "RKH1001", Severity: diag.Error, Component: gpl, License: "GPL-3.0-only",
				Message:  "GPL-3.0-only in a distributed binary of an Apache-2.0 program",
				Location: diag.Loc{Target: ".", Path: "go.mod", Line: 14, Column: 1}, Help: "replace it",
				Paths:   [][]string{{"example.com/app/cmd/server", "example.com/app/plugins", "example.com/mid", "example.com/low", "example.com/gpl"}},
				Because: []string{"GPL-3.0 s5(c)"}, Related: []diag.Loc{{Path: "LICENSE"}}},
			{Code: "RKH1002", Severity: diag.Note, Component: app, Message: "a note"},
			{Code: "RKH6002", Severity: diag.Warning, Message: "an entry matched nothing", Location: diag.Loc{Path: "rukhsa.yaml", Line: 3}, Known: true},
			{Code: "RKH1003", Severity: diag.Warning, Component: "pkg:golang/example.com/same@v1.0.0", Message: "waived",
				Waived: &diag.Waiver{Reason: "agreed", Owner: "legal", Until: "2027-01-01", Layer: "repository"}},
		},
	}
}

func typicalInventory() *inventory.Inventory {
	gpl := module("example.com/gpl", "v1.2.3", "GPL-3.0-only")
	gpl.Direct, gpl.Copyrights = true, []string{"Copyright 2020 Somebody"}
	gpl.Evidence = []inventory.Evidence{licenseFile("LICENSE", "sha256:aa")}
	gpl.Locations = []diag.Loc{{Path: "go.mod", Line: 14}}
	gpl.Paths = [][]string{{"example.com/app/cmd/server", "example.com/mid", "example.com/gpl"}}
	same := module("example.com/same", "v1.0.0", "GPL-3.0-only")
	same.Evidence = []inventory.Evidence{
		licenseFile("COPYING", "sha256:a2"), {Source: "notice-file", Path: "NOTICE", Digest: "sha256:bb", Role: "notice"},
	}
	none := module("example.com/none", "v0.3.0", "NONE")
	none.License.Status = inventory.None
	odd := module("example.com/odd", "v0.1.0", "NOASSERTION")
	odd.License.Status, odd.License.Reason = inventory.Unknown, "LICENSE: line 3: terms that no license explains"
	odd.Evidence = []inventory.Evidence{licenseFile("LICENSE", "sha256:cc")}
	mpl := module("example.com/mpl", "v1.0.0", "MPL-2.0")
	mpl.ReplacedBy = "example.com/fork@v1.0.1"
	mpl.Evidence = []inventory.Evidence{licenseFile("LICENSE", "sha256:dd")}
	either := module("example.com/either", "v2.0.0", "MIT OR Apache-2.0")
	either.Evidence = []inventory.Evidence{licenseFile("LICENSE-APACHE", "sha256:ee"), licenseFile("LICENSE-MIT", "sha256:ff")}
	own := module("example.com/own", "v1.0.0", "LicenseRef-own")
	own.Evidence = []inventory.Evidence{{Source: "readme", Path: "README.md", Line: 9, Method: "label", Expression: "LicenseRef-own", Digest: "sha256:bb"}}
	std := module("std", "1.26.1", "BSD-3-Clause")
	std.Evidence = []inventory.Evidence{{Source: "registry", Path: "LICENSE", Method: "digest", Digest: "sha256:dd"}}
	inv := &inventory.Inventory{
		Targets:  []inventory.Target{{Path: ".", Kind: "go-module", Root: "."}},
		Go:       inventory.GoInfo{Release: "1.26", Cgo: "both", Loader: "native", Platforms: []string{"linux/amd64", "windows/amd64"}},
		Programs: []inventory.Program{{Root: "cmd/server", Package: "example.com/app/cmd/server", Component: app}},
		Components: []inventory.Component{
			{ID: app, Kind: inventory.Code, Name: "example.com/app", Scope: inventory.Main, License: inventory.License{Concluded: "Apache-2.0", Status: inventory.OK},
				Evidence: []inventory.Evidence{{Source: "notice-file", Path: "NOTICE", Digest: "sha256:ab", Role: "notice"}}},
			{ID: app + "#third/party", Kind: inventory.Code, Name: "example.com/app/third/party", Scope: inventory.Bundled,
				License:    inventory.License{Concluded: "MPL-2.0", Status: inventory.OK, Basis: "text"},
				Evidence:   []inventory.Evidence{licenseFile("third/party/LICENSE", "sha256:dd")},
				Copyrights: []string{"Copyright \xa9 1998 An\xefs"}},
			gpl, same, none, odd, mpl, either, own, std,
		},
		Errors: []diag.Problem{
			{Path: "example.com/w@v1.0.0", Kind: diag.Missing, Group: "module not in the cache", Message: "not in the module cache", Help: "go mod download", Platforms: []string{"windows/amd64", "windows/arm64"}},
			{Path: "example.com/v@v1.0.0", Kind: diag.Missing, Group: "module not in the cache", Message: "not in the module cache", Help: "go mod download", Platforms: []string{"windows/amd64"}},
			{Path: "go.sum", Kind: diag.Malformed, Message: "wrong number of fields", Line: 3, Help: "go mod tidy"},
		},
		NotExamined: []diag.NotExamined{
			{Path: "-lfoo", What: "C library", Why: "named by #cgo in a"}, {Path: "-lfoo", What: "C library", Why: "named by #cgo in b"},
			{Path: "-lbar", What: "C library", Why: "named by #cgo in a"},
			{Path: "ui/dist/a", What: "embedded file", Why: "go:embed"}, {Path: "ui/dist/js/b", What: "embedded file", Why: "go:embed"},
			{Path: "lib.syso", What: "object file", Why: "linked in without its source"},
		},
		Texts: map[string]string{
			"sha256:aa": "\ufeffFirst line\r\n\tsecond\x1b[31m line \r\n\r\n", "sha256:a2": "First line\n  second\x1b[31m  line\n",
			"sha256:ab": "app\nCopyright 2026 We\n", "sha256:bb": "A notice\n", "sha256:cc": "Odd terms \xa9 \x93so\x94\n", "sha256:dd": "\nMPL\n",
			"sha256:ee": "Apache\f\n", "sha256:ff": "MIT\n",
		},
	}
	for _, c := range inv.Components {
		for i := range c.Evidence {
			if e := &c.Evidence[i]; e.Source == "license-file" {
				e.Expression = c.License.Concluded
			}
		}
	}
	return inv
}

// large has more of everything than the text shows.
func large() (*inventory.Inventory, *assess.Judgement) {
	inv, j := typical()
	for i := range 300 {
		c := module(fmt.Sprintf("example.com/a/rather/long/module/path/number-%03d", i), "v0.0.0-20260101000000-0123456789ab", fmt.Sprintf("License-%d", i%17))
		inv.Components = append(inv.Components, c)
		j.Components = append(j.Components, assess.Component{})
		inv.Programs = append(inv.Programs, inventory.Program{Root: fmt.Sprintf("cmd/program-%03d", i), Package: fmt.Sprintf("example.com/app/cmd/program-%03d", i), Component: app})
		inv.Errors = append(inv.Errors, diag.Problem{Path: fmt.Sprintf("file-%03d", i), Kind: diag.Unreadable, Message: "permission denied", Help: strings.Repeat("make it readable ", 9)})
		inv.NotExamined = append(inv.NotExamined, diag.NotExamined{Path: c.Name + "/embedded", What: fmt.Sprintf("thing %d", i%9), Why: "go:embed"})
		j.Findings = append(j.Findings, diag.Finding{
			Code: "RKH1202", Severity: diag.Error, Component: c.ID, Message: "LICENSE: " + strings.Repeat("a long quotation ", 30),
			Location: diag.Loc{Path: "go.mod", Line: i + 1}, Paths: [][]string{{"example.com/app/cmd/server", "example.com/app/internal/a/deep/folder", "example.com/x", "example.com/y", c.Name}},
			Help: "state what you know under clarify in the policy, or replace it",
		})
		j.Actions = append(j.Actions, assess.Action{ID: fmt.Sprint(i), Do: fmt.Sprintf("do thing %d", i), Detail: "300 components", How: "as the license asks", Status: "confirm"})
		j.Questions = append(j.Questions, assess.Question{Fact: fmt.Sprintf("fact_%03d", i), Text: strings.Repeat("Is it so? ", 12), Why: "License-1 §1, License-2 §2"})
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
	j.Questions[0].Text = nasty
	j.Actions[0].How = nasty
	return inv, j
}
