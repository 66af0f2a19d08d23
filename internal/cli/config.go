package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

func (a *app) configCommand() *cobra.Command {
	return a.group(&cobra.Command{
		Use:   "config show|profiles|schema",
		Short: "Show the settings of a scan and where each comes from, the built-in profiles, the form of a policy",
	}, a.configShow(), a.configProfiles(), a.configSchema())
}

// group makes a command of its subcommands: alone it prints its help, with a
// word that names none of them it is a mistake.
func (a *app) group(c *cobra.Command, subs ...*cobra.Command) *cobra.Command {
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		return usagef(c.CommandPath()+" --help", "%s", yamlpos.Unknown("command", args[0], names))
	}
	c.AddCommand(subs...)
	for _, sub := range subs {
		a.fromEnvironment(sub)
	}
	return c
}

type configAnswer struct {
	Schema string        `json:"schema"`
	Policy configPolicy  `json:"policy"`
	Values []configValue `json:"values"`
	Flags  []configFlag  `json:"flags"`
}

type configPolicy struct {
	Name   string        `json:"name"`
	Path   string        `json:"path"`
	Digest string        `json:"digest"`
	Layers []configLayer `json:"layers"` // the lowest first
}

type configLayer struct {
	Layer  string `json:"layer"`
	Name   string `json:"name"`
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

// configValue is one setting of the policy. What nothing states has no value
// and no layer: the scan finds it out.
type configValue struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Layer  string `json:"layer"`
	Name   string `json:"name"` // of the layer
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type configFlag struct {
	Flag   string `json:"flag"`
	Value  string `json:"value"`
	Origin string `json:"origin"` // default, flag, or the variable of the environment
}

func (a *app) configShow() *cobra.Command {
	var format string
	var given []string
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "show [TARGET...]",
		Short: "Print every setting that a scan of the targets would use, and where it comes from",
		Long: "show reads the policy as a scan would and scans nothing. It prints the files and profiles that the policy is made\n" +
			"of, every value with its layer, file and line, and every flag with what sets it.",
		Example: "  rukhsa config show\n  rukhsa config show -p policy.yaml -o json",
		PreRun: func(c *cobra.Command, _ []string) {
			c.Flags().Visit(func(f *pflag.Flag) { given = append(given, f.Name) })
		},
		RunE: func(c *cobra.Command, args []string) error {
			cwd, err := a.Getwd()
			if err != nil {
				return err
			}
			base, err := loadBase()
			if err != nil {
				return err
			}
			p, err := loadPolicy(s.policy, cwd, args, base)
			if err != nil {
				return err
			}
			answer := configOf(p)
			answer.Flags = a.flagsOf(c, given)
			return a.answer(format, answer, answer.text)
		},
	}
	s.loaderFlags(c)
	answerFlag(c, &format)
	return c
}

func configOf(p *policy.Policy) configAnswer {
	out := configAnswer{
		Schema: "rukhsa/config/v1", Values: []configValue{}, Flags: []configFlag{},
		Policy: configPolicy{Name: p.Name, Path: p.Path, Digest: p.Digest, Layers: []configLayer{}},
	}
	for _, l := range p.Layers {
		out.Policy.Layers = append(out.Policy.Layers, configLayer{l.Kind, l.Name, l.Path, l.Digest})
	}
	for _, v := range p.Values() {
		x := configValue{Key: v.Key, Value: v.Value}
		if v.Set {
			l := p.LayerOf(v.At)
			x.Layer, x.Name, x.Path, x.Line, x.Column = l.Kind, l.Name, l.Path, v.At.Pos.Line, v.At.Pos.Column
		}
		out.Values = append(out.Values, x)
	}
	return out
}

// flagsOf lists the flags of a scan: those that decide what is scanned as they
// are here, and those of its output as the environment sets them. given are the
// flags of the command line.
func (a *app) flagsOf(c *cobra.Command, given []string) []configFlag {
	out := []configFlag{}
	a.scanCommand().Flags().VisitAll(func(f *pflag.Flag) {
		x := configFlag{Flag: "--" + f.Name, Value: f.Value.String(), Origin: "default"}
		own := c.Flags().Lookup(f.Name)
		switch {
		case f.Name == "output":
			own = nil // it is that of another answer here
			fallthrough
		case own == nil:
			if v := a.Getenv(environmentName(f.Name)); v != "" {
				x.Value, x.Origin = v, environmentName(f.Name)
			}
		case slices.Contains(given, f.Name):
			x.Value, x.Origin = own.Value.String(), "flag"
		case own.Changed:
			x.Value, x.Origin = own.Value.String(), environmentName(f.Name)
		}
		out = append(out, x)
	})
	return out
}

func (c configAnswer) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "policy %s  %s\n", c.Policy.Name, c.Policy.Digest)
	for _, l := range c.Policy.Layers {
		fmt.Fprintf(&b, "  %-10s  %s\n", l.Layer, orDash(l.Path, l.Name))
	}
	b.WriteString("\n")
	var rows [][]string
	for _, v := range c.Values {
		rows = append(rows, []string{v.Key, dash(v.Value), v.origin()})
	}
	table(&b, rows)
	b.WriteString("\n")
	rows = nil
	for _, f := range c.Flags {
		rows = append(rows, []string{f.Flag, dash(f.Value), f.Origin})
	}
	table(&b, rows)
	return b.String()
}

func (v configValue) origin() string {
	switch {
	case v.Layer == "":
		return "not stated: the scan finds it out"
	case v.Line == 0:
		return fmt.Sprintf("%s (%s)", orDash(v.Path, "profile "+v.Name), v.Layer)
	}
	return fmt.Sprintf("%s:%d:%d (%s)", orDash(v.Path, "profile "+v.Name), v.Line, v.Column, v.Layer)
}

func dash(s string) string { return orDash(s, "-") }

func orDash(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// maxCell bounds the width of a column but the last, in characters.
const maxCell = 60

// table writes rows in columns, two spaces between them.
func table(b *strings.Builder, rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, cell := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], min(len([]rune(printable(cell))), maxCell))
		}
	}
	for _, r := range rows {
		line := " "
		for i, cell := range r {
			cell = strings.ReplaceAll(printable(cell), "\n", " ")
			if i < len(r)-1 {
				cell += strings.Repeat(" ", max(0, widths[i]-len([]rune(cell))))
			}
			line += " " + cell
			if i < len(r)-1 {
				line += " "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

type profilesAnswer struct {
	Schema   string          `json:"schema"`
	Profiles []policyProfile `json:"profiles"`
}

type policyProfile struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

func (a *app) configProfiles() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "profiles",
		Short:   "List the built-in profiles, for extends in a policy",
		Example: "  rukhsa config profiles",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			answer := profilesAnswer{Schema: "rukhsa/profiles/v1", Profiles: []policyProfile{}}
			for _, name := range policy.Profiles() {
				answer.Profiles = append(answer.Profiles, policyProfile{name, policy.About(name)})
			}
			return a.answer(format, answer, func() string {
				var b strings.Builder
				var rows [][]string
				for _, p := range answer.Profiles {
					rows = append(rows, []string{p.Name, p.About})
				}
				table(&b, rows)
				return b.String()
			})
		},
	}
	answerFlag(c, &format)
	return c
}

func (a *app) configSchema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of a policy file, for editors",
		Example: "  rukhsa config schema > rukhsa.schema.json",
		Args:    arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := a.Out.Write(policy.Schema)
			return err
		},
	}
}
