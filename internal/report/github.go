package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// maxAnnotations is how many annotations of a kind GitHub shows of one step;
// the rest is dropped without a word, so that the last line counts it.
const maxAnnotations = 10

// annotation is one workflow command (docs.github.com, "Workflow commands").
type annotation struct {
	command string // error, warning, notice
	at      spot   // the zero value for none
	title   string
	message []string // lines
}

// writeGitHub writes workflow commands, worst first and ten at most, of which
// the last counts what it leaves out. Waived and known findings are only counted.
func writeGitHub(w io.Writer, r *Report, _ Options) error {
	var all []annotation
	t := newTeller(r)
	waived, known, errors := 0, 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Waived != nil:
			waived++
			continue
		case f.Known:
			known++
			continue
		}
		x := t.tell(f)
		a := annotation{"error", t.spotOf(f), strings.TrimSpace(x.code + " " + x.subject), append([]string{x.message}, x.reasons()...)}
		switch f.Severity {
		case diag.Warning:
			a.command = "warning"
		case diag.Note:
			a.command = "notice"
		default:
			errors++
		}
		all = append(all, a)
	}
	var gaps []annotation
	for _, line := range ErrorLines(r) {
		gaps = append(gaps, annotation{"error", spot{}, "rukhsa: not complete", []string{Printable(line)}})
	}
	all = append(all[:errors:errors], append(gaps, all[errors:]...)...)
	var left []string
	if n := len(all) - maxAnnotations; n > 0 {
		all = all[:maxAnnotations-1]
		left = append(left, plural(n+1, "more problem")+" not shown here")
	}
	if waived+known > 0 && len(all) == maxAnnotations {
		all, left = all[:maxAnnotations-1], append(left, "1 more problem not shown here")
	}
	if known > 0 {
		left = append(left, fmt.Sprintf("%d known", known))
	}
	if waived > 0 {
		left = append(left, fmt.Sprintf("%d waived", waived))
	}
	if len(left) > 0 {
		all = append(all, annotation{"notice", spot{}, "rukhsa", []string{strings.Join(left, ", ") + ": rukhsa scan --details"}})
	}
	var b strings.Builder
	for _, a := range all {
		b.WriteString(a.String())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

var (
	// The escapes of the runner (actions/toolkit, command.ts).
	commandData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func (a annotation) String() string {
	var props []string
	add := func(name, value string) { props = append(props, name+"="+commandProperty.Replace(value)) }
	if a.at.path != "" {
		add("file", Printable(a.at.path))
		add("line", fmt.Sprint(a.at.line))
		add("endLine", fmt.Sprint(a.at.endLine))
		if a.at.line == a.at.endLine { // columns of one line only
			add("col", fmt.Sprint(a.at.column))
			add("endColumn", fmt.Sprint(a.at.endColumn))
		}
	}
	add("title", a.title)
	return "::" + a.command + " " + strings.Join(props, ",") + "::" + commandData.Replace(strings.Join(a.message, "\n")) + "\n"
}
