package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

//go:embed html.tmpl
var htmlPage string

// parsedPage is read when the first page is written: start-up does no work.
var parsedPage = sync.OnceValues(func() (*template.Template, error) { return template.New("page").Parse(htmlPage) })

// htmlView is what the page shows; its strings are Printable.
type htmlView struct {
	Title, Mark, Verdict, License, Subject, Use, Policy, Tool, AsOf, Disclaimer string
	Complete                                                                    bool
	Programs                                                                    []string
	Findings, Settled                                                           []htmlFinding
	Errors, Unexamined                                                          []string
	Actions                                                                     []htmlAction
	Questions                                                                   []assess.Question
	Tallies                                                                     []htmlTally
	Components                                                                  []htmlComponent
	Licenses                                                                    []htmlLicense
}

type htmlFinding struct {
	Severity, Code, Subject, Message, Where string
	Reasons                                 []string
}

type htmlAction struct {
	Do, About, How, Who, Status string
	For                         []string
}

type htmlTally struct {
	Name   string
	Counts []htmlCount
}

type htmlCount struct {
	Name  string
	Count int
	Share int // of all components, in percent
}

type htmlComponent struct {
	ID, Label, Kind, Scope, License, Status, Category, Openness, Reason string
	Evidence, LinkedBy, Copyrights                                      []string
}

type htmlLicense struct {
	Name string
	Asks []htmlObligation
}

type htmlObligation struct {
	Status, Clause, Text string
	Components           int
}

// writeHTML writes one page that needs no script, loads nothing and says so to
// the browser. html/template escapes everything that comes from the report.
func writeHTML(w io.Writer, r *Report, _ Options) error {
	t, err := parsedPage()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, newView(r)); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func newView(r *Report) *htmlView {
	v := &htmlView{
		Title: cmp.Or(strings.TrimSpace(title(r)), "rukhsa"), License: r.Project.License, Subject: subject(r), Use: strings.Join(r.Use.Contexts, ", "), Policy: r.Policy.Name,
		Complete: r.Complete, AsOf: r.AsOf, Disclaimer: Disclaimer, Tool: "rukhsa " + r.Tool.Version, Errors: ErrorLines(r), Unexamined: unexamined(r),
		Questions: append([]assess.Question{}, r.Questions...),
	}
	if v.License == noAssertion {
		v.License = ""
	}
	if r.Policy.Path != "" {
		v.Policy = r.Policy.Path + " " + r.Policy.Digest
	}
	if d := r.Tool.Rules.Date; d != "" {
		v.Tool += ", rules of " + d
	}
	if r.Use.Assumed && v.Use != "" {
		v.Use += " (assumed)"
	}
	v.Mark, v.Verdict = verdict(r)
	for _, p := range r.Programs {
		v.Programs = append(v.Programs, programName(p))
	}
	t := newTeller(r)
	for i := range r.Findings {
		f := &r.Findings[i]
		x, at := t.tell(f), t.spotOf(f)
		one := htmlFinding{string(severity(f)), x.code, x.subject, x.message, fmt.Sprintf("%s:%d", at.path, at.line), x.reasons()}
		if settled(f) {
			v.Settled = append(v.Settled, one)
		} else {
			v.Findings = append(v.Findings, one)
		}
	}
	v.actions(t.text)
	v.tallies(r)
	for i := range r.Components {
		v.Components = append(v.Components, viewOf(&r.Components[i], r))
	}
	v.obligations(r)
	printable(v)
	return v
}

