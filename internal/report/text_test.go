package report

import (
	"strings"
	"testing"
)

// The first minute: a clean project fits 15 lines, any other 40, with at most
// six actions; no line is longer than a broken line may be.
func TestFirstMinute(t *testing.T) {
	for name, most := range map[string]int{"empty": 15, "clean": 15, "typical": maxLines, "large": maxLines} {
		out := render(t, Formats()[0], build(name), Options{})
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) > most {
			t.Errorf("%s: %d lines, want at most %d\n%s", name, len(lines), most, out)
		}
		for _, l := range lines {
			if width(l) > maxWidth {
				t.Errorf("%s: %d columns: %s", name, width(l), l)
			}
		}
		if n := strings.Count(out, "\n  do thing "); n > maxActions {
			t.Errorf("%s: %d actions", name, n)
		}
	}
}

// --details drops nothing: every component, finding, error, obligation, action
// and question of the document stands in it.
func TestDetailsAreComplete(t *testing.T) {
	for _, name := range []string{"typical", "large"} {
		r := build(name)
		words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
		out := words(render(t, Formats()[0], r, Options{Details: true}))
		want := map[string][]string{}
		for i := range r.Components {
			want["component"] = append(want["component"], Label(&r.Components[i].Facts))
		}
		for _, f := range r.Findings {
			want["finding"] = append(append(want["finding"], f.Message), f.Because...)
		}
		for _, e := range r.Errors {
			want["error"] = append(want["error"], e.Path)
		}
		for _, o := range r.Obligations {
			want["obligation"] = append(want["obligation"], o.Text)
		}
		for _, a := range r.Actions {
			if a.Status != "met" {
				want["action"] = append(want["action"], a.Do)
			}
		}
		for _, q := range r.Questions {
			want["question"] = append(want["question"], q.Fact+" "+q.Text, q.Why)
		}
		for _, n := range r.NotExamined {
			want["thing not looked at"] = append(want["thing not looked at"], n.Path+": "+n.Why)
		}
		for kind, list := range want {
			for _, s := range list {
				if !strings.Contains(out, words(Printable(s))) {
					t.Errorf("%s: --details does not show %s %q", name, kind, s)
				}
			}
		}
	}
}

// An answer about one component fits a screen, however many programs link it.
func TestExplainFitsAScreen(t *testing.T) {
	r := build("typical")
	c := &r.Components[2]
	for range 100 {
		c.LinkedBy = append(c.LinkedBy, c.LinkedBy[0])
		c.Evidence = append(c.Evidence, c.Evidence[0])
	}
	var b strings.Builder
	if err := ExplainComponent(&b, r, c, true); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n > maxLines {
		t.Errorf("%d lines\n%s", n, b.String())
	}
}
