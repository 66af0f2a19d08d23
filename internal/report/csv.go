package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// csvHeader names the columns. A column is never removed or renamed; new ones
// come at the end.
var csvHeader = []string{
	"id", "kind", "name", "version", "scope", "direct", "license", "used_under", "status", "category", "openness", "declared", "detected", "basis",
	"reason", "used_in", "linked_by", "replaced_by", "where", "findings", "obligations", "copyrights", "apart",
}

// writeCSV writes a line per component (RFC 4180) with its findings; what
// belongs to no component follows: lines of kind "finding" and, where the
// report is not complete, "error". Lists in a cell are separated by "; ".
func writeCSV(w io.Writer, r *Report, _ Options) error {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	c.UseCRLF = true
	put := func(cells map[string]string) error {
		row := make([]string, len(csvHeader))
		for i, name := range csvHeader {
			row[i] = csvCell(cells[name])
		}
		return c.Write(row)
	}
	findings, alone := findingsBy(r)
	rows := make([]map[string]string, 0, len(r.Components))
	for i := range r.Components {
		rows = append(rows, csvComponent(&r.Components[i], findings[r.Components[i].ID]))
	}
	for _, f := range alone {
		rows = append(rows, map[string]string{
			"id": f.Component, "kind": "finding", "where": place(f.Location), "license": f.License, "findings": csvFinding(f),
		})
	}
	for _, e := range r.Errors {
		rows = append(rows, map[string]string{"kind": "error", "name": e.Path, "status": string(e.Kind), "reason": unread(e)})
	}
	err := c.Write(csvHeader)
	for _, cells := range rows {
		if err == nil {
			err = put(cells)
		}
	}
	if err != nil {
		return err
	}
	c.Flush()
	_, err = w.Write(b.Bytes())
	return err
}

// findingsBy returns the findings of each component, and those of none.
func findingsBy(r *Report) (of map[string][]*diag.Finding, alone []*diag.Finding) {
	of = map[string][]*diag.Finding{}
	for i := range r.Components {
		of[r.Components[i].ID] = nil
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if _, ok := of[f.Component]; ok {
			of[f.Component] = append(of[f.Component], f)
		} else {
			alone = append(alone, f)
		}
	}
	return of, alone
}

func csvComponent(c *Component, findings []*diag.Finding) map[string]string {
	var linked, where, found []string
	for _, l := range c.LinkedBy {
		linked = append(linked, l.Root)
	}
	for _, l := range c.Locations {
		where = append(where, place(l))
	}
	for _, f := range findings {
		found = append(found, csvFinding(f))
	}
	aside := ""
	if c.Apart != nil {
		aside = apartText(c.Apart)
	}
	list := func(s []string) string { return strings.Join(s, "; ") }
	return map[string]string{
		"id": c.ID, "kind": string(c.Kind), "name": c.Name, "version": c.Version, "scope": string(c.Scope), "direct": fmt.Sprint(c.Direct),
		"license": c.License.Concluded, "used_under": c.License.Choice, "status": string(c.License.Status), "category": c.Category,
		"openness": c.LicenseOpenness, "declared": c.License.Declared, "detected": c.License.Detected, "basis": c.License.Basis,
		"reason": c.License.Reason, "used_in": list(c.Judged.Use), "linked_by": list(linked), "replaced_by": c.ReplacedBy, "where": list(where),
		"findings": list(found), "obligations": list(c.Judged.Obligations), "copyrights": list(c.Copyrights), "apart": aside,
	}
}

func csvFinding(f *diag.Finding) string {
	s := fmt.Sprintf("%s %s: %s", f.Severity, f.Code, f.Message)
	if f.Waived != nil {
		s += " (" + waiver(f.Waived) + ")"
	}
	if f.Known {
		s += " (" + inBaseline + ")"
	}
	return s
}

// formulaStart are the characters with which spreadsheets begin a formula, the
// full-width ones of Japanese and Chinese versions included.
var formulaStart = []rune("=+-@＝＋－＠")

// csvCell keeps a spreadsheet from taking a text for a formula: an apostrophe
// before it makes it text (OWASP, "CSV Injection").
func csvCell(s string) string {
	s = Printable(s)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \"'")); slices.Contains(formulaStart, first) {
		return "'" + s
	}
	return s
}
