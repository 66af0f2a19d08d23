package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// JUnit XML, in the form that Jenkins' schemas (junit-4 and junit-10), GitLab
// and the rest read. One suite is a target. The mapping:
//
//	finding that makes exit 1    a test case that failed
//	other finding                a skipped one, so that the colour is that of the exit code;
//	                             of a waived or known one it says so
//	errors[]                     a test case with an error, in the first suite
//	component without a finding  a test case that passed
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		ID       int         `xml:"id,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
		Out      string      `xml:"system-out,omitempty"`
	}
	junitCase struct {
		Class   string       `xml:"classname,attr"`
		Name    string       `xml:"name,attr"`
		Skipped string       `xml:"skipped,omitempty"`
		Error   *junitResult `xml:"error"`
		Failure *junitResult `xml:"failure"`
	}
	junitResult struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, r *Report, _ Options) error {
	j := &junit{r: r, t: newTeller(r), names: map[string]int{}}
	for i, t := range r.Targets {
		j.suites = append(j.suites, junitSuite{Name: Printable("rukhsa " + t.Path), ID: i})
	}
	if len(j.suites) == 0 {
		j.suites = []junitSuite{{Name: "rukhsa"}}
	}
	for i := range r.Findings {
		j.finding(&r.Findings[i])
	}
	for _, e := range r.Errors {
		line := unread(e)
		j.add(0, junitCase{
			Class: "rukhsa." + string(diag.ReadError), Name: Printable(e.Path),
			Error: &junitResult{Type: string(diag.ReadError), Message: line, Text: line},
		})
	}
	j.passed()
	j.suites[0].Out = strings.Join(j.footer(), "\n")
	doc := junitSuites{Name: "rukhsa", Suites: j.suites}
	for _, s := range j.suites {
		doc.Tests, doc.Failures, doc.Errors = doc.Tests+s.Tests, doc.Failures+s.Failures, doc.Errors+s.Errors
	}
	body, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(body)+"\n")
	return err
}

type junit struct {
	r      *Report
	t      *teller
	suites []junitSuite
	names  map[string]int // how many cases have a name
}

// add counts a case and makes its name the only one: consumers take two cases
// of one name for one.
func (j *junit) add(suite int, c junitCase) {
	key := fmt.Sprintf("%d\x00%s\x00%s", suite, c.Class, c.Name)
	j.names[key]++
	if n := j.names[key]; n > 1 {
		c.Name += fmt.Sprintf(" #%d", n)
	}
	s := &j.suites[suite]
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != "":
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func (j *junit) finding(f *diag.Finding) {
	x := j.t.tell(f)
	c := junitCase{Class: "rukhsa." + x.code, Name: x.subject}
	if x.subject == "" {
		c.Name = Printable(place(f.Location))
	}
	if f.License != "" {
		c.Name += Printable(" (" + f.License + ")")
	}
	lines := strings.Join(append(append([]string{x.headline()}, x.reasons()...), "rukhsa explain "+x.code), "\n")
	if j.r.Fails(f) {
		c.Failure = &junitResult{Type: x.code, Message: x.headline(), Text: lines}
	} else {
		c.Skipped = Printable(string(f.Severity)) + ": " + lines
	}
	j.add(j.r.targetOf(f.Location, j.t.places[f.Component]), c)
}

// passed adds the components that no finding is about.
func (j *junit) passed() {
	about := map[string]bool{}
	for _, f := range j.r.Findings {
		about[f.Component] = true
	}
	for i := range j.r.Components {
		c := &j.r.Components[i]
		if !about[c.ID] {
			j.add(j.r.targetOf(c.Locations...), junitCase{Class: "rukhsa." + string(c.Kind), Name: Printable(Label(&c.Facts) + " (" + licenseOf(c) + ")")})
		}
	}
}

// footer says what no test case does.
func (j *junit) footer() []string {
	var out []string
	if !j.r.Complete {
		out = append(out, "NOT COMPLETE")
	}
	if n := j.r.Summary.Actions; n > 0 {
		out = append(out, "to do before you ship: "+plural(n, "thing")+", see rukhsa scan")
	}
	for _, line := range unexamined(j.r) {
		out = append(out, "not looked at: "+line)
	}
	return append(out, Disclaimer)
}
