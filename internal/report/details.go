package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The widest columns of the lists of --details.
const (
	maxLabel   = 64
	maxLicense = 32
	maxClause  = 14
)

// details lists every component with its license, what each license asks with
// its clause, and what was not looked at: the rows that the short form counts.
func (t *text) details() {
	t.components()
	t.asked(t.r.Obligations, func(o *assess.Obligation) string { return plural(len(o.Components), "component") })
	t.unexamined()
}

func (t *text) components() {
	if len(t.r.Components) == 0 {
		return
	}
	t.printf("\nComponents (%d)\n", len(t.r.Components))
	var labels, licenses []string
	for i := range t.r.Components {
		c := &t.r.Components[i]
		labels, licenses = append(labels, Printable(Label(&c.Facts))), append(licenses, Printable(licenseOf(c)))
	}
	w0, w1 := widest(maxLabel, labels...), widest(maxLicense, licenses...)
	for i := range t.r.Components {
		c := &t.r.Components[i]
		line := "  " + pad(labels[i], w0) + "  " + pad(licenses[i], w1) + "  "
		t.b.WriteString(line)
		more := []string{string(c.Scope)}
		if c.ReplacedBy != "" {
			more = append(more, "replaced by "+c.ReplacedBy)
		}
		if c.Apart != nil {
			more = append(more, apartText(c.Apart))
		}
		if c.License.Status != inventory.OK && c.License.Status != inventory.None {
			more = append(more, string(c.License.Status))
		}
		if c.License.Reason != "" {
			more = append(more, c.License.Reason)
		}
		t.flow(width(line), 4, strings.Join(more, ", "))
	}
}

// licenseOf is a component's license as people read it, with the branch of a
// choice that was taken.
func licenseOf(c *Component) string {
	s := c.License.Concluded
	if c.License.Choice != "" && c.License.Choice != s {
		s += ", taken: " + c.License.Choice
	}
	return s
}

// asked lists obligations under their licenses, each with what note says of it.
func (t *text) asked(all []assess.Obligation, note func(*assess.Obligation) string) {
	if len(all) == 0 {
		return
	}
	t.printf("\nWhat the licenses ask (%d)\n", len(all))
	var order []string
	by := map[string][]*assess.Obligation{}
	clauses := map[string]string{}
	for i := range all {
		o := &all[i]
		if _, ok := by[o.License]; !ok {
			order = append(order, o.License)
		}
		by[o.License] = append(by[o.License], o)
		clauses[o.ID] = Printable(strings.TrimSpace(assess.Cite("", o.Clause)))
	}
	slices.Sort(order)
	for _, license := range order {
		t.printf("  %s\n", license)
		slices.SortStableFunc(by[license], func(a, b *assess.Obligation) int { return cmp.Compare(rank(a), rank(b)) })
		var list []string
		for _, o := range by[license] {
			list = append(list, clauses[o.ID])
		}
		w := widest(maxClause, list...)
		for _, o := range by[license] {
			line := "    " + pad(Printable(o.Status), len("not-due")) + "  " + pad(clauses[o.ID], w) + "  "
			t.b.WriteString(line)
			s := o.Text
			if o.Derived {
				s += " (usual for the category, not read in its text)"
			}
			if len(o.MetBy) > 0 {
				s += " (met by " + strings.Join(o.MetBy, "; ") + ")"
			}
			if n := note(o); n != "" {
				s += " (" + n + ")"
			}
			t.flow(width(line), 4+len("not-due")+2+w+2, s)
		}
	}
}

// rank orders obligations: what is left to do first.
func rank(o *assess.Obligation) int {
	return slices.Index([]string{string(duty.NotDue), string(duty.Met), string(duty.Confirm), string(duty.Due)}, o.Status) * -1
}
