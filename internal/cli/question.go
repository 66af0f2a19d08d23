package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// This file holds what the commands share that answer from the rules alone.

// answerFormats are the formats of an answer.
var answerFormats = []string{"text", "json"}

// maxArguments stands for any number of arguments.
const maxArguments = 1 << 20

// arguments checks how many arguments there are; form is how they are written.
func arguments(least, most int, form string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return usagef(c.CommandPath()+" "+form, "%d arguments, want %s", len(args), form)
		}
		return nil
	}
}

func answerFlag(c *cobra.Command, format *string) {
	choiceFlag(c.Flags(), format, false, "output", "o", answerFormats[0], answerFormats, "output")
}

// asked is a license expression as somebody asked about it.
type asked struct {
	text     string            // canonical
	expr     spdx.Expr         // nil for terms of its own
	branches [][]rulebase.Term // a choice (OR) of lists that all hold (AND)
}

// maxBranches bounds the choices of an expression that is asked about.
const maxBranches = 64

// maxNear is how many ids a message offers for a wrong one.
const maxNear = 3

// ask reads an expression whose every license the rules know, or one name as
// people write it. The error is a *usageError with the nearest names.
func ask(base *rulebase.Base, text string) (asked, error) {
	e, err := parseAsked(base, text)
	if err != nil {
		return asked{}, err
	}
	dnf, ok := spdx.DNF(e, maxBranches)
	if !ok {
		return asked{}, usagef("", "%q has more than %d choices", text, maxBranches)
	}
	q := asked{text: e.String(), expr: e}
	for _, licenses := range dnf {
		var terms []rulebase.Term
		for _, l := range licenses {
			t, err := termOf(base, l)
			if err != nil {
				return asked{}, err
			}
			terms = append(terms, t)
		}
		q.branches = append(q.branches, terms)
	}
	return q, nil
}

// askOwner also takes the word for terms of one's own.
func askOwner(base *rulebase.Base, text string) (asked, error) {
	if p := compat.Proprietary(); strings.EqualFold(text, p.Text) {
		return asked{text: p.Text, branches: [][]rulebase.Term{{p}}}, nil
	}
	return ask(base, text)
}

func parseAsked(base *rulebase.Base, text string) (spdx.Expr, error) {
	if f, ok := base.Family(text); ok {
		return nil, usagef("rukhsa explain "+f.Label, "%q names a family and no license: %s", text, members(f))
	}
	expr := text
	h, known := base.Lookup(text)
	if known && h.Exception {
		return nil, usagef("rukhsa explain "+h.ID, "%q is an exception: write LICENSE WITH %s", text, h.ID)
	}
	if known {
		expr = h.ID
	}
	e, err := spdx.Parse(expr, base.SPDX())
	if err != nil {
		var wrong *spdx.Error
		if near := nearest(base, text); errors.As(err, &wrong) && wrong.Token == text && len(wrong.Near) == 0 && len(near) > 0 {
			return nil, usagef("", "%w; did you mean %s?", err, quoted(near))
		}
		return nil, usagef("", "%w", err)
	}
	switch e.(type) {
	case spdx.None, spdx.NoAssertion:
		return nil, usagef("", "%s names no license", e)
	}
	return e, nil
}

func termOf(base *rulebase.Base, l spdx.License) (rulebase.Term, error) {
	t := rulebase.Term{Text: l.String()}
	var err error
	if t.License, err = base.License(l.ID); err != nil {
		return t, unknownID(base, l.ID, err)
	}
	if l.Exception != "" {
		if t.Exception, err = base.Exception(l.Exception); err != nil {
			return t, unknownID(base, l.Exception, err)
		}
	}
	return t, nil
}

func unknownID(base *rulebase.Base, id string, err error) error {
	if !errors.Is(err, rulebase.ErrUnknown) {
		return err
	}
	if near := nearest(base, id); len(near) > 0 {
		return usagef("", "%w; did you mean %s?", err, quoted(near))
	}
	return usagef("rukhsa licenses lists all", "%w", err)
}

// nearest finds ids that a wrong name may be meant for: by their ids and the
// other names of their licenses, those outside SPDX by what distinguishes them.
func nearest(base *rulebase.Base, name string) []string {
	of := map[string]string{}
	var names []string
	for h := range base.Heads() {
		for _, n := range append([]string{strings.TrimPrefix(h.ID, ownRef)}, h.Aliases...) {
			if _, ok := of[n]; !ok {
				of[n] = h.ID
				names = append(names, n)
			}
		}
	}
	var out []string
	for _, n := range yamlpos.Nearest(strings.TrimPrefix(name, ownRef), names, 4*maxNear) {
		if id := of[n]; !slices.Contains(out, id) && len(out) < maxNear {
			out = append(out, id)
		}
	}
	return out
}

// ownRef starts the ids of licenses outside SPDX that the rules name.
const ownRef = "LicenseRef-rukhsa-"

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(out, " or ")
}

// maxMembers bounds the members of a family that a message names.
const maxMembers = 8

func members(f rulebase.Family) string {
	switch n := len(f.Members); {
	case n == 0:
		return "it says nothing; give the license's own name"
	case n > maxMembers:
		return fmt.Sprintf("%s and %d more", strings.Join(f.Members[:maxMembers], ", "), n-maxMembers)
	}
	return strings.Join(f.Members, ", ")
}

// checkWords checks the words of a flag that only the rules know; noun is what
// one of them is.
func checkWords(flag, noun, value string, words []rulebase.Word) ([]string, error) {
	if value == "" {
		return []string{}, nil
	}
	var valid []string
	for _, w := range words {
		valid = append(valid, w.Name)
	}
	out := []string{}
	for _, word := range strings.Split(value, ",") {
		if !slices.Contains(valid, word) {
			return nil, usagef("", "--%s: %s", flag, yamlpos.Unknown(noun, word, valid))
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out, nil
}

// answerWidth is how many columns a line of an answer takes before it is broken.
const answerWidth = 120

// wrapped breaks text at spaces; the first line has used columns taken already,
// the others begin with indent spaces.
func wrapped(text string, used, indent int) string {
	var b strings.Builder
	at := used
	for i, word := range strings.Fields(text) {
		word = report.Printable(word)
		n := len([]rune(word))
		switch {
		case i == 0:
		case at+1+n > answerWidth && at > indent:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}
