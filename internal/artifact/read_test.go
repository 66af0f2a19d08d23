package artifact

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func TestWholeAndJSON(t *testing.T) {
	tree := fsx.NewMap(map[string]string{"a.json": "{\n\"x\": [1,]}", "b.json": strings.Repeat("[", 200), "c.json": "[1]"})
	for _, tt := range []struct {
		name  string
		limit int64
		kind  diag.Kind
		line  int
	}{{"a.json", 100, diag.Malformed, 2}, {"a.json", 5, diag.Limit, 0}, {"b.json", 1000, diag.Limit, 1}} {
		_, err := (&File{Tree: tree, Path: tt.name}).JSON(tt.limit)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Kind != tt.kind || p.Line != tt.line || p.Path != tt.name || p.Help == "" {
			t.Errorf("%s: %+v", tt.name, err)
		}
		if tt.kind == diag.Limit && (p.Limit == 0 || p.Actual <= p.Limit) {
			t.Errorf("%s: limit %d, actual %d", tt.name, p.Limit, p.Actual)
		}
	}
	if v, err := (&File{Tree: tree, Path: "c.json"}).JSON(100); err != nil || string(v.Raw()) != "[1]" {
		t.Errorf("%v", err)
	}
	var p *diag.Problem
	if _, err := (&File{Tree: tree, Path: "none"}).JSON(100); err == nil || errors.As(err, &p) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestBlob(t *testing.T) {
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte("content")))
	tree := fsx.NewMap(map[string]string{"s/" + digest: "content", "s/" + strings.Repeat("0", 64): "other", "out": "-> ../../x"})
	f := &File{Tree: tree, Path: "manifest"}
	at := func(hex string) []string { return []string{"t/" + hex, "s/" + hex} }
	m, err := f.Blob("sha256:"+digest, 7, at)
	if err != nil || m.Missing || m.Path != "s/"+digest || string(m.Head) != "content" || m.Size != 7 {
		t.Fatalf("%+v, %v", m, err)
	}
	if data, err := f.Verified(&m, 100); err != nil || string(data) != "content" {
		t.Errorf("%q, %v", data, err)
	}
	if m, err = f.Blob("sha256:"+strings.Repeat("1", 64), 9, at); err != nil || !m.Missing || m.Size != 9 {
		t.Errorf("%+v, %v", m, err)
	}
	if data, err := f.Verified(&m, 100); data != nil || err != nil {
		t.Errorf("a missing blob: %q, %v", data, err)
	}
	for name, read := range map[string]func() error{
		"digest": func() error { _, err := f.Blob("sha256:../../x", -1, at); return err },
		"size":   func() error { _, err := f.Blob("sha256:"+digest, 8, at); return err },
		"link": func() error {
			_, err := f.Blob("sha256:"+digest, -1, func(string) []string { return []string{"out"} })
			return err
		},
		"content": func() error {
			m, _ := f.Blob("sha256:"+strings.Repeat("0", 64), -1, at)
			_, err := f.Verified(&m, 100)
			return err
		},
		"limit": func() error { m, _ := f.Blob("sha256:"+digest, -1, at); _, err := f.Verified(&m, 3); return err },
	} {
		var p *diag.Problem
		if err := read(); !errors.As(err, &p) || p.Path != "manifest" || p.Help == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Note loses no error, and does not let one file fill a report.
func TestNote(t *testing.T) {
	f := &File{Path: "x"}
	var r Result
	r.Note(f, nil)
	r.Note(f, errors.New("disk"))
	p := f.Problem(diag.Malformed, 3, "mend it", "broken")
	r.Note(f, &p)
	if len(r.Problems) != 2 || r.Problems[0].Kind != diag.Unreadable || r.Problems[1].Line != 3 {
		t.Errorf("%+v", r.Problems)
	}
	for range 1000 {
		r.Note(f, &p)
	}
	if len(r.Problems) != maxProblems {
		t.Errorf("%d problems", len(r.Problems))
	}
}

func TestBase(t *testing.T) {
	if got := (&File{Path: "blobs/sha256-00", Name: "org/m:1/Config.JSON"}).Base(); got != "config.json" {
		t.Errorf("Base = %s", got)
	}
	if got := (&File{Path: "a/README.md"}).Base(); got != "readme.md" {
		t.Errorf("Base = %s", got)
	}
}
