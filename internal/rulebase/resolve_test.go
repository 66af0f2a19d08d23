package rulebase

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/truthtest"
	"github.com/rukhsa/rukhsa/rules"
)

// resolves: as a license, or as a family that says what it may be.
func resolves(b *Base, name string) bool {
	_, license := b.Lookup(name)
	_, family := b.Family(name)
	return license != family
}

func TestHuggingFaceIDs(t *testing.T) {
	b := testBase(t)
	ids := truthtest.Rows(t, "ai/hf-license-ids.tsv")
	if len(ids) != 83 {
		t.Errorf("%d ids, want 83", len(ids))
	}
	for _, row := range ids {
		if !resolves(b, row[0]) {
			t.Errorf("%s does not resolve", row[0])
		}
		if h, _ := b.Lookup(row[0]); row[2] != "" && h.ID != row[2] {
			t.Errorf("%s is %q, not %s", row[0], h.ID, row[2])
		}
	}
}

// What cards write beside "license: other" resolves.
func TestOtherNames(t *testing.T) {
	b := testBase(t)
	n := 0
	for _, row := range truthtest.Rows(t, "ai/license-facts.tsv") {
		_, name, ok := strings.Cut(row[1], "other (")
		name, _, closed := strings.Cut(name, ")")
		if !ok || !closed {
			continue
		}
		n++
		if !resolves(b, name) {
			t.Errorf("%s: %q does not resolve", row[0], name)
		}
	}
	if n < 20 {
		t.Errorf("%d names", n)
	}
}

// The AI licenses whose texts are known resolve by the slug of the text.
func TestTextSlugs(t *testing.T) {
	b := testBase(t)
	for _, row := range truthtest.Rows(t, "ai/license-texts/index.tsv") {
		slug, _, _ := strings.Cut(row[0], "--")
		_, own := b.Lookup("LicenseRef-rukhsa-" + strings.ReplaceAll(slug, "+", "plus"))
		_, alias := b.Lookup(slug)
		want := !strings.Contains(slug, "-aup") && !strings.HasSuffix(slug, "-policy")
		switch slug {
		case "nvidia-open-model-overlay": // the address of the license and no text
			want = false
		case "apple-mobileclip-data": // the text of another license
			_, own = b.Lookup("CC-BY-NC-ND-4.0")
		}
		if got := own || alias; got != want {
			t.Errorf("%s: resolves %v", slug, got)
		}
	}
}

// What the tables of detection name resolves.
func TestDetectIDs(t *testing.T) {
	b := testBase(t)
	families := map[string]bool{}
	for h := range b.Heads() {
		families[h.Family] = true
	}
	for _, table := range []struct {
		name     string
		kind, id int // columns; kind -1: all rows name licenses
	}{{"detect/names.tsv", -1, 1}, {"detect/phrases.tsv", 0, 1}, {"detect/embeds.tsv", -1, 0}, {"detect/embeds.tsv", -1, 1}} {
		data, err := fs.ReadFile(rules.FS, table.name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			c := strings.Split(strings.TrimRight(line, "\n"), "\t")
			if strings.HasPrefix(line, "#") || len(c) <= table.id || c[table.id] == "" {
				continue
			}
			id, kind := c[table.id], "license"
			if table.kind >= 0 {
				kind = c[table.kind]
			}
			switch kind {
			case "family", "formula":
				for _, f := range strings.Split(id, "|") {
					_, label := b.Family(f)
					if _, ok := b.Lookup(f); !families[f] && !ok && !label {
						t.Errorf("%s: %s is no family", table.name, f)
					}
				}
			case "exception":
				if h, ok := b.Lookup(id); (!ok || !h.Exception) && !strings.HasPrefix(id, "AdditionRef-") {
					t.Errorf("%s: %s is no exception", table.name, id)
				}
			default:
				for _, word := range strings.Fields(strings.NewReplacer("(", " ", ")", " ").Replace(id)) {
					if _, ok := b.Lookup(word); !ok && word != "AND" && word != "OR" && word != "WITH" {
						t.Errorf("%s: %s: %s does not resolve", table.name, kind, word)
					}
				}
			}
		}
	}
}
