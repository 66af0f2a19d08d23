package detect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/phrase"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// wording is what a phrase says, or a stretch of a text.
type wording uint8

// The kinds of phrases, and of stretches of a text. The zero value is none.
const (
	isRestriction wording = iota + 1 // limits who may use it, for what, or what may be passed on
	isException                      // an additional permission; its id is an SPDX exception or AdditionRef-…
	isChoice                         // one of several licenses may be chosen
	isScope                          // what follows or stands before is about a part
	isLater                          // a later version of the license may be taken
	isAppendix                       // how to apply the license to own programs
	isBoilerplate                    // harmless
	isCopyright
	isTitle
	isGrant      // words that can permit something
	isLimit      // words that can forbid, order or bound something
	isStated     // words that say under which license something is
	isLicense    // a wording that stands for a license; its id is the expression
	isAbout      // words that show a license to be spoken of and not given
	isWeak       // words that tell a heading to be about licenses
	isOpening    // how a license without a pattern begins; the whole text is it, its id the expression
	isFormula    // how a fixed sentence begins that belongs to a license and changes nothing
	isDisclaimer // a warranty refused in few words
	isPointer    // words that refer to another file for the license
	isPorted     // code of the work itself was taken from elsewhere
	isContent    // what is said is about pictures or documentation, not about code
	isFamily     // the name of several licenses; its id is the family
	isOther      // of a stretch alone: none of these
	wordings
)

var wordingNames = [wordings]string{
	isRestriction: "restriction",
	isException:   "exception",
	isChoice:      "choice",
	isScope:       "scope",
	isLater:       "later",
	isAppendix:    "appendix",
	isBoilerplate: "boilerplate",
	isCopyright:   "copyright",
	isTitle:       "title",
	isGrant:       "grant",
	isLimit:       "limit",
	isStated:      "stated",
	isLicense:     "license",
	isAbout:       "about",
	isWeak:        "weak",
	isOpening:     "opening",
	isFormula:     "formula",
	isDisclaimer:  "disclaimer",
	isPointer:     "pointer",
	isPorted:      "ported",
	isContent:     "content",
	isFamily:      "family",
	isOther:       "other",
}

func (w wording) String() string { return wordingNames[w] }

// phrases is the table of wordings.
type phrases struct {
	set  *phrase.Set
	kind []wording
	id   []string
}

func readPhrases(base *rulebase.Base) (*phrases, error) {
	set, kinds, ids, err := base.Phrases()
	if err != nil {
		return nil, err
	}
	p := &phrases{set: set, kind: make([]wording, len(kinds)), id: ids}
	for i, name := range kinds {
		kind := slices.Index(wordingNames[:isOther], name)
		if kind <= 0 {
			return nil, fmt.Errorf("detect/phrases.tsv: kind %q is none of %s", name, strings.Join(wordingNames[1:isOther], ", "))
		}
		p.kind[i] = wording(kind)
	}
	return p, nil
}
