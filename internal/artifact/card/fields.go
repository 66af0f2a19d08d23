package card

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The keys that tell what a card is about, besides those that all kinds share.
var (
	modelKeys = []string{
		"base_model", "base_models", "base_model_relation", "library_name", "pipeline_tag", "model-index", "model_name",
		"model_type", "model_creator", "quantized_by", "new_version", "inference", "widget", "datasets", "co2_eq_emissions",
	}
	datasetKeys = []string{
		"annotations_creators", "language_creators", "source_datasets", "size_categories", "task_categories", "task_ids",
		"dataset_info", "configs", "pretty_name", "multilinguality", "license_details",
	}
	spaceKeys = []string{"sdk", "sdk_version", "app_file", "app_port"}
	// kinds are the kinds of things, and the keys that speak for each; of equals,
	// the first is taken.
	kinds = [...]struct {
		kind inventory.Kind
		keys []string
	}{{inventory.Model, modelKeys}, {inventory.Dataset, datasetKeys}, {inventory.Code, spaceKeys}}
	// sharedKeys are of all kinds.
	sharedKeys = []string{
		"license", "licence", "licenses", "licences", "license_name", "license_link", "tags", "language", "languages",
		"gated", "base_model_sources", "dataset", "dataset_sources",
	}
	// properties are keys that become properties of the same name.
	properties = []string{
		"base_model_relation", "library_name", "pipeline_tag", "new_version", "model_name", "model_type", "model_creator",
		"quantized_by", "language", "task_categories", "size_categories", "annotations_creators", "license_details", "sdk",
		"extra_gated_heading", "extra_gated_description", "extra_gated_button_content", "extra_gated_eu_disallowed",
	}
)

const gatedPrefix = "extra_gated_"

// isKnown reports whether a key, in any case, is one of a card.
func isKnown(key string) bool {
	key = canonical(key)
	for _, keys := range [][]string{sharedKeys, modelKeys, datasetKeys, spaceKeys} {
		if slices.Contains(keys, key) {
			return true
		}
	}
	return strings.HasPrefix(key, gatedPrefix)
}

// canonical is a key as the Hub writes it: in lower case, and with low lines
// where people write hyphens.
func canonical(key string) string {
	key = strings.ToLower(key)
	if key == "model-index" {
		return key
	}
	return strings.ReplaceAll(key, "-", "_")
}

// collector turns the fields of one card into facts.
type collector struct {
	file   *artifact.File
	res    *artifact.Result
	source string // of statements: card, api
	prefix string // of field names: "cardData."
	guess  bool   // the Hub does not read this card

	known    int // keys met
	kinds    [len(kinds)]int
	licenses []artifact.Statement
	tagged   []artifact.Statement // licenses of tags
	name     value                // license_name
	link     value                // license_link
	relation string
	bases    []artifact.Link
	data     []artifact.Link
	seen     map[string]value // first value of keys that may stand once
}

// list reads a front matter that is a list of maps and not a map.
func (c *collector) list(v value) {
	c.guess = true
	for _, item := range v.items {
		c.fields(item)
	}
	if c.known > 0 {
		c.res.Problems = append(c.res.Problems, c.file.Problem(diag.Malformed, v.line, "write key: value, without the hyphens in front", "front matter: a list where a map of keys was expected"))
	}
}

// fields reads the keys of a map, in the order of the file.
func (c *collector) fields(v value) {
	for _, p := range v.pairs {
		if isKnown(p.key) {
			c.known++
			c.field(p)
		}
	}
}