// verdict is the tally of findings in a mark and words: "ok" and "no problems"
// only where nothing is wrong and nothing unread.
func verdict(r *Report) (mark, said string) {
	s := r.Summary.Findings
	problem := "problem"
	if s.Known > 0 {
		problem = "new problem"
	}
	problems := s.Error + s.Warning - s.Known
	switch {
	case problems > 0 && newErrors(r):
		mark, said = string(diag.Error), plural(problems, problem)
	case problems > 0:
		mark, said = string(diag.Warning), plural(problems, problem)
	case !r.Complete:
		mark, said = "incomplete", "no "+problem+"s found"
	default:
		mark, said = "ok", "no "+problem+"s"
	}
	said += " in " + plural(r.Summary.Components, "component")
	if s.Known > 0 {
		said += fmt.Sprintf(", %d known", s.Known)
	}
	if s.Waived > 0 {
		said += fmt.Sprintf(", %d waived%s", s.Waived, waiverLayers(r))
	}
	for _, part := range apart(r) {
		said += ", " + part
	}
	if !r.Complete {
		said += ", NOT COMPLETE"
	}
	return mark, said
}

func (v *htmlView) actions(t *text) {
	for i := range t.r.Actions {
		a := &t.r.Actions[i]
		if a.Status == string(duty.Met) {
			continue
		}
		one := htmlAction{Do: a.Do, About: t.about(a), How: a.How, Who: a.Who, Status: a.Status}
		for _, id := range a.Satisfies {
			if o := t.obligation(id); o != nil {
				one.For = append(one.For, assess.Cite(o.License, o.Clause))
			}
		}
		v.Actions = append(v.Actions, one)
	}
}

func (v *htmlView) tallies(r *Report) {
	for _, x := range []struct {
		name string
		list []Count
	}{{"License", r.Summary.ByLicense}, {"Category", r.Summary.ByCategory}, {"Openness", r.Summary.ByOpenness}, {"Kind", r.Summary.ByKind}, {"Scope", r.Summary.ByScope}} {
		t := htmlTally{Name: x.name}
		for _, c := range x.list {
			if c.Name != "" {
				t.Counts = append(t.Counts, htmlCount{c.Name, c.Count, min(100, 100*c.Count/max(1, r.Summary.Components))})
			}
		}
		if len(t.Counts) > 0 {
			v.Tallies = append(v.Tallies, t)
		}
	}
}

func viewOf(c *Component, r *Report) htmlComponent {
	out := htmlComponent{
		ID: c.ID, Label: Label(&c.Facts), Kind: string(c.Kind), Scope: string(c.Scope), License: licenseOf(c), Category: c.Category,
		Openness: c.LicenseOpenness, Reason: c.License.Reason, Copyrights: c.Copyrights,
	}
	if c.Apart != nil {
		out.Reason = apartText(c.Apart)
	}
	if c.License.Status != inventory.OK {
		out.Status = string(c.License.Status)
	}
	for i := range c.Evidence {
		out.Evidence = append(out.Evidence, statement(&c.Evidence[i]))
	}
	for _, n := range c.Nested {
		out.Evidence = append(out.Evidence, n.Path+"  "+orNone(n.Expression))
	}
	for _, l := range c.LinkedBy {
		out.LinkedBy = append(out.LinkedBy, l.Root+" on "+platforms(l.Platforms, r.Go.Platforms))
	}
	return out
}

// obligations groups what is asked under the licenses, as --details does.
func (v *htmlView) obligations(r *Report) {
	at := map[string]int{}
	for i := range r.Obligations {
		o := &r.Obligations[i]
		n, ok := at[o.License]
		if !ok {
			n = len(v.Licenses)
			at[o.License] = n
			v.Licenses = append(v.Licenses, htmlLicense{Name: o.License})
		}
		s := o.Text
		if o.Derived {
			s += " (usual for the category, not read in its text)"
		}
		v.Licenses[n].Asks = append(v.Licenses[n].Asks, htmlObligation{o.Status, strings.TrimSpace(assess.Cite("", o.Clause)), s, len(o.Components)})
	}
}

// printable makes every string below v, a pointer, Printable. Lists are copied,
// for the report's own stand in the view.
func printable(v any) { printableValue(reflect.ValueOf(v).Elem()) }

func printableValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(Printable(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			printableValue(v.Field(i))
		}
	case reflect.Slice:
		list := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(list, v)
		for i := range list.Len() {
			printableValue(list.Index(i))
		}
		v.Set(list)
	}
}
