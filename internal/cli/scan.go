package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/artifact/all"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/scan"
)

// scanFlags are the flags of every command that scans.
type scanFlags struct {
	policy, loader, cgo, release string
	scopes, platforms, use       string
	tags                         []string
	asOf                         string
	timeout                      time.Duration
	engine                       string
	fingerprints                 []string
	noPolicy                     bool // the built-in policy, whatever is found
	hub                          bool
}

func (s *scanFlags) loaderFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&s.policy, "policy", "p", "", "policy `FILE`, or REVISION:FILE of git (default: rukhsa.yaml here or above, else the built-in policy)")
	choiceFlag(f, &s.scopes, true, "scope", "", "linked", scopeNames(), "which Go modules count beside the linked ones, comma-separated")
	f.StringVar(&s.platforms, "platform", "", "`OS/ARCH[,...]` or host: what the programs are built for (default "+platformNames(gomod.DefaultPlatforms())+")")
	f.StringSliceVar(&s.tags, "tags", nil, "build `TAGS` of the shipped programs, comma-separated")
	choiceFlag(f, &s.cgo, false, "cgo", "", gomod.CgoBoth, []string{gomod.CgoBoth, gomod.CgoOn, gomod.CgoOff}, "how the shipped programs are built")
	f.StringVar(&s.release, "go", "", "Go `RELEASE` that builds them, 1.N (default "+gomod.ReleaseName(0)+")")
	choiceFlag(f, &s.loader, false, "loader", "", scan.Loaders[0], scan.Loaders, "how the build list is read; go starts the go command")
	f.StringVar(&s.use, "use", "", "`CONTEXT[,...]`: what leaves the house or is served (rukhsa help contexts)")
	f.StringVar(&s.asOf, "as-of", "", "`DATE` (YYYY-MM-DD) at which waivers are judged; written into the report")
	f.DurationVar(&s.timeout, "timeout", 0, "give up after this long and report what there is (0: no limit)")
	f.BoolVar(&s.hub, "hub", false, "let targets hf:ORG/NAME[@REVISION] and hf:datasets/ORG/NAME read the Hugging Face Hub over the network")
	f.StringArrayVar(&s.fingerprints, "fingerprints", nil, "know the license text of this `FILE` too (rukhsa rules fingerprint), repeatable")
	choiceFlag(f, &s.engine, false, "engine", "", engines()[0], engines(), "which implementation of the license patterns reads the texts")
}

func scopeNames() []string {
	return []string{string(inventory.Linked), string(inventory.Test), string(inventory.Tool), string(inventory.Required), "all"}
}

func platformNames(ps []gomod.Platform) string {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return strings.Join(out, ",")
}

func (a *app) scanCommand() *cobra.Command {
	s := &scanFlags{}
	var formats []string
	var details, texts bool
	var fail string
	b := &baselineFlags{}
	c := &cobra.Command{
		Use:   "scan [TARGET...]",
		Short: "Scan folders, packages, go.mod files and Go programs (the default command)",
		Long: "scan reads each target: a folder (every Go module below it; testdata, vendor, node_modules and hidden folders\n" +
			"are not targets), a package or pattern (./cmd/server, ./...), a go.mod or go.work file, a Go program, a file\n" +
			"or folder of a model; with --hub hf:ORG/NAME[@REVISION] and hf:datasets/ORG/NAME on the Hugging Face Hub.\n" +
			"Without a target it reads the folder you are in.",
		Example: "  rukhsa scan ./cmd/server\n  rukhsa scan --platform host -o json=report.json -o text\n  rukhsa scan bin/server",
		RunE: func(c *cobra.Command, args []string) error {
			outs, err := a.outputs(formats)
			if err != nil {
				return err
			}
			on, err := b.failOn(c, a, report.FailOn(fail))
			if err != nil {
				return err
			}
			r, err := a.scan(c.Context(), s, args, texts || needTexts(outs))
			if err != nil {
				return err
			}
			r.FailOn = on
			if err := b.apply(a, r); err != nil {
				return err
			}
			if err := a.write(r, outs, details); err != nil {
				return err
			}
			if !slices.ContainsFunc(outs, func(o output) bool { return o.file == "" && o.format.Name == "text" }) {
				for _, line := range report.ErrorLines(r) {
					a.note("%s", line)
				}
			}
			return verdict(r)
		},
	}
	a.outputFlags(c, &formats, &details)
	c.Flags().BoolVar(&texts, "texts", false, "json: carry the license and notice texts")
	b.flags(c)
	choiceFlag(c.Flags(), &fail, false, "fail-on", "", failOns()[0], failOns(), "what makes exit code 1")
	s.loaderFlags(c)
	return c
}

