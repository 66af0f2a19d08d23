package compat

import (
	"fmt"
	"slices"
)

// trainContexts are the contexts of training on data and on what a model made.
var trainContexts = []string{"train-on-data", "train-on-outputs", "distill"}

// train: data, or the outputs of a model, to the weights of another one. The
// law is unsettled and differs by country; only a text that speaks of it
// decides. A model that is trained further is no case of this relation: it is a
// changed work, and may be merged or not.
func (c *Comparer) train(out, in side) Verdict {
	if !in.known() {
		return notKnown(in)
	}
	if t := in.License.Train; t != nil {
		v := Verdict{Verdict: Yes, Cause: Fits, Clauses: clause(in.Text, t.Clause), Reason: t.Text}
		switch {
		case t.Answer == "yes":
		case t.Answer == "check", out.Text == in.Text: // what is refused for other models may be free for its own kind
			v.Verdict, v.Cause = Check, Restricted
		default:
			v.Verdict, v.Cause = No, Restricted
		}
		return v
	}
	for _, o := range in.License.Obligations {
		if (o.Class == "dont" || o.Class == "limit") && o.Strength == "must" && speaksOfTraining(o.When) {
			return Verdict{Verdict: Check, Cause: Restricted, Clauses: clause(in.Text, o.Clause), Reason: o.Text}
		}
	}
	if in.License.Category == publicDomain || in.kind == free && in.full() && len(in.conditions) == 0 && len(in.License.Obligations) == 0 {
		return Verdict{Verdict: Yes, Cause: Fits, Reason: fmt.Sprintf("%s asks for nothing", in.Text)}
	}
	return Verdict{Verdict: Check, Cause: Unsettled,
		Reason: fmt.Sprintf("%s does not speak of training; whether trained weights are a work based on the data is undecided and differs by country", in.Text)}
}

// speaksOfTraining reports whether an obligation names training among what
// triggers it.
func speaksOfTraining(when []string) bool {
	return slices.ContainsFunc(when, func(w string) bool { return slices.Contains(trainContexts, w) })
}
