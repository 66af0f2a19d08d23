package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
)

func (a *app) policyCommand() *cobra.Command {
	return a.group(&cobra.Command{
		Use:   "policy suggest",
		Short: "Propose the smallest entries of a policy for today's findings",
	}, a.policySuggest())
}

func (a *app) policySuggest() *cobra.Command {
	var format, from string
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "suggest [TARGET...]",
		Short: "Propose the smallest entries of a policy for today's findings",
		Long: "suggest scans the targets, or reads --report, and writes for every error and warning the smallest entry of\n" +
			"rukhsa.yaml that settles it. What only a person can know is left empty, and an empty value is a fault: reasons,\n" +
			"owners, last days, and the license of what states none.",
		Example: "  rukhsa policy suggest\n  rukhsa policy suggest --report report.json -o json",
		RunE: func(c *cobra.Command, args []string) error {
			r, err := a.reportFor(c, from, s, args)
			if err != nil {
				return err
			}
			sug := suggest(r, diag.Warning)
			if err := a.answer(format, sug, sug.text); err != nil {
				return err
			}
			return a.incomplete(r)
		},
	}
	c.Flags().StringVar(&from, "report", "", "read this JSON `REPORT` instead of scanning")
	s.loaderFlags(c)
	answerFlag(c, &format)
	return c
}

// incomplete says what kept a report from being complete.
func (a *app) incomplete(r *report.Report) error {
	if r.Complete {
		return nil
	}
	for _, line := range report.ErrorLines(r) {
		a.note("%s", line)
	}
	return codeError(exitIncomplete)
}

// suggestions are entries of a policy that settle findings.
type suggestions struct {
	Schema  string          `json:"schema"`
	Entries []suggestion    `json:"entries"`
	Facts   []suggestedFact `json:"facts"`
	Lines   []suggestedLine `json:"lines"`
}

// suggestion is one entry. Fields that a person has to fill in are empty.
type suggestion struct {
	Section    string   `json:"section"` // allow, clarify, waivers
	Finding    string   `json:"finding"`
	License    string   `json:"license"`
	Component  string   `json:"component"`
	Digest     string   `json:"digest"`
	Why        []string `json:"why"` // the messages of the findings
	Settles    []string `json:"settles"`
	Components []string `json:"components"`
}

// suggestedFact is a fact of the project that licenses ask for.
type suggestedFact struct {
	Fact     string `json:"fact"`
	Question string `json:"question"`
	Why      string `json:"why"`
}

// suggestedLine is a line of the policy that has to be changed or removed.
type suggestedLine struct {
	Path    string `json:"path"`
	Line    int    `json:"line"`
	Message string `json:"message"`
	Do      string `json:"do"`
}

// suggest finds entries for all findings of a severity or worse.
func suggest(r *report.Report, least diag.Severity) *suggestions {
	s := &suggestions{Schema: "rukhsa/suggest/v1", Entries: []suggestion{}, Facts: []suggestedFact{}, Lines: []suggestedLine{}}
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Waived != nil || f.Severity.Rank() > least.Rank():
		case !policy.Waivable(f.Code):
			s.Lines = append(s.Lines, suggestedLine{f.Location.Path, f.Location.Line, f.Message, f.Help})
		case expiredBy(r, f):
		default:
			s.add(r, f)
		}
	}
	for _, q := range r.Questions {
		s.Facts = append(s.Facts, suggestedFact{q.Fact, q.Text, q.Why})
	}
	slices.SortStableFunc(s.Entries, func(a, b suggestion) int {
		return cmp.Or(cmp.Compare(sectionOrder(a.Section), sectionOrder(b.Section)),
			cmp.Compare(a.Component, b.Component), cmp.Compare(a.License, b.License), cmp.Compare(a.Finding, b.Finding))
	})
	return s
}

func sectionOrder(name string) int {
	return slices.Index([]string{"allow", "clarify", "waivers"}, name)
}

// expiredBy reports whether a waiver that has ended is all that a finding needs:
// then its line is what has to change.
func expiredBy(r *report.Report, f *diag.Finding) bool {
	return slices.ContainsFunc(r.Findings, func(g diag.Finding) bool {
		return g.Code == diag.WaiverExpired && slices.Contains(f.Related, g.Location)
	})
}

// add finds the entry for one finding, or adds the finding to one that settles
// it already.
func (s *suggestions) add(r *report.Report, f *diag.Finding) {
	e := suggestion{
		Section: "waivers", Finding: string(f.Code), License: f.License, Component: policy.ComponentName(f.Component),
		Why: []string{f.Message}, Settles: []string{f.Fingerprint}, Components: []string{f.Component},
	}
	c := componentOf(r, f.Component)
	switch {
	case f.Code == diag.LicenseNotListed && alone(r, f):
		e.Section, e.Finding, e.Component = "allow", "", ""
	case c != nil && unclear(f.Code) && c.License.Status != inventory.OK:
		e.Section, e.Finding, e.License, e.Digest = "clarify", "", "", digestOfText(c)
	}
	for i := range s.Entries {
		if o := &s.Entries[i]; o.absorbs(&e) {
			o.Why = append(o.Why, e.Why...)
			o.Settles = append(o.Settles, e.Settles...)
			o.Components = append(o.Components, e.Components...)
			return
		}
	}
	s.Entries = append(s.Entries, e)
}

// alone reports whether nothing else is wrong with a license of a component:
// then the license may go on the allow list.
func alone(r *report.Report, f *diag.Finding) bool {
	return !slices.ContainsFunc(r.Findings, func(g diag.Finding) bool {
		return g.Component == f.Component && g.License == f.License && g.Code != f.Code && g.Severity == diag.Error && g.Waived == nil
	})
}

