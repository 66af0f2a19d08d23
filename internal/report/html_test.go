package report

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
)

// The page is well formed, has no script, loads nothing, and ends with the
// disclaimer.
func TestHTML(t *testing.T) {
	for name, r := range samples() {
		out := render(t, format(t, "html"), r, Options{})
		for _, bad := range []string{"<script", "<img", "<link", "<iframe", "src=", "href=", "url(", "javascript:", " on"} {
			if bad == " on" { // attributes of events
				if regexp.MustCompile(`<[^>]* on[a-z]+=`).MatchString(out) {
					t.Errorf("%s: an event handler", name)
				}
			} else if strings.Contains(strings.ToLower(out), bad) {
				t.Errorf("%s: %s", name, bad)
			}
		}
		d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(out, "<!DOCTYPE html>")))
		d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
		depth := 0
		for {
			tok, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			switch tok.(type) {
			case xml.StartElement:
				depth++
			case xml.EndElement:
				depth--
			}
		}
		if depth != 0 {
			t.Errorf("%s: %d elements are open", name, depth)
		}
		if _, foot, ok := strings.Cut(out, "<footer>"); !ok || !strings.Contains(foot, Disclaimer) {
			t.Errorf("%s: no disclaimer at the foot", name)
		}
	}
}
