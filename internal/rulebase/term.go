package rulebase

import (
	"slices"
	"strings"
)

// Term is one license of an expression, with the exception that goes with it.
// License is nil for a name that the rule base does not know.
type Term struct {
	Text      string // as printed: "GPL-2.0-only WITH Classpath-exception-2.0"
	License   *License
	Exception *Exception // nil without WITH
}

// Obligations are the license's own, less what the exception removes, with what
// it adds.
func (t Term) Obligations() []Obligation {
	if t.License == nil {
		return nil
	}
	if t.Exception == nil {
		return t.License.Obligations
	}
	var out []Obligation
	for _, o := range t.License.Obligations {
		if !slices.ContainsFunc(t.Exception.Removes, func(r Removal) bool { return r.removes(o) }) {
			out = append(out, o)
		}
	}
	return append(out, t.Exception.Adds...)
}

const wholeProgram = "program" // vocabulary: scopes

// removes: a removal names a type of obligation, or lifts the copyleft and with
// it the duties that reach over the whole program.
func (r Removal) removes(o Obligation) bool {
	return r.Type != "" && r.Type == o.Type || r.Copyleft && o.Scope == wholeProgram
}

// Triggered reports whether an obligation's list of contexts and joins fits
// what is done with a component. The contexts of the list are alternatives, and
// so are its joins; where it names both, one of each must hold. Without contexts
// a join counts only when a copy is handed over; an empty list is any use.
func (o Obligation) Triggered(contexts, joins []string) bool {
	var needContext, needJoin, context, join bool
	for _, w := range o.When {
		if IsJoin(w) {
			needJoin = true
			join = join || slices.Contains(joins, w)
		} else {
			needContext = true
			context = context || slices.Contains(contexts, w)
		}
	}
	switch {
	case needContext && needJoin:
		return context && join
	case needContext:
		return context
	case needJoin:
		return join && slices.ContainsFunc(contexts, HandsOver)
	default:
		return len(contexts) > 0
	}
}

// IsJoin tells a join from a context among the words of a trigger; a test
// compares it with the vocabulary.
func IsJoin(word string) bool {
	switch word {
	case "link-static", "link-dynamic", "embed-asset", "modify", "quantize-convert":
		return true
	}
	return false
}

// HandsOver reports whether others get a copy in a context.
func HandsOver(context string) bool {
	return strings.HasPrefix(context, "distribute-") || strings.HasPrefix(context, "publish-") || strings.HasPrefix(context, "embed-")
}
