package report

import (
	"encoding/csv"
	"strings"
	"testing"
)

func rowsOf(t *testing.T, out string) [][]string {
	t.Helper()
	c := csv.NewReader(strings.NewReader(out))
	c.FieldsPerRecord = len(csvHeader)
	rows, err := c.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// No cell is a formula, and each component has its row.
func TestCSV(t *testing.T) {
	for name, r := range samples() {
		rows := rowsOf(t, render(t, format(t, "csv"), r, Options{}))
		if len(rows) < len(r.Components) {
			t.Errorf("%s: %d rows for %d components", name, len(rows), len(r.Components))
		}
		for _, row := range rows {
			for _, cell := range row {
				if strings.ContainsAny(strings.TrimLeft(cell, " ")[:min(1, len(strings.TrimLeft(cell, " ")))], "=+-@") {
					t.Errorf("%s: cell %q", name, cell)
				}
			}
		}
	}
	for in, want := range map[string]string{
		"MIT": "MIT", "": "", "=1+1": "'=1+1", "-lfoo": "'-lfoo", "@x": "'@x", "+1": "'+1", " =1": "' =1", "＝1": "'＝1", "a=b": "a=b", "'=1": "''=1", "\t=1": `\u{0009}=1`,
	} {
		if got := csvCell(in); got != want {
			t.Errorf("csvCell(%q) = %q, want %q", in, got, want)
		}
	}
}
