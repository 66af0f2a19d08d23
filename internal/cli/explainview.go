package cli

import (
	"cmp"
	"strings"

	"github.com/rukhsa/rukhsa/internal/views"
)

// explainedView is an outside view on models: what it asks, and what decides.
type explainedView struct {
	Schema   string           `json:"schema"`
	Kind     string           `json:"kind"`
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Version  string           `json:"version"`
	Date     string           `json:"date"`
	Source   string           `json:"source"`
	Note     string           `json:"note"`
	Criteria []explainedAsked `json:"criteria"`
}

type explainedAsked struct {
	ID       string   `json:"id"`
	Group    string   `json:"group"` // its name
	Name     string   `json:"name"`
	Clause   string   `json:"clause"`
	Text     string   `json:"text"`
	By       []string `json:"by"`      // facts that decide
	Because  string   `json:"because"` // why none can
	Terms    bool     `json:"terms"`   // has to be under terms that the view takes for open
	Optional bool     `json:"optional"`
}

// explainView explains an outside view by its id. It reports whether what is one.
func (a *app) explainView(what, format string) (bool, error) {
	all, err := views.Builtin()
	if err != nil {
		return true, err
	}
	for _, v := range all {
		if strings.EqualFold(what, v.ID) || strings.EqualFold(what, v.Short) {
			return true, a.answer(format, viewOf(v), func() string { return viewText(v) })
		}
	}
	return false, nil
}

func viewOf(v *views.View) explainedView {
	x := explainedView{Schema: explainSchema, Kind: "view", ID: v.ID, Name: v.Name, Version: v.Version, Date: v.Date, Source: v.Source, Note: v.Note}
	names := map[string]string{}
	for _, g := range v.Groups {
		names[g.ID] = g.Name
	}
	for i := range v.Criteria {
		c := &v.Criteria[i]
		x.Criteria = append(x.Criteria, explainedAsked{
			ID: c.ID, Group: names[c.Group], Name: c.Label(), Clause: c.Clause, Text: c.Text, By: notNil(c.By), Because: c.Because, Terms: c.Terms, Optional: c.Optional,
		})
	}
	return x
}

// viewText says on one screen what a view asks. Every answer is met, missing or
// unknown, and none is a verdict.
func viewText(v *views.View) string {
	p := &page{}
	p.line(0, v.Name+" · "+v.ID)
	p.line(2, "version "+v.Version+", "+v.Date+": "+v.Source)
	p.line(2, v.Note)
	groups := v.Groups
	if len(groups) == 0 {
		groups = []views.Group{{Name: "It asks"}}
	}
	for _, g := range groups {
		title := g.Name
		if g.With != "" {
			title += " (and all of the classes above)"
		}
		p.title(title)
		for i := range v.Criteria {
			if c := &v.Criteria[i]; c.Group == g.ID {
				p.line(2, "- "+criterionText(c))
			}
		}
	}
	return p.String()
}

func criterionText(c *views.Criterion) string {
	s := c.Label() + ": " + lowerFirst(strings.TrimSuffix(c.Text, "."))
	if c.Terms {
		s += ", under open terms"
	}
	if c.Optional {
		s += " (not counted)"
	}
	s += cited(notEmpty(c.Clause))
	if len(c.By) == 0 {
		s += "; always unknown: " + cmp.Or(c.Because, "no file tells")
	}
	return s
}
