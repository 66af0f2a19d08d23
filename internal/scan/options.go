package scan

import (
	"context"
	"io/fs"
	"os"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/hub"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
)

// policyOf says of a policy what a report holds: which files it is made of, so
// that nobody changes it unseen.
func policyOf(p *policy.Policy) report.Policy {
	out := report.Policy{Name: p.Name, Path: p.Path, Digest: p.Digest}
	for _, l := range p.Layers {
		out.Layers = append(out.Layers, report.PolicyLayer{Layer: l.Kind, Name: l.Name, Path: l.Path, Digest: l.Digest})
	}
	return out
}

func (o *Options) openDir() func(string) (fsx.Tree, error) {
	if o.OpenDir != nil {
		return o.OpenDir
	}
	return fsx.OpenDir
}

func (o *Options) stat() func(string) (fs.FileInfo, error) {
	if o.Stat != nil {
		return o.Stat
	}
	return func(abs string) (fs.FileInfo, error) { return os.Stat(abs) }
}

// remote opens the targets that name a repository of the Hub.
func (o *Options) remote(ctx context.Context) func(string) (bool, func() (*discover.Repository, error)) {
	return func(target string) (bool, func() (*discover.Repository, error)) {
		return hub.Is(target), func() (*discover.Repository, error) {
			ref, err := hub.ParseRef(target)
			if err != nil {
				return nil, err
			}
			t, err := o.Hub.Open(ctx, ref)
			if err != nil {
				return nil, err
			}
			answer := artifact.File{Path: hub.Answer, Name: t.Asked(), MediaType: artifact.HubAnswer}
			return &discover.Repository{Tree: t, Kind: ref.Kind, Answer: answer}, nil
		}
	}
}

// Judged is the report of an inventory under the policy and rules of a scan.
func Judged(o Options, inv *inventory.Inventory) *report.Report {
	j := assess.Judge(assess.Input{Inventory: inv, Base: o.Base, Policy: o.Policy, Use: o.Use, AsOf: o.AsOf})
	return report.New(o.head(), inv, j)
}
