package assess

import (
	"fmt"
	"slices"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
)

// The article's four groups of risks.
var riskGroups = []string{"security", "privacy", "misuse", "provenance"}

// risks lists the signals of each group with their evidence; a group without one
// says whether nothing was found or nobody could look.
func (v *view) risks() []Risk {
	found := map[string][]Risk{}
	add := func(group, signal, evidence string) {
		r := Risk{Group: group, Signal: signal, Evidence: evidence}
		if !slices.Contains(found[group], r) {
			found[group] = append(found[group], r)
		}
	}
	for _, s := range signalsOf(v.part) {
		add(s.Group, s.Signal, s.Evidence)
	}
	v.privacy(add)
	v.misuse(add)
	v.provenance(add)
	var out []Risk
	for _, g := range riskGroups {
		if len(found[g]) == 0 {
			found[g] = []Risk{v.quiet(g)}
		}
		out = append(out, found[g]...)
	}
	return out
}

// safe are formats that hold numbers and no code.
var safe = []string{"safetensors", "gguf", "index of shards"}

// quiet says why a group has no signal.
func (v *view) quiet(group string) Risk {
	r := Risk{Group: group, Signal: notLooked}
	named := v.part.setting == settingReferenced
	switch group {
	case "security":
		r.Evidence = "no file was read"
		format := v.part.Property("format")
		switch {
		case v.hosted():
			r.Signal, r.Evidence = noSignal, "a hosted service: nothing of it is loaded"
		case v.part.Kind == inventory.Dataset && !named:
			r.Signal, r.Evidence = noSignal, "no file of it runs code when it is loaded, as far as was seen"
		case slices.Contains(safe, format):
			r.Signal, r.Evidence = noSignal, format+" holds numbers and no code"
		case format != "":
			r.Evidence = format + " was not looked through for code"
		}
	case "privacy":
		r.Evidence = "what its data holds of people is not declared"
		if v.part.Property(personalData) == isNot {
			r.Signal, r.Evidence = noSignal, "its data is said to hold no personal data"
		}
		if v.hosted() {
			r.Evidence = "nothing is known of what it keeps"
			if v.family != nil && v.family.Inputs.Text != "" {
				r.Evidence = v.family.Inputs.Text
			}
		}
	case "misuse":
		r.Evidence = v.unread()
	case "provenance":
		r.Signal, r.Evidence = noSignal, v.declared()
		if named && v.family == nil {
			r.Signal, r.Evidence = notLooked, "only named"
		}
	}
	return r
}

// unread says what keeps from telling which uses the terms exclude.
func (v *view) unread() string {
	switch {
	case len(v.part.terms) > 0:
		return "which uses " + termsText(v.part.terms) + " excludes is not recorded"
	case v.hosted() && v.family != nil && v.family.Terms != "":
		return "which uses its terms exclude is not recorded: " + v.family.Terms
	}
	return "its terms are not known"
}

// declared says what is told of where the component comes from.
func (v *view) declared() string {
	var from []string
	for _, a := range v.kin {
		from = append(from, a.name)
	}
	switch {
	case len(from) > 0:
		return "made from " + named(from)
	case v.part.Kind == inventory.Dataset:
		return "described by its card"
	}
	return "its training data is published"
}

// privacy, as the article means it: what a service keeps of what users type and
// trains on, and personal data in what a model was trained on.
func (v *view) privacy(add func(group, signal, evidence string)) {
	for _, a := range v.kin {
		if a.found == nil || wayOf(a.relation) != wayData && wayOf(a.relation) != wayAbsorbed {
			continue
		}
		for _, s := range signalsOf(a.found) {
			if s.Group == "privacy" {
				add("privacy", s.Signal, a.name+": "+s.Evidence)
			}
		}
	}
	if !v.hosted() || v.family == nil {
		return
	}
	in, kept := v.family.Inputs, v.family.Retention
	switch in.Answer {
	case models.Yes, models.Depends:
		add("privacy", "trains-on-inputs", dated(in))
	case models.No:
		switch kept.Answer {
		case models.No:
			add("privacy", noSignal, dated(in))
		case models.Yes:
		default:
			add("privacy", notLooked, "how long inputs are kept is not known; "+dated(in))
		}
	}
	if kept.Answer == models.Yes {
		add("privacy", "keeps-inputs", dated(kept))
	}
}

// dated prints a fact with the day from which it is.
func dated(f models.Fact) string {
	if f.AsOf == "" {
		return f.Text
	}
	return fmt.Sprintf("%s (as of %s, %s)", f.Text, f.AsOf, f.Source)
}

// misuse: do the terms, or those of a base that hold too, name uses that are
// excluded? Terms are no technical control.
func (v *view) misuse(add func(group, signal, evidence string)) {
	if v.hosted() && v.family != nil && v.family.Outputs.Answer == models.Yes {
		add("misuse", "use-limits", dated(v.family.Outputs))
	}
	terms := slices.Clone(v.part.terms)
	if len(terms) == 0 {
		return
	}
	if a := v.drifted(); a != nil {
		terms = append(terms, a.branches[0]...)
	}
	limited, known := false, true
	for _, t := range terms {
		if t.License == nil || !t.License.Full {
			known = false
			continue
		}
		var clauses []string
		for _, o := range t.License.Obligations {
			switch o.Type {
			case "use-restrictions", "use-policy", "output-restriction", "no-guardrail-bypass", "pass-on-use-restrictions":
				if !slices.Contains(clauses, o.Clause) {
					clauses = append(clauses, o.Clause)
				}
			}
		}
		if len(clauses) > 0 {
			limited = true
			add("misuse", "use-limits", Cite(t.Text, named(clauses))+" excludes uses")
		}
	}
	if !limited && known {
		add("misuse", "no-use-limits", termsText(v.part.terms)+" excludes no use")
	}
}

// provenance: is it known what it was made from, and under which terms?
func (v *view) provenance(add func(group, signal, evidence string)) {
	if v.hosted() {
		add("provenance", "undeclared-training-data", "a hosted service")
		return
	}
	for _, a := range v.kin {
		switch {
		case wayOf(a.relation) == wayData && a.license == "":
			add("provenance", "unlicensed-training-data", a.name+": no license known")
		case wayOf(a.relation) == wayData:
		case a.license == "" && !a.guessed:
			add("provenance", "unknown-base", a.name+": its license is not known")
		}
	}
	if a := v.drifted(); a != nil {
		add("provenance", "relicensed-base", a.bounds())
	}
	if v.part.Kind == inventory.Model {
		for _, p := range v.c.Parts {
			if p.Part == partDataset && (p.Present == isNot || p.Present == notKnown && v.part.setting != settingReferenced) {
				add("provenance", "undeclared-training-data", p.Why)
			}
		}
		return
	}
	if len(v.kin) == 0 && v.part.setting != settingReferenced && !v.described() {
		add("provenance", "undeclared-sources", "nothing tells where it comes from")
	}
}

// described reports whether a card or an answer of a hub tells of a dataset.
func (v *view) described() bool {
	return slices.ContainsFunc(v.part.Evidence, func(e inventory.Evidence) bool { return e.Source == "card" || e.Source == "api" })
}
