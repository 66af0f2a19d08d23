package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/internal/views"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

func (a *app) rulesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "rules",
		Short: "Check rule files and start new ones",
		Long: "A rule file says what one license grants and asks, clause by clause: rules/licenses/ID.yaml, and\n" +
			"rules/exceptions/ID.yaml for an exception. rules/README.md explains them by an example.",
	}
	c.AddCommand(a.rulesLint(), a.rulesNew(), a.rulesFingerprint())
	for _, sub := range c.Commands() {
		a.fromEnvironment(sub)
	}
	return c
}

type lintAnswer struct {
	Schema string      `json:"schema"`
	Files  []string    `json:"files"`
	Faults []lintFault `json:"faults"`
}

type lintFault struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

func (a *app) rulesLint() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "lint [FILE|DIR...]",
		Short: "Check rule files: every fault with its place and the valid values",
		Long: "lint checks each FILE, and every .yaml file below each DIR, and says all that is wrong, a line each. The folder of\n" +
			"a file says what it is: exceptions, models (families and services), views; else a license. Without arguments the\n" +
			"built-in rules are checked.\n" +
			"Exit code 2 says that something is wrong.",
		Example: "  rukhsa rules lint rules/licenses/MIT.yaml\n  rukhsa rules lint rules",
		RunE: func(_ *cobra.Command, args []string) error {
			answer := lintAnswer{Schema: "rukhsa/lint/v1", Files: []string{}, Faults: []lintFault{}}
			faults, err := a.lint(args, &answer)
			if err != nil {
				return err
			}
			for _, f := range faults {
				answer.Faults = append(answer.Faults, lintFault{f.File, f.Pos.Line, f.Pos.Column, f.Message})
			}
			if err := a.answer(format, answer, func() string { return faultLines(faults) }); err != nil {
				return err
			}
			if len(faults) > 0 {
				return codeError(exitUsage)
			}
			return nil
		},
	}
	answerFlag(c, &format)
	return c
}

func faultLines(faults yamlpos.Faults) string {
	if len(faults) == 0 {
		return ""
	}
	return printable(faults.Error()) + "\n"
}

// lint checks files; without any the built-in tree.
func (a *app) lint(args []string, answer *lintAnswer) (yamlpos.Faults, error) {
	base, err := loadBase()
	if err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return lintBuiltin(base)
	}
	linter, err := rulebase.NewLinter(rules.FS)
	if err != nil {
		return nil, err
	}
	files, err := a.ruleFiles(args)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, usagef("", "no .yaml file in %s", strings.Join(args, ", "))
	}
	answer.Files = files
	var faults yamlpos.Faults
	names := map[string]string{} // alias → id of the license that has it
	for _, name := range files {
		data, err := a.readRule(name)
		if err != nil {
			return nil, err
		}
		switch path.Base(path.Dir(filepath.ToSlash(name))) {
		case models.Dir:
			own, err := models.Lint(name, data, base)
			if err != nil {
				return nil, err
			}
			faults = append(faults, own...)
		case views.Dir:
			_, err := views.Parse(name, data, base)
			own, ok := err.(yamlpos.Faults)
			if err != nil && !ok {
				return nil, err
			}
			faults = append(faults, own...)
		default:
			faults = append(faults, linter.Lint(name, data)...)
			faults = append(faults, aliasFaults(base, name, data, names)...)
		}
	}
	return faults.Sorted(), nil
}

// lintBuiltin checks the tree of rules that the program carries.
func lintBuiltin(base *rulebase.Base) (yamlpos.Faults, error) {
	faults, err := rulebase.Validate(rules.FS)
	if err != nil {
		return nil, err
	}
	for _, load := range []func() error{
		func() error { _, err := models.Load(rules.FS, base); return err },
		func() error { _, err := views.Load(rules.FS, base); return err },
		func() error { _, err := views.LoadClaims(rules.FS); return err },
	} {
		err := load()
		more, ok := err.(yamlpos.Faults)
		if err != nil && !ok {
			return nil, err
		}
		faults = append(faults, more...)
	}
	return faults.Sorted(), nil
}

func (a *app) readRule(name string) ([]byte, error) {
	r, err := a.readAll(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, yamlpos.MaxBytes+1))
}

// ruleFolders are the folders whose files lint checks.
var ruleFolders = []string{"licenses", "exceptions", models.Dir, views.Dir}

