package thirdparty

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func lines(res *artifact.Result) string {
	var b strings.Builder
	for _, c := range res.Components {
		fmt.Fprintf(&b, "%s %s %s declared %q", c.ID, c.Kind, c.Name, c.License.Declared)
		for _, e := range c.Evidence {
			fmt.Fprintf(&b, " line %d %q", e.Line, e.Expression)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestRead(t *testing.T) {
	res := artifacttest.Content(t, New(), "ThirdPartyLicenses.json", []byte(`{
  "onnxruntime-web": {"source": "https://www.npmjs.com/package/onnxruntime-web", "type": "code", "license": "MIT"},
  "ISNET": {"source": "https://github.com/xuebinqin/DIS",
    "type": "model", "license": "MIT"},
  "@a/b": {"source": "https://www.npmjs.com/package/@a/b", "license": ["MIT", "ISC"], "version": "1"},
  "my data": {"type": "Dataset", "license": null}, "x": 3, "y": {}
}`))
	want := `pkg:npm/onnxruntime-web code onnxruntime-web declared "MIT" line 2 "MIT"
pkg:generic/ISNET model ISNET declared "MIT" line 4 "MIT"
pkg:npm/%40a/b@1 code @a/b declared "" line 5 "MIT" line 5 "ISC"
pkg:generic/my%20data?type=dataset dataset my data declared ""
`
	if diff := cmp.Diff(want, lines(res)); diff != "" || res.Role != artifact.SBOM {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{"{}", `{"packages": [{"license": "MIT"}]}`, `{"a": "MIT"}`} {
		if res := artifacttest.Content(t, New(), "third-party-licenses.json", []byte(text)); !cmp.Equal(res, &artifact.Result{}) {
			t.Errorf("%s: %+v", text, res)
		}
	}
	tree := fsx.NewMap(map[string]string{"licenses.json": "{}", "ThirdPartyLicenses.json": "[]"})
	for _, name := range []string{"licenses.json", "ThirdPartyLicenses.json"} {
		if New().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is matched", name)
		}
	}
}

func TestProblems(t *testing.T) {
	many := "{" + strings.Repeat(`"x":{"license":"MIT"},`, maxEntries) + `"y":{"license":"MIT"}}`
	for text, want := range map[string]diag.Kind{`{"a": {"license": }}`: diag.Malformed, many: diag.Limit} {
		if res := artifacttest.Content(t, New(), "ThirdPartyLicenses.json", []byte(text)); len(res.Problems) != 1 || res.Problems[0].Kind != want {
			t.Errorf("%.40s: %+v", text, res.Problems)
		}
	}
	artifacttest.Faults(t, New(), "ThirdPartyLicenses.json", []byte(`{"a":{"license":"MIT"}}`))
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"a":{"license":["MIT",{}],"type":"model","source":"https://www.npmjs.com/package/@x"},"b":{"type":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "ThirdPartyLicenses.json", data, int64(len(data)))
	})
}
