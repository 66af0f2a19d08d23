package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/detect/engine"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

// goModule is a module with its folder in the module cache.
type goModule struct {
	Path, Version, Dir string
}

// concluder concludes the trees of modules as `rukhsa classify DIR` does.
type concluder struct {
	scanner *detect.Scanner
	engine  *engine.Engine
}

func newConcluder() (*concluder, error) {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		return nil, err
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	return &concluder{s, engine.New()}, err
}

func (c *concluder) tree(dir string) (detect.TreeResult, conclude.Result, error) {
	tree, err := fsx.OpenDir(dir)
	if err != nil {
		return detect.TreeResult{}, conclude.Result{}, err
	}
	res := c.scanner.Tree(detect.TreeInput{Tree: tree, Root: "."})
	return res, conclude.Tree(res, c.scanner), nil
}

// moduleLicenses scores the module table: python3 score.py compares both levels,
// expressions and files.
func moduleLicenses(w io.Writer, shared string) (failed bool) {
	err := scoreModules(w, filepath.Join(shared, "corpus"))
	if err != nil {
		fmt.Fprintln(w, "modules:", err)
	}
	return err != nil
}

func scoreModules(w io.Writer, corpus string) error {
	mods, err := listed(filepath.Join(corpus, "modules.tsv"))
	if err != nil {
		return err
	}
	if mods, err = fetched(mods); err != nil {
		return err
	}
	c, err := newConcluder()
	if err != nil {
		return err
	}
	var roots, files bytes.Buffer
	for _, m := range mods {
		res, out, err := c.tree(m.Dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(&roots, "%s\t%s\t%s\n", m.Path, m.Version, out.License.Concluded)
		for _, f := range res.Files {
			fmt.Fprintf(&files, "%s\t%s\t%s\t%s\n", m.Path, m.Version, f.Path, f.Text.Expr)
		}
	}
	if err := score(w, corpus, roots.Bytes(), "--level", "expr"); err != nil {
		return err
	}
	return score(w, corpus, files.Bytes(), "--files")
}

// score hands predictions to the table's own scorer.
func score(w io.Writer, corpus string, predictions []byte, args ...string) error {
	f, err := os.CreateTemp("", "predictions-*.tsv")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(predictions); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	cmd := exec.Command("python3", append(append([]string{filepath.Join(corpus, "score.py")}, args...), f.Name())...)
	cmd.Stdout, cmd.Stderr = w, w
	return cmd.Run()
}

// listed reads the modules of a table.
func listed(name string) ([]goModule, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []goModule
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if cells := strings.Split(lines.Text(), "\t"); len(cells) > 2 && cells[0] != "module" {
			out = append(out, goModule{Path: cells[0], Version: cells[1]})
		}
	}
	return out, lines.Err()
}

// fetched downloads what the module cache lacks, a few at a time, outside of
// any module.
func fetched(mods []goModule) ([]goModule, error) {
	dirs := map[string]string{}
	for part := range slices.Chunk(mods, 16) {
		args := []string{"mod", "download", "-json"}
		for _, m := range part {
			args = append(args, m.Path+"@"+m.Version)
		}
		cmd := exec.Command("go", args...)
		cmd.Dir = os.TempDir()
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
		out, err := cmd.Output()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return nil, err
		}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var m struct{ Path, Version, Dir string }
			if err := dec.Decode(&m); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("go mod download: %w", err)
			}
			dirs[m.Path+"@"+m.Version] = m.Dir
		}
	}
	for i, m := range mods {
		if mods[i].Dir = dirs[m.Path+"@"+m.Version]; mods[i].Dir == "" {
			return nil, fmt.Errorf("%s@%s could not be downloaded", m.Path, m.Version)
		}
	}
	return mods, nil
}

// drawn is how many modules outside of the table are compared with licensecheck
// alone.
const drawn = 100

// moduleDraw compares modules of the cache, drawn at random outside of the
// table, with licensecheck's answer alone, and lists what differs and why.
func moduleDraw(w io.Writer, shared string) (failed bool) {
	if err := drawModules(w, filepath.Join(shared, "corpus")); err != nil {
		fmt.Fprintln(w, "draw:", err)
		return true
	}
	return false
}

func drawModules(w io.Writer, corpus string) error {
	known, err := listed(filepath.Join(corpus, "modules.tsv"))
	if err != nil {
		return err
	}
	all, err := cached()
	if err != nil {
		return err
	}
	inTable := map[string]bool{}
	for _, m := range known {
		inTable[m.Path] = true
	}
	all = slices.DeleteFunc(all, func(m goModule) bool { return inTable[m.Path] })
	r := rand.New(rand.NewPCG(2026, 11))
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	all = all[:min(drawn, len(all))]
	c, err := newConcluder()
	if err != nil {
		return err
	}
	differ := 0
	for _, m := range all {
		res, out, err := c.tree(m.Dir)
		if err != nil {
			return err
		}
		alone := c.alone(res)
		if alone == out.License.Concluded {
			continue
		}
		differ++
		fmt.Fprintf(w, "%s@%s\n    licensecheck alone  %s\n    concluded           %s (%s, by %s) %s\n",
			m.Path, m.Version, alone, out.License.Concluded, out.License.Status, out.License.Basis, out.License.Reason)
		for _, e := range out.Evidence {
			fmt.Fprintf(w, "        %s: %s (%s)\n", e.Path, e.Expression, e.Source)
		}
	}
	fmt.Fprintf(w, "%d of %d modules differ from licensecheck alone\n", differ, len(all))
	return nil
}

// alone is what licensecheck says of the root's license files: all ids of the
// texts that it covers to three quarters.
func (c *concluder) alone(res detect.TreeResult) string {
	var ids []string
	for _, f := range res.Files {
		if f.Dir() != "." || f.Source != detect.FromFile {
			continue
		}
		cov := c.engine.Scan(res.Contents[f.Text.Digest], nil)
		for _, m := range cov.Match {
			if cov.Percent >= 75 && !slices.Contains(ids, m.ID) {
				ids = append(ids, m.ID)
			}
		}
	}
	if len(ids) == 0 {
		return string(inventory.None)
	}
	return strings.Join(ids, " AND ")
}

// cached lists the modules of the module cache.
func cached() ([]goModule, error) {
	out, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return nil, err
	}
	root := strings.TrimSpace(string(out))
	var mods []goModule
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return err
		case p == filepath.Join(root, "cache"):
			return filepath.SkipDir
		case strings.Contains(d.Name(), "@"):
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			name, version, _ := strings.Cut(filepath.ToSlash(rel), "@")
			mods = append(mods, goModule{Path: name, Version: version, Dir: p})
			return filepath.SkipDir
		}
		return nil
	})
	return mods, err
}
