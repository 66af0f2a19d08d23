package rulebase

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// builder makes the index of a tree of rules and finds every fault on the way.
type builder struct {
	fsys    fs.FS
	lint    *Linter
	faults  yamlpos.Faults
	heads   map[string]*Head // by id
	aliases map[string]alias // by lower-case name
	family  []Family
	phrases []string // rows
	version string   // of the SPDX list
	date    string
}

// alias is a name that people write, and the file that says so.
type alias struct{ id, file string }

// BuildIndex computes the index of a tree of rules, and all faults of the tree.
// With faults the index may be incomplete. The error is one of reading.
func BuildIndex(fsys fs.FS) ([]byte, yamlpos.Faults, error) {
	lint, err := NewLinter(fsys)
	var wrong yamlpos.Faults
	if errors.As(err, &wrong) {
		return nil, wrong, nil
	}
	if err != nil {
		return nil, nil, err
	}
	b := &builder{fsys: fsys, lint: lint, heads: map[string]*Head{}, aliases: map[string]alias{}}
	for _, step := range []func() error{b.spdx, b.categories, b.rules, b.labels, b.wordings} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	b.names()
	b.gaps()
	digest, err := Digest(fsys)
	if err != nil {
		return nil, nil, err
	}
	return b.index(digest), b.faults.Sorted(), nil
}

// Validate returns every fault of a tree of rules, a stale index among them.
func Validate(fsys fs.FS) (yamlpos.Faults, error) {
	want, faults, err := BuildIndex(fsys)
	if err != nil {
		return nil, err
	}
	have, err := fs.ReadFile(fsys, indexPath)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	if string(have) != string(want) && len(faults) == 0 {
		faults = append(faults, yamlpos.Fault{File: indexPath, Message: "stale: run go run ./internal/rulebase/genindex"})
	}
	if _, err := readStd(fsys); err != nil {
		faults = append(faults, faultsOf(err)...)
	}
	return faults, nil
}

func (b *builder) fault(file string, pos yamlpos.Pos, format string, args ...any) {
	b.faults = append(b.faults, yamlpos.Fault{File: file, Pos: pos, Message: fmt.Sprintf(format, args...)})
}

// rules lints every rule file and takes its head facts.
func (b *builder) rules() error {
	for _, dir := range []string{"licenses", "exceptions"} {
		files, err := fs.ReadDir(b.fsys, dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("reading rules: %w", err)
		}
		for _, f := range files {
			name := path.Join(dir, f.Name())
			if path.Ext(name) != ".yaml" || f.IsDir() {
				b.fault(name, yamlpos.Pos{}, "is no rule file: their names end in .yaml")
				continue
			}
			data, err := fs.ReadFile(b.fsys, name)
			if err != nil {
				return fmt.Errorf("reading rules: %w", err)
			}
			if dir == "exceptions" {
				b.exception(name, data)
			} else {
				b.license(name, data)
			}
		}
	}
	return nil
}

func (b *builder) license(name string, data []byte) {
	f, faults := b.lint.license(name, data)
	b.faults = append(b.faults, faults...)
	h := b.ruled(name, f.ID, f.Category, f.Openness.Value, false)
	if h == nil {
		return
	}
	if h.Family != "" && f.Family.Value != "" && h.Family != f.Family.Value {
		b.fault(name, f.Family.Pos, "family %s disagrees with %s: %s", f.Family.Value, categoriesTable, h.Family)
	}
	if design := values(f.DesignedFor); h.DesignedFor != nil && design != nil && !sameWords(h.DesignedFor, design) {
		b.fault(name, f.DesignedFor[0].Pos, "designed_for %s disagrees with %s: %s",
			strings.Join(design, ", "), categoriesTable, strings.Join(h.DesignedFor, ", "))
	}
	h.Family, h.DesignedFor = f.Family.Value, values(f.DesignedFor)
	if strings.HasPrefix(h.ID, "LicenseRef-") {
		h.Name = f.Name.Value
	}
	b.take(name, h, f.Name, f.Aliases, f.Review.On.Value)
}

func (b *builder) exception(name string, data []byte) {
	f, faults := b.lint.exception(name, data)
	b.faults = append(b.faults, faults...)
	if h := b.ruled(name, f.ID, f.Category, "", true); h != nil {
		b.take(name, h, f.Name, f.Aliases, f.Review.On.Value)
	}
}

