package artifact

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func TestCompanion(t *testing.T) {
	tree := fsx.NewMap(map[string]string{"m/index.json": "", "m/a.bin": "", "m/sub/b.bin": "", "secret": "", "m/out.bin": "-> ../../secret"})
	f := &File{Tree: tree, Path: "m/index.json"}
	for name, want := range map[string]Companion{
		"a.bin":       {Path: "m/a.bin", What: "shard"},
		"./sub/b.bin": {Path: "m/sub/b.bin", What: "shard"},
		"sub//b.bin":  {Path: "m/sub/b.bin", What: "shard"},
		"none.bin":    {Path: "m/none.bin", What: "shard", Missing: true},
		"out.bin":     {Path: "m/out.bin", What: "shard"},
	} {
		got, p := f.Companion(name, "shard")
		if diff := cmp.Diff(want, got); diff != "" || p != nil {
			t.Errorf("%s: %v\n%s", name, p, diff)
		}
	}
	for _, name := range []string{"../secret", "/etc/passwd", "", ".", "..", "a/../../secret", `..\secret`, `C:\x`, "a\x00b"} {
		if got, p := f.Companion(name, "shard"); p == nil || p.Kind != diag.Malformed || got.Path != "" {
			t.Errorf("%q: %+v %+v", name, got, p)
		}
	}
}

func TestState(t *testing.T) {
	text := "Permission is granted\n\nprovided that\n\nnothing.\n"
	for _, c := range []struct {
		s           Statement
		names, text int
	}{
		{Statement{Value: "apache-2.0"}, 1, 0},
		{Statement{Value: "see LICENSE\nand NOTICE\n"}, 1, 0},
		{Statement{Value: ""}, 1, 0},
		{Statement{Value: text}, 0, 1},
		{Statement{Value: text, Link: "LICENSE"}, 1, 1},
		{Statement{Value: strings.Repeat("x", nameBytes+1)}, 0, 1},
	} {
		var r Result
		r.State(c.s)
		if len(r.Licenses) != c.names || len(r.Texts) != c.text {
			t.Errorf("%q: %+v", c.s.Value, r)
		}
	}
}

func TestIsPointer(t *testing.T) {
	for head, want := range map[string]bool{
		"version https://git-lfs.github.com/spec/v1\noid sha256:": true, "version http://git-media.io/v/2\n": true,
		"version 3": false, "": false, " version https://git-lfs.github.com/spec/v1": false,
	} {
		if got := (&File{Head: []byte(head)}).IsPointer(); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
}
