package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect"
)

// The kinds of files of projects that are no license texts, and how many of each
// are drawn: together 2,000.
var proseKinds = []struct {
	name  string
	n     int
	stems []string // of base names in lower case
	exts  []string // where stems are empty
}{
	{"README", 500, []string{"readme"}, nil},
	{"CHANGELOG", 250, []string{"changelog", "changes", "history", "news", "releases", "release-notes"}, nil},
	{"CONTRIBUTING", 250, []string{"contributing", "code_of_conduct", "security", "governance", "maintainers", "development"}, nil},
	{"source", 1000, nil, []string{".go", ".c", ".h", ".cc", ".js", ".ts", ".py", ".s", ".proto", ".sh", ".rs", ".java"}},
}

const (
	perModule = 8         // files of one module at most
	maxProse  = 512 << 10 // bytes of a file
)

// claims reads files of the module cache that are no license texts, and prints
// every license that one of them is taken to be under with the lines that say so,
// for a person to check each. The draw depends on what is in the cache.
func claims(w io.Writer, _ string) (failed bool) {
	if err := printClaims(w); err != nil {
		fmt.Fprintln(w, "claims:", err)
		return true
	}
	return false
}

func printClaims(w io.Writer) error {
	mods, err := cached()
	if err != nil {
		return err
	}
	_, s, err := reader()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(4, 2026))
	r.Shuffle(len(mods), func(i, k int) { mods[i], mods[k] = mods[k], mods[i] })
	found := prose(mods)
	total, asserted, candidates := 0, 0, 0
	for i, kind := range proseKinds {
		files := found[i]
		r.Shuffle(len(files), func(i, k int) { files[i], files[k] = files[k], files[i] })
		files = spread(files, kind.n)
		total += len(files)
		for _, f := range files {
			body, err := os.ReadFile(f.path)
			if err != nil {
				return err
			}
			t := s.Text(body)
			if len(t.Matches) == 0 {
				continue
			}
			if t.Status != detect.Match {
				candidates++
				continue
			}
			asserted++
			fmt.Fprintf(w, "%s/%s: %s %s\n", f.module, f.name, t.Status, t.Expr)
			for _, m := range t.Matches {
				fmt.Fprintf(w, "    %s (%s) line %d: %s\n", m.ID, m.Method, 1+bytes.Count(body[:m.Start], []byte("\n")), around(body, m))
			}
		}
	}
	fmt.Fprintf(w, "%d files: %d get a license, %d more name one and are not settled\n", total, asserted, candidates)
	return nil
}

// proseFile is a file of a module.
type proseFile struct {
	module, name, path string
}

// prose lists the files of modules by kind, sorted.
func prose(mods []goModule) [][]proseFile {
	out := make([][]proseFile, len(proseKinds))
	for _, m := range mods {
		_ = filepath.WalkDir(m.Dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil // what cannot be listed is not drawn
			}
			base := strings.ToLower(d.Name())
			ext := filepath.Ext(base)
			for i, kind := range proseKinds {
				if !slices.Contains(kind.stems, strings.TrimSuffix(base, ext)) && !slices.Contains(kind.exts, ext) || len(kind.stems) > 0 && slices.Contains(proseKinds[len(proseKinds)-1].exts, ext) {
					continue
				}
				if fi, err := d.Info(); err != nil || !fi.Mode().IsRegular() || fi.Size() == 0 || fi.Size() > maxProse {
					return nil
				}
				rel, err := filepath.Rel(m.Dir, p)
				if err == nil {
					out[i] = append(out[i], proseFile{m.Path + "@" + m.Version, filepath.ToSlash(rel), p})
				}
				return nil
			}
			return nil
		})
	}
	return out
}

// spread takes n files, not more than a few of one module.
func spread(files []proseFile, n int) (out []proseFile) {
	of := map[string]int{}
	for _, f := range files {
		if of[f.module]++; of[f.module] <= perModule && len(out) < n {
			out = append(out, f)
		}
	}
	return out
}

// around is the text of a match, or the line that it stands on where it is short.
func around(body []byte, m detect.Found) string {
	start, end := m.Start, m.End
	if end-start < 60 {
		start = bytes.LastIndexByte(body[:start], '\n') + 1
		if i := bytes.IndexByte(body[end:], '\n'); i >= 0 {
			end += i
		}
	}
	text := []rune(strings.Join(strings.Fields(string(body[start:end])), " "))
	if len(text) > 220 {
		text = append(append(text[:140:140], []rune(" … ")...), text[len(text)-70:]...)
	}
	return string(text)
}
