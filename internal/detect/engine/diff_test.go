package engine

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
)

func TestLibraryTexts(t *testing.T) {
	e := New()
	for _, s := range lctest.Texts(t) {
		if diff := cmp.Diff(ScanWithLibrary(s.Body), e.Scan(s.Body)); diff != "" {
			t.Errorf("%s: -licensecheck +engine:\n%s", s.Name, diff)
		}
	}
	t.Log(e.current().count, e.current().total*4)
}
