package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

func (a *app) initCommand() *cobra.Command {
	var file string
	s := &scanFlags{noPolicy: true}
	c := &cobra.Command{
		Use:   "init [TARGET...]",
		Short: "Write a commented policy that describes the present state",
		Long: "init scans the targets under the built-in policy and writes rukhsa.yaml: the licenses that are here are accepted,\n" +
			"what is not listed is refused, and for every error there is an entry that a person has to complete: reasons,\n" +
			"owners and last days are left empty, and an empty value is a fault. A file that is there is never overwritten.",
		Example: "  rukhsa init\n  rukhsa init -o ci/rukhsa.yaml ./cmd/server",
		RunE: func(c *cobra.Command, args []string) error {
			if s.policy != "" {
				return usagef("rukhsa policy suggest -p "+s.policy, "init writes a policy and reads none (--policy)")
			}
			cwd, err := a.Getwd()
			if err != nil {
				return err
			}
			path := policyFiles(cwd).abs(file)
			if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
				return usagef("rukhsa policy suggest proposes entries for it", "%s is there already: it is not overwritten", file)
			}
			above := findPolicy(cwd, []string{filepath.Dir(path)})
			r, err := a.scan(c.Context(), s, args, false)
			if err != nil {
				return err
			}
			sug := suggest(r, diag.Error)
			if err := writeNew(path, []byte(initial(r, sug))); err != nil {
				return err
			}
			a.note("%s written: %s", file, initDone(sug))
			if above != "" {
				a.note("below %s it takes the place of %s", filepath.Dir(file), above)
			}
			return a.incomplete(r)
		},
	}
	c.Flags().StringVarP(&file, "output", "o", policy.FileName, "write this `FILE`")
	s.loaderFlags(c)
	return c
}

func initDone(s *suggestions) string {
	if n := len(s.Entries); n > 0 {
		return fmt.Sprintf("%d of its entries have to be filled in", n)
	}
	return "rukhsa scan goes by it now"
}

// writeNew writes a file that is not there; one that came in the meantime stays.
func writeNew(name string, body []byte) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close())
}

// initial is the policy of the present state.
func initial(r *report.Report, sug *suggestions) string {
	var b strings.Builder
	b.WriteString(`# What this project is, which licenses it accepts, and what was decided about single components.
# rukhsa config show prints every value and where it comes from; rukhsa config schema is for editors.
version: 1

# Start from a built-in profile (rukhsa config profiles), or from a file that your organisation keeps:
# extends: [cncf, {file: base.yaml, digest: "sha256:..."}]

project:
`)
	fmt.Fprintf(&b, "  # license: %s  # %s\n", scalar(ownLicense(r)), licenseOrigin(r))
	fmt.Fprintf(&b, "  # kind: %s  # as the tree suggests: %s\n", r.Project.Kind, joined(policy.Kinds()))
	fmt.Fprintf(&b, "  # use: [%s]  # assumed: what leaves the house or is served (rukhsa help contexts)\n", joined(r.Use.Contexts))
	if len(sug.Facts) > 0 {
		sug.facts(&b, "  ")
	}
	allowed, reviewed := accepted(r)
	b.WriteString("\n# What is not listed here is refused, and so is what has no license or one that nobody knows.\ndefault: deny\n")
	entries := func(key, about string, list []acceptedLicense) {
		if len(list) == 0 {
			return
		}
		fmt.Fprintf(&b, "\n# %s\n%s:\n", about, key)
		for _, l := range list {
			fmt.Fprintf(&b, "  - %s  # %s\n", scalar(l.id), l.count())
		}
	}
	entries("allow", "The licenses that are here today and that nothing speaks against.", allowed)
	entries("review", "A person has to look at these: a warning.", reviewed)
	if len(sug.Entries) > 0 {
		b.WriteString("\n# What today's errors are about. Fill in what is empty: an empty value is a fault. Remove what you would rather mend.\n")
		sug.forInit()
		sug.write(&b)
	}
	return b.String()
}

// ownLicense is what the project is judged under; a policy cannot state that it
// is not clear.
func ownLicense(r *report.Report) string {
	if r.Project.License == "" || isUnclear(r) {
		return policy.Proprietary
	}
	return r.Project.License
}

func isUnclear(r *report.Report) bool { return r.Project.License == (spdx.NoAssertion{}).String() }

func licenseOrigin(r *report.Report) string {
	switch {
	case isUnclear(r):
		return "what its files say is not clear: state it"
	case slices.ContainsFunc(r.Findings, func(f diag.Finding) bool { return f.Code == diag.MainUnlicensed }):
		return "no license file says it"
	}
	return "as its license file says; state it where that is wrong"
}

// acceptedLicense is a license that components of the scan are under.
type acceptedLicense struct {
	id string
	n  int
}

func (l acceptedLicense) count() string {
	if l.n == 1 {
		return "1 component"
	}
	return fmt.Sprintf("%d components", l.n)
}

// accepted lists the licenses of components that nothing is said against, and
// those that only warnings are about.
func accepted(r *report.Report) (allowed, reviewed []acceptedLicense) {
	counts, warned := map[string]int{}, map[string]bool{}
	for i := range r.Components {
		c := &r.Components[i]
		if c.Scope == inventory.Main || c.License.Status == inventory.None || c.License.Status == inventory.Unknown || c.License.Status == inventory.Disagree {
			continue
		}
		for _, id := range termsOf(c) {
			worst := weighedAgainst(r, c.ID, id)
			if worst == diag.Error {
				continue
			}
			counts[id]++
			warned[id] = warned[id] || worst == diag.Warning
		}
	}
	for id, n := range counts {
		l := acceptedLicense{id, n}
		if warned[id] {
			reviewed = append(reviewed, l)
		} else {
			allowed = append(allowed, l)
		}
	}
	order := func(a, b acceptedLicense) int { return strings.Compare(a.id, b.id) }
	slices.SortFunc(allowed, order)
	slices.SortFunc(reviewed, order)
	return allowed, reviewed
}

// weighedAgainst is the worst that is said against a license of a component: any
// error, and warnings of the policy itself.
func weighedAgainst(r *report.Report, id, license string) diag.Severity {
	var worst diag.Severity
	for _, f := range r.Findings {
		switch {
		case f.Component != id || f.License != license:
		case f.Severity == diag.Error:
			return diag.Error
		case f.Severity == diag.Warning && (f.Code == diag.CategoryRefused || f.Code == diag.LicenseReview):
			worst = diag.Warning
		}
	}
	return worst
}

// termsOf lists the licenses that hold for a component: of a choice those of the
// branch taken, and those of the linked folders in it.
func termsOf(c *report.Component) []string {
	exprs := []string{c.License.Concluded}
	if c.License.Choice != "" {
		exprs[0] = c.License.Choice
	}
	for _, n := range c.Nested {
		if n.Linked {
			exprs = append(exprs, n.Expression)
		}
	}
	var out []string
	for _, x := range exprs {
		e, err := spdx.ParseLax(x)
		if err != nil {
			continue
		}
		for _, l := range spdx.Leaves(e) {
			if id := l.String(); !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// forInit widens waivers to everything that is said of a license: under the
// policy that init writes it is not on the allow list either.
func (s *suggestions) forInit() {
	var out []suggestion
	for _, e := range s.Entries {
		if e.Section == "waivers" && e.License != "" {
			e.Finding = ""
		}
		i := slices.IndexFunc(out, func(o suggestion) bool { return o.absorbs(&e) })
		if i >= 0 {
			out[i].Why = append(out[i].Why, e.Why...)
			continue
		}
		out = append(out, e)
	}
	s.Entries = out
}
