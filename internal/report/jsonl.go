package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"reflect"

	"github.com/rukhsa/rukhsa/internal/assess"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// lineHead is the report without the lists that get lines of their own.
type lineHead struct {
	Schema     string              `json:"schema"`
	Disclaimer string              `json:"disclaimer"`
	Tool       Tool                `json:"tool"`
	Complete   bool                `json:"complete"`
	AsOf       string              `json:"as_of"`
	FailOn     FailOn              `json:"fail_on"`
	Dir        string              `json:"dir"`
	Targets    []inventory.Target  `json:"targets"`
	Go         inventory.GoInfo    `json:"go"`
	Programs   []inventory.Program `json:"programs"`
	Project    assess.Project      `json:"project"`
	Use        assess.Use          `json:"use"`
	Policy     Policy              `json:"policy"`
	Summary    Summary             `json:"summary"`
}

// writeJSONLines writes the report as one object a line: the head first, then
// its lists element by element, and nothing else. "record" says what a line is;
// all other names are the report's.
func writeJSONLines(w io.Writer, r *Report, _ Options) error {
	out := newLineWriter(w)
	head := lineHead{
		r.Schema, r.Disclaimer, r.Tool, r.Complete, r.AsOf, r.FailOn, r.Dir, r.Targets, r.Go, r.Programs, r.Project, r.Use, r.Policy, r.Summary,
	}
	if err := out.put("report", reflect.ValueOf(head)); err != nil {
		return err
	}
	for _, err := range []error{
		putLines(out, "finding", r.Findings), putLines(out, "error", r.Errors), putLines(out, "action", r.Actions),
		putLines(out, "question", r.Questions), putLines(out, "not_examined", r.NotExamined), putLines(out, "component", r.Components),
		putLines(out, "obligation", r.Obligations), putLines(out, "text", r.Texts),
	} {
		if err != nil {
			return err
		}
	}
	return out.out.Flush()
}

// lineWriter writes records, one a line.
type lineWriter struct {
	out  *bufio.Writer
	line bytes.Buffer
	json *jsonStream // writes into line
}

func newLineWriter(w io.Writer) *lineWriter {
	l := &lineWriter{out: bufio.NewWriter(w)}
	l.json = newJSONStream(&l.line, false)
	return l
}

func putLines[T any](l *lineWriter, record string, list []T) error {
	for i := range list {
		if err := l.put(record, reflect.ValueOf(&list[i])); err != nil {
			return err
		}
	}
	return nil
}

// put writes an object with its record before its own names.
func (l *lineWriter) put(record string, v reflect.Value) error {
	l.line.Reset()
	l.json.value(v)
	if err := l.json.end(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(l.out, `{"record":%q,%s`, record, l.line.Bytes()[1:])
	return err
}
