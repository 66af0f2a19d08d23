package models

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Lines lists the fixed lines that the licenses of an expression order in cards,
// notices or products, sorted: "Built with Llama".
func Lines(base *rulebase.Base, expression string) []string {
	e, err := spdx.ParseLax(expression)
	if err != nil {
		return nil
	}
	var out []string
	for _, leaf := range spdx.Leaves(e) {
		l, err := base.License(leaf.ID)
		if err != nil {
			continue
		}
		for _, o := range l.Obligations {
			if (o.Type == "attribution-display" || o.Type == "include-notice-file") && o.Class == "do" && o.Strength == "must" && o.Value != "" {
				out = append(out, o.Value)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// marks are written in several ways that mean the same.
var marks = strings.NewReplacer("©", "(c)", "“", `"`, "”", `"`, "’", "'", "‘", "'", "**", "", "__", "", "`", "")

// Carries reports whether a text holds a line, whatever its line breaks, case,
// quotation marks and emphasis.
func Carries(text, line string) bool {
	return strings.Contains(plain(text), plain(line))
}

func plain(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(marks.Replace(s))), " ")
}
