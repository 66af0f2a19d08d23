package cli

import (
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"os"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// classified is the answer about one file or folder.
type classified struct {
	Path       string        `json:"path"`
	Kind       string        `json:"kind"` // file, dir
	Status     string        `json:"status"`
	Expression string        `json:"expression,omitempty"`
	Concluded  string        `json:"concluded,omitempty"`
	Role       string        `json:"role,omitempty"`
	Twins      []string      `json:"twins,omitempty"` // ids with the same text
	Coverage   *float64      `json:"coverage,omitempty"`
	Matches    []classMatch  `json:"matches,omitzero"`  // nil for a folder and its files
	Residual   []classRest   `json:"residual,omitzero"` // as Matches
	Category   string        `json:"category"`
	Openness   string        `json:"openness"`
	Reason     string        `json:"reason"`
	Files      []*classified `json:"files,omitempty"`
	Error      string        `json:"error,omitempty"`
}

type classMatch struct {
	ID     string `json:"id"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Method string `json:"method"`
	lines  string // where it stands, for people
}

type classRest struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Line  int    `json:"line"`
	Kind  string `json:"kind"`
	ID    string `json:"id,omitempty"`
	Text  string `json:"text"`
}

type classification struct {
	Schema  string        `json:"schema"`
	Results []*classified `json:"results"`
}

func (a *app) classifyCommand() *cobra.Command {
	var format, engine string
	var prints []string
	c := &cobra.Command{
		Use:   "classify FILE|DIR|-...",
		Short: "Read license texts: which license, how sure, what else the text says",
		Long: "classify reads each FILE (- for standard input) as a license text. A DIR is concluded as a source tree,\n" +
			"by the same rules as a module, with or without a go.mod.",
		Example: "  rukhsa classify LICENSE\n  rukhsa classify -o jsonl vendor/*/LICENSE\n  rukhsa classify .",
		Args:    arguments(1, maxArguments, "FILE|DIR|-..."),
		RunE: func(_ *cobra.Command, args []string) error {
			base, err := loadBase()
			if err != nil {
				return err
			}
			s, err := newScanner(base, engine)
			if err != nil {
				return err
			}
			if err := useFingerprints(s, a, prints); err != nil {
				return err
			}
			var all []*classified
			failed := false
			for _, arg := range args {
				x := a.classify(s, base, arg)
				if x.Error != "" {
					failed = true
					a.note("%s: %s", arg, x.Error)
				}
				all = append(all, x)
			}
			if err := a.writeClassified(all, format); err != nil {
				return err
			}
			if failed {
				return codeError(exitIncomplete)
			}
			return nil
		},
	}
	choiceFlag(c.Flags(), &format, false, "output", "o", "text", []string{"text", "json", "jsonl"}, "output")
	c.Flags().StringArrayVar(&prints, "fingerprints", nil, "know the license text of this `FILE` too (rukhsa rules fingerprint), repeatable")
	choiceFlag(c.Flags(), &engine, false, "engine", "", engines()[0], engines(), "which implementation of the license patterns reads the texts")
	return c
}

func (a *app) classify(s *detect.Scanner, base *rulebase.Base, arg string) *classified {
	if arg == "-" {
		body, err := io.ReadAll(io.LimitReader(a.In, detect.MaxText+1))
		if err == nil && len(body) > detect.MaxText {
			err = &fsx.LimitError{Name: "standard input", Limit: detect.MaxText, Actual: int64(len(body))}
		}
		if err != nil {
			return &classified{Path: arg, Kind: "file", Status: string(detect.Unknown), Error: err.Error()}
		}
		return classifiedText(base, arg, s.Text(body))
	}
	abs := arg
	if cwd, err := a.Getwd(); err == nil && !filepath.IsAbs(arg) {
		abs = filepath.Join(cwd, arg)
	}
	fi, err := os.Stat(abs)
	if err != nil {
		return &classified{Path: arg, Kind: "file", Status: string(detect.Unknown), Error: "no such file or folder"}
	}
	if fi.IsDir() {
		return classifyDir(s, base, arg, abs)
	}
	tree, err := fsx.OpenDir(filepath.Dir(abs))
	var body []byte
	if err == nil {
		body, err = tree.ReadFile(filepath.Base(abs), detect.MaxText)
	}
	if err != nil {
		return &classified{Path: arg, Kind: "file", Status: string(detect.Unknown), Error: err.Error()}
	}
	c := classifiedText(base, arg, s.File(filepath.Base(abs), body))
	c.Role = s.Role(filepath.Base(abs))
	return c
}

func classifiedText(base *rulebase.Base, name string, t *detect.Text) *classified {
	c := &classified{Path: name, Kind: "file", Status: string(t.Status), Expression: t.Expr.String(), Coverage: &t.Coverage, Reason: t.Reason}
	c.Matches, c.Residual = []classMatch{}, []classRest{}
	for _, m := range t.Matches {
		c.Matches = append(c.Matches, classMatch{m.ID, m.Start, m.End, m.Method, linesOf(m)})
	}
	for _, r := range t.Residual {
		c.Residual = append(c.Residual, classRest{r.Start, r.End, r.Line, r.Kind, r.ID, r.Text})
	}
	if len(t.Matches) > 0 {
		c.Twins = t.Matches[0].Twins
	}
	c.Category, c.Openness = categoryOf(base, t.Expr)
	return c
}

// linesOf says on which lines a match stands.
func linesOf(m detect.Found) string {
	if m.Last <= m.Line {
		return fmt.Sprintf("line %d", m.Line)
	}
	return fmt.Sprintf("lines %d-%d", m.Line, m.Last)
}

func categoryOf(base *rulebase.Base, e spdx.Expr) (category, openness string) {
	category = base.Category(e)
	for _, l := range spdx.Leaves(e) {
		h, ok := base.Lookup(l.ID)
		if !ok {
			return category, "unstated"
		}
		if openness == "" || h.Openness != "open-source" {
			openness = h.Openness
		}
	}
	if openness == "" {
		openness = "unstated"
	}
	return category, openness
}

func classifyDir(s *detect.Scanner, base *rulebase.Base, name, abs string) *classified {
	tree, err := fsx.OpenDir(abs)
	if err != nil {
		return &classified{Path: name, Kind: "dir", Status: "unknown", Error: err.Error()}
	}
	res := s.Tree(detect.TreeInput{Tree: tree, Root: "."})
	root := conclude.Tree(res, s)
	c := &classified{Path: name, Kind: "dir", Status: string(root.License.Status), Concluded: root.License.Concluded, Reason: root.License.Reason}
	if e, err := spdx.ParseLax(root.License.Concluded); err == nil {
		c.Category, c.Openness = categoryOf(base, e)
	}
	for i := range res.Files {
		f := &res.Files[i]
		x := classifiedText(base, f.Path, f.Text)
		x.Role, x.Matches, x.Residual = f.Role, nil, nil
		c.Files = append(c.Files, x)
	}
	for _, p := range res.Problems {
		c.Error = path.Join(name, p.Path) + ": " + p.Message
	}
	return c
}

func (a *app) writeClassified(all []*classified, format string) error {
	switch format {
	case "json":
		return report.EncodeJSON(a.Out, classification{"rukhsa/classify/v1", all}, true)
	case "jsonl":
		for _, c := range all {
			if err := report.EncodeJSON(a.Out, c, false); err != nil {
				return err
			}
		}
		return nil
	}
	for i, c := range all {
		if c.Error != "" && c.Kind == "file" {
			continue
		}
		if i > 0 && c.Kind == "dir" {
			fmt.Fprintln(a.Out)
		}
		a.classifiedLine("", c)
		for _, f := range c.Files {
			a.classifiedLine("  ", f)
		}
	}
	return nil
}

// sameTexts names the ids whose text is that of the license, those apart that only
// say otherwise which versions count.
func sameTexts(c *classified) string {
	var ids []string
	for _, id := range c.Twins {
		if !slices.ContainsFunc(c.Matches, func(m classMatch) bool { return detect.SameVersion(m.ID, id) }) {
			ids = append(ids, id)
		}
	}
	return joined(ids)
}

// nearestOf names what was recognised in a text that is none of it as a whole.
func nearestOf(c *classified) string {
	if c.Status != string(detect.Partial) {
		return ""
	}
	var ids []string
	for _, m := range c.Matches {
		if !slices.Contains(ids, m.ID) {
			ids = append(ids, m.ID)
		}
	}
	return joined(ids)
}

// classifiedLine writes what a text is and, where that is not settled or there
// is more in it than a license, what else it says and where.
func (a *app) classifiedLine(indent string, c *classified) {
	what := c.Expression
	if c.Kind == "dir" {
		what = c.Concluded
	}
	how := c.Status
	if c.Coverage != nil && *c.Coverage > 0 {
		how += fmt.Sprintf(", %.1f %% of its words", 100**c.Coverage)
		if near := nearestOf(c); near != "" {
			how += " are " + near
		}
	}
	fmt.Fprintf(a.Out, "%s%s  %s  (%s)\n", indent, printable(c.Path), printable(what), how)
	if c.Reason != "" {
		fmt.Fprintf(a.Out, "%s    %s\n", indent, printable(c.Reason))
	}
	if len(c.Matches) > 1 || len(c.Matches) > 0 && c.Status != string(detect.Match) {
		for _, m := range c.Matches {
			fmt.Fprintf(a.Out, "%s    %s: %s (%s)\n", indent, m.lines, printable(m.ID), m.Method)
		}
	}
	if same := sameTexts(c); same != "" {
		fmt.Fprintf(a.Out, "%s    the same text: %s\n", indent, same)
	}
	for _, r := range c.Residual {
		if strings.Contains("title copyright boilerplate appendix stated", r.Kind) {
			continue
		}
		fmt.Fprintf(a.Out, "%s    line %d: %s: %s\n", indent, r.Line, r.Kind, printable(r.Text))
	}
}
