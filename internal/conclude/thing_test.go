package conclude_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

// said is a statement of README.md on line 2; the words are its value, its name
// and its link.
func said(source string, words ...string) conclude.Statement {
	s := conclude.Statement{Path: "README.md", Statement: artifact.Statement{Source: source, Line: 2, Value: words[0]}}
	if source == "model-file" {
		s.Path = "model.gguf"
	}
	if len(words) > 1 {
		s.Name = words[1]
	}
	if len(words) > 2 {
		s.Link = words[2]
	}
	return s
}

func guessed(s conclude.Statement) conclude.Statement {
	s.Guessed = true
	return s
}

// written is a text: one of licensecheck's ("MIT.t1"), of the shared folder
// ("ai/gemma"), or the content itself.
func written(path, source, role, text string) conclude.TextOf {
	return conclude.TextOf{Path: path, Source: source, Role: role, Digest: text}
}

// known is a layer that is not here and whose digest a table knows.
func known(expr string) conclude.TextOf {
	return conclude.TextOf{Path: "sha256-00", Source: "layer", Role: "code", Digest: "sha256:00", Known: expr}
}

// TestModel concludes models from what is said of them.
func TestModel(t *testing.T) {
	list := func(s ...conclude.Statement) []conclude.Statement { return s }
	texts := func(x ...conclude.TextOf) []conclude.TextOf { return x }
	file := func(name string) conclude.TextOf { return written("LICENSE", "license-file", "code", name) }
	prompt := func(words string) conclude.TextOf {
		return written("README.md (extra_gated_prompt)", "card", "code", words)
	}
	const (
		asks   = "To access this model you are required to review and agree to its usage license. Requests are processed immediately.\n"
		limits = "You agree to not use the model to conduct experiments that cause harm to human subjects.\n"
	)
	layer := func(name string) conclude.TextOf { return written("sha256-01", "layer", "code", name) }
	for _, tt := range []struct {
		name   string
		says   []conclude.Statement
		texts  []conclude.TextOf
		want   string // status, expression
		reason string // words of it, "|" between
	}{
		{"nothing", nil, nil, "none NONE", ""},
		{"an empty field", list(said("card", "")), nil, "none NONE", ""},
		{"card", list(said("card", "apache-2.0")), nil, "ok Apache-2.0", ""},
		{"case and spaces", list(said("card", " Apache-2.0 ")), nil, "ok Apache-2.0", ""},
		{"free text", list(said("card", "Apache License 2.0")), nil, "ok Apache-2.0", ""},
		{"sentence", list(said("card", "This model is licensed under the Apache License, Version 2.0.")), nil, "unknown NOASSERTION", "This model"},
		{"address as the value", list(said("card", "https://www.apache.org/licenses/LICENSE-2.0")), nil, "ok Apache-2.0", ""},
		{"address beside", list(said("card", "other", "", "https://www.apache.org/licenses/LICENSE-2.0")), nil, "ok Apache-2.0", ""},
		{"path beside", list(said("card", "other", "", "LICENSE")), nil, "unknown NOASSERTION", "README.md|other"},
		{"path to nothing", list(said("card", "other", "own-terms", "LICENSE.md")), nil, "unknown NOASSERTION", "own-terms|LICENSE.md, is not there"},
		{"path to an unknown text", list(said("card", "other", "", "LICENSE")), texts(file("You may not use this software for any purpose without our permission.\n")), "unknown NOASSERTION", "LICENSE: "},
		{"deprecated id", list(said("card", "GPL-3.0")), nil, "ok GPL-3.0-only", ""},
		{"expression", list(said("card", "MIT OR Apache-2.0")), nil, "ok MIT OR Apache-2.0", ""},
		{"AI license", list(said("card", "llama3.1")), nil, "ok LicenseRef-rukhsa-llama3.1", ""},
		{"other, known name", list(said("card", "other", "gemma")), nil, "ok LicenseRef-rukhsa-gemma", ""},
		{"other, unknown name", list(said("card", "other", "my-own-terms")), nil, "unknown NOASSERTION", "README.md|my-own-terms"},
		{"a word", list(said("card", "my-own-terms")), nil, "unknown NOASSERTION", "my-own-terms"},
		{"only a name", list(said("card", "", "gemma")), nil, "ok LicenseRef-rukhsa-gemma", ""},
		{"family", list(said("card", "openrail")), nil, "unknown NOASSERTION", "openrail stands for several|bigscience-openrail-m,"},
		{"family and its member", list(said("card", "openrail"), said("model-file", "creativeml-openrail-m")), nil, "ok LicenseRef-rukhsa-creativeml-openrail-m", ""},
		{"family and another license", list(said("card", "openrail"), said("model-file", "mit")), nil, "disagree NOASSERTION", "MIT, openrail"},
		{"family and another text", list(said("card", "gpl")), texts(file("MIT.t1")), "disagree NOASSERTION", "LICENSE|README.md|MIT, gpl"},
		{"other and weights", list(said("card", "other"), said("model-file", "llama2")), nil, "ok LicenseRef-rukhsa-llama2", ""},
		{"a word and weights", list(said("card", "my-own-terms"), said("model-file", "mit")), nil, "unknown NOASSERTION", "my-own-terms"},
		{"two in a list", list(said("card", "mit"), said("card", "cc-by-4.0")), nil, "ok MIT AND CC-BY-4.0", ""},
		{"list, one unknown", list(said("card", "mit"), said("card", "my-own-terms")), nil, "unknown NOASSERTION", "my-own-terms"},
		{"list, first unknown", list(said("card", "my-own-terms"), said("card", "mit")), nil, "unknown NOASSERTION", "my-own-terms"},
		{"card and weights agree", list(said("card", "mit"), said("model-file", "MIT")), nil, "ok MIT", ""},
		{"card and weights differ", list(said("card", "mit"), said("model-file", "gpl-3.0")), nil, "disagree NOASSERTION", "README.md and model.gguf|MIT, GPL-3.0-only"},
		{"card and tag differ", list(said("tag", "cc-by-nc-4.0"), said("card", "mit")), nil, "disagree NOASSERTION", "MIT, CC-BY-NC-4.0"},
		{"three differ", list(said("card", "apache-2.0"), said("model-file", "gpl-3.0"), said("tag", "mit")), texts(file("MIT.t1")), "disagree NOASSERTION", "LICENSE, README.md, and model.gguf say different things: MIT, Apache-2.0, GPL-3.0-only"},
		{"layer and weights differ", list(said("model-file", "mit")), texts(known("LicenseRef-rukhsa-llama3.2")), "disagree NOASSERTION", "sha256-00 and model.gguf say different things: LicenseRef-rukhsa-llama3.2, MIT"},
		{"a guess alone", list(guessed(said("card", "mit"))), nil, "ok MIT", ""},
		{"a guess beside a card", list(guessed(said("card", "gpl-3.0")), said("card", "mit")), nil, "ok MIT", ""},
		{"a guess beside a text", list(guessed(said("card", "gpl-3.0"))), texts(file("MIT.t1")), "ok MIT", ""},

		{"text alone", nil, texts(file("MIT.t1")), "ok MIT", ""},
		{"card and text agree", list(said("card", "mit")), texts(file("MIT.t1")), "ok MIT", ""},
		{"card and text differ", list(said("card", "mit")), texts(file("Apache-2.0.t1")), "disagree NOASSERTION", "LICENSE and README.md|Apache-2.0, MIT"},
		{"other and text", list(said("card", "other")), texts(file("ai/gemma")), "ok LicenseRef-rukhsa-gemma", ""},
		{"unknown text", list(said("card", "mit")), texts(file("You may not use this software for any purpose without our permission.\n")), "unknown NOASSERTION", "LICENSE: "},
		{"known and unknown text", nil, texts(file("MIT.t1"), written("LICENSE-2", "license-file", "code", "You may not use this software for any purpose without our permission.\n")), "unknown NOASSERTION", "LICENSE-2: "},
		{"text that is none", list(said("card", "mit")), texts(file("Weights of a small model.\n")), "ok MIT", ""},
		{"notice", list(said("card", "mit")), texts(written("NOTICE", "notice-file", "notice", "Apache-2.0.t1")), "ok MIT", ""},
		{"third-party texts", list(said("card", "mit")), texts(written("THIRD_PARTY", "license-file", "third-party", "Apache-2.0.t1")), "ok MIT", ""},
		{"code and parameters", nil, texts(file("Apache-2.0.t1"), written("LICENSE-MODEL", "license-file", "parameters", "MIT.t1")), "ok MIT", ""},
		{"a card about the parameters", list(said("card", "apache-2.0")), texts(file("Apache-2.0.t1"), written("LICENSE-MODEL", "license-file", "parameters", "MIT.t1")), "disagree NOASSERTION", "LICENSE-MODEL and README.md"},
		{"data of a model", nil, texts(written("LICENSE-DATA", "license-file", "data", "MIT.t1")), "none NONE", ""},
		{"two layers", nil, texts(layer("MIT.t1"), layer("Apache-2.0.t1")), "ok MIT AND Apache-2.0", ""},
		{"layer and its policy", nil, texts(layer("ai/llama3.2"), layer("ai/llama3.2-aup")), "ok LicenseRef-rukhsa-llama3.2", ""},
		{"policy alone", nil, texts(known("LicenseRef-rukhsa-llama3.2-aup")), "none NONE", ""},
		{"digest", nil, texts(known("LicenseRef-rukhsa-llama3.2")), "ok LicenseRef-rukhsa-llama3.2", ""},
		{"digest and its policy", nil, texts(known("LicenseRef-rukhsa-llama3.2"), known("LicenseRef-rukhsa-llama3.2-aup")), "ok LicenseRef-rukhsa-llama3.2", ""},
		{"unknown digest", list(said("model-file", "mit")), texts(known("")), "unknown NOASSERTION", "sha256-00: "},
		{"asked before access", list(said("card", "gemma")), texts(prompt(asks)), "ok LicenseRef-rukhsa-gemma", ""},
		{"asked before access to open weights", list(said("card", "mit")), texts(prompt(asks)), "ok MIT", ""},
		{"the gist before access", list(said("card", "gemma")), texts(prompt(limits)), "ok LicenseRef-rukhsa-gemma", ""},
		{"limits before access to open weights", list(said("card", "mit")), texts(prompt(limits)), "unknown NOASSERTION", "extra_gated_prompt"},
		{"terms before access alone", nil, texts(prompt(limits)), "unknown NOASSERTION", "extra_gated_prompt"},
		{"the license before access", list(said("card", "llama3.1")), texts(prompt("ai/llama3.1")), "ok LicenseRef-rukhsa-llama3.1", ""},
		{"another license before access", list(said("card", "mit")), texts(prompt("ai/llama3.1")), "disagree NOASSERTION", "MIT|llama3.1"},
		{"text before layer", nil, texts(known("GPL-3.0-only"), file("MIT.t1")), "disagree NOASSERTION", "LICENSE and sha256-00"},
	} {
		t.Run(tt.name, func(t *testing.T) { testThing(t, inventory.Model, tt.says, tt.texts, tt.want, tt.reason) })
	}
	t.Run("data of a dataset", func(t *testing.T) {
		testThing(t, inventory.Dataset, nil, texts(written("LICENSE-DATA", "license-file", "data", "MIT.t1")), "ok MIT", "")
	})
	t.Run("parameters of a dataset", func(t *testing.T) {
		testThing(t, inventory.Dataset, nil, texts(written("LICENSE-MODEL", "license-file", "parameters", "MIT.t1")), "none NONE", "")
	})
}

