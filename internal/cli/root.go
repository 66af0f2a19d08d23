package cli

import (
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rukhsa/rukhsa/internal/report"
)

// app is one run of the command line.
type app struct {
	Streams
	color string
	spec  string // version of an output format
}

// choice is a flag value out of a closed list; the list makes the help, the
// completion and the error.
type choice struct {
	value *string
	list  []string
	multi bool // several, separated by commas
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

func (c choice) Type() string { return "WORD" }

func (c choice) Set(s string) error {
	words := []string{s}
	if c.multi {
		words = strings.Split(s, ",")
	}
	for _, w := range words {
		if !slices.Contains(c.list, w) {
			return fmt.Errorf("%q is none of %s", w, strings.Join(c.list, ", "))
		}
	}
	*c.value = s
	return nil
}

func choiceFlag(fs *pflag.FlagSet, value *string, multi bool, name, short, def string, list []string, usage string) {
	*value = def
	fs.VarP(choice{value, list, multi}, name, short, usage+": "+strings.Join(list, "|"))
}

func (a *app) root() *cobra.Command {
	scan := a.scanCommand()
	root := &cobra.Command{
		Use:   "rukhsa [scan] [TARGET...]",
		Short: "Say under which license everything in a Go module is, what each license asks, and whether that is met",
		Long: "rukhsa scans Go modules and programs: what is linked, under which license, with which duties,\n" +
			"and whether the policy and the project's own license allow it. It reads files only, and the network never, but with --hub.\n" +
			report.Disclaimer,
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		RunE:          scan.RunE,
		SilenceErrors: true,
		SilenceUsage:  true,
		Example: "  rukhsa                            scan the folder you are in\n" +
			"  rukhsa scan ./cmd/server          one program\n" +
			"  rukhsa scan -o json=report.json -o text\n" +
			"  rukhsa notice -o THIRD_PARTY_NOTICES.txt",
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.Flags().AddFlagSet(scan.Flags())
	choiceFlag(root.PersistentFlags(), &a.color, false, "color", "", "auto", []string{"auto", "always", "never"}, "colour of text")
	root.SetVersionTemplate(versionLine("{{.Version}}"))
	root.AddCommand(scan, a.classifyCommand(), a.explainCommand(), a.convertCommand(), a.noticeCommand())
	root.AddCommand(a.licensesCommand(), a.obligationsCommand(), a.compatCommand(), a.rulesCommand())
	root.AddCommand(a.configCommand(), a.diffCommand(), a.initCommand(), a.policyCommand())
	root.AddCommand(helpTopics()...)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef(c.CommandPath()+" --help", "%w", err)
	})
	for _, c := range append(root.Commands(), root) {
		a.fromEnvironment(c)
	}
	return root
}

// fromEnvironment lets RUKHSA_NAME stand for --name where the flag is not
// given. A wrong value is as wrong as on the command line.
func (a *app) fromEnvironment(c *cobra.Command) {
	run := c.RunE
	if run == nil {
		return
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		var wrong error
		c.Flags().VisitAll(func(f *pflag.Flag) {
			key := environmentName(f.Name)
			v := a.Getenv(key)
			if v == "" || f.Changed || wrong != nil || f.Name == "help" || f.Name == "version" {
				return
			}
			if err := c.Flags().Set(f.Name, v); err != nil {
				wrong = usagef("", "environment variable %s: %w", key, err)
			}
		})
		if wrong != nil {
			return wrong
		}
		return run(c, args)
	}
}

// environmentName is the variable that stands for a flag.
func environmentName(flag string) string {
	return "RUKHSA_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// version is the module's version as the go command recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}

func versionLine(version string) string { return "rukhsa " + version + "\n" }

func (a *app) printVersion() error {
	if _, err := io.WriteString(a.Out, versionLine(version())); err != nil {
		return fmt.Errorf("writing the version: %w", err)
	}
	return nil
}

// helpTopics are pages that belong to no single command.
func helpTopics() []*cobra.Command {
	var codes, formats strings.Builder
	for _, e := range ExitCodes() {
		fmt.Fprintf(&codes, "  %3d  %s\n", e.Code, e.Doc)
	}
	for _, f := range report.Formats() {
		fmt.Fprintf(&formats, "  %-13s %s\n", f.Form(), f.Doc)
	}
	formats.WriteString("\nFunctions of a template, beside those of Go's text/template:\n\n")
	for _, f := range report.TemplateFuncs() {
		fmt.Fprintf(&formats, "  %-22s %s\n", f.Name, f.Doc)
	}
	return []*cobra.Command{
		{Use: "exit-codes", Short: "What each exit code means", Long: "Exit codes, the same for every format:\n\n" + codes.String()},
		{Use: "formats", Short: "The output formats", Long: "Output formats, for -o FORMAT or -o FORMAT=FILE:\n\n" + formats.String()},
		limitsTopic(),
		contextsTopic(),
	}
}
