package views

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Licenses is what is asked of the rule base.
type Licenses interface {
	License(id string) (*rulebase.License, error)
}

// Evaluate answers every criterion of a view, in its order, from what fact says
// of a model.
func (v *View) Evaluate(fact func(name string) Fact, licenses Licenses) []Result {
	out := make([]Result, len(v.Criteria))
	for i := range v.Criteria {
		c := &v.Criteria[i]
		out[i] = Result{Criterion: c, Answer: Unknown, Why: c.Because}
		if len(c.By) == 0 {
			continue
		}
		out[i].Answer = Met
		var whys []string
		for _, name := range c.By {
			answer, why := v.answer(c, fact(name), licenses)
			switch {
			case answer == out[i].Answer:
				if !slices.Contains(whys, why) {
					whys = append(whys, why)
				}
			case worse(answer, out[i].Answer):
				out[i].Answer, whys = answer, []string{why}
			}
		}
		out[i].Why = strings.Join(whys, "; ")
	}
	for i := range out {
		v.stand(out, i)
	}
	return out
}

// worse reports whether an answer weighs more than another where several facts
// have to be there: what is missing decides, then what is not known.
func worse(a, b string) bool {
	order := []string{Met, Unknown, Missing}
	return slices.Index(order, a) > slices.Index(order, b)
}

// stand lets one thing be met by the other that may stand for it.
func (v *View) stand(out []Result, i int) {
	c := out[i].Criterion
	if c.Instead == "" || out[i].Answer == Met {
		return
	}
	for _, r := range out {
		if r.Criterion.ID == c.Instead && r.Answer == Met {
			out[i].Answer, out[i].instead = Met, true
			out[i].Why = strings.ToLower(r.Criterion.Label()) + " stands for it: " + r.Why
		}
	}
}

// Label is what a criterion is called.
func (c *Criterion) Label() string {
	if c.Name != "" {
		return c.Name
	}
	return strings.ReplaceAll(c.ID, "-", " ")
}

// answer turns a fact into the answer to a criterion that hangs on it.
func (v *View) answer(c *Criterion, f Fact, licenses Licenses) (answer, why string) {
	switch f.Answer {
	case "yes":
	case "no":
		return Missing, f.Why
	case "partly":
		return Missing, "only a part: " + f.Why
	default:
		return Unknown, f.Why
	}
	if !c.Terms {
		return Met, f.Why
	}
	if f.License == "" {
		return Unknown, f.Why + "; under which license is not known"
	}
	switch v.open(f.License, licenses) {
	case Met:
		return Met, f.Why + " (" + f.License + ")"
	case Missing:
		return Missing, fmt.Sprintf("%s; %s is no license that %s takes for open", f.Why, f.License, v.Short)
	}
	return Unknown, fmt.Sprintf("%s; whether %s takes %s for open is to be decided", f.Why, v.Short, f.License)
}

// maxBranches bounds the choices of one expression; one with more is not judged.
const maxBranches = 64

// open answers whether the view takes an expression for open: of a choice one
// branch is enough, of licenses that all hold every one has to be.
func (v *View) open(expression string, licenses Licenses) string {
	e, err := spdx.ParseLax(expression)
	if err != nil {
		return Unknown
	}
	branches, ok := spdx.DNF(e, maxBranches)
	if !ok || len(branches) == 0 {
		return Unknown
	}
	best := Missing
	for _, b := range branches {
		branch := Met
		for _, l := range b {
			if a := v.accepts(l.ID, licenses); worse(a, branch) {
				branch = a
			}
		}
		if worse(best, branch) {
			best = branch
		}
	}
	return best
}

// accepts answers for one license. An exception only adds permissions.
func (v *View) accepts(id string, licenses Licenses) string {
	if slices.Contains(v.Terms.Also, id) {
		return Met
	}
	l, err := licenses.License(id)
	if err != nil {
		return Unknown
	}
	if slices.Contains(v.Terms.Approved, "osi") && l.OSI == "yes" || slices.Contains(v.Terms.Approved, "fsf") && l.FSF == "yes" {
		return Met
	}
	if l.Openness == openSource && !v.Terms.Exhaustive {
		return Unknown
	}
	return Missing
}

const openSource = "open-source" // vocabulary: openness

// Standing counts the answers by group, in the order of the groups; a view
// without groups is one. A thing that another one stood for is not counted where
// that other one is.
func (v *View) Standing(results []Result) []Standing {
	groups := v.Groups
	if len(groups) == 0 {
		groups = []Group{{Name: v.Name}}
	}
	out := make([]Standing, len(groups))
	for i := range groups {
		held := v.held(groups[i].ID)
		s := Standing{Group: &groups[i]}
		for _, r := range results {
			c := r.Criterion
			if c.Optional || !slices.Contains(held, c.Group) || r.instead && slices.ContainsFunc(results, func(o Result) bool {
				return o.Criterion.ID == c.Instead && slices.Contains(held, o.Criterion.Group)
			}) {
				continue
			}
			s.Of++
			switch r.Answer {
			case Met:
				s.Met++
			case Missing:
				s.Missing++
			default:
				s.Unknown++
			}
		}
		out[i] = s
	}
	return out
}

// held lists a group and those that it holds.
func (v *View) held(id string) []string {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for _, g := range v.Groups {
			if g.ID == out[i] && g.With != "" && !slices.Contains(out, g.With) {
				out = append(out, g.With)
			}
		}
	}
	return out
}
