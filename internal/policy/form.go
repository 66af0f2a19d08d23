package policy

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// The types of this file are the form of rukhsa.yaml and of the built-in
// profiles: their tags say what is read, and the committed JSON Schema is made
// from them. The order of fields is the order of keys.

type text = yamlpos.At[string]

type file struct {
	Version    yamlpos.At[int] `yaml:"version,required" doc:"The version of this form: 1."`
	Name       string          `yaml:"name" doc:"A name for reports; without one it is the file's own."`
	About      string          `yaml:"about" doc:"What the policy is for."`
	Extends    []extendPart    `yaml:"extends" doc:"What this file starts from: built-in profiles by name, files with their digest. Later ones lie over earlier ones, this file over all."`
	Overlay    []text          `yaml:"overlay" enum:"overlay" doc:"What a file that extends this one may loosen. Without it, it may only state facts and be stricter."`
	Project    projectPart     `yaml:"project" doc:"What is scanned."`
	Default    text            `yaml:"default" enum:"default" doc:"What holds for terms that no entry covers. deny: an error; review: a warning at least; profile: as the built-in table weighs them. A file that extends nothing and has an allow list denies."`
	Allow      []entryPart     `yaml:"allow" doc:"Terms that are accepted."`
	Review     []entryPart     `yaml:"review" doc:"Terms that a person must look at: a warning."`
	Deny       []entryPart     `yaml:"deny" doc:"Terms that are refused. Of entries in one file that cover the same terms the strictest counts."`
	Components componentsPart  `yaml:"components" doc:"What is known or decided of single components."`
	Clarify    []clarifyPart   `yaml:"clarify" doc:"The same as components.clarify."`
	Waivers    []waiverPart    `yaml:"waivers" doc:"Findings that are accepted for a time."`
	Fulfilled  []fulfilledPart `yaml:"fulfilled" doc:"How duties are met."`
	Severities []row           `yaml:"severities" doc:"How terms of a category weigh, by where a component ends up; rows here come before those of what is extended."`
}

type extendPart struct {
	Pos     yamlpos.Pos
	Profile text `yaml:"profile,scalar" doc:"The name of a built-in profile."`
	File    text `yaml:"file" doc:"A policy file, as seen from this one."`
	Digest  text `yaml:"digest" doc:"sha256: and the sum of that file, so that it does not change unseen."`
}

type projectPart struct {
	License text         `yaml:"license" doc:"The project's own license, an SPDX expression or proprietary, where no license file says it."`
	Kind    text         `yaml:"kind" enum:"kind" doc:"What it is."`
	Use     []text       `yaml:"use" enum:"context" doc:"What leaves the house or is served (rukhsa help contexts)."`
	Facts   yamlpos.Node `yaml:"facts" doc:"Answers that licenses ask for; rukhsa scan lists those that are missing."`
}

type entryPart struct {
	Pos        yamlpos.Pos
	ID         text   `yaml:"id,scalar" doc:"A license, perhaps with an exception."`
	Category   text   `yaml:"category" enum:"category" doc:"Every license of a category."`
	Openness   text   `yaml:"openness" enum:"openness" doc:"Every license of that openness."`
	Obligation text   `yaml:"obligation" enum:"obligation" doc:"Every license that asks for this."`
	Approved   text   `yaml:"approved" enum:"approver" doc:"Every license that they approve: the OSI, or the FSF as free."`
	Kinds      []text `yaml:"kinds" enum:"kind of component" doc:"Only for components of these kinds."`
	Scopes     []text `yaml:"scopes" enum:"scope" doc:"Only for components that take part in this way."`
}

type componentsPart struct {
	Clarify    []clarifyPart `yaml:"clarify" doc:"The license of a component whose texts do not say it well enough."`
	Choose     []choosePart  `yaml:"choose" doc:"Which license of a choice (OR) is taken."`
	FirstParty []text        `yaml:"first_party" doc:"Components that are your own, by module path or package URL; * stands for any letters but /, ** for all. They are listed apart and not judged."`
	Exclude    []excludePart `yaml:"exclude" doc:"Components that are listed and not judged."`
}

type clarifyPart struct {
	Pos       yamlpos.Pos
	Component text `yaml:"component" doc:"A module path or package URL; without it every component with the text."`
	Versions  text `yaml:"versions" doc:"Bounds that all hold: v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0."`
	Digest    text `yaml:"digest,required" doc:"sha256: and the sum of the text that was read, so that the entry ends when the text changes; none where there is no text."`
	License   text `yaml:"license,required" doc:"The license, an SPDX expression."`
	Reason    text `yaml:"reason,required" doc:"Why."`
}

