package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/scan"
)

func (a *app) explainCommand() *cobra.Command {
	var from, format, diff, against string
	var full bool
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "explain WHAT [TARGET...]",
		Short: "Explain a license, an exception, a finding code, or what a scan says of a component and from what",
		Long: "explain CODE says what a finding means and what to do about it.\n" +
			"explain LICENSE says on one screen what a license, an exception or an expression grants and asks.\n" +
			"explain LICENSE --diff FILE says what a text changes against a license.\n" +
			"explain VIEW says what a definition, a framework or a law asks of models: osaid-1.0, mof-1.0, eu-ai-act.\n" +
			"explain NAME scans the targets (default: the folder you are in), or reads --report, and says under which\n" +
			"license the component is, which evidence says so, who links it and what it asks; of a model also how open it\n" +
			"is and what it was made from. NAME is a purl, a module path or its last part. A model or service that is not\n" +
			"there is explained by its name, where the rules know it.",
		Example: "  rukhsa explain RKH1001\n  rukhsa explain llama3.1\n  rukhsa explain gopkg.in/yaml.v3\n  rukhsa explain gpt-4o",
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
			if known, err := a.explainView(what, format); known || err != nil {
				return err
			}
			r, err := a.reportOn(c, what, from, s, args[1:])
			if err != nil {
				return err
			}
			return a.explainComponent(r, what, format, full)
		},
	}
	c.Flags().StringVar(&diff, "diff", "", "say what the text of `FILE` changes against the license WHAT")
	c.Flags().StringVar(&against, "text", "", "with --diff: compare with the text of `FILE` instead of the license's own")
	c.Flags().BoolVar(&full, "details", false, "of a model: all reasons and all that is asked, past one screen")
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

// reportOn is the report that has what; where nothing was named to look at and
// what is not here, one of what the rules know by the name.
func (a *app) reportOn(c *cobra.Command, what, from string, s *scanFlags, targets []string) (*report.Report, error) {
	if len(targets) > 0 || from != "" {
		return a.reportFor(c, from, s, targets)
	}
	o, err := a.prepare(s, targets, false)
	if err != nil {
		return nil, err
	}
	m, known := models.Resolve(what)
	known = known && m.Confidence == models.Exact
	r, err := scan.Run(c.Context(), o)
	switch nothing := errors.Is(err, scan.ErrNothing); {
	case known && (nothing || err == nil && len(report.FindComponents(r, what)) == 0):
		return byName(o, what, m), nil
	case nothing:
		return nil, usagef("name a folder, a program or a report to look it up in",
			"%q is no finding code, license, view or model that the rules know, and there is nothing to scan here", what)
	}
	return r, err
}

// byName is a report on a model or service of which only the name is known.
func byName(o scan.Options, what string, m models.Match) *report.Report {
	c := inventory.Component{ID: "pkg:generic/" + what, Kind: inventory.Kind(m.Kind), Name: what, Scope: inventory.Referenced, License: m.Conclude()}
	switch {
	case strings.HasPrefix(what, "pkg:"):
		c.ID = what
	case m.Kind == models.Service:
		c.ID = m.ServiceID(what)
	case strings.Count(what, "/") == 1:
		c.ID = "pkg:huggingface/" + what
	}
	inv := &inventory.Inventory{Components: []inventory.Component{c}}
	return scan.Judged(o, inv)
}

func (a *app) explainComponent(r *report.Report, what, format string, full bool) error {
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
		if err := report.ExplainComponent(a.Out, r, c, full); err != nil {
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
