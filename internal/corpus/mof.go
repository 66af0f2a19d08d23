package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/views"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
	"github.com/rukhsa/rukhsa/rules"
)

// mofView is the view that the test files of the Model Openness Tool are about.
const mofView = "mof-1.0"

// modelOpenness compares the class and the progress of every test file of the
// Model Openness Tool with what that tool says of it.
func modelOpenness(w io.Writer, shared string) (failed bool) {
	equal, total, err := scoreOpenness(w, shared)
	if err != nil {
		fmt.Fprintln(w, err)
		return true
	}
	fmt.Fprintf(w, "class and progress equal: %d of %d\n", equal, total)
	return equal < total
}

func scoreOpenness(w io.Writer, shared string) (equal, total int, err error) {
	rows, err := table(shared, "../ai/samples/mot/expected.tsv")
	if err != nil {
		return 0, 0, err
	}
	dir := filepath.Join(shared, "ai", "samples", "mot")
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		return 0, 0, err
	}
	for _, row := range rows { // file, model, class, label, progress
		if len(row) < 5 {
			return 0, 0, fmt.Errorf("%q has %d cells, not 5", row, len(row))
		}
		want, err := expectedClass(row[2], row[4])
		if err != nil {
			return 0, 0, fmt.Errorf("%s: %w", row[0], err)
		}
		data, err := os.ReadFile(filepath.Join(dir, row[0]))
		if err != nil {
			return 0, 0, err
		}
		got, err := classOf(row[0], data, base)
		if err != nil {
			return 0, 0, err
		}
		total++
		if got.equal(want) {
			equal++
			continue
		}
		fmt.Fprintf(w, "  %s: class %d, progress %v; want class %d, progress %v\n", row[0], got.class, got.progress, want.class, want.progress)
	}
	return equal, total, nil
}

// classed is what the tool says of a model: the class (1 is the most open one, 0
// none) and the progress in percent by class, 3 first.
type classed struct {
	class    int
	progress [3]float64
}

func (c classed) equal(d classed) bool {
	for i := range c.progress {
		if math.Abs(c.progress[i]-d.progress[i]) > 1e-9 {
			return false
		}
	}
	return c.class == d.class
}

func expectedClass(class, progress string) (classed, error) {
	var c classed
	by := map[string]float64{}
	if _, err := fmt.Sscan(class, &c.class); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(progress), &by); err != nil {
		return c, err
	}
	c.progress = [3]float64{by["3"], by["2"], by["1"]}
	return c, nil
}

// classOf makes of what a model file of the tool declares the class and the
// progress, as the tool does: a class above one that is not met has none.
func classOf(name string, data []byte, base *rulebase.Base) (classed, error) {
	var c classed
	declared, err := declaredParts(name, data)
	if err != nil {
		return c, err
	}
	v, err := viewOf(mofView)
	if err != nil {
		return c, err
	}
	for i, s := range v.Standing(v.Declared(declared, base)) {
		c.progress[i] = float64(s.Met) / float64(s.Of) * 100
		if s.Met < s.Of {
			break
		}
		c.class = 3 - i
	}
	return c, nil
}

// declaredParts reads the components of a model file with their licenses.
func declaredParts(name string, data []byte) (views.Declared, error) {
	out := views.Declared{Parts: map[string]string{}, Kinds: map[string]string{}}
	doc, err := yamlpos.Parse(name, data)
	if err != nil {
		return out, err
	}
	release := doc.Get("release")
	for kind, license := range release.Get("license").Pairs() {
		out.Kinds[kind.Text()] = license.Get("name").Text()
	}
	for c := range release.Get("components").Items() {
		out.Parts[strings.TrimSpace(c.Get("name").Text())] = c.Get("license").Text()
	}
	return out, nil
}

func viewOf(id string) (*views.View, error) {
	all, err := views.Builtin()
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if v.ID == id {
			return v, nil
		}
	}
	return nil, fmt.Errorf("no view %s", id)
}