// scan checks the flags, reads the rules and the policy, and runs a scan. A
// mistake of the user is a *usageError and nothing was scanned.
func (a *app) scan(ctx context.Context, s *scanFlags, targets []string, texts bool) (*report.Report, error) {
	o, err := a.prepare(s, targets, texts)
	if err != nil {
		return nil, err
	}
	return a.run(ctx, s, o)
}

// prepare makes the options of a scan.
func (a *app) prepare(s *scanFlags, targets []string, texts bool) (o scan.Options, err error) {
	cwd, err := a.Getwd()
	if err != nil {
		return o, err
	}
	if len(targets) == 0 {
		targets = []string{"."}
	}
	base, err := loadBase()
	if err != nil {
		return o, err
	}
	o = scan.Options{
		Targets: targets, Cwd: cwd, Env: gomod.ReadEnv(a.Getenv), Loader: s.loader, Base: base, AsOf: s.asOf, Texts: texts, Version: version(),
	}
	if err := s.options(&o); err != nil {
		return o, err
	}
	if o.Hub, err = a.hubFor(s, targets); err != nil {
		return o, err
	}
	if o.Policy, err = a.policyOf(s, cwd, targets, base); err != nil {
		return o, err
	}
	o.AsOf = asOf(o.AsOf, o.Policy)
	if o.Scanner, err = newScanner(base, s.engine); err != nil {
		return o, err
	}
	o.Readers = all.Readers()
	return o, useFingerprints(o.Scanner, a, s.fingerprints)
}

func (a *app) run(ctx context.Context, s *scanFlags, o scan.Options) (*report.Report, error) {
	if s.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("timed out after %v (--timeout)", s.timeout))
		defer cancel()
	}
	r, err := scan.Run(ctx, o)
	var target *discover.TargetError
	switch {
	case errors.Is(err, scan.ErrNothing):
		a.note("%v: no go.mod, Go program, model, dataset or bill of materials", err)
		return nil, codeError(exitNothing)
	case errors.As(err, &target):
		return nil, &usageError{err: err}
	}
	return r, err
}

// options checks the values that no closed list checks.
func (s *scanFlags) options(o *scan.Options) error {
	o.Go.Cgo, o.Go.Tags = s.cgo, s.tags
	o.Go.Platforms = gomod.DefaultPlatforms()
	if s.platforms != "" {
		o.Go.Platforms = nil
		for _, word := range strings.Split(s.platforms, ",") {
			p, err := platform(word)
			if err != nil {
				return usagef("rukhsa scan --platform linux/amd64,darwin/arm64", "--platform: %w", err)
			}
			if !slices.Contains(o.Go.Platforms, p) {
				o.Go.Platforms = append(o.Go.Platforms, p)
			}
		}
	}
	slices.SortFunc(o.Go.Platforms, gomod.Platform.Compare)
	if s.release != "" {
		var n int
		if _, err := fmt.Sscanf(s.release, "1.%d", &n); err != nil || n < 1 || gomod.ReleaseName(n) != s.release {
			return usagef("--go "+gomod.ReleaseName(0), "--go: %q is no release of Go", s.release)
		}
		o.Go.Release = n
	}
	for _, scope := range strings.Split(s.scopes, ",") {
		all := scope == "all"
		o.Go.Test = o.Go.Test || all || scope == string(inventory.Test)
		o.Go.Tool = o.Go.Tool || all || scope == string(inventory.Tool)
		o.Go.Required = o.Go.Required || all || scope == string(inventory.Required)
	}
	if s.use != "" {
		for _, word := range strings.Split(s.use, ",") {
			if !slices.Contains(o.Base.ContextNames(), word) {
				return usagef("one of "+joined(o.Base.ContextNames()), "--use: unknown context %q", word)
			}
			o.Use = append(o.Use, word)
		}
	}
	if s.asOf != "" {
		if _, err := time.Parse(time.DateOnly, s.asOf); err != nil {
			return usagef("--as-of 2026-12-31", "--as-of: %q is no date", s.asOf)
		}
	}
	return nil
}

func platform(word string) (gomod.Platform, error) {
	if word == "host" {
		return gomod.Host(), nil
	}
	return gomod.ParsePlatform(word)
}
