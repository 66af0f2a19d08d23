package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/delta"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/scan"
	"github.com/rukhsa/rukhsa/internal/vcs"
)

func (a *app) diffCommand() *cobra.Command {
	var format, fail string
	var details bool
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "diff BASE [HEAD]",
		Short: "Say what differs from a report or a git revision: components, licenses, duties, findings",
		Long: "BASE and HEAD are each a JSON report or a git revision; without HEAD it is the folder you are in. A revision is\n" +
			"read through the git command: nothing is checked out and the working tree stays as it is. It is judged by its own\n" +
			"policy, at the day of its commit, unless --policy names one for both.\n" +
			"Only what is new makes exit code 1. What is new because the rules of this program changed is told apart and does\n" +
			"not count; modules of BASE that are not at hand are named as not compared.",
		Example: "  rukhsa diff origin/main\n  rukhsa diff v1.2.0 v1.3.0 -o json\n  rukhsa diff report.json",
		Args:    arguments(1, 2, "BASE [HEAD]"),
		RunE: func(c *cobra.Command, args []string) error {
			d, head, err := a.diff(c.Context(), s, args)
			if err != nil {
				return err
			}
			for _, line := range report.ErrorLines(head) {
				a.note("%s", line)
			}
			if format == "json" {
				err = report.EncodeJSON(a.Out, d, true)
			} else {
				err = d.Text(a.Out, details)
			}
			if err != nil {
				return fmt.Errorf("writing the answer: %w", err)
			}
			return newVerdict(d.Summary.New, d.Head.Complete, report.FailOn(fail))
		},
	}
	answerFlag(c, &format)
	c.Flags().BoolVar(&details, "details", false, "text: show every component, duty and note")
	choiceFlag(c.Flags(), &fail, false, "fail-on", "", string(diag.Error), []string{string(diag.Error), string(diag.Warning), string(report.FailNever)}, "which new findings make exit code 1")
	s.loaderFlags(c)
	return c
}

// newVerdict is the exit code where only what is new counts.
func newVerdict(n delta.Counts, complete bool, on report.FailOn) error {
	switch {
	case n.Error > 0 && on != report.FailNever, n.Warning > 0 && on == report.FailWarning:
		return codeError(exitViolated)
	case !complete:
		return codeError(exitIncomplete)
	}
	return nil
}

// compared is one side of a comparison.
type compared struct {
	report *report.Report
	policy *policy.Policy // that it was judged by, nil where it is not to be had
	about  delta.Side     // its name, kind and commit
}

// diff reads both sides and compares them.
func (a *app) diff(ctx context.Context, s *scanFlags, args []string) (*delta.Delta, *report.Report, error) {
	o, err := a.prepare(s, nil, false)
	if err != nil {
		return nil, nil, err
	}
	o.Memo = scan.NewMemo()
	// Both are read at the same time: each waits for its files now and then.
	var base, head compared
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		if len(args) == 2 {
			head, err = a.side(gctx, s, o, args[1], false)
			return err
		}
		head = compared{about: delta.Side{Kind: "tree", Name: "."}, policy: o.Policy}
		head.report, err = a.run(gctx, s, o)
		return err
	})
	g.Go(func() (err error) {
		base, err = a.side(gctx, s, o, args[0], true)
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	d := delta.Of(base.report, head.report, again(base, head, o))
	d.Base.Name, d.Base.Kind, d.Base.Commit = base.about.Name, base.about.Kind, base.about.Commit
	d.Head.Name, d.Head.Kind, d.Head.Commit = head.about.Name, head.about.Kind, head.about.Commit
	return d, head.report, nil
}

// again judges the facts of base by the policy and rules of head: what is found
// then is not new because the project changed.
func again(base, head compared, o scan.Options) []diag.Finding {
	if head.policy == nil || head.report.Tool.Rules.Digest != o.Base.Digest() {
		return nil
	}
	return assess.Judge(assess.Input{
		Inventory: base.report.Inventory(), Base: o.Base, Policy: head.policy, Use: o.Use, AsOf: head.report.AsOf,
	}).Findings
}

// side reads a report, or scans a revision. A base is judged at the day of its
// commit, at the latest at that of head.
func (a *app) side(ctx context.Context, s *scanFlags, o scan.Options, name string, base bool) (compared, error) {
	if fi, err := os.Stat(name); name == "-" || err == nil && fi.Mode().IsRegular() {
		r, err := a.decode(name)
		if err != nil {
			return compared{}, err
		}
		c := compared{report: r, about: delta.Side{Kind: "report", Name: name}}
		if o.Policy.Digest == r.Policy.Digest {
			c.policy = o.Policy
		}
		return c, nil
	}
	if s.loader == "go" {
		return compared{}, usagef("", "--loader go cannot read a revision: the go command wants files on disk")
	}
	rev, err := vcs.Open(ctx, o.Cwd, name, o.Env["GOMODCACHE"])
	if err != nil {
		return compared{}, usagef("BASE and HEAD are a JSON report or a git revision", "%s is no file: %w", name, err)
	}
	defer rev.Close()
	c := compared{about: delta.Side{Kind: "revision", Name: name, Commit: rev.Commit}}
	if c.policy = o.Policy; s.policy == "" {
		if c.policy, err = policyAt(rev, o.Base); err != nil {
			return compared{}, err
		}
	}
	o.Policy, o.Cwd, o.OpenDir, o.Stat = c.policy, rev.Dir, rev.OpenDir, rev.Stat
	if o.AsOf = asOf(s.asOf, o.Policy); base && o.AsOf != "" {
		o.AsOf = min(rev.Date, o.AsOf)
	}
	c.report, err = a.scanRevision(ctx, s, o, base)
	return c, err
}

// scanRevision scans; a base without anything to scan, or without the folder at
// all, is an empty one.
func (a *app) scanRevision(ctx context.Context, s *scanFlags, o scan.Options, base bool) (*report.Report, error) {
	if !base {
		return a.run(ctx, s, o)
	}
	r, err := scan.Run(ctx, o)
	if errors.Is(err, scan.ErrNothing) || errors.Is(err, fs.ErrNotExist) {
		return scan.Judged(o, &inventory.Inventory{}), nil
	}
	return r, err
}

// policyAt is the policy of a revision: the nearest file from its folder upward.
func policyAt(rev *vcs.Revision, base *rulebase.Base) (*policy.Policy, error) {
	for dir := rev.Dir; ; dir = filepath.Dir(dir) {
		file := filepath.Join(dir, policy.FileName)
		if _, err := rev.Stat(file); err == nil {
			name, err := filepath.Rel(rev.Dir, file)
			if err != nil {
				return nil, err
			}
			p, err := policy.Load(filepath.ToSlash(name), base, treeFiles{tree: rev.Tree(), root: rev.Root, dir: rev.Dir})
			if err != nil {
				return nil, usagef("--policy FILE judges both sides by one policy", "in %s: %w", rev.Name, err)
			}
			return p, nil
		}
		if dir == rev.Root || dir == filepath.Dir(dir) {
			return policy.Default(base), nil
		}
	}
}
