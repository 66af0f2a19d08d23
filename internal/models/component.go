package models

import (
	"cmp"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Conclude is the license of a component of which only the name is known. A name
// that is not sure, or a family whose license is in doubt, leaves it open and
// says why.
func (m Match) Conclude() inventory.License {
	l := inventory.License{Concluded: spdx.NoAssertion{}.String(), Status: inventory.Unknown, Basis: "assumed"}
	says := m.Name + " of " + m.Publisher
	switch {
	case !m.Confidence.Sure():
		l.Reason = "the name alone says " + says
		if m.License != "" {
			l.Reason += " (" + m.License + ")"
		}
	case m.License == "" && m.Kind == Service:
		l.Reason = says + ": " + m.hosted()
	case m.License == "":
		l.Reason = says + ": " + m.Check
	case m.Check != "" || m.Beside != "":
		l.Reason = says + ": " + m.License + "; " + cmp.Or(m.Check, m.Beside)
	default:
		l.Concluded, l.Status, l.Reason = m.License, inventory.Assumed, "by its name: "+says
	}
	return l
}

// hosted says under which terms a service is used, and what they ask of what it
// puts out.
func (m Match) hosted() string {
	if m.Outputs.Answer == Yes || m.Outputs.Answer == Partly {
		return "a hosted service whose terms bind its outputs: " + m.Outputs.Text + " (" + m.Terms + ")"
	}
	return "a hosted service under the terms at " + m.Terms
}

// ServiceID is the id of a hosted service that is called by a name.
func (m Match) ServiceID(name string) string {
	vendor := strings.ToLower(strings.ReplaceAll(m.Publisher, " ", "-"))
	if len(m.Orgs) > 0 {
		vendor = m.Orgs[0]
	}
	n := parse(name)
	base := cmp.Or(strings.Join(n.words, "-"), m.ID)
	if i := strings.LastIndexByte(name, '/'); !n.local && !n.tuned {
		base = name[i+1:]
	}
	return "pkg:generic/" + vendor + "/" + base + "?type=service"
}
