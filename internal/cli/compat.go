package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/compat"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// compatAnswer is the answer for one relation.
type compatAnswer struct {
	Schema string `json:"schema"`
	compat.Verdict
	Choice string `json:"choice"` // the branch of the inbound choice (OR) that was taken
}

// ruleLicenses is the rule base as compat asks it.
type ruleLicenses struct{ *rulebase.Base }

func (r ruleLicenses) License(id string) *rulebase.License {
	l, err := r.Base.License(id)
	if err != nil {
		return nil
	}
	return l
}

func (a *app) compatCommand() *cobra.Command {
	var format, relation string
	var relations []string
	for _, r := range compat.Relations() {
		relations = append(relations, string(r))
	}
	c := &cobra.Command{
		Use:   "compat OUTBOUND INBOUND",
		Short: "Say whether a work under one license may become part of a work under another",
		Long: "compat compares two licenses or expressions. OUTBOUND is the license of the whole (or proprietary), INBOUND that\n" +
			"of the part. The relations:\n" +
			"  merge  the part's code goes under the outbound license\n" +
			"  link   the part keeps its own license inside a combined program\n" +
			"  embed  weights or data inside a program\n" +
			"  train  data into the weights of a model\n" +
			"The answer is yes, no or check: a person must decide. Without --relation merge and link are answered.",
		Example: "  rukhsa compat GPL-2.0-only Apache-2.0 --relation link\n  rukhsa compat proprietary LGPL-3.0-only",
		Args:    arguments(2, 2, "OUTBOUND INBOUND"),
		RunE: func(_ *cobra.Command, args []string) error {
			base, err := loadBase()
			if err != nil {
				return err
			}
			out, err := askOwner(base, args[0])
			if err != nil {
				return err
			}
			in, err := askOwner(base, args[1])
			if err != nil {
				return err
			}
			wanted := []compat.Relation{compat.Merge, compat.Link}
			if relation != "" {
				wanted = []compat.Relation{compat.Relation(relation)}
			}
			cmp := compat.New(ruleLicenses{base})
			var answers []compatAnswer
			for _, rel := range wanted {
				v := cmp.Expressions(out.branches, in.branches, rel)
				v.Outbound, v.Inbound = out.text, in.text
				answers = append(answers, compatAnswer{"rukhsa/compat/v1", v, v.Chosen})
			}
			if format == "json" {
				return a.writeAnswers(answers)
			}
			return writeCompat(a.Out, answers)
		},
	}
	choiceFlag(c.Flags(), &relation, false, "relation", "", "", relations, "how the part becomes part of the whole")
	answerFlag(c, &format)
	return c
}

// writeAnswers writes one answer as an object and several as a list.
func (a *app) writeAnswers(answers []compatAnswer) error {
	if len(answers) == 1 {
		return report.EncodeJSON(a.Out, answers[0], true)
	}
	return report.EncodeJSON(a.Out, answers, true)
}

func writeCompat(w io.Writer, answers []compatAnswer) error {
	var b strings.Builder
	for _, v := range answers {
		lead := fmt.Sprintf("%-6s %-6s ", v.Relation, v.Verdict.Verdict)
		fmt.Fprintf(&b, "%s%s", lead, wrapped(v.Reason, len(lead), len(lead)))
		if len(v.Clauses) > 0 {
			fmt.Fprintf(&b, "\n%s%s", strings.Repeat(" ", len(lead)), wrapped("see "+strings.Join(v.Clauses, "; "), len(lead), len(lead)))
		}
		b.WriteByte('\n')
		for _, d := range v.Duties {
			text := fmt.Sprintf("- %s (%s%s)", d.Text, d.License, clauseOf(d.Clause))
			if d.Status == "confirm" {
				text += ", if " + orElse(d.If, "its text says so")
			}
			fmt.Fprintf(&b, "%s%s\n", strings.Repeat(" ", len(lead)), wrapped(text, len(lead), len(lead)+2))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// clauseOf cites a clause after a license's name.
func clauseOf(clause string) string {
	switch {
	case clause == "":
		return ""
	case clause[0] >= '0' && clause[0] <= '9':
		return " §" + clause
	}
	return ", " + clause
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
