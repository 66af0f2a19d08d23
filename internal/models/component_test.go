package models

import (
	"slices"
	"testing"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

func TestConclude(t *testing.T) {
	for _, tt := range []struct {
		name    string
		license string
		status  inventory.Status
	}{
		{"llama3.1", "LicenseRef-rukhsa-llama3.1", inventory.Assumed},
		{"mistralai/Mistral-7B-v0.1", "Apache-2.0", inventory.Assumed},
		{"ChatGPT", "LicenseRef-rukhsa-openai-tou-2024-12-11", inventory.Assumed},
		{"gpt-4o", "NOASSERTION", inventory.Unknown},
		{"google/medgemma-4b-it", "NOASSERTION", inventory.Unknown},         // nobody has read the terms
		{"google/gemma-4-9b", "NOASSERTION", inventory.Unknown},             // to be looked at
		{"somebody/Llama-3.1-8B", "NOASSERTION", inventory.Unknown},         // by the name alone
		{"somebody/my-llama-3.1-8b-tune", "NOASSERTION", inventory.Unknown}, // by a part of it
	} {
		m, ok := Resolve(tt.name)
		if !ok {
			t.Errorf("%s is not known", tt.name)
			continue
		}
		l := m.Conclude()
		if l.Concluded != tt.license || l.Status != tt.status || l.Reason == "" {
			t.Errorf("%s: %s %s %q", tt.name, l.Concluded, l.Status, l.Reason)
		}
	}
}

func TestServiceID(t *testing.T) {
	for name, want := range map[string]string{
		"gpt-4o":                    "pkg:generic/openai/gpt-4o?type=service",
		"openai/gpt-4o":             "pkg:generic/openai/gpt-4o?type=service",
		"models/gemini-1.5-pro":     "pkg:generic/google/gemini-1.5-pro?type=service",
		"claude-3-5-sonnet-latest":  "pkg:generic/anthropic/claude-3-5-sonnet-latest?type=service",
		"ft:gpt-4o-mini:acme::ab12": "pkg:generic/openai/gpt-4o-mini?type=service",
	} {
		m, ok := Resolve(name)
		if got := m.ServiceID(name); !ok || got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Built with Llama", "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved."}
	var got []string
	for _, l := range Lines(base, "MIT AND LicenseRef-rukhsa-llama3.1") {
		got = append(got, l.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, expression := range []string{"MIT", "NOASSERTION", "LicenseRef-nobody", "no expression (", "LicenseRef-rukhsa-tencent-hunyuan-large-aup"} {
		if got := Lines(base, expression); got != nil {
			t.Errorf("%s: %q", expression, got)
		}
	}
	// The clause lets either line stand.
	qwen := Lines(base, "LicenseRef-rukhsa-qwen")[0]
	for text, in := range map[string]bool{"Built with Qwen": true, "It was improved using Qwen.": true, "Made with Qwen": false} {
		if qwen.In(NewPlain(text)) != in {
			t.Errorf("%q in %q: %v", qwen, text, !in)
		}
	}
}

func TestCarries(t *testing.T) {
	const (
		llama = "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved."
		xai   = "Copyright © xAI [applicable year]."
		flux  = "The FLUX.1 [dev] Model is licensed by Black Forest Labs Inc."
	)
	for _, tt := range []struct {
		text, line string
		want       bool
	}{
		{"# Card\n\n**Built with Llama**\n", "Built with Llama", true},
		{"built\nwith llama", "Built with Llama", true},
		{"Built with Meta Llama 3", "Built with Llama", false},
		{"", "Built with Llama", false},
		{"Built with Llama", "", false},
		{"Llama 3.1 is licensed under the Llama 3.1 Community License,\nCopyright (c) Meta Platforms, Inc. All Rights Reserved.", llama, true},
		{"Llama 3.1 is licensed under the Llama 3.1 Community License.", llama, false},
		{"Copyright (c) xAI 2025.", xai, true},
		{"Copyright © xAI 2024, 2025.", xai, true},
		{"Copyright © xAI and many other people besides, as one can read elsewhere.", xai, false},
		{"Copyright © xAI then. Copyright © xAI 2025.", xai, true},
		{"the FLUX.1 [dev] model is licensed by Black Forest Labs Inc.", flux, true},
		{"the FLUX.1 model is licensed by Black Forest Labs Inc.", flux, false},
	} {
		if got := NewPlain(tt.text).carries(tt.line); got != tt.want {
			t.Errorf("%q in %q: %v", tt.line, tt.text, got)
		}
	}
}
