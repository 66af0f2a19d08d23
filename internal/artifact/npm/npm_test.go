package npm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
)

func TestRead(t *testing.T) {
	for content, want := range map[string]string{
		`{"name": "a", "license": "MIT"}`:                               "a: license=MIT:1",
		"{\"name\": \"a\",\n\"license\": {\"type\": \"MIT\"}}":          "a: license=MIT:2",
		`{"name": "@s/a", "licenses": [{"type": "MIT"}, {"url": "x"}]}`: "@s/a: licenses=MIT:1",
		`{"name": "a", "license": ["MIT", "ISC"]}`:                      "a: license=MIT:1 license=ISC:1",
		`{"license": 7}`: ": license=7:1",
		`{"name": "a"`:   ":",
		`{}`:             ":",
	} {
		res := artifacttest.Content(t, New(), "p/package.json", []byte(content))
		got := res.Name + ":"
		for _, l := range res.Licenses {
			got += fmt.Sprintf(" %s=%s:%d", l.Field, l.Value, l.Line)
		}
		if got != want || len(res.Problems) > 0 || res.Role != "package" {
			t.Errorf("%s: %q, want %q, %+v", content, got, want, res)
		}
	}
	long := `{"licenses": [` + strings.Repeat(`"MIT",`, 200) + `"MIT"]}`
	if res := artifacttest.Content(t, New(), "package.json", []byte(long)); len(res.Licenses) != maxLicenses {
		t.Errorf("%d licenses", len(res.Licenses))
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"name": "a", "license": {"type": "MIT"}, "licenses": ["x", {"type": []}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "package.json", data, int64(len(data)))
	})
}
