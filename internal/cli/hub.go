package cli

import (
	"github.com/rukhsa/rukhsa/internal/hub"
)

// hubFor is the client for the targets of the Hub, nil where there are none.
// Without --hub such a target is a mistake: no scan asks the network unasked.
func (a *app) hubFor(s *scanFlags, targets []string) (*hub.Client, error) {
	asked := false
	for _, t := range targets {
		if !hub.Is(t) {
			continue
		}
		asked = true
		if _, err := hub.ParseRef(t); err != nil {
			return nil, usagef("rukhsa scan --hub hf:ORG/NAME", "target %s: %w", t, err)
		}
		if !s.hub {
			return nil, usagef("rukhsa scan --hub "+t, "target %s: it is on the Hugging Face Hub, and only --hub lets rukhsa ask the network", t)
		}
	}
	if !asked {
		return nil, nil
	}
	c, err := hub.FromEnv(a.Getenv, version())
	if err != nil {
		return nil, usagef("", "%w", err)
	}
	return hub.New(c), nil
}