// ruleFiles lists the files to check, those of folders in the order of names.
func (a *app) ruleFiles(args []string) ([]string, error) {
	var out []string
	for _, arg := range args {
		fi, err := os.Stat(arg)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("", "%s: no such file or folder", arg)
		}
		if err != nil {
			return nil, err
		}
		if !fi.IsDir() {
			out = append(out, arg)
			continue
		}
		err = filepath.WalkDir(arg, func(name string, d fs.DirEntry, err error) error {
			parent := filepath.Base(filepath.Dir(name))
			if err == nil && d.Type().IsRegular() && filepath.Ext(name) == ".yaml" && slices.Contains(ruleFolders, parent) {
				out = append(out, filepath.ToSlash(name))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// aliasFaults reports names that another license has already: one of the
// built-in rules or of the files checked before.
func aliasFaults(base *rulebase.Base, name string, data []byte, names map[string]string) yamlpos.Faults {
	doc, err := yamlpos.Parse(name, data)
	if err != nil {
		return nil // said by Lint
	}
	id := doc.Get("id").Text()
	var faults yamlpos.Faults
	for n := range doc.Get("aliases").Items() {
		alias := strings.ToLower(n.Text())
		other := names[alias]
		if h, ok := base.Lookup(alias); ok && other == "" {
			other = h.ID
		}
		if other != "" && other != id {
			faults = append(faults, yamlpos.Fault{File: name, Pos: n.Pos(), Message: fmt.Sprintf("alias %s belongs to %s", yamlpos.Quote(alias), other)})
			continue
		}
		if f, ok := base.Family(alias); ok {
			faults = append(faults, yamlpos.Fault{File: name, Pos: n.Pos(), Message: fmt.Sprintf("alias %s names a family: %s", yamlpos.Quote(alias), members(f))})
		}
		names[alias] = id
	}
	return faults
}

// newRef is the form of ids of licenses outside SPDX.
var newRef = lazyre.New(`^LicenseRef-rukhsa-[a-z0-9]+([.-][a-z0-9]+)*$`)

func (a *app) rulesNew() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "new ID",
		Short: "Start a rule file for a license or an exception",
		Long: "new writes a rule file for ID, an SPDX id or LicenseRef-rukhsa-NAME, with every key in its place and what is known\n" +
			"filled in. rukhsa rules lint FILE then says what is still missing.",
		Example: "  rukhsa rules new LicenseRef-rukhsa-acme -O rules/licenses/LicenseRef-rukhsa-acme.yaml",
		Args:    arguments(1, 1, "ID"),
		RunE: func(_ *cobra.Command, args []string) error {
			base, err := loadBase()
			if err != nil {
				return err
			}
			body, err := newRule(base, args[0])
			if err != nil {
				return err
			}
			if out == "" {
				_, err := io.WriteString(a.Out, body)
				return err
			}
			if _, err := os.Lstat(out); err == nil {
				return usagef("", "%s exists already", out)
			}
			return writeFile(out, []byte(body))
		},
	}
	c.Flags().StringVarP(&out, "file", "O", "", "write to this `FILE`, which must not exist, instead of standard output")
	return c
}

// newRule is the text of a new rule file.
func newRule(base *rulebase.Base, id string) (string, error) {
	h, known := base.Lookup(id)
	if e, ok := base.SPDX().Exception(id); ok && !known {
		h, known = rulebase.Head{ID: e.ID, Exception: true}, true
	}
	switch {
	case known && h.File != "":
		return "", usagef("rukhsa explain "+h.ID, "%s has a rule file already: rules/%s", h.ID, h.File)
	case known:
	case newRef.MatchString(id):
		h = rulebase.Head{ID: id}
	case strings.HasPrefix(id, "LicenseRef-"):
		return "", usagef("rukhsa rules new LicenseRef-rukhsa-acme", "%q: write LicenseRef-rukhsa- and a lower-case name", id)
	default:
		_, err := spdx.Parse(id, base.SPDX())
		if err == nil {
			err = fmt.Errorf("%q is no license id", id)
		}
		return "", usagef("other licenses are called LicenseRef-rukhsa-NAME", "%w", err)
	}
	template := licenseTemplate
	if h.Exception {
		template = exceptionTemplate
	}
	value := func(s, what string) string {
		if s == "" {
			return "# " + what
		}
		return s
	}
	return strings.NewReplacer(
		"@id", h.ID, "@name", value(quotedName(h.Name), "as its title says"), "@family", value(h.Family, "lower case: apache, gpl, llama, ..."),
		"@category", value(h.Category, "rukhsa rules lint lists them"), "@openness", value(h.Openness, "rukhsa rules lint lists them"),
	).Replace(template), nil
}

// quotedName is a name as YAML takes it whatever is in it.
func quotedName(s string) string {
	if s == "" {
		return ""
	}
	return strconv.Quote(report.Printable(s))
}

// A template holds every key; those that only the text of the license can fill
// are left open, so that lint asks for them.
const licenseTemplate = `id: @id
name: @name
family: @family
category: @category
openness: @openness
steward:   # who publishes the text; leave the key out where nobody does
designed_for: []   # code, documentation, dataset, parameters, output, font
aliases: []        # as people write it, in lower case
copyleft: {scope: , network: }   # how far its own terms reach; with the clause where they do
flags: []
grants:   # yes, conditional, limited, no, unknown; each with its clause
  - {grant: use, answer: , clause: ""}
  - {grant: study, answer: , clause: ""}
  - {grant: modify, answer: , clause: ""}
  - {grant: share, answer: , clause: ""}
obligations:   # one entry a clause, in the order of the text
  - type: include-license-text
    class: do          # do, dont, limit
    strength: must     # should where the clause only asks
    when: [distribute-source, distribute-binary]   # contexts and joins; [] is any use
    scope: work
    clause:   # where the text says so
    text:     # one plain sentence of your own, ended by a full stop
compat: {conditions: []}   # what it asks beyond notices
sources:
  - {what: license text, url: , date: }
review: {by: person, on: }
`

const exceptionTemplate = `id: @id
name: @name
category: @category
steward:   # who publishes the text; leave the key out where nobody does
aliases: []
applies_to: []   # license ids that it is written for; empty: any
removes:
  - {copyleft: true, clause: , text: }   # or {type: OBLIGATION, ...}
adds: []
sources:
  - {what: exception text, url: , date: }
review: {by: person, on: }
`
