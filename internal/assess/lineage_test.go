package assess_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// over judges a model under one license that was made from one under another,
// by another publisher, and lists the findings on its lineage.
func over(t *testing.T, base *rulebase.Base, own, of, relation string) (codes []diag.Code, j *assess.Judgement) {
	t.Helper()
	kind := "model"
	if strings.Contains(relation, "dataset") {
		kind = "dataset"
	}
	s, err := parseStory("over", fmt.Sprintf("found | acme/base | %s | kind=%s hub text\nfound | someone/result | %s | kind=model hub text from=%s:acme/base\n", of, kind, own, relation))
	if err != nil {
		t.Fatal(err)
	}
	j = mustJudge(t, s, base)
	for _, f := range j.Findings {
		if f.Component == "pkg:huggingface/someone/result" && strings.HasPrefix(string(f.Code), "RKH200") && f.Code <= diag.OutputTraining {
			codes = append(codes, f.Code)
		}
	}
	return codes, j
}

// For every license with a rule: what is made from a work under it and stays
// under it is no drift; what is put under MIT never goes by in silence where the
// license limits or keeps anything; and no result is more open than its base.
func TestLineageOfEveryLicense(t *testing.T) {
	base := testBase(t)
	for h := range base.Heads() {
		if h.Exception || h.File == "" || h.Deprecated {
			continue
		}
		l, err := base.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		closed := l.Category == "proprietary" || l.Category == "no-derivatives"
		same, _ := over(t, base, h.ID, h.ID, "finetune")
		if len(same) > 0 && !closed {
			t.Errorf("%s over itself: %v", h.ID, same)
		}
		mit, j := over(t, base, "MIT", h.ID, "finetune")
		if free(l) && l.Copyleft.Scope == "none" {
			for _, c := range mit {
				if c != diag.BaseRelabelled {
					t.Errorf("MIT over %s: %v", h.ID, mit)
				}
			}
			continue
		}
		if len(mit) != 1 || mit[0] != diag.LicenseDrift && mit[0] != diag.LineageCheck {
			t.Errorf("MIT over %s: %v", h.ID, mit)
		}
		if !free(l) && j.Components[1].Openness == "open-source" {
			t.Errorf("MIT over %s: open source", h.ID)
		}
	}
}

// Training on data under open terms without a copyleft is silent; any other data
// is at least a question.
func TestDataOfEveryLicense(t *testing.T) {
	base := testBase(t)
	for h := range base.Heads() {
		if h.Exception || h.File == "" || h.Deprecated {
			continue
		}
		l, err := base.License(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		codes, _ := over(t, base, "MIT", h.ID, "dataset")
		allowed := l.Train != nil && l.Train.Answer == "yes"
		switch {
		case free(l) || allowed:
			if len(codes) > 0 {
				t.Errorf("MIT on data under %s: %v", h.ID, codes)
			}
		case len(codes) != 1 || codes[0] != diag.LineageCheck && codes[0] != diag.OutputTraining:
			t.Errorf("MIT on data under %s: %v", h.ID, codes)
		}
	}
}

func free(l *rulebase.License) bool {
	return l.Category == "public-domain" || l.Category == "permissive" || l.Category == "data-permissive"
}
