package report

import (
	"errors"
	"io"
	"strings"
	"testing"
)

// A template that is wrong, or asks for a name that the report does not have,
// is an error that names the place.
func TestTemplateErrors(t *testing.T) {
	r := build("typical")
	for in, want := range map[string]string{
		"a\n{{.findings":                        "t.tmpl:2",
		"{{nosuch 1}}":                          `function "nosuch" not defined`,
		"a\n{{.nosuch}}":                        `t.tmpl:2:2`,
		"{{range .findings}}{{.x}}{{end}}":      `no entry for key "x"`,
		"{{where .findings \"x\" 1}}":           `no entry for key "x"`,
		"{{where .targets \"path\"}}":           "wrong number of args",
		"{{(component \"x\").name}}":            "nil",
		"{{range 99999999}}xxxxxxxxxxxx{{end}}": "over the limit",
		strings.Repeat(" ", MaxTemplate+1):      "over the limit",
	} {
		tmpl, err := ParseTemplate("t.tmpl", []byte(in))
		if err == nil {
			err = writeTemplate(io.Discard, r, Options{Template: tmpl})
		}
		var wrong *TemplateError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want an error with %q", in, err, want)
		}
	}
}

// Numbers compare and print as numbers, and every documented function is there.
func TestTemplateFuncs(t *testing.T) {
	r := build("typical")
	for in, want := range map[string]string{
		"{{if eq .summary.findings.error 2}}{{.summary.findings.error}}{{end}}": "2",
		"{{printf \"%.1f\" (index (index .components 2).evidence 0).coverage}}": "1.0",
		"{{len (where .findings \"severity\" \"warning\")}}":                    "2",
		"{{csv \"a,b\" \"=1\" \"say \\\"x\\\"\" 3}}":                            `"a,b",'=1,"say ""x""",3`,
		"{{join .use.contexts \"+\"}} {{json .use}}":                            `distribute-binary {"assumed":true,"contexts":["distribute-binary"]}`,
		"{{markdown \"<b>\"}} {{with component \"x\"}}there{{end}}":             "&lt;b&gt; ",
	} {
		tmpl, err := ParseTemplate("t.tmpl", []byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := writeTemplate(&b, r, Options{Template: tmpl}); err != nil || b.String() != want {
			t.Errorf("%s: %q %v, want %q", in, b.String(), err, want)
		}
	}
	funcs := templateFuncs(nil)
	for _, f := range TemplateFuncs() {
		name, _, _ := strings.Cut(f.Name, " ")
		if funcs[name] == nil {
			t.Errorf("%s is documented and does not exist", name)
		}
		delete(funcs, name)
	}
	for name := range funcs {
		t.Errorf("%s is not documented", name)
	}
}

func TestParseFormat(t *testing.T) {
	for in, want := range map[string]bool{"json": true, "template:x": true, "template:": true, "template": false, "json:x": false, "": false, "nosuch:x": false} {
		f, arg, ok := ParseFormat(in)
		if ok != want || ok && f.Arg != "" && "template:"+arg != in {
			t.Errorf("ParseFormat(%q): %q %q %v", in, f.Name, arg, ok)
		}
	}
}
