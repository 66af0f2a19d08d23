package fingerprint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/truthtest"
)

// A labelled text is a text and the ids that are right for it.
type labelled struct {
	name string
	ids  []string
	body []byte
}

// cells reads the rows of a tab-separated file.
func cells(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != '#' {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

const rules = "../../../rules"

// aiTexts reads the AI license texts where they are.
func aiTexts(t *testing.T) []labelled {
	t.Helper()
	dir := truthtest.Path(t, "ai", "license-texts")
	// The texts of other licenses among them, by what stands before the --.
	others := map[string]string{"apache-2.0": "Apache-2.0", "mit": "MIT"}
	given := map[string]string{}
	for _, row := range cells(t, rules+"/detect/fingerprints.tsv") {
		given[row[0]] = row[1]
	}
	var list []labelled
	for _, row := range cells(t, filepath.Join(dir, "index.tsv"))[1:] {
		body, err := os.ReadFile(filepath.Join(dir, row[0]+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		slug, _, _ := strings.Cut(row[0], "--")
		id := "LicenseRef-rukhsa-" + strings.ReplaceAll(slug, "+", "plus")
		if g := given[row[0]]; g != "" && g != "-" {
			id = g
		} else if g == "-" {
			id = others[slug]
		}
		list = append(list, labelled{row[0], []string{id}, body})
	}
	return list
}

// spdxTexts reads the texts of the SPDX list where they are: the live ids.
func spdxTexts(t *testing.T) []labelled {
	t.Helper()
	dir := os.Getenv("RUKHSA_SPDX_TEXTS")
	if dir == "" {
		t.Skip("no SPDX texts: RUKHSA_SPDX_TEXTS names the folder licenses of the npm package spdx-license-list")
	}
	var list []labelled
	for _, row := range cells(t, rules+"/spdx/licenses.tsv") {
		if row[2] == "1" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, row[0]+".json"))
		if err != nil {
			continue // newer than the package
		}
		var license struct {
			LicenseText string `json:"licenseText"`
		}
		if err := json.Unmarshal(data, &license); err != nil {
			t.Fatal(err)
		}
		list = append(list, labelled{row[0], []string{row[0]}, []byte(license.LicenseText)})
	}
	if len(list) == 0 {
		t.Fatalf("%s has no texts", dir)
	}
	return list
}

// A tally counts answers.
type tally struct {
	right, ambiguous, wrong, none int
	extra                         int // right, and other ids beside
	notes                         []string
}

// add judges the answer to a text: right if one match has one of its ids and
// nothing speaks for another; wrong if all say something else.
func (a *tally) add(text *labelled, found []Match) {
	var is *Match
	for i := range found {
		m := &found[i]
		if slices.ContainsFunc(append([]string{m.ID}, m.Twins...), func(id string) bool { return slices.Contains(text.ids, id) }) {
			is = m
		}
	}
	note := ""
	switch {
	case is != nil && len(is.Rivals) == 0:
		a.right++
		if len(found) > 1 {
			a.extra++
			a.notes = append(a.notes, fmt.Sprintf("extra %s: %s", text.name, show(found)))
		}
		return
	case is != nil || slices.ContainsFunc(found, func(m Match) bool { return len(m.Rivals) > 0 }):
		a.ambiguous++
		note = "ambiguous"
	case len(found) == 0:
		a.none++
		note = "none"
	default:
		a.wrong++
		note = "WRONG"
	}
	a.notes = append(a.notes, fmt.Sprintf("%s %s: %s", note, text.name, show(found)))
}

func (a *tally) total() int { return a.right + a.ambiguous + a.wrong + a.none }

func (a *tally) String() string {
	return fmt.Sprintf("right %d (%d with others beside), ambiguous %d, wrong %d, none %d of %d", a.right, a.extra, a.ambiguous, a.wrong, a.none, a.total())
}

// judge finds the licenses of changed texts.
func judge(t *testing.T, list []labelled, c change) *tally {
	t.Helper()
	x := Open()
	a := &tally{}
	for i := range list {
		text := c.apply(seeded(list[i].name), bytes.Clone(list[i].body))
		a.add(&list[i], find(t, x, list[i].name, text))
	}
	t.Logf("%s: %v\n%s", c.name, a, strings.Join(a.notes, "\n"))
	return a
}

// corpusChanges are the changes in which texts of the corpora have to be found.
func corpusChanges() []change {
	return append(slices.Clone(layouts[:7]), copyrighted, misspelt, replaced)
}

// TestAI: every AI license text gets its id, changed or not.
func TestAI(t *testing.T) {
	list := aiTexts(t)
	for _, c := range corpusChanges() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, list, c)
			if a.wrong > 0 || a.right < a.total() && c.name == layouts[0].name || a.right*100 < 98*a.total() {
				t.Errorf("%v", a)
			}
		})
	}
}

// TestSPDX: every text of the SPDX list gets its id or that of a twin.
func TestSPDX(t *testing.T) {
	list := spdxTexts(t)
	for _, c := range corpusChanges() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a := judge(t, list, c)
			if a.wrong > 0 || a.right*100 < 98*a.total() {
				t.Errorf("%v", a)
			}
		})
	}
}

// TestExplained: the texts that the table is made of are explained, each by its
// own entry and all of it.
func TestExplained(t *testing.T) {
	x := Open()
	for _, list := range [][]labelled{aiTexts(t), spdxTexts(t)} {
		for _, text := range list {
			m, ok := x.Compare(text.body, text.ids[0])
			if strings.Contains(text.name, "--") {
				continue // another license's text
			}
			if !ok || m.Lost != 0 || len(m.Spans) != 1 {
				t.Errorf("%s: %d of %d words explained, missing %v", text.name, m.Explained, m.Words, m.Missing)
			}
		}
	}
}

// TestPolicies: acceptable-use policies are what they are, and of a license that
// the table has.
func TestPolicies(t *testing.T) {
	x := Open()
	n := 0
	for _, text := range aiTexts(t) {
		for _, m := range x.Find(text.body) {
			if m.Kind != Policy {
				continue
			}
			n++
			if len(m.Of) == 0 || slices.ContainsFunc(m.Of, func(id string) bool { return !x.Has(id) }) {
				t.Errorf("%s belongs to %v", m.ID, m.Of)
			}
		}
	}
	if n < 10 {
		t.Errorf("%d policies", n)
	}
}

var speaksOfRights = regexp.MustCompile(`(?i)licen[sc]e|permi(?:t|ssion)|copyright`)

// TestModules: what is found in the README files and change logs of a module
// cache are license texts, and their files say so.
func TestModules(t *testing.T) {
	dir := os.Getenv("RUKHSA_MODULES")
	if dir == "" {
		t.Skip("no module cache to look at: RUKHSA_MODULES names it")
	}
	x := Open()
	files, matches := 0, 0
	for _, pattern := range []string{"*/*/*/README*", "*/*/*/CHANGELOG*", "*/*/*/CONTRIBUTING*", "*/*/*/*.go"} {
		list, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range list {
			text, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			files++
			for _, m := range find(t, x, file, text) {
				matches++
				if !speaksOfRights.Match(text) {
					t.Errorf("%s: %s, and nothing in it speaks of a license", file, show([]Match{m}))
				}
				t.Logf("%s: %s", file, show([]Match{m}))
			}
		}
	}
	t.Logf("%d matches in %d files", matches, files)
}
