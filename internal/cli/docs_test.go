package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rukhsa/rukhsa/internal/diag"
)

const docsDir = "../../docs"

// TestDocs makes docs/ from the commands and the table of finding codes and
// compares it with what is there; -update rewrites it.
func TestDocs(t *testing.T) {
	root := (&app{}).root()
	want := map[string]string{"commands.md": commandsPage(root), "findings.md": findingsPage()}
	for _, c := range commandsOf(root) {
		if isTopic(c) {
			continue
		}
		want["man/"+strings.ReplaceAll(c.CommandPath(), " ", "-")+".1"] = manPage(c)
	}
	if *update {
		if err := os.RemoveAll(docsDir); err != nil {
			t.Fatal(err)
		}
		for name, body := range want {
			write(t, filepath.Join(docsDir, filepath.FromSlash(name)), body)
		}
	}
	for name, body := range want {
		got, err := os.ReadFile(filepath.Join(docsDir, filepath.FromSlash(name)))
		if err != nil {
			t.Error(err)
		} else if d := cmp.Diff(string(got), body); d != "" {
			t.Errorf("docs/%s is not what the program says (-file +program); -update rewrites it\n%s", name, d)
		}
	}
	for _, pattern := range []string{"*", "man/*"} {
		files, err := filepath.Glob(filepath.Join(docsDir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			rel, _ := filepath.Rel(docsDir, file)
			if _, ok := want[filepath.ToSlash(rel)]; !ok && rel != "man" {
				t.Errorf("docs/%s belongs to no command", rel)
			}
		}
	}
}

// commandsOf lists a command and all below it that run or explain something.
func commandsOf(c *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	if !c.Hidden && c.Name() != "completion" && c.Name() != "help" {
		out = append(out, c)
	}
	for _, sub := range c.Commands() {
		out = append(out, commandsOf(sub)...)
	}
	return out
}

// isTopic: a page of help that is no command.
func isTopic(c *cobra.Command) bool { return !c.Runnable() && !c.HasSubCommands() }

// flagsOf lists the flags of a command that help shows, by name.
func flagsOf(c *cobra.Command) []*pflag.Flag {
	var out []*pflag.Flag
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			out = append(out, f)
		}
	})
	c.InheritedFlags().VisitAll(func(f *pflag.Flag) { out = append(out, f) })
	slices.SortFunc(out, func(a, b *pflag.Flag) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b *pflag.Flag) bool { return a.Name == b.Name })
}

// formOf is how a flag is written, and what it means with its default.
func formOf(f *pflag.Flag) (form, meaning string) {
	name, usage := pflag.UnquoteUsage(f)
	if form = "--" + f.Name; f.Shorthand != "" {
		form = "-" + f.Shorthand + ", " + form
	}
	if name != "" {
		form += " " + name
	}
	if def := strings.Trim(f.DefValue, "[]"); def != "" && def != "false" && def != "0s" {
		usage += " (default " + def + ")"
	}
	return form, usage
}

// longOf is the text of a command; a topic with a text of its own prints that.
func longOf(c *cobra.Command) string {
	if c.Long != "" || !isTopic(c) {
		return c.Long
	}
	var b strings.Builder
	c.SetOut(&b)
	_ = c.Help()
	return strings.TrimRight(b.String(), "\n")
}

func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# Commands\n\nMade from the program's own help. Every flag can be set as an environment variable too: `--fail-on` is `RUKHSA_FAIL_ON`.\n")
	for _, c := range commandsOf(root) {
		name := c.CommandPath()
		if isTopic(c) {
			name = "rukhsa help " + c.Name()
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n", name, c.Short)
		if c.Runnable() {
			fmt.Fprintf(&b, "\n```\n%s\n```\n", c.UseLine())
		}
		if long := longOf(c); long != "" {
			fmt.Fprintf(&b, "\n```text\n%s\n```\n", strings.TrimRight(long, "\n"))
		}
		if c.Example != "" {
			fmt.Fprintf(&b, "\n```sh\n%s\n```\n", unindent(c.Example))
		}
		if !c.Runnable() {
			continue
		}
		b.WriteString("\n| flag | meaning |\n|---|---|\n")
		for _, f := range flagsOf(c) {
			form, meaning := formOf(f)
			fmt.Fprintf(&b, "| `%s` | %s |\n", form, cell(meaning))
		}
	}
	return b.String()
}

func unindent(s string) string {
	return regexp.MustCompile(`(?m)^  `).ReplaceAllString(strings.TrimRight(s, "\n"), "")
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`, "\n", " ").Replace(s)
}

func findingsPage() string {
	var b strings.Builder
	b.WriteString("# Findings\n\nMade from the table that `rukhsa explain CODE` prints. The severity is that of the built-in policy.\n\n| code | severity | what |\n|---|---|---|\n")
	for _, d := range diag.Codes() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", d.Code, strings.ToLower(string(d.Code)), d.Severity, cell(d.Title))
	}
	for _, d := range diag.Codes() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s** (%s)\n\n%s\n\n**What to do:** %s\n\n```text\n%s\n```\n", d.Code, cell(d.Title), d.Severity, cell(d.Text), cell(d.Fix), d.Example)
	}
	return b.String()
}

// manPage is a page of section 1, without a date, so that it is the same
// wherever it is made.
func manPage(c *cobra.Command) string {
	var b strings.Builder
	name := strings.ReplaceAll(c.CommandPath(), " ", "-")
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"rukhsa\" \"rukhsa\"\n.ad l\n.SH NAME\n%s \\- %s\n", roff(strings.ToUpper(name)), roff(name), roff(c.Short))
	if c.Runnable() {
		fmt.Fprintf(&b, ".SH SYNOPSIS\n%s\n", roff(c.UseLine()))
	}
	if long := longOf(c); long != "" {
		fmt.Fprintf(&b, ".SH DESCRIPTION\n.nf\n%s\n.fi\n", roff(long))
	}
	if c.Runnable() {
		b.WriteString(".SH OPTIONS\n")
		for _, f := range flagsOf(c) {
			form, meaning := formOf(f)
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fR\n%s\n", roff(form), roff(meaning))
		}
	}
	if c.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(unindent(c.Example)))
	}
	if !c.HasParent() {
		b.WriteString(".SH EXIT STATUS\n")
		for _, e := range ExitCodes() {
			fmt.Fprintf(&b, ".TP\n%d\n%s\n", e.Code, roff(e.Doc))
		}
		b.WriteString(".SH ENVIRONMENT\nEvery flag \\-\\-NAME can be set as RUKHSA_NAME, in capitals and with _ for each hyphen.\n.SH SEE ALSO\n")
		var others []string
		for _, o := range commandsOf(c)[1:] {
			if isTopic(o) {
				continue
			}
			others = append(others, "\\fB"+roff(strings.ReplaceAll(o.CommandPath(), " ", "-"))+"\\fR(1)")
		}
		b.WriteString(strings.Join(others, ",\n") + "\n")
	} else {
		b.WriteString(".SH SEE ALSO\n\\fBrukhsa\\fR(1)\n")
	}
	return b.String()
}

// roff keeps text from being read as requests or escapes.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(strings.TrimRight(s, "\n"))
	return regexp.MustCompile(`(?m)^([.'])`).ReplaceAllString(s, `\&$1`)
}
