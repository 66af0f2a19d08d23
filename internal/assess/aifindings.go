package assess

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// The properties of models and datasets that these findings read.
const (
	carriesText  = "carries"      // a fixed line of a license that stands in a card or notice
	textsLooked  = "texts-looked" // the card and notices were searched for such lines
	licenseLink  = "license_link" // address of the license, as the card writes it
	termsAddress = "terms_url"
	modelName    = "model_name" // the model's own name, where the component is named by its place
	inStore      = "store"

	personalData  = "personal_data"  // yes, no: what a bill of materials says
	sensitiveData = "sensitive_data" // what of it a bill of materials names so
)

// judgeModel says what the terms of a model or dataset ask of its name and its
// files, and which signals of risk need a look.
func (j *judging) judgeModel(p *part) {
	j.hint(p)
	if p.setting == settingReferenced {
		return
	}
	j.names(p)
	j.limits(p)
	j.mutable(p)
	j.packed(p)
	if p.setting == settingShipped || p.setting == settingServed {
		j.lines(p)
		j.texts(p)
	}
	j.signals(p)
}

// hint adds to a finding on an unstated or unknown license what the name of the
// model says.
func (j *judging) hint(p *part) {
	if len(p.choices) > 0 {
		return
	}
	m, ok := j.self(p)
	if !ok || !m.Confidence.Sure() {
		return
	}
	for _, i := range j.unstated[p.ID] {
		f := &j.findings[i]
		says := byName(m)
		if m.License != "" {
			says += ", which comes under " + m.License
		}
		f.Because = append(f.Because, says, "see "+m.See)
	}
}

// names reports a model whose name does not start with the word that the terms
// of what it was made from order.
func (j *judging) names(p *part) {
	var done []string
	for _, a := range j.ancestors(p) {
		for _, t := range terms(a.branches) {
			if t.License == nil {
				continue
			}
			for _, o := range t.License.Obligations {
				if o.Type != "name-prefix" || o.Strength != "must" || o.Value == "" || slices.Contains(done, o.Value) || !ordersName(o, a.relation) {
					continue
				}
				done = append(done, o.Value)
				j.named(p, a, t, o)
			}
		}
	}
}

// terms lists the terms of the first branch.
func terms(branches [][]Term) []Term {
	if len(branches) == 0 {
		return nil
	}
	return branches[0]
}

// ordersName reports whether a duty to name is about that way of making a model
// from another.
func ordersName(o rulebase.Obligation, relation string) bool {
	var words []string
	switch wayOf(relation) {
	case wayLearned, wayData:
		words = []string{"distill", "train-on-outputs"}
	case wayChanged:
		words = []string{"fine-tune", "publish-derived-weights"}
		if quantised(relation) { // whether that makes a model of its own is for a person
			words = append(words, "quantize-convert")
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(o.When, w) })
}

func (j *judging) named(p *part, a ancestor, t Term, o rulebase.Obligation) {
	name, stated := nameOf(p)
	if strings.HasPrefix(strings.ToLower(name), strings.ToLower(o.Value)) || !stated && strings.Contains(strings.ToLower(name), strings.ToLower(o.Value)) {
		return
	}
	sev := j.soften(p, diag.Warning)
	message := fmt.Sprintf("the name %s does not start with %q, as %s orders for what is made from %s", name, o.Value, Cite(t.Text, o.Clause), a.name)
	help := fmt.Sprintf("name it %s…", o.Value)
	switch {
	case quantised(a.relation):
		sev = diag.Note
		message = fmt.Sprintf("the name %s does not start with %q: whether %s asks that of a converted model is to be decided", name, o.Value, Cite(t.Text, o.Clause))
	case a.guessed || samePublisher(p, a):
		sev = diag.Note
	case !stated:
		sev = diag.Note
		message = fmt.Sprintf("a model made from %s has a name that starts with %q (%s); it lies in %s", a.name, o.Value, Cite(t.Text, o.Clause), name)
		help = "see that it has, where it is published"
	}
	if f := j.report(p, diag.NameMissing, sev, t.Text, o.Value, message, help); f != nil {
		f.Because = append(f.Because, Cite(t.Text, o.Clause)+": "+o.Text)
	}
}

