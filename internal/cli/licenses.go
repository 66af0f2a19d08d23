package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// head is what every answer says of a license first.
type head struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Family      string `json:"family"`
	Category    string `json:"category"`
	Openness    string `json:"openness"`
	OSI         string `json:"osi"` // yes, no (not on the list), not-reviewed
	FSF         string `json:"fsf"`
	Deprecated  bool   `json:"deprecated"`
	Replacement string `json:"replacement"`
	Full        bool   `json:"full"` // its duties are written down; else they are those usual for its category
}

func headOf(h rulebase.Head) head {
	return head{h.ID, h.Name, h.Family, h.Category, h.Openness, h.OSI, h.FSF, h.Deprecated, h.Replacement, h.File != ""}
}

type licenseList struct {
	Schema   string `json:"schema"`
	Licenses []head `json:"licenses"`
}

func (a *app) licensesCommand() *cobra.Command {
	var format, category, openness string
	var exceptions bool
	c := &cobra.Command{
		Use:   "licenses [WORD...]",
		Short: "List the licenses that the rules know, with category and openness",
		Long: "licenses lists every license of the rules. With WORDs it lists those whose id, name, family or another name\n" +
			"holds all of them. * marks those whose duties are written down clause by clause.",
		Example: "  rukhsa licenses --category network-copyleft\n  rukhsa licenses llama\n  rukhsa licenses --openness open-source -o json",
		RunE: func(_ *cobra.Command, words []string) error {
			base, err := loadBase()
			if err != nil {
				return err
			}
			var known []rulebase.Word
			for _, c := range base.Categories() {
				known = append(known, rulebase.Word{Name: c.Name})
			}
			categories, err := checkWords("category", "category", category, known)
			if err != nil {
				return err
			}
			opennesses, err := checkWords("openness", "openness", openness, base.Openness())
			if err != nil {
				return err
			}
			list := []head{}
			for h := range base.Heads() {
				if h.Exception == exceptions && among(h.Category, categories) && among(h.Openness, opennesses) && holds(h, words) {
					list = append(list, headOf(h))
				}
			}
			if format == "json" {
				return report.EncodeJSON(a.Out, licenseList{"rukhsa/licenses/v1", list}, true)
			}
			return a.writeLicenses(list)
		},
	}
	c.Flags().StringVar(&category, "category", "", "only these `CATEGORIES`, comma-separated")
	c.Flags().StringVar(&openness, "openness", "", "only these `WORDS` of openness, comma-separated")
	c.Flags().BoolVar(&exceptions, "exceptions", false, "list the exceptions instead (LICENSE WITH EXCEPTION)")
	answerFlag(c, &format)
	return c
}

// among reports whether a word is in a list; every word is in an empty one.
func among(word string, list []string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return len(list) == 0
}

// holds reports whether the names of a license hold all words.
func holds(h rulebase.Head, words []string) bool {
	all := strings.ToLower(strings.Join(append([]string{h.ID, h.Name, h.Family}, h.Aliases...), "\n"))
	for _, w := range words {
		if !strings.Contains(all, strings.ToLower(w)) {
			return false
		}
	}
	return true
}

func (a *app) writeLicenses(list []head) error {
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, h := range list {
		mark := " "
		if h.Full {
			mark = "*"
		}
		name := h.Name
		if h.Deprecated {
			name += " (deprecated"
			if h.Replacement != "" {
				name += ": " + h.Replacement
			}
			name += ")"
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\n", mark, h.ID, h.Category, h.Openness, report.Printable(name))
	}
	return w.Flush()
}
