package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// obligationsAnswer is what an expression asks in some contexts.
type obligationsAnswer struct {
	Schema      string              `json:"schema"`
	Expression  string              `json:"expression"`
	Use         []string            `json:"use"`
	Joins       []string            `json:"joins"`
	Choice      string              `json:"choice"` // the branch of a choice (OR) that asks least
	Obligations []askedDuty         `json:"obligations"`
	Branches    []obligationsBranch `json:"branches"` // of a choice, as written
}

type obligationsBranch struct {
	Expression  string      `json:"expression"`
	Obligations []askedDuty `json:"obligations"`
}

// askedDuty is an obligation as in a report, but of no component.
type askedDuty struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	License  string   `json:"license"`
	Class    string   `json:"class"`
	Strength string   `json:"strength"`
	When     []string `json:"when"`
	If       string   `json:"if"`
	Clause   string   `json:"clause"`
	Text     string   `json:"text"`
	Value    string   `json:"value"`
	How      []string `json:"how"`
	Derived  bool     `json:"derived"`
	Status   string   `json:"status"`
}

// projectDuties is the answer without an expression: what a project owes.
type projectDuties struct {
	Schema      string              `json:"schema"`
	Expression  string              `json:"expression"`
	Use         []string            `json:"use"`
	Obligations []assess.Obligation `json:"obligations"`
	Actions     []assess.Action     `json:"actions"`
	Questions   []assess.Question   `json:"questions"`
}

func (a *app) obligationsCommand() *cobra.Command {
	var format, joins string
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "obligations [EXPR]",
		Short: "Say what a license asks, clause by clause; without EXPR: what this project has to do",
		Long: "obligations lists what a license or expression asks when it is used as --use says (rukhsa help contexts), and\n" +
			"everything that it may ask without --use. Of a choice (OR) the branch that asks least is shown in full.\n" +
			"Without EXPR the folder you are in is scanned and its actions are listed with the duties behind them.",
		Example: "  rukhsa obligations AGPL-3.0-only --use network-service\n  rukhsa obligations \"MIT OR Apache-2.0\" --use distribute-binary",
		Args:    arguments(0, 1, "[EXPR]"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.projectObligations(c, s, format)
			}
			base, err := loadBase()
			if err != nil {
				return err
			}
			use, err := checkWords("use", "context", s.use, base.Contexts())
			if err != nil {
				return err
			}
			how, err := checkWords("join", "join", joins, base.Joins())
			if err != nil {
				return err
			}
			q, err := ask(base, args[0])
			if err != nil {
				return err
			}
			answer := obligationsOf(base, q, use, how)
			if format == "json" {
				return report.EncodeJSON(a.Out, answer, true)
			}
			return writeObligations(a.Out, answer)
		},
	}
	s.loaderFlags(c)
	c.Flags().StringVar(&joins, "join", "", "`WORD[,...]`: how it is joined with other work: link-static, modify, ... (default: link-static with --use, else all)")
	answerFlag(c, &format)
	return c
}

// obligationsOf evaluates every branch. Without contexts everything that a
// license may ask is listed.
func obligationsOf(base *rulebase.Base, q asked, use, joins []string) obligationsAnswer {
	out := obligationsAnswer{Schema: "rukhsa/obligations/v1", Expression: q.text, Use: use, Joins: joins, Branches: []obligationsBranch{}}
	set := duty.Setting{Contexts: use, Joins: joins}
	if len(use) == 0 {
		set.Contexts = base.ContextNames()
	}
	if len(joins) == 0 {
		set.Joins = []string{"link-static"}
		if len(use) == 0 {
			set.Joins = nil
			for _, j := range base.Joins() {
				set.Joins = append(set.Joins, j.Name)
			}
		}
	}
	best, low := 0, []int(nil)
	for i, terms := range q.branches {
		b := obligationsBranch{Expression: termsText(terms), Obligations: []askedDuty{}}
		price := []int{0, 0}
		for _, it := range duty.Of(terms, set) {
			b.Obligations = append(b.Obligations, dutyOf(it))
			if it.Status != duty.NotDue {
				price[1]++
			}
		}
		for _, t := range terms {
			price[0] = max(price[0], base.Rank(t.License.Category))
		}
		if low == nil || slices.Compare(price, low) < 0 {
			best, low = i, price
		}
		out.Branches = append(out.Branches, b)
	}
	out.Obligations = out.Branches[best].Obligations
	if len(out.Branches) == 1 {
		out.Branches = []obligationsBranch{}
	} else {
		out.Choice = out.Branches[best].Expression
	}
	return out
}

