package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

func (a *app) explainCommand() *cobra.Command {
	var from, format, diff, against string
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "explain WHAT [TARGET...]",
		Short: "Explain a license, an exception, a finding code, or what a scan says of a component and from what",
		Long: "explain CODE says what a finding means and what to do about it.\n" +
			"explain LICENSE says on one screen what a license, an exception or an expression grants and asks.\n" +
			"explain LICENSE --diff FILE says what a text changes against a license.\n" +
			"explain NAME scans the targets (default: the folder you are in), or reads --report, and says under which\n" +
			"license the component is, which evidence says so, who links it and what it asks. NAME is a purl, a module\n" +
			"path or its last part.",
		Example: "  rukhsa explain RKH1001\n  rukhsa explain llama3.1\n  rukhsa explain gopkg.in/yaml.v3",
		Args:    arguments(1, maxArguments, "WHAT [TARGET...]"),
		RunE: func(c *cobra.Command, args []string) error {
			what := args[0]
			if d, ok := diag.Lookup(diag.Code(strings.ToUpper(what))); ok {
				return a.explainCode(d, format)
			}
			base, err := loadBase()
			if err != nil {
				return err
			}
			if diff != "" {
				return a.explainDiff(base, diff, what, against, format)
			}
			if known, err := a.explainLicense(base, what, format); known || err != nil {
				return err
			}
			r, err := a.reportFor(c, from, s, args[1:])
			if err != nil {
				return err
			}
			return a.explainComponent(r, what, format)
		},
	}
	c.Flags().StringVar(&diff, "diff", "", "say what the text of `FILE` changes against the license WHAT")
	c.Flags().StringVar(&against, "text", "", "with --diff: compare with the text of `FILE` instead of the license's own")
	c.Flags().StringVar(&from, "report", "", "read this JSON `REPORT` instead of scanning")
	choiceFlag(c.Flags(), &format, false, "output", "o", "text", []string{"text", "json"}, "output")
	s.loaderFlags(c)
	return c
}

func (a *app) reportFor(c *cobra.Command, from string, s *scanFlags, targets []string) (*report.Report, error) {
	if from != "" {
		return a.decode(from)
	}
	return a.scan(c.Context(), s, targets, false)
}

func (a *app) explainComponent(r *report.Report, what, format string) error {
	found := report.FindComponents(r, what)
	if len(found) == 0 {
		return usagef("rukhsa scan --details lists all components",
			"%q is no finding code and no component of %d", what, len(r.Components))
	}
	if format == "json" {
		return report.EncodeJSON(a.Out, explained{"rukhsa/explain/v1", "component", found}, true)
	}
	for i, c := range found {
		if i > 0 {
			fmt.Fprintln(a.Out)
		}
		if err := report.ExplainComponent(a.Out, r, c); err != nil {
			return err
		}
	}
	return nil
}

type explained struct {
	Schema     string              `json:"schema"`
	Kind       string              `json:"kind"`
	Components []*report.Component `json:"components"`
}

type explainedCode struct {
	Schema   string `json:"schema"`
	Kind     string `json:"kind"`
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	Text     string `json:"text"`
	Fix      string `json:"fix"`
	Example  string `json:"example"`
}

func (a *app) explainCode(d diag.Doc, format string) error {
	if format == "json" {
		return report.EncodeJSON(a.Out, explainedCode{
			"rukhsa/explain/v1", "code", string(d.Code), string(d.Severity), d.Title, d.Text, d.Fix, d.Example,
		}, true)
	}
	_, err := fmt.Fprintf(a.Out, "%s  %s (%s)\n\n%s\n\nDo: %s\n\nExample:\n  %s\n",
		d.Code, d.Title, d.Severity, d.Text, d.Fix, strings.ReplaceAll(d.Example, "\n", "\n  "))
	return err
}
