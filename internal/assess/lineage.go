package assess

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
)

// The property of models and datasets that a fact about lineage stands in.
const guessedLineage = "lineage-guessed" // the id of a step that a weak hint names

// ancestor is one thing that a model or dataset was made from.
type ancestor struct {
	relation  string
	id        string // as the lineage writes it
	name      string // as messages call it
	license   string // "" where it is not known
	branches  [][]Term
	family    *models.Family // known by its name
	how       models.Confidence
	found     *part // it is a component of the inventory
	guessed   bool  // the step, or what the base is, is only guessed
	unsure    bool  // what the base is, is known, and its license may be another one
	reason    string
	via       []string // names of the steps between
	publisher []string // lower case
}

// The ways in which something was made from something.
const (
	wayChanged  = "changed"  // the weights or data are a changed form of the base's
	wayLearned  = "learned"  // trained on what the base puts out
	wayData     = "data"     // trained on the base, a dataset
	wayAbsorbed = "absorbed" // a dataset that holds another
	wayHeld     = "held"     // a model that holds the base as one of its components
)

// wayOf says which way a relation of a lineage is.
func wayOf(relation string) string {
	switch relation {
	case "distill", "teacher":
		return wayLearned
	case "dataset":
		return wayData
	case "source-dataset":
		return wayAbsorbed
	case "component":
		return wayHeld
	}
	return wayChanged
}

// quantised reports whether a relation only stores the same parameters in
// another form.
func quantised(relation string) bool { return relation == "quantized" }

// maxAncestors bounds the walk over a lineage.
const maxAncestors = 100

// ancestors lists what a part was made from: the steps that its lineage names,
// and behind those that are components of the inventory what they were made
// from in turn.
func (j *judging) ancestors(p *part) []ancestor {
	if !p.walked {
		p.kin, p.walked = j.walk(p), true
	}
	return p.kin
}

func (j *judging) walk(p *part) []ancestor {
	var out []ancestor
	seen := map[string]bool{p.ID: true}
	var walk func(q *part, via []string, guessed bool)
	walk = func(q *part, via []string, guessed bool) {
		for _, l := range q.Lineage {
			if len(out) == maxAncestors || len(via) > 0 && wayOf(l.Relation) == wayData {
				continue // what the base was trained on is the base's concern
			}
			a := j.ancestor(q, l)
			key := a.id
			if a.found != nil {
				key = a.found.ID
			}
			if seen[key] || len(via) > 0 && samePublisher(q, a) {
				continue // who owns the base may give what is made from it other terms
			}
			seen[key] = true
			a.via, a.guessed = via, a.guessed || guessed
			out = append(out, a)
			if a.found != nil {
				walk(a.found, append(slices.Clone(via), a.name), a.guessed)
			}
		}
	}
	walk(p, nil, false)
	return out
}

// ancestor finds out what one step of a lineage leads to.
func (j *judging) ancestor(p *part, l inventory.Lineage) ancestor {
	a := ancestor{relation: l.Relation, id: l.ID, name: shortName(l.ID)}
	for _, prop := range p.Properties {
		a.guessed = a.guessed || prop.Name == guessedLineage && prop.Value == l.ID
	}
	a.guessed = a.guessed || names.Local(a.name) // a path of somebody's machine
	a.publisher = namespace(l.ID)
	if a.found = j.stepTo(p, l.ID); a.found != nil {
		if wayOf(l.Relation) == wayHeld {
			a.name = a.found.Name
		}
		a.publisher = append(a.publisher, namespace(a.found.ID)...)
	}
	m, known := j.known(l.ID, wayOf(l.Relation) == wayData || wayOf(l.Relation) == wayAbsorbed)
	if known {
		a.family, a.how = m.Family, m.Confidence
	}
	if known && m.License != "" && (a.found == nil || len(a.found.choices) == 0 || j.carried(a.found.choices, j.know.branches(m.License)).Verdict == compat.Yes) {
		a.publisher = m.Orgs // whoever offers it again, or calls the own work so, owns none of it
	}
	switch {
	case a.found != nil && len(a.found.choices) > 0 && !(known && onlySaid(a.found, m)):
		a.license, a.branches, a.reason = a.found.License.Concluded, a.found.choices, "a component of this scan"
	case known && m.License != "":
		a.license, a.branches = m.License, j.know.branches(m.License)
		a.guessed, a.unsure = a.guessed || !m.Confidence.Sure(), m.Check != ""
		a.reason = byName(m)
	case known:
		a.reason = byName(m)
	}
	return a
}

