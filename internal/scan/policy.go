package scan

import (
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
