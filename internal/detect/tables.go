package detect

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/phrase"
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

// The kinds of phrases, and of stretches of a text.
const (
	isRestriction = "restriction" // limits who may use it, for what, or what may be passed on
	isException   = "exception"   // an additional permission; its id is an SPDX exception or AdditionRef-…
	isChoice      = "choice"      // one of several licenses may be chosen
	isScope       = "scope"       // what follows or stands before is about a part
	isLater       = "later"       // a later version of the license may be taken
	isAppendix    = "appendix"    // how to apply the license to own programs
	isBoilerplate = "boilerplate" // harmless
	isCopyright   = "copyright"
	isTitle       = "title"
	isOther       = "other"
	isGrant       = "grant"      // words that can permit something
	isLimit       = "limit"      // words that can forbid, order or bound something
	isStated      = "stated"     // words that say under which license something is
	isLicense     = "license"    // a wording that stands for a license; its id is the expression
	isAbout       = "about"      // words that show a license to be spoken of and not given
	isWeak        = "weak"       // words that tell a heading to be about licenses
	isOpening     = "opening"    // how a license without a pattern begins; the whole text is it, its id the expression
	isFormula     = "formula"    // how a fixed sentence begins that belongs to a license and changes nothing
	isDisclaimer  = "disclaimer" // a warranty refused in few words
	isPointer     = "pointer"    // words that refer to another file for the license
	isPorted      = "ported"     // code of the work itself was taken from elsewhere
	isContent     = "content"    // what is said is about pictures or documentation, not about code
	isFamily      = "family"     // the name of several licenses; its id is the family
)

// phrases is the table of wordings.
type phrases struct {
	set  *phrase.Set
	kind []string
	id   []string
}

func readPhrases(rules fs.FS) (*phrases, error) {
	p := &phrases{}
	var patterns []string
	kinds := []string{isRestriction, isException, isChoice, isScope, isLater, isAppendix, isBoilerplate, isCopyright, isTitle, isGrant, isLimit, isStated, isLicense, isAbout, isFamily, isWeak, isOpening, isFormula, isPointer, isContent, isPorted, isDisclaimer}
	err := rulebase.Rows(rules, "detect/phrases.tsv", 3, func(c []string) error {
		ok := false
		for _, k := range kinds {
			ok = ok || k == c[0]
		}
		if !ok {
			return fmt.Errorf("kind %q is none of %s", c[0], strings.Join(kinds, ", "))
		}
		p.kind, p.id = append(p.kind, c[0]), append(p.id, c[1])
		patterns = append(patterns, c[2])
		return nil
	})
	if err != nil {
		return nil, err
	}
	if p.set, err = phrase.New(patterns); err != nil {
		return nil, fmt.Errorf("detect/phrases.tsv: %w", err)
	}
	return p, nil
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
