package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/duty"
)

// A comment on GitHub takes 65,536 characters. Each part of the Markdown form
// has a share of them, in bytes, and counts what does not fit; the rest is for
// head and foot.
const (
	maxMarkdown     = 64 << 10
	shareFindings   = 34 << 10
	shareErrors     = 6 << 10
	shareActions    = 8 << 10
	shareQuestions  = 5 << 10
	shareLicenses   = 4 << 10
	shareUnexamined = 2 << 10
	maxMarkdownText = 400 // columns of a message or a reason
	maxMarkdownName = 200 // columns of a name
)

// markdownMark lets a job find the comment that it made before.
const markdownMark = "<!-- rukhsa -->"

// writeMarkdown writes what a reviewer has to know, for a comment on a pull
// request or the summary of a job.
func writeMarkdown(w io.Writer, r *Report, _ Options) error {
	m := &markdown{r: r, t: newTeller(r)}
	m.head()
	m.findings()
	m.errors()
	m.actions()
	m.questions()
	m.licenses()
	m.unexamined()
	m.foot()
	_, err := io.WriteString(w, m.b.String())
	return err
}

type markdown struct {
	b strings.Builder
	r *Report
	t *teller
}

func (m *markdown) printf(format string, args ...any) { fmt.Fprintf(&m.b, format, args...) }

// items writes as many items as have room, and counts the others.
func (m *markdown) items(room int, items []string, more func(n int) string) {
	for i, s := range items {
		if room -= len(s); room < 0 {
			m.b.WriteString(more(len(items) - i))
			return
		}
		m.b.WriteString(s)
	}
}

func (m *markdown) head() {
	r := m.r
	sign, said := verdict(r)
	mark := map[string]string{string(diag.Error): "✗", string(diag.Warning): "!", "ok": "✓"}[sign]
	if mark == "" {
		mark = "?"
	}
	m.printf("%s\n### %s %s\n\n", markdownMark, mark, said)
	parts := []string{mdCode(clip(title(r), maxMarkdownName))}
	if r.Project.License == noAssertion {
		parts = append(parts, subject(r))
	} else if r.Project.License != "" {
		parts = append(parts, "license "+mdCode(clip(r.Project.License, maxMarkdownName)))
	}
	if use := strings.Join(r.Use.Contexts, ", "); use != "" {
		assumed := ""
		if r.Use.Assumed {
			assumed = " (assumed)"
		}
		parts = append(parts, "use "+mdCode(clip(use, maxMarkdownName))+assumed)
	}
	policy := "policy " + mdCode(clip(r.Policy.Name, maxMarkdownName))
	if r.Policy.Path != "" {
		policy = "policy " + mdCode(clip(r.Policy.Path, maxMarkdownName)) + " " + mdCode(clip(r.Policy.Digest, len("sha256:")+12))
	}
	m.printf("%s\n", strings.Join(append(parts, policy), " · "))
}

func (m *markdown) findings() {
	var rows, old []string
	for i := range m.r.Findings {
		if f := &m.r.Findings[i]; settled(f) {
			old = append(old, m.row(f))
		} else {
			rows = append(rows, m.row(f))
		}
	}
	rows = append(rows, old...)
	if len(rows) == 0 {
		return
	}
	m.printf("\n| | finding | where |\n|---|---|---|\n")
	m.items(shareFindings, rows, func(n int) string {
		return fmt.Sprintf("\n… and %s: `rukhsa scan --details`\n", plural(n, "more finding"))
	})
}

func (m *markdown) row(f *diag.Finding) string {
	x, at := m.t.tell(f), m.t.spotOf(f)
	mark := "✗"
	switch {
	case f.Waived != nil:
		mark = "waived"
	case f.Known:
		mark = "known"
	case f.Severity == diag.Warning:
		mark = "!"
	case f.Severity == diag.Note:
		mark = "·"
	}
	what := mdText(clip(x.message, maxMarkdownText))
	if x.subject != "" {
		what = "**" + mdCell(clip(x.subject, maxMarkdownName)) + "** " + what
	}
	for _, why := range x.reasons() {
		what += "<br>" + mdText(clip(why, maxMarkdownText))
	}
	return fmt.Sprintf("| %s&nbsp;%s | %s | %s |\n", mark, mdCell(x.code), what, mdCell(fmt.Sprintf("%s:%d", clip(at.path, maxMarkdownName), at.line)))
}