func dutyOf(it duty.Item) askedDuty {
	o := it.Obligation
	return askedDuty{
		ID: it.ID(), Type: o.Type, License: it.License, Class: o.Class, Strength: o.Strength, When: notNil(o.When), If: it.If,
		Clause: o.Clause, Text: o.Text, Value: o.Value, How: notNil(o.How), Derived: it.Derived, Status: string(it.Status),
	}
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func termsText(terms []rulebase.Term) string {
	var all []string
	for _, t := range terms {
		all = append(all, t.Text)
	}
	return strings.Join(all, " AND ")
}

func writeObligations(w io.Writer, o obligationsAnswer) error {
	var b strings.Builder
	fmt.Fprint(&b, o.Expression)
	if len(o.Use) > 0 {
		fmt.Fprintf(&b, "  used as %s", strings.Join(o.Use, ", "))
	}
	b.WriteByte('\n')
	for _, x := range o.Branches {
		mark := "other branch"
		if x.Expression == o.Choice {
			mark = "asks least "
		}
		fmt.Fprintf(&b, "  %-12s %s (%s)\n", mark, x.Expression, countDuties(x.Obligations))
	}
	if len(o.Obligations) == 0 {
		b.WriteString("nothing is asked for\n")
	}
	for _, status := range []string{"due", "confirm", "not-due"} {
		for _, d := range o.Obligations {
			if d.Status == status {
				writeDuty(&b, d)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func countDuties(list []askedDuty) string {
	n := 0
	for _, d := range list {
		if d.Status != string(duty.NotDue) {
			n++
		}
	}
	if n == 1 {
		return "1 duty"
	}
	return fmt.Sprintf("%d duties", n)
}

const dutyIndent = 9

func writeDuty(b *strings.Builder, d askedDuty) {
	text := d.Text
	if d.Value != "" {
		text += fmt.Sprintf(" %q", d.Value)
	}
	text += fmt.Sprintf(" (%s%s)", d.License, clauseOf(d.Clause))
	if d.If != "" {
		text += ", if " + d.If
	}
	if d.Strength == "should" {
		text += ", asked for and not ordered"
	}
	if d.Derived {
		text += ", usual for its category: confirm"
	}
	fmt.Fprintf(b, "%-*s%s\n", dutyIndent, d.Status, wrapped(text, dutyIndent, dutyIndent))
}

// projectObligations scans and lists the actions with the duties behind them.
func (a *app) projectObligations(c *cobra.Command, s *scanFlags, format string) error {
	r, err := a.scan(c.Context(), s, nil, false)
	if err != nil {
		return err
	}
	if format == "json" {
		err = report.EncodeJSON(a.Out, projectDuties{"rukhsa/obligations/v1", "", r.Use.Contexts, r.Obligations, r.Actions, r.Questions}, true)
	} else {
		_, err = io.WriteString(a.Out, actionsText(r))
	}
	if err != nil {
		return err
	}
	if !r.Complete {
		for _, line := range report.ErrorLines(r) {
			a.note("%s", line)
		}
		return codeError(exitIncomplete)
	}
	return nil
}

func actionsText(r *report.Report) string {
	by := map[string]assess.Obligation{}
	for _, o := range r.Obligations {
		by[o.ID] = o
	}
	var b strings.Builder
	for _, x := range r.Actions {
		fmt.Fprintf(&b, "%s  %s  %s\n", x.Do, report.Printable(x.Detail), report.Printable(x.How))
		var list []assess.Obligation
		for _, id := range x.Satisfies {
			list = append(list, by[id])
		}
		slices.SortFunc(list, func(p, q assess.Obligation) int { return cmp.Compare(p.ID, q.ID) })
		for _, o := range list {
			text := fmt.Sprintf("%s (%s%s), %s", o.Text, o.License, clauseOf(o.Clause), counted(len(o.Components), "component"))
			fmt.Fprintf(&b, "  %-*s%s\n", dutyIndent, o.Status, wrapped(text, dutyIndent+2, dutyIndent+2))
		}
	}
	if b.Len() == 0 {
		return "nothing to do\n"
	}
	return b.String()
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