// nameOf is the name of a model without its publisher, and whether it is stated:
// a folder or file may be called otherwise.
func nameOf(p *part) (name string, stated bool) {
	if n := p.Property(modelName); n != "" {
		return path.Base(n), true
	}
	if strings.HasPrefix(p.ID, "pkg:generic/") {
		return path.Base(p.Name), false
	}
	return path.Base(p.Name), true
}

// limits reports thresholds and territories of a license that what is known of
// the user runs into.
func (j *judging) limits(p *part) {
	for _, it := range j.duties(p, p.terms).items {
		if it.Status != duty.Due || it.If == "" || it.Obligation.Strength != "must" {
			continue
		}
		what := ""
		switch it.Obligation.Type {
		case "scale-limit":
			what = "a bound of " + it.License + " on size is reached"
		case "region-exclusion":
			what = it.License + " gives no rights in " + it.Obligation.Value
		default:
			continue
		}
		if len(j.fulfilled(p, it)) > 0 {
			continue
		}
		f := j.report(p, diag.LimitReached, j.reached(p), it.License, it.Obligation.Type+it.Obligation.Value, what, "ask the licensor for a license, or replace it")
		if f != nil {
			f.Because = append(f.Because, Cite(it.License, it.Obligation.Clause)+": "+it.Obligation.Text, "project.facts: "+j.stated(it.Obligation))
		}
	}
}

// reached is an error wherever the work is used: a bound on the grant leaves no
// right to use it in the house either.
func (j *judging) reached(p *part) diag.Severity {
	switch p.setting {
	case settingTest, settingTool:
		return diag.Note
	}
	return diag.Error
}

// stated prints the facts that the conditions of an obligation hang on.
func (j *judging) stated(o rulebase.Obligation) string {
	var all []string
	for _, c := range o.If {
		if v, ok := j.stance.facts[c.Fact]; ok {
			all = append(all, c.Fact+" "+v)
		}
	}
	return strings.Join(all, ", ")
}

// mutable reports a license that is only linked, at an address whose content
// may change.
func (j *judging) mutable(p *part) {
	for _, prop := range p.Properties {
		if prop.Name != licenseLink && prop.Name != termsAddress || !changeable(prop.Value) {
			continue
		}
		j.report(p, diag.MutableTerms, diag.Note, p.License.Concluded, prop.Value,
			"the license is only linked, at an address whose content may change: "+prop.Value, "keep a copy of the text beside the model, or link a fixed revision")
	}
}

// changeable reports whether an address names a branch, or nothing that fixes
// what it shows.
func changeable(url string) bool {
	if !strings.Contains(url, "://") {
		return false
	}
	for _, step := range strings.FieldsFunc(url, func(r rune) bool { return r == '/' || r == '?' || r == '=' }) {
		if len(step) == 40 && strings.Trim(step, "0123456789abcdef") == "" {
			return false
		}
	}
	return true
}

// lines reports fixed lines that a license orders and that the card and notices
// of the model do not have, where these were searched.
func (j *judging) lines(p *part) {
	if p.Property(textsLooked) == "" {
		return
	}
	said := map[string]bool{}
	for _, it := range j.duties(p, p.terms).items {
		o := it.Obligation
		if it.Status != duty.Due || o.Value == "" || o.Type != "attribution-display" && o.Type != "include-notice-file" || len(j.fulfilled(p, it)) > 0 {
			continue
		}
		if slices.ContainsFunc(p.Properties, func(x inventory.Property) bool { return x.Name == carriesText && x.Value == o.Value }) {
			continue
		}
		message := fmt.Sprintf("the line %q of %s is not in its card and notices", o.Value, Cite(it.License, o.Clause))
		if said[message] {
			continue
		}
		said[message] = true
		if f := j.report(p, diag.CreditMissing, diag.Warning, it.License, o.Value, message, "add it, exactly as it is written"); f != nil {
			f.Because = append(f.Because, Cite(it.License, o.Clause)+": "+o.Text)
		}
	}
}

