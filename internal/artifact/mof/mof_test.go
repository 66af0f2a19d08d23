package mof

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
)

const head = "framework:\n  name: 'Model Openness Framework'\n  version: '1.0'\nrelease:\n  name: X\n  producer: Org\n"

func told(res *artifact.Result) string {
	var b strings.Builder
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s %s %s\n", s.Line, s.Source, s.Field, s.Value)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s = %s\n", p.Name, p.Value)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, tt := range []struct{ name, doc, want string }{
		{"components", head + "  license:\n    distribution: {name: MIT}\n    code:\n      name: Apache-2.0\n  components:\n  - name: Training code\n  - name: ' Model parameters (Final) '\n    license: CC-BY-4.0\n  - {description: nameless}\n",
			"14 declaration release.components.license CC-BY-4.0\nopenness_file = MOF.yml\nopenness_license = distribution: MIT\nopenness_license = code: Apache-2.0\n" +
				"openness_component = Training code\nopenness_component = Model parameters (Final): CC-BY-4.0\n"},
		{"for all", head + "  license: {distribution: {name: MIT}, data: {name: CC0-1.0}}\n", "7 declaration release.license.data.name CC0-1.0\nopenness_file = MOF.yml\nopenness_license = distribution: MIT\nopenness_license = data: CC0-1.0\n"},
		{"nothing", head, "openness_file = MOF.yml\n"},
		{"odd shapes", "framework: {name: Model Openness Framework}\nrelease:\n  license: MIT\n  components: {name: x}\n", "openness_file = MOF.yml\n"},
		{"another file", "framework: {name: MOF}\nrelease: {license: {distribution: {name: MIT}}}\n", ""},
		{"only named", "note: Model Openness Framework\n", ""},
	} {
		res := artifacttest.Content(t, New(), "MOF.yml", []byte(tt.doc))
		if d := cmp.Diff(tt.want, told(res)); d != "" || len(res.Problems) > 0 {
			t.Errorf("%s: %+v (-want +got)\n%s", tt.name, res.Problems, d)
		}
	}
	files := map[string]string{"x.yml": head, "y.yml": "name: x\n", "x.md": head, "mof.yaml": "", "a.mof.yml": ""}
	for name, want := range map[string]bool{"x.yml": true, "y.yml": false, "x.md": false, "mof.yaml": true, "a.mof.yml": true} {
		if got := New().Match(artifacttest.NewTree(files).File(name)); got != want {
			t.Errorf("%s is taken: %v", name, got)
		}
	}
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		doc  string
		kind diag.Kind
		line int
	}{
		{head + "  license: [\n", diag.Malformed, 8},
		{head + "  components:\n" + strings.Repeat("  - name: x\n", maxComponents+1), diag.Limit, maxComponents + 8},
	} {
		res := artifacttest.Content(t, New(), "a.mof.yaml", []byte(tt.doc))
		if len(res.Problems) != 1 || res.Problems[0].Kind != tt.kind || res.Problems[0].Line != tt.line {
			t.Errorf("%+v, want %s in line %d", res.Problems, tt.kind, tt.line)
		}
	}
	artifacttest.Faults(t, New(), "MOF.yml", []byte(head))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head + "  license: {distribution: {name: MIT}}\n  components:\n  - {name: Model card, license: [x]}\n"))
	f.Add([]byte(head + "  components: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "mof.yml", data, int64(len(data)))
	})
}