// absorbs reports whether an entry settles what another one would, and makes it
// do so: two findings about one license of one component go into one waiver of
// that license.
func (s *suggestion) absorbs(o *suggestion) bool {
	if s.Section != o.Section || s.License != o.License || s.Component != o.Component || s.Digest != o.Digest {
		return false
	}
	if s.Section == "waivers" && s.Finding != o.Finding {
		if s.License == "" {
			return false
		}
		s.Finding = ""
	}
	return true
}

func unclear(c diag.Code) bool {
	return c == diag.NoLicense || c == diag.UnknownLicense || c == diag.LicenseDisagrees
}

func componentOf(r *report.Report, id string) *report.Component {
	i := slices.IndexFunc(r.Components, func(c report.Component) bool { return c.ID == id })
	if i < 0 {
		return nil
	}
	return &r.Components[i]
}

// digestOfText is the text that a clarification is pinned to: that of the first
// license file, else the first of all.
func digestOfText(c *report.Component) string {
	for _, e := range c.Evidence {
		if e.Source == "license-file" && e.Digest != "" {
			return e.Digest
		}
	}
	if len(c.Texts) > 0 {
		return c.Texts[0]
	}
	return policy.NoText
}

// text writes the entries as they go into a policy.
func (s *suggestions) text() string {
	var b strings.Builder
	if len(s.Entries)+len(s.Facts)+len(s.Lines) == 0 {
		return "# No entry is needed.\n"
	}
	b.WriteString("# Fill in what is empty: an empty value is a fault. Remove what you would rather mend.\n")
	s.write(&b)
	if len(s.Facts) > 0 {
		b.WriteString("\nproject:\n")
		s.facts(&b, "  ")
	}
	if len(s.Lines) > 0 {
		b.WriteString("\n# Lines of the policy to be changed:\n")
	}
	for _, l := range s.Lines {
		fmt.Fprintf(&b, "# %s:%d: %s: %s\n", comment(l.Path), l.Line, comment(l.Message), comment(l.Do))
	}
	return b.String()
}

// write writes the entries by section.
func (s *suggestions) write(b *strings.Builder) {
	section := ""
	for i := range s.Entries {
		e := &s.Entries[i]
		if e.Section != section {
			section = e.Section
			b.WriteString(map[string]string{"allow": "\nallow:\n", "clarify": "\ncomponents:\n  clarify:\n", "waivers": "\nwaivers:\n"}[section])
		}
		switch section {
		case "allow":
			fmt.Fprintf(b, "  - %s  # %s\n", scalar(e.License), comment(e.names()))
		case "clarify":
			e.writeClarify(b)
		default:
			e.writeWaiver(b)
		}
	}
}

// maxNamedComponents bounds the components that a comment names.
const maxNamedComponents = 3

func (s *suggestion) names() string {
	var names []string
	for _, id := range s.Components {
		if n := policy.ComponentName(id); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	if n := len(names) - maxNamedComponents; n > 0 {
		return fmt.Sprintf("%s and %d more", joined(names[:maxNamedComponents]), n)
	}
	return joined(names)
}

func (s *suggestion) writeClarify(b *strings.Builder) {
	s.because(b, "    ")
	fmt.Fprintf(b, "    - component: %s\n", scalar(s.Component))
	fmt.Fprintf(b, "      digest: %s\n", scalar(s.Digest))
	b.WriteString("      license: \"\"  # to be filled in: which license it is, an SPDX expression\n")
	b.WriteString("      reason: \"\"  # to be filled in: how you know\n")
}

func (s *suggestion) writeWaiver(b *strings.Builder) {
	s.because(b, "  ")
	lead := "  - "
	if s.Finding != "" {
		fmt.Fprintf(b, "%sfinding: %s\n", lead, s.Finding)
		lead = "    "
	}
	if s.License != "" {
		fmt.Fprintf(b, "%slicense: %s\n", lead, scalar(s.License))
	}
	fmt.Fprintf(b, "    component: %s\n", scalar(s.Component))
	b.WriteString("    reason: \"\"  # to be filled in: why it is accepted\n")
	b.WriteString("    owner: \"\"  # to be filled in: who answers for it\n")
	b.WriteString("    until: \"\"  # to be filled in: the last day, YYYY-MM-DD\n")
}

func (s *suggestion) because(b *strings.Builder, indent string) {
	for _, why := range s.Why {
		fmt.Fprintf(b, "%s# %s\n", indent, comment(why))
	}
}

// facts writes the questions as facts to be filled in.
func (s *suggestions) facts(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s# facts:  # answers that licenses ask for\n", indent)
	for _, f := range s.Facts {
		fmt.Fprintf(b, "%s#   %s:  # %s (%s)\n", indent, f.Fact, comment(f.Question), comment(f.Why))
	}
}

// comment makes a text fit to stand in a comment: one line, nothing hidden.
func comment(s string) string {
	return strings.Join(strings.Fields(report.Printable(strings.ReplaceAll(s, "\n", " "))), " ")
}

// plainScalar is what YAML reads as the text that it is.
var plainScalar = lazyre.New(`^[A-Za-z][A-Za-z0-9._/+-]*( (AND|OR|WITH) [A-Za-z][A-Za-z0-9._/+-]*)*$`)

// scalar writes a text as YAML, in quotes where it needs them.
func scalar(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return strconv.Quote(s)
	}
	if plainScalar.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}
