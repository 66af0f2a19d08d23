package report

import (
	"fmt"

	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxNamedName is the widest column for the names of what is only named, and for
// the places that name it.
const maxNamedName = 32

// named lists the models, datasets and services that are only named: nothing is
// due for them until somebody ships or hosts them.
func (t *text) named() {
	all := onlyNamed(t.r)
	if len(all) == 0 {
		return
	}
	t.printf("Only named (%d): nothing is due; if you ship or host it, its terms hold\n", len(all))
	shown := all
	if len(all) > maxNamed && !t.o.Details {
		shown = all[:maxNamed]
	}
	var names, places []string
	for _, c := range shown {
		at := ""
		if len(c.Locations) > 0 {
			at = Printable(place(c.Locations[0]))
		}
		names, places = append(names, Printable(Label(&c.Facts))), append(places, at)
	}
	w0, w1 := widest(maxNamedName, names...), widest(maxNamedName, places...)
	for i, c := range shown {
		line := "  " + pad(names[i], w0) + "  " + pad(places[i], w1) + "  "
		t.b.WriteString(line)
		said := namedTerms(c)
		if !t.o.Details {
			said = clip(said, max(maxNamedName, maxWidth-width(line)))
		}
		t.flow(width(line), 2+w0+2, said)
	}
	if n := len(all) - len(shown); n > 0 {
		t.printf("  … and %d more: --details shows all\n", n)
	}
}

// onlyNamed lists the components that are only named.
func onlyNamed(r *Report) []*Component {
	var out []*Component
	for i := range r.Components {
		if c := &r.Components[i]; c.Scope == inventory.Referenced {
			out = append(out, c)
		}
	}
	return out
}

// held counts licenses of all but what is only named, in the order of the
// summary.
func held(r *Report) []Count {
	named := map[string]int{}
	for _, c := range onlyNamed(r) {
		named[c.License.Concluded]++
	}
	var out []Count
	for _, c := range r.Summary.ByLicense {
		if c.Count -= named[c.Name]; c.Count > 0 {
			out = append(out, c)
		}
	}
	return out
}

// namedTerms says under which terms something is, as far as its name tells.
func namedTerms(c *Component) string {
	switch {
	case c.License.Status == inventory.Assumed || c.License.Status == inventory.OK:
		return fmt.Sprintf("%s, %s", c.License.Concluded, c.License.Reason)
	case c.Kind == inventory.Service:
		return "closed: " + c.License.Reason
	}
	return c.License.Reason
}