func (c *collector) field(p pair) {
	key := canonical(p.key)
	guess := c.guess || key != p.key
	c.count(key)
	c.once(key, p)
	if p.value.over > 0 {
		c.res.Problems = append(c.res.Problems, c.file.Over(p.value.line, "entries of "+p.key, maxItems, int64(len(p.value.items)+len(p.value.pairs)+p.value.over)))
	}
	switch key {
	case "license", "licence", "licenses", "licences":
		c.license(p, guess || key != "license")
	case "license_name":
		c.name = p.value
	case "license_link":
		c.link = p.value
	case "base_model", "base_models", "base_model_sources":
		c.bases = append(c.bases, c.links(p, "", guess || key != "base_model")...)
	case "datasets", "dataset", "dataset_sources":
		c.data = append(c.data, c.links(p, "dataset", guess || key != "datasets")...)
	case "source_datasets":
		c.sources(p, guess)
	case "tags":
		c.tags(p)
	case "pretty_name":
		c.res.Name = p.value.name()
	case "gated":
		c.gated(p.value.text)
	}
	if slices.Contains(properties, key) {
		c.res.Property(key, join(p.value))
	}
	c.special(key, p.value)
}

// special keeps what stands deeper in a key's value.
func (c *collector) special(key string, v value) {
	switch key {
	case "languages":
		c.res.Property("language", join(v))
	case "base_model_relation":
		c.relation = relation(v.text)
	case "co2_eq_emissions":
		c.res.Property(key, join(v)+v.get("emissions").text)
	case "model-index":
		n := 0
		for _, m := range v.many() {
			n += len(m.get("results").many())
		}
		if n > 0 {
			c.res.Property("evaluations", fmt.Sprintf("%d results", n))
		}
	case gatedPrefix + "prompt":
		c.gatedPrompt(v)
	case gatedPrefix + "fields":
		var names []string
		for _, p := range v.pairs {
			names = append(names, p.key)
		}
		c.res.Property(key, strings.Join(names, ", "))
	}
}

// count notes what a key says about the kind of thing.
func (c *collector) count(key string) {
	for i, k := range kinds {
		if slices.Contains(k.keys, key) {
			c.kinds[i]++
		}
	}
}

// kind is what most keys say.
func (c *collector) kind() inventory.Kind {
	var kind inventory.Kind
	best := 0
	for i, n := range c.kinds {
		if n > best {
			kind, best = kinds[i].kind, n
		}
	}
	return kind
}

// once reports a key that is given twice with two values: readers differ in
// which of them they take.
func (c *collector) once(key string, p pair) {
	if c.seen == nil {
		c.seen = map[string]value{}
	}
	first, again := c.seen[key]
	if !again {
		c.seen[key] = p.value
		return
	}
	switch key {
	case "license", "license_name", "license_link", "base_model", "base_model_relation":
		if flat(first) != flat(p.value) {
			c.res.Problems = append(c.res.Problems, c.file.Problem(diag.Malformed, p.value.line, "keep the one that is meant", "key %s is given twice: it stands on line %d already", p.key, first.line))
		}
	}
}

func (c *collector) license(p pair, guess bool) {
	for _, v := range p.value.many() {
		s := artifact.Statement{Source: c.source, Field: c.prefix + p.key, Line: v.line, Guessed: guess, Value: v.text}
		if v.pairs != nil {
			s.Value, s.Link = v.get("id", "name", "type", "license").text, v.get("link", "url").text
		}
		if s.Value == "" && s.Link == "" {
			c.res.Problems = append(c.res.Problems, c.file.Problem(diag.Malformed, v.line, "write the license's name or a list of names", "%s: a map where a name was expected", p.key))
			continue
		}
		c.licenses = append(c.licenses, s)
	}
}

func (c *collector) links(p pair, relation string, guess bool) []artifact.Link {
	var out []artifact.Link
	for _, v := range p.value.many() {
		if id := v.name(); id != "" {
			out = append(out, artifact.Link{Relation: relation, ID: id, Field: c.prefix + p.key, Line: v.line, Guessed: guess})
		}
	}
	return out
}

// sources reads source_datasets: original, extended|NAME, NAME.
func (c *collector) sources(p pair, guess bool) {
	for _, l := range c.links(p, "source-dataset", guess) {
		if l.ID == "original" {
			c.res.Property("source_datasets", l.ID)
			continue
		}
		l.ID = strings.TrimPrefix(l.ID, "extended|")
		c.res.Lineage = append(c.res.Lineage, l)
	}
}

