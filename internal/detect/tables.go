package detect

import (
	"fmt"
	"io/fs"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// detectorName says what a name of licensecheck's stands for, where it is not
// the SPDX id that it looks like.
type detectorName struct {
	expression string
	kind       string // kindLicense, kindAddendum, kindPatents
}

const (
	kindLicense  = "license"
	kindAddendum = "addendum" // terms that are added to a license and change what it allows
	kindPatents  = "patents"  // a grant of patents beside a license
	kindPolicy   = "policy"   // a use policy that a license refers to
	kindContent  = "content"  // a license of pictures or documentation, named beside that of the code
)

// The roles of files: what their statement is about.
const (
	roleCode       = "code"
	roleNotice     = "notice"
	rolePatents    = "patents"
	roleThirdParty = "third-party"
	rolePolicy     = "policy"
)

func readNames(rules fs.FS) (map[string]detectorName, error) {
	names := map[string]detectorName{}
	err := rulebase.Rows(rules, "detect/names.tsv", 3, func(c []string) error {
		switch c[2] {
		case kindLicense, kindAddendum, kindPatents:
		default:
			return fmt.Errorf("kind %q is none of %s, %s, %s", c[2], kindLicense, kindAddendum, kindPatents)
		}
		names[c[0]] = detectorName{c[1], c[2]}
		return nil
	})
	return names, err
}

// readEmbeds reads which license texts stand beside others only because those
// refer to them.
func readEmbeds(rules fs.FS) (map[string][]string, error) {
	out := map[string][]string{}
	err := rulebase.Rows(rules, "detect/embeds.tsv", 2, func(c []string) error {
		out[c[0]] = append(out[c[0]], c[1])
		return nil
	})
	return out, err
}

func readChoices(rules fs.FS) (out []string, err error) {
	err = rulebase.Rows(rules, "detect/choices.tsv", 2, func(c []string) error {
		out = append(out, c[0]+"\t"+c[1])
		return nil
	})
	return out, err
}
