package report

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

func format(t testing.TB, name string) Format {
	t.Helper()
	f, ok := LookupFormat(name)
	if !ok {
		t.Fatalf("no format %q", name)
	}
	return f
}

// withoutFindings are the formats that list components and say nothing of
// findings.
var withoutFindings = []string{"notice"}

// Every code that this program can report is shown by every format, with its
// message.
func TestEveryCode(t *testing.T) {
	for _, d := range diag.Codes() {
		inv, j := clean()
		j.Findings = []diag.Finding{{Code: d.Code, Severity: d.Severity, Component: app, Message: d.Example, License: "MIT", Fingerprint: digest(string(d.Code))}}
		r := New(head(), inv, j)
		for _, f := range Formats() {
			if slices.Contains(withoutFindings, f.Name) {
				continue
			}
			if out := render(t, f, r, Options{Details: true}); !strings.Contains(out, string(d.Code)) {
				t.Errorf("%s does not show %s", f.Name, d.Code)
			}
		}
	}
}

// samples are the fixtures and reports with any content.
func samples() map[string]*Report {
	out := map[string]*Report{}
	for name := range cases {
		out[name] = build(name)
	}
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 4))
		var inv inventory.Inventory
		var j assess.Judgement
		scramble(rng, reflect.ValueOf(&inv).Elem(), 4)
		scramble(rng, reflect.ValueOf(&j).Elem(), 4)
		j.Components = make([]assess.Component, len(inv.Components))
		out[fmt.Sprintf("seed %d", seed)] = New(head(), &inv, &j)
	}
	return out
}

// shown counts the findings, and where a format mixes them the errors of
// reading, that a rendering shows or says that it does not.
var shown = map[string]func(t *testing.T, r *Report, out string) (findings, errs int){
	"json": func(t *testing.T, _ *Report, out string) (int, int) {
		var doc struct{ Findings, Errors []any }
		fromJSON(t, out, &doc)
		return len(doc.Findings), len(doc.Errors)
	},
	"jsonl": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		for line := range strings.Lines(out) {
			var rec struct{ Record string }
			fromJSON(t, line, &rec)
			switch rec.Record {
			case "finding":
				findings++
			case "error":
				errs++
			}
		}
		return findings, errs
	},
	"sarif": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		run := sarifRunOf(t, out)
		for _, n := range run.Invocations[0].Notifications {
			if n.Level == "error" {
				errs++
			}
		}
		return len(run.Results), errs
	},
	"junit": func(t *testing.T, r *Report, out string) (findings, errs int) {
		for _, s := range suitesOf(t, out).Suites {
			for _, c := range s.Cases {
				switch {
				case c.Error != nil:
					errs++
				case c.Failure != nil || c.Skipped != "":
					findings++
				}
			}
		}
		return findings, errs
	},
	"codequality": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		var all []qualityIssue
		fromJSON(t, out, &all)
		return len(all), 0 // of both kinds
	},
	"github": func(t *testing.T, r *Report, out string) (findings, errs int) {
		for line := range strings.Lines(out) {
			a := commandOf(t, line)
			switch {
			case a.title == "rukhsa":
				for _, m := range regexp.MustCompile(`(\d+) (more problems? not shown|waived|known)`).FindAllStringSubmatch(a.message, -1) {
					n := 0
					fmt.Sscan(m[1], &n)
					findings += n
				}
			case a.title == "rukhsa: not complete":
				errs++
			default:
				findings++
			}
		}
		return findings, errs // groups of errors
	},
	"markdown": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		for line := range strings.Lines(out) {
			n := 0
			if strings.HasPrefix(line, "| ") && strings.Contains(line, "&nbsp;") {
				findings++
			} else if k, _ := fmt.Sscanf(line, "… and %d more finding", &n); k == 1 {
				findings += n
			}
		}
		return findings, 0
	},
	"html": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		return strings.Count(out, `<div class="box `), 0
	},
	"cyclonedx": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		return strings.Count(out, `"name": "rukhsa:finding"`), strings.Count(out, `"name": "rukhsa:error"`)
	},
	"spdx": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		return strings.Count(out, `"comment": "rukhsa:finding: `), strings.Count(out, `"comment": "rukhsa:error: `)
	},
	"spdx3": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		return strings.Count(out, `"statement": "rukhsa:finding: `), strings.Count(out, `"statement": "rukhsa:error: `)
	},
	"csv": func(t *testing.T, _ *Report, out string) (findings, errs int) {
		at := slices.Index(csvHeader, "findings")
		for _, row := range rowsOf(t, out) {
			if row[1] == "error" {
				errs++
			}
			findings += len(regexp.MustCompile(`(^'?|; )(error|warning|note) `).FindAllString(row[at], -1))
		}
		return findings, errs
	},
}

// Every finding and every error of reading that goes in comes out, or is
// counted.
func TestCounts(t *testing.T) {
	for name, r := range samples() {
		for _, f := range Formats() {
			count, ok := shown[f.Name]
			if !ok {
				if f.Name != "text" && f.Name != "notice" && f.Name != "template" { // which have tests of their own
					t.Errorf("%s: nobody counts what it shows", f.Name)
				}
				continue
			}
			findings, errs := count(t, r, render(t, f, r, Options{}))
			wantErrs := len(r.Errors)
			switch f.Name {
			case "codequality":
				findings -= len(r.Errors)
				errs = wantErrs
			case "github":
				// Groups of errors, and what is beyond the tenth line, are problems too.
				findings, errs = findings+errs, 0
				findings -= len(ErrorLines(r))
				wantErrs = 0
			case "markdown", "html":
				errs = wantErrs
			}
			if findings != len(r.Findings) || errs != wantErrs {
				t.Errorf("%s, %s: %d findings and %d errors, want %d and %d", name, f.Name, findings, errs, len(r.Findings), wantErrs)
			}
		}
	}
}

func fromJSON(t *testing.T, s string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), v); err != nil {
		t.Fatalf("%v: %.200s", err, s)
	}
}

var outDir = flag.String("out", "", "write every fixture in every format into this folder, for `make conformance`")

// TestOutputs writes the files that official validators are to read: all
// fixtures, one report with every code, and reports with any content.
func TestOutputs(t *testing.T) {
	if *outDir == "" {
		t.Skip("no -out")
	}
	all := samples()
	all["codes"] = everyCode()
	for name, r := range all {
		for _, f := range Formats() {
			specs := f.Specs
			if len(specs) == 0 {
				specs = []string{""}
			}
			for _, spec := range specs {
				file := filepath.Join(*outDir, strings.ReplaceAll(name, " ", "-")+spec+"."+f.Name)
				if err := os.WriteFile(file, []byte(render(t, f, r, Options{Spec: spec})), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// everyCode is a report with a finding of every code, waived ones included.
func everyCode() *Report {
	inv, j := clean()
	for i, d := range diag.Codes() {
		f := diag.Finding{Code: d.Code, Severity: d.Severity, Component: app, Message: d.Example, License: "MIT", Fingerprint: digest(string(d.Code)), Help: d.Fix}
		if i%4 == 3 {
			f.Waived = &diag.Waiver{Reason: "agreed", Owner: "legal", Until: "2027-01-01"}
		}
		j.Findings = append(j.Findings, f)
	}
	return New(head(), inv, j)
}