// tags reads the tags that the Hub computes: they repeat the card of the time
// when they were computed.
func (c *collector) tags(p pair) {
	for _, v := range p.value.many() {
		head, id, found := strings.Cut(v.text, ":")
		if !found || id == "" {
			continue
		}
		field := c.prefix + p.key
		switch head {
		case "license":
			c.tagged = append(c.tagged, artifact.Statement{Source: "tag", Field: field, Value: id, Line: v.line, Guessed: c.guess})
		case "base_model":
			l := artifact.Link{ID: id, Field: field, Line: v.line, Guessed: c.guess}
			if word, rest, ok := strings.Cut(id, ":"); ok && rest != "" {
				l.Relation, l.ID = relation(word), rest
			}
			c.bases = append(c.bases, l)
		case "dataset":
			c.data = append(c.data, artifact.Link{Relation: "dataset", ID: id, Field: field, Line: v.line, Guessed: c.guess})
		case "region", "arxiv":
			c.res.Property(head, id)
		}
	}
}

// gated records that terms must be accepted before the files are given out.
func (c *collector) gated(how string) {
	if how == "" || how == "false" {
		return
	}
	c.res.Property("gated", how)
	c.res.Signals = append(c.res.Signals, artifact.Signal{Group: "misuse", Signal: "gated", Evidence: "access asks for terms to be accepted (gated: " + how + ")"})
}

// gatedPrompt keeps the terms that are shown before access: often they are the
// whole license, which then stands nowhere else.
func (c *collector) gatedPrompt(v value) {
	if v.text == "" {
		return
	}
	c.gated("prompt")
	c.res.Texts = append(c.res.Texts, artifact.Text{Source: c.source, Name: fmt.Sprintf("%s (%sprompt)", c.file.Shown(), gatedPrefix), Content: []byte(v.text)})
}

// finish puts together what several keys say.
func (c *collector) finish() {
	c.res.Kind = c.kind()
	c.nameLicense()
	for _, s := range append(c.licenses, c.tagged...) {
		c.res.State(s)
	}
	for _, b := range c.bases {
		if b.Relation == "" {
			b.Relation = c.relation
		}
		c.res.Lineage = append(c.res.Lineage, b)
	}
	if c.res.Kind != inventory.Code { // a space shows datasets, it is not made from them
		c.res.Lineage = append(c.res.Lineage, c.data...)
	}
}

// nameLicense gives license_name and license_link to the statement that they
// belong to: the only one, or the one that says "other".
func (c *collector) nameLicense() {
	name, link := first(c.name), first(c.link)
	if name.text == "" && link.text == "" {
		return
	}
	for i := range c.licenses {
		s := &c.licenses[i]
		if len(c.licenses) > 1 && !strings.EqualFold(s.Value, "other") {
			continue
		}
		s.Name = name.text
		if link.text != "" {
			s.Link = link.text
		}
		return
	}
	c.licenses = append(c.licenses, artifact.Statement{
		Source: c.source, Field: c.prefix + "license_name", Name: name.text, Link: link.text, Line: max(name.line, link.line), Guessed: c.guess,
	})
}

// first is the value, or the first of its list.
func first(v value) value {
	if all := v.many(); len(all) > 0 {
		return all[0]
	}
	return value{}
}

// relation is a relation of the Hub, or the one that people write there for what
// learned from a model's outputs; "" for every other word.
func relation(word string) string {
	word = strings.ToLower(word)
	if strings.HasPrefix(word, "distill") {
		return "distill"
	}
	if slices.Contains([]string{"finetune", "adapter", "quantized", "merge"}, word) {
		return word
	}
	return ""
}

// join is a value in one line.
func join(v value) string {
	var words []string
	for _, w := range v.many() {
		if w.text != "" {
			words = append(words, w.text)
		}
	}
	return strings.Join(words, ", ")
}

// flat is a value for comparison.
func flat(v value) string {
	var b strings.Builder
	for _, w := range v.many() {
		b.WriteString(w.text + "\x00" + w.get("name", "id").text + "\x00")
	}
	return b.String()
}
