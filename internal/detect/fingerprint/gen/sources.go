package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/detect/fingerprint"
)

// sources says where the texts are.
type sources struct {
	npm, ai, detector, rules string
}

// A text is one license text to compute an entry of.
type text struct {
	id   string // expression
	kind string
	of   []string // of a policy
	twin string   // another id whose text it is too, or ""
	body []byte
}

// refPrefix begins the ids of licenses that are not on the SPDX list.
const refPrefix = "LicenseRef-rukhsa-"

// read reads all texts, sorted by id.
func (s sources) read() ([]text, error) {
	var all []text
	for _, read := range []func() ([]text, error){s.readNPM, s.readExceptions, s.readAI} {
		list, err := read()
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	if err := s.cutEmbedded(all); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b text) int { return strings.Compare(a.id, b.id) })
	return all, nil
}

// readNPM reads the texts of the SPDX list. Deprecated ids whose replacement
// has the same text by its own name are left out.
func (s sources) readNPM() ([]text, error) {
	exceptions, err := s.ids("exceptions.tsv")
	if err != nil {
		return nil, err
	}
	replaced, err := s.table(filepath.Join("spdx", "deprecated.tsv"), 3)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(s.npm, "*.json"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no *.json", s.npm)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the SPDX texts: %w", err)
	}
	var all []text
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the SPDX texts: %w", err)
		}
		var license struct {
			LicenseText string `json:"licenseText"`
		}
		if err := json.Unmarshal(data, &license); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		t := text{id: strings.TrimSuffix(filepath.Base(file), ".json"), kind: fingerprint.License, body: []byte(license.LicenseText)}
		if slices.Contains(exceptions, t.id) {
			t.kind = fingerprint.Exception
		}
		if i := slices.IndexFunc(replaced, func(r []string) bool { return r[0] == t.id }); i >= 0 {
			if t.id = replaced[i][1]; t.id == "" || strings.Contains(t.id, onlyWith) {
				continue // several licenses, or only the exception's text, which is read elsewhere
			}
		}
		// The text does not say whether later versions count.
		if plain, ok := strings.CutSuffix(t.id, laterSuffix); ok && !strings.Contains(t.id, " ") {
			t.id = plain + onlySuffix
		}
		if plain, ok := strings.CutSuffix(t.id, onlySuffix); ok {
			t.twin = plain + laterSuffix
		}
		all = append(all, t)
	}
	return all, nil
}

// Parts of ids. onlyWith is in the replacement of an id whose text is that of an
// exception.
const (
	onlyWith    = onlySuffix + " WITH "
	onlySuffix  = "-only"
	laterSuffix = "-or-later"
)

// readExceptions reads the texts of exceptions from the assets of
// go-license-detector: a Go file with a compressed tar of the SPDX list.
func (s sources) readExceptions() ([]text, error) {
	ids, err := s.ids("exceptions.tsv")
	if err != nil {
		return nil, err
	}
	archive, err := assets(s.detector)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.detector, err)
	}
	var all []text
	for r := tar.NewReader(archive); ; {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.detector, err)
		}
		id := strings.TrimSuffix(filepath.Base(head.Name), ".txt")
		if !slices.Contains(ids, id) {
			continue
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.detector, err)
		}
		all = append(all, text{id: id, kind: fingerprint.Exception, body: body})
	}
}

// assetsName is the variable that holds the archive.
const assetsName = "_licensesTar"

// assets returns the archive in a file that go-bindata made.
func assets(file string) (io.Reader, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
	if err != nil {
		return nil, err
	}
	var value string
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != assetsName || len(spec.Values) != 1 {
			return true
		}
		if call, ok := spec.Values[0].(*ast.CallExpr); ok && len(call.Args) == 1 {
			if lit, ok := call.Args[0].(*ast.BasicLit); ok {
				value, err = strconv.Unquote(lit.Value)
			}
		}
		return false
	})
	if err != nil || value == "" {
		return nil, fmt.Errorf("no string in %s: %w", assetsName, err)
	}
	return gzip.NewReader(strings.NewReader(value))
}

