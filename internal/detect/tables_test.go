package detect

import (
	"path"
	"slices"
	"testing"

	"github.com/rukhsa/rukhsa/rules"
)

// TestFileNamesFit compares the short way to a file's role with path.Match alone.
func TestFileNamesFit(t *testing.T) {
	table, err := readFileNames(rules.FS, "detect/files.tsv")
	if err != nil {
		t.Fatal(err)
	}
	files := append(slices.Clone(table.list), readOffered(rules.FS).list...)
	for _, extra := range []string{"*", "a*a", "[ab]*", `a\*`, "licen[sc]e", "?otice", "**", "a*b*a", "a*?a", "*ab*"} {
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
	for _, name := range names {
		want := ""
		if i := slices.IndexFunc(table.list, func(f fileName) bool { ok, _ := path.Match(f.pattern, name); return ok }); i >= 0 {
			want = table.list[i].role
		}
		if got := table.role(name); got != want {
			t.Errorf("%q: role %q, path.Match says %q", name, got, want)
		}
	}
	if _, err := newFileName("[", ""); err == nil {
		t.Error("a pattern that never ends is taken")
	}
}

func TestOffersArtifact(t *testing.T) {
	s := &Scanner{offered: func() *fileNames { return readOffered(rules.FS) }}
	for name, want := range map[string]bool{
		"modelfile": true, "modelfile.q4": true, "x.modelfile": true, "modelfile.mdx": false, "modelfile.md": false, "modelfile_test.go": false,
		"readme.md": true, "notes.txt": false, "model.gguf": true,
	} {
		if got := s.OffersArtifact(name); got != want {
			t.Errorf("%s is offered: %t", name, got)
		}
	}
}
