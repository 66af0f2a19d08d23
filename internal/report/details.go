package report

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
)

// details lists every component with its license and every obligation with its
// clause: the rows that the short form counts.
func (t *text) details() {
	t.printf("\nComponents (%d)\n", len(t.r.Components))
	rows := make([][2]string, 0, len(t.r.Components))
	for i := range t.r.Components {
		c := &t.r.Components[i]
		rows = append(rows, [2]string{Label(&c.Facts), c.License.Concluded})
	}
	w := widths(rows)
	for i := range t.r.Components {
		c := &t.r.Components[i]
		t.printf("  %s  %s  %s", pad(rows[i][0], min(w[0], 60)), pad(rows[i][1], min(w[1], 30)), string(c.Scope))
		if c.License.Choice != "" {
			t.printf(", taken: %s", c.License.Choice)
		}
		if c.License.Status != inventory.OK {
			t.printf(", %s", string(c.License.Status))
		}
		if c.License.Reason != "" {
			t.printf(": %s", c.License.Reason)
		}
		t.printf("\n")
	}
	if len(t.r.Obligations) == 0 {
		return
	}
	t.printf("\nObligations (%d)\n", len(t.r.Obligations))
	for _, o := range t.r.Obligations {
		t.printf("  %s  %s §%s  %s\n", pad(o.Status, 7), o.License, strings.TrimPrefix(o.Clause, "§"), o.Text)
		t.printf("           %s, %s\n", o.Type, plural(len(o.Components), "component"))
	}
}