// notIndexed is the id of a text that is another license's.
const notIndexed = "-"

// readAI reads the AI license texts that index.tsv lists. Their ids are made of
// the names of the files, unless rules/detect/fingerprints.tsv says otherwise.
func (s sources) readAI() ([]text, error) {
	given, err := s.table(filepath.Join("detect", "fingerprints.tsv"), 4)
	if err != nil {
		return nil, err
	}
	rows, err := readTable(filepath.Join(s.ai, "index.tsv"), 2)
	if err != nil {
		return nil, err
	}
	var all []text
	for _, row := range rows[1:] {
		name := row[0]
		t := text{id: refPrefix + strings.ReplaceAll(name, "+", "plus"), kind: fingerprint.License}
		if license, ok := strings.CutSuffix(t.id, policySuffix); ok {
			t.kind, t.of = fingerprint.Policy, []string{license}
		}
		if i := slices.IndexFunc(given, func(g []string) bool { return g[0] == name }); i >= 0 {
			if given[i][1] == notIndexed {
				continue
			}
			t.id, t.kind, t.of = given[i][1], given[i][2], strings.Fields(given[i][3])
		}
		if t.body, err = os.ReadFile(filepath.Join(s.ai, name+".txt")); err != nil {
			return nil, fmt.Errorf("reading the AI license texts: %w", err)
		}
		all = append(all, t)
	}
	return all, nil
}

// policySuffix ends the names of acceptable-use policies; the license that they
// belong to has the name before it.
const policySuffix = "-aup"

// cutEmbedded cuts from the texts of licenses what follows them on the SPDX
// list only because they refer to it.
func (s sources) cutEmbedded(all []text) error {
	embeds, err := s.table(filepath.Join("detect", "embeds.tsv"), 2)
	if err != nil {
		return err
	}
	for _, e := range embeds {
		for i := range all {
			if baseOf(all[i].id) != e[0] {
				continue
			}
			for k := range all {
				if baseOf(all[k].id) != e[1] {
					continue
				}
				head, _, _ := bytes.Cut(bytes.TrimSpace(all[k].body), []byte("\n"))
				all[i].body = cutFrom(all[i].body, bytes.TrimSpace(head))
			}
		}
	}
	return nil
}

// without says which ids of the SPDX list have no text.
func (s sources) without(texts []text) ([]string, error) {
	var out []string
	for _, name := range []string{"licenses.tsv", "exceptions.tsv"} {
		rows, err := s.table(filepath.Join("spdx", name), 3)
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, r := range rows {
			deprecated := r[2] == "1"
			if !deprecated && !slices.ContainsFunc(texts, func(t text) bool { return t.id == r[0] || t.twin == r[0] }) {
				ids = append(ids, r[0])
			}
		}
		if len(ids) > 0 {
			out = append(out, fmt.Sprintf("%d ids of %s without a text: %s", len(ids), name, strings.Join(ids, " ")))
		}
	}
	return out, nil
}

// cutFrom cuts a text at the last of its lines that is like the head of another
// text, unless that is its own first line.
func cutFrom(body, head []byte) []byte {
	at, last := 0, 0
	for line := range bytes.Lines(body) {
		if bytes.Equal(bytes.TrimSpace(line), head) {
			last = at
		}
		at += len(line)
	}
	if last == 0 {
		return body
	}
	return body[:last]
}

func baseOf(id string) string {
	return strings.TrimSuffix(strings.TrimSuffix(id, onlySuffix), laterSuffix)
}

// ids lists the first column of a table of rules/spdx.
func (s sources) ids(name string) ([]string, error) {
	rows, err := s.table(filepath.Join("spdx", name), 1)
	var ids []string
	for _, r := range rows {
		ids = append(ids, r[0])
	}
	return ids, err
}

func (s sources) table(name string, cells int) ([][]string, error) {
	return readTable(filepath.Join(s.rules, name), cells)
}

// readTable reads a file of tab-separated cells, at least so many in a row;
// # begins a comment.
func readTable(file string, cells int) ([][]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) < cells {
			return nil, fmt.Errorf("%s:%d: %d cells, want %d", file, n, len(row), cells)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
