package assess

import (
	"fmt"
	"path"
	"slices"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// packed reports weights that are known by their content and lie in a package
// that states another license.
func (j *judging) packed(p *part) {
	same, label := p.Property(inventory.SameTerms), p.Property(inventory.PackageLicense)
	if same == "" || label == "" {
		return
	}
	known, said := j.know.branches(same), j.know.branches(label)
	if len(known) == 0 || len(said) > 0 && slices.ContainsFunc(said, func(b []Term) bool { return termsText(b) == termsText(known[0]) }) {
		return
	}
	sev := diag.Warning
	if j.openness(known[0]) != openSource {
		sev = diag.Error
	}
	file := p.Property("package_file")
	what := p.Property(inventory.SameAs)
	f := j.report(p, diag.PackageLabel, j.soften(p, sev), termsText(known[0]), label,
		fmt.Sprintf("%s says %s; these weights are %s under %s", path.Base(file), label, what, same),
		"ship the license text and notices of their publisher with them, and name them apart from the license of the package")
	if f == nil {
		return
	}
	f.Because = append(f.Because, "the license stands in "+p.Property("same_from"))
	f.Related = append(f.Related, diag.Loc{Target: location(p).Target, Path: file})
}
