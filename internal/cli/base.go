package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/hub"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// loadBase opens the built-in rules; only their index is read.
func loadBase() (*rulebase.Base, error) { return rulebase.Load(rules.FS) }

func newScanner(base *rulebase.Base, engine string) (*detect.Scanner, error) {
	return detect.New(base, rules.FS, engine)
}

func engines() []string { return detect.Engines }

// limit is one bound on what is read, for help and README.
type limit struct {
	what string
	most string
	then string
}

// limits lists what bounds a scan; past one of them the report says so and is
// not complete.
func limits() []limit {
	size := func(n int64) string { return fmt.Sprintf("%d MiB", n>>20) }
	return []limit{
		{"license, notice and copying files", size(detect.MaxText), "an error that names the file"},
		{"folders of a target", fmt.Sprintf("%d deep, %d files", discover.MaxDepth, discover.MaxFiles), "an error that names the folder"},
		{"a file of the Hub, a repository in all", fmt.Sprintf("%s, %s", size(hub.MaxBody), size(hub.MaxBytes)), "an error that names the file"},
		{"requests and time for a repository", fmt.Sprintf("%d, %v", hub.MaxRequests, hub.MaxTime), "an error that names the file"},
		{"a JSON report that is read again", size(report.MaxReport), "an error, nothing is rendered"},
	}
}

func limitsTopic() *cobra.Command {
	var b strings.Builder
	for _, l := range limits() {
		fmt.Fprintf(&b, "  %-34s %-26s %s\n", l.what, l.most, l.then)
	}
	return &cobra.Command{Use: "limits", Short: "What bounds a scan", Long: "Limits. Past one of them the exit code is 3, never 0:\n\n" + b.String()}
}

// contextsTopic explains the words of --use.
func contextsTopic() *cobra.Command {
	c := &cobra.Command{Use: "contexts", Short: "The words of --use"}
	c.SetHelpFunc(func(c *cobra.Command, _ []string) {
		base, err := loadBase()
		if err != nil {
			fmt.Fprintln(c.ErrOrStderr(), err)
			return
		}
		fmt.Fprint(c.OutOrStdout(), "Contexts, for --use CONTEXT[,...]: what leaves the house or is served.\n\n")
		for _, w := range base.Contexts() {
			fmt.Fprintf(c.OutOrStdout(), "  %-24s %s\n", w.Name, w.Meaning)
		}
	})
	return c
}
