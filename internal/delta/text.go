package delta

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// maxListed is how many entries of one list the text shows without details.
const maxListed = 20

// Text writes what differs for people: what is new first, under the component
// that it is about.
func (d *Delta) Text(w io.Writer, details bool) error {
	t := &text{d: d, details: details, told: map[int]bool{}}
	t.line("", "%s → %s", d.Base.title(), d.Head.title())
	t.line("", "%s", d.tally())
	t.changes()
	t.components()
	t.elsewhere()
	t.byRules()
	t.gone()
	t.duties()
	t.notCompared()
	_, err := io.WriteString(w, t.b.String())
	return err
}

type text struct {
	b       strings.Builder
	d       *Delta
	details bool
	told    map[int]bool // new findings that were shown
}

// line writes a line; what comes from outside is made printable.
func (t *text) line(indent, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = report.Printable(s)
		}
	}
	fmt.Fprintf(&t.b, indent+format+"\n", args...)
}

func (s *Side) title() string {
	switch {
	case s.Kind == "tree":
		return "the working tree"
	case s.Commit != "":
		return fmt.Sprintf("%s (%.12s)", s.Name, s.Commit)
	}
	return s.Name
}

func (d *Delta) tally() string {
	n := d.Summary.New
	head := "no new problem"
	if k := n.Error + n.Warning; k > 0 {
		head = count(k, "new problem")
	}
	parts := []string{head}
	for _, c := range []struct {
		n    int
		what string
	}{
		{d.Summary.Gone, "gone"}, {d.Summary.Known, "known"}, {d.Summary.Added, "added"}, {d.Summary.Removed, "removed"},
		{d.Summary.Changed, "changed"}, {d.Summary.Bumped, "with another version only"},
	} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	switch {
	case !d.Head.Complete:
		parts = append(parts, "NOT COMPLETE")
	case len(d.NotCompared) > 0:
		parts = append(parts, fmt.Sprintf("%d not compared", len(d.NotCompared)))
	}
	return strings.Join(parts, " · ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// changes says what changed around the project: nobody weakens a policy unseen.
func (t *text) changes() {
	d := t.d
	if d.PolicyChanged {
		t.line("", "! the policy changed: %s → %s", policyText(d.Base.Policy), policyText(d.Head.Policy))
	}
	if d.RulesChanged {
		t.line("", "! the rules of the program changed: of %s → of %s", d.Base.Rules.Date, d.Head.Rules.Date)
	}
}

func policyText(p report.Policy) string {
	name := p.Path
	if name == "" {
		name = p.Name
	}
	return fmt.Sprintf("%s %.19s", name, p.Digest)
}

func (t *text) components() {
	d := t.d
	var changed []Change
	for _, c := range d.Changed {
		if !c.Bumped() || t.details || len(t.of(c.Head.ID)) > 0 {
			changed = append(changed, c)
		}
	}
	if len(changed)+len(d.Added)+len(d.Removed) > 0 {
		t.b.WriteString("\n")
	}
	listed(t, changed, func(c Change) {
		t.line("", "~ %s", c.text())
		t.findings(c.Head.ID)
		if t.details {
			t.ids(c.Obligations)
		}
	})
	listed(t, d.Added, func(c Component) {
		t.line("", "+ %s", c.text())
		t.findings(c.ID)
	})
	listed(t, d.Removed, func(c Component) { t.line("", "- %s", c.text()) })
}

// listed shows the first entries of a list and counts the rest.
func listed[T any](t *text, list []T, show func(T)) {
	for i, x := range list {
		if i == maxListed && !t.details {
			t.line("  ", "… and %d more: --details shows all", len(list)-i)
			return
		}
		show(x)
	}
}

func (c *Component) text() string {
	return fmt.Sprintf("%s   %s (%s)", label(c.Name, c.Version), c.License, c.Scope)
}

func label(name, version string) string { return strings.TrimSpace(name + " " + version) }

// text shows what changed of a component: name, version, license, part.
func (c *Change) text() string {
	name := label(c.Base.Name, c.Base.Version)
	if slices.Contains(c.What, "replaced") {
		name += " → " + label(c.Head.Name, c.Head.Version)
	} else if slices.Contains(c.What, "version") {
		name += " → " + c.Head.Version
	}
	license := c.Base.License
	if c.Unread {
		license = c.Head.License + " (what it was before is not compared)"
	} else if slices.Contains(c.What, "license") {
		license += " → " + c.Head.License
	}
	out := name + "   " + license
	if slices.Contains(c.What, "scope") {
		out += fmt.Sprintf(" (%s → %s)", c.Base.Scope, c.Head.Scope)
	}
	if slices.Contains(c.What, "text") {
		out += " (its texts changed)"
	}
	if n, m := len(c.Obligations.Added), len(c.Obligations.Removed); n+m > 0 {
		out += fmt.Sprintf(" (duties +%d -%d)", n, m)
	}
	if c.Cause == ByRules {
		out += " (read by other rules)"
	}
	return out
}

func (t *text) ids(o Obligations) {
	for _, id := range o.Added {
		t.line("    ", "+ %s", id)
	}
	for _, id := range o.Removed {
		t.line("    ", "- %s", id)
	}
}

// of lists the new findings of a component that count and were not shown.
func (t *text) of(id string) []int {
	var out []int
	for i, f := range t.d.New {
		if f.Component == id && id != "" && f.Cause != ByRules && !t.told[i] {
			out = append(out, i)
		}
	}
	return out
}

func (t *text) findings(id string) {
	for _, i := range t.of(id) {
		t.finding("  ", i)
	}
}

func (t *text) finding(indent string, i int) {
	f := &t.d.New[i]
	if f.Severity == diag.Note && !t.details {
		return
	}
	t.told[i] = true
	mark := map[diag.Severity]string{diag.Error: "✗", diag.Warning: "!", diag.Note: "·"}[f.Severity]
	about := ""
	if f.Was == "waived" {
		about = " (was waived)"
	} else if f.Was != "" {
		about = " (was " + f.Was + ")"
	}
	t.line(indent, "%s %s  %s%s", mark, string(f.Code), f.Message, about)
	if f.Location.Path != "" {
		t.line(indent+"  ", "%s", place(f.Location))
	}
	if f.Help != "" {
		t.line(indent+"  ", "do: %s", f.Help)
	}
}

func place(l diag.Loc) string {
	if l.Line == 0 {
		return l.Path
	}
	return fmt.Sprintf("%s:%d", l.Path, l.Line)
}

// elsewhere shows the new findings of what did not change itself.
func (t *text) elsewhere() {
	first := true
	for i, f := range t.d.New {
		if t.told[i] || f.Cause == ByRules || f.Severity == diag.Note && !t.details {
			continue
		}
		if first {
			t.b.WriteString("\n")
			first = false
		}
		if f.Component != "" && !strings.Contains(f.Message, nameOf(f.Component)) {
			t.line("", "%s", nameOf(f.Component))
			t.finding("  ", i)
			for _, k := range t.of(f.Component) {
				t.finding("  ", k)
			}
			continue
		}
		t.finding("", i)
	}
}

// nameOf is the part of a package URL that people know.
func nameOf(id string) string { return strings.TrimPrefix(id, "pkg:golang/") }

func (t *text) byRules() {
	if t.d.Summary.ByRules == 0 {
		return
	}
	t.line("\n", "New because the rules changed; not counted (%d)", t.d.Summary.ByRules)
	var list []Finding
	for _, f := range t.d.New {
		if f.Cause == ByRules {
			list = append(list, f)
		}
	}
	listed(t, list, func(f Finding) { t.line("  ", "%s  %s  %s", string(f.Code), nameOf(f.Component), f.Message) })
}

func (t *text) gone() {
	var list []Finding
	for _, f := range t.d.Gone {
		if f.Severity != diag.Note || t.details {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		return
	}
	t.line("\n", "Gone (%d)", len(list))
	listed(t, list, func(f Finding) {
		s := ""
		if f.Was != "" {
			s = " (" + f.Was + ")"
		}
		t.line("  ", "%s  %s  %s%s", string(f.Code), nameOf(f.Component), f.Message, s)
	})
}

func (t *text) duties() {
	o := t.d.Obligations
	if len(o.Added)+len(o.Removed) == 0 {
		return
	}
	t.line("\n", "Duties: %d new, %d gone", len(o.Added), len(o.Removed))
	listed(t, o.Added, func(id string) { t.line("  ", "+ %s", id) })
	listed(t, o.Removed, func(id string) { t.line("  ", "- %s", id) })
}

func (t *text) notCompared() {
	if len(t.d.NotCompared) == 0 {
		return
	}
	t.line("\n", "Not compared, for it could not be read in %s (%d)", t.d.Base.title(), len(t.d.NotCompared))
	listed(t, t.d.NotCompared, func(n NotCompared) {
		s := n.Path
		if s != "" {
			s += ": "
		}
		s += n.Why
		if n.Help != "" {
			s += ": " + n.Help
		}
		t.line("  ", "%s", s)
	})
}
