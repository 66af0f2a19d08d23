package conclude_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/truthtest"
)

// plain are the texts that second files stand beside, and their licenses.
var plain = []struct{ sample, id string }{
	{"MIT.t1", "MIT"}, {"Apache-2.0.t1", "Apache-2.0"}, {"BSD-3-Clause.t1", "BSD-3-Clause"}, {"GPL-3.0.t1", "GPL-3.0-only"}, {"MPL-2.0.t1", "MPL-2.0"},
}

// file is a file that may stand beside a license; text gives what is in it.
type file struct {
	name string
	text string // with %s for what is said
}

var seconds = []file{
	{"ADDITIONAL_TERMS.txt", "%s."},
	{"ADDITIONAL-TERMS.md", "# Additional terms\n\n%s.\n"},
	{"LICENSE-COMMERCIAL", "%s.\n"},
	{"LICENSE.addendum", "Addendum\n\n%s."},
	{"COMMONS-CLAUSE", "%s\n"},
	{"TERMS.md", "## Terms\n\n- %s.\n"},
	{"USE_POLICY.md", "# Use policy\n\n%s.\n"},
	{"RESTRICTIONS.txt", "%s."},
	{"NOTICE", "foo\nCopyright 2020 The Foo Authors\n\n%s.\n"},
	{"NOTICE.txt", "%s.\n"},
	{"README.md", "# foo\n\nA library.\n\n## License\n\nMIT.\n\n%s.\n\n## Thanks\n\nTo all.\n"},
	{"README.rst", "foo\n===\n\nLicense\n-------\n\nSee the LICENSE file. %s.\n"},
	{"README", "# foo\n\n# Copyright and license\n\n%s.\n"},
}

// TestRestrictionsBeside puts sentences of restricted licenses into a second file
// of the tree: the tree must not pass as the plain license.
func TestRestrictionsBeside(t *testing.T) {
	s := scanner(t)
	sentences := lctest.Restrictive(t, filepath.Join(truthtest.Root(t), "ai", "license-texts"))
	r := rand.New(rand.NewPCG(5, 6))
	each := 200
	if testing.Short() {
		each = 40
	}
	n, bad := 0, 0
	for _, p := range plain {
		body := string(lctest.Text(t, p.sample).Body)
		for range each {
			sentence, f := sentences[r.IntN(len(sentences))], seconds[r.IntN(len(seconds))]
			for strings.Contains(letters(body), letters(sentence)) {
				sentence = sentences[r.IntN(len(sentences))] // the license says it itself
			}
			n++
			got := treeOf(s, map[string]string{"LICENSE": body, f.name: fmt.Sprintf(f.text, sentence)})
			if got.Concluded == p.id {
				if bad++; bad <= 40 {
					t.Errorf("%s beside %s: %s for %q", f.name, p.sample, got.Concluded, sentence)
				}
			}
		}
	}
	t.Logf("%d of %d pass as the plain license; %d sentences", bad, n, len(sentences))
}

// TestHarmlessBeside: what such files usually say takes no license away.
func TestHarmlessBeside(t *testing.T) {
	s := scanner(t)
	r := rand.New(rand.NewPCG(7, 8))
	said := []string{
		"foo\nCopyright 2020 The Foo Authors",
		"This product includes software developed at Example Corp. (https://example.com/).",
		"Released under the same terms; see the LICENSE file for details",
		"Copyright (c) 2019-2024 Ada Lovelace and contributors",
		"The logo and brand assets are excluded from the license",
		"Unless you explicitly state otherwise, any contribution that you submit is licensed as above",
		"The full text of the license is in the file LICENSE",
		"foo is a trademark of Example Corp",
		"Use and transfer of it may be subject to certain restrictions by the United States and other governments",
		"The country in which you currently reside may have restrictions on the import, possession, use, and/or re-export to another country, of encryption software",
		"Thanks to everyone who has helped",
		"This project does not require a CLA from its contributors",
		"foo has no affiliation with and is not endorsed by Example Corp",
		"Portions of the code are subject to the additional licenses found in THIRD_PARTY_LICENSES",
	}
	names := []file{seconds[8], seconds[9], seconds[10], seconds[11], {"README.md", "# foo\n\nYou must not use it on Mars.\n\n## License\n\n%s.\n\n## Limits\n\nIt is not for commercial ships.\n"}}
	n, bad := 0, 0
	for range 100 {
		for _, p := range plain {
			f, sentence := names[r.IntN(len(names))], said[r.IntN(len(said))]
			n++
			got := treeOf(s, map[string]string{"LICENSE": string(lctest.Text(t, p.sample).Body), f.name: fmt.Sprintf(f.text, sentence)})
			if got.Concluded != p.id {
				if bad++; bad <= 40 {
					t.Logf("%s beside %s with %q: %s, %s", f.name, p.sample, sentence, got.Concluded, got.Reason)
				}
			}
		}
	}
	t.Logf("%d of %d harmless second files lost the license", bad, n)
	if bad*100 > n {
		t.Errorf("%d of %d harmless second files lost the license", bad, n)
	}
}

// letters are the letters of a text in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}

func treeOf(s *detect.Scanner, files map[string]string) inventory.License {
	res := s.Tree(detect.TreeInput{Tree: fsx.NewMap(files), Root: "."})
	return conclude.Tree(res, s).License
}

// TestPoliciesBeside: a use policy belongs to the licenses that refer to it, and
// changes any other.
func TestPoliciesBeside(t *testing.T) {
	s := scanner(t)
	read := func(name string) string {
		b, err := os.ReadFile(truthtest.Path(t, "ai", "license-texts", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	license, policy := read("llama3.1"), read("llama3.1-aup")
	if got := treeOf(s, map[string]string{"LICENSE": license, "USE_POLICY.md": policy}); got.Status != inventory.OK {
		t.Errorf("with its own policy: %s %s: %s", got.Status, got.Concluded, got.Reason)
	}
	if got := treeOf(s, map[string]string{"LICENSE": string(lctest.Text(t, "MIT.t1").Body), "USE_POLICY.md": policy}); got.Status != inventory.Unknown {
		t.Errorf("MIT with a foreign policy: %s %s", got.Status, got.Concluded)
	}
}
