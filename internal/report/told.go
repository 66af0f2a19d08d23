package report

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// told is a finding in words, for formats that show findings one by one. Every
// string is Printable and one line.
type told struct {
	code    string
	subject string // name and version of the component; "" where it is about none
	message string
	path    string   // how a program comes to the component
	because []string // facts and clauses
	see     []string // other places
	do      string
	waived  string
	known   bool // in the baseline
}

// teller tells the findings of a report in full, and where they are.
type teller struct {
	*text
	places map[string]diag.Loc // the first place of each component that has one
}

func newTeller(r *Report) *teller {
	t := &teller{&text{b: &strings.Builder{}, r: r, o: Options{Details: true}}, map[string]diag.Loc{}}
	for i := range r.Components {
		if c := &r.Components[i]; len(c.Locations) > 0 {
			t.places[c.ID] = slices.MinFunc(c.Locations, diag.Loc.Compare)
		}
	}
	return t
}

// tell says a finding in words.
func (t *teller) tell(f *diag.Finding) told {
	out := told{known: f.Known, code: Printable(string(f.Code)), message: Printable(f.Message), do: Printable(f.Help)}
	if f.Component != "" {
		out.subject = Printable(t.name(f.Component))
	}
	for _, p := range f.Paths {
		if len(p) > 1 {
			out.path = Printable(t.path(p))
			break
		}
	}
	for _, b := range f.Because {
		out.because = append(out.because, Printable(b))
	}
	for _, l := range f.Related {
		out.see = append(out.see, Printable(place(l)))
	}
	if f.Waived != nil {
		out.waived = Printable(waiver(f.Waived))
	}
	return out
}

// inBaseline says of a finding why it is not new.
const inBaseline = "known: it is in the baseline"

// headline is who and what in one line.
func (x told) headline() string {
	if x.subject == "" {
		return x.message
	}
	return x.subject + ": " + x.message
}

// reasons are the lines below the headline, each with what it is.
func (x told) reasons() []string {
	var out []string
	if x.path != "" {
		out = append(out, "path: "+x.path)
	}
	for _, b := range x.because {
		out = append(out, "because: "+b)
	}
	if len(x.see) > 0 {
		out = append(out, "see also: "+strings.Join(x.see, ", "))
	}
	if x.do != "" {
		out = append(out, "do: "+x.do)
	}
	if x.waived != "" {
		out = append(out, x.waived)
	}
	if x.known {
		out = append(out, inBaseline)
	}
	return out
}

// unread says an error of reading in one line.
func unread(p diag.Problem) string {
	g := errorGroup{first: p}
	g.first.Group = ""
	g.add(p)
	return Printable(g.text())
}
