package report

import (
	"fmt"
	"testing"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// crowd is a report of n components, each with a finding, eight duties and what
// a real component has of facts.
func crowd(n int) *Report {
	inv, j := clean()
	const duties = 8
	for k := range 40 {
		for d := range duties {
			j.Obligations = append(j.Obligations, assess.Obligation{
				ID: fmt.Sprintf("duty-%d/License-%d", d, k), Type: fmt.Sprintf("duty-%d", d), License: fmt.Sprintf("License-%d", k), Class: "do", Strength: "must",
				Clause: "para 2", Text: "Ship the permission text with every copy and every substantial part.", Status: "due",
			})
		}
	}
	for i := range n {
		k := i % 40
		c := module(fmt.Sprintf("example.com/organisation/module-%05d", i), "v1.2.3", fmt.Sprintf("LicenseRef-%d", k))
		c.Evidence = append(c.Evidence, licenseFile("LICENSE", "sha256:aa"))
		c.Copyrights = []string{"Copyright 2020 Somebody", "Copyright 2021 Somebody Else"}
		c.Locations = []diag.Loc{{Target: ".", Path: "go.mod", Line: i + 1}}
		c.Paths = [][]string{{"example.com/app", "example.com/organisation/module-00000/pkg", c.Name + "/pkg"}}
		var asks []string
		for d := range duties {
			o := &j.Obligations[k*duties+d]
			o.Components = append(o.Components, c.ID)
			asks = append(asks, o.ID)
		}
		inv.Components = append(inv.Components, c)
		j.Components = append(j.Components, assess.Component{Category: "permissive", Openness: "open-source", LicenseOpenness: "open-source", Obligations: asks})
		j.Findings = append(j.Findings, diag.Finding{
			Code: "RKH1202", Severity: diag.Error, Component: c.ID, License: c.License.Concluded, Message: "license text not recognised (LICENSE)",
			Location: c.Locations[0], Paths: c.Paths, Because: []string{"line 3: terms that no license explains"}, Fingerprint: digest(c.ID),
			Help: "state what you know under clarify in the policy, or replace it",
		})
	}
	return New(head(), inv, j)
}

func BenchmarkFormats(b *testing.B) {
	r := crowd(10_000)
	for _, f := range Formats() {
		if f.Arg != "" {
			continue
		}
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			var size int64
			for b.Loop() {
				n := &counter{}
				if err := f.Write(n, r, Options{}); err != nil {
					b.Fatal(err)
				}
				size = n.n
			}
			b.ReportMetric(float64(size)/1e6, "MB")
		})
	}
}

type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}