// ruled finds the head of a rule file and compares it with the tables.
func (b *builder) ruled(name string, id, category text, openness string, exception bool) *Head {
	h := b.heads[id.Value]
	switch {
	case id.Value == "":
		return nil // said already
	case h == nil && licenseRef.MatchString(id.Value):
		h = &Head{ID: id.Value, Category: category.Value, Openness: openness, OSI: "no", FSF: "not-reviewed", Exception: exception}
		b.heads[h.ID] = h
	case h == nil:
		return nil // no SPDX id: said already
	case h.Exception != exception:
		b.fault(name, id.Pos, "%s is in the other of the folders licenses and exceptions", id.Value)
		return nil
	case h.File == "" && strings.HasPrefix(h.ID, "LicenseRef-"):
		b.fault(name, id.Pos, "%s has a rule file: remove its row from %s", id.Value, categoriesTable)
	case h.Category != category.Value || openness != "" && h.Openness != openness:
		b.fault(name, category.Pos, "category %s and openness %s disagree with %s: %s, %s",
			category.Value, openness, categoriesTable, h.Category, h.Openness)
	}
	h.File = name
	return h
}

// take records the names that a rule file gives its license.
func (b *builder) take(file string, h *Head, name text, names []text, reviewed string) {
	b.date = max(b.date, reviewed)
	for _, n := range names {
		b.alias(file, h, n)
	}
	if key := foldName(name.Value); b.aliases[key].id == "" {
		b.aliases[key] = alias{h.ID, ""}
	}
}

// id finds an id without regard to case.
func (b *builder) id(lower string) (string, bool) {
	for id := range b.heads {
		if compareFold(id, lower) == 0 {
			return id, true
		}
	}
	return "", false
}

// names makes the SPDX names aliases where they are not taken. Of several
// licenses with one name the first in use by id gets it.
func (b *builder) names() {
	for _, deprecated := range []bool{false, true} {
		for _, h := range b.sorted(false, true) {
			key := foldName(h.Name)
			if _, taken := b.aliases[key]; h.Deprecated != deprecated || taken || key == "" || compareFold(key, h.ID) == 0 || b.isLabel(key) {
				continue
			}
			b.aliases[key] = alias{h.ID, ""}
		}
	}
}

func (b *builder) isLabel(name string) bool {
	return slices.ContainsFunc(b.family, func(f Family) bool { return slices.Contains(f.labels(), name) })
}

// gaps reports ids of which not everything is known that a head says.
func (b *builder) gaps() {
	for _, h := range b.sorted(false, true) {
		switch {
		case h.Category == "":
			b.fault(categoriesTable, yamlpos.Pos{}, "%s has no row", h.ID)
		case h.Family == "":
			b.fault(categoriesTable, yamlpos.Pos{}, "%s has no family", h.ID)
		}
	}
}

// sorted lists the heads by id; of licenses, exceptions or both.
func (b *builder) sorted(exceptions, both bool) []*Head {
	var out []*Head
	for _, h := range b.heads {
		if both || h.Exception == exceptions {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(x, y *Head) int { return compareFold(x.ID, y.ID) })
	return out
}

func (b *builder) index(digest string) []byte {
	s := b.lint.words.sections()
	s[secAbout] = []string{"digest\t" + digest, "date\t" + b.date, "spdx_list\t" + b.version}
	for _, h := range b.sorted(false, false) {
		s[secLicenses] = append(s[secLicenses], h.row())
	}
	for _, h := range b.sorted(true, false) {
		s[secExceptions] = append(s[secExceptions], h.row())
	}
	s[secNames], s[secPhrases] = firstWords(b.sorted(false, false)), b.phrases
	for name, a := range b.aliases {
		s[secAliases] = append(s[secAliases], name+"\t"+a.id)
	}
	for _, f := range b.family {
		s[secFamilies] = append(s[secFamilies], f.rows()...)
	}
	for _, name := range []string{secAliases, secFamilies} {
		slices.SortFunc(s[name], func(x, y string) int {
			x, _, _ = strings.Cut(x, "\t")
			y, _, _ = strings.Cut(y, "\t")
			return compareFold(x, y)
		})
	}
	var out strings.Builder
	out.WriteString("# Generated by internal/rulebase/genindex from the files beside it; do not edit.\n")
	for _, name := range sections() {
		fmt.Fprintf(&out, "== %s\n", name)
		for _, row := range s[name] {
			out.WriteString(row)
			out.WriteByte('\n')
		}
	}
	return []byte(out.String())
}

// Digest identifies the content of a tree of rules: every file but the index,
// the Go source and the manual, by path and bytes.
func Digest(fsys fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == indexPath || path.Ext(name) == ".go" || path.Ext(name) == ".md" {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s\x00%d\x00", name, len(data))
		sum.Write(data)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading rules: %w", err)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}
