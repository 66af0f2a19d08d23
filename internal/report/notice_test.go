package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// Every component that leaves the house is named, every text of it stands in
// the notices once, and the words of NOTICE files are kept.
func TestNoticeIsComplete(t *testing.T) {
	r := build("typical")
	out := render(t, noticeFormat(t), r, Options{})
	for _, c := range NoticeComponents(r) {
		name := Label(&c.Facts)
		if c.Name == "std" {
			name = "Go standard library 1.26.1"
		}
		if !strings.Contains(out, "\n"+name+"\n    License: ") {
			t.Errorf("%s is not listed", name)
		}
	}
	for _, s := range []string{"First line", "Odd terms © “so”", "MPL", "Apache", "MIT\n\n=", "A notice", "Copyright 2026 We"} {
		if n := strings.Count(out, "\n"+s); n != 1 {
			t.Errorf("the text that begins with %q stands there %d times", s, n)
		}
	}
	for _, s := range []string{
		"License: MIT OR Apache-2.0, used under MIT", "License: LicenseRef-own", "License: NONE (no license was found)",
		"License: NOASSERTION (LICENSE: line 3", "Source: go mod download example.com/fork@v1.0.1", "    Copyright © 1998 Anïs",
		"THIS LIST IS NOT COMPLETE",
	} {
		if !strings.Contains(out, s) {
			t.Errorf("the notices do not say %q", s)
		}
	}
	missing, _, _ := strings.Cut(out[strings.Index(out, "No license text was found"):], "=")
	for _, name := range []string{"example.com/none v0.3.0", "example.com/own v1.0.0"} {
		if !strings.Contains(missing, name) {
			t.Errorf("%s is not among those without a text:\n%s", name, missing)
		}
	}
	if strings.Contains(missing, "example.com/gpl") {
		t.Errorf("example.com/gpl has a text:\n%s", missing)
	}
}

func noticeFormat(t *testing.T) Format {
	t.Helper()
	f, ok := LookupFormat("notice")
	if !ok {
		t.Fatal("no notice format")
	}
	return f
}

func TestSourceOf(t *testing.T) {
	for _, tt := range []struct {
		c    inventory.Component
		want string
	}{
		{inventory.Component{ID: "pkg:golang/a.b/c@v1.0.0", Name: "a.b/c", Version: "v1.0.0"}, "go mod download a.b/c@v1.0.0"},
		{inventory.Component{ID: "pkg:golang/a.b/c@v1.0.0", Name: "a.b/c", Version: "v1.0.0", ReplacedBy: "d.e/f@v2.0.0"}, "go mod download d.e/f@v2.0.0"},
		{inventory.Component{ID: "pkg:golang/a.b/c", Name: "a.b/c", ReplacedBy: "./third/c"}, "with the source of the program"},
		{inventory.Component{ID: "pkg:golang/a.b/c@v1.0.0#x/y", Name: "a.b/c/x/y", Version: "v1.0.0"}, "go mod download a.b/c@v1.0.0, folder x/y"},
		{inventory.Component{ID: "pkg:golang/a.b/c#x/y", Name: "a.b/c/x/y"}, "with the source of the program, folder x/y"},
	} {
		if got := sourceOf(&Component{Facts: tt.c}); got != tt.want {
			t.Errorf("source of %s: %q, want %q", tt.c.ID, got, tt.want)
		}
	}
}

// The actions that the notices serve are named in the rules.
func TestSourceActions(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range sourceActions {
		if !slices.ContainsFunc(base.Actions(), func(a rulebase.Action) bool { return a.ID == id }) {
			t.Errorf("the rules have no action %q", id)
		}
	}
}