type choosePart struct {
	Pos       yamlpos.Pos
	Component text `yaml:"component,required" doc:"A module path or package URL; * stands for any letters but /, ** for all."`
	Versions  text `yaml:"versions" doc:"Bounds that all hold: v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0."`
	License   text `yaml:"license,required" doc:"The branch of the choice."`
	Reason    text `yaml:"reason" doc:"Why."`
}

type excludePart struct {
	Pos       yamlpos.Pos
	Component text `yaml:"component,required" doc:"A module path or package URL; * stands for any letters but /, ** for all."`
	Versions  text `yaml:"versions" doc:"Bounds that all hold: v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0."`
	Reason    text `yaml:"reason,required" doc:"Why."`
}

type waiverPart struct {
	Pos       yamlpos.Pos
	Finding   text `yaml:"finding" enum:"finding" doc:"The code of the finding; of finding and license at least one is given."`
	License   text `yaml:"license" doc:"The license that the finding is about."`
	Component text `yaml:"component,required" doc:"A module path or package URL; * stands for any letters but /, ** for all."`
	Versions  text `yaml:"versions" doc:"Bounds that all hold: v1.2.3, v1.2.*, >=v1.2.0, <v2.0.0."`
	Reason    text `yaml:"reason,required" doc:"Why it is accepted."`
	Owner     text `yaml:"owner,required" doc:"Who answers for it."`
	Until     text `yaml:"until,required" doc:"The last day, YYYY-MM-DD."`
}

type fulfilledPart struct {
	Pos        yamlpos.Pos
	Obligation text `yaml:"obligation" enum:"obligation" doc:"The type of the duty that is met; of obligation and action one is given."`
	Action     text `yaml:"action" enum:"action" doc:"What was done: every duty of that action is met."`
	License    text `yaml:"license" doc:"Only for this license."`
	Component  text `yaml:"component" doc:"Only for these components; * stands for any letters but /, ** for all."`
	Path       text `yaml:"path" doc:"The file that meets it, as seen from the folder of the policy; it must be there."`
	Link       text `yaml:"link" doc:"Where it is met on the web."`
	Note       text `yaml:"note" doc:"How it is met, in words."`
}

// The words of overlay; overlayAll stands for all others.
const (
	overlayAll        = "all"
	overlayAllow      = "allow"
	overlayReview     = "review"
	overlayDefault    = "default"
	overlaySeverities = "severities"
	overlayClarify    = "clarify"
	overlayFirstParty = "first_party"
	overlayExclude    = "exclude"
	overlayWaivers    = "waivers"
)

func overlays() []string {
	return []string{
		overlayAll, overlayAllow, overlayReview, overlayDefault, overlaySeverities, overlayClarify, overlayFirstParty, overlayExclude, overlayWaivers,
	}
}

// The bodies whose approval an entry may ask for.
const (
	ApprovedOSI = "osi"
	ApprovedFSF = "fsf"
)

// wordLists are the closed lists that a policy may use words of.
func wordLists(base *rulebase.Base) yamlpos.Lists {
	lists := yamlpos.Lists{
		"kind": Kinds(), "context": base.ContextNames(), "severity": {"error", "warning", "note", silent},
		"kind of component": {"code", "dataset", "model", "service", "asset"},
		"overlay":           overlays(), "default": Defaults(), "approver": {ApprovedOSI, ApprovedFSF},
		"obligation": base.TypeNames(), "profile": Profiles(),
	}
	for _, c := range base.Categories() {
		lists["category"] = append(lists["category"], c.Name)
	}
	for _, w := range base.Openness() {
		lists["openness"] = append(lists["openness"], w.Name)
	}
	for _, f := range base.Facts() {
		if f.Of == "project" {
			lists["fact"] = append(lists["fact"], f.Name)
		}
	}
	for _, s := range inventory.Scopes() {
		if s != inventory.Main {
			lists["scope"] = append(lists["scope"], string(s))
		}
	}
	for _, a := range base.Actions() {
		lists["action"] = append(lists["action"], a.ID)
	}
	for _, d := range diag.Codes() {
		if Waivable(d.Code) {
			lists["finding"] = append(lists["finding"], string(d.Code))
		}
	}
	return lists
}

// Waivable reports whether findings of a code can be waived: those about
// components, and not those about the policy itself or about what was not read.
func Waivable(c diag.Code) bool {
	return len(c) > 5 && !slices.Contains([]string{"60", "90"}, string(c[3:5]))
}