func testThing(t *testing.T, kind inventory.Kind, says []conclude.Statement, texts []conclude.TextOf, want, reason string) {
	s := scanner(t)
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for i := range texts {
		if x := &texts[i]; !strings.HasPrefix(x.Digest, "sha256:") {
			x.Text = classified(t, s, x.Digest)
			x.Digest = x.Text.Digest
		}
	}
	res := conclude.Model(conclude.Thing{Kind: kind, Statements: says, Texts: texts}, base, s)
	if got := string(res.License.Status) + " " + res.License.Concluded; got != want {
		t.Errorf("got %s, want %s (%s)", got, want, res.License.Reason)
	}
	for _, word := range strings.Split(reason, "|") {
		if !strings.Contains(res.License.Reason, word) || reason == "" && res.License.Reason != "" {
			t.Errorf("the reason is %q, without %q", res.License.Reason, word)
		}
	}
	if strings.Contains(res.License.Concluded+res.License.Detected, "-aup") {
		t.Errorf("a policy is taken for a license: %+v", res.License)
	}
	if n := len(says) + len(texts); len(res.Evidence) != n && (n == 0 || len(says) == 0 || says[0].Value+says[0].Name != "") {
		t.Errorf("%d statements and %d pieces of evidence", n, len(res.Evidence))
	}
	checkResult(t, res)
}

