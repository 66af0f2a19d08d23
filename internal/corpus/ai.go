package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/cli"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// aiSamples scans every unit of the samples and has score_ai.py hold the
// licenses, statuses, bases, drift and numbers of components against the truth.
func aiSamples(w io.Writer, shared string) (failed bool) {
	dir, err := filepath.Abs(filepath.Join(shared, "ai", "samples"))
	if err == nil {
		err = scoreSamples(w, dir, filepath.Join(shared, "corpus", "score_ai.py"))
	}
	if err != nil {
		fmt.Fprintln(w, err)
	}
	return err != nil
}

func scoreSamples(w io.Writer, dir, score string) error {
	units, err := sampleUnits(filepath.Join(dir, "index.tsv"))
	if err != nil {
		return err
	}
	var table bytes.Buffer
	for _, unit := range units {
		row, err := sampleRow(filepath.Join(dir, filepath.FromSlash(unit)))
		if err != nil {
			fmt.Fprintf(w, "  %s: %v\n", unit, err)
			continue // the score counts it as wrong
		}
		fmt.Fprintf(&table, "%s\t%s\n", unit, row)
	}
	f, err := os.CreateTemp("", "rukhsa-ai-*.tsv")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err = f.Write(table.Bytes()); err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	cmd := exec.Command("python3", score, "--truth", filepath.Join(dir, "index.tsv"), f.Name())
	cmd.Stdout, cmd.Stderr = w, w
	return cmd.Run()
}

// sampleUnits lists the units of the truth, each once; "-" is none.
func sampleUnits(index string) (units []string, err error) {
	f, err := os.Open(index)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	at := -1
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		if at < 0 {
			if at = slices.Index(cells, "unit"); at < 0 {
				return nil, fmt.Errorf("%s has no column unit", index)
			}
			continue
		}
		if at < len(cells) && cells[at] != "-" && cells[at] != "" && !slices.Contains(units, cells[at]) {
			units = append(units, cells[at])
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, fmt.Errorf("%s has no units", index)
	}
	return units, nil
}

// sampleRow scans a unit as a user does and answers in the columns of the score
// behind the unit's name.
func sampleRow(target string) (string, error) {
	var out, problems bytes.Buffer
	streams := cli.Streams{
		In: strings.NewReader(""), Out: &out, Err: &problems,
		Getenv: func(string) string { return "" }, Getwd: func() (string, error) { return filepath.Dir(target), nil },
	}
	if code := cli.Main([]string{"scan", "-o", "json", target}, streams); out.Len() == 0 {
		said, _, _ := strings.Cut(strings.TrimSpace(problems.String()), " in "+target)
		return "", fmt.Errorf("exit code %d: %s", code, said)
	}
	r, err := report.Decode(&out)
	if err != nil {
		return "", err
	}
	license, status := "NONE", "none"
	if len(r.Components) > 0 {
		l := r.Components[0].License
		license, status = l.Concluded, string(l.Status)
	}
	return strings.Join([]string{license, status, bases(r), drifts(r), fmt.Sprint(len(r.Components))}, "\t"), nil
}

// bases are the models that the components come from, without data sets.
func bases(r *report.Report) string {
	var out []string
	for i := range r.Components {
		for _, l := range r.Components[i].Lineage {
			id := strings.TrimPrefix(l.ID, "pkg:huggingface/")
			if !strings.Contains(l.ID, "dataset") && !strings.Contains(l.Relation, "dataset") && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	if len(out) == 0 {
		return "-"
	}
	slices.Sort(out)
	return strings.Join(out, ";")
}

// drifts is yes where a finding says that the terms of a base were lost, check
// where a person must decide about a step of the lineage.
func drifts(r *report.Report) string {
	answer := "no"
	for _, f := range r.Findings {
		switch f.Code {
		case diag.LicenseDrift:
			return "yes"
		case diag.LineageCheck:
			answer = "check"
		}
	}
	return answer
}