// onlySaid reports whether a thing of the tree lies where a known family would
// and says by a label alone that it comes under other terms: the family's hold.
func onlySaid(found *part, m models.Match) bool {
	return strings.HasPrefix(found.ID, "pkg:generic/") && found.License.Basis == "declared" && m.License != "" && m.Confidence.Sure() && found.License.Concluded != m.License
}

// byName says how a name was recognised.
func byName(m models.Match) string {
	s := "by its name it is " + m.Name + " of " + m.Publisher
	switch m.Confidence {
	case models.Exact:
		s = m.Name + " of " + m.Publisher
	case models.Mirror:
		s = m.Name + " of " + m.Publisher + ", offered again by " + m.Mirror
	case models.Guess:
		s = "a part of its name says " + m.Name + " of " + m.Publisher
	}
	for _, more := range []string{m.Check, m.Beside} {
		if more != "" {
			s += "; " + more
		}
	}
	return s
}

// known looks a name up among the families that the rules know.
func (j *judging) known(id string, dataset bool) (models.Match, bool) {
	key := nameKey{id, dataset}
	m, ok := j.kept.names[key]
	if !ok {
		m.Match, m.ok = resolve(id, dataset)
		j.kept.names[key] = m
	}
	return m.Match, m.ok
}

func resolve(id string, dataset bool) (models.Match, bool) {
	t, err := models.Builtin()
	if err != nil {
		return models.Match{}, false // a test of the rules would show it
	}
	if dataset {
		return t.Dataset(id)
	}
	return t.Resolve(id)
}

// self looks the name of a part itself up.
func (j *judging) self(p *part) (models.Match, bool) {
	if p.match == nil {
		p.match = &nameMatch{}
		p.match.Match, p.match.ok = j.resolveSelf(p)
	}
	return p.match.Match, p.match.ok
}

func (j *judging) resolveSelf(p *part) (models.Match, bool) {
	name := p.ID
	if strings.HasPrefix(p.ID, "pkg:oci/") || strings.HasPrefix(p.ID, "pkg:generic/") && p.Kind != inventory.Service {
		name = p.Name
	}
	m, ok := resolve(name, p.Kind == inventory.Dataset)
	if ok && (m.Kind == models.Service) != (p.Kind == inventory.Service) {
		return models.Match{}, false
	}
	return m, ok
}

// stepTo finds the component that a step of a part's lineage leads to.
func (j *judging) stepTo(p *part, id string) *part {
	if i := j.steps.To(p.Component, id); i >= 0 {
		return j.at[i]
	}
	return nil
}

// shortName is the name in an id of a lineage, as people write it.
func shortName(id string) string {
	id, _, _ = strings.Cut(id, "?")
	if at := strings.LastIndexByte(id, '@'); strings.HasPrefix(id, "pkg:") && at > strings.LastIndexByte(id, '/') {
		id = id[:at]
	}
	return strings.TrimPrefix(strings.TrimPrefix(id, "pkg:huggingface/"), "pkg:generic/")
}

// namespace is the organisation in an id of the hub, in lower case.
func namespace(id string) []string {
	rest, ok := strings.CutPrefix(id, "pkg:huggingface/")
	if org, _, found := strings.Cut(rest, "/"); ok && found {
		return []string{strings.ToLower(org)}
	}
	return nil
}

// samePublisher reports whether a part and what it was made from are by the
// same publisher, who is free to choose other terms for the own work. What a file
// says of its author is no proof of that; the address at a hub is. A component
// with terms of its own may be anybody's.
func samePublisher(p *part, a ancestor) bool {
	return wayOf(a.relation) != wayHeld && slices.ContainsFunc(namespace(p.ID), func(s string) bool { return slices.Contains(a.publisher, s) })
}

