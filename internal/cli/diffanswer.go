package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// comparison is the answer of explain --diff.
type comparison struct {
	Schema   string        `json:"schema"`
	Kind     string        `json:"kind"`
	Path     string        `json:"path"`
	ID       string        `json:"id"`
	Coverage float64       `json:"coverage"`
	Words    int           `json:"words"`
	Lost     int           `json:"lost"`
	Added    []classRest   `json:"added"`
	Missing  []missingWord `json:"missing"`
}

type missingWord struct {
	Line     int    `json:"line"`
	Words    int    `json:"words"`
	Instead  string `json:"instead"`
	Optional bool   `json:"optional"`
}

// explainDiff says what a text changes against a license, or against another
// text.
func (a *app) explainDiff(base *rulebase.Base, file, id, other, format string) error {
	s, err := newScanner(base, engines()[0])
	if err != nil {
		return err
	}
	text, err := a.textFile(file)
	if err != nil {
		return &usageError{err: err}
	}
	if h, ok := base.Lookup(id); ok {
		id = h.ID
	}
	var c *detect.Comparison
	if other == "" {
		c, err = s.Compare(text, id)
	} else {
		var body []byte
		if body, err = a.textFile(other); err == nil {
			c, err = s.CompareTexts(text, body, id)
		}
	}
	if err != nil {
		return usagef("rukhsa explain --diff "+file+" ID --text FILE compares with a text of yours", "%w", err)
	}
	out := comparison{"rukhsa/explain/v1", "diff", file, c.ID, c.Coverage, c.Words, c.Lost, []classRest{}, []missingWord{}}
	for _, r := range c.Added {
		out.Added = append(out.Added, classRest{r.Start, r.End, r.Line, r.Kind, r.ID, r.Text})
	}
	for _, m := range c.Missing {
		out.Missing = append(out.Missing, missingWord(m))
	}
	if format == "json" {
		return report.EncodeJSON(a.Out, out, true)
	}
	return a.writeDiff(out)
}

func (a *app) writeDiff(c comparison) error {
	fmt.Fprintf(a.Out, "%s has %.1f %% of %s (%d of its %d words are missing or others)\n", printable(c.Path), 100*c.Coverage, c.ID, c.Lost, c.Words)
	for _, m := range c.Missing {
		if m.Optional {
			continue
		}
		fmt.Fprintf(a.Out, "  - line %d: %d words of the license are not there", m.Line, m.Words)
		if m.Instead != "" {
			fmt.Fprintf(a.Out, "; instead: %s", printable(m.Instead))
		}
		fmt.Fprintln(a.Out)
	}
	for _, r := range c.Added {
		fmt.Fprintf(a.Out, "  + line %d: %s: %s\n", r.Line, r.Kind, printable(r.Text))
	}
	return nil
}

// textFile reads a text up to the limit of license texts.
func (a *app) textFile(name string) ([]byte, error) {
	f, err := a.readAll(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, detect.MaxText+1))
	if err == nil && len(body) > detect.MaxText {
		err = fmt.Errorf("%s: over the limit of %d bytes", name, detect.MaxText)
	}
	return body, err
}

// rulesFingerprint makes the fingerprint of a license text of one's own.
func (a *app) rulesFingerprint() *cobra.Command {
	var id string
	c := &cobra.Command{
		Use:   "fingerprint FILE --id LicenseRef-NAME",
		Short: "Compute the fingerprint of a license text of your own",
		Long: "fingerprint prints numbers from which the text can be recognised and not be rebuilt. Keep them in a file and\n" +
			"hand it to scan and classify with --fingerprints.",
		Example: "  rukhsa rules fingerprint OUR-LICENSE.txt --id LicenseRef-ours > ours.fingerprint",
		Args:    arguments(1, 1, "FILE --id LicenseRef-NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			if id == "" {
				return usagef("--id LicenseRef-ours", "--id is missing: the id that the text is to have")
			}
			text, err := a.textFile(args[0])
			if err != nil {
				return &usageError{err: err}
			}
			out, err := detect.Fingerprint(text, id)
			if err != nil {
				return usagef("", "%s: %w", args[0], err)
			}
			_, err = a.Out.Write(out)
			return err
		},
	}
	c.Flags().StringVar(&id, "id", "", "`ID` of the license: an SPDX id or LicenseRef-NAME")
	return c
}

// useFingerprints lets a scanner know the texts of files of one's own.
func useFingerprints(s *detect.Scanner, a *app, files []string) error {
	for _, name := range files {
		body, err := a.textFile(name)
		if err == nil {
			err = s.UseFingerprints(name, body)
		}
		if err != nil {
			return usagef("rukhsa rules fingerprint FILE --id ID makes one", "%w", err)
		}
	}
	return nil
}