// texts reports a model whose license is only named and whose text does not come
// with it, where its files were seen.
func (j *judging) texts(p *part) {
	if len(p.terms) == 0 || len(p.Evidence) == 0 || p.Scope == inventory.Embedded {
		return
	}
	if slices.ContainsFunc(p.Evidence, func(e inventory.Evidence) bool {
		return e.Source == "license-file" || e.Source == "layer" || e.Source == "policy"
	}) {
		return
	}
	for _, it := range j.duties(p, p.terms).items {
		o := it.Obligation
		if it.Status != duty.Due || o.Type != "include-license-text" || len(j.fulfilled(p, it)) > 0 {
			continue
		}
		sev := diag.Note
		if !slices.ContainsFunc(p.terms, func(t Term) bool { return t.Text == it.License && j.free(t) }) {
			sev = diag.Warning
		}
		f := j.report(p, diag.TextMissing, sev, it.License, "", it.License+" is only named: its text does not come with the model", "put the license text beside it")
		if f != nil {
			f.Because = append(f.Because, Cite(it.License, o.Clause)+": "+o.Text)
		}
		return
	}
}

// service finds a hosted service of the rules.
func (j *judging) service(id string) *models.Family {
	t, err := models.Builtin()
	if err != nil {
		return nil
	}
	return t.Family(id)
}

// riskFindings are the signals that deserve a finding of their own, by group and
// signal.
var riskFindings = map[string]struct {
	code diag.Code
	sev  diag.Severity
	what string
	help string
}{
	"security/pickle-import":        {diag.UnsafeLoading, diag.Warning, "loading it imports code that is not on the list of harmless names", "load it in a sandbox, or use safetensors"},
	"security/pickle":               {diag.UnsafeLoading, diag.Note, "loading it unpickles a file", "use safetensors where it is offered"},
	"security/unsafe-serialisation": {diag.UnsafeLoading, diag.Note, "it is stored as a pickle, which runs code when it is loaded", "use safetensors where it is offered"},
	"security/unsafe-operator":      {diag.UnsafeLoading, diag.Warning, "its graph calls operators that read or write files or run code", "run it in a sandbox"},
	"security/embedded-code":        {diag.UnsafeLoading, diag.Warning, "it holds code that runs when it is loaded", "read that code, or load it in a sandbox"},
	"security/polyglot":             {diag.UnsafeLoading, diag.Warning, "it is two formats at once", "do not load it before you know why"},
	"security/remote-code":          {diag.RemoteCode, diag.Warning, "it is loaded with code of its repository, or of another one", "read that code and its license, and pin its revision"},
	"provenance/unpinned-revision":  {diag.Unpinned, diag.Note, "it names what it was made from without a revision", "pin the revision"},
	"misuse/gated":                  {diag.GatedTerms, diag.Note, "access asks for terms to be accepted", "keep a copy of the terms that were accepted, and say who did"},
	"privacy/personal-data":         {diag.PersonalData, diag.Note, "its data is said to hold personal data", "find out on which ground it may be used"},
}

// signals turns signals of risk into findings, one a code.
func (j *judging) signals(p *part) {
	by := map[diag.Code]int{}
	for _, s := range signalsOf(p) {
		k, ok := riskFindings[s.Group+"/"+s.Signal]
		if !ok {
			continue
		}
		evidence := s.Evidence
		if i, ok := by[k.code]; ok {
			f := &j.findings[i]
			if !slices.Contains(f.Because, evidence) {
				f.Because = append(f.Because, evidence)
			}
			if sev := j.soften(p, k.sev); sev.Rank() < f.Severity.Rank() {
				f.Severity, f.Message, f.Help = sev, k.what, k.help
			}
			continue
		}
		if f := j.report(p, k.code, j.soften(p, k.sev), p.License.Concluded, "", k.what, k.help); f != nil {
			f.Because = append(f.Because, evidence)
			by[k.code] = len(j.findings) - 1
		}
	}
}

// signalsOf lists the signals of risk that the readers found in a part.
func signalsOf(p *part) []Risk {
	var out []Risk
	for _, x := range p.Properties {
		rest, ok := strings.CutPrefix(x.Name, "signal:")
		group, signal, found := strings.Cut(rest, "/")
		switch {
		case ok && found:
			out = append(out, Risk{Group: group, Signal: signal, Evidence: x.Value})
		case x.Name == personalData && x.Value == isThere:
			out = append(out, Risk{Group: "privacy", Signal: "personal-data", Evidence: "a bill of materials says that its data holds personal data"})
		case x.Name == sensitiveData:
			out = append(out, Risk{Group: "privacy", Signal: "sensitive-data", Evidence: "a bill of materials names as sensitive: " + x.Value})
		}
	}
	return out
}