// own is what a part says of its own license: what was concluded, else what it
// claims where the rest is not clear; nil where it says nothing.
func (j *judging) own(p *part) (text string, branches [][]Term) {
	if len(p.choices) > 0 {
		return p.License.Concluded, p.choices
	}
	if d := p.License.Declared; d != "" {
		if b := j.know.branches(d); len(b) > 0 {
			return d, b
		}
	}
	return "", nil
}

// carried compares the terms of a base with those of what was made from it: do
// they go on? All terms of a list hold, so one that carries a term of the base
// is enough; of a choice of the own license the branch that carries least
// counts, of the base's the best one.
func (j *judging) carried(own, base [][]Term) compat.Verdict {
	worst := compat.Verdict{Verdict: compat.Yes}
	for i, o := range own {
		best := compat.Verdict{Verdict: compat.No}
		for k, b := range base {
			if v := j.allCarried(o, b); k == 0 || v.Verdict.Better(best.Verdict) {
				best = v
			}
		}
		if i == 0 || worst.Verdict.Better(best.Verdict) {
			worst = best
		}
	}
	return worst
}

func (j *judging) allCarried(own, base []Term) compat.Verdict {
	worst := compat.Verdict{Verdict: compat.Yes}
	for i, b := range base {
		var best compat.Verdict
		for k, o := range own {
			if v := j.cmp.Terms(o, b, compat.Merge); k == 0 || v.Verdict.Better(best.Verdict) {
				best = v
			}
		}
		if i == 0 || worst.Verdict.Better(best.Verdict) {
			worst = best
		}
	}
	return worst
}

// derived reports whether a model of the tree itself is a changed form of
// something else, and whether it is only stored in another form. What a hub or a
// registry offers was changed by whoever offers it.
func derived(c *inventory.Component) (modified, converted bool) {
	if !strings.HasPrefix(c.ID, "pkg:generic/") {
		return false, false
	}
	for _, l := range c.Lineage {
		if wayOf(l.Relation) != wayChanged {
			continue
		}
		if quantised(l.Relation) {
			converted = true
		} else if l.Relation != "" {
			modified = true
		}
	}
	return modified, converted
}

// lineageJoins says how the terms of a model are met by what was done to it.
func lineageJoins(c *inventory.Component) []string {
	var out []string
	modified, converted := derived(c)
	if modified {
		out = append(out, "modify")
	}
	if converted {
		out = append(out, "quantize-convert")
	}
	return out
}

// isModified answers whether a part is no longer as its publisher gave it: it
// stands in for a published version, or it is a model of the tree itself that
// was made from another one.
func (j *judging) isModified(p *part) string {
	modified, converted := derived(p.Component)
	return yesNo(p.Modified || modified || converted)
}

// manyModes and oneMode are the tasks of models that take or give more than
// text, or text alone, as hubs name them.
var (
	manyModes = []string{
		"image-text-to-text", "image-to-text", "audio-text-to-text", "video-text-to-text", "visual-question-answering", "document-question-answering",
		"any-to-any", "text-to-image", "text-to-video", "text-to-audio", "text-to-speech", "image-text-to-image", "automatic-speech-recognition",
	}
	oneMode = []string{"text-generation", "text2text-generation", "text-classification", "fill-mask", "feature-extraction", "sentence-similarity", "translation", "summarization"}
)

// multimodal answers whether a model takes or gives more than text; "" where
// nothing tells.
func (j *judging) multimodal(p *part) string {
	switch task := p.Property("pipeline_tag"); {
	case slices.Contains(manyModes, task):
		return isThere
	case slices.Contains(oneMode, task):
		return isNot
	}
	families := []*models.Family{}
	if m, ok := j.self(p); ok && m.Confidence.Sure() {
		families = append(families, m.Family)
	}
	for _, a := range j.ancestors(p) {
		if a.family != nil && wayOf(a.relation) == wayChanged && a.how.Sure() {
			families = append(families, a.family)
		}
	}
	for _, f := range families {
		switch f.Modality {
		case "text", "embedding":
			return isNot
		case "multimodal", "image", "audio":
			return isThere
		}
	}
	return ""
}