func (m *markdown) errors() {
	var items []string
	for _, line := range ErrorLines(m.r) {
		items = append(items, "- **?** "+mdText(clip(line, maxMarkdownText))+"\n")
	}
	if len(items) == 0 {
		return
	}
	m.printf("\n**Not complete**\n\n")
	m.items(shareErrors, items, func(n int) string { return fmt.Sprintf("- … and %d more\n", n) })
}

func (m *markdown) actions() {
	var items []string
	for i := range m.r.Actions {
		a := &m.r.Actions[i]
		if a.Status == string(duty.Met) {
			continue
		}
		s := "- [ ] **" + mdText(clip(a.Do, maxMarkdownName)) + "** " + mdText(clip(m.t.about(a), maxMarkdownText))
		if a.How != "" {
			s += ": " + mdText(clip(a.How, maxMarkdownText))
		}
		items = append(items, s+"\n")
	}
	if len(items) == 0 {
		return
	}
	m.printf("\n**To do before you ship (%d)**\n\n", len(items))
	m.items(shareActions, items, func(n int) string { return fmt.Sprintf("- … and %d more\n", n) })
}

func (m *markdown) questions() {
	var items []string
	for _, q := range m.r.Questions {
		s := "- " + mdCode(clip(q.Fact, maxMarkdownName)) + " " + mdText(clip(q.Text, maxMarkdownText))
		if q.Why != "" {
			s += " (" + mdText(clip(q.Why, maxMarkdownText)) + ")"
		}
		items = append(items, s+"\n")
	}
	if len(items) == 0 {
		return
	}
	m.printf("\n**Answers needed (%d)**\n\n", len(items))
	m.items(shareQuestions, items, func(n int) string { return fmt.Sprintf("- … and %d more\n", n) })
}

func (m *markdown) licenses() {
	var rows []string
	for _, c := range m.r.Summary.ByLicense {
		rows = append(rows, fmt.Sprintf("| %s | %d |\n", mdCell(clip(c.Name, maxMarkdownName)), c.Count))
	}
	if len(rows) == 0 {
		return
	}
	m.printf("\n<details><summary>Licenses (%d)</summary>\n\n| license | components |\n|---|---|\n", len(rows))
	m.items(shareLicenses, rows, func(n int) string { return fmt.Sprintf("| … | %d more |\n", n) })
	m.printf("\n</details>\n")
}

func (m *markdown) unexamined() {
	var items []string
	for _, line := range unexamined(m.r) {
		items = append(items, "- "+mdText(clip(line, maxMarkdownText))+"\n")
	}
	if len(items) == 0 {
		return
	}
	m.printf("\n<details><summary>Not looked at (%d)</summary>\n\n", len(items))
	m.items(shareUnexamined, items, func(n int) string { return fmt.Sprintf("- … and %d more\n", n) })
	m.printf("\n</details>\n")
}

func (m *markdown) foot() {
	said := []string{Disclaimer, "rukhsa " + m.r.Tool.Version}
	if d := m.r.Tool.Rules.Date; d != "" {
		said = append(said, "rules of "+d)
	}
	if m.r.AsOf != "" {
		said = append(said, "as of "+m.r.AsOf)
	}
	m.printf("\n<sub>%s</sub>\n", mdText(clip(strings.Join(said, " · "), maxMarkdownText)))
}

// mdEscapes makes characters of Markdown, HTML and GitHub's own marks (mentions,
// issue numbers, links) characters. A backslash does not help against mentions
// and links, which are looked for in the finished text; an empty comment does.
var mdEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`, "!", `\!`,
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@<!-- -->", "#", "#<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.", "GH-", "GH<!-- -->-",
)

// mdText is outside text in Markdown, anywhere but at the start of a line.
func mdText(s string) string { return mdEscapes.Replace(Printable(s)) }

// mdCell is mdCode for a table, whose cell a pipe would end.
func mdCell(s string) string { return strings.ReplaceAll(mdCode(s), "|", `\|`) }

// mdCode is outside text as code, where Markdown, HTML and GitHub change nothing.
func mdCode(s string) string {
	s = Printable(s)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
