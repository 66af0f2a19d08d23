package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// command is a workflow command as the runner reads it.
type command struct {
	kind, title, message string
	props                map[string]string
}

var commandLine = regexp.MustCompile(`^::(error|warning|notice) ([^:]*)::(.*)$`)

func commandOf(t *testing.T, line string) command {
	t.Helper()
	m := commandLine.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
	if m == nil {
		t.Fatalf("no command of the runner: %q", line)
	}
	undo := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	c := command{kind: m[1], message: undo.Replace(m[3]), props: map[string]string{}}
	for _, p := range strings.Split(m[2], ",") {
		k, v, ok := strings.Cut(p, "=")
		if !ok || c.props[k] != "" {
			t.Fatalf("property %q in %q", p, line)
		}
		c.props[k] = undo.Replace(v)
	}
	c.title = c.props["title"]
	return c
}

// Annotations come worst first, ten at most, and nothing from outside adds a
// property or a command.
func TestGitHub(t *testing.T) {
	known := []string{"file", "line", "endLine", "col", "endColumn", "title"}
	for name, r := range samples() {
		out := render(t, format(t, "github"), r, Options{})
		if n := strings.Count(out, "\n"); n > maxAnnotations {
			t.Errorf("%s: %d lines", name, n)
		}
		last := 0
		for line := range strings.Lines(out) {
			c := commandOf(t, line)
			for k := range c.props {
				if !slices.Contains(known, k) {
					t.Errorf("%s: property %q in %q", name, k, line)
				}
			}
			rank := slices.Index([]string{"error", "warning", "notice"}, c.kind)
			if rank < last {
				t.Errorf("%s: %s after %d", name, c.kind, last)
			}
			last = rank
		}
	}
	a := annotation{"error", spot{"a,b:c%", 1, 1, 1, 2}, "t:1,2", []string{"100%: a,b", "c"}}
	if got, want := a.String(), "::error file=a%2Cb%3Ac%25,line=1,endLine=1,col=1,endColumn=2,title=t%3A1%2C2::100%25: a,b%0Ac\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
