package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The lines hold the whole report: put together again they are its JSON.
func TestJSONLinesAreWhole(t *testing.T) {
	lists := map[string]string{
		"finding": "findings", "error": "errors", "action": "actions", "question": "questions", "not_examined": "not_examined",
		"component": "components", "obligation": "obligations", "text": "texts",
	}
	for name, r := range samples() {
		doc := map[string]any{}
		for i, line := range slices.Collect(strings.Lines(render(t, format(t, "jsonl"), r, Options{}))) {
			var rec map[string]any
			fromJSON(t, line, &rec)
			kind := rec["record"].(string)
			delete(rec, "record")
			if i == 0 {
				if kind != "report" {
					t.Fatalf("%s: the first line is a %s", name, kind)
				}
				doc = rec
				for _, list := range lists {
					doc[list] = []any{}
				}
				continue
			}
			doc[lists[kind]] = append(doc[lists[kind]].([]any), rec)
		}
		var want map[string]any
		fromJSON(t, render(t, format(t, "json"), r, Options{}), &want)
		if d := cmp.Diff(want, doc); d != "" {
			t.Errorf("%s: (-json +jsonl)\n%s", name, d)
		}
	}
}
