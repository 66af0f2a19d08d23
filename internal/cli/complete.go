package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// This file tells shells what can stand at a place: `rukhsa completion SHELL`
// makes the script that asks. The words come from the same tables as the help,
// those of licenses from the rules.

// words are what can stand at a place, each perhaps with a tab and a meaning.
type words func(base *rulebase.Base) []string

// completions registers the words of a command, its flags and its subcommands.
func completions(c *cobra.Command) {
	each := func(f *pflag.Flag) {
		if list, multi := flagWords(f); list != nil {
			// scan's flags are the root's too; a second registration changes nothing.
			_ = c.RegisterFlagCompletionFunc(f.Name, completer(list, multi))
		}
	}
	c.Flags().VisitAll(each)
	c.PersistentFlags().VisitAll(each)
	if list, most := argumentWords(c.Name()); list != nil {
		c.ValidArgsFunction = func(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) >= most {
				return nil, cobra.ShellCompDirectiveDefault
			}
			return completer(list, false)(c, args, typed)
		}
	}
	for _, sub := range c.Commands() {
		completions(sub)
	}
}

// completer offers the words; of a list with commas those after the last comma.
func completer(list words, multi bool) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		base, err := loadBase()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		before, directive := "", cobra.ShellCompDirectiveNoFileComp
		if i := strings.LastIndexByte(typed, ','); multi {
			before, directive = typed[:i+1], directive|cobra.ShellCompDirectiveNoSpace
		}
		var out []string
		for _, w := range list(base) {
			word, _, _ := strings.Cut(w, "\t")
			if slices.Contains(strings.Split(before, ","), word) {
				continue
			}
			if strings.HasPrefix(strings.ToLower(before+w), strings.ToLower(typed)) {
				out = append(out, before+w)
			}
		}
		if len(out) == 0 {
			directive = cobra.ShellCompDirectiveDefault // a file, perhaps
		}
		return out, directive
	}
}

// flagWords are the words that a flag takes, nil where they are files or free.
func flagWords(f *pflag.Flag) (list words, multi bool) {
	if c, ok := f.Value.(choice); ok {
		return fixed(c.list), c.multi
	}
	switch f.Name {
	case "output":
		if f.Value.Type() == "stringArray" {
			return func(*rulebase.Base) []string { return formatWords() }, false
		}
	case "spec":
		return func(*rulebase.Base) []string {
			var out []string
			for _, f := range report.Formats() {
				out = append(out, f.Specs...)
			}
			return out
		}, false
	case "platform":
		return func(*rulebase.Base) []string {
			return append(strings.Split(platformNames(gomod.DefaultPlatforms()), ","), "host")
		}, true
	case "use":
		return func(base *rulebase.Base) []string { return meanings(base.Contexts()) }, true
	case "join":
		return func(base *rulebase.Base) []string { return meanings(base.Joins()) }, true
	case "openness":
		return func(base *rulebase.Base) []string { return meanings(base.Openness()) }, true
	case "category":
		return func(base *rulebase.Base) []string {
			var out []string
			for _, c := range base.Categories() {
				out = append(out, c.Name+"\t"+c.Meaning)
			}
			return out
		}, true
	case "id":
		return licenseWords, false
	}
	return nil, false
}

// argumentWords are the words that the arguments of a command take, and how
// many arguments are such words.
func argumentWords(command string) (list words, most int) {
	switch command {
	case "explain":
		return explainWords, 1
	case "obligations", "new":
		return licenseWords, 1
	case "compat":
		return licenseWords, 2
	}
	return nil, 0
}

func fixed(list []string) words { return func(*rulebase.Base) []string { return list } }

func meanings(list []rulebase.Word) []string {
	var out []string
	for _, w := range list {
		out = append(out, w.Name+"\t"+w.Meaning)
	}
	return out
}

func formatWords() []string {
	var out []string
	for _, f := range report.Formats() {
		name, _, _ := strings.Cut(f.Form(), "FILE")
		out = append(out, name+"\t"+f.Doc)
	}
	return out
}

func codeWords() []string {
	var out []string
	for _, d := range diag.Codes() {
		out = append(out, string(d.Code)+"\t"+d.Title)
	}
	return out
}

// licenseWords are the ids of all licenses, and the short names of those that
// have no id of SPDX.
func licenseWords(base *rulebase.Base) []string {
	var out []string
	for h := range base.Heads() {
		if h.Exception {
			continue
		}
		out = append(out, h.ID+"\t"+h.Name)
		short := strings.TrimPrefix(h.ID, ownRef)
		if l, ok := base.Lookup(short); ok && short != h.ID && l.ID == h.ID {
			out = append(out, short+"\t"+h.Name)
		}
	}
	return out
}

// explainWords are what explain knows without a scan.
func explainWords(base *rulebase.Base) []string {
	out := append(codeWords(), licenseWords(base)...)
	for h := range base.Heads() {
		if h.Exception {
			out = append(out, h.ID+"\t"+h.Name)
		}
	}
	for f := range base.Families() {
		out = append(out, f.Label+"\t"+f.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
