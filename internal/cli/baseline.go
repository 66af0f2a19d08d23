package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// baselineSchema names the form of a baseline.
const baselineSchema = "rukhsa/baseline/v1"

// maxBaseline bounds a baseline, in bytes; 100,000 findings take 30 MB.
const maxBaseline = 64 << 20

// baseline is what an old project has been found to have already. Only what is
// not in it, or weighs more than it did, is new.
type baseline struct {
	Schema   string          `json:"schema"`
	Rules    report.Rules    `json:"rules"`
	Findings []knownFinding  `json:"findings"`
	read     map[string]bool // fingerprints that the scan found again
}

// knownFinding is a finding of a baseline; the fingerprint tells it, the rest is
// for people.
type knownFinding struct {
	Fingerprint string        `json:"fingerprint"`
	Severity    diag.Severity `json:"severity"`
	Code        diag.Code     `json:"code"`
	Component   string        `json:"component"`
	License     string        `json:"license"`
}

// baselineFlags are the flags that tell what is new from what is known.
type baselineFlags struct {
	read, write string
	known       *baseline
}

func (b *baselineFlags) flags(c *cobra.Command) {
	c.Flags().StringVar(&b.read, "baseline", "", "`FILE` of known findings: only what is not in it is new, and only that fails")
	c.Flags().StringVar(&b.write, "write-baseline", "", "write all findings of today into this `FILE`")
}

// failOn settles what makes exit code 1, and reads the baseline. A mistake is a
// *usageError; nothing was scanned.
func (b *baselineFlags) failOn(c *cobra.Command, a *app, asked report.FailOn) (report.FailOn, error) {
	if b.read == "" {
		if asked == report.FailNew && b.write == "" {
			return "", usagef("rukhsa scan --baseline FILE --fail-on new, or rukhsa diff BASE", "--fail-on new needs to know what is not new")
		}
		if b.write != "" && !c.Flags().Changed("fail-on") {
			asked = report.FailNew
		}
		return asked, nil
	}
	known, err := a.readBaseline(b.read)
	if err != nil {
		return "", usagef("rukhsa scan --write-baseline "+b.read, "baseline %s: %w", b.read, err)
	}
	if b.known = known; !c.Flags().Changed("fail-on") {
		asked = report.FailNew
	}
	return asked, nil
}

func (a *app) readBaseline(name string) (*baseline, error) {
	f, err := a.readAll(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxBaseline+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(body) > maxBaseline {
		return nil, fmt.Errorf("is over the limit of %d bytes", maxBaseline)
	}
	var known baseline
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(&known); err != nil {
		return nil, fmt.Errorf("not a baseline: %w", err)
	}
	if known.Schema != baselineSchema {
		return nil, fmt.Errorf("schema is %q, want %q: not a baseline of this program", known.Schema, baselineSchema)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one JSON value: a baseline is one object")
	}
	return &known, nil
}

// apply marks the findings that are known, and writes the new baseline.
func (b *baselineFlags) apply(a *app, r *report.Report) error {
	if b.known != nil {
		b.known.mark(r)
		a.baselineNotes(b, r)
	}
	if b.write == "" {
		return nil
	}
	now := baselineOf(r)
	var buf bytes.Buffer
	if err := report.EncodeJSON(&buf, now, true); err != nil {
		return err
	}
	if err := writeFile(b.write, buf.Bytes()); err != nil {
		return err
	}
	now.mark(r)
	return nil
}

// baselineOf holds all findings of a report that are not waived.
func baselineOf(r *report.Report) *baseline {
	out := &baseline{Schema: baselineSchema, Rules: r.Tool.Rules, Findings: []knownFinding{}}
	for _, f := range r.Findings {
		if f.Waived == nil {
			out.Findings = append(out.Findings, knownFinding{f.Fingerprint, f.Severity, f.Code, f.Component, f.License})
		}
	}
	slices.SortFunc(out.Findings, func(x, y knownFinding) int { return strings.Compare(x.Fingerprint, y.Fingerprint) })
	return out
}

// mark says of each finding whether it is known.
func (b *baseline) mark(r *report.Report) {
	severity := map[string]diag.Severity{}
	for _, f := range b.Findings {
		severity[f.Fingerprint] = f.Severity
	}
	b.read = map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		was, ok := severity[f.Fingerprint]
		b.read[f.Fingerprint] = true
		f.Known = ok && f.Waived == nil && slices.Contains(diag.Severities(), was) && f.Severity.Rank() >= was.Rank()
	}
	r.Count()
}

// baselineNotes says what of a baseline is out of date.
func (a *app) baselineNotes(b *baselineFlags, r *report.Report) {
	gone := 0
	for _, f := range b.known.Findings {
		if !b.known.read[f.Fingerprint] {
			gone++
		}
	}
	if gone > 0 {
		a.note("findings of %s that are gone: %d; --write-baseline %s drops them", b.read, gone, b.read)
	}
	if then, now := b.known.Rules, r.Tool.Rules; then.Digest != now.Digest {
		a.note("the rules of this program changed since %s was written (%s, now %s): what is new may come from that", b.read, orDash(then.Date, "unknown"), now.Date)
	}
}
