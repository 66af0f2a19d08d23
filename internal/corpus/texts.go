package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

// aiTexts classifies the texts of AI licenses: each has to get its id, or that
// of the SPDX license that it is.
func aiTexts(w io.Writer, shared string) (failed bool) {
	base, s, err := reader()
	if err != nil {
		fmt.Fprintln(w, err)
		return true
	}
	dir := filepath.Join(shared, "ai", "license-texts")
	f, err := os.Open(filepath.Join(dir, "index.tsv"))
	if err != nil {
		fmt.Fprintln(w, err)
		return true
	}
	defer f.Close()
	n, right := 0, 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		slug, _, _ := strings.Cut(lines.Text(), "\t")
		if slug == "id" || slug == "" {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, slug+".txt"))
		if err != nil {
			fmt.Fprintln(w, err)
			return true
		}
		n++
		got := s.Text(body)
		want := s.KnownDigest(got.Digest)
		if want == "" {
			want = slugID(base, slug)
		}
		if sameText(base, got, want) {
			right++
		} else {
			fmt.Fprintf(w, "%s: %s %s, want %s: %s\n", slug, got.Status, got.Expr, want, got.Reason)
		}
	}
	fmt.Fprintf(w, "%d of %d texts get their id\n", right, n)
	return right != n
}

func reader() (*rulebase.Base, *detect.Scanner, error) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		return nil, nil, err
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	return base, s, err
}

// slugID is the id of a text of the shared folder.
func slugID(base *rulebase.Base, slug string) string {
	slug, _, _ = strings.Cut(slug, "--")
	ref := "LicenseRef-rukhsa-" + strings.ReplaceAll(slug, "+", "plus")
	for _, name := range []string{ref, slug} {
		if h, ok := base.Lookup(name); ok {
			return h.ID
		}
	}
	return ref
}

// sameText reports whether a text was recognised as a license or as one with
// the same text.
func sameText(base *rulebase.Base, got *detect.Text, want string) bool {
	if got.Status != detect.Match {
		return false
	}
	if e, err := spdx.Parse(want, base.SPDX()); err == nil {
		want = e.String()
	}
	if got.Expr.String() == want {
		return true
	}
	return len(got.Matches) > 0 && slices.Contains(got.Matches[0].Twins, want)
}

// spdxTexts classifies the texts of the SPDX list, as they are and changed in
// ways that mean nothing.
func spdxTexts(w io.Writer, _ string) (failed bool) {
	dir := os.Getenv("RUKHSA_SPDX_TEXTS")
	files, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if dir == "" || len(files) == 0 {
		fmt.Fprintln(w, "no texts: set RUKHSA_SPDX_TEXTS to the folder licenses of the npm package spdx-license-list")
		return false
	}
	base, s, err := reader()
	if err != nil {
		fmt.Fprintln(w, err)
		return true
	}
	for _, form := range forms() {
		n, right, wrong := 0, 0, 0
		for _, file := range files {
			var l struct{ LicenseText string }
			body, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(body, &l)
			}
			id := strings.TrimSuffix(filepath.Base(file), ".json")
			e, listed := base.SPDX().License(id)
			if err != nil || !listed || e.Deprecated || len(strings.TrimSpace(l.LicenseText)) == 0 {
				continue
			}
			n++
			got := s.Text([]byte(form.change(l.LicenseText)))
			switch {
			case form.name == replacedForm:
				if len(strings.Fields(l.LicenseText)) < 50 {
					n-- // nothing was replaced
				} else if got.Status == detect.Partial && foundAs(base, got, id) {
					right++
				} else if got.Status == detect.Match {
					wrong++
					fmt.Fprintf(w, "    %s, %s: WRONG %s\n", form.name, id, got.Expr)
				}
			case sameText(base, got, id):
				right++
			case got.Status == detect.Match:
				wrong++
				fmt.Fprintf(w, "    %s, %s: WRONG %s\n", form.name, id, got.Expr)
			case form.name == "as it is":
				fmt.Fprintf(w, "    %s: %s %s: %s\n", id, got.Status, matched(got), got.Reason)
			}
		}
		fmt.Fprintf(w, "%-24s %d of %d right (%.1f %%), %d wrong\n", form.name, right, n, 100*float64(right)/float64(n), wrong)
		failed = failed || wrong > 0 && form.name == "as it is"
	}
	return failed
}

func matched(t *detect.Text) string {
	var ids []string
	for _, m := range t.Matches {
		ids = append(ids, m.ID)
	}
	return strings.Join(ids, " + ")
}

// form is a change of a text that means nothing.
type form struct {
	name   string
	change func(string) string
}

func forms() []form {
	prefix := func(p string) func(string) string {
		return func(s string) string { return p + strings.ReplaceAll(s, "\n", "\n"+p) }
	}
	return []form{
		{"as it is", func(s string) string { return s }},
		{"copyright line", func(s string) string { return "Copyright (c) 2020-2024 Example Corp. and contributors\n\n" + s }},
		{"wrapped at 60", wrapped},
		{"// comment", prefix("// ")},
		{"# comment", prefix("# ")},
		{" * comment", prefix(" * ")},
		{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{"2 % misspelt", misspelt},
		{replacedForm, replaced},
	}
}

// wrapped fills paragraphs to lines of at most 60 columns.
func wrapped(s string) string {
	var out strings.Builder
	for _, p := range strings.Split(s, "\n\n") {
		width := 0
		for _, word := range strings.Fields(p) {
			if width+len(word) > 60 {
				out.WriteString("\n")
				width = 0
			}
			out.WriteString(word + " ")
			width += len(word) + 1
		}
		out.WriteString("\n\n")
	}
	return out.String()
}

// misspelt changes one letter of every fiftieth word that is long enough.
func misspelt(s string) string {
	words := strings.SplitAfter(s, " ")
	for i := 25; i < len(words); i += 50 {
		if w := []byte(words[i]); len(w) > 5 && 'a' <= w[2] && w[2] <= 'z' {
			w[2] = 'a' + (w[2]-'a'+1)%26
			words[i] = string(w)
		}
	}
	return strings.Join(words, "")
}

// replacedForm changes what a text says: it may no longer pass as the license.
const replacedForm = "2 % replaced"

// replaced puts another word for every fiftieth. A character is a word where
// words are not parted.
func replaced(s string) string {
	var out strings.Builder
	n := 25
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			out.WriteString(s[i : i+size])
			i += size
			continue
		case !alone(r):
			size = len(s) - i
			if end := strings.IndexFunc(s[i:], func(r rune) bool { return unicode.IsSpace(r) || alone(r) }); end > 0 {
				size = end
			}
		}
		if n++; n%50 == 0 {
			out.WriteString("quagmire")
		} else {
			out.WriteString(s[i : i+size])
		}
		i += size
	}
	return out.String()
}

// alone reports whether a character is a word by itself.
func alone(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) }

// foundAs reports whether a license or one with the same text is among the
// matches.
func foundAs(base *rulebase.Base, t *detect.Text, want string) bool {
	if e, err := spdx.Parse(want, base.SPDX()); err == nil {
		want = e.String()
	}
	return slices.ContainsFunc(t.Matches, func(m detect.Found) bool {
		return m.ID == want || slices.Contains(m.Twins, want) || detect.SameVersion(m.ID, want)
	})
}
