package lctest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// restricted names the texts of licenses that limit who may use a work or for
// what.
var restricted = regexp.MustCompile(`NC|NonCommercial|Prosperity|PolyForm|CommonsClause|Hippocratic|JSON|SSPL|CPOL`)

// limiting tells a sentence that limits what a license allows from one that only
// describes.
var limiting = regexp.MustCompile(`(?i)\b(not|only|prohibited|without|unless|restrict|restricted|non-?commercial|prior written|terminate|terminates)\b`)

// sentenceEnd is where a sentence, a list's item or a paragraph ends.
var sentenceEnd = regexp.MustCompile(`[.;]\s+|\n\s*\n`)

// Restrictive cuts sentences that limit something out of the texts of restricted
// licenses: licensecheck's, and those of AI licenses in a folder where it is there.
func Restrictive(t testing.TB, dir string) []string {
	t.Helper()
	var texts []string
	for _, s := range Texts(t) {
		if restricted.MatchString(s.Name) {
			texts = append(texts, string(s.Body))
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && !strings.Contains(f, "openmdw") && !strings.Contains(f, "--") {
			texts = append(texts, string(b))
		}
	}
	var out []string
	for _, text := range texts {
		for _, s := range sentenceEnd.Split(text, -1) {
			s = strings.TrimLeft(strings.Join(strings.Fields(s), " "), "#*- ")
			if n := len(strings.Fields(s)); n >= 6 && n <= 60 && limiting.MatchString(s) {
				out = append(out, s)
			}
		}
	}
	return out
}
