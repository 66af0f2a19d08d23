package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
	"github.com/rukhsa/rukhsa/rules"
)

// table reads a table of the corpus: a header and rows of as many cells.
func table(shared, name string) (rows [][]string, err error) {
	f, err := os.Open(filepath.Join(shared, "corpus", name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	width := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		cells := strings.Split(s.Text(), "\t")
		if width == 0 {
			width = len(cells)
			continue
		}
		if len(cells) != width {
			return nil, fmt.Errorf("%s: %q has %d cells, not %d", name, s.Text(), len(cells), width)
		}
		rows = append(rows, cells)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s has no rows", name)
	}
	return rows, nil
}

// scored runs a section over a table and the rules; an error fails it.
func scored(w io.Writer, shared, name string, run func(b *rulebase.Base, rows [][]string) (failed bool, err error)) bool {
	failed, err := func() (bool, error) {
		rows, err := table(shared, name)
		if err != nil {
			return true, err
		}
		b, err := rulebase.Load(rules.FS)
		if err != nil {
			return true, err
		}
		return run(b, rows)
	}()
	if err != nil {
		fmt.Fprintln(w, err)
		return true
	}
	return failed
}

// tally counts rows and right answers.
type tally struct{ right, all int }

func (t *tally) add(right bool) {
	t.all++
	if right {
		t.right++
	}
}

func (t tally) share() float64 {
	if t.all == 0 {
		return 1
	}
	return float64(t.right) / float64(t.all)
}

func (t tally) String() string {
	return fmt.Sprintf("%d of %d (%.2f %%)", t.right, t.all, 100*t.share())
}

// bar prints a figure with what it has to reach, and reports a miss.
func bar(w io.Writer, what string, t tally, least float64) (failed bool) {
	failed = t.share() < least
	fmt.Fprintf(w, "%-28s %s, at least %.0f %%%s\n", what, t, 100*least, mark(failed))
	return failed
}

func mark(failed bool) string {
	if failed {
		return "  MISSED"
	}
	return ""
}

// terms reads a license or an expression as a list of branches, by any name
// that people write for it.
func terms(b *rulebase.Base, text string) ([][]rulebase.Term, error) {
	if h, ok := b.Lookup(text); ok {
		text = h.ID
	}
	e, err := spdx.Parse(text, b.SPDX())
	if err != nil {
		return nil, err
	}
	var out [][]rulebase.Term
	dnf, _ := spdx.DNF(e, 16)
	for _, branch := range dnf {
		var list []rulebase.Term
		for _, leaf := range branch {
			t, err := term(b, leaf)
			if err != nil {
				return nil, err
			}
			list = append(list, t)
		}
		out = append(out, list)
	}
	return out, nil
}

func term(b *rulebase.Base, leaf spdx.License) (t rulebase.Term, err error) {
	t.Text = leaf.String()
	if t.License, err = b.License(leaf.ID); err != nil {
		return t, err
	}
	if leaf.Exception != "" {
		t.Exception, err = b.Exception(leaf.Exception)
	}
	return t, err
}

// withoutRule names the licenses that answer by their category alone.
func withoutRule(branches [][]rulebase.Term) (ids []string) {
	for _, branch := range branches {
		for _, t := range branch {
			if !t.License.Full && !slices.Contains(ids, t.License.ID) {
				ids = append(ids, t.License.ID)
			}
		}
	}
	return ids
}
