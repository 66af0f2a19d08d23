package engine

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/licensecheck"
)

// urlPattern is licensecheck's.
var urlPattern = regexp.MustCompile(`^(?i)https?://[-a-z0-9_.]+\.(org|com)(/[-a-z0-9_.#?=]+)+/?`)

func checkURL(t *testing.T, text string) {
	t.Helper()
	want := len(urlPattern.FindString(text))
	if got := urlSize([]byte(text)); got != want {
		t.Errorf("%q: URL of %d bytes, want %d", text, got, want)
	}
}

func TestURLSize(t *testing.T) {
	parts := []string{"http", "https", "HTTPſ", "://", ":/", "/", "//", ".", "-", "a", "K", "\u212a", "ſ", "x_y", ".org", ".COM", ".com.org", ".org/", ".com/a",
		"?", "#", "=", " ", "é", "\xff", "licenses", ""}
	r := rand.New(rand.NewPCG(1, 1))
	hits := 0
	for range 50_000 {
		var b strings.Builder
		b.WriteString([]string{"http://", "https://", "", "hTTpſ://"}[r.IntN(4)])
		for range r.IntN(9) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		checkURL(t, b.String())
		if urlSize([]byte(b.String())) > 0 {
			hits++
		}
	}
	if hits < 100 {
		t.Errorf("%d of the texts are URLs, too few to show anything", hits)
	}
}

// TestKnownURLs: every URL that licensecheck knows, in the forms it accepts.
func TestKnownURLs(t *testing.T) {
	e := New()
	n := 0
	for _, l := range licensecheck.BuiltinLicenses() {
		if l.URL == "" {
			continue
		}
		n++
		for _, form := range []string{"http://%", "https://%/", "HTTP://%/legalcode", "see (https://%/us/).", "https://%/us/ca", "http://%x"} {
			check(t, e, l.URL, []byte(strings.ReplaceAll(form, "%", l.URL)))
			check(t, e, l.URL, []byte(strings.ToUpper(strings.ReplaceAll(form, "%", l.URL))))
		}
	}
	check(t, e, "no path is left", []byte("http://opensource.org/legalcode"))
	if n < 100 {
		t.Errorf("%d URLs, want 122", n)
	}
}

// FuzzURLSize: the hand-written match agrees with the regular expression.
func FuzzURLSize(f *testing.F) {
	for _, s := range []string{"http://a.org/b", "https://a.com.org//b/", "httpſ://\u212a.com/ſ/?"} {
		f.Add(s)
	}
	f.Fuzz(checkURL)
}