func classified(t *testing.T, s *detect.Scanner, name string) *detect.Text {
	t.Helper()
	switch slug, ai := strings.CutPrefix(name, "ai/"); {
	case ai:
		body, err := os.ReadFile(truthtest.Path(t, "ai", "license-texts", slug+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		return s.Text(body)
	case strings.Contains(name, "\n"):
		return s.Text([]byte(name))
	}
	return s.Text(lctest.Text(t, name).Body)
}

// Where a statement stands is kept, and how it was understood.
func TestModelEvidence(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	res := conclude.Model(conclude.Thing{Kind: inventory.Model, Statements: []conclude.Statement{
		said("card", "other", "", "https://www.apache.org/licenses/LICENSE-2.0"), said("model-file", "apache-2.0"),
	}, Texts: []conclude.TextOf{known("Apache-2.0")}}, base, scanner(t))
	var got []string
	for _, e := range res.Evidence {
		got = append(got, strings.Join([]string{e.Source, e.Path, e.Method, e.Expression}, " "))
	}
	want := "layer sha256-00 digest Apache-2.0, card README.md url Apache-2.0, model-file model.gguf label Apache-2.0"
	if strings.Join(got, ", ") != want || res.Evidence[1].Line != 2 {
		t.Errorf("got %q, want %q", got, want)
	}
	if l := res.License; l.Declared != "Apache-2.0" || l.Detected != "Apache-2.0" || l.Basis != "text" {
		t.Errorf("%+v", l)
	}
}
