package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/report"
)

func (a *app) convertCommand() *cobra.Command {
	var formats []string
	var details bool
	c := &cobra.Command{
		Use:     "convert REPORT",
		Short:   "Render a JSON report again, in other formats",
		Long:    "convert reads a report that `rukhsa scan -o json` wrote (- for standard input) and renders it in other formats.\nThe exit code is that of the report.",
		Example: "  rukhsa convert report.json -o text -o notice=NOTICES.txt",
		Args:    exactly(1, "REPORT"),
		RunE: func(_ *cobra.Command, args []string) error {
			outs, err := a.outputs(formats)
			if err != nil {
				return err
			}
			r, err := a.decode(args[0])
			if err != nil {
				return err
			}
			if needTexts(outs) && len(r.Texts) == 0 && len(report.NoticeComponents(r)) > 0 {
				return usagef("make the report with --texts", "%s holds no license texts, and the format needs them", args[0])
			}
			if err := a.write(r, outs, details); err != nil {
				return err
			}
			return verdict(r)
		},
	}
	a.outputFlags(c, &formats, &details)
	return c
}

// decode reads a report.
func (a *app) decode(name string) (*report.Report, error) {
	f, err := a.readAll(name)
	if err != nil {
		return nil, &usageError{err: err}
	}
	defer f.Close()
	r, err := report.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func (a *app) outputFlags(c *cobra.Command, formats *[]string, details *bool) {
	c.Flags().StringArrayVarP(formats, "output", "o", []string{"text"}, "output `FORMAT[=FILE]`, repeatable: "+joined(report.FormatNames()))
	c.Flags().StringVar(&a.spec, "spec", "", "`VERSION` of a format that has several ("+specs()+")")
	c.Flags().BoolVar(details, "details", false, "text: show every component, obligation and note")
}

// exactly is cobra.ExactArgs with a message that names what is missing.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef(c.UseLine(), "%s takes %s, got %d arguments", c.Name(), what, len(args))
		}
		return nil
	}
}
