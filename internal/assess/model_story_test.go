package assess_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// modelOption reads the options of models and datasets in a story, with spaces
// in values written _:
//
//	hub              the component's id is that of a hub: NAME is ORG/NAME
//	file             its id is that of a file or folder of the tree
//	service=VENDOR   it is a hosted service
//	from=REL:ID      a step of its lineage; REL may be empty
//	guess=ID         that step is only guessed
//	has=NAME=VALUE   a property
//	said=LICENSE     what it declares, where nothing was concluded
//	label            its license is only a label: no text says so
//	card, text       a card or a license file speaks of the license
//	text=ROLE:LICENSE  a license file about one part of it
func modelOption(c *inventory.Component, o, key, value string) error {
	first, rest, _ := strings.Cut(strings.ReplaceAll(value, "_", " "), ":")
	switch key {
	case "hub":
		c.ID = "pkg:huggingface/" + c.Name
		if c.Version != "" {
			c.ID += "@" + c.Version
		}
	case "service":
		c.ID, c.Kind = "pkg:generic/"+value+"/"+c.Name+"?type=service", inventory.Service
	case "file":
		c.ID = "pkg:generic/" + c.Name
	case "from":
		relation, id, _ := strings.Cut(value, ":")
		if strings.Count(id, "/") == 1 && !strings.Contains(id, ":") && !strings.HasPrefix(id, "/") {
			id = "pkg:huggingface/" + id
		}
		c.Lineage = append(c.Lineage, inventory.Lineage{Relation: relation, ID: id})
	case "guess":
		c.Properties = append(c.Properties, inventory.Property{Name: "lineage-guessed", Value: value})
	case "has":
		name, v, _ := strings.Cut(value, "=")
		c.Properties = append(c.Properties, inventory.Property{Name: name, Value: strings.ReplaceAll(v, "_", " ")})
	case "said":
		c.License.Declared = strings.ReplaceAll(value, "_", " ")
	case "label":
		c.License.Basis = "declared"
	case "card":
		c.Evidence = append(c.Evidence, inventory.Evidence{Source: "card", Path: "README.md", Method: "label", Expression: c.License.Concluded, Role: "code"})
	case "text":
		e := inventory.Evidence{Source: "license-file", Path: "LICENSE", Method: "text", Expression: c.License.Concluded, Role: "code"}
		if value != "" {
			e.Role, e.Expression = first, rest
		}
		c.Evidence = append(c.Evidence, e)
	default:
		return fmt.Errorf("no option %q", o)
	}
	return nil
}

// tellOpenness prints what stories show of "parts", "benefits", "risks", "views",
// "not-open", "differs" and "service", and the openness for any of these; code
// has it where a story shows "openness-of-code".
func (s *story) tellOpenness(b *strings.Builder, j *assess.Judgement) {
	shows := func(what string) bool { return slices.Contains(s.show, what) }
	for i, c := range j.Components {
		if s.inv.Components[i].Kind == inventory.Code && !shows("openness-of-code") ||
			!slices.ContainsFunc(s.show, func(w string) bool { return slices.Contains(shown, w) }) {
			continue
		}
		fmt.Fprintf(b, "%s: %s (its license: %s)\n", s.inv.Components[i].Name, c.Openness, c.LicenseOpenness)
		for _, p := range c.Parts {
			if shows("parts") {
				fmt.Fprintf(b, "  part %s: %s [%s] %s\n", p.Part, p.Present, p.License, p.Why)
			}
		}
		for _, a := range c.Benefits {
			if shows("benefits") {
				fmt.Fprintf(b, "  %s: %s, %s\n", a.Name, a.Answer, a.Why)
			}
		}
		for _, r := range c.Risks {
			if shows("risks") {
				fmt.Fprintf(b, "  risk %s: %s, %s\n", r.Group, r.Signal, r.Evidence)
			}
		}
		for _, x := range c.NotOpen {
			if shows("not-open") {
				fmt.Fprintf(b, "  not open: %s (%s): %s\n", x.Type, assess.Cite(x.License, x.Clause), x.Text)
			}
		}
		tellOutside(b, &c, shows)
	}
}

// shown are the words of a story about how open something is.
var shown = []string{"parts", "benefits", "risks", "openness", "views", "not-open", "differs", "service", "openness-of-code"}

func tellOutside(b *strings.Builder, c *assess.Component, shows func(string) bool) {
	for _, x := range c.Views {
		if !shows("views") {
			break
		}
		fmt.Fprintf(b, "  %s (%s, %s)\n", x.Name, x.View, x.Date)
		for _, g := range x.Groups {
			fmt.Fprintf(b, "    %s: %d of %d met, %d missing, %d unknown\n", g.Name, g.Met, g.Of, g.Missing, g.Unknown)
		}
		for _, r := range x.Criteria {
			fmt.Fprintf(b, "    %s %s [%s]: %s\n", r.Answer, r.ID, r.Clause, r.Why)
		}
	}
	for _, d := range c.Differs {
		if shows("differs") {
			fmt.Fprintf(b, "  differs from %s: %q says %s, here %s: %s\n    %s\n", d.From, d.Claim, d.Says, d.Here, d.Why, strings.Join(d.Sources, "\n    "))
		}
	}
	if x := c.Service; x != nil && shows("service") {
		fmt.Fprintf(b, "  service of %s, terms %s\n", x.Provider, x.Terms)
		for _, f := range []struct {
			name string
			assess.ServiceFact
		}{{"outputs bound", x.Outputs}, {"trains on inputs", x.Inputs}, {"kept", x.Retention}, {"price", x.Price}} {
			fmt.Fprintf(b, "    %s: %s, %s (%s %s)\n", f.name, f.Answer, f.Text, f.AsOf, f.Source)
		}
	}
}
