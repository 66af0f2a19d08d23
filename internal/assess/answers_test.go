package assess_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/assess"
)

// Every part, benefit and group of risks has a story in which it is there, one in
// which it is not and one that leaves it open, each with the fact that decides.
func TestEveryAnswer(t *testing.T) {
	ar, err := txtar.ParseFile(filepath.Join("..", "..", "testdata", "assess", "answers.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := parseStory("answers", string(ar.Files[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	j, err := s.judge(testBase(t))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	add := func(what, answer, why string) {
		if why == "" {
			t.Errorf("%s: %s, without the fact that decides", what, answer)
		}
		seen[what+" "+answer] = true
	}
	for i, c := range j.Components {
		name := s.inv.Components[i].Name
		check := func(what, answer, why string) {
			add(what, answer, why)
			short := what[strings.LastIndexByte(what, ' ')+1:]
			if want, ok := strings.CutPrefix(name[strings.IndexAny(name, "/-")+1:], short+"-"); ok && want != answer {
				t.Errorf("%s: %s is %s (%s)", name, what, answer, why)
			}
		}
		for _, p := range c.Parts {
			check("part "+p.Part, p.Present, p.Why)
		}
		for _, b := range c.Benefits {
			check("benefit "+b.Name, b.Answer, b.Why)
		}
		for group, answer := range riskAnswers(c.Risks) {
			check("risk "+group, answer[0], answer[1])
		}
	}
	for _, what := range []string{
		"part code", "part dataset", "part parameters",
		"benefit transparency", "benefit customisation", "benefit collaboration", "benefit ease of access",
		"risk security", "risk privacy", "risk misuse", "risk provenance",
	} {
		for _, answer := range []string{"yes", "no", "unknown"} {
			if !seen[what+" "+answer] {
				t.Errorf("no story in which %s is %s", what, answer)
			}
		}
	}
}

// riskAnswers says of each group whether a signal was found, with its evidence:
// that terms exclude no use is the answer no of misuse.
func riskAnswers(risks []assess.Risk) map[string][2]string {
	out := map[string][2]string{}
	for _, r := range risks {
		answer := "yes"
		switch {
		case slices.Contains([]string{"none", "no-use-limits"}, r.Signal):
			answer = "no"
		case r.Signal == "unknown":
			answer = "unknown"
		}
		if old := out[r.Group]; old[0] == "" || answer == "yes" {
			out[r.Group] = [2]string{answer, fmt.Sprint(r.Evidence)}
		}
	}
	return out
}
