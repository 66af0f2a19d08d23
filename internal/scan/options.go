package scan

import (
	"io/fs"
	"os"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/fsx"
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

// Judged is the report of an inventory under the policy and rules of a scan.
func Judged(o Options, inv *inventory.Inventory) *report.Report {
	j := assess.Judge(assess.Input{Inventory: inv, Base: o.Base, Policy: o.Policy, Use: o.Use, AsOf: o.AsOf})
	return report.New(o.head(), inv, j)
}
