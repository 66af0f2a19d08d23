package detect

import (
	"path"
	"testing"

	"github.com/rukhsa/rukhsa/rules"
)

// TestFileNamesFit compares the short way to a file's role with path.Match alone.
func TestFileNamesFit(t *testing.T) {
	files, err := readFileNames(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, readOffered(rules.FS)...)
	for _, extra := range []string{"*", "a*a", "[ab]*", `a\*`, "licen[sc]e", "?otice"} {
		f, err := newFileName(extra, "")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	names := []string{"", "a", "aa", "aba", "b", "a*", "main.go", "license", "licence", "license.md", "license-docs.txt", "notice", "notice.html",
		"thirdpartynotices.txt", "third_party_licenses.txt", "model-license", "copying.lesser", "unlicense", "license.go", "my_notice.txt", "license_of_x", "readme.md", "model.gguf", "config.json"}
	for i := range files {
		names = append(names, files[i].pattern)
	}
	hits := 0
	for i := range files {
		f := &files[i]
		for _, name := range names {
			want, _ := path.Match(f.pattern, name)
			if got := f.fits(name); got != want {
				t.Errorf("%q fits %q: %t, path.Match says %t", f.pattern, name, got, want)
			}
			if want {
				hits++
			}
		}
	}
	if hits < len(files) {
		t.Errorf("%d hits of %d patterns: the names prove too little", hits, len(files))
	}
	if _, err := newFileName("[", ""); err == nil {
		t.Error("a pattern that never ends is taken")
	}
}

func TestOffersArtifact(t *testing.T) {
	s := &Scanner{offered: func() []fileName { return readOffered(rules.FS) }}
	for name, want := range map[string]bool{
		"modelfile": true, "modelfile.q4": true, "x.modelfile": true, "modelfile.mdx": false, "modelfile.md": false, "modelfile_test.go": false,
		"readme.md": true, "notes.txt": false, "model.gguf": true,
	} {
		if got := s.OffersArtifact(name); got != want {
			t.Errorf("%s is offered: %t", name, got)
		}
	}
}
